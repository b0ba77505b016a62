"""A pool's state: what is copied goes its own way, and what is put back is where the pool goes on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from simulated import EMAIL, EMAIL_POOL, NAME, PASSWORD, PHONE, VERIFY_BOTH, WRONG_PASSWORD, Caller, refused

from flowengine.errors import CognitoRefusal, TokenInvalid
from flowengine.settings import Client, Mfa, PoolSettings
from flowengine.simulator import Simulator
from flowengine.simulator.state import RECORDS, PoolState

NEW_PASSWORD = "Brand-new-horse-8"
CLIENT = Client(
    explicit_auth_flows=("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"),
    refresh_token_rotation="DISABLED",
)
POOL = PoolSettings(verification=VERIFY_BOTH, mfa=Mfa(mode="optional", factors=("sms", "totp")), client=CLIENT)


def _access(simulator: Simulator) -> str:
    """A token of the last sign-in, made out of what the pool remembers."""
    return str(_called(simulator, "InitiateAuth", **_refresh(simulator))["AuthenticationResult"]["AccessToken"])


def _refresh(simulator: Simulator) -> dict[str, Any]:
    token = next(reversed(simulator.state.refresh_tokens), "none")
    return {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}}


def _code(simulator: Simulator) -> str:
    return simulator.outbox[-1].code if simulator.outbox else "000000"


def _password(password: str) -> dict[str, Any]:
    return {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": NAME, "PASSWORD": password}}


def _answer(simulator: Simulator) -> dict[str, Any]:
    return {
        "ChallengeName": "SMS_MFA",
        "Session": next(reversed(simulator.state.challenges), "s" * 20),
        "ChallengeResponses": {"USERNAME": NAME, "SMS_MFA_CODE": _code(simulator)},
    }


CONTACTS: Final = [{"Name": "email", "Value": EMAIL}, {"Name": "phone_number", "Value": PHONE}]
REQUESTS: Final[Mapping[str, Callable[[Simulator], tuple[str, dict[str, Any]]]]] = {
    "sign up": lambda _: ("SignUp", {"Username": NAME, "Password": PASSWORD, "UserAttributes": CONTACTS}),
    "confirm": lambda one: ("ConfirmSignUp", {"Username": NAME, "ConfirmationCode": _code(one)}),
    "resend": lambda _: ("ResendConfirmationCode", {"Username": NAME}),
    "sign in": lambda _: ("InitiateAuth", _password(PASSWORD)),
    "sign in wrongly": lambda _: ("InitiateAuth", _password(WRONG_PASSWORD)),
    "answer": lambda one: ("RespondToAuthChallenge", _answer(one)),
    "refresh": lambda one: ("InitiateAuth", _refresh(one)),
    "forget": lambda _: ("ForgotPassword", {"Username": NAME}),
    "reset": lambda one: (
        "ConfirmForgotPassword", {"Username": NAME, "ConfirmationCode": _code(one), "Password": NEW_PASSWORD}
    ),
    "prefer": lambda one: (
        "SetUserMFAPreference", {"AccessToken": _access(one), "SMSMfaSettings": {"Enabled": True}}
    ),
    "associate": lambda one: ("AssociateSoftwareToken", {"AccessToken": _access(one)}),
    "sign out": lambda _: ("AdminUserGlobalSignOut", {"Username": NAME}),
    "delete": lambda _: ("AdminDeleteUser", {"Username": NAME}),
}  # fmt: skip
BEGINNING: Final = ("sign up", "confirm", "sign in")
WALKS: Final = st.lists(st.sampled_from(sorted(REQUESTS)), max_size=12).map(lambda names: (*BEGINNING, *names))


def _called(simulator: Simulator, operation: str, **request: Any) -> dict[str, Any]:
    try:
        simulator.cognito().call(operation, request).send(None)
    except StopIteration as stop:
        answer: dict[str, Any] = stop.value
        return answer
    raise AssertionError


def made(simulator: Simulator, name: str) -> tuple[Any, ...]:
    """Make a request; return what came back."""
    try:
        operation, request = REQUESTS[name](simulator)
        return "answered", str(_called(simulator, operation, **request))
    except CognitoRefusal as refusal:
        return "refused", refusal.exception, refusal.message


def walked(simulator: Simulator, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Make requests; return what came back."""
    return [made(simulator, name) for name in names]


def simulator_of(pool: PoolSettings = POOL) -> Simulator:
    """Return a pool that signs quickly."""
    return Simulator(pool, algorithm="HS256")


@settings(deadline=None, max_examples=60)
@given(before=WALKS, after=WALKS)
def test_fork_is_not_touched_by_the_original(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Whatever happens in a pool, a fork of its state stays as it was."""
    simulator = simulator_of()
    walked(simulator, before)
    fork = simulator.state.fork()
    kept = copy.deepcopy(fork)
    assert fork == simulator.state
    walked(simulator, after)
    assert fork == kept


@settings(deadline=None, max_examples=60)
@given(before=WALKS, after=WALKS)
def test_original_is_not_touched_by_the_fork(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Whatever happens to a fork, what it was forked from stays as it was."""
    simulator = simulator_of()
    walked(simulator, before)
    original = simulator.state
    kept = copy.deepcopy(original)
    simulator.state = original.fork()
    walked(simulator, after)
    assert original == kept


@settings(deadline=None, max_examples=60)
@given(before=WALKS, meanwhile=WALKS, after=WALKS)
def test_put_back(before: tuple[str, ...], meanwhile: tuple[str, ...], after: tuple[str, ...]) -> None:
    """A state that is put back brings the pool back: the same requests have the same answers again."""
    simulator = simulator_of()
    walked(simulator, before)
    kept = simulator.state.fork()
    first = walked(simulator, after)
    left = simulator.state
    simulator.state = kept.fork()
    walked(simulator, meanwhile)
    simulator.state = kept
    assert walked(simulator, after) == first
    assert simulator.state == left


def test_every_member_is_forked() -> None:
    """No part of a state is shared that can be changed in place."""
    state = PoolState(seed=1)
    fork = state.fork()
    mutable = [entry.name for entry in attrs.fields(PoolState) if entry.name not in ("seed", "draws")]
    assert set(mutable) == {*RECORDS, "outbox", "faults"}
    assert not [name for name in mutable if getattr(state, name) is getattr(fork, name)]


def test_requests_do_come_to_something() -> None:
    """The requests of these walks are answered, each in its time."""
    simulator = simulator_of()
    names = (
        *BEGINNING, "prefer", "associate", "sign in", "answer", "refresh", "forget", "reset", "sign out", "delete",
    )  # fmt: skip
    assert [answer[0] for answer in walked(simulator, names)] == len(names) * ["answered"]


async def signed_in(algorithm: Any) -> tuple[Caller, dict[str, Any]]:
    """Return a pool that signs in this way, and the tokens of its user."""
    pool = Caller(EMAIL_POOL)
    pool.simulator = Simulator(EMAIL_POOL, algorithm=algorithm)
    pool.driver = pool.simulator.cognito()
    await pool.confirmed(email=EMAIL)
    return pool, await pool.tokens()


async def test_hashed_tokens_verify_in_their_own_pool() -> None:
    """Tokens that are signed quickly are verified by the pool's own driver, and good for its operations."""
    pool, tokens = await signed_in("HS256")
    assert (await pool.driver.verify(tokens["IdToken"]))["email"] == EMAIL
    assert (await pool.driver.verify(tokens["AccessToken"], "access"))["username"] == NAME
    assert (await pool.attributes(tokens["AccessToken"]))["email"] == EMAIL


@pytest.mark.parametrize(("algorithm", "other"), [("HS256", "RS256"), ("RS256", "HS256")])
async def test_tokens_of_another_algorithm(algorithm: str, other: str) -> None:
    """A pool that signs in one way takes no token that is signed in the other, all else being equal."""
    _, tokens = await signed_in(algorithm)
    pool, _ = await signed_in(other)
    with pytest.raises(TokenInvalid, match="the token is not signed by this pool"):
        await pool.driver.verify(tokens["IdToken"])
    with refused("NotAuthorizedException", "Invalid Access Token"):
        await pool.attributes(tokens["AccessToken"])


async def test_nobody_else_verifies_hashed_tokens() -> None:
    """The key of tokens that are signed quickly is not among the public ones."""
    pool, tokens = await signed_in("HS256")
    keys: Any = pool.simulator.jwks()
    assert {key["kty"] for key in keys["keys"]} == {"RSA"}
    with pytest.raises(JoseError):
        jwt.decode(tokens["IdToken"], KeySet.import_key_set(keys), algorithms=["HS256", "RS256"])


async def test_tampered_hashed_token() -> None:
    """A token of which a claim was changed does not verify."""
    pool, tokens = await signed_in("HS256")
    header, payload, signature = tokens["IdToken"].split(".")
    with pytest.raises(TokenInvalid, match="the token is not signed by this pool"):
        await pool.driver.verify(f"{header}.{payload[:-2]}AA.{signature}")
