"""A recorded walk, its text, and flows to replay it on: what the tests of cassettes share."""

from __future__ import annotations

from typing import Any

from flowengine.compile import compile_flow
from flowengine.library import load
from flowengine.machine import EXPIRE, Flow
from flowengine.replay import Cassette, Recorder, Step
from flowengine.session import Position
from flowengine.settings import Mfa, PoolSettings, Verification
from flowengine.spec import overlay, parse, read_spec

POOL = PoolSettings(
    verification=Verification(auto_verified_attributes=("email",)), mfa=Mfa(mode="optional", factors=("sms",))
)
FLOW = load("standard", pool=POOL)
PASSWORD, CODE = "Pa55word!", "123456"
OUT, ASKED, IN = FLOW.initial, Position("mfa_challenge", "SMS_MFA"), Position("signed_in")


def step(event: str, outcome: str, source: Position, target: Position, **parts: Any) -> Step:
    """Return a step with these parts and no others."""
    empty: dict[str, Any] = {"inputs": {}, "operation": None, "request": {}, "answer": None, "at": 1_000.0}
    return Step(event=event, outcome=outcome, source=source, target=target, **empty | parts)


SIGN_IN = step(
    "sign_in",
    "SMS_MFA",
    OUT,
    ASKED,
    inputs={"username": "ann", "password": PASSWORD},
    operation="InitiateAuth",
    request={"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD}},
    answer={
        "ChallengeName": "SMS_MFA",
        "Session": "SECRET-SESSION",
        "ChallengeParameters": {
            "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
            "CODE_DELIVERY_DESTINATION": "+*******0100",
            "USER_ID_FOR_SRP": "ann",
        },
        "ResponseMetadata": {"RequestId": "REQUEST"},
    },
)
WRONG = step(
    "answer",
    "CodeMismatchException",
    ASKED,
    ASKED,
    inputs={"code": "000000"},
    operation="RespondToAuthChallenge",
    request={"Session": "SECRET-SESSION", "ChallengeResponses": {"USERNAME": "ann", "SMS_MFA_CODE": "000000"}},
    at=1_012.3456,
)
GIVEN_UP = step(EXPIRE, "EXPIRED", ASKED, OUT, at=1_200.0)
WALK = (SIGN_IN, WRONG, GIVEN_UP)

TEXT = f"""\
cassette: 1
flow: standard
fingerprint: {FLOW.fingerprint}
steps:
- event: sign_in
  inputs:
    username: <username-1>
    password: <password-1>
  call:
    operation: InitiateAuth
    request:
      AuthFlow: USER_PASSWORD_AUTH
      AuthParameters:
        USERNAME: <username-1>
        PASSWORD: <password-1>
    answer:
      ChallengeName: SMS_MFA
      Session: <session-1>
      ChallengeParameters:
        CODE_DELIVERY_DELIVERY_MEDIUM: SMS
        CODE_DELIVERY_DESTINATION: <code-delivery-destination-1>
        USER_ID_FOR_SRP: <username-1>
  outcome: SMS_MFA
  to: mfa_challenge(SMS_MFA)
  seconds: 0.0
- event: answer
  inputs:
    code: <sms-mfa-code-1>
  call:
    operation: RespondToAuthChallenge
    request:
      Session: <session-1>
      ChallengeResponses:
        USERNAME: <username-1>
        SMS_MFA_CODE: <sms-mfa-code-1>
  outcome: CodeMismatchException
  to: mfa_challenge(SMS_MFA)
  seconds: 12.346
- event: expire
  outcome: EXPIRED
  to: signed_out
  seconds: 200.0
"""


def record(*steps: Step, flow: Flow = FLOW) -> Cassette:
    """Record steps."""
    recorder = Recorder(flow)
    for one in steps:
        recorder.record(one)
    return recorder.cassette()


def changed(top: str, pool: PoolSettings = POOL) -> Flow:
    """Return the standard flow with something laid over it."""
    minimal = "flowengine: 1\nname: standard\ninitial: signed_out\n"
    spec, problems = read_spec(overlay(parse(STANDARD, "f.yaml").root, parse(minimal + top, "f.yaml").root))
    assert spec is not None
    return compile_flow(spec, pool, problems=tuple(problems))


STANDARD = """\
routes:
  authentication: {TOKENS: signed_in, SMS_MFA: mfa_challenge, UNKNOWN_CHALLENGE: signed_out,
                   NEW_PASSWORD_REQUIRED: new_password,
                   UserNotConfirmedException: signed_out, PasswordResetRequiredException: signed_out}
  over: {ANSWER_LOST: signed_out, ExpiredCodeException: signed_out, PasswordResetRequiredException: signed_out,
         SESSION_EXPIRED: signed_out, INCORRECT_USERNAME_OR_PASSWORD: signed_out,
         SESSION_INVALID: signed_out, SESSION_USED: signed_out, SMS_MFA: mfa_challenge, TOKENS: signed_in,
         UNKNOWN_CHALLENGE: signed_out,
         USER_DISABLED: signed_out, UserNotConfirmedException: signed_out, UserNotFoundException: signed_out}
states:
  signed_out:
    on:
      sign_in: {action: initiate_auth, with: {auth_flow: USER_PASSWORD_AUTH}, to: {use: authentication}}
  mfa_challenge:
    expires: {after: session, to: signed_out}
    on:
      answer: {action: respond_to_auth_challenge, to: {use: over}}
  new_password:
    on:
      answer: {action: respond_to_auth_challenge, to: {use: over}}
  signed_in: {meaning: signed_in}
  elsewhere: {}
"""
