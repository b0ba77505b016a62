"""The refusals of the action table, held against the service model and against recorded messages."""

from __future__ import annotations

import pytest
from examples import MODEL, combinations, pendings

from flowengine.actions import ACTIONS
from flowengine.actions.model import ANSWER_LOST, Action
from flowengine.actions.refusals import NAMED_REFUSALS, NOT_RETRYABLE, SESSION_OVER, SITUATION, classify_refusal

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
    (INVALID_PARAMETER, "User has not verified software token mfa", "SOFTWARE_TOKEN_NOT_VERIFIED"),
    (
        INVALID_PARAMETER,
        "User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA",
        "FACTOR_NOT_CONFIGURED",
    ),
    ("ExpiredCodeException", "Your software token has already been used once.", "SOFTWARE_TOKEN_USED"),
    ("ResourceNotFoundException", "Device does not exist.", "DEVICE_NOT_FOUND"),
    (
        INVALID_PARAMETER,
        "Cannot reset password for the user as there is no registered/verified email or phone_number",
        "NO_RECOVERY_CHANNEL",
    ),
    (NOT_AUTHORIZED, "User password cannot be reset in the current state.", "PASSWORD_NOT_RESETTABLE"),
    (NOT_AUTHORIZED, "Contact administrator to reset password.", "RECOVERY_BY_ADMINISTRATOR"),
]

UNDECLARED = {
    "FeatureUnavailableInTierException": {"initiate_auth", "admin_initiate_auth", "initiate_auth_with_session"},
    "OperationNotEnabledException": set(ACTIONS),
    "PasswordResetRequiredException": {"start_web_authn_registration", "complete_web_authn_registration"},
    "TooManyRequestsException": {"set_user_mfa_preference", "associate_software_token"},
}
"""
Refusals that botocore 1.40.61 does not declare, with the operations that may give them: three that later models
declare, and the throttling that every operation can meet.
"""

each_action = pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)


def declared(action: Action) -> set[str]:
    """Return the exceptions that the service model declares for an action's operation."""
    return {shape.name for shape in MODEL.operation_model(str(action.operation)).error_shapes}


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
        ("ResourceNotFoundException", "User pool client X does not exist."),
        ("ExpiredCodeException", "Invalid code provided, please request a code again."),
    ],
)
def test_unknown_message_keeps_its_exception(exception: str, message: str) -> None:
    """A message that is unknown, or stands under another exception, changes nothing."""
    assert classify_refusal(exception, message) == exception


def test_most_telling_message_comes_first() -> None:
    """A message that several rows would tell is told by the one that says most."""
    for row in NAMED_REFUSALS:
        later = NAMED_REFUSALS[NAMED_REFUSALS.index(row) + 1 :]
        for other in later:
            assert row.fragment not in other.fragment


@each_action
def test_declared_refusals_are_outcomes(action: Action) -> None:
    """Every exception that the service model declares for an operation is among its outcomes."""
    assert declared(action) - action.outcomes == set()


@each_action
def test_undeclared_refusals_are_no_outcomes(action: Action) -> None:
    """Beside what the model declares, an action only knows the few refusals that are listed here."""
    exceptions = {outcome for outcome in action.outcomes if outcome.endswith("Exception")}
    listed = {name for name, actions in UNDECLARED.items() if action.name.removesuffix("_with_session") in actions}
    assert exceptions - declared(action) == listed - declared(action)


@each_action
def test_every_outcome_has_an_origin(action: Action) -> None:
    """An outcome is a result, an exception, a named refusal of a declared exception, or the lost answer."""
    named = {row.outcome for row in NAMED_REFUSALS if row.exceptions & declared(action)}
    exceptions = {outcome for outcome in action.outcomes if outcome.endswith("Exception")}
    results = {
        name for options in combinations(action) for at in pendings(action) for name in action.results(options, at)
    }
    assert action.outcomes - exceptions - named - results == {ANSWER_LOST}


@each_action
def test_row_speaks_of_its_own_outcomes(action: Action) -> None:
    """What must be routed, what ends a challenge and what brings facts can come back."""
    assert action.must_route <= action.outcomes
    assert action.ends <= action.outcomes
    assert set(action.gives) & action.successful or not action.gives
    assert not action.refusals & action.successful
    assert action.lost.endswith(".")


@each_action
def test_operation_is_named_after_itself(action: Action) -> None:
    """An action's name is its operation in snake case, and says where a session stands in for a token or password."""
    name = action.name.removesuffix("_with_session").title().replace("_", "")
    assert str(action.operation).replace("MFA", "Mfa") == name
    if action.name.endswith("_with_session"):
        assert "session" in action.needs
        assert "tokens" not in action.needs


@each_action
def test_situation_must_be_routed(action: Action) -> None:
    """Wherever a refusal says that the user stands elsewhere, a flow has to follow."""
    moved = action.refusals & SITUATION
    assert moved <= action.must_route
    if action.answers is not None and action.refusals >= SESSION_OVER:
        ended = SESSION_OVER | {ANSWER_LOST}
        assert ended <= action.ends


def test_every_hopeless_refusal_exists() -> None:
    """A refusal that is marked as beyond repair is one that some action gives."""
    assert set().union(*(action.outcomes for action in ACTIONS.values())) >= NOT_RETRYABLE


@pytest.mark.parametrize(
    ("outcomes", "hopeless"),
    [
        (("CodeMismatchException", "ExpiredCodeException", "SOFTWARE_TOKEN_USED", "TooManyRequestsException"), False),
        (("INCORRECT_USERNAME_OR_PASSWORD", "PASSWORD_ATTEMPTS_EXCEEDED", "InvalidPasswordException"), False),
        (("LimitExceededException", "InternalErrorException", "CodeDeliveryFailureException", ANSWER_LOST), False),
        (
            ("USER_DISABLED", "PasswordResetRequiredException", "TEMPORARY_PASSWORD_EXPIRED", "AliasExistsException"),
            True,
        ),
        (("AUTH_FLOW_NOT_ENABLED", "SECRET_HASH_REFUSED", "ResourceNotFoundException", "UNKNOWN_CHALLENGE"), True),
        (("NO_RECOVERY_CHANNEL", "RECOVERY_BY_ADMINISTRATOR", "WebAuthnNotEnabledException"), True),
    ],
)
def test_another_answer_may_mend_it(outcomes: tuple[str, ...], *, hopeless: bool) -> None:
    """What the user or time can mend is worth another try, what the pool or an administrator must mend is not."""
    assert {outcome in NOT_RETRYABLE for outcome in outcomes} == {hopeless}
