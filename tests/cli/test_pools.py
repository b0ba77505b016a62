"""`flowengine pools`: the list of valid pools, its filters, and why a combination is none of them."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from flowengine.cli.pools import command
from flowengine.settings import POOL_AXES, PoolSettings, pool_name, valid_pools


def pools(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(command, arguments)


def test_pools_are_listed_by_name() -> None:
    """Each line is the name of a valid pool, in the order of the enumeration."""
    expected = [pool_name(pool) for pool in itertools.islice(valid_pools(), 50)]
    result = pools("--limit", "50")
    assert (result.exit_code, result.stderr, result.stdout.splitlines()) == (0, "", expected)
    assert expected[0] == "defaults"


def test_pools_are_listed_for_programs() -> None:
    """With --json each line has the name and the settings that differ from the defaults."""
    result = pools("--mfa", "required", "--factor", "totp", "--limit", "1", "--json")
    assert json.loads(result.stdout) == {
        "name": "mfa.mode=required mfa.factors=totp",
        "settings": {"mfa.mode": "required", "mfa.factors": ["totp"]},
    }


FILTERS: dict[str, tuple[list[str], Callable[[PoolSettings], bool]]] = {
    "tier": (["--tier", "PLUS"], lambda pool: pool.user_pool_tier == "PLUS"),
    "mfa": (["--mfa", "required"], lambda pool: pool.mfa.mode == "required"),
    "factors": (["--factor", "sms", "--factor", "email"], lambda pool: {"sms", "email"} <= {*pool.mfa.factors}),
    "first factor": (
        ["--first-factor", "SMS_OTP", "--first-factor", "WEB_AUTHN"],
        lambda pool: {"SMS_OTP", "WEB_AUTHN"} <= {*pool.allowed_first_auth_factors},
    ),
    "verify": (
        ["--verify", "phone_number"],
        lambda pool: "phone_number" in pool.verification.auto_verified_attributes,
    ),
    "recovery": (["--recovery", "admin_only"], lambda pool: "admin_only" in pool.account_recovery),
    "alias": (["--sign-in", "preferred_username"], lambda pool: "preferred_username" in pool.sign_in.alias_attributes),
    "contact": (
        ["--sign-in", "email"],
        lambda pool: "email" in {*pool.sign_in.alias_attributes, *pool.sign_in.username_attributes},
    ),
    "username": (["--sign-in", "username"], lambda pool: not pool.sign_in.username_attributes),
    "where": (
        ["--where", "sms_configuration=false", "--where", "account_recovery=verified_phone_number,verified_email"],
        lambda pool: (
            not pool.sms_configuration and pool.account_recovery == ("verified_phone_number", "verified_email")
        ),
    ),
}

SMALL = ("email_sending_account=DEVELOPER", "passkey.relying_party_id=example.com",
         "verification.attributes_require_verification_before_update=")  # fmt: skip
"""What the pools that the filters are tried on have in common: few enough, and every filter leaves some."""


@pytest.fixture(scope="module")
def small() -> list[PoolSettings]:
    """Return the pools that the filters are tried on."""
    axes = {
        **POOL_AXES,
        "email_sending_account": ("DEVELOPER",),
        "passkey": [passkey for passkey in POOL_AXES["passkey"] if passkey.relying_party_id is not None],
        "verification": [
            verification
            for verification in POOL_AXES["verification"]
            if not verification.attributes_require_verification_before_update
        ],
    }
    return list(valid_pools(axes=axes))


@pytest.mark.parametrize("name", FILTERS)
def test_filters_keep_what_they_say(name: str, small: list[PoolSettings]) -> None:
    """A filter leaves exactly the pools that fulfil it, all of its values at once."""
    options, fulfils = FILTERS[name]
    expected = sum(map(fulfils, small))
    assert 0 < expected < len(small)
    assert (
        pools(*options, *itertools.chain(*(("--where", text) for text in SMALL)), "--count").stdout == f"{expected}\n"
    )


def test_filters_add_up() -> None:
    """Several filters are to be fulfilled together, and may leave nothing."""
    assert pools("--tier", "LITE", "--factor", "email", "--count").stdout == "0\n"
    assert json.loads(pools("--tier", "LITE", "--mfa", "off", "--limit", "7", "--count", "--json").stdout) == {
        "pools": 7
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--where", "mfa=off"], "no setting 'mfa' [unknown-setting]"),
        (["--where", "client.generate_secret=true"], "--where client.generate_secret=true: the pools differ in user_"),
        (["--where", "mfa.mode=sometimes"], "--where mfa.mode=sometimes: no pool is listed with it"),
        (["--mfa", "sometimes"], "'sometimes' is not one of 'off', 'optional', 'required'"),
        (["--limit", "-1"], "-1 is not in the range x>=0"),
        (["which"], "No such command 'which'"),
        (["--tier", "LITE", "why", "domain=x"], "the options of the list do not go together with a command"),
        (["why"], "Missing argument 'SETTING=VALUE...'"),
        (["why", "sms_configuration=no"], "sms_configuration: expected true or false, found 'no' [wrong-value]"),
    ],
)
def test_misuse_is_told(arguments: list[str], message: str) -> None:
    """Misuse exits with 2 and says what was wrong."""
    result = pools(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_why_names_every_broken_rule() -> None:
    """Each rule is told with its severity, words, offending values and source; an error makes the status 1."""
    result = pools(
        "why", "mfa.mode=optional", "mfa.factors=sms", "sms_configuration=false", "sign_in.alias_attributes=email"
    )
    assert (result.exit_code, result.stderr) == (1, "1 error, 2 warnings\n")
    assert result.stdout == (
        "warning: pool.verification.auto_verified_attributes: an alias works only once it is verified, and nothing "
        "verifies this one: users cannot sign in with it ('email') [alias-never-verified]\n"
        "    source: user-pool-settings-attributes\n"
        "warning: pool.verification.auto_verified_attributes: no attribute is verified at sign-up: users stay "
        "unconfirmed until an administrator or a pre sign-up trigger confirms them, and no code can be sent again "
        "[nothing-verified]\n"
        "    source: signing-up-users-in-your-app\n"
        "error: pool.mfa.mode: SMS MFA needs an SMS configuration [mfa-needs-sms]\n"
        "    source: CreateUserPool: SMS configuration is required when MFA is required/optional\n"
    )


def test_why_speaks_to_programs() -> None:
    """With --json each rule is an object, and the totals come last."""
    result = pools("why", "client.auth_session_validity=1", "domain=login.example.com", "--json")
    session, nothing, totals = map(json.loads, result.stdout.splitlines())
    assert session == {
        "rule": "session-validity", "severity": "error", "setting": "client.auth_session_validity",
        "message": "auth_session_validity is 3 to 15 minutes", "detail": "", "source": "shape AuthSessionValidityType",
    }  # fmt: skip
    assert (nothing["rule"], totals) == ("nothing-verified", {"errors": 1, "warnings": 1})
    assert (result.exit_code, result.stderr) == (1, "")


@pytest.mark.parametrize(
    ("text", "rules", "status"),
    [
        ("verification.sms_message=Your code: {####}", ["nothing-verified"], 0),
        ("domain=it's", ["nothing-verified"], 0),
        ("custom_attributes=a b", ["nothing-verified", "custom-attribute-name"], 1),
    ],
)
def test_why_takes_one_setting_an_argument(text: str, rules: list[str], status: int) -> None:
    """A value may hold spaces and quotes; settings with warnings alone are fine."""
    result = pools("why", text, "--json")
    assert [json.loads(line)["rule"] for line in result.stdout.splitlines()[:-1]] == rules
    assert result.exit_code == status


def test_a_closed_pipe_ends_the_list_quietly() -> None:
    """Whoever reads only the first lines gets no traceback."""
    code = "from flowengine.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "pools"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "defaults\n"
        process.stdout.close()
        assert process.stderr.read() == ""


def test_no_aws_package_is_imported() -> None:
    """Listing pools needs no AWS SDK."""
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom flowengine.cli.pools import command\n"
        "CliRunner().invoke(command, ['--limit', '1'])\n"
        "print(*{'aioboto3', 'aiobotocore', 'boto3', 'botocore'} & {*sys.modules})"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
