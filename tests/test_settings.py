"""Pool settings: plain values, the rules of valid combinations, and their enumeration."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowengine.settings import (
    RULES,
    Client,
    Mfa,
    PasswordPolicy,
    PoolSettings,
    SignIn,
    Verification,
    broken_rules,
    required_sign_up_attributes,
    setting,
    valid_pools,
)

CODE = "code: {####}"
EMAIL = Verification(auto_verified_attributes=("email",))
VALID = PoolSettings(verification=EMAIL)
"""A pool that breaks no rule at all."""


def verification(*, sms: str | None = None, subject: str | None = None, message: str | None = None) -> PoolSettings:
    """Return a pool that sends its own texts, through its own e-mail account."""
    texts = Verification(
        auto_verified_attributes=("email",), sms_message=sms, email_subject=subject, email_message=message
    )
    return PoolSettings(verification=texts, email_sending_account="DEVELOPER")


def mfa(mode: str, *factors: str, message: str | None = None, sms: bool = True) -> PoolSettings:
    """Return a pool in which every user has a phone number, with this MFA."""
    return PoolSettings(
        verification=EMAIL,
        required_attributes=["phone_number"],
        mfa=Mfa(mode=mode, factors=factors, sms_message=message),
        sms_configuration=sms,
    )


def client(*, validity: int = 3, errors: str = "ENABLED") -> PoolSettings:
    """Return a valid pool with this app client."""
    return PoolSettings(
        verification=EMAIL, client=Client(auth_session_validity=validity, prevent_user_existence_errors=errors)
    )


def password(minimum_length: int) -> PoolSettings:
    """Return a valid pool with passwords of this length."""
    return PoolSettings(verification=EMAIL, password_policy=PasswordPolicy(minimum_length=minimum_length))


def sign_in(*, usernames: tuple[str, ...] = (), aliases: tuple[str, ...] = ()) -> PoolSettings:
    """Return a pool that verifies both contacts, with this sign-in."""
    return PoolSettings(
        sign_in=SignIn(username_attributes=usernames, alias_attributes=aliases),
        verification=Verification(auto_verified_attributes=("email", "phone_number")),
    )


def required(*attributes: str, aliases: tuple[str, ...] = ()) -> PoolSettings:
    """Return a pool with these required attributes."""
    return PoolSettings(verification=EMAIL, sign_in=SignIn(alias_attributes=aliases), required_attributes=attributes)


BREAKS: dict[str, tuple[PoolSettings, dict[str, str]]] = {
    "sign-in-username-attributes-known": (sign_in(usernames=("fax",)), {"sign-in-username-attributes-known": "'fax'"}),
    "sign-in-alias-attributes-known": (sign_in(aliases=("fax",)), {"sign-in-alias-attributes-known": "'fax'"}),
    "verification-auto-verified-attributes-known": (
        PoolSettings(verification=Verification(auto_verified_attributes=("fax", "telex"))),
        {"verification-auto-verified-attributes-known": "'fax', 'telex'"},
    ),
    "mfa-mode-known": (mfa("sometimes", "sms"), {"mfa-mode-known": "'sometimes'"}),
    "mfa-factors-known": (mfa("optional", "pigeon", "sms"), {"mfa-factors-known": "'pigeon'"}),
    "client-prevent-user-existence-errors-known": (
        client(errors="MAYBE"),
        {"client-prevent-user-existence-errors-known": "'MAYBE'"},
    ),
    "email-sending-account-known": (
        PoolSettings(verification=EMAIL, email_sending_account="PIGEON"),
        {"email-sending-account-known": "'PIGEON'"},
    ),
    "usernames-or-aliases": (sign_in(usernames=("email",), aliases=("email",)), {"usernames-or-aliases": ""}),
    "preferred-username-required": (
        required("preferred_username", aliases=("preferred_username",)),
        {"preferred-username-required": ""},
    ),
    "alias-never-verified": (
        PoolSettings(sign_in=SignIn(alias_attributes=("email", "phone_number")), verification=EMAIL),
        {"alias-never-verified": "'phone_number'"},
    ),
    "phone-verification-needs-sms": (
        PoolSettings(verification=Verification(auto_verified_attributes=("phone_number",)), sms_configuration=False),
        {"phone-verification-needs-sms": ""},
    ),
    "nothing-verified": (PoolSettings(), {"nothing-verified": ""}),
    "mfa-needs-sms": (mfa("optional", "sms", sms=False), {"mfa-needs-sms": ""}),
    "mfa-needs-factor": (mfa("required"), {"mfa-needs-factor": ""}),
    "mfa-off-without-factors": (mfa("off", "sms"), {"mfa-off-without-factors": ""}),
    "mfa-message-while-off": (mfa("off", message=CODE), {"mfa-message-while-off": ""}),
    "mfa-without-phone": (
        PoolSettings(verification=EMAIL, mfa=Mfa(mode="required", factors=("sms",))),
        {"mfa-without-phone": ""},
    ),
    "verification-sms-message-characters": (
        verification(sms=f"Code\n{CODE}"),
        {"verification-sms-message-characters": "'\\n'"},
    ),
    "mfa-sms-message-characters": (
        PoolSettings(
            verification=EMAIL,
            required_attributes=("phone_number",),
            mfa=Mfa(mode="required", factors=("sms",), sms_message=f"Code\n{CODE}"),
        ),
        {"mfa-sms-message-characters": "'\\n'"},
    ),
    "verification-email-message-characters": (
        verification(message=f"{CODE}\x00"),
        {"verification-email-message-characters": "'\\x00'"},
    ),
    "verification-email-subject-characters": (
        verification(subject="a\x00b"),
        {"verification-email-subject-characters": "'\\x00'"},
    ),
    "verification-sms-message-length": (
        verification(sms=CODE + 129 * "x"),
        {"verification-sms-message-length": ""},
    ),
    "verification-sms-message-code": (verification(sms="no code"), {"verification-sms-message-code": ""}),
    "verification-email-message-length": (
        verification(message=CODE + 19_989 * "x"),
        {"verification-email-message-length": ""},
    ),
    "verification-email-message-code": (verification(message="no code"), {"verification-email-message-code": ""}),
    "verification-email-subject-length": (verification(subject=""), {"verification-email-subject-length": ""}),
    "mfa-sms-message-length": (mfa("optional", "sms", message=CODE + 129 * "x"), {"mfa-sms-message-length": ""}),
    "mfa-sms-message-code": (mfa("optional", "sms", message="no code"), {"mfa-sms-message-code": ""}),
    "email-texts-need-ses": (
        PoolSettings(verification=Verification(auto_verified_attributes=("email",), email_subject="hello")),
        {"email-texts-need-ses": ""},
    ),
    "custom-attribute-required": (required("custom:team"), {"custom-attribute-required": "'custom:team'"}),
    "required-attribute-known": (required("emial", "name"), {"required-attribute-known": "'emial'"}),
    "password-length": (password(5), {"password-length": ""}),
    "session-validity": (client(validity=16), {"session-validity": ""}),
}


def test_table_breaks_every_rule() -> None:
    """Every rule has a stable name of its own and an example in this file."""
    assert sorted(BREAKS) == sorted(rule.id for rule in RULES)


def test_every_rule_speaks_of_a_setting() -> None:
    """A rule's path leads to a setting, so that a complaint can name its place."""
    for rule in RULES:
        setting(VALID, rule.path)
        assert rule.message
        assert rule.source


@pytest.mark.parametrize("rule", BREAKS)
def test_rule_is_broken_alone(rule: str) -> None:
    """A minimal example breaks its rule and no other, and names the offending values."""
    pool, expected = BREAKS[rule]
    assert {broken.id: detail for broken, detail in broken_rules(pool)} == expected


def test_valid_pool_breaks_nothing() -> None:
    """Good settings are met with silence."""
    assert broken_rules(VALID) == ()


def test_every_broken_rule_is_reported() -> None:
    """Settings that are wrong in several ways hear all of them at once, in the order of the table."""
    pool = PoolSettings(
        sign_in=SignIn(username_attributes=("email",), alias_attributes=("phone_number",)),
        verification=Verification(auto_verified_attributes=("phone_number",), sms_message="hm"),
        mfa=Mfa(mode="required"),
        required_attributes=["custom:x", "shoe_size"],
        password_policy=PasswordPolicy(minimum_length=100),
        client=Client(auth_session_validity=2),
        sms_configuration=False,
    )
    assert [rule.id for rule, _ in broken_rules(pool)] == [
        "usernames-or-aliases",
        "phone-verification-needs-sms",
        "mfa-needs-factor",
        "verification-sms-message-length",
        "verification-sms-message-code",
        "custom-attribute-required",
        "required-attribute-known",
        "password-length",
        "session-validity",
    ]


@pytest.mark.parametrize(
    ("build", "least", "most"),
    [
        (password, 6, 99),
        (lambda minutes: client(validity=minutes), 3, 15),
    ],
    ids=["password length", "session validity"],
)
def test_bounds_are_inclusive(build: Callable[[int], PoolSettings], least: int, most: int) -> None:
    """The smallest and the largest value are fine, their outer neighbours are not."""
    good = [not broken_rules(build(value)) for value in (least - 1, least, most, most + 1)]
    assert good == [False, True, True, False]


@pytest.mark.parametrize(("field", "least", "most"), [("sms", 6, 140), ("message", 6, 20_000), ("subject", 1, 140)])
def test_lengths_of_texts_are_inclusive(field: str, least: int, most: int) -> None:
    """A text of the least and of the most characters is fine, one character more is not."""
    good = [not broken_rules(verification(**{field: "{####}".ljust(size, "x")[:size]})) for size in (most, most + 1)]
    assert good == [True, False]
    assert not broken_rules(verification(**{field: "{####}"[:least]}))


@pytest.mark.parametrize(
    ("pool", "stranded"),
    [
        (PoolSettings(mfa=Mfa(mode="required", factors=("sms",))), True),
        (PoolSettings(mfa=Mfa(mode="optional", factors=("sms",))), False),
        (PoolSettings(mfa=Mfa(mode="required", factors=("sms",)), required_attributes=["phone_number"]), False),
        (
            PoolSettings(mfa=Mfa(mode="required", factors=("sms",)), sign_in=SignIn(username_attributes=("email",))),
            True,
        ),
        (
            PoolSettings(
                mfa=Mfa(mode="required", factors=("sms",)), sign_in=SignIn(username_attributes=("phone_number",))
            ),
            False,
        ),
        (
            PoolSettings(
                mfa=Mfa(mode="required", factors=("sms",)),
                sign_in=SignIn(username_attributes=("email", "phone_number")),
            ),
            True,
        ),
    ],
    ids=["username", "optional", "phone is required", "email is username", "phone is username", "either is username"],
)
def test_required_mfa_strands_who_has_no_phone(*, pool: PoolSettings, stranded: bool) -> None:
    """Required SMS MFA warns unless every user is sure to have a phone number."""
    assert ("mfa-without-phone" in {rule.id for rule, _ in broken_rules(pool)}) is stranded


@given(st.permutations(["email", "phone_number", "preferred_username", "email"]))
def test_order_of_names_is_nothing(names: Any) -> None:
    """Lists of names are sets: equal and of equal hash in any order, with or without repetition."""
    pool = PoolSettings(sign_in=SignIn(alias_attributes=names), required_attributes=names)
    same = PoolSettings(
        sign_in=SignIn(alias_attributes=("email", "phone_number", "preferred_username")),
        required_attributes=("preferred_username", "phone_number", "email"),
    )
    assert pool == same
    assert hash(pool) == hash(same)


def test_settings_are_values() -> None:
    """Settings are hashable and immutable, so that flows can be kept by them."""
    assert len({PoolSettings(), PoolSettings(), PoolSettings(sms_configuration=False)}) == 2
    with pytest.raises(AttributeError):
        VALID.sms_configuration = False  # type: ignore[misc]


@pytest.mark.parametrize(
    ("cls", "name", "value"),
    [
        (SignIn, "alias_attributes", "email"),
        (SignIn, "alias_attributes", None),
        (SignIn, "alias_attributes", (1,)),
        (SignIn, "alias_attributes", b"email"),
        (PoolSettings, "required_attributes", (None,)),
        (Verification, "sms_message", 1),
        (Mfa, "mode", None),
        (Mfa, "mode", False),
        (PasswordPolicy, "minimum_length", "8"),
        (PasswordPolicy, "minimum_length", True),
        (PasswordPolicy, "require_symbols", "yes"),
        (Client, "auth_session_validity", 3.5),
        (Client, "generate_secret", 1),
        (PoolSettings, "mfa", {"mode": "off"}),
        (PoolSettings, "sms_configuration", None),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else repr(value),
)
def test_wrong_types_are_refused(cls: Callable[..., object], name: str, value: object) -> None:
    """A value of another type is a mistake in the program, not a setting."""
    with pytest.raises(TypeError):
        cls(**{name: value})


MODES = ("off", "optional", "required")
Way = Literal["username", "email", "phone_number"]
WAYS: tuple[Way, ...] = ("username", "email", "phone_number")


def contacts(*, email: bool, phone: bool) -> tuple[str, ...]:
    """Return the contact attributes that are wanted."""
    return ("email",) * email + ("phone_number",) * phone


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", MODES)
def test_sign_up_asks_for_what_the_guide_says(way: Way, mode: str) -> None:
    """E-mail and phone are asked for exactly where the guide on SMS flows says so, for all combinations."""
    for switched_on, *marks in itertools.product((False, True), repeat=5):
        email_verified, email_required, phone_verified, phone_required = marks
        wants_email = (email_verified or email_required) and way in ("username", "phone_number")
        mfa_wants_phone = mode == "required" or (mode == "optional" and switched_on)
        wants_phone = (mfa_wants_phone or phone_verified or phone_required) and way in ("username", "email")
        pool = PoolSettings(
            verification=Verification(auto_verified_attributes=contacts(email=email_verified, phone=phone_verified)),
            required_attributes=contacts(email=email_required, phone=phone_required),
            mfa=Mfa(mode=mode, factors=("sms",) * (mode != "off")),
        )
        asked = required_sign_up_attributes(pool, signs_up_with=way, mfa_for_user=switched_on)
        assert asked == set(contacts(email=wants_email, phone=wants_phone))


def test_sign_up_asks_for_other_required_attributes() -> None:
    """Whatever else the pool requires is asked for, too."""
    pool = PoolSettings(required_attributes=["birthdate", "email"])
    assert required_sign_up_attributes(pool, signs_up_with="email") == {"birthdate"}


def powerset(*names: str) -> list[tuple[str, ...]]:
    """Return every subset, in the order of the names."""
    return [subset for size in range(len(names) + 1) for subset in itertools.combinations(names, size)]


def is_valid(usernames: tuple[str, ...], aliases: tuple[str, ...], verified: tuple[str, ...], mode: str,
             factors: tuple[str, ...], *, sms: bool) -> bool:  # fmt: skip
    """Restate what Cognito refuses, over plain tuples."""
    if usernames and aliases:
        return False
    if "phone_number" in verified and not sms:
        return False
    if mode == "off":
        return not factors
    return factors == ("sms",) and sms


def test_enumeration_is_exactly_the_valid_combinations() -> None:
    """The enumeration yields each valid combination once, and none that Cognito refuses."""
    everything = itertools.product(
        powerset("email", "phone_number"),
        powerset("email", "phone_number", "preferred_username"),
        powerset("email", "phone_number"),
        MODES,
        powerset("sms"),
        (False, True),
    )
    expected = {row for row in everything if is_valid(*row[:5], sms=row[5])}
    found = [
        (
            pool.sign_in.username_attributes, pool.sign_in.alias_attributes,
            pool.verification.auto_verified_attributes, pool.mfa.mode, pool.mfa.factors, pool.sms_configuration,
        )
        for pool in valid_pools()
    ]  # fmt: skip
    assert len(found) == len(expected) == 154
    assert set(found) == expected


def test_enumeration_is_lazy_and_stable() -> None:
    """The enumeration can be cut short, and always begins the same way."""
    first = list(itertools.islice(valid_pools(), 5))
    assert first == list(itertools.islice(valid_pools(), 5))
    assert first[0] == PoolSettings(sms_configuration=False)


def test_settings_without_combination_stay_at_their_defaults() -> None:
    """Texts, policies and the client take no part in the enumeration."""
    for pool in valid_pools():
        assert (pool.client, pool.password_policy) == (Client(), PasswordPolicy())
        assert pool.verification.sms_message is pool.mfa.sms_message is None
