"""All that a simulated pool remembers, as small frozen records in plain dicts and lists.

A record is replaced, never changed, so a copy of the dicts and lists is a copy of the pool. Nothing here refers to the
simulator, its driver or its clock.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from attrs import define, field, frozen

from flowengine.simulator.conduct import Conduct

__all__ = [
    "RECORDS", "Challenge", "ChallengeResult", "Code", "Device", "Factor", "Grant", "Message", "Passkey", "PoolState",
    "Purpose", "QueuedFault", "Registration", "ServerSrp", "Status", "Totp", "User",
]  # fmt: skip

Purpose = Literal[
    "sign_up", "sign_up_link", "sms_mfa", "email_mfa", "sms_otp", "email_otp", "password_reset", "invitation"
]  # fmt: skip
Status = Literal["UNCONFIRMED", "CONFIRMED", "FORCE_CHANGE_PASSWORD", "RESET_REQUIRED"]
Factor = Literal["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP", "WEB_AUTHN"]
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
        purpose: What the code in it is for, such as `sign_up` or `sms_mfa`.
        code: The code; for an invitation, the temporary password; empty where there is none, as with a link.
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
class Totp:
    """
    An authenticator app that a user registered.

    Args:
        secret: The shared secret, in Base32.
        name: What the user calls the device that it runs on.
        last_step: The time step of the latest accepted code, which is not accepted again.
    """

    secret: str = field(repr=False)
    name: str = ""
    last_step: int = -1


@frozen(kw_only=True)
class Passkey:
    """
    A passkey that a user registered.

    Args:
        credential_id: Its id, in URL-safe Base64 without padding.
        public_key: Its public key in COSE form.
        sign_count: The counter of the latest assertion.
        name: What it is shown as.
        created_at: When it was registered, in seconds since the epoch.
    """

    credential_id: str
    public_key: bytes
    sign_count: int = 0
    name: str = ""
    created_at: float = 0.0


@frozen(kw_only=True)
class Registration:
    """
    A passkey that a user is about to register.

    Args:
        challenge: What the passkey has to sign, in URL-safe Base64 without padding.
        expires_at: When it is too late, in seconds since the epoch.
    """

    challenge: str = field(repr=False)
    expires_at: float


@frozen(kw_only=True)
class Device:
    """
    A device that a user signed in on and confirmed.

    Args:
        key: The device key.
        group_key: The device group key.
        verifier: The SRP verifier of its password, in Base64.
        salt: The salt of the verifier, in Base64.
        remembered: Whether its status is `remembered`; otherwise it is `not_remembered`.
        name: What the user calls it.
        created_at: When it was confirmed, in seconds since the epoch.
        used_at: When the user last signed in on it, in seconds since the epoch.
    """

    key: str
    group_key: str
    verifier: str = field(repr=False)
    salt: str = field(repr=False)
    remembered: bool
    name: str = ""
    created_at: float = 0.0
    used_at: float = 0.0


@frozen(kw_only=True)
class User:
    """
    A user of the pool.

    Args:
        sub: The id that never changes.
        username: The stored username; the same as `sub` where a contact attribute is the username.
        password: In clear, as nobody but a test's users is in here; None for a user without one.
        attributes: The values by attribute name, without `sub` and the verification flags.
        verified: The contact attributes that are verified.
        status: Where the account stands.
        enabled: False once an administrator has disabled the user.
        mfa: The second factors that are active for the user.
        preferred_mfa: The one of them that the user prefers, if any.
        totp: The authenticator app, once a code from it was verified.
        pending_totp_secret: The secret of an authenticator app that is not verified yet, in Base32.
        passkeys: The registered passkeys, oldest first.
        devices: The confirmed devices, oldest first.
        temporary_password_expires_at: When an administrator's temporary password expires, in seconds since the
            epoch; None for a password of the user's own.
        former_passwords: The passwords before the present one, oldest first.
        signed_in_before: Whether the user has ever received tokens.
        self_registered: Whether the user signed up without an administrator.
    """

    sub: str
    username: str
    password: str | None = field(repr=False)
    attributes: dict[str, str]
    verified: frozenset[str] = frozenset()
    status: Status = "UNCONFIRMED"
    enabled: bool = True
    mfa: frozenset[Factor] = frozenset()
    preferred_mfa: Factor | None = None
    totp: Totp | None = None
    pending_totp_secret: str | None = field(default=None, repr=False)
    passkeys: tuple[Passkey, ...] = ()
    devices: tuple[Device, ...] = ()
    temporary_password_expires_at: float | None = None
    former_passwords: tuple[str, ...] = field(default=(), repr=False)
    signed_in_before: bool = False
    self_registered: bool = True

    @property
    def confirmed(self) -> bool:
        """Whether the status is anything but UNCONFIRMED."""
        return self.status != "UNCONFIRMED"

    @property
    def holdings(self) -> tuple[object, ...]:
        """What a pool can ask of the user: where the account stands, and what there is to prove something with."""
        return (
            self.status, self.enabled, frozenset(self.attributes), self.verified, self.mfa, self.preferred_mfa,
            self.totp is not None, bool(self.passkeys), self.password is not None, self.signed_in_before,
        )  # fmt: skip

    def device(self, key: str | None) -> Device | None:
        """Return the confirmed device with this key."""
        return next((device for device in self.devices if device.key == key), None)


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
class ServerSrp:
    """
    The server's side of an exchange by the Secure Remote Password protocol.

    Args:
        identity: The names that the password was hashed with, those before the colon.
        salt: The salt of the verifier.
        verifier: The verifier of the password.
        private: The server's private value.
        client: The client's public value.
        secret_block: What the client has to send back and to sign, in Base64.
    """

    identity: str
    salt: int
    verifier: int = field(repr=False)
    private: int = field(repr=False)
    client: int = field(repr=False)
    secret_block: str = field(repr=False)


@frozen(kw_only=True)
class ChallengeResult:
    """
    A challenge of a sign-in by custom authentication, as the triggers are told of it (shape `ChallengeResult`).

    Args:
        name: The challenge, such as `CUSTOM_CHALLENGE` or `PASSWORD_VERIFIER`.
        result: Whether it was answered correctly.
        metadata: What CreateAuthChallenge noted with it.
    """

    name: str
    result: bool
    metadata: str | None = field(default=None, repr=False)


@frozen(kw_only=True)
class Challenge:
    """
    What a session string stands for.

    Args:
        name: The challenge that it waits for an answer to, such as `SMS_MFA`.
        sub: The user that signs in, or the typed name where the pool pretends to know it.
        auth_flow: The flow that the sign-in began with, such as `USER_SRP_AUTH`.
        pretended: Whether there is no such user, so that no answer is right.
        code: The code that answers it, if one was sent.
        choices: What it lets the user choose from.
        srp: The server's side of the exchange that it is a part of.
        device_key: The device that the client says it is.
        mfa: Whether the code is a second factor, where it could be a first one too.
        enrols: The second factor that becomes active for the user with the right answer.
        history: The answered challenges of custom authentication, oldest first.
        proved: What the sign-in has proved so far, oldest first, each by the name of its challenge.
        private_parameters: What CreateAuthChallenge keeps to check the answer with.
        metadata: What CreateAuthChallenge notes with this challenge.
        passkey_challenge: What a passkey has to sign.
        totp_secret: The secret of the authenticator app that is being set up, in Base32.
        totp: The authenticator app, once a code from it was verified.
        expires_at: When the session ends, in seconds since the epoch.
        used: Whether it was answered successfully.
    """

    name: str
    sub: str
    auth_flow: str
    pretended: bool = False
    code: Code | None = None
    choices: tuple[str, ...] = ()
    srp: ServerSrp | None = None
    device_key: str | None = None
    mfa: bool = False
    enrols: Factor | None = None
    history: tuple[ChallengeResult, ...] = ()
    proved: tuple[str, ...] = ()
    private_parameters: dict[str, str] = field(factory=dict, repr=False)
    metadata: str | None = field(default=None, repr=False)
    passkey_challenge: bytes | None = field(default=None, repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    totp: Totp | None = None
    expires_at: float
    used: bool = False


@frozen(kw_only=True)
class Grant:
    """
    One completed sign-in, which all tokens refreshed from it share.

    Args:
        origin_jti: The id of the grant, a claim of its tokens.
        sub: The user.
        auth_time: When the user signed in, in whole seconds since the epoch.
        expires_at: When the refresh token expires, in seconds since the epoch.
        device_key: The device that the user signed in on, known or new, where the pool remembers devices.
        device_group_key: The group key that this device was given.
        revoked: Whether its tokens were revoked.
        proved: What the sign-in has proved, oldest first, each by the name of its challenge.
    """

    origin_jti: str
    sub: str
    auth_time: int
    expires_at: float
    device_key: str | None = None
    device_group_key: str | None = None
    revoked: bool = False
    proved: tuple[str, ...] = ()


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
        codes: The codes outside a sign-in, by `sub` (or the typed name for an unknown user) and purpose.
        conducts: The attempts, by `sub` or typed name.
        challenges: By session string.
        grants: By `origin_jti`.
        refresh_tokens: The `origin_jti` by refresh token.
        replaced: When a refresh token that a newer one replaced stops to be good, in seconds since the epoch, by token.
        registrations: The passkey that a user is about to register, by `sub`.
        outbox: Every message that was sent, oldest first.
        faults: The faults that wait, oldest first.
    """

    seed: int = field(repr=False)
    draws: int = 0
    users: dict[str, User] = field(factory=dict)
    usernames: dict[str, str] = field(factory=dict)
    aliases: dict[tuple[str, str], str] = field(factory=dict)
    codes: dict[tuple[str, Purpose], Code] = field(factory=dict)
    conducts: dict[str, Conduct] = field(factory=dict)
    challenges: dict[str, Challenge] = field(factory=dict, repr=False)
    grants: dict[str, Grant] = field(factory=dict)
    refresh_tokens: dict[str, str] = field(factory=dict, repr=False)
    replaced: dict[str, float] = field(factory=dict, repr=False)
    registrations: dict[str, Registration] = field(factory=dict)
    outbox: list[Message] = field(factory=list)
    faults: list[QueuedFault] = field(factory=list)

    def fork(self) -> PoolState:
        """Return a copy that goes its own way: cheap, since records are replaced and never changed."""
        records: dict[str, Any] = {name: getattr(self, name).copy() for name in RECORDS}
        return PoolState(seed=self.seed, draws=self.draws, outbox=[*self.outbox], faults=[*self.faults], **records)


RECORDS: Final = (
    "users", "usernames", "aliases", "codes", "conducts", "challenges", "grants", "refresh_tokens", "replaced",
    "registrations",
)  # fmt: skip
"""What a refused request leaves as it was: all of the state but draws, and messages and faults, which are gone."""
