"""An account that is kept as JSON lines."""

from __future__ import annotations

import json

import pytest
from accounts import PASSWORD, PHONE, Pool
from scene import scene

from flowengine.errors import FlowEngineError
from flowengine.simulator.cloud import Cloud
from flowengine.simulator.conduct import Conduct, Failures
from flowengine.simulator.state import (
    Challenge,
    ChallengeResult,
    Code,
    Device,
    Grant,
    Message,
    Passkey,
    QueuedFault,
    Registration,
    ServerSrp,
    Totp,
    User,
)


def test_account_is_read_as_written() -> None:
    """Pools, clients, users, roles, SMS, faults and the clock come back."""
    cloud, _, _ = scene()
    cloud.fail_next("CreateUserPool", "throttled")
    cloud.clock.advance(hours=1)
    again = Cloud.from_json(cloud.to_json())
    assert again.state == cloud.state
    assert (again.region, again.account_id, again.clock.now()) == (cloud.region, cloud.account_id, cloud.clock.now())
    assert again.to_json() == cloud.to_json()


def test_everything_that_a_pool_remembers_comes_back() -> None:
    """Each kind of record in a pool's memory is the same when it comes back, keys in pairs and raw bytes included."""
    pool = Pool()
    code = Code(value="123456", attribute="email", destination="ada@example.com", expires_at=9.5)
    passkey = Passkey(credential_id="id", public_key=b"\x00\xff", sign_count=3)
    srp = ServerSrp(identity="ada", salt=2**70, verifier=2**3000, private=7, client=8, secret_block="c2VjcmV0")
    challenge = Challenge(
        name="CUSTOM_CHALLENGE", sub="sub", auth_flow="CUSTOM_AUTH", code=code, srp=srp, expires_at=1.0,
        history=(ChallengeResult(name="PASSWORD_VERIFIER", result=True),), passkey_challenge=b"\x01",
        totp=Totp(secret="JBSW"), private_parameters={"answer": "7"},
    )  # fmt: skip
    user = User(
        sub="sub", username="ada", attributes={"name": "Ada"}, verified=frozenset({"email"}), status="CONFIRMED",
        password=None, totp=Totp(secret="JBSW"), passkeys=(passkey,),
        devices=(Device(key="key", group_key="group", verifier="v", salt="s", remembered=True),),
    )  # fmt: skip
    users = pool.cloud.state.pools[pool.id].users
    users.users["sub"] = user
    users.aliases["email", "ada@example.com"] = "sub"
    users.codes["sub", "sign_up"] = code
    users.conducts["sub"] = Conduct(passwords=Failures(2, 4.0), resends=(1.0, 2.0))
    users.challenges["session"] = challenge
    users.grants["jti"] = Grant(origin_jti="jti", sub="sub", auth_time=1, expires_at=2.0, proved=("PASSWORD",))
    users.registrations["sub"] = Registration(challenge="c", expires_at=3.0)
    users.replaced["token"] = 4.0
    users.faults.append(QueuedFault("throttled", None))
    users.outbox.append(
        Message(
            medium="EMAIL", destination="ada@example.com", attribute="email", purpose="sign_up", code="1", text="1",
            subject="Code", at=1.0,
        )
    )  # fmt: skip
    assert Cloud.from_json(pool.cloud.to_json()).state == pool.cloud.state


def test_a_sign_in_goes_on_in_another_account() -> None:
    """A session, an authenticator app and a code outlive the account that gave them."""
    pool = Pool()
    client = pool.client(ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["ClientId"]
    pool.call("SetUserPoolMfaConfig", MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True})
    pool.call("AdminCreateUser", Username="ada", UserAttributes=[{"Name": "phone_number", "Value": PHONE}])
    pool.call("AdminSetUserPassword", Username="ada", Password=PASSWORD, Permanent=True)
    request = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "ada", "PASSWORD": PASSWORD}}
    session = pool.cloud.handle("InitiateAuth", {"ClientId": client, **request})["Session"]
    again = Cloud.from_json(pool.cloud.to_json())
    assert again.handle("AssociateSoftwareToken", {"Session": session}) == pool.cloud.handle(
        "AssociateSoftwareToken", {"Session": session}
    )


def test_ids_are_not_drawn_again() -> None:
    """An account that comes back makes no id that it has made before."""
    pool = Pool()
    again = Cloud.from_json(pool.cloud.to_json())
    assert Pool(again).id != pool.id


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("", "at least one line"),
        ("nonsense", "line 1"),
        ('{"account": {"version": 1}}', "line 1"),
        ("[]", "line 1"),
    ],
)
def test_account_without_a_beginning(line: str, place: str) -> None:
    """A text that does not begin with an account is refused, and the line is named."""
    with pytest.raises(FlowEngineError, match=place):
        Cloud.from_json(line)


@pytest.mark.parametrize("line", ["nonsense", "{}", '{"pools": "x"}', '{"roles": "x", "record": {"name": 7}}', "7"])
def test_line_that_is_no_part(line: str) -> None:
    """A line that is no part of an account is named by its number."""
    with pytest.raises(FlowEngineError, match="line 2: this is no part of an account"):
        Cloud.from_json(f"{Cloud().to_json()}{line}")


def test_account_of_another_version() -> None:
    """A later form of the file is refused."""
    header = json.loads(Cloud().to_json())
    header["account"]["version"] = 2
    with pytest.raises(FlowEngineError, match="version 2"):
        Cloud.from_json(json.dumps(header))


def test_seed_is_not_shown() -> None:
    """Whoever knows the seed can draw every secret of the account again."""
    assert "73641" not in repr(Cloud(seed=73641).state)
