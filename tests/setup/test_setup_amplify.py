"""Amplify projects of the first generation: carried over, or told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowengine.errors import FlowEngineError
from flowengine.provision.setup import carry_over, read_project
from flowengine.provision.setup.amplify_parameters import OUTSIDE
from flowengine.settings import Client, Mfa, PasswordPolicy, PoolSettings, SignIn, Verification

DEFAULT: dict[str, Any] = {
    "resourceName": "shop1a2b", "sharedId": "1a2b", "userPoolName": "shop_pool",
    "autoVerifiedAttributes": ["email"], "mfaConfiguration": "OFF", "mfaTypes": ["SMS Text Message"],
    "smsAuthenticationMessage": "Your authentication code is {####}",
    "smsVerificationMessage": "Your verification code is {####}",
    "emailVerificationSubject": "Your verification code",
    "emailVerificationMessage": "Your verification code is {####}",
    "passwordPolicyMinLength": 8, "passwordPolicyCharacters": [], "requiredAttributes": ["email"],
    "aliasAttributes": [], "userpoolClientGenerateSecret": False, "userpoolClientRefreshTokenValidity": 30,
    "userpoolClientWriteAttributes": ["email"], "userpoolClientReadAttributes": ["email"],
    "userpoolClientSetAttributes": False, "authSelections": "identityPoolAndUserPool", "useDefault": "default",
    "usernameAttributes": ["phone_number"], "serviceName": "Cognito", "usernameCaseSensitive": False,
    "useEnabledMfas": True, "identityPoolName": "shop_identities", "allowUnauthenticatedIdentities": False,
}  # fmt: skip
"""What the CLI writes for its default configuration, with phone numbers as usernames."""
CLIENT = Client(
    explicit_auth_flows=("ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"),
    prevent_user_existence_errors="LEGACY",
)


def _left_out(parameters: dict[str, Any]) -> dict[str, str]:
    return {item.parameter: item.reason for item in carry_over(parameters).left_out}


def test_default_configuration() -> None:
    """The pool that the CLI makes of it: e-mail is verified, and SMS are set up, since the phone is the username."""
    assert carry_over(DEFAULT).pool == PoolSettings(
        sign_in=SignIn(username_attributes=("phone_number",), case_sensitive=False),
        verification=Verification(
            auto_verified_attributes=("email",),
            attributes_require_verification_before_update=("email",),
            sms_message="Your verification code is {####}",
        ),
        required_attributes=("email",),
        password_policy=PasswordPolicy(
            require_lowercase=False, require_uppercase=False, require_numbers=False, require_symbols=False
        ),
        client=CLIENT,
    )


def test_what_is_left_out_of_the_default() -> None:
    """Every parameter that is no setting, or has no effect, is told with its reason."""
    left_out = _left_out(DEFAULT)
    assert left_out["mfaTypes"] == "has no effect while MFA is off"
    assert left_out["identityPoolName"] == "identity pools are no part of a flow"
    assert left_out["emailVerificationSubject"].startswith("Cognito's own e-mail takes no text")
    assert left_out["userPoolName"] == "names a resource of the project, which is no setting"
    assert "allowUnauthenticatedIdentities" not in left_out


def test_manual_configuration_of_an_older_project() -> None:
    """MFA, attributes, policy, client and triggers of a parameters.json are carried over."""
    parameters = {
        "authSelections": "userPoolOnly", "usernameAttributes": ["email, phone_number"],
        "autoVerifiedAttributes": ["phone_number"], "mfaConfiguration": "ON", "mfaTypes": ["SMS Text Message", "TOTP"],
        "smsAuthenticationMessage": "Code {####}", "requiredAttributes": ["phone_number", "given_name"],
        "passwordPolicyMinLength": "12", "passwordPolicyCharacters": ["Requires Lowercase", "REQUIRES_NUMBERS"],
        "userpoolClientGenerateSecret": True, "userpoolClientRefreshTokenValidity": "7",
        "userpoolClientSetAttributes": True, "userpoolClientReadAttributes": ["email"],
        "userpoolClientWriteAttributes": ["phone_number", "given_name"],
        "triggers": '{"PostConfirmation": ["add-to-group"], "CustomMessage": ["verification-link"]}',
    }  # fmt: skip
    carried = carry_over(parameters, older=True)
    assert carried.pool == PoolSettings(
        sign_in=SignIn(username_attributes=("email", "phone_number")),
        verification=Verification(auto_verified_attributes=("phone_number",)),
        mfa=Mfa(mode="required", factors=("sms", "totp"), sms_message="Code {####}"),
        required_attributes=("phone_number", "given_name"),
        password_policy=PasswordPolicy(minimum_length=12, require_uppercase=False, require_symbols=False),
        lambda_triggers=("post_confirmation",),
        client=Client(
            generate_secret=True,
            explicit_auth_flows=CLIENT.explicit_auth_flows,
            refresh_token_validity=7 * 24 * 60,
            prevent_user_existence_errors="LEGACY",
            read_attributes=("email",),
            write_attributes=("phone_number", "given_name"),
        ),
    )
    told = {item.parameter: item.reason for item in carried.left_out}
    assert told["triggers.CustomMessage"] == "this trigger decides nothing of where a user stands"
    assert told["triggers"] == "the spec names PostConfirmation; their functions are no settings"


@pytest.mark.parametrize(
    ("changes", "sends"),
    [
        ({"usernameAttributes": ["email"]}, False),
        ({"usernameAttributes": ["email"], "useEnabledMfas": False}, True),
        ({"usernameAttributes": ["email"], "requiredAttributes": ["phone_number"]}, True),
        ({"usernameAttributes": ["email"], "mfaConfiguration": "OPTIONAL"}, True),
        ({"usernameAttributes": ["email"], "mfaConfiguration": "OPTIONAL", "mfaTypes": ["TOTP"]}, False),
    ],
)
def test_sms_are_set_up_where_the_cli_does(changes: dict[str, Any], *, sends: bool) -> None:
    """Newer projects set SMS up for what uses a phone number; older ones always."""
    assert carry_over({**DEFAULT, **changes}).pool.sms_configuration is sends


@pytest.mark.parametrize("name", sorted(OUTSIDE))
def test_what_is_outside_is_told(name: str) -> None:
    """Nothing that a project holds is dropped in silence."""
    assert _left_out({**DEFAULT, name: "something"})[name] == OUTSIDE[name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mfaConfiguration", "SOMETIMES"), ("mfaTypes", ["Pigeon"]), ("usernameAttributes", ["carrier"]),
        ("autoVerifiedAttributes", 7), ("passwordPolicyMinLength", "long"),
        ("passwordPolicyCharacters", ["Requires Runes"]), ("usernameCaseSensitive", "perhaps"),
        ("smsVerificationMessage", ["{####}"]), ("triggers", "all"),
        ("requiredAttributes", ["shoe_size"]), ("somethingNew", {"on": True}),
    ],
)  # fmt: skip
def test_what_is_not_known_is_told(name: str, value: object) -> None:
    """A value that means nothing here is named, and the setting stands at its default."""
    assert _left_out({**DEFAULT, name: value})[name].endswith("not known here")


def test_secrets_are_not_repeated() -> None:
    """Parameters are told by name: some hold secrets of other providers."""
    told = carry_over({**DEFAULT, "facebookAppSecretUserPool": "hush", "hostedUIProviderCreds": "hush"})
    assert "hush" not in str(told)


def _write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize("inside", ["", "amplify", "amplify/backend", "amplify/backend/auth/shop"])
def test_projects_are_read_from_any_of_their_folders(tmp_path: Path, inside: str) -> None:
    """The newer file wins over the older one; groups beside it are no pool."""
    auth = tmp_path / "amplify/backend/auth"
    newer = _write(auth / "shop/cli-inputs.json", {"version": "1", "cognitoConfig": DEFAULT})
    _write(auth / "shop/parameters.json", {"authSelections": "userPoolOnly"})
    _write(auth / "userPoolGroups/parameters.json", {"AuthRoleArn": "arn"})
    assert read_project(tmp_path / inside) == (newer, DEFAULT)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "has no auth parameters of an Amplify project"),
        ({"shop/parameters.json": "{"}, "parameters.json is no JSON"),
        ({"shop/parameters.json": [1]}, "holds no parameters: expected an object"),
        ({"shop/parameters.json": {"mfaConfiguration": "OFF", "serviceType": "imported"}}, "imports a pool"),
        ({"shop/parameters.json": {"authSelections": "identityPoolOnly"}}, "has an identity pool alone"),
        ({"a/parameters.json": DEFAULT, "b/cli-inputs.json": DEFAULT}, "several auth resources; name the folder"),
    ],
)  # fmt: skip
def test_projects_that_cannot_be_read_are_told(tmp_path: Path, files: dict[str, object], message: str) -> None:
    """What stands in the way is said, with the file."""
    for name, content in files.items():
        _write(tmp_path / "amplify/backend/auth" / name, content)
    with pytest.raises(FlowEngineError, match=message):
        read_project(tmp_path)


KNOWN = [*DEFAULT, "triggers", "hostedUI", "somethingNew"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(KNOWN), JSON, max_size=4), st.booleans())
def test_nothing_is_dropped_in_silence(changes: dict[str, Any], older: bool) -> None:  # noqa: FBT001 (drawn)
    """Whatever a file holds, it is carried over into settings or told, and nothing breaks."""
    carried = carry_over({**DEFAULT, **changes}, older=older)
    assert isinstance(carried.pool, PoolSettings)
    told = {item.parameter.partition(".")[0] for item in carried.left_out}
    assert changes.get("somethingNew") in (None, False, "", "false", [], {}, "[]", "{}") or "somethingNew" in told
