"""Users: how a typed name finds one, and which of their attributes they can sign in with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from flowengine.settings import ALIASES, CONTACTS, PoolSettings, question
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import ALIAS_TAKEN, CONTACT_TAKEN, USER_NOT_FOUND, USERNAME_TAKEN, Refusal
from flowengine.simulator.state import PoolState, User

__all__ = [
    "add", "check_new", "delete", "existing", "find", "holder", "revoke", "seen", "settle", "store", "subject",
]  # fmt: skip

Alias = tuple[str, str]
"""An attribute and its value, as the pool compares it."""


def _compared(call: Call, name: str) -> str:
    """
    Return a name as the pool compares it.

    Source: user-pool-case-sensitivity (usernames, e-mail and preferred_username aliases).
    """
    return name if call.settings.sign_in.case_sensitive else name.casefold()


def find(call: Call, name: str) -> User | None:
    """
    Return the user with this username, `sub`, or working alias or contact.

    Source: user-pool-settings-attributes; shape UsernameType.
    """
    compared = _compared(call, name)
    sub = call.state.usernames.get(compared, compared)
    owners = (holder(call, attribute, name) for attribute in ALIASES)
    return call.state.users.get(sub) or next((owner for owner in owners if owner is not None), None)


def holder(call: Call, attribute: str, value: str) -> User | None:
    """Return the user who can sign in with this value of an attribute."""
    return call.state.users.get(call.state.aliases.get((attribute, _compared(call, value)), ""))


def seen(call: Call, name: str, missing: Refusal) -> User | None:
    """
    Return the user with this name; if there is none, refuse, or return None where that is kept from outsiders.

    Source: cognito-user-pool-managing-errors.
    """
    user = find(call, name)
    if user is None and not call.pool.hides_users:
        raise missing.error()
    return user


def existing(call: Call) -> User:
    """Return the user that the request of an administrator names."""
    user = find(call, call.params["Username"])
    if user is None:
        raise USER_NOT_FOUND.error()
    return user


def subject(call: Call, user: User | None, name: str) -> str:
    """Return what attempts are counted under: the user, or the typed name if there is no such user."""
    return user.sub if user is not None else _compared(call, name)


def store(state: PoolState, user: User) -> User:
    """Remember a user in place of the former version, and return it."""
    state.users[user.sub] = user
    return user


def check_new(call: Call, username: str, attributes: Mapping[str, str]) -> None:
    """
    Refuse a new user whose username, or contact that is a username, another user has.

    Source: SignUp, AdminCreateUser (UsernameExistsException).
    """
    for attribute in call.settings.sign_in.username_attributes:
        if holder(call, attribute, attributes.get(attribute, "")) is not None:
            raise CONTACT_TAKEN.error(attribute=attribute)
    if find(call, username) is not None:
        raise USERNAME_TAKEN.error()


def add(call: Call, user: User, *, force: bool = False) -> User:
    """Remember a new user under the username, as `settle` does."""
    settled = settle(call, user, force=force)
    call.state.usernames[_compared(call, user.username)] = user.sub
    return settled


def settle(call: Call, user: User, *, force: bool = False) -> User:
    """
    Remember a user, with exactly the aliases that work now; refuse and change nothing if another user has one.

    Args:
        call: The request.
        user: The new version of the user.
        force: Whether to take an e-mail address or phone number from another user, where it becomes unverified.

    Source: user-pool-settings-attributes; ConfirmSignUp and AdminCreateUser (ForceAliasCreation).
    """
    wanted = list(_working(call, user))
    for alias in wanted:
        _check_free(call, user, alias, force=force)
    for alias in wanted:
        former = call.state.users.get(call.state.aliases.get(alias, user.sub))
        if former is not None and former.sub != user.sub:
            store(call.state, attrs.evolve(former, verified=former.verified - {alias[0]}))
    others = {alias: sub for alias, sub in call.state.aliases.items() if sub != user.sub}
    call.state.aliases = others | dict.fromkeys(wanted, user.sub)
    return store(call.state, user)


def _working(call: Call, user: User) -> Iterator[Alias]:
    """The attributes that a user can sign in with: contact usernames always, aliases once verified or confirmed."""
    for attribute in ALIASES:
        value = user.attributes.get(attribute)
        proven = attribute in user.verified if attribute != "preferred_username" else user.confirmed
        if value and _signs_in_with(call.settings, attribute, proven):
            yield attribute, _compared(call, value)


@question()
def _signs_in_with(settings: PoolSettings, attribute: str, proven: bool) -> bool:  # noqa: FBT001 (a fact)
    sign_in = settings.sign_in
    return attribute in sign_in.username_attributes or (proven and attribute in sign_in.alias_attributes)


def _check_free(call: Call, user: User, alias: Alias, *, force: bool) -> None:
    taken = call.state.aliases.get(alias, user.sub) != user.sub
    movable = force and alias[0] in CONTACTS and alias[0] in call.settings.sign_in.alias_attributes
    if (taken and not movable) or call.state.usernames.get(alias[1], user.sub) != user.sub:
        raise ALIAS_TAKEN.error(attribute=alias[0])


def revoke(state: PoolState, sub: str) -> None:
    """
    Revoke every token of a user.

    Source: GlobalSignOut, AdminDisableUser.
    """
    for grant in state.grants.values():
        if grant.sub == sub:
            state.grants[grant.origin_jti] = attrs.evolve(grant, revoked=True)


def delete(call: Call, user: User) -> None:
    """
    Delete a user; the tokens stay known, as those of a user who is gone.

    Source: DeleteUser, AdminDeleteUser.
    """
    state = call.state
    del state.users[user.sub], state.usernames[_compared(call, user.username)]
    state.aliases = {alias: sub for alias, sub in state.aliases.items() if sub != user.sub}
    state.codes = {key: code for key, code in state.codes.items() if key[0] != user.sub}
