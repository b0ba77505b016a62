"""The inputs that actions ask for: by option, by pool, by challenge, and by what a challenge says to this user."""

from __future__ import annotations

import attrs
import pytest
from examples import EVERY_FLOW, OFF, OPTIONAL, defaults

from flowengine.actions import ACTIONS
from flowengine.actions.challenges import CHALLENGES, NARROWED, PENDING, narrowed
from flowengine.actions.inputs import DEVICE_INPUT
from flowengine.fields import Field
from flowengine.settings import Client, Devices, Mfa, PoolSettings, SignIn, Verification

ANSWER = "respond_to_auth_challenge"
TRACKING = attrs.evolve(OFF, devices=Devices(remembered="always"))


def names(action: str, pool: PoolSettings | None, pending: str | None = None, /, **options: str) -> list[str]:
    """Return the names of the fields of an action, those in brackets that may be left out."""
    row = ACTIONS[action]
    fields = row.fields(pool, defaults(row, **options), pending)
    return [entry.name if entry.required else f"[{entry.name}]" for entry in fields]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"auth_flow": "USER_PASSWORD_AUTH"}, ["password"]),
        ({"auth_flow": "USER_SRP_AUTH"}, ["password"]),
        ({"auth_flow": "USER_AUTH"}, ["[preferred_challenge]", "[password]"]),
        ({"auth_flow": "CUSTOM_AUTH"}, []),
        ({"auth_flow": "CUSTOM_AUTH", "challenge_name": "SRP_A"}, ["password"]),
    ],
)
def test_flow_asks_for_its_inputs(options: dict[str, str], expected: list[str]) -> None:
    """A password is asked for where the flow proves one, and a device only where the pool tracks devices."""
    for action in ("initiate_auth", "admin_initiate_auth"):
        assert names(action, OFF, **options) == expected
        assert names(action, TRACKING, **options) == [*expected, "[device]"]
        assert names(action, None, **options) == [*expected, "[device]"]


def test_device_is_a_secret_of_three_parts() -> None:
    """A device is given as a snapshot gave it, and never shown."""
    assert (DEVICE_INPUT.secret, DEVICE_INPUT.kind) == (True, "object")
    assert [member.name for member in DEVICE_INPUT.members] == ["key", "group_key", "password"]


@pytest.mark.parametrize(
    ("factors", "choices"),
    [
        (("PASSWORD",), ("PASSWORD", "PASSWORD_SRP")),
        (("EMAIL_OTP", "PASSWORD"), ("EMAIL_OTP", "PASSWORD", "PASSWORD_SRP")),
        (
            ("EMAIL_OTP", "PASSWORD", "SMS_OTP", "WEB_AUTHN"),
            ("EMAIL_OTP", "PASSWORD", "PASSWORD_SRP", "SMS_OTP", "WEB_AUTHN"),
        ),
    ],
)
def test_first_factors_are_those_of_the_pool(factors: tuple[str, ...], choices: tuple[str, ...]) -> None:
    """What can be preferred, and what can be chosen when asked, is what the pool lets a sign-in begin with."""
    pool = attrs.evolve(OFF, allowed_first_auth_factors=factors)
    preferred, _ = ACTIONS["initiate_auth"].fields(pool, {"auth_flow": "USER_AUTH", "challenge_name": "none"}, None)
    answer, password = ACTIONS[ANSWER].fields(pool, {}, "SELECT_CHALLENGE")
    assert preferred.choices == answer.choices == choices
    assert (preferred.secret, answer.secret, password.secret, password.required) == (False, False, True, False)


@pytest.mark.parametrize(
    ("preferred", "password", "complains"),
    [
        ("PASSWORD", None, True),
        ("PASSWORD_SRP", None, True),
        ("PASSWORD", "Pa55word!", False),
        ("EMAIL_OTP", None, False),
        (None, None, False),
    ],
)
def test_preferred_password_must_come_along(preferred: str | None, password: str | None, *, complains: bool) -> None:
    """Whoever prefers a password gives it with the preference."""
    check = ACTIONS["initiate_auth"].check
    assert check is not None
    given = {"preferred_challenge": preferred, "password": password}
    inputs = {name: value for name, value in given.items() if value}
    complaint = ("password", f"password is missing: {preferred} takes it along")
    assert list(check(OFF, inputs)) == ([complaint] if complains else [])


FIELDS = {
    "SMS_MFA": ["code"],
    "SMS_OTP": ["code"],
    "EMAIL_OTP": ["code"],
    "SOFTWARE_TOKEN_MFA": ["code"],
    "SELECT_MFA_TYPE": ["answer"],
    "MFA_SETUP": ["email"],
    "NEW_PASSWORD_REQUIRED": ["new_password", "[attributes]"],
    "SELECT_CHALLENGE": ["answer", "[password]"],
    "PASSWORD": ["password"],
    "PASSWORD_SRP": ["password"],
    "ADMIN_NO_SRP_AUTH": ["password"],
    "PASSWORD_VERIFIER": ["password"],
    "CUSTOM_CHALLENGE": ["answer"],
    "WEB_AUTHN": ["credential"],
    "DEVICE_SRP_AUTH": ["[device]"],
    "DEVICE_PASSWORD_VERIFIER": ["[device]"],
}


def test_challenge_asks_for_its_answer() -> None:
    """Each challenge takes its own fields in every pool, and what is none takes nothing."""
    assert {name: names(ANSWER, None, name) for name in CHALLENGES} == FIELDS
    assert {name: names(ANSWER, OPTIONAL, name) for name in CHALLENGES} == FIELDS
    assert names(ANSWER, None) == names(ANSWER, None, "SOMETHING_NEW") == []
    assert names(ANSWER, None, "SOFTWARE_TOKEN_VERIFIED") == []


def test_answers_are_secret() -> None:
    """What proves something is never shown; a choice and an address are no secrets."""
    open_fields = {"answer", "email", "attributes"}
    for name, challenge in PENDING.items():
        for entry in challenge.fields(None, {}, name):
            chosen = bool(entry.choices) or entry.name in open_fields - {"answer"}
            assert entry.secret is not chosen, (name, entry.name)


@pytest.mark.parametrize(
    ("factors", "choices"),
    [
        (("sms", "totp"), ("SMS_MFA", "SOFTWARE_TOKEN_MFA")),
        (("email", "sms"), ("SMS_MFA", "EMAIL_OTP")),
        (("email", "sms", "totp"), ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")),
    ],
)
def test_second_factors_are_those_of_the_pool(factors: tuple[str, ...], choices: tuple[str, ...]) -> None:
    """What can be chosen is what the pool offers, in the spelling of challenges."""
    pool = attrs.evolve(OFF, mfa=Mfa(mode="optional", factors=factors))
    (answer,) = ACTIONS[ANSWER].fields(pool, {}, "SELECT_MFA_TYPE")
    assert answer.choices == choices


# What this user is asked for


@pytest.mark.parametrize("pending", ["SELECT_CHALLENGE", "SELECT_MFA_TYPE"])
@pytest.mark.parametrize(
    ("offered", "choices"),
    [(("B", "A"), ("A", "B")), (("B",), ("B",)), (("NEW",), ("NEW",)), (("NEW", "B"), ("B",)), ((), ("A", "B", "C"))],
)
def test_choice_is_narrowed_to_what_is_offered(
    pending: str, offered: tuple[str, ...], choices: tuple[str, ...]
) -> None:
    """A user chooses among what Cognito offers, or among all where it does not say."""
    fields = (Field("answer", choices=("A", "B", "C")), Field("password"))
    answer, password = narrowed(pending, fields, {"choices": offered})
    assert (answer.choices, password.choices) == (choices, ())


def test_new_password_asks_for_the_missing_attributes() -> None:
    """What sign-up would have asked for, and an administrator left out, is needed now."""
    fields = ACTIONS[ANSWER].fields(
        attrs.evolve(OFF, required_attributes=("name", "email")), {}, "NEW_PASSWORD_REQUIRED"
    )
    assert {member.name: member.required for member in fields[1].members} == {"name": False, "email": False}
    password, attributes = narrowed("NEW_PASSWORD_REQUIRED", fields, {"required_attributes": ("name",)})
    assert (password, attributes.required) == (fields[0], True)
    assert {member.name: member.required for member in attributes.members} == {"name": True}
    assert narrowed("NEW_PASSWORD_REQUIRED", fields, {"required_attributes": ()}) == fields


def test_other_answers_are_not_narrowed() -> None:
    """Where nothing is offered, the fields are those of the pool."""
    for pending in (None, *(set(PENDING) - set(NARROWED))):
        fields = (Field("answer", choices=("A", "B")), Field("attributes", kind="attributes"))
        assert narrowed(pending, fields, {"choices": ("A",), "required_attributes": ("name",)}) == fields


# Signing up


@pytest.mark.parametrize(
    ("factors", "flows", "verified", "required"),
    [
        (("EMAIL_OTP", "PASSWORD"), ("ALLOW_USER_AUTH",), ("email",), False),
        (("PASSWORD", "SMS_OTP"), ("ALLOW_USER_AUTH",), ("phone_number",), False),
        (("EMAIL_OTP", "PASSWORD"), ("ALLOW_USER_AUTH",), ("phone_number",), True),
        (("PASSWORD", "SMS_OTP"), ("ALLOW_USER_AUTH",), ("email",), True),
        (("EMAIL_OTP", "PASSWORD"), ("ALLOW_USER_PASSWORD_AUTH",), ("email",), True),
        (("PASSWORD", "WEB_AUTHN"), ("ALLOW_USER_AUTH",), ("email",), True),
    ],
)
def test_password_may_be_left_out_where_a_code_signs_in(
    factors: tuple[str, ...], flows: tuple[str, ...], verified: tuple[str, ...], *, required: bool
) -> None:
    """Only a contact that sign-up verifies, and whose code can begin a sign-in, stands in for a password."""
    pool = PoolSettings(
        allowed_first_auth_factors=factors,
        client=Client(explicit_auth_flows=flows),
        verification=Verification(auto_verified_attributes=verified),
    )
    password = next(entry for entry in ACTIONS["sign_up"].fields(pool, {}, None) if entry.name == "password")
    assert (password.required, password.secret) == (required, True)


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
    (PoolSettings(mfa=Mfa(mode="required", factors=("sms",)), client=EVERY_FLOW), None, {"phone_number": True}),
]


@pytest.mark.parametrize(("pool", "contact", "asked"), FROM_POOLS)
def test_sign_up_asks_for_the_attributes_of_the_pool(
    pool: PoolSettings, contact: str | None, asked: dict[str, bool]
) -> None:
    """Attributes are required that every way to sign up needs, and offered where only one of them does."""
    username, password, attributes = ACTIONS["sign_up"].fields(pool, {}, None)
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
