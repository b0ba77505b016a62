"""Passwords that are proved, not sent: right and wrong, with a client secret, an alias, and strangers."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest
from journey import ANY_FLOW, EMAIL, PASSWORD, WRONG, Journey, asked, pool_of, reason, stand

import flowengine as fe

SRP: Final = "sign_in_with_srp"
SECRET: Final = attrs.evolve(ANY_FLOW, generate_secret=True)
OPEN: Final = attrs.evolve(ANY_FLOW, prevent_user_existence_errors="LEGACY")
POOLS: Final = {
    "plain": pool_of(),
    "secret": pool_of(client=SECRET),
    "alias": pool_of(sign_in=fe.SignIn(alias_attributes=("email",))),
    "alias and secret": pool_of(sign_in=fe.SignIn(alias_attributes=("email",)), client=SECRET),
    "contact": pool_of(sign_in=fe.SignIn(username_attributes=("email",))),
    "contact and secret": pool_of(sign_in=fe.SignIn(username_attributes=("email",)), client=SECRET),
}
"""The pools in which what is typed and what is proved are, and are not, the same name."""


def user_of(name: str) -> dict[str, Any]:
    """Return who signs up in a pool."""
    return {"username": EMAIL, "attributes": {}} if "contact" in name else {"attributes": {"email": EMAIL}}


@pytest.mark.parametrize("name", POOLS)
async def test_right_password_signs_in(name: str) -> None:
    """The right password signs in, by whatever name it is proved, and never leaves the service."""
    async with Journey(POOLS[name], **user_of(name)) as ada:
        await ada.register()
        await ada.start_over()
        ada.wire.requests.clear()
        ada.username = EMAIL if "alias" in name else ada.username
        assert stand(await ada.sign_in(SRP, password=PASSWORD)) == ("signed_in", None)
        claims = await ada.claims()
        assert (claims["email"], claims["cognito:username"]) == (
            EMAIL,
            ada.wire.requests[-1]["ChallengeResponses"]["USERNAME"],
        )
        assert ada.wire.calls[-2:] == ["InitiateAuth", "RespondToAuthChallenge"]
        assert PASSWORD not in str(ada.wire.requests)


@pytest.mark.parametrize("name", POOLS)
async def test_wrong_password_can_be_mended(name: str) -> None:
    """A wrong password leaves the user where the sign-in began, and the right one then signs in."""
    async with Journey(POOLS[name], **user_of(name)) as ada:
        await ada.register()
        snapshot = await ada.sign_in(SRP, password=WRONG)
        assert snapshot.error is not None
        assert (*stand(snapshot), snapshot.error.code) == ("confirmed", None, "INCORRECT_USERNAME_OR_PASSWORD")
        assert snapshot.error.retryable
        assert (await ada.sign_in(SRP, password=PASSWORD)).state == "signed_in"


async def test_second_factor_follows_a_proof() -> None:
    """A second factor is asked for after a proof as after a password."""
    async with Journey(pool_of("sms", client=SECRET)) as ada:
        await ada.register()
        assert stand(await ada.sign_in(SRP, password=PASSWORD)) == ("mfa_challenge", "SMS_MFA")
        assert (await ada.send("answer", code=ada.code)).state == "signed_in"
        assert (await ada.claims())["cognito:username"] == "ada"


@pytest.mark.parametrize("event", ["sign_in", SRP])
async def test_stranger_is_not_told_apart(event: str) -> None:
    """Where the pool hides users, a stranger sees and costs the same as a user with a wrong password."""
    async with Journey(pool_of()) as ada:
        await ada.register()
        seen = []
        for name in ("ada", "grace"):
            await ada.start_over()
            ada.wire.calls.clear()
            ada.username = name
            snapshot = await ada.sign_in(event, password=WRONG)
            seen.append((stand(snapshot), snapshot.error, [*snapshot.accepts], snapshot.revision, [*ada.wire.calls]))
        assert seen[0] == seen[1]
        assert seen[0][1] == fe.Error(
            "INCORRECT_USERNAME_OR_PASSWORD", retryable=True, message="Incorrect username or password."
        )


async def test_stranger_is_told_apart_in_an_open_pool() -> None:
    """Where the pool does not hide users, a stranger is told so before any proof."""
    async with Journey(pool_of(client=OPEN), username="grace") as nobody:
        snapshot = await nobody.sign_in(SRP, password=WRONG)
        assert (snapshot.state, reason(snapshot)) == ("signed_out", "UserNotFoundException")
        assert nobody.wire.calls == ["InitiateAuth"]


async def test_unconfirmed_user_is_led_to_confirmation() -> None:
    """Whoever proves the password of a user who was never confirmed is led to confirmation."""
    async with Journey(pool_of()) as ada:
        await ada.sign_up()
        await ada.start_over()
        snapshot = await ada.sign_in(SRP, password=PASSWORD)
        assert (*stand(snapshot), reason(snapshot)) == ("unconfirmed", None, "UserNotConfirmedException")
        await ada.send("resend")
        assert (await ada.send("confirm", code=ada.code)).state == "confirmed"


async def test_proof_that_comes_too_late_can_be_given_again() -> None:
    """A proof for which the pool has waited too long is refused where the sign-in began, and another one signs in."""
    async with Journey(pool_of()) as ada:
        await ada.register()

        async def late(request: Any) -> Any:
            del ada.wire.stand_ins["RespondToAuthChallenge"]
            ada.clock.advance(seconds=15)
            return await ada.wire.inner.call("RespondToAuthChallenge", request)

        ada.wire.stand_ins["RespondToAuthChallenge"] = late
        snapshot = await ada.sign_in(SRP, password=PASSWORD)
        assert (*stand(snapshot), reason(snapshot)) == ("confirmed", None, "SESSION_EXPIRED")
        assert (await ada.sign_in(SRP, password=PASSWORD)).state == "signed_in"


@pytest.mark.parametrize("server_value", ["0", "", "no number"])
async def test_insincere_server_gets_no_proof(server_value: str) -> None:
    """Values that no sincere server sends are not answered, and the user can sign in again."""
    async with Journey(pool_of()) as ada:
        await ada.register()

        async def insincere(request: Any) -> Any:
            del ada.wire.stand_ins["InitiateAuth"]
            answer = await ada.wire.inner.call("InitiateAuth", request)
            return {**answer, "ChallengeParameters": {**answer["ChallengeParameters"], "SRP_B": server_value}}

        ada.wire.stand_ins["InitiateAuth"] = insincere
        snapshot = await ada.sign_in(SRP, password=PASSWORD)
        assert (snapshot.state, reason(snapshot)) == ("confirmed", "ANSWER_LOST")
        assert "RespondToAuthChallenge" not in ada.wire.calls
        assert (await ada.sign_in(SRP, password=PASSWORD)).state == "signed_in"


async def test_known_user_is_not_asked_for_the_name_again() -> None:
    """After the sign-up the session knows who signs in."""
    async with Journey(pool_of()) as ada:
        assert "username" in asked(ada.snapshot, SRP)
        await ada.register()
        assert (await ada.send(SRP, password=PASSWORD)).state == "signed_in"
