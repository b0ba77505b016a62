"""What a change of settings means for people who are in the pool already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final, Literal

from attrs import field, frozen

from flowengine.provision.counted import counted
from flowengine.provision.live import Users
from flowengine.settings import PoolSettings, required_sign_up_attributes

__all__ = ["CONSEQUENCES", "Consequence", "Effect", "consequences", "domain_to_make", "unknown_members"]

Told = Callable[[PoolSettings, PoolSettings, Users | None], str | None]


@frozen(kw_only=True)
class Consequence:
    """
    What a plan means for people.

    Args:
        id: A stable name.
        severity: `harm` where people cannot get on, `note` where something is different for them.
        message: The sentence.
        source: Where it comes from.
    """

    id: str
    severity: Literal["harm", "note"]
    message: str
    source: str


@frozen
class Effect:
    """
    A kind of consequence.

    Args:
        id: A stable name.
        severity: `harm` or `note`.
        source: Where it comes from.
        told: What it means for settings before and after, and for users; None where it does not happen.
    """

    id: str
    severity: Literal["harm", "note"]
    source: str
    told: Told = field(repr=False)


def consequences(before: PoolSettings, after: PoolSettings | None, users: Users | None) -> tuple[Consequence, ...]:
    """
    Return what going from settings to others means.

    Args:
        before: The settings that the pool has.
        after: Those that it will have; None where the pool is deleted.
        users: Its users; None if they were not counted.
    """
    if after is None:
        return (_users_lost(users),)
    return tuple(
        Consequence(id=effect.id, severity=effect.severity, message=message, source=effect.source)
        for effect in CONSEQUENCES
        if (message := effect.told(before, after, users)) is not None
    )


def domain_to_make(domain: str | None) -> tuple[Consequence, ...]:
    """
    Return what it means that a pool is made without its domain.

    Args:
        domain: The domain that it is to have, if any.
    """
    if domain is None:
        return ()
    message = (
        f"the domain {domain} is not made with the pool: until CreateUserPoolDomain makes it, links to confirm with "
        "and passkeys that belong to it do not work"
    )
    return (Consequence(id="domain-to-make", severity="note", message=message, source="CreateUserPoolDomain"),)


def unknown_members(unknown: Mapping[str, tuple[str, ...]], operations: Collection[str]) -> tuple[Consequence, ...]:
    """
    Return what becomes of the members of a pool and its client that the installed botocore does not know.

    Args:
        unknown: The members, by the operation that may reset them.
        operations: The operations that are called.
    """
    return tuple(
        Consequence(
            id="members-unknown", severity="harm", source=operation,
            message=f"the pool has {', '.join(names)}, which the installed botocore does not know and cannot say "
            f"again: {operation} may reset it; upgrade botocore first",
        )
        for operation, names in unknown.items()
        if names and operation in operations
    )  # fmt: skip


def _users_lost(users: Users | None) -> Consequence:
    if _nobody(users, "total"):
        return Consequence(
            id="users-lost", severity="note", source="DeleteUserPool",
            message="the old pool has no users, so nobody is lost with it",
        )  # fmt: skip
    return Consequence(
        id="users-lost", severity="harm", source="DeleteUserPool",
        message=f"{_people(users, 'total', 'the users')} of the old pool {_verb(users, 'total', 'is', 'are')} deleted "
        "with it: passwords cannot be taken along, and ids (sub) are new",
    )  # fmt: skip


def _people(users: Users | None, count: str, otherwise: str) -> str:
    """How many people, as the subject of a sentence; none of those who were counted says nothing of the others."""
    number = 0 if users is None else getattr(users, count)
    if users is None or not (number or users.complete):
        return otherwise
    return f"{'' if users.complete else 'at least '}{counted(number, 'user')}"


def _verb(users: Users | None, count: str, one: str, more: str) -> str:
    """The verb that goes with them."""
    return one if users is not None and getattr(users, count) == 1 else more


def _nobody(users: Users | None, count: str) -> bool:
    return users is not None and users.complete and getattr(users, count) == 0


def _changed(path: str, before: PoolSettings, after: PoolSettings) -> tuple[Any, Any] | None:
    section, _, name = path.partition(".")
    old, new = getattr(before, section), getattr(after, section)
    if name:
        old, new = getattr(old, name), getattr(new, name)
    return None if old == new else (old, new)


def _requires_more(before: PoolSettings, after: PoolSettings) -> bool:
    """Whether somebody who could sign in is asked for a factor that was not asked for."""
    lost = set(before.mfa.factors) - set(after.mfa.factors)
    return after.mfa.mode == "required" and (before.mfa.mode != "required" or bool(lost))


_LACKS: Final[Mapping[tuple[str, ...], tuple[str, str]]] = {
    (): ("own", "no other factor"),
    ("sms",): ("without_phone", "no phone number"),
    ("email",): ("without_email", "no e-mail address"),
    ("email", "sms"): ("without_contact", "neither a phone number nor an e-mail address"),
}
"""What those lack who have nowhere to get a code, by the factors that send one."""
_SET_UP: Final = {"email": "an e-mail address", "totp": "an authenticator app, unless they have one"}
"""The factors that can be set up during a sign-in (RespondToAuthChallenge: MFA_SETUP)."""


def _stuck_in_setup(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    if not _requires_more(before, after) or after.mfa.factors != ("sms",) or _nobody(users, "without_phone"):
        return None
    people, verb = _people(users, "without_phone", "users"), _verb(users, "without_phone", "has", "have")
    return f"{people} {verb} no phone number and will be asked to set up MFA they cannot finish"


def _sets_up(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    count, lack = _LACKS[tuple(name for name in after.mfa.factors if name != "totp")]
    ways = [way for factor, way in _SET_UP.items() if factor in after.mfa.factors]
    if not _requires_more(before, after) or not ways or _nobody(users, count):
        return None
    return (
        f"{_people(users, count, 'users')} with {lack} will be asked at the next sign-in to set up {' or '.join(ways)}"
    )


def _asked_from_now_on(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    if after.mfa.mode != "required" or before.mfa.mode == "required" or _nobody(users, "own"):
        return None
    return (
        f"{_people(users, 'own', 'all users')} will be asked for a second factor from the next sign-in on; those who "
        "are signed in stay so until their refresh token ends"
    )


def _asked_no_more(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    if before.mfa.mode == "off" or after.mfa.mode in ("required", before.mfa.mode) or _nobody(users, "own"):
        return None
    if after.mfa.mode == "off":
        return "nobody is asked for a second factor any more; a password alone lets people in"
    return "only users who have switched a factor on are asked for it: for the others a password alone suffices"


def _factor_lost(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    lost = [name for name in before.mfa.factors if name not in after.mfa.factors]
    if not lost or after.mfa.mode == "off" or _nobody(users, "own"):
        return None
    kept = "; authenticator apps stay registered, and work again once totp is offered again" if "totp" in lost else ""
    return f"users whose factor is {' or '.join(lost)} can no longer answer with it{kept}"


def _unrecoverable(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    if _changed("account_recovery", before, after) is None or not after.account_recovery:
        return None
    counts: Mapping[tuple[str, ...], tuple[str, str]] = {
        ("verified_email",): ("email_unverified", "no verified e-mail address"),
        ("verified_phone_number",): ("phone_unverified", "no verified phone number"),
        ("admin_only",): ("own", "only an administrator to turn to"),
    }
    count, lack = counts.get(after.account_recovery, ("contact_unverified", "no verified contact"))
    if _nobody(users, count):
        return None
    return f"{_people(users, count, 'users')} with {lack} cannot recover a forgotten password by themselves"


_CONTACTS: Final = {
    "email": ("an e-mail address", "email_unverified"),
    "phone_number": ("a phone number", "phone_unverified"),
}
"""The contact attributes in words, and who has none that is verified."""


def _verified_otherwise(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    change = _changed("verification.auto_verified_attributes", before, after)
    if change is None:
        return None
    notes = [
        f"{_CONTACTS[name][0]} is no longer verified at sign-up, and sign-up need not carry it for that; one that is "
        "verified stays so until it is changed"
        for name in change[0]
        if name not in change[1]
    ]
    notes += [
        f"{_people(users, _CONTACTS[name][1], 'users who signed up before')} without {_CONTACTS[name][0]} that is "
        f"verified {_verb(users, _CONTACTS[name][1], 'is', 'are')} sent no code by themselves: only when it is "
        "changed, or when they ask for one"
        for name in change[1]
        if name not in change[0] and not _nobody(users, _CONTACTS[name][1])
    ]
    return "; ".join(notes) or None


def _signs_up_with_more(before: PoolSettings, after: PoolSettings, _users: Users | None) -> str | None:
    needed = required_sign_up_attributes(after, signs_up_with="username")
    added = needed - required_sign_up_attributes(before, signs_up_with="username")
    contacts = set(after.sign_in.username_attributes)
    added = added - contacts if len(contacts) == 1 else added
    if not added:
        return None
    return f"from now on a sign-up has to carry {' and '.join(sorted(added))}: forms that do not ask for it fail"


def _nobody_signs_up(before: PoolSettings, after: PoolSettings, _users: Users | None) -> str | None:
    change = _changed("admin_create_user.allow_admin_create_user_only", before, after)
    return "nobody can sign up any more: only administrators create users" if change == (False, True) else None


def _first_factor_lost(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    lost = [name for name in before.allowed_first_auth_factors if name not in after.allowed_first_auth_factors]
    if not lost or _nobody(users, "own"):
        return None
    return (
        f"nobody can begin a sign-in with {' or '.join(lost)} any more; users without a password need a new one first"
    )


def _passkeys_lost(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    owner = before.passkey.relying_party_id or before.domain
    if owner in (None, after.passkey.relying_party_id or after.domain) or _nobody(users, "own"):
        return None
    return f"passkeys that were registered for {owner} stop working"


def _passwords_stay(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    old, new = before.password_policy, after.password_policy
    flags = ("require_lowercase", "require_uppercase", "require_numbers", "require_symbols")
    stricter = new.minimum_length > old.minimum_length or any(
        getattr(new, name) and not getattr(old, name) for name in flags
    )
    if not stricter or _nobody(users, "own"):
        return None
    return "passwords that the new policy would not take stay valid until they are changed"


def _flows_lost(before: PoolSettings, after: PoolSettings, _users: Users | None) -> str | None:
    lost = [name for name in before.client.explicit_auth_flows if name not in after.client.explicit_auth_flows]
    return f"applications that use {', '.join(lost)} through this client are refused" if lost else None


def _rotates(before: PoolSettings, after: PoolSettings, _users: Users | None) -> str | None:
    if _changed("client.refresh_token_rotation", before, after) is None:
        return None
    if after.client.rotates_refresh_tokens:
        return "applications must refresh with GetTokensFromRefreshToken, and keep the new refresh token of each answer"
    return "applications refresh with REFRESH_TOKEN_AUTH again, and keep one refresh token"


def _devices_forgotten(before: PoolSettings, after: PoolSettings, users: Users | None) -> str | None:
    if before.devices.remembered == "never" or after.devices.remembered != "never" or _nobody(users, "own"):
        return None
    return "remembered devices count no longer: a second factor is asked for on them, too"


def _fifty_a_day(before: PoolSettings, after: PoolSettings, _users: Users | None) -> str | None:
    if _changed("email_sending_account", before, after) != ("DEVELOPER", "COGNITO_DEFAULT"):
        return None
    return "Cognito's own e-mail sends 50 messages a day for the whole account; after them nobody gets a code"


def _saved_together(settings: PoolSettings) -> tuple[object, ...]:
    """What SetUserPoolMfaConfig sets."""
    mfa = settings.mfa
    return (mfa.mode, mfa.factors, mfa.email_subject, mfa.email_message, settings.passkey)


def _test_message(before: PoolSettings, after: PoolSettings, _users: Users | None) -> str | None:
    if "sms" not in after.mfa.factors or _saved_together(before) == _saved_together(after):
        return None
    return "Amazon Cognito sends one SMS that is charged to a number of its own when SMS MFA is saved"


def _triggers_called(before: PoolSettings, after: PoolSettings, _users: Users | None) -> str | None:
    added = [name for name in after.lambda_triggers if name not in before.lambda_triggers]
    if not added:
        return None
    return f"Amazon Cognito must be allowed to invoke the functions of {', '.join(added)}, or what calls them fails"


def _told() -> Iterator[Effect]:
    mfa = "user-pool-settings-mfa; RespondToAuthChallenge (MFA_SETUP cannot set up SMS)"
    verification = "user-pool-settings-email-phone-verification"
    yield Effect("mfa-cannot-be-set-up", "harm", mfa, _stuck_in_setup)
    yield Effect("mfa-set-up-at-sign-in", "note", "user-pool-settings-mfa-totp; RespondToAuthChallenge", _sets_up)
    yield Effect("mfa-asked", "note", "user-pool-settings-mfa", _asked_from_now_on)
    yield Effect("mfa-not-asked", "note", "user-pool-settings-mfa", _asked_no_more)
    yield Effect("factor-lost", "harm", "SetUserPoolMfaConfig; user-pool-settings-mfa-totp", _factor_lost)
    yield Effect("recovery-lost", "harm", "shape AccountRecoverySettingType", _unrecoverable)
    yield Effect("verified-otherwise", "note", verification, _verified_otherwise)
    yield Effect("sign-up-needs-more", "note", "signing-up-users-in-your-app", _signs_up_with_more)
    yield Effect("sign-up-closed", "note", "shape AdminCreateUserConfigType", _nobody_signs_up)
    yield Effect("first-factor-lost", "harm", "shape SignInPolicyType", _first_factor_lost)
    yield Effect("passkeys-lost", "harm", "shape WebAuthnConfigurationType", _passkeys_lost)
    yield Effect("passwords-stay", "note", "user-pool-settings-policies", _passwords_stay)
    yield Effect("flows-lost", "harm", "shape ExplicitAuthFlowsType", _flows_lost)
    yield Effect("refresh-otherwise", "note", "shape RefreshTokenRotationType", _rotates)
    yield Effect("devices-forgotten", "note", "amazon-cognito-user-pools-device-tracking", _devices_forgotten)
    yield Effect("fifty-messages", "note", "user-pool-email", _fifty_a_day)
    yield Effect("test-message", "note", "the Amplify guide on SMS", _test_message)
    yield Effect(
        "triggers-called", "note", "cognito-user-identity-pools-working-with-aws-lambda-triggers", _triggers_called
    )


CONSEQUENCES: Final = tuple(_told())
"""Every kind of consequence, the worst for most people first."""
