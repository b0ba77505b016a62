"""The table of changes: it knows every setting, and says where the tools differ."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from flowengine.provision.app_client import CLIENT_WRITERS
from flowengine.provision.change import Verdict
from flowengine.provision.changes import CHANGES, change_of
from flowengine.provision.mapping import POOL_WRITERS
from flowengine.settings.paths import SETTINGS

KNOWN = [path for path in SETTINGS if not path.startswith("assumptions.")]
RESOURCES = [path for path in POOL_WRITERS if path.startswith("resources.")]


def test_every_setting_has_a_rule() -> None:
    """Rules are about settings and resources, and about each of them."""
    assert {rule.setting for rule in CHANGES} == {*KNOWN, *RESOURCES}


@pytest.mark.parametrize("path", ["mfa.mode", "custom_attributes", "sms_configuration"])
def test_every_change_has_a_rule(path: str) -> None:
    """Where the values matter, each pair of different ones is covered."""
    values: dict[str, list[Any]] = {
        "mfa.mode": ["off", "optional", "required"],
        "custom_attributes": [(), ("team",), ("plan", "team"), ("plan",)],
        "sms_configuration": [True, False],
    }
    for before in values[path]:
        for after in values[path]:
            if before != after:
                assert change_of(path, before, after).setting == path


def test_verdicts_fit_operations() -> None:
    """What is made names the operation that makes it and writes the setting; what is not names none."""
    writes = {"UpdateUserPool": POOL_WRITERS, "UpdateUserPoolClient": CLIENT_WRITERS}
    for rule in CHANGES:
        assert rule.verdict in get_args(Verdict)
        assert rule.reason
        assert rule.source
        assert (rule.operation is not None) == (rule.verdict in ("allowed", "through another operation"))
        assert (rule.verdict == "allowed") == (rule.operation in writes)
        if rule.operation in writes and rule.setting != "admin_create_user.unused_account_validity_days":
            assert rule.setting in writes[rule.operation]


def test_mfa_required_later() -> None:
    """Requiring MFA of a pool that exists: each tool has its own rule, and there is a way."""
    for before in ("off", "optional"):
        rule = change_of("mfa.mode", before, "required")
        assert (rule.verdict, rule.operation) == ("through another operation", "SetUserPoolMfaConfig")
        assert {*rule.tools} == {"API", "console", "Amplify CLI"}
        assert "Cannot turn MFA functionality ON, once the user pool has been created" in rule.tools["API"]
    assert "can not be enabled later" in change_of("mfa.mode", "off", "required").tools["Amplify CLI"]


@pytest.mark.parametrize(
    "path",
    [
        "sign_in.username_attributes",
        "sign_in.alias_attributes",
        "sign_in.case_sensitive",
        "required_attributes",
        "region",
    ],
)
def test_what_needs_a_new_pool(path: str) -> None:
    """What only creation can set needs a new pool, whatever the values."""
    assert change_of(path, (), ("email",)).verdict == "needs a new pool"


def test_what_stays() -> None:
    """An SMS configuration and custom attributes are not taken away."""
    assert change_of("sms_configuration", True, False).verdict == "refused"  # noqa: FBT003 (values of a setting)
    assert change_of("sms_configuration", False, True).verdict == "allowed"  # noqa: FBT003
    assert change_of("custom_attributes", ("team",), ()).verdict == "refused"
    assert change_of("custom_attributes", ("team",), ("plan", "team")).operation == "AddCustomAttributes"
