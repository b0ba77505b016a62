"""What answers mean: outcomes, the facts that they bring, what is shown of them, and what never is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from examples import AROUND, CASES, DEVICE, FACTS, INPUTS, TOKENS, call_of, defaults

from flowengine.actions import ACTIONS
from flowengine.actions.challenges import CHALLENGES, otpauth_uri
from flowengine.actions.model import CHALLENGE_FACTS, Call, Result
from flowengine.actions.proofs import ephemeral
from flowengine.session import Delivery, Device, Position, Session, Snapshot, Tokens

AUTHENTICATION = ["initiate_auth", "admin_initiate_auth", "initiate_auth_with_session", "respond_to_auth_challenge",
                  "admin_respond_to_auth_challenge"]  # fmt: skip
ISSUED = {"AccessToken": "AAA", "IdToken": "III", "RefreshToken": "RRR", "ExpiresIn": 60, "TokenType": "Bearer"}
NEW_DEVICE = {"DeviceKey": "eu-west-1_new", "DeviceGroupKey": "-new-group"}
TYPED = Call({"username": "ann"}, {}, {})


def read(answer: Mapping[str, Any], name: str = "initiate_auth", call: Call = TYPED) -> Result:
    """Return what an answer means."""
    return ACTIONS[name].classify(answer, call)


def challenge(name: str, /, session: str | None = "NEXT-SESSION", **parameters: str) -> dict[str, Any]:
    """Return an answer that poses a challenge."""
    named = {"ChallengeName": name, "ChallengeParameters": parameters}
    return named if session is None else named | {"Session": session}


# Tokens


@pytest.mark.parametrize("name", [*AUTHENTICATION, "get_tokens_from_refresh_token"])
def test_tokens_are_an_outcome(name: str) -> None:
    """An authentication result becomes tokens, of which nothing shows in a repr."""
    result = read({"AuthenticationResult": ISSUED, "ChallengeParameters": {}}, name)
    tokens = Tokens(access_token="AAA", id_token="III", refresh_token="RRR", expires_in=60)
    assert result.outcome == "TOKENS"
    assert {fact: value for fact, value in result.facts.items() if value} == {"tokens": tokens}
    assert not any(secret in repr((result, tokens)) for secret in ("AAA", "III", "RRR"))


@pytest.mark.parametrize("name", AUTHENTICATION)
def test_tokens_on_a_new_device_are_another_outcome(name: str) -> None:
    """A device that the pool does not know comes with its keys, and has no password yet."""
    result = read(
        {"AuthenticationResult": ISSUED | {"NewDeviceMetadata": NEW_DEVICE}}, name, call=Call(INPUTS, FACTS, {})
    )
    assert result.outcome == "TOKENS_ON_NEW_DEVICE"
    assert result.facts["device"] == Device(key="eu-west-1_new", group_key="-new-group", password=None)
    assert result.facts["tokens"].access_token == "AAA"


@pytest.mark.parametrize("known", [{}, {"device": DEVICE}])
def test_known_device_stays_known(known: Mapping[str, Any]) -> None:
    """Tokens without a new device leave the one that the user signs in on in place, typed or carried."""
    assert read({"AuthenticationResult": ISSUED}, call=Call({}, known, {})).facts["device"] == known.get("device")
    typed = Call({"device": attrs.asdict(DEVICE)}, {}, {})
    assert read({"AuthenticationResult": ISSUED}, call=typed).facts["device"] == DEVICE
    posed = read(challenge("SMS_MFA"), call=attrs.evolve(typed, facts={"username": "ann"}))
    assert posed.facts["device"] == DEVICE


def test_refresh_keeps_its_token() -> None:
    """An answer without a refresh token leaves the earlier one in place, one with a new one replaces it."""
    call = Call({}, FACTS, {})
    kept, rotated = (
        {"AccessToken": "A2", "IdToken": "I2", "ExpiresIn": 60} | more for more in ({}, {"RefreshToken": "R2"})
    )
    refreshed = [
        read({"AuthenticationResult": issued}, "get_tokens_from_refresh_token", call).facts["tokens"].refresh_token
        for issued in (kept, rotated)
    ]
    assert refreshed == ["REFRESH", "R2"]


# Challenges

SHOWN: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "SMS_MFA": ({"CODE_DELIVERY_DESTINATION": "+*******0100"}, {}),
    "EMAIL_OTP": ({"USERNAME": "sub"}, {}),
    "SMS_OTP": ({}, {}),
    "SOFTWARE_TOKEN_MFA": ({"FRIENDLY_DEVICE_NAME": "phone", "X": "y"}, {"friendly_device_name": "phone"}),
    "SELECT_MFA_TYPE": (
        {"MFAS_CAN_CHOOSE": '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'},
        {"choices": ("SMS_MFA", "SOFTWARE_TOKEN_MFA")},
    ),
    "MFA_SETUP": ({"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'}, {"choices": ("SOFTWARE_TOKEN_MFA",)}),
    "NEW_PASSWORD_REQUIRED": (
        {"requiredAttributes": '["userAttributes.name"]', "userAttributes": '{"email": "ann@example.org"}'},
        {"required_attributes": ("name",), "user_attributes": {"email": "ann@example.org"}},
    ),
    "SELECT_CHALLENGE": ({}, {"choices": ()}),
    "PASSWORD": ({}, {}),
    "PASSWORD_SRP": ({}, {}),
    "ADMIN_NO_SRP_AUTH": ({}, {}),
    "PASSWORD_VERIFIER": ({"SALT": "1", "SRP_B": "2"}, {"SALT": "1", "SRP_B": "2"}),
    "DEVICE_SRP_AUTH": ({"X": "y"}, {}),
    "DEVICE_PASSWORD_VERIFIER": ({"SALT": "1"}, {"SALT": "1"}),
    "CUSTOM_CHALLENGE": ({"question": "Who?", "USERNAME": "sub", "USER_ID_FOR_SRP": "sub"}, {"question": "Who?"}),
    "WEB_AUTHN": (
        {"CREDENTIAL_REQUEST_OPTIONS": '{"challenge": "abc"}'},
        {"credential_request_options": {"challenge": "abc"}},
    ),
}
"""For each challenge, parameters of an answer, and what is shown of them."""


@pytest.mark.parametrize("name", CHALLENGES)
def test_challenge_shows_what_its_answer_needs(name: str) -> None:
    """Each challenge brings its session, whom it speaks of, and what whoever answers must see; nothing else."""
    parameters, shown = SHOWN[name]
    result = read(challenge(name, **parameters))
    assert (result.outcome, result.facts["session"], result.facts["parameters"]) == (name, "NEXT-SESSION", shown)
    assert result.facts["user_id"] == parameters.get("USERNAME", "ann")
    assert "NEXT-SESSION" not in repr(result)


def test_available_challenges_are_shown() -> None:
    """The choices of a first factor stand beside the parameters."""
    result = read(challenge("SELECT_CHALLENGE") | {"AvailableChallenges": ["PASSWORD", "EMAIL_OTP"]})
    assert result.facts["parameters"] == {"choices": ("PASSWORD", "EMAIL_OTP")}


def test_either_spelling_of_the_choices_is_read() -> None:
    """The guide and the clients disagree on a name, and the one that holds something wins."""
    by_guide = read(challenge("SELECT_MFA_TYPE", MFAS_CAN_SELECT='["EMAIL_OTP"]'))
    both = read(challenge("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE='["SMS_MFA"]', MFAS_CAN_SELECT='["EMAIL_OTP"]'))
    assert by_guide.facts["parameters"] == {"choices": ("EMAIL_OTP",)}
    assert both.facts["parameters"] == {"choices": ("SMS_MFA",)}


@pytest.mark.parametrize("text", ["", "no JSON", '{"a": 1}', "null", "[1", '"SMS_MFA"'])
def test_malformed_list_is_empty(text: str) -> None:
    """A parameter that holds something else than its list says nothing, and nothing breaks."""
    for name, parameter in (("SELECT_MFA_TYPE", "MFAS_CAN_CHOOSE"), ("MFA_SETUP", "MFAS_CAN_SETUP")):
        assert read(challenge(name, **{parameter: text})).facts["parameters"] == {"choices": ()}
    required = read(challenge("NEW_PASSWORD_REQUIRED", requiredAttributes=text, userAttributes="[]"))
    assert required.facts["parameters"] == {"required_attributes": (), "user_attributes": {}}


@pytest.mark.parametrize("text", ["", "no JSON", "[1]", "null"])
def test_malformed_object_is_empty(text: str) -> None:
    """The same goes for objects."""
    passkey = read(challenge("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS=text))
    assert passkey.facts["parameters"] == {"credential_request_options": {}}


@pytest.mark.parametrize(
    ("parameters", "facts", "user_id"),
    [
        ({"USER_ID_FOR_SRP": "sub", "USERNAME": "other"}, {}, "sub"),
        ({"USERNAME": "other"}, {}, "other"),
        ({}, {"user_id": "earlier"}, "earlier"),
        ({}, {}, "ann"),
    ],
)
def test_challenge_says_whom_it_speaks_of(parameters: dict[str, str], facts: dict[str, str], user_id: str) -> None:
    """The user's id comes from the challenge, else from an earlier one, else it is what was typed."""
    call = Call({}, {"username": "ann", **facts}, {})
    assert read(challenge("SMS_MFA", **parameters), call=call).facts["user_id"] == user_id


def test_challenge_says_where_its_code_went() -> None:
    """Medium and masked destination are passed on as they came, and without them nothing was sent."""
    went = {"CODE_DELIVERY_DELIVERY_MEDIUM": "SMS", "CODE_DELIVERY_DESTINATION": "+*******0100"}
    assert read(challenge("SMS_MFA", **went)).delivery == Delivery("SMS", "+*******0100")
    assert read(challenge("SOFTWARE_TOKEN_MFA")).delivery is None


@pytest.mark.parametrize("name", AUTHENTICATION)
@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        ({"ChallengeName": "SOMETHING_NEW", "Session": "S"}, "SOMETHING_NEW"),
        ({"Session": "S"}, "nothing"),
        ({}, "nothing"),
        ({"AuthenticationResult": {}}, "nothing"),
        ({"ChallengeName": "SMS_MFA"}, "SMS_MFA"),
        ({"ChallengeName": "SECRET_CODE", "Session": "S"}, "SECRET_CODE"),
    ],
    ids=["a new one", "none", "an empty answer", "no tokens", "no session", "a step that is no challenge"],
)
def test_unknown_challenge_is_an_outcome_of_its_own(name: str, answer: dict[str, Any], asked: str) -> None:
    """A challenge that cannot be answered is named in the detail, and leaves no facts."""
    result = read(answer, name)
    assert (result.outcome, result.facts) == ("UNKNOWN_CHALLENGE", {})
    assert result.detail == f"Cognito asks for {asked}, which this flow cannot answer."


def test_proof_may_go_without_a_session() -> None:
    """A verifier is answered in the same send, with or without a session string."""
    result = read(challenge("PASSWORD_VERIFIER", session=None, SALT="1"))
    assert (result.outcome, result.facts["session"]) == ("PASSWORD_VERIFIER", "")


# Sign-up, authenticator apps, passkeys, devices


@pytest.mark.parametrize(
    ("answer", "outcome", "session"),
    [
        ({"UserConfirmed": True}, "CONFIRMED", None),
        ({"UserConfirmed": False}, "UNCONFIRMED", None),
        ({"UserConfirmed": False, "Session": "S"}, "UNCONFIRMED", "S"),
    ],
)
def test_sign_up_says_whether_the_user_is_confirmed(answer: dict[str, Any], outcome: str, session: str | None) -> None:
    """The answer to SignUp is told by its flag, and without details there was no message."""
    result = read(answer, "sign_up")
    assert (result.outcome, result.delivery, result.facts) == (outcome, None, {"sign_up_session": session})


@pytest.mark.parametrize("name", ["sign_up", "resend_confirmation_code", "forgot_password"])
def test_delivery_is_what_cognito_says(name: str) -> None:
    """Medium, masked destination and attribute are passed on as they came."""
    details = {"DeliveryMedium": "SMS", "Destination": "+*******0100", "AttributeName": "phone_number"}
    result = read({"UserConfirmed": False, "CodeDeliveryDetails": details}, name)
    assert result.delivery == Delivery("SMS", "+*******0100", "phone_number")


def test_confirmation_may_bring_a_session() -> None:
    """With a session a confirmed user can be signed in at once, without one the sign-in starts anew."""
    assert (read({}, "confirm_sign_up").outcome, read({}, "confirm_sign_up").facts) == ("CONFIRMED", {})
    result = read({"Session": "S"}, "confirm_sign_up")
    assert result.outcome == "AUTO_SIGN_IN"
    assert result.facts == {"session": "S", "user_id": "ann", "parameters": {}}


@pytest.mark.parametrize(
    ("name", "answer", "session", "user_id"),
    [
        ("associate_software_token_with_session", {"SecretCode": "ABC", "Session": "S2"}, "S2", "sub-of-ann"),
        ("associate_software_token", {"SecretCode": "ABC"}, "", "sub-of-ann"),
    ],
)
def test_secret_comes_with_its_uri(name: str, answer: dict[str, Any], session: str, user_id: str) -> None:
    """The shared secret is shown with the URI that carries it, under the service's name and the typed username."""
    result = read(answer, name, Call({}, FACTS, defaults(ACTIONS[name], issuer="Ann & Sons")))
    uri = "otpauth://totp/Ann%20%26%20Sons:ann?secret=ABC&issuer=Ann%20%26%20Sons"
    assert result.outcome == "SECRET_CODE"
    assert (result.facts["session"], result.facts["user_id"]) == (session, user_id)
    assert result.facts["parameters"] == {"secret_code": "ABC", "otpauth_uri": uri}


@pytest.mark.parametrize(
    ("username", "issuer", "label"),
    [
        ("ann", "Cognito", "Cognito:ann"),
        ("ann@example.org", "A/B", "A/B:ann%40example.org"),
        ("+15555550100", "a:b", "a%3Ab:%2B15555550100"),
        ("a?b#c", "é", "%C3%A9:a%3Fb%23c"),
    ],
)
def test_uri_is_quoted(username: str, issuer: str, label: str) -> None:
    """Nothing in a name can end the label or add a parameter."""
    uri = otpauth_uri("ABC", username, issuer)
    assert uri == f"otpauth://totp/{label}?secret=ABC&issuer={label.partition(':')[0]}"


@pytest.mark.parametrize(("answer", "session"), [({"Session": "S2"}, "S2"), ({}, "SESSION-OF-A-CHALLENGE")])
def test_verified_app_keeps_the_conversation_going(answer: dict[str, Any], session: str) -> None:
    """The session goes on with a new string, or with the one that it had."""
    result = read(answer, "verify_software_token_with_session", Call({}, FACTS, {}))
    assert result.outcome == "SOFTWARE_TOKEN_VERIFIED"
    assert result.facts == {"session": session, "user_id": "sub-of-ann", "parameters": {}}


def test_creation_options_are_shown() -> None:
    """What the browser needs to make a passkey is passed on as it came."""
    options = {"rp": {"id": "example.org"}, "challenge": "abc"}
    result = read({"CredentialCreationOptions": options}, "start_web_authn_registration")
    assert result.outcome == "CREATION_OPTIONS"
    assert result.facts.keys() == CHALLENGE_FACTS
    assert result.facts["parameters"] == {"credential_creation_options": options}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({}, "DEVICE_CONFIRMED"),
        ({"UserConfirmationNecessary": False}, "DEVICE_CONFIRMED"),
        ({"UserConfirmationNecessary": True}, "USER_CONFIRMATION_NECESSARY"),
    ],
)
def test_confirmed_device_has_its_password(answer: dict[str, Any], outcome: str) -> None:
    """Once the pool knows the verifier, the device has the password that it was made of."""
    call = call_of(ACTIONS["confirm_device"], {}, "TOKENS_ON_NEW_DEVICE")
    result = read(answer, "confirm_device", call)
    assert result.outcome == outcome
    assert result.facts["device"].key == DEVICE.key
    assert result.facts["device"].password not in (None, DEVICE.password)


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("confirm_forgot_password", "PASSWORD_RESET"),
        ("set_user_mfa_preference", "MFA_PREFERENCE_SET"),
        ("verify_software_token", "SOFTWARE_TOKEN_REGISTERED"),
        ("complete_web_authn_registration", "PASSKEY_REGISTERED"),
        ("update_device_status", "DEVICE_STATUS_UPDATED"),
        ("global_sign_out", "SIGNED_OUT"),
    ],
)
def test_empty_answer_is_a_success(name: str, outcome: str) -> None:
    """Operations that answer with nothing have one outcome."""
    assert read({}, name) == Result(outcome)


# What never shows


def test_results_bring_what_they_promise() -> None:
    """Each fact that an outcome is said to bring surely comes with it, and so the session can carry it."""
    for pending, (parameters, _) in SHOWN.items():
        facts = read(challenge(pending, **parameters)).facts
        assert ACTIONS["initiate_auth"].gives[pending] <= {name for name, fact in facts.items() if fact is not None}


def test_calls_show_no_secret() -> None:
    """What a call holds, typed, carried or computed, is left out of its repr."""
    for name, options, pending in CASES[::7]:
        call = call_of(ACTIONS[name], options, pending)
        held = json.dumps([call.inputs, call.facts, call.computed], default=vars_of)
        assert not [secret for secret in SECRETS if secret in held and secret in repr(call)], name


def test_computed_proof_shows_nothing() -> None:
    """The private half of a proof shows neither in a call nor by itself."""
    pair = ephemeral(TYPED, AROUND)["ephemeral"]
    assert str(pair.secret) not in repr((pair, attrs.evolve(TYPED, computed={"ephemeral": pair})))
    assert "PRIVATE" not in repr(attrs.evolve(TYPED, computed={"responses": "PRIVATE"}))


SECRETS = ("Pa55word!", "123456", "AN-ANSWER", "SESSION-OF", "ACCESS", "REFRESH", "DEVICE-PASSWORD", "CREDENTIAL-ID")


def vars_of(value: Any) -> Any:
    """Return what an attrs value holds."""
    return attrs.asdict(value) if attrs.has(type(value)) else str(value)


def test_session_and_snapshot_show_no_secret() -> None:
    """Neither does what is kept of a walk, nor what a caller sees of it."""
    session = Session(key="KEY-OF-A-SESSION", flow="f", position=Position("s"), facts=FACTS)
    snapshot = Snapshot(
        id="ID-OF-A-SESSION", state="s", meaning=None, pending=None, accepts={}, parameters={"secret_code": "SEED-ABC"},
        delivery=Delivery("SMS", "+*******0100"), error=None, tokens=TOKENS, device=DEVICE, deadline=None, revision=0,
    )  # fmt: skip
    secrets = (*SECRETS, "-OF-A-SESSION", "SEED-ABC", DEVICE.key)
    shown = repr((session, snapshot, TOKENS, attrs.evolve(DEVICE, key="k")))
    assert not [secret for secret in secrets if secret in shown]
