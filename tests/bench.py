"""Measures what the engine costs, and writes `bench.json`.

Each figure is the median of several rounds; where two things are compared, their rounds alternate in one run, so that
a slow moment of the machine hits both. `python tests/bench.py` prints value and goal.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import os
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import aioboto3
import structlog
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.session import AioSession
from bench_explore import every_pool_seconds, flow_seconds, step_speedup
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from pycognito.aws_srp import AWSSRP

import flowengine as fe
from flowengine.library import shipped_names

ROUNDS: Final = 15
CALL_ROUNDS: Final = 25
CALLS: Final = 150
WARM_UP: Final = 20
SESSIONS: Final = 10_000
CLIENT_ID: Final = "1h57kf5cpq17m0eml12example"
PHONE: Final = "+15555550100"
PASSWORD: Final = "Staple-7"
CHALLENGE: Final = {
    "ChallengeName": "SMS_MFA",
    "Session": "s" * 920,
    "ChallengeParameters": {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
        "CODE_DELIVERY_DESTINATION": "+*******0100",
        "USER_ID_FOR_SRP": "8a1c7f2e-4f0a-4f0e-9a58-0d5c2f7d1f11",
    },
}

Figures = dict[str, dict[str, Any]]


def figure(value: float, goal: float | None, unit: str, *, bound: str = "at most") -> dict[str, Any]:
    """Make one entry of the result."""
    return {"value": round(value, 3), "goal": goal, "bound": bound, "unit": unit}


# A send over a bare call


class _Body:
    async def read(self) -> bytes:
        return json.dumps(CHALLENGE).encode()


async def _canned(request: AWSPreparedRequest, **_: object) -> AioAWSResponse:
    return AioAWSResponse(request.url, 200, HTTPHeaders(), _Body())


def _canned_session() -> aioboto3.Session:
    core = AioSession()
    core.set_credentials("unused", "unused")
    core.register("before-send.cognito-identity-provider", _canned)
    return aioboto3.Session(botocore_session=core, region_name="us-east-1")


async def _cpu(call: Callable[[], Awaitable[object]]) -> float:
    """CPU seconds of a number of calls, one after the other, once caches are warm."""
    for _ in range(WARM_UP):
        await call()
    started = time.process_time()
    for _ in range(CALLS):
        await call()
    return time.process_time() - started


@contextlib.contextmanager
def _json_logs() -> Iterator[None]:
    """Write every log event as JSON for a while."""
    before = structlog.get_config()
    with Path(os.devnull).open("w", encoding="utf-8") as stream:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.WriteLoggerFactory(stream),
        )
        yield
    structlog.configure(**before)


async def _sender(cognito: fe.Cognito) -> Callable[[], Awaitable[object]]:
    """Bring a session to where a sign-in can be sent again and again."""
    engine = fe.Engine(fe.load("phone-sms-mfa"), cognito)
    snapshot = await engine.start()
    await engine.send(snapshot.id, "sign_in", username=PHONE, password=PASSWORD)
    return lambda: engine.send(snapshot.id, "sign_in", password=PASSWORD)


async def send_over_bare_call() -> Figures:
    """Compare an engine's send with the call that it makes, on a client as aioboto3 opens it."""
    session = _canned_session()
    cognito = fe.Cognito(client_id=CLIENT_ID, user_pool_id="us-east-1_Ex12", session=session)
    async with session.client("cognito-idp") as client, cognito:

        async def bare() -> None:
            parameters = {"USERNAME": PHONE, "PASSWORD": PASSWORD}
            await client.initiate_auth(ClientId=CLIENT_ID, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

        send = await _sender(cognito)
        filtered, logged = [], []
        for _ in range(CALL_ROUNDS):
            base = await _cpu(bare)
            filtered.append(await _cpu(send) / base)
            with _json_logs():
                logged.append(await _cpu(send) / base)
    return {
        "send_over_bare_call": figure(statistics.median(filtered), 1.25, "CPU ratio"),
        "send_over_bare_call_logged": figure(statistics.median(logged), 1.5, "CPU ratio"),
    }


# Proving a password

CLAIM: Final = {
    "SALT": f"{0x5EED << 100:x}",
    "SRP_B": f"{(0xB0B << 3000) + 5:x}",
    "SECRET_BLOCK": base64.b64encode(bytes(range(256)) * 3).decode(),
    "USERNAME": "ann",
    "USER_ID_FOR_SRP": "8a1c7f2e-4f0a-4f0e-9a58-0d5c2f7d1f11",
}
"""What a server says to whoever proves a password: the client cannot tell whether it knows the password."""
TOKENS: Final = {
    **{name: name * 80 for name in ("AccessToken", "IdToken", "RefreshToken")},
    "ExpiresIn": 3600,
    "TokenType": "Bearer",
}
SRP_POOL: Final = "us-east-1_Ex12"
SIGN_INS: Final = 50
PROOFS: Final = 8


class _Prover:
    """Answers a sign-in by SRP at once, to an engine and to pycognito alike."""

    user_pool_id = SRP_POOL

    async def call(self, operation: str, _request: Mapping[str, Any], /) -> Mapping[str, Any]:
        """Answer an engine."""
        return self.initiate_auth() if operation == "InitiateAuth" else self.respond_to_auth_challenge()

    def initiate_auth(self, **_: object) -> dict[str, Any]:
        """Ask for the proof."""
        return {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": CLAIM}

    def respond_to_auth_challenge(self, **_: object) -> dict[str, Any]:
        """Take whatever is proved."""
        return {"AuthenticationResult": TOKENS}


def _srp_flow() -> fe.Flow:
    client = fe.Client(explicit_auth_flows=("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"))
    verification = fe.Verification(auto_verified_attributes=("email",))
    return fe.load("standard", pool=fe.PoolSettings(verification=verification, client=client))


async def _prove(engine: fe.Engine) -> None:
    snapshot = await engine.start()
    snapshot = await engine.send(snapshot.id, "sign_in_with_srp", username="ann", password=PASSWORD)
    if snapshot.tokens is None:
        raise AssertionError


def _prove_by_pycognito() -> None:
    client = AWSSRP("ann", PASSWORD, SRP_POOL, CLIENT_ID, client=_Prover())
    client.authenticate_user()


async def _longest_stall(work: Callable[[], Awaitable[object]]) -> float:
    """The longest time, in seconds, that the event loop let nobody else run while some work went on."""
    task = asyncio.ensure_future(work())
    longest, last = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    await task
    return longest


async def _all(job: Callable[[], Awaitable[object]]) -> None:
    await asyncio.gather(*(job() for _ in range(SIGN_INS)))


async def srp() -> Figures:
    """Compare a sign-in by SRP with pycognito's, the server's answers ready; and see whether the loop goes on."""
    engine = fe.Engine(_srp_flow(), _Prover())
    await _prove(engine)
    _prove_by_pycognito()
    ratios = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(PROOFS):
            await _prove(engine)
        proved = time.process_time()
        for _ in range(PROOFS):
            _prove_by_pycognito()
        ratios.append((proved - started) / (time.process_time() - proved))
    stalls = [await _longest_stall(lambda: _all(lambda: _prove(engine))) for _ in range(5)]
    theirs = await _longest_stall(lambda: _all(lambda: asyncio.to_thread(_prove_by_pycognito)))
    await engine.close()
    return {
        "srp_over_pycognito": figure(statistics.median(ratios), 0.15, "CPU ratio"),
        "srp_loop_stall_ms": figure(1000 * statistics.median(stalls), 10, "ms"),
        "srp_loop_stall_ms_pycognito": figure(1000 * theirs, None, "ms, on threads"),
    }


# Memory


class _Answers:
    """A driver that answers each call with texts of its own, of the lengths that Cognito gives them."""

    user_pool_id = SRP_POOL

    def __init__(self) -> None:
        self._count = 0

    async def call(self, operation: str, _request: Mapping[str, Any], /) -> Mapping[str, Any]:
        """Answer."""
        self._count += 1
        if operation == "SignUp":
            details = {"Destination": f"+*******{self._count % 10_000:04}", "DeliveryMedium": "SMS"}
            return {"UserConfirmed": False, "CodeDeliveryDetails": {**details, "AttributeName": "phone_number"}}
        if operation == "InitiateAuth":
            return {**CHALLENGE, "Session": f"{self._count:0920}"}
        tokens = {name: f"{name}{self._count:01068}" for name in ("AccessToken", "IdToken", "RefreshToken")}
        return {"AuthenticationResult": {**tokens, "ExpiresIn": 3600}}


async def _bytes_per_session(events: list[tuple[str, dict[str, str]]]) -> float:
    engine = fe.Engine(fe.load("phone-sms-mfa"), _Answers())
    await _walk(engine, events, 0)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(1, SESSIONS + 1):
        await _walk(engine, events, number)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / SESSIONS


async def _walk(engine: fe.Engine, events: list[tuple[str, dict[str, str]]], number: int) -> None:
    session_id = (await engine.start()).id
    for event, inputs in events:
        names = {"username": f"+1555{number:07}"} if event in ("sign_up", "sign_in") else {}
        await engine.send(session_id, event, **names, **inputs)


async def bytes_per_session() -> Figures:
    """Measure sessions in the memory store."""
    sign_in = ("sign_in", {"password": PASSWORD})
    walks = {
        "unconfirmed": [("sign_up", {"password": PASSWORD})],
        "mfa_challenge": [sign_in],
        "signed_in": [sign_in, ("answer", {"code": "123456"})],
    }
    goals = {"unconfirmed": 2048}
    return {
        f"bytes_per_session_{state}": figure(await _bytes_per_session(events), goals.get(state), "bytes")
        for state, events in walks.items()
    }


# Loading and starting

_LOAD = """
import sys, time
import flowengine as fe
started = time.perf_counter()
fe.load(sys.argv[1])
first = time.perf_counter()
fe.load(sys.argv[1])
print(1000 * (first - started), 1000 * (time.perf_counter() - first))
"""


def _largest_spec() -> str:
    return max(shipped_names(), key=lambda name: len(fe.load(name).edges))


def load_times() -> Figures:
    """Measure loading in fresh processes; the first load includes the modules that it imports."""
    command = [sys.executable, "-c", _LOAD, _largest_spec()]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() for _ in range(ROUNDS)]
    first, again = (statistics.median(float(run[column]) for run in runs) for column in (0, 1))
    return {"load_first_ms": figure(first, 150, "ms"), "load_again_ms": figure(again, 5, "ms")}


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def help_over_python() -> Figures:
    """Compare `flowengine --help` with an empty interpreter."""
    script = str(Path(sys.executable).with_name("flowengine"))
    ratios = [_seconds([script, "--help"]) / _seconds([sys.executable, "-c", "pass"]) for _ in range(ROUNDS)]
    return {"help_over_python": figure(statistics.median(ratios), 12, "ratio")}


def exploring() -> Figures:
    """Measure what exploration costs."""
    return {
        "explore_step_speedup": figure(asyncio.run(step_speedup()), 10, "CPU ratio", bound="at least"),
        "explore_one_s": figure(flow_seconds(), 5, "s"),
        "explore_every_pool_s": figure(every_pool_seconds(), 600, "s"),
    }


def main() -> None:
    """Measure everything."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    figures = {
        **asyncio.run(send_over_bare_call()),
        **asyncio.run(srp()),
        **asyncio.run(bytes_per_session()),
        **load_times(),
        **help_over_python(),
        **exploring(),
    }
    for name, entry in figures.items():
        goal = f"   (goal: {entry['bound']} {entry['goal']:,})" if entry["goal"] else ""
        print(f"{name:32} {entry['value']:>12,} {entry['unit']}{goal}")
    Path("bench.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
