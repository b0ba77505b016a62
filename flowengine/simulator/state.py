"""All that a simulated pool remembers, as small frozen records in plain dicts and lists.

A record is replaced, never changed, so a copy of the dicts and lists is a copy of the pool. Nothing here refers to the
simulator, its driver or its clock.
"""

from __future__ import annotations

from typing import Literal

from attrs import define, field, frozen

__all__ = ["Challenge", "Code", "Conduct", "Failures", "Grant", "Message", "PoolState", "QueuedFault", "User"]

Purpose = Literal["sign_up", "sms_mfa"]
Medium = Literal["SMS", "EMAIL"]
Fault = Literal["throttled", "lost_before", "lost_after", "unreachable"]


@frozen(kw_only=True)
class Message:
    """
    A message that reached a phone or a mailbox.

    Args:
        medium: `SMS` or `EMAIL`.
        destination: The whole phone number or e-mail address.
        attribute: The user attribute that it is the value of.
        purpose: What the code in it is for: `sign_up` or `sms_mfa`.
        code: The code.
        text: The body, as the pool's template has it.
        subject: The subject of an e-mail, None for an SMS.
        at: When it was sent, in seconds since the epoch.
    """

    medium: Medium
    destination: str
    attribute: str
    purpose: Purpose
    code: str = field(repr=False)
    text: str = field(repr=False)
    subject: str | None
    at: float


@frozen(kw_only=True)
class User:
    """
    A user of the pool.

    Args:
        sub: The id that never changes.
        username: The stored username; the same as `sub` where a contact attribute is the username.
        password: In clear, as nobody but a test's users is in here.
        attributes: The values by attribute name, without `sub` and the verification flags.
        verified: The contact attributes that are verified.
        confirmed: Whether the status is CONFIRMED; otherwise it is UNCONFIRMED.
        enabled: False once an administrator has disabled the user.
        sms_mfa: Whether SMS MFA is active for the user.
        sms_preferred: Whether it is the preferred factor.
    """

    sub: str
    username: str
    password: str = field(repr=False)
    attributes: dict[str, str]
    verified: frozenset[str] = frozenset()
    confirmed: bool = False
    enabled: bool = True
    sms_mfa: bool = False
    sms_preferred: bool = False


@frozen(kw_only=True)
class Code:
    """
    A code that was issued.

    Args:
        value: The digits; empty, so that nothing matches, where issuing it to an unknown user was a pretence.
        attribute: The contact attribute that it was sent to.
        destination: The value that this attribute had.
        expires_at: When it stops to be valid, in seconds since the epoch.
    """

    value: str = field(repr=False)
    attribute: str
    destination: str
    expires_at: float


@frozen(kw_only=True)
class Challenge:
    """
    What a session string stands for.

    Args:
        name: The challenge that it waits for an answer to, such as `SMS_MFA`.
        sub: The user that signs in.
        code: The code that answers it, if one was sent.
        expires_at: When the session ends, in seconds since the epoch.
        used: Whether it was answered successfully.
    """

    name: str
    sub: str
    code: Code | None
    expires_at: float
    used: bool = False


@frozen
class Failures:
    """
    Consecutive failures of one kind.

    Args:
        count: How many.
        last: When the last one was, in seconds since the epoch.
    """

    count: int = 0
    last: float = 0.0


@frozen(kw_only=True)
class Conduct:
    """
    What the pool remembers of the attempts for one user, known or not.

    Args:
        passwords: Wrong passwords since the last right one.
        codes: Wrong MFA codes since the last right one.
        confirmations: When sign-up was tried to confirm, in the last hour.
        resends: When codes were sent again, in the last hour.
        tried: When sign-in was last tried while there were failures, in seconds since the epoch.
    """

    passwords: Failures = Failures()
    codes: Failures = Failures()
    confirmations: tuple[float, ...] = ()
    resends: tuple[float, ...] = ()
    tried: float = 0.0


@frozen(kw_only=True)
class Grant:
    """
    One completed sign-in, which all tokens refreshed from it share.

    Args:
        origin_jti: The id of the grant, a claim of its tokens.
        sub: The user.
        auth_time: When the user signed in, in whole seconds since the epoch.
        expires_at: When the refresh token expires, in seconds since the epoch.
        revoked: Whether its tokens were revoked.
    """

    origin_jti: str
    sub: str
    auth_time: int
    expires_at: float
    revoked: bool = False


@frozen
class QueuedFault:
    """A fault that waits for the next call, or for the next call of `operation`."""

    fault: Fault
    operation: str | None


@define(kw_only=True)
class PoolState:
    """
    Everything that changes in a pool.

    Args:
        seed: What all randomness is derived from.
        draws: How many requests needed randomness so far.
        users: By `sub`.
        usernames: The `sub` by stored username.
        aliases: The `sub` by the attribute and value that the user can sign in with.
        codes: The sign-up codes, by `sub`, or by the name that was typed for an unknown user.
        conducts: The attempts, by the same.
        challenges: By session string.
        grants: By `origin_jti`.
        refresh_tokens: The `origin_jti` by refresh token.
        outbox: Every message that was sent, oldest first.
        faults: The faults that wait, oldest first.
    """

    seed: int
    draws: int = 0
    users: dict[str, User] = field(factory=dict)
    usernames: dict[str, str] = field(factory=dict)
    aliases: dict[tuple[str, str], str] = field(factory=dict)
    codes: dict[str, Code] = field(factory=dict)
    conducts: dict[str, Conduct] = field(factory=dict)
    challenges: dict[str, Challenge] = field(factory=dict, repr=False)
    grants: dict[str, Grant] = field(factory=dict)
    refresh_tokens: dict[str, str] = field(factory=dict, repr=False)
    outbox: list[Message] = field(factory=list)
    faults: list[QueuedFault] = field(factory=list)
