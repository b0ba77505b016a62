"""What the tests of the compiler share: a flow in which each part can be broken, and ways to look at the result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pytest

from flowengine.actions.model import Action
from flowengine.compile import compile_flow
from flowengine.errors import SpecError
from flowengine.extensions import Hook
from flowengine.machine import Flow
from flowengine.settings import Mfa, PoolSettings, Verification
from flowengine.spec import parse, read_spec

VERIFY: Final = Verification(auto_verified_attributes=("email",))
OFF: Final = PoolSettings(verification=VERIFY)
OPTIONAL: Final = PoolSettings(verification=VERIFY, mfa=Mfa(mode="optional", factors=("sms",)))
REQUIRED: Final = PoolSettings(
    verification=VERIFY, mfa=Mfa(mode="required", factors=("sms",)), required_attributes=("phone_number",)
)
POOLS: Final = {"off": OFF, "optional": OPTIONAL, "required": REQUIRED}

DEVICE_PROOF: Final = (
    "{DEVICE_SRP_AUTH: respond_to_auth_challenge, DEVICE_PASSWORD_VERIFIER: respond_to_auth_challenge}"
)
PROOF: Final = DEVICE_PROOF.replace("}", ", PASSWORD_VERIFIER: respond_to_auth_challenge}")

GOOD: Final = f"""\
flowengine: 1
name: good
initial: out
routes:
  over: {{use: asked, ANSWER_LOST: out, ExpiredCodeException: out, INCORRECT_USERNAME_OR_PASSWORD: out, \
SESSION_EXPIRED: out, SESSION_INVALID: out, SESSION_USED: out, USER_DISABLED: out, UserNotFoundException: out}}
  asked: {{UNKNOWN_CHALLENGE: out, PasswordResetRequiredException: out, UserNotConfirmedException: out, \
NEW_PASSWORD_REQUIRED: asked, SMS_MFA: asked, SOFTWARE_TOKEN_MFA: asked, EMAIL_OTP: asked, SELECT_MFA_TYPE: asked, \
MFA_SETUP: asked, TOKENS_ON_NEW_DEVICE: in, SMS_OTP: asked, PASSWORD: asked, PASSWORD_SRP: asked, WEB_AUTHN: asked, \
SELECT_CHALLENGE: asked, CUSTOM_CHALLENGE: asked}}
states:
  out:
    meaning: signed_out
    on:
      enter:
        action: initiate_auth
        with: {{auth_flow: USER_PASSWORD_AUTH}}
        then: {DEVICE_PROOF}
        to: {{use: asked, TOKENS: in, SMS_MFA: asked}}
  asked:
    meaning: challenge
    on:
      answer:
        action: respond_to_auth_challenge
        then: {PROOF}
        to: {{use: over, TOKENS: in}}
  in: {{meaning: signed_in}}
"""
"""The smallest flow that serves every pool but those that make users set TOTP up; each part can be broken by itself."""

COUNT: Final = GOOD.count("\n")


def build(
    text: str, pool: PoolSettings | None = None, *, actions: Iterable[Action] = (), hooks: Iterable[Hook] = ()
) -> Flow:
    """Compile a text."""
    document = parse(text, "f.yaml")
    spec, problems = read_spec(document.root)
    assert spec is not None
    return compile_flow(spec, pool, actions=actions, hooks=hooks, problems=(*document.problems, *problems))


def refusal(
    text: str, pool: PoolSettings | None = None, *, actions: Iterable[Action] = (), hooks: Iterable[Hook] = ()
) -> list[str]:
    """Return what is wrong with a text that does not compile."""
    with pytest.raises(SpecError) as caught:
        build(text, pool, actions=actions, hooks=hooks)
    return [str(problem) for problem in caught.value.problems]


def but(*changes: tuple[str, str], text: str = GOOD) -> str:
    """Return the good flow, or another text, with some of it replaced."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def with_event(event: str) -> str:
    """Return the good flow with one more event in its first state, on line 11."""
    return but(("    meaning: signed_out\n    on:\n", f"    meaning: signed_out\n    on:\n      {event}\n"))


def pooled(pool: str) -> str:
    """Return the good flow with these settings on the line behind it."""
    return f"{GOOD}pool: {pool}\n"


def table(flow: Flow) -> dict[str, dict[str, list[str]]]:
    """Return the fields of each event of each position."""
    return {
        str(position): {name: [entry.name for entry in fields] for name, fields in flow.accepts(position).items()}
        for position in flow.positions
    }


def routed(flow: Flow, source: str, event: str) -> dict[str, str]:
    """Return the routes of an event."""
    return {
        edge.outcome: str(edge.target)
        for edge in flow.edges
        if str(edge.source) == source and edge.event == event and edge.routed
    }
