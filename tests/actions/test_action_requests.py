"""The requests of the action table: accepted by the service model, and carrying what they should."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from botocore.validate import ParamValidator
from examples import CASES, DEVICE, FACTS, INPUTS, MODEL, SECRET_BLOCK, TOKENS, call_of, defaults

from flowengine.actions import ACTIONS
from flowengine.actions.challenges import CHALLENGES
from flowengine.actions.model import Call, Options

NEWER_THAN_THE_MODEL = {"WebAuthnMfaSettings"}
"""Members that botocore 1.40.61 does not know, and later models do."""

ANSWER = "respond_to_auth_challenge"
BEGIN = "initiate_auth"


def sent(name: str, pending: str | None = None, /, *, optional: bool = False, **options: str) -> dict[str, Any]:
    """Return the request of an action with what it needs, or with everything that it takes."""
    action = ACTIONS[name]
    return action.request(call_of(action, defaults(action, **options), pending, optional=optional))


@pytest.mark.parametrize("optional", [True, False], ids=["everything", "only what is needed"])
def test_requests_fit_the_model(*, optional: bool) -> None:
    """Each request, with what drivers add, is one that the service model accepts, member by member."""
    for name, options, pending in CASES:
        action = ACTIONS[name]
        built = action.request(call_of(action, options, pending, optional=optional))
        request = {member: value for member, value in built.items() if member not in NEWER_THAN_THE_MODEL}
        shape: Any = MODEL.operation_model(str(action.operation)).input_shape
        added = {member: "driver_1" for member in ("ClientId", "UserPoolId") if member in shape.required_members}
        report = ParamValidator().validate(request | added, shape)
        assert not report.has_errors(), (name, options, pending, report.generate_report())
        assert set(request) <= set(shape.members)


def test_secrets_of_requests_are_in_sensitive_members() -> None:
    """Everything secret goes into a member that the model calls sensitive, or into one that is known to be secret."""
    known = {"UserAttributes", "ConfirmationCode", "UserCode", "Credential", "DeviceSecretVerifierConfig", "DeviceKey"}
    secrets = {str(INPUTS[name]) for name in ("password", "new_password", "code", "answer", "email")}
    secrets |= {FACTS["session"], FACTS["sign_up_session"], TOKENS.access_token, str(TOKENS.refresh_token)}
    for name, options, pending in CASES:
        action = ACTIONS[name]
        request = action.request(call_of(action, options, pending))
        shape: Any = MODEL.operation_model(str(action.operation)).input_shape
        for member, value in request.items():
            if any(secret in json.dumps(value) for secret in secrets):
                assert shape.members[member].metadata.get("sensitive") or member in known, (name, member)


@pytest.mark.parametrize(
    ("name", "pending", "expected"),
    [
        (
            "sign_up",
            None,
            {
                "Username": "ann",
                "Password": "Pa55word!",
                "UserAttributes": [{"Name": "email", "Value": "ann@example.org"}],
            },
        ),
        (
            "confirm_sign_up",
            None,
            {"Username": "ann", "ConfirmationCode": "123456", "Session": "SESSION-OF-A-SIGN-UP"},
        ),
        ("resend_confirmation_code", None, {"Username": "ann"}),
        ("forgot_password", None, {"Username": "ann"}),
        (
            "confirm_forgot_password",
            None,
            {"Username": "ann", "ConfirmationCode": "123456", "Password": "N3w-Pa55word!"},
        ),
        (
            "initiate_auth_with_session",
            "AUTO_SIGN_IN",
            {
                "AuthFlow": "USER_AUTH",
                "AuthParameters": {"USERNAME": "sub-of-ann"},
                "Session": "SESSION-OF-A-CHALLENGE",
            },
        ),
        ("associate_software_token_with_session", "MFA_SETUP", {"Session": "SESSION-OF-A-CHALLENGE"}),
        (
            "verify_software_token_with_session",
            "SECRET_CODE",
            {"Session": "SESSION-OF-A-CHALLENGE", "UserCode": "123456"},
        ),
        ("associate_software_token", None, {"AccessToken": "ACCESS"}),
        ("verify_software_token", "SECRET_CODE", {"AccessToken": "ACCESS", "UserCode": "123456"}),
        ("start_web_authn_registration", None, {"AccessToken": "ACCESS"}),
        (
            "complete_web_authn_registration",
            "CREATION_OPTIONS",
            {"AccessToken": "ACCESS", "Credential": {"id": "CREDENTIAL-ID", "type": "public-key"}},
        ),
        (
            "update_device_status",
            None,
            {"AccessToken": "ACCESS", "DeviceKey": DEVICE.key, "DeviceRememberedStatus": "remembered"},
        ),
        ("get_tokens_from_refresh_token", None, {"RefreshToken": "REFRESH", "DeviceKey": DEVICE.key}),
        ("global_sign_out", None, {"AccessToken": "ACCESS"}),
    ],
)
def test_request_carries_what_was_asked_for(name: str, pending: str | None, expected: Mapping[str, Any]) -> None:
    """Each input and each fact arrives at the member that the service reads it from."""
    assert sent(name, pending, optional=True) == expected


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        ({"auth_flow": "USER_PASSWORD_AUTH"}, {"PASSWORD": "Pa55word!"}),
        ({"auth_flow": "USER_SRP_AUTH"}, {"SRP_A": ...}),
        ({"auth_flow": "USER_AUTH"}, {}),
        ({"auth_flow": "CUSTOM_AUTH"}, {}),
        ({"auth_flow": "CUSTOM_AUTH", "challenge_name": "SRP_A"}, {"CHALLENGE_NAME": "SRP_A", "SRP_A": ...}),
    ],
)
def test_flow_begins_with_its_parameters(options: Options, parameters: Mapping[str, Any]) -> None:
    """Each flow takes its own parameters beside the username, and the key of a remembered device if there is one."""
    action = ACTIONS[BEGIN]
    known = {"username": "ann"}
    call = attrs.evolve(call_of(action, defaults(action, **options), None, optional=False), facts=known)
    request = action.request(call if "SRP_A" in parameters else attrs.evolve(call, computed={}))
    hidden = {name: ... if name == "SRP_A" else text for name, text in request["AuthParameters"].items()}
    assert (request["AuthFlow"], hidden) == (options["auth_flow"], {"USERNAME": "ann", **parameters})
    on_device = action.request(attrs.evolve(call, facts=FACTS))["AuthParameters"]
    assert on_device["DEVICE_KEY"] == DEVICE.key


@pytest.mark.parametrize(
    ("preferred", "parameters"),
    [
        ("PASSWORD", {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": "Pa55word!"}),
        ("PASSWORD_SRP", {"PREFERRED_CHALLENGE": "PASSWORD_SRP"}),
        ("EMAIL_OTP", {"PREFERRED_CHALLENGE": "EMAIL_OTP"}),
        ("WEB_AUTHN", {"PREFERRED_CHALLENGE": "WEB_AUTHN"}),
    ],
)
def test_preferred_factor_takes_its_input_along(preferred: str, parameters: Mapping[str, str]) -> None:
    """A password goes to the service only with the factor that is proved by showing it."""
    action = ACTIONS[BEGIN]
    inputs = {"username": "ann", "password": "Pa55word!", "preferred_challenge": preferred}
    call = Call(inputs, {}, defaults(action, auth_flow="USER_AUTH"))
    assert action.request(call)["AuthParameters"] == {"USERNAME": "ann", **parameters}
    assert (action.compute(call) is not None) is (preferred == "PASSWORD_SRP")


RESPONSES: dict[str, dict[str, Any]] = {
    "SMS_MFA": {"SMS_MFA_CODE": "123456"},
    "SMS_OTP": {"SMS_OTP_CODE": "123456"},
    "EMAIL_OTP": {"EMAIL_OTP_CODE": "123456"},
    "SOFTWARE_TOKEN_MFA": {"SOFTWARE_TOKEN_MFA_CODE": "123456"},
    "SELECT_MFA_TYPE": {"ANSWER": "SMS_MFA"},
    "MFA_SETUP": {"EMAIL": "ann@example.org"},
    "NEW_PASSWORD_REQUIRED": {"NEW_PASSWORD": "N3w-Pa55word!", "userAttributes.email": "ann@example.org"},
    "SELECT_CHALLENGE": {"ANSWER": "PASSWORD", "PASSWORD": "Pa55word!"},
    "PASSWORD": {"PASSWORD": "Pa55word!"},
    "ADMIN_NO_SRP_AUTH": {"PASSWORD": "Pa55word!"},
    "PASSWORD_SRP": {"SRP_A": ..., "DEVICE_KEY": DEVICE.key},
    "PASSWORD_VERIFIER": {
        "PASSWORD_CLAIM_SIGNATURE": ...,
        "PASSWORD_CLAIM_SECRET_BLOCK": SECRET_BLOCK,
        "TIMESTAMP": "Tue Nov 14 22:13:20 UTC 2023",
        "DEVICE_KEY": DEVICE.key,
    },
    "CUSTOM_CHALLENGE": {"ANSWER": "AN-ANSWER"},
    "WEB_AUTHN": {"CREDENTIAL": '{"id": "CREDENTIAL-ID", "type": "public-key"}'},
    "DEVICE_SRP_AUTH": {"SRP_A": ..., "DEVICE_KEY": DEVICE.key},
    "DEVICE_PASSWORD_VERIFIER": {
        "PASSWORD_CLAIM_SIGNATURE": ...,
        "PASSWORD_CLAIM_SECRET_BLOCK": SECRET_BLOCK,
        "TIMESTAMP": "Tue Nov 14 22:13:20 UTC 2023",
        "DEVICE_KEY": DEVICE.key,
    },
    "SOFTWARE_TOKEN_VERIFIED": {},
}
"""What answers each challenge, beside the username (RespondToAuthChallenge, member ChallengeResponses)."""


@pytest.mark.parametrize("pending", sorted(RESPONSES))
def test_challenge_is_answered_in_its_own_words(pending: str) -> None:
    """An answer names its challenge, carries its session, and speaks for the user whom the challenge named."""
    action = ACTIONS[f"admin_{ANSWER}"]
    call = call_of(action, {}, pending)
    request = action.request(call)
    responses = request.pop("ChallengeResponses")
    assert request == {
        "ChallengeName": "MFA_SETUP" if pending == "SOFTWARE_TOKEN_VERIFIED" else pending,
        "Session": "SESSION-OF-A-CHALLENGE",
    }
    secret = {"SRP_A", "PASSWORD_CLAIM_SIGNATURE"}
    hidden = {name: ... if name in secret else text for name, text in responses.items()}
    assert hidden == {"USERNAME": "sub-of-ann", **RESPONSES[pending]}


def test_every_challenge_is_answered() -> None:
    """No challenge that an action answers is left out above."""
    answered = {name: set(ACTIONS[name].answers or ()) for name in (ANSWER, f"admin_{ANSWER}")}
    assert set(RESPONSES) == {*CHALLENGES, "SOFTWARE_TOKEN_VERIFIED"}
    assert answered == {ANSWER: set(RESPONSES) - {"ADMIN_NO_SRP_AUTH"}, f"admin_{ANSWER}": set(RESPONSES)}


def test_chosen_factor_takes_its_proof_along() -> None:
    """Whoever chooses a password may give it at once, in whatever way it is proved; other choices go alone."""
    action = ACTIONS[ANSWER]
    call = call_of(action, {}, "SELECT_CHALLENGE")
    by_srp = attrs.evolve(call, inputs={"answer": "PASSWORD_SRP", "password": "Pa55word!"})
    alone = attrs.evolve(call, inputs={"answer": "PASSWORD"}, computed={}, facts=FACTS | {"device": None})
    assert set(action.request(by_srp)["ChallengeResponses"]) == {"USERNAME", "ANSWER", "SRP_A", "DEVICE_KEY"}
    assert action.compute(by_srp) is not None
    assert action.compute(alone) is None
    assert action.request(alone)["ChallengeResponses"] == {"USERNAME": "sub-of-ann", "ANSWER": "PASSWORD"}


def test_new_device_is_confirmed_with_a_verifier() -> None:
    """The pool is given a verifier and its salt, and never the device's password."""
    action = ACTIONS["confirm_device"]
    call = call_of(action, {}, "TOKENS_ON_NEW_DEVICE")
    request = action.request(call)
    assert request["DeviceKey"] == DEVICE.key
    assert set(request["DeviceSecretVerifierConfig"]) == {"PasswordVerifier", "Salt"}
    password = action.classify({}, call).facts["device"].password
    assert password
    assert password not in json.dumps(request)


@pytest.mark.parametrize(("choice", "setting"), [
    ("preferred", {"Enabled": True, "PreferredMfa": True}), ("enabled", {"Enabled": True, "PreferredMfa": False}),
    ("disabled", {"Enabled": False, "PreferredMfa": False}),
])  # fmt: skip
def test_mfa_preference_is_sent_as_chosen(choice: str, setting: dict[str, bool]) -> None:
    """One option stands for both switches of a factor, and a factor that is not spoken of is left alone."""
    name = "set_user_mfa_preference"
    assert sent(name, sms_mfa=choice) == {"AccessToken": "ACCESS", "SMSMfaSettings": setting}
    assert sent(name, email_mfa=choice) == {"AccessToken": "ACCESS", "EmailMfaSettings": setting}
    assert sent(name, software_token_mfa=choice) == {"AccessToken": "ACCESS", "SoftwareTokenMfaSettings": setting}
    passkey = {"Enabled": setting["Enabled"]}
    assert sent(name, web_authn_mfa=choice) == {"AccessToken": "ACCESS", "WebAuthnMfaSettings": passkey}


def test_what_the_session_lacks_is_left_out() -> None:
    """Optional facts and inputs that are not there leave no empty member behind."""
    assert "Password" not in ACTIONS["sign_up"].request(Call({"username": "ann"}, {}, {}))
    assert "Session" not in sent("confirm_sign_up")
    assert sent("get_tokens_from_refresh_token") == {"RefreshToken": "REFRESH"}
    verifier = call_of(ACTIONS[ANSWER], {}, "PASSWORD_VERIFIER", optional=False)
    sessionless = attrs.evolve(verifier, facts={**verifier.facts, "session": ""})
    request = ACTIONS[ANSWER].request(sessionless)
    assert "Session" not in request
    assert "DEVICE_KEY" not in request["ChallengeResponses"]


def test_alias_is_taken_over_if_asked_for() -> None:
    """An alias of another user is moved only where the flow says so."""
    assert sent("confirm_sign_up", force_alias_creation="true")["ForceAliasCreation"] is True
    assert "ForceAliasCreation" not in sent("confirm_sign_up", force_alias_creation="false")


def test_typed_username_and_device_win_over_the_carried_ones() -> None:
    """Whoever types a username signs in with that one, and on the device that is given."""
    action = ACTIONS[BEGIN]
    typed = {"username": "ben", "password": "Pa55word!", "device": {"key": "K", "group_key": "G", "password": "P"}}
    call = Call(typed, FACTS, defaults(action, auth_flow="USER_PASSWORD_AUTH"))
    assert action.request(call)["AuthParameters"] == {"USERNAME": "ben", "DEVICE_KEY": "K", "PASSWORD": "Pa55word!"}


def test_answer_falls_back_to_the_typed_username() -> None:
    """A challenge that names no user is answered under the username as it was typed."""
    call = Call(INPUTS, FACTS | {"user_id": None}, {}, "SMS_MFA")
    assert ACTIONS[ANSWER].request(call)["ChallengeResponses"]["USERNAME"] == "ann"
