"""Sign-ins by the service's own AWS credentials."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

import attrs
import pytest
from functions import ANSWERS, functions
from journey import ANY_FLOW, NEW_PASSWORD, PASSWORD, WRONG, Journey, pool_of, reason, stand

import flowengine as fe
from flowengine.settings import TRIGGERS, Devices

SERVER_SIDE: Final = "sign_in_server_side"
SECRET: Final = attrs.evolve(ANY_FLOW, generate_secret=True)
ANSWERED_BY_THE_SERVICE: Final = """\
flowengine: 1
name: answered-by-the-service
summary: The service begins and answers every sign-in as an administrator.
extends: standard
states:
  signed_out:
    on:
      choose_server_side:
        action: admin_initiate_auth
        with: {auth_flow: USER_AUTH}
        then: &proof
          PASSWORD_VERIFIER: admin_respond_to_auth_challenge
          DEVICE_SRP_AUTH: admin_respond_to_auth_challenge
          DEVICE_PASSWORD_VERIFIER: admin_respond_to_auth_challenge
        to: {use: authentication}
      prove_server_side:
        action: admin_initiate_auth
        with: {auth_flow: USER_SRP_AUTH}
        then: *proof
        to: {use: authentication}
      ask_server_side:
        action: admin_initiate_auth
        with: {auth_flow: CUSTOM_AUTH}
        to: {use: authentication}
  mfa_challenge:
    on: {answer: &answer {action: admin_respond_to_auth_challenge, to: {use: challenge}}}
  one_time_password:
    on: {answer: *answer}
  custom_challenge:
    on: {answer: *answer}
  new_password:
    on: {answer: {action: admin_respond_to_auth_challenge, then: *proof, to: {use: challenge}}}
  factor_selection:
    on: {answer: {action: admin_respond_to_auth_challenge, then: *proof, to: {use: challenge}}}
"""


def answered_by_the_service(folder: Path, pool: fe.PoolSettings) -> fe.Flow:
    """Return a flow that answers challenges as an administrator."""
    path = folder / "answered-by-the-service.yaml"
    path.write_text(ANSWERED_BY_THE_SERVICE)
    return fe.load(path, pool=pool)


@pytest.mark.parametrize("client", [ANY_FLOW, SECRET], ids=["public", "secret"])
async def test_password_signs_in_server_side(client: fe.Client) -> None:
    """The service signs a user in with the password, with and without a client secret."""
    async with Journey(pool_of(client=client), signed=True) as ada:
        await ada.register()
        assert reason(await ada.sign_in(SERVER_SIDE, password=WRONG)) == "INCORRECT_USERNAME_OR_PASSWORD"
        assert stand(await ada.sign_in(SERVER_SIDE, password=PASSWORD)) == ("signed_in", None)
        assert ada.wire.calls[-1] == "AdminInitiateAuth"
        assert (await ada.claims())["cognito:username"] == "ada"


async def test_client_without_credentials_is_a_mistake() -> None:
    """Without AWS credentials nothing is sent, and the session stays as it is."""
    async with Journey(pool_of()) as ada:
        await ada.register()
        with pytest.raises(fe.FlowEngineError, match="must be signed with AWS credentials"):
            await ada.sign_in(SERVER_SIDE, password=PASSWORD)
        assert (await ada.engine.get(ada.snapshot.id)).state == "confirmed"
        assert (await ada.with_password()).state == "signed_in"


async def test_remembered_device_works_server_side() -> None:
    """A remembered device stands in for the second factor where the service signs in, and every call is signed."""
    devices = Devices(remembered="always", challenge_required_on_new_device=True)
    async with Journey(pool_of("sms", devices=devices), signed=True) as ada:
        await ada.register()
        await ada.sign_in(SERVER_SIDE, password=PASSWORD)
        await ada.send("answer", code=ada.code)
        device = (await ada.send("remember_device")).device
        await ada.start_over()
        ada.wire.calls.clear()
        assert (await ada.sign_in(SERVER_SIDE, password=PASSWORD, device=device)).state == "signed_in"
        assert ada.wire.calls == ["AdminInitiateAuth", *["AdminRespondToAuthChallenge"] * 2]


async def test_second_factor_is_answered_server_side(tmp_path: Path) -> None:
    """Password, new password and code are all answered as an administrator, and nobody else could."""
    pool = pool_of("sms", client=attrs.evolve(SECRET, explicit_auth_flows=("ALLOW_ADMIN_USER_PASSWORD_AUTH",)))
    async with Journey(pool, flow=answered_by_the_service(tmp_path, pool), signed=True) as ada:
        ada.invite()
        assert (await ada.sign_in(SERVER_SIDE, password=PASSWORD)).state == "new_password"
        assert (await ada.send("answer", new_password=NEW_PASSWORD)).state == "mfa_challenge"
        assert reason(await ada.send("answer", code="no-code")) == "CodeMismatchException"
        assert (await ada.send("answer", code=ada.code)).state == "signed_in"
        assert {*ada.wire.calls} == {"AdminInitiateAuth", "AdminRespondToAuthChallenge"}
        assert (await ada.claims())["cognito:username"] == "ada"


async def test_password_is_proved_server_side(tmp_path: Path) -> None:
    """A proof is begun and given as an administrator."""
    pool = pool_of()
    async with Journey(pool, flow=answered_by_the_service(tmp_path, pool), signed=True) as ada:
        await ada.register()
        await ada.start_over()
        assert (await ada.sign_in("prove_server_side", password=PASSWORD)).state == "signed_in"
        assert ada.wire.calls[-2:] == ["AdminInitiateAuth", "AdminRespondToAuthChallenge"]


@pytest.mark.parametrize(
    ("answer", "more"),
    [("EMAIL_OTP", {}), ("PASSWORD", {"password": PASSWORD}), ("PASSWORD_SRP", {"password": PASSWORD})],
)
async def test_factor_is_chosen_server_side(tmp_path: Path, answer: str, more: dict[str, Any]) -> None:
    """A first factor is offered, chosen and answered as an administrator."""
    pool = pool_of(allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"))
    async with Journey(pool, flow=answered_by_the_service(tmp_path, pool), signed=True) as ada:
        await ada.register()
        await ada.start_over()
        snapshot = await ada.sign_in("choose_server_side")
        assert snapshot.parameters["choices"] == ("PASSWORD_SRP", "PASSWORD", "EMAIL_OTP")
        snapshot = await ada.send("answer", answer=answer, **more)
        if snapshot.pending == "EMAIL_OTP":
            await ada.send("answer", code=ada.code)
        assert ada.snapshot.state == "signed_in"
        assert "RespondToAuthChallenge" not in ada.wire.calls


async def test_custom_challenge_is_answered_server_side(tmp_path: Path) -> None:
    """The questions of Lambda functions are answered as an administrator."""
    pool = pool_of(lambda_triggers=[name for name in TRIGGERS if "challenge" in name])
    flow = answered_by_the_service(tmp_path, pool)
    async with Journey(pool, flow=flow, triggers=functions(pool), signed=True) as ada:
        await ada.register()
        await ada.start_over()
        assert (await ada.sign_in("ask_server_side")).pending == "CUSTOM_CHALLENGE"
        assert (await ada.send("answer", answer=ANSWERS[0])).state == "signed_in"


@pytest.mark.parametrize("fault", ["lost_before", "lost_after"])
async def test_lost_answer_server_side(tmp_path: Path, fault: Literal["lost_before", "lost_after"]) -> None:
    """An answer as an administrator that is lost leads back to where the user can sign in, and then does."""
    pool = pool_of("sms")
    async with Journey(pool, flow=answered_by_the_service(tmp_path, pool), signed=True) as ada:
        await ada.register()
        await ada.sign_in(SERVER_SIDE, password=PASSWORD)
        ada.simulator.fail_next(fault, "AdminRespondToAuthChallenge")
        snapshot = await ada.send("answer", code=ada.code)
        assert (*stand(snapshot), reason(snapshot)) == ("signed_out", None, "ANSWER_LOST")
        await ada.sign_in(SERVER_SIDE, password=PASSWORD)
        assert (await ada.send("answer", code=ada.code)).state == "signed_in"
