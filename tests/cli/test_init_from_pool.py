"""`flowengine init --from-pool`: a pool that exists, as a spec that asks for no change of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from console_pages import run

from flowengine.cli.embedded_account import kept_account
from flowengine.cli.live_pool import carried_over
from flowengine.library import load
from flowengine.provision import LivePool

POOL = {
    "PoolName": "shop",
    "UsernameAttributes": ["email"],
    "AutoVerifiedAttributes": ["email"],
    "Schema": [{"Name": "plan", "AttributeDataType": "String"}],
}


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where no account is kept yet."""
    monkeypatch.chdir(tmp_path)


def _pool(*clients: str) -> str:
    """Keep a pool in the account of the working directory."""
    with kept_account() as account:
        pool_id = str(account.answer("CreateUserPool", POOL)["UserPool"]["Id"])
        for name in clients:
            account.answer("CreateUserPoolClient", {"UserPoolId": pool_id, "ClientName": name})
    return pool_id


def test_a_pool_reads_back() -> None:
    """The spec has the pool's settings, and a plan for it changes nothing."""
    pool_id = _pool("web")
    printed, status = run(f"flowengine init --from-pool {pool_id} --simulate")
    assert status == 0
    assert printed.startswith("login.yaml: An e-mail address is the username, verified by e-mail.\nwarning: ")
    assert "left out" not in printed
    pool = load("login.yaml").pool
    assert pool is not None
    assert pool.custom_attributes == ("plan",)
    assert pool.client.allows("USER_SRP_AUTH")
    named = f"--pool-id {pool_id} --name shop --client-name web"
    assert run(f"flowengine pool plan login.yaml --simulate {named}") == (f"{pool_id}: nothing to change\n", 0)


def test_one_of_several_clients_is_named() -> None:
    """Which client a flow signs in through is not guessed."""
    pool_id = _pool("web", "phone")
    printed, status = run(f"flowengine init --from-pool {pool_id} --simulate")
    assert status == 1
    assert printed.startswith(f"flowengine: {pool_id} has several app clients; --client-id says which one: ")
    assert not Path("login.yaml").exists()


def test_a_pool_without_a_client() -> None:
    """That the spec's client is nobody's is told."""
    printed, _ = run(f"flowengine init --from-pool {_pool()} --simulate")
    assert "left out: client: the pool has no app client: the spec has one with every default\n" in printed


def test_a_pool_that_is_gone() -> None:
    """What the service says is told, without a traceback."""
    printed, status = run("flowengine init --from-pool us-east-1_gone --simulate")
    assert status == 1
    assert printed.startswith("flowengine: ListUserPoolClients finds no such pool or client")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--simulate", "--client-id, --region, --profile and --simulate go with --from-pool alone"),
        ("--from-pool us-east-1_X --sign-in email", "--from-pool brings every answer: leave the others out"),
        ("--from-pool us-east-1_X --from-amplify .", "--from-amplify and --from-pool do not go together"),
    ],
)
def test_options_that_do_not_go_together(options: str, message: str) -> None:
    """Answers come from one place."""
    printed, status = run(f"flowengine init {options}")
    assert (printed.splitlines()[-1], status) == (f"Error: {message}", 2)


def test_texts_that_nobody_gets_are_told() -> None:
    """Pools keep texts of e-mails that Cognito's own service does not send; a spec with them would be refused."""
    description: dict[str, Any] = {"Id": "us-east-1_a", "Name": "shop", "EmailVerificationMessage": "Code {####}"}
    live = LivePool(description=description, mfa={}, client={"ClientId": "c"}, unknown={"UpdateUserPool": ("Novelty",)})
    carried = carried_over(live)
    assert carried.pool.verification.email_message is None
    assert [item.parameter for item in carried.left_out] == ["Novelty", "verification.email_message"]


@pytest.mark.parametrize(
    ("pool", "told"),
    [("", "it is empty: give a value, or leave the option out"), ("nonsense", "'nonsense' is no id of a user pool")],
)
def test_what_is_no_pool(pool: str, told: str) -> None:
    """What is no pool's id is told before anything is asked for."""
    printed, status = run(f"flowengine init shop.yaml --from-pool '{pool}' --simulate")
    assert (status, told in printed) == (2, True)
