"""Reading: what a good spec becomes."""

from __future__ import annotations

import pytest
from reading import HEAD, STATE, in_event, in_pool, in_state, read

from flowengine.settings import Client, Mfa, PasswordPolicy, PoolSettings, SignIn, Verification


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90.0), ("5m", 300.0), ("24h", 86_400.0), ("7d", 604_800.0), ("session", "session")],
)
def test_durations_are_seconds(text: str, seconds: object) -> None:
    """A duration is a number and a unit, or the pool's session validity."""
    expires = read(in_state(f"{{expires: {{after: {text}, to: s}}}}")).states["s"].expires
    assert expires is not None
    assert (expires.after, expires.to.value) == (seconds, "s")


def test_event_keeps_everything_it_says() -> None:
    """Action, options, chain, group, routes and removals are told apart."""
    event = read(
        in_event("{action: a, with: {b: c}, then: {D: e}, to: {use: g, H: s, I: null, J: null, K: s}}")
    ).states["s"].events["go"]  # fmt: skip
    assert (event.action.value, event.options["b"].value, event.then["D"].value) == ("a", "c", "e")
    assert event.use is not None
    assert event.use.value == "g"
    assert {outcome: text.value for outcome, text in event.routes.items()} == {"H": "s", "K": "s"}
    assert event.removed == {"I", "J"}


@pytest.mark.parametrize(
    ("written", "text"), [("true", "true"), ("False", "false"), ("false", "false"), ("'on'", "on")]
)
def test_truths_are_options(written: str, text: str) -> None:
    """True and false stand for themselves, however YAML lets them be spelt."""
    event = read(in_event(f"{{action: a, with: {{b: {written}}}}}")).states["s"].events["go"]
    assert event.options["b"].value == text
    assert (event.options["b"].place.line, event.options["b"].place.column) == (4, 45)


def test_group_keeps_everything_it_says() -> None:
    """The group that it starts from, its own routes, and those that it takes away."""
    groups = read(f"{STATE}routes: {{g: {{use: h, A: s, B: null}}, h: {{use: null, A: s}}}}\n").routes
    assert groups["g"].use is not None
    assert (groups["g"].use.value, groups["g"].use.place.column) == ("h", 19)
    assert {outcome: text.value for outcome, text in groups["g"].routes.items()} == {"A": "s"}
    assert groups["g"].removed == {"B"}
    assert groups["h"].use is None


def test_hook_of_a_state_is_kept() -> None:
    """What a state runs on entering has its name and place; without one there is none."""
    entered = read(in_state("{enter: greet}")).states["s"].enter
    assert entered is not None
    assert (entered.value, entered.place.line, entered.place.column) == ("greet", 4, 21)
    assert read(in_state("{enter: null}")).states["s"].enter is None


def test_places_of_an_event_are_kept() -> None:
    """Every name in a spec stands where it was written; an event stands at its routes."""
    spec = read(f"{HEAD}states:\n  s:\n    on:\n      go:\n        action: a\n        to:\n          T: s\n")
    event = spec.states["s"].events["go"]
    places = [spec.place, spec.initial.place, spec.states["s"].place, event.action.place, event.place]
    places.append(event.routes["T"].place)
    assert [(place.line, place.column) for place in places] == [(1, 1), (3, 10), (6, 5), (8, 17), (10, 11), (10, 14)]


def test_removed_parts_are_no_parts() -> None:
    """A null leaves out a state, an event, a group, a setting or a whole section."""
    spec = read(
        f"{HEAD}summary: null\npool: null\nroutes: {{g: null}}\n"
        "states: {t: null, s: {meaning: null, expires: null, on: {go: null}}}\n"
    )
    assert (spec.summary, spec.pool, dict(spec.routes), list(spec.states)) == ("", None, {}, ["s"])
    state = spec.states["s"]
    assert (state.meaning, state.expires, dict(state.events)) == (None, None, {})


def test_pool_is_read_as_it_is_written() -> None:
    """Every setting arrives where it belongs."""
    spec = read(
        in_pool(
            """
  sign_in: {alias_attributes: [phone_number, email]}
  verification:
    auto_verified_attributes: [email]
    sms_message: "A {####}"
    email_subject: B
    email_message: "C {####}"
  mfa: {mode: optional, factors: [sms], sms_message: "D {####}"}
  required_attributes: [name, birthdate]
  password_policy:
    minimum_length: 12
    require_lowercase: false
    require_uppercase: false
    require_numbers: false
    require_symbols: false
  client: {generate_secret: true, auth_session_validity: 15, prevent_user_existence_errors: LEGACY}
  sms_configuration: false
  email_sending_account: DEVELOPER"""
        )
    )
    assert spec.pool == PoolSettings(
        sign_in=SignIn(alias_attributes=("email", "phone_number")),
        verification=Verification(
            auto_verified_attributes=("email",), sms_message="A {####}", email_subject="B", email_message="C {####}"
        ),
        mfa=Mfa(mode="optional", factors=("sms",), sms_message="D {####}"),
        required_attributes=("birthdate", "name"),
        password_policy=PasswordPolicy(
            minimum_length=12,
            require_lowercase=False,
            require_uppercase=False,
            require_numbers=False,
            require_symbols=False,
        ),
        client=Client(generate_secret=True, auth_session_validity=15, prevent_user_existence_errors="LEGACY"),
        sms_configuration=False,
        email_sending_account="DEVELOPER",
    )


@pytest.mark.parametrize("pool", ["{}", "{mfa: {}}", "{mfa: null, sms_configuration: null}", "{mfa: {mode: off}}"])
def test_unsaid_settings_are_the_defaults(pool: str) -> None:
    """What a spec does not say of its pool is as Cognito has it; `off` is the text that it looks like."""
    assert read(in_pool(pool)).pool == PoolSettings()


def test_settings_keep_their_places() -> None:
    """Each setting is found by its dotted path, and the pool itself by the empty one."""
    places = read(in_pool("{mfa: {mode: off}, sms_configuration: true}")).pool_places
    assert {path: (place.line, place.column) for path, place in places.items()} == {
        "": (5, 7),
        "mfa": (5, 13),
        "mfa.mode": (5, 20),
        "sms_configuration": (5, 45),
    }
