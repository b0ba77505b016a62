"""The action table, held against the service model and against the messages that Cognito was seen to send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from flowengine.actions import ACTIONS
from flowengine.actions.authentication import CHALLENGES
from flowengine.actions.model import ANSWER_LOST, Action, Call
from flowengine.actions.refusals import NAMED_REFUSALS, NOT_RETRYABLE, classify_refusal
from flowengine.fields import Field
from flowengine.session import Delivery, Tokens
from flowengine.settings import Mfa, PoolSettings, SignIn, Verification

MODEL = botocore.session.get_session().get_service_model("cognito-idp")
NEWER_THAN_THE_MODEL = {
    "FeatureUnavailableInTierException": {"initiate_auth"},
    "OperationNotEnabledException": set(ACTIONS),
    "TooManyRequestsException": {"set_user_mfa_preference"},
}
"""
Refusals that botocore 1.40 does not declare, with their actions: two that later models do, and the throttling that
every operation can meet.
"""

OFF = PoolSettings(verification=Verification(auto_verified_attributes=("email",)))
OPTIONAL = PoolSettings(mfa=Mfa(mode="optional", factors=("sms",)))
REQUIRED = PoolSettings(mfa=Mfa(mode="required", factors=("sms",)))
TOKENS = Tokens(access_token="ACCESS", id_token="ID", refresh_token="REFRESH", expires_in=3600)
FACTS = {"username": "ann", "session": "SESSION-OF-A-CHALLENGE", "user_id": "sub-of-ann", "tokens": TOKENS}
INPUTS = {"password": "Pa55word!", "code": "123456", "attributes": {"email": "ann@example.org"}}

NOT_AUTHORIZED, INVALID_PARAMETER = "NotAuthorizedException", "InvalidParameterException"
MESSAGES = [
    (NOT_AUTHORIZED, "Incorrect username or password.", "INCORRECT_USERNAME_OR_PASSWORD"),
    (NOT_AUTHORIZED, "Password attempts exceeded", "PASSWORD_ATTEMPTS_EXCEEDED"),
    (NOT_AUTHORIZED, "User is disabled.", "USER_DISABLED"),
    (
        NOT_AUTHORIZED,
        "Temporary password has expired and must be reset by an administrator.",
        "TEMPORARY_PASSWORD_EXPIRED",
    ),
    (NOT_AUTHORIZED, "Invalid session for the user, session can only be used once.", "SESSION_USED"),
    (NOT_AUTHORIZED, "Invalid session for the user, session is expired.", "SESSION_EXPIRED"),
    (NOT_AUTHORIZED, "Invalid session for the user.", "SESSION_INVALID"),
    (NOT_AUTHORIZED, "User cannot be confirmed. Current status is CONFIRMED", "ALREADY_CONFIRMED"),
    (INVALID_PARAMETER, "User is already confirmed.", "ALREADY_CONFIRMED"),
    (INVALID_PARAMETER, "Cannot resend codes. Auto verification not turned on.", "AUTO_VERIFICATION_OFF"),
    (NOT_AUTHORIZED, "Cannot resend codes. Auto verification not turned on.", "AUTO_VERIFICATION_OFF"),
    (NOT_AUTHORIZED, "SignUp is not permitted for this user pool", "SIGN_UP_NOT_PERMITTED"),
    (NOT_AUTHORIZED, "Client X is configured with secret but SECRET_HASH was not received", "SECRET_HASH_REFUSED"),
    (NOT_AUTHORIZED, "Unable to verify secret hash for client X", "SECRET_HASH_REFUSED"),
    (INVALID_PARAMETER, "USER_PASSWORD_AUTH flow not enabled for this client", "AUTH_FLOW_NOT_ENABLED"),
    (NOT_AUTHORIZED, "Auth flow not enabled for this client", "AUTH_FLOW_NOT_ENABLED"),
    (NOT_AUTHORIZED, "Access Token has expired", "ACCESS_TOKEN_EXPIRED"),
    (NOT_AUTHORIZED, "Access Token has been revoked", "ACCESS_TOKEN_REVOKED"),
    (NOT_AUTHORIZED, "Invalid Access Token", "ACCESS_TOKEN_INVALID"),
    (NOT_AUTHORIZED, "Refresh Token has expired", "REFRESH_TOKEN_EXPIRED"),
    (NOT_AUTHORIZED, "Refresh Token has been revoked", "REFRESH_TOKEN_REVOKED"),
    (NOT_AUTHORIZED, "Invalid Refresh Token.", "REFRESH_TOKEN_INVALID"),
    (INVALID_PARAMETER, "User does not have a phone_number set to turn on SMS MFA", "PHONE_NUMBER_MISSING"),
]

each_action = pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)


@pytest.mark.parametrize(("exception", "message", "outcome"), MESSAGES)
def test_known_message_names_its_refusal(exception: str, message: str, outcome: str) -> None:
    """Each recorded message is told from the others of its exception."""
    assert classify_refusal(exception, message) == outcome


def test_messages_cover_the_table() -> None:
    """Every row of the table, under every exception of it, has a recorded message in this file."""
    rows = {(exception, row.outcome) for row in NAMED_REFUSALS for exception in row.exceptions}
    assert rows == {(exception, outcome) for exception, _, outcome in MESSAGES}
    for row in NAMED_REFUSALS:
        assert any(row.fragment in message and row.outcome == outcome for _, message, outcome in MESSAGES)


@pytest.mark.parametrize(
    ("exception", "message"),
    [
        (NOT_AUTHORIZED, "Something that nobody has seen yet"),
        (NOT_AUTHORIZED, ""),
        (INVALID_PARAMETER, "Incorrect username or password."),
        ("CodeMismatchException", "User is disabled."),
        ("BrandNewException", "Invalid Access Token"),
    ],
)
def test_unknown_message_keeps_its_exception(exception: str, message: str) -> None:
    """A message that is unknown, or stands under another exception, changes nothing."""
    assert classify_refusal(exception, message) == exception


@each_action
def test_declared_refusals_are_outcomes(action: Action) -> None:
    """Every exception that the service model declares for an operation is among its outcomes."""
    declared = {shape.name for shape in MODEL.operation_model(action.operation).error_shapes}
    assert declared - action.outcomes == set()


@each_action
def test_undeclared_refusals_are_no_outcomes(action: Action) -> None:
    """Beside what the model declares, an action only knows the few refusals that later models declare."""
    declared = {shape.name for shape in MODEL.operation_model(action.operation).error_shapes}
    exceptions = {outcome for outcome in action.outcomes if outcome.endswith("Exception")}
    newer = {name for name, actions in NEWER_THAN_THE_MODEL.items() if action.name in actions}
    assert exceptions - declared == newer - declared


@each_action
def test_every_outcome_has_an_origin(action: Action) -> None:
    """An outcome is a result, an exception, a named refusal of a declared exception, or the lost answer."""
    declared = {shape.name for shape in MODEL.operation_model(action.operation).error_shapes}
    named = {row.outcome for row in NAMED_REFUSALS if row.exceptions & declared}
    exceptions = {outcome for outcome in action.outcomes if outcome.endswith("Exception")}
    assert action.outcomes - exceptions - named - set(action.results) == {ANSWER_LOST}


@each_action
def test_row_speaks_of_its_own_outcomes(action: Action) -> None:
    """What must be routed can come back, and every success of some pool is a result."""
    assert action.must_route <= action.outcomes
    assert action.successes(None, {}) == set(action.results)
    assert action.possible(None, {}) == action.outcomes
    assert action.lost.endswith(".")


def test_every_hopeless_refusal_exists() -> None:
    """A refusal that is marked as beyond repair is one that some action gives."""
    assert set().union(*(action.outcomes for action in ACTIONS.values())) >= NOT_RETRYABLE


def example(entry: Field) -> object:
    """Return a good input for a field."""
    return FACTS["username"] if entry.name == "username" else INPUTS[entry.name]


@each_action
def test_operation_is_named_after_itself(action: Action) -> None:
    """An action's name is its operation in snake case."""
    assert action.operation.replace("MFA", "Mfa") == action.name.title().replace("_", "")


@pytest.mark.parametrize(
    ("name", "option"),
    [(name, value) for name, row in ACTIONS.items() for value in next(iter(row.options.values()), ("none",))],
)
def test_request_fits_the_model(name: str, option: str) -> None:
    """A request, with the client's id added by the driver, is one that the service model accepts."""
    action = ACTIONS[name]
    pending = "SMS_MFA" if action.answers else None
    inputs = {entry.name: example(entry) for entry in action.fields(OPTIONAL, pending)}
    request = action.request(Call(inputs, FACTS, dict.fromkeys(action.options, option), pending))
    shape: Any = MODEL.operation_model(action.operation).input_shape
    client = {"ClientId": "client"} if "ClientId" in shape.required_members else {}
    report = ParamValidator().validate(request | client, shape)
    assert not report.has_errors(), report.generate_report()
    assert set(request) <= set(shape.members)


def test_requests_carry_what_was_asked_for() -> None:
    """Each input and each fact arrives at the member that the service reads it from."""
    sent = {
        name: action.request(
            Call(INPUTS, FACTS, {"auth_flow": "USER_PASSWORD_AUTH", "sms_mfa": "preferred"}, "SMS_MFA")
        )
        for name, action in ACTIONS.items()
    }
    assert sent == {
        "sign_up": {
            "Username": "ann",
            "Password": "Pa55word!",
            "UserAttributes": [{"Name": "email", "Value": "ann@example.org"}],
        },
        "confirm_sign_up": {"Username": "ann", "ConfirmationCode": "123456"},
        "resend_confirmation_code": {"Username": "ann"},
        "initiate_auth": {
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": "ann", "PASSWORD": "Pa55word!"},
        },
        "respond_to_auth_challenge": {
            "ChallengeName": "SMS_MFA",
            "Session": "SESSION-OF-A-CHALLENGE",
            "ChallengeResponses": {"USERNAME": "sub-of-ann", "SMS_MFA_CODE": "123456"},
        },
        "set_user_mfa_preference": {
            "AccessToken": "ACCESS",
            "SMSMfaSettings": {"Enabled": True, "PreferredMfa": True},
        },
        "get_tokens_from_refresh_token": {"RefreshToken": "REFRESH"},
        "global_sign_out": {"AccessToken": "ACCESS"},
    }


@pytest.mark.parametrize(
    ("choice", "enabled", "preferred"),
    [("preferred", True, True), ("enabled", True, False), ("disabled", False, False)],
)
def test_mfa_preference_is_sent_as_chosen(choice: str, *, enabled: bool, preferred: bool) -> None:
    """The one option stands for both switches of the operation."""
    request = ACTIONS["set_user_mfa_preference"].request(Call({}, FACTS, {"sms_mfa": choice}))
    assert request["SMSMfaSettings"] == {"Enabled": enabled, "PreferredMfa": preferred}


def test_typed_username_wins_over_the_carried_one() -> None:
    """Whoever types a username signs in with that one."""
    call = Call({**INPUTS, "username": "ben"}, FACTS, {"auth_flow": "USER_PASSWORD_AUTH"})
    assert ACTIONS["initiate_auth"].request(call)["AuthParameters"]["USERNAME"] == "ben"


def test_answer_falls_back_to_the_typed_username() -> None:
    """A challenge that names no user is answered under the username as it was typed."""
    call = Call(INPUTS, FACTS | {"user_id": None}, {}, "SMS_MFA")
    assert ACTIONS["respond_to_auth_challenge"].request(call)["ChallengeResponses"]["USERNAME"] == "ann"


@pytest.mark.parametrize(
    ("name", "options", "pool", "successes"),
    [
        ("sign_up", {}, OFF, {"CONFIRMED", "UNCONFIRMED"}),
        ("confirm_sign_up", {}, OFF, {"CONFIRMED"}),
        ("resend_confirmation_code", {}, OFF, {"CODE_SENT"}),
        ("resend_confirmation_code", {}, OPTIONAL, set()),
        ("initiate_auth", {}, OFF, {"TOKENS", "UNKNOWN_CHALLENGE"}),
        ("initiate_auth", {}, OPTIONAL, {"TOKENS", "SMS_MFA", "UNKNOWN_CHALLENGE"}),
        ("initiate_auth", {}, REQUIRED, {"SMS_MFA", "UNKNOWN_CHALLENGE"}),
        ("respond_to_auth_challenge", {}, REQUIRED, {"TOKENS"}),
        ("set_user_mfa_preference", {"sms_mfa": "preferred"}, OFF, set()),
        ("set_user_mfa_preference", {"sms_mfa": "disabled"}, OPTIONAL, {"MFA_PREFERENCE_SET"}),
        ("set_user_mfa_preference", {"sms_mfa": "preferred"}, REQUIRED, {"MFA_PREFERENCE_SET"}),
        ("set_user_mfa_preference", {"sms_mfa": "enabled"}, REQUIRED, {"MFA_PREFERENCE_SET"}),
        ("set_user_mfa_preference", {"sms_mfa": "disabled"}, REQUIRED, set()),
        ("get_tokens_from_refresh_token", {}, REQUIRED, {"TOKENS"}),
        ("global_sign_out", {}, REQUIRED, {"SIGNED_OUT"}),
    ],
)
def test_pool_decides_on_success(
    name: str, options: Mapping[str, str], pool: PoolSettings, successes: set[str]
) -> None:
    """What an operation can give depends on the pool; what it can refuse does not."""
    action = ACTIONS[name]
    assert action.successes(pool, options) == successes
    assert action.possible(pool, options) == successes | action.refusals | {ANSWER_LOST}


@pytest.mark.parametrize(
    ("answer", "outcome"), [({"UserConfirmed": True}, "CONFIRMED"), ({"UserConfirmed": False}, "UNCONFIRMED")]
)
def test_sign_up_says_whether_the_user_is_confirmed(answer: dict[str, Any], outcome: str) -> None:
    """The answer to SignUp is told by its flag, and without details there was no message."""
    result = ACTIONS["sign_up"].classify(answer, Call({}, {}, {}))
    assert (result.outcome, result.delivery) == (outcome, None)


@pytest.mark.parametrize("name", ["sign_up", "resend_confirmation_code"])
def test_delivery_is_what_cognito_says(name: str) -> None:
    """Medium, masked destination and attribute are passed on as they came."""
    details = {"DeliveryMedium": "SMS", "Destination": "+*******0100", "AttributeName": "phone_number"}
    result = ACTIONS[name].classify({"UserConfirmed": False, "CodeDeliveryDetails": details}, Call({}, {}, {}))
    assert result.delivery == Delivery("SMS", "+*******0100", "phone_number")


AUTHENTICATION = ["initiate_auth", "respond_to_auth_challenge", "get_tokens_from_refresh_token"]


@pytest.mark.parametrize("name", AUTHENTICATION)
def test_tokens_are_an_outcome(name: str) -> None:
    """An authentication result becomes tokens, of which nothing shows in a repr."""
    answer = {"AccessToken": "AAA", "IdToken": "III", "RefreshToken": "RRR", "ExpiresIn": 60, "TokenType": "Bearer"}
    result = ACTIONS[name].classify({"AuthenticationResult": answer, "ChallengeParameters": {}}, Call({}, {}, {}))
    tokens = Tokens(access_token="AAA", id_token="III", refresh_token="RRR", expires_in=60)
    assert (result.outcome, result.facts) == ("TOKENS", {"tokens": tokens})
    assert not any(secret in repr((result, tokens)) for secret in ("AAA", "III", "RRR"))


def test_refresh_keeps_its_token() -> None:
    """An answer without a refresh token leaves the earlier one in place."""
    answer = {"AccessToken": "A2", "IdToken": "I2", "ExpiresIn": 60}
    action = ACTIONS["get_tokens_from_refresh_token"]
    refreshed = action.classify({"AuthenticationResult": answer}, Call({}, FACTS, {})).facts["tokens"]
    assert (refreshed.access_token, refreshed.refresh_token) == ("A2", "REFRESH")


@pytest.mark.parametrize("name", AUTHENTICATION[:2])
def test_challenge_is_an_outcome(name: str) -> None:
    """A challenge brings its session, the user's id and the masked destination of the code."""
    answer = {
        "ChallengeName": "SMS_MFA",
        "Session": "NEXT-SESSION",
        "ChallengeParameters": {
            "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
            "CODE_DELIVERY_DESTINATION": "+*******0100",
            "USER_ID_FOR_SRP": "sub-of-ann",
        },
    }
    result = ACTIONS[name].classify(answer, Call({}, {}, {}))
    assert result.outcome == "SMS_MFA"
    assert result.facts == {"session": "NEXT-SESSION", "user_id": "sub-of-ann"}
    assert result.delivery == Delivery("SMS", "+*******0100")
    assert "NEXT-SESSION" not in repr(result)


@pytest.mark.parametrize("challenge", ["NEW_PASSWORD_REQUIRED", "MFA_SETUP", "SOMETHING_NEW"])
def test_unknown_challenge_is_an_outcome_of_its_own(challenge: str) -> None:
    """A challenge that cannot be answered is named in the detail, and leaves no facts."""
    result = ACTIONS["initiate_auth"].classify({"ChallengeName": challenge, "Session": "S"}, Call({}, {}, {}))
    assert (result.outcome, result.facts) == ("UNKNOWN_CHALLENGE", {})
    assert result.detail == f"Cognito asks for {challenge}, which this flow cannot answer."


def test_every_challenge_takes_its_fields() -> None:
    """Each field of a challenge goes into one response, and unknown challenges take none."""
    action = ACTIONS["respond_to_auth_challenge"]
    assert action.answers == frozenset(CHALLENGES)
    for name, challenge in CHALLENGES.items():
        assert [entry.name for entry in action.fields(None, name)] == list(challenge.responses)
    assert action.fields(None, None) == action.fields(None, "MFA_SETUP") == ()


PHONE = "+15555550100"
FROM_POOLS = [
    (PoolSettings(), None, {}),
    (PoolSettings(required_attributes=("birthdate",)), None, {"birthdate": True}),
    (PoolSettings(sign_in=SignIn(username_attributes=("email",))), "email", {}),
    (
        PoolSettings(
            sign_in=SignIn(username_attributes=("email", "phone_number")),
            verification=Verification(auto_verified_attributes=("email",)),
        ),
        "both",
        {"email": False},
    ),
    (REQUIRED, None, {"phone_number": True}),
]


@pytest.mark.parametrize(("pool", "contact", "asked"), FROM_POOLS)
def test_sign_up_asks_for_the_attributes_of_the_pool(
    pool: PoolSettings, contact: str | None, asked: dict[str, bool]
) -> None:
    """Attributes are required that every way to sign up needs, and offered where only one of them does."""
    username, password, attributes = ACTIONS["sign_up"].fields(pool, None)
    assert (username.name, password.name, attributes.kind) == ("username", "password", "attributes")
    assert (username.pattern == r"\S+") is (contact is None)
    members = {member.name: member.required for member in attributes.members}
    assert members == {"email": False, "phone_number": False} | asked
    assert attributes.required is any(asked.values())
    assert (username.secret, password.secret) == (False, True)


def complaints(pool: PoolSettings, username: str, **attributes: str) -> list[tuple[str, str]]:
    """Return what the cross-field check of sign-up says."""
    check = ACTIONS["sign_up"].check
    assert check is not None
    return list(check(pool, {"username": username, "attributes": attributes}))


def test_sign_up_needs_the_other_contact() -> None:
    """Where either contact is the username, what is needed depends on which one was typed."""
    pool = PoolSettings(
        sign_in=SignIn(username_attributes=("email", "phone_number")),
        verification=Verification(auto_verified_attributes=("email",)),
    )
    needed = ("attributes.email", "attributes: this pool needs 'email' at sign-up")
    assert complaints(pool, PHONE) == [needed]
    assert complaints(pool, PHONE, email="ann@example.org") == complaints(pool, "ann@example.org") == []


def test_sign_up_knows_its_attributes() -> None:
    """A misspelt attribute is named, a custom one is none of our business."""
    assert complaints(PoolSettings(), "ann", emial="x", **{"custom:team": "y"}) == [
        ("attributes.emial", "attributes: 'emial' is neither a standard attribute nor a custom: one")
    ]


@pytest.mark.parametrize(
    ("alias", "username", "what"),
    [
        ("email", "ann@example.org", "an e-mail address"),
        ("phone_number", PHONE, "a phone number in E.164 form, such as +15555550100"),
    ],
)
def test_username_may_not_look_like_an_alias(alias: str, username: str, what: str) -> None:
    """Where a contact is an alias, a username may not have its form, and any other username may."""
    pool = PoolSettings(sign_in=SignIn(alias_attributes=(alias,)))
    text = f"username: it may not be {what}, since {alias} is an alias in this pool"
    assert complaints(pool, username) == [("username", text)]
    assert complaints(pool, "ann") == complaints(PoolSettings(), username) == []
