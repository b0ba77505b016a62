"""SignUp, ConfirmSignUp, ResendConfirmationCode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from flowengine.simulator import users
from flowengine.simulator.attempts import count_attempt
from flowengine.simulator.attributes import attributes_of_sign_up, check_username, delivered_to, pretended
from flowengine.simulator.codes import check_code, delivery_details, issue_code
from flowengine.simulator.passwords import check_password
from flowengine.simulator.pool import Call, check_secret_hash
from flowengine.simulator.refusals import (
    ALIAS_TAKEN,
    CODE_WRONG,
    CONFIRMED_ALREADY,
    CONTACT_TAKEN,
    RESEND_CONFIRMED,
    RESEND_UNVERIFIED,
    USER_OF_CLIENT_NOT_FOUND,
    USERNAME_TAKEN,
)
from flowengine.simulator.state import Code, User

__all__ = ["confirm_sign_up", "resend_confirmation_code", "sign_up"]

Answer = dict[str, Any]


def sign_up(call: Call) -> Answer:
    """
    Create a user, unconfirmed, and send the code that confirms it.

    Source: SignUp; signing-up-users-in-your-app.
    """
    username, password = call.params["Username"], call.params["Password"]
    check_secret_hash(call.pool, username, call.params.get("SecretHash"))
    check_username(call.settings, username)
    attributes = attributes_of_sign_up(call.settings, username, call.params.get("UserAttributes") or ())
    check_password(call.settings.password_policy, password)
    _check_unique(call, username, attributes)
    sub = call.uuid()
    stored = sub if call.settings.sign_in.username_attributes else username
    user = users.store(call.state, User(sub=sub, username=stored, password=password, attributes=attributes))
    call.state.usernames[stored] = sub
    for claim in _usernames_in(call, attributes):
        call.state.aliases[claim] = sub
    answer: Answer = {"UserConfirmed": False, "UserSub": sub}
    code = _send_code(call, user)
    return answer | ({"CodeDeliveryDetails": delivery_details(code)} if code is not None else {})


def _usernames_in(call: Call, attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The contacts that serve as username from the start, verified or not."""
    for name in call.settings.sign_in.username_attributes:
        if name in attributes:
            yield name, attributes[name]


def _check_unique(call: Call, username: str, attributes: dict[str, str]) -> None:
    for attribute, value in _usernames_in(call, attributes):
        if (attribute, value) in call.state.aliases:
            raise CONTACT_TAKEN.error(attribute=attribute)
    if users.find(call.state, username) is not None:
        raise USERNAME_TAKEN.error()


def _send_code(call: Call, user: User) -> Code | None:
    """Send a sign-up code, which makes the former one void; None if the user has nothing to send it to."""
    attribute = delivered_to(call.settings, user.attributes)
    if attribute is None:
        return None
    code = call.state.codes[user.sub, "sign_up"] = issue_code(call, "sign_up", attribute, user.attributes[attribute])
    return code


def confirm_sign_up(call: Call) -> Answer:
    """
    Confirm a user by the code, and mark the contact verified that it went to.

    Source: ConfirmSignUp.
    """
    name = call.params["Username"]
    check_secret_hash(call.pool, name, call.params.get("SecretHash"))
    user = users.seen(call, name, USER_OF_CLIENT_NOT_FOUND)
    if user is not None and user.confirmed:
        raise CONFIRMED_ALREADY.error()
    subject = users.subject(user, name)
    count_attempt(call, subject, "confirmations")
    code = check_code(call, call.state.codes.get((subject, "sign_up")), call.params["ConfirmationCode"], CODE_WRONG)
    confirmed = call.state.users[subject]  # no code of an unknown user's matches
    _take_aliases(call, confirmed, code)
    del call.state.codes[subject, "sign_up"]
    users.store(call.state, attrs.evolve(confirmed, status="CONFIRMED", verified=confirmed.verified | {code.attribute}))
    return {}


def _take_aliases(call: Call, user: User, code: Code) -> None:
    """Give the user the aliases that begin to work with the confirmation, all of them or none."""
    working = {code.attribute, "preferred_username"}.intersection(call.settings.sign_in.alias_attributes)
    claims = [(name, user.attributes[name]) for name in sorted(working & user.attributes.keys())]
    for attribute, value in claims:
        held = (attribute, value) in call.state.aliases and not call.params.get("ForceAliasCreation")
        if held or call.state.usernames.get(value, user.sub) != user.sub:
            raise ALIAS_TAKEN.error(attribute=attribute)
    for attribute, value in claims:
        holder = call.state.users.get(call.state.aliases.get((attribute, value), ""))
        if holder is not None:
            users.store(call.state, attrs.evolve(holder, verified=holder.verified - {attribute}))
        call.state.aliases[attribute, value] = user.sub


def resend_confirmation_code(call: Call) -> Answer:
    """
    Send a new sign-up code. For a user who does not exist, pretend to, where that is kept from outsiders.

    Source: ResendConfirmationCode; cognito-user-pool-managing-errors.
    """
    name = call.params["Username"]
    check_secret_hash(call.pool, name, call.params.get("SecretHash"))
    if not call.settings.verification.auto_verified_attributes:
        raise RESEND_UNVERIFIED.error()
    user = users.seen(call, name, USER_OF_CLIENT_NOT_FOUND)
    if user is not None and user.confirmed:
        raise RESEND_CONFIRMED.error()
    count_attempt(call, users.subject(user, name), "resends")
    code = _send_code(call, user) if user is not None else _pretend_code(call, name)
    if code is None:
        raise RESEND_UNVERIFIED.error()
    return {"CodeDeliveryDetails": delivery_details(code)}


def _pretend_code(call: Call, name: str) -> Code:
    attribute, destination = pretended(call.settings, name)
    code = issue_code(call, "sign_up", attribute, destination, deliver=False)
    call.state.codes[name, "sign_up"] = code
    return code
