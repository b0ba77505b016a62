"""What a walk is drawn from: every kind of pool, valid by construction, and every kind of user of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import hypothesis.strategies as st
from attrs import frozen

import flowengine as fe
from flowengine.settings import AUTH_FLOWS, FIRST_FACTORS, LEGACY_AUTH_FLOWS, MFA_FACTORS
from flowengine.settings.pools import POOL_AXES

__all__ = [
    "AIMS",
    "CUSTOM_ANSWERS",
    "CUSTOM_TRIGGERS",
    "EMAIL",
    "NO_AIM",
    "PASSWORD",
    "PHONE",
    "ROUNDS",
    "VALUES",
    "Aim",
    "Person",
    "needed_attributes",
    "triggers",
    "walkers",
]  # fmt: skip

PASSWORD: Final = "Staple-77"
EMAIL: Final = "jo@example.com"
PHONE: Final = "+15555550100"
VALUES: Final[Mapping[str, str]] = {"email": EMAIL, "phone_number": PHONE, "given_name": "Jo"}
CUSTOM_TRIGGERS: Final = ("create_auth_challenge", "define_auth_challenge", "verify_auth_challenge_response")
CUSTOM_ANSWERS: Final = ("first", "second")
ROUNDS: Final = len(CUSTOM_ANSWERS)
T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]
Names = tuple[str, ...]


def some(names: Sequence[str], *, least: int = 0) -> st.SearchStrategy[Names]:
    """A subset, in the order of the names; each number of members as often as another."""
    return st.integers(least, len(names)).flatmap(
        lambda size: st.permutations(names).map(lambda drawn: tuple(sorted(drawn[:size], key=names.index)))
    )


def often(usual: T, *others: T) -> st.SearchStrategy[T]:
    """Mostly the usual value."""
    return st.sampled_from([usual] * (2 * len(others)) + list(others))


# the pool


@st.composite
def clients(draw: Draw, *, flow: str | None = None) -> fe.Client:
    """An app client through which one can sign in, by one flow at least or by any."""
    rotation = draw(often("DISABLED", "ENABLED"))
    begins = [name for name in AUTH_FLOWS if name != "ALLOW_REFRESH_TOKEN_AUTH"]
    flows = draw(some(begins, least=1) if flow is None else often((flow,), *[(flow, name) for name in begins]))
    if rotation == "DISABLED":
        legacy = [(name,) for name in LEGACY_AUTH_FLOWS if flow is None]
        flows = draw(often((*flows, "ALLOW_REFRESH_TOKEN_AUTH"), flows, *legacy))
    return fe.Client(
        generate_secret=draw(st.booleans()),
        explicit_auth_flows=tuple(sorted({*flows})),
        auth_session_validity=draw(st.integers(3, 15)),
        refresh_token_validity=draw(often(30 * 24 * 60, 60)),
        refresh_token_rotation=rotation,
        prevent_user_existence_errors=draw(st.sampled_from(["ENABLED", "LEGACY"])),
    )


def assumptions() -> st.SearchStrategy[fe.Assumptions]:
    """The switches that matter at run time."""
    return st.builds(
        fe.Assumptions,
        totp_setup_ends_in=often("TOKENS", "SOFTWARE_TOKEN_MFA"),
        first_sign_in_without_factor=often("MFA_SETUP", "TOKENS"),
        unverified_phone_for_mfa=often(True, False),  # noqa: FBT003 (values)
        sms_otp_length=st.sampled_from([6, 8]),
        resend_unverified_exception=st.sampled_from(["InvalidParameterException", "NotAuthorizedException"]),
    )


def mfas() -> st.SearchStrategy[fe.Mfa]:
    """Each mode as often as the others, with any factors."""
    on = st.builds(fe.Mfa, mode=st.sampled_from(["optional", "required"]), factors=some(MFA_FACTORS, least=1))
    return st.one_of(st.just(fe.Mfa()), on, on)


def recoveries(mfa: fe.Mfa) -> st.SearchStrategy[Names]:
    """The ways to recover that go with a second factor: its own channel is not the only one."""
    shut = [("verified_email",)] if "email" in mfa.factors else []
    if (mfa.mode, mfa.factors) == ("required", ("sms",)):
        shut.append(("verified_phone_number",))
    return st.sampled_from([names for names in POOL_AXES["account_recovery"] if names not in shut])


@frozen
class Aim:
    """
    What a walk would like to meet, so that rare challenges are met at all; None leaves a setting open.

    Who aims at something signs up, and confirms by a code.

    Args:
        mfa: The second factors.
        first: The first factors beside a password.
        flow: A flow of the client.
        devices: How devices are remembered.
        contacts: The contacts that the user gives, if the pool can do with them.
    """

    mfa: st.SearchStrategy[fe.Mfa] | None = None
    first: Names = ()
    flow: str | None = None
    devices: st.SearchStrategy[fe.Devices] | None = None
    contacts: Names = ("email", "phone_number")


NO_AIM: Final = Aim()
RARELY: Final = st.sampled_from([False, False, True])
RELYING: Final = st.just(POOL_AXES["passkey"][1])
NO_TRIGGERS: Final[st.SearchStrategy[Names]] = st.just(())
BY_PASSWORD: Final = "ALLOW_USER_PASSWORD_AUTH"
NO_MFA: Final = st.just(fe.Mfa())
MANY: Final = st.builds(fe.Mfa, mode=st.sampled_from(["optional", "required"]), factors=some(MFA_FACTORS, least=2))
SMS: Final = st.builds(fe.Mfa, mode=st.just("required"), factors=st.sampled_from([("sms",), ("sms", "totp")]))
SET_UP: Final = st.builds(fe.Mfa, mode=st.just("required"), factors=st.sampled_from([("totp",), ("totp", "email")]))
AIMS: Final = (
    Aim(mfa=SMS, flow=BY_PASSWORD),
    Aim(mfa=SET_UP, contacts=(), flow=BY_PASSWORD),
    Aim(mfa=MANY, flow=BY_PASSWORD),
    Aim(
        mfa=MANY,
        flow=BY_PASSWORD,
        devices=st.just(fe.Devices(remembered="always", challenge_required_on_new_device=True)),
    ),
    Aim(mfa=NO_MFA, first=("EMAIL_OTP",), flow="ALLOW_USER_AUTH"),
    Aim(mfa=NO_MFA, first=("SMS_OTP",), flow="ALLOW_USER_AUTH"),
    Aim(mfa=NO_MFA, first=("WEB_AUTHN",), flow="ALLOW_USER_AUTH"),
)


@st.composite
def pools(draw: Draw, aim: Aim = NO_AIM) -> fe.PoolSettings:
    """Any pool that Cognito takes, whatever is drawn for one setting making room for it in the others."""
    mfa = draw(mfas() if aim.mfa is None else aim.mfa)
    first = aim.first or draw(some(FIRST_FACTORS[1:] if mfa.mode != "required" else ("WEB_AUTHN",)))
    verified = [one for one in POOL_AXES["verification"] if aim is NO_AIM or one.auto_verified_attributes]
    verification = draw(often(*verified[::-1]))
    many = mfa.mode == "required" and "WEB_AUTHN" in first
    passkey = (
        POOL_AXES["passkey"][2] if many else draw(often(*POOL_AXES["passkey"][1::-1]) if aim is NO_AIM else RELYING)
    )
    needs_sms = "sms" in mfa.factors or "SMS_OTP" in first or "phone_number" in verification.auto_verified_attributes
    plain = not first and "email" not in mfa.factors and passkey == fe.Passkey()
    own_email = st.just("DEVELOPER") if "email" in mfa.factors else st.sampled_from(POOL_AXES["email_sending_account"])
    return fe.PoolSettings(
        sign_in=draw(sign_ins()),
        verification=verification,
        mfa=mfa,
        allowed_first_auth_factors=("PASSWORD", *first),
        passkey=passkey,
        account_recovery=draw(recoveries(mfa) if aim.mfa is None else st.just(()) | recoveries(mfa)),
        devices=draw(devices() if aim.devices is None else aim.devices),
        required_attributes=draw(often((), ("email",), ("phone_number",), ("given_name",))),
        admin_create_user=fe.AdminCreateUser(allow_admin_create_user_only=aim is NO_AIM and draw(RARELY)),
        lambda_triggers=draw(
            often(CUSTOM_TRIGGERS, (*CUSTOM_TRIGGERS, "pre_sign_up"), ()) if aim is NO_AIM else NO_TRIGGERS
        ),
        client=draw(clients(flow=aim.flow)),
        user_pool_tier=draw(st.sampled_from(["ESSENTIALS", "PLUS", *(["LITE"] if plain else [])])),
        email_sending_account=draw(own_email),
        sms_configuration=needs_sms or draw(st.booleans()),
        assumptions=draw(assumptions()),
    )


@st.composite
def sign_ins(draw: Draw) -> fe.SignIn:
    """A plain username, one with aliases, or a contact, each as often as the others."""
    kind = draw(st.sampled_from(["plain", "alias_attributes", "username_attributes"]))
    names = draw(some(("email", "phone_number"), least=1)) if kind != "plain" else ()
    members: dict[str, Any] = {kind: names} if names else {}
    return fe.SignIn(case_sensitive=draw(st.booleans()), **members)


def devices() -> st.SearchStrategy[fe.Devices]:
    """Devices that are tracked in some way, or not at all."""
    tracked = st.builds(
        fe.Devices,
        remembered=st.sampled_from(["always", "opt_in"]),
        challenge_required_on_new_device=often(True, False),  # noqa: FBT003 (values)
    )
    return st.one_of(st.just(fe.Devices()), tracked)


# the pool's Lambda functions


def _define(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Ask two questions, after the password where the client begins with it; a wrong answer ends it."""
    session = event["request"]["session"]
    right = all(entry["challengeResult"] for entry in session)
    asked = sum(entry["challengeName"] == "CUSTOM_CHALLENGE" for entry in session)
    proves = [entry["challengeName"] for entry in session] == ["SRP_A"]
    event["response"] = {
        "challengeName": "PASSWORD_VERIFIER" if proves else "CUSTOM_CHALLENGE",
        "issueTokens": right and asked == ROUNDS,
        "failAuthentication": not right,
    }
    return event


def _create(event: dict[str, Any], _context: object) -> dict[str, Any]:
    asked = sum(entry["challengeName"] == "CUSTOM_CHALLENGE" for entry in event["request"]["session"])
    event["response"] = {"privateChallengeParameters": {"answer": CUSTOM_ANSWERS[asked]}}
    return event


def _verify(event: dict[str, Any], _context: object) -> dict[str, Any]:
    expected = event["request"]["privateChallengeParameters"]["answer"]
    event["response"] = {"answerCorrect": event["request"]["challengeAnswer"] == expected}
    return event


def _confirm(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Confirm at once whoever signs up."""
    event["response"]["autoConfirmUser"] = event["triggerSource"] == "PreSignUp_SignUp"
    return event


FUNCTIONS: Final = {
    "create_auth_challenge": _create,
    "define_auth_challenge": _define,
    "verify_auth_challenge_response": _verify,
    "pre_sign_up": _confirm,
}


def triggers(pool: fe.PoolSettings) -> dict[str, Any]:
    """Return the functions of a pool's triggers."""
    return {name: FUNCTIONS[name] for name in pool.lambda_triggers}


# the user


@frozen
class Person:
    """
    Someone who would like to be a user.

    Args:
        username: What the user signs up and signs in with.
        attributes: What the user gives, or the administrator of the user.
        password: The password at first; None for a user who has none.
        invited: Whether an administrator creates the user, with a password that must be replaced.
        verified: The contacts that the administrator vouches for.
        rival: Whether someone else signs in with the same contacts already, as aliases.
    """

    username: str
    attributes: Mapping[str, str]
    password: str | None
    invited: bool
    verified: Names
    rival: bool


def needed_attributes(pool: fe.PoolSettings, username: str) -> set[str]:
    """The attributes without which nobody can sign up: required, to be verified, or the only second factor."""
    needed = {*pool.required_attributes, *pool.verification.auto_verified_attributes}
    if (pool.mfa.mode, pool.mfa.factors) == ("required", ("sms",)):
        needed.add("phone_number")
    return needed - {name for name, value in VALUES.items() if value == username}


def without_password(pool: fe.PoolSettings, username: str) -> bool:
    """Whether one can sign up without a password: by a code to a contact that sign-up verifies."""
    if not pool.client.allows("USER_AUTH"):
        return False
    factors = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
    given = needed_attributes(pool, username) | {name for name, value in VALUES.items() if value == username}
    verified = given & {*pool.verification.auto_verified_attributes}
    return any(factors.get(name) in verified for name in pool.allowed_first_auth_factors)


@st.composite
def walkers(draw: Draw, aims: Sequence[Aim]) -> tuple[fe.PoolSettings, Person]:
    """A pool, and someone who would like to be its user."""
    aim = draw(st.sampled_from(aims))
    pool = draw(pools(aim))
    return pool, draw(people(pool, aim))


@st.composite
def people(draw: Draw, pool: fe.PoolSettings, aim: Aim = NO_AIM) -> Person:
    """Someone who suits a pool, who signs up or is created by an administrator."""
    contacts = pool.sign_in.username_attributes
    username = VALUES[draw(st.sampled_from(contacts))] if contacts else "jo"
    invited = pool.admin_create_user.allow_admin_create_user_only or (aim is NO_AIM and draw(RARELY))
    given = {*draw(some(("email", "phone_number")))} if aim is NO_AIM else {*aim.contacts}
    given |= needed_attributes(pool, username) if not invited else set()
    given -= {name for name, value in VALUES.items() if value == username}
    password = None if not invited and without_password(pool, username) and draw(st.booleans()) else PASSWORD
    return Person(
        username=username,
        attributes={name: VALUES[name] for name in sorted(given)},
        password=password,
        invited=invited,
        verified=draw(some(("email", "phone_number"))) if invited else (),
        rival=bool(pool.sign_in.alias_attributes) and aim is NO_AIM and draw(RARELY),
    )
