"""SignUp, ConfirmSignUp, ResendConfirmationCode, and the link that confirms as a code does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from flowengine.settings import CONTACTS
from flowengine.simulator import users
from flowengine.simulator.attempts import count_attempt
from flowengine.simulator.attributes import attributes_of_sign_up, check_username, delivered_to, pretended
from flowengine.simulator.challenges import new_session, open_session, renew_session
from flowengine.simulator.codes import check_code, delivery_details, issue_code
from flowengine.simulator.factors import ONE_TIME_PASSWORDS
from flowengine.simulator.links import read_link, send_link, uses_link
from flowengine.simulator.passwords import check_password
from flowengine.simulator.pool import Call, check_secret_hash
from flowengine.simulator.refusals import (
    CODE_WRONG,
    CONFIRMED_ALREADY,
    PASSWORD_NEEDED,
    RESEND_CONFIRMED,
    RESEND_UNVERIFIED,
    SESSION_INVALID,
    SIGN_UP_CLOSED,
    USER_OF_CLIENT_NOT_FOUND,
)
from flowengine.simulator.state import Code, Message, Purpose, User
from flowengine.simulator.triggers import run_trigger, trigger_attributes

__all__ = [
    "CONFIRMED_SIGN_UP", "SIGN_UP", "confirm", "confirm_sign_up", "follow_link", "ran_pre_sign_up",
    "resend_confirmation_code", "sign_up",
]  # fmt: skip

Answer = dict[str, Any]

SIGN_UP: Final = "SIGN_UP"
"""What a session of SignUp stands for, which ConfirmSignUp takes. No challenge of the service has this name."""
CONFIRMED_SIGN_UP: Final = "CONFIRMED_SIGN_UP"
"""What a session of ConfirmSignUp stands for, which InitiateAuth takes (USER_AUTH), and no challenge either."""
AUTO_VERIFY: Final[Mapping[str, str]] = {"autoVerifyEmail": "email", "autoVerifyPhone": "phone_number"}
"""The contact attribute that each member of the pre sign-up trigger's response is about."""


def sign_up(call: Call) -> Answer:
    """
    Create a user and send the code that confirms it, unless the pre sign-up trigger confirms it at once.

    Source: SignUp; signing-up-users-in-your-app.
    """
    username, password = call.params["Username"], call.params.get("Password") or None
    check_secret_hash(call.pool, username, call.params.get("SecretHash"))
    if call.settings.admin_create_user.allow_admin_create_user_only:
        raise SIGN_UP_CLOSED.error()
    check_username(call.settings, username)
    attributes = attributes_of_sign_up(call.settings, username, call.params.get("UserAttributes") or ())
    _check_password(call, password, attributes)
    users.check_new(call, username, attributes)
    sub = call.uuid()
    stored = sub if call.settings.sign_in.username_attributes else username
    user = User(sub=sub, username=stored, password=password, attributes=attributes)
    user = users.add(call, _as_triggered(call, user), force=True)
    call.keep()
    answer: Answer = {"UserConfirmed": user.confirmed, "UserSub": sub}
    if user.confirmed:
        _run_post_confirmation(call, user)
        return answer
    code = _send_code(call, user)
    if code is None:
        return answer
    return answer | {"CodeDeliveryDetails": delivery_details(code)} | _session(call, user, code)


def _check_password(call: Call, password: str | None, attributes: Mapping[str, str]) -> None:
    if password is not None:
        check_password(call.settings.password_policy, password)
    elif not _passwordless(call, attributes):
        raise PASSWORD_NEEDED.error()


def _passwordless(call: Call, attributes: Mapping[str, str]) -> bool:
    """
    Tell whether a user with these attributes could sign in by a one-time password to a contact that sign-up verifies.

    Source: SignUp (Password); amazon-cognito-user-pools-authentication-flow-methods (passwordless sign-in).
    """
    return any(
        name in attributes and name in call.settings.verification.auto_verified_attributes and _has_otp(call, name)
        for name in CONTACTS
    )


def _has_otp(call: Call, contact: str) -> bool:
    allowed = call.settings.allowed_first_auth_factors
    reached = any(factor in allowed for factor, channel in ONE_TIME_PASSWORDS.items() if channel == contact)
    return reached and call.settings.client.allows("USER_AUTH")


def _session(call: Call, user: User, code: Code) -> Answer:
    """
    Return the session that goes on to sign-in, where the code proves as much as a one-time password would.

    Source: SignUp, ConfirmSignUp (Session).
    """
    if not _has_otp(call, code.attribute):
        return {}
    return {"Session": new_session(call, name=SIGN_UP, sub=user.sub, auth_flow="USER_AUTH")}


def ran_pre_sign_up(call: Call, source: str, user: User) -> dict[str, Any]:
    """
    Run the pre sign-up trigger for a user who is not created yet, and return its response.

    Source: user-pool-lambda-pre-sign-up.
    """
    request = {
        "userAttributes": user.attributes,
        "validationData": {item["Name"]: item.get("Value") for item in call.params.get("ValidationData") or ()},
    }
    response = dict.fromkeys(("autoConfirmUser", *AUTO_VERIFY), False)
    return run_trigger(call, "pre_sign_up", source, user.username, request=request, response=response)


def _as_triggered(call: Call, user: User) -> User:
    """Return the user as the trigger wants it; an alias that it verifies moves here (user-pool-lambda-pre-sign-up)."""
    response = ran_pre_sign_up(call, "PreSignUp_SignUp", user)
    verified = {contact for member, contact in AUTO_VERIFY.items() if response.get(member)}
    return attrs.evolve(
        user,
        status="CONFIRMED" if response.get("autoConfirmUser") else "UNCONFIRMED",
        verified=frozenset(verified & user.attributes.keys()),
    )


def _purpose(call: Call, attribute: str) -> Purpose:
    return "sign_up_link" if uses_link(call, attribute) else "sign_up"


def _send_code(call: Call, user: User) -> Code | None:
    """Send a code or a link, which makes the former one void; None if the user has nothing to send it to."""
    attribute = delivered_to(call.settings, user.attributes)
    if attribute is None:
        return None
    purpose = _purpose(call, attribute)
    if purpose == "sign_up_link":
        code = send_link(call, user)
    else:
        code = issue_code(call, purpose, attribute, user.attributes[attribute])
    call.state.codes[user.sub, purpose] = code
    return code


def confirm_sign_up(call: Call) -> Answer:
    """
    Confirm a user by the code, and mark the contact verified that it went to.

    The code outlives the session of the sign-up, which then leads no further and stands in nobody's way: no page says
    that it does.

    Source: ConfirmSignUp; quotas.
    """
    name, session = call.params["Username"], _living(call, call.params.get("Session"))
    check_secret_hash(call.pool, name, call.params.get("SecretHash"))
    user = users.seen(call, name, USER_OF_CLIENT_NOT_FOUND)
    if user is not None and user.confirmed:
        raise CONFIRMED_ALREADY.error(status=user.status)
    subject = users.subject(call, user, name)
    count_attempt(call, subject, "confirmations")
    if session is not None and open_session(call, session, SIGN_UP).sub != subject:
        raise SESSION_INVALID.error()
    code = check_code(call, call.state.codes.get((subject, "sign_up")), call.params["ConfirmationCode"], CODE_WRONG)
    # No code of an unknown user's matches, so there is a user.
    confirm(call, call.state.users[subject], code, force=bool(call.params.get("ForceAliasCreation")))
    if session is None:
        return {}
    return {"Session": renew_session(call, session, name=CONFIRMED_SIGN_UP)}


def _living(call: Call, session: str | None) -> str | None:
    """Return a session, unless it is one that is too old."""
    known = call.state.challenges.get(session or "")
    return None if known is not None and call.now >= known.expires_at else session


def confirm(call: Call, user: User, code: Code | None = None, *, force: bool = False) -> User:
    """
    Confirm a user, and verify the contact that a code went to, unless it has changed since.

    Args:
        call: The request.
        user: Who is confirmed.
        code: The code that proves it; None where an administrator says so.
        force: Whether to take aliases of other users.

    Source: ConfirmSignUp, AdminConfirmSignUp; user-pool-lambda-post-confirmation.
    """
    proven = code is not None and user.attributes.get(code.attribute) == code.destination
    verified = user.verified | {code.attribute} if code is not None and proven else user.verified
    confirmed = users.settle(call, attrs.evolve(user, status="CONFIRMED", verified=verified), force=force)
    for purpose in _SIGN_UP_PURPOSES:
        call.state.codes.pop((user.sub, purpose), None)
    call.keep()
    _run_post_confirmation(call, confirmed)
    return confirmed


_SIGN_UP_PURPOSES: Final[tuple[Purpose, ...]] = ("sign_up", "sign_up_link")


def _run_post_confirmation(call: Call, user: User) -> None:
    request = {"userAttributes": trigger_attributes(user)}
    run_trigger(
        call, "post_confirmation", "PostConfirmation_ConfirmSignUp", user.username, request=request, response={}
    )


def follow_link(call: Call, message: Message) -> None:
    """
    Confirm the user whose link is in a message, as the pool's domain does when the link is followed.

    Raises:
        ValueError: The message has no such link.
        PoolError: The link is too old, void, or was followed already.

    Source: user-pool-settings-email-phone-verification.
    """
    name, value = read_link(message)
    subject = users.subject(call, users.find(call, name), name)
    code = check_code(call, call.state.codes.get((subject, "sign_up_link")), value, CODE_WRONG)
    confirm(call, call.state.users[subject], code)


def resend_confirmation_code(call: Call) -> Answer:
    """
    Send a new sign-up code. For a user who does not exist, pretend to, where that is kept from outsiders.

    Source: ResendConfirmationCode; cognito-user-pool-managing-errors.
    """
    name = call.params["Username"]
    check_secret_hash(call.pool, name, call.params.get("SecretHash"))
    unverified = attrs.evolve(RESEND_UNVERIFIED, exception=call.settings.assumptions.resend_unverified_exception)
    if not call.settings.verification.auto_verified_attributes:
        raise unverified.error()
    user = users.seen(call, name, USER_OF_CLIENT_NOT_FOUND)
    if user is not None and user.confirmed:
        raise RESEND_CONFIRMED.error()
    subject = users.subject(call, user, name)
    count_attempt(call, subject, "resends")
    code = _send_code(call, user) if user is not None else _pretend_code(call, subject)
    if code is None:
        raise unverified.error()
    return {"CodeDeliveryDetails": delivery_details(code)}


def _pretend_code(call: Call, subject: str) -> Code:
    attribute, destination = pretended(call.settings, subject)
    code = issue_code(call, "sign_up", attribute, destination, deliver=False)
    call.state.codes[subject, _purpose(call, attribute)] = code
    return code
