"""Users: how a typed name finds one, and what an administrator does to them."""

from __future__ import annotations

import attrs

from flowengine.settings import ALIASES
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import USER_NOT_FOUND, Refusal
from flowengine.simulator.state import PoolState, User

__all__ = ["delete", "enable", "find", "revoke", "seen", "store", "subject"]


def find(state: PoolState, name: str) -> User | None:
    """
    Return the user with this username, `sub`, or working alias or contact.

    Source: user-pool-settings-attributes; shape UsernameType.
    """
    sub = state.usernames.get(name, name)
    owners = (state.aliases.get((attribute, name)) for attribute in ALIASES)
    return state.users.get(sub) or next((state.users[owner] for owner in owners if owner is not None), None)


def seen(call: Call, name: str, missing: Refusal) -> User | None:
    """
    Return the user with this name; if there is none, refuse, or return None where that is kept from outsiders.

    Source: cognito-user-pool-managing-errors.
    """
    user = find(call.state, name)
    if user is None and not call.pool.hides_users:
        raise missing.error()
    return user


def subject(user: User | None, name: str) -> str:
    """Return what attempts are counted under: the user, or the typed name if there is no such user."""
    return user.sub if user is not None else name


def store(state: PoolState, user: User) -> User:
    """Remember a user in place of the former version, and return it."""
    state.users[user.sub] = user
    return user


def revoke(state: PoolState, sub: str) -> None:
    """
    Revoke every token of a user.

    Source: GlobalSignOut, AdminDisableUser.
    """
    for grant in state.grants.values():
        if grant.sub == sub:
            state.grants[grant.origin_jti] = attrs.evolve(grant, revoked=True)


def _existing(state: PoolState, name: str) -> User:
    user = find(state, name)
    if user is None:
        raise USER_NOT_FOUND.error()
    return user


def enable(state: PoolState, name: str, *, enabled: bool) -> None:
    """Enable a user, or disable one, which revokes all tokens (AdminEnableUser, AdminDisableUser)."""
    user = store(state, attrs.evolve(_existing(state, name), enabled=enabled))
    if not enabled:
        revoke(state, user.sub)


def delete(state: PoolState, name: str) -> None:
    """Delete a user; the tokens stay known, as those of a user who is gone (AdminDeleteUser)."""
    user = _existing(state, name)
    del state.users[user.sub], state.usernames[user.username]
    state.aliases = {alias: sub for alias, sub in state.aliases.items() if sub != user.sub}
    state.codes = {(subject, purpose): code for (subject, purpose), code in state.codes.items() if subject != user.sub}
