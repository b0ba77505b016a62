"""Passkeys: registered when signed in, and used in place of a password."""

from __future__ import annotations

from typing import Final

import attrs
import pytest
from journey import EMAIL, PASSWORD, Journey, asked, pool_of, reason, stand

import flowengine as fe
from flowengine.settings import Passkey
from flowengine.testing import SoftwareAuthenticator

FACTORS: Final = ("PASSWORD", "WEB_AUTHN")
EXAMPLE: Final = Passkey(relying_party_id="example.com")
SINGLE: Final = pool_of(allowed_first_auth_factors=FACTORS, passkey=EXAMPLE)
MULTI: Final = pool_of(
    "totp",
    mode="optional",
    allowed_first_auth_factors=FACTORS,
    passkey=Passkey(relying_party_id="example.com", factor_configuration="MULTI_FACTOR_WITH_USER_VERIFICATION"),
)


async def begin_registration(ada: Journey) -> fe.Snapshot:
    """Register, sign in, and ask for the options of a new passkey."""
    await ada.register()
    await ada.with_password()
    return await ada.send("register_passkey")


async def register_passkey(ada: Journey) -> fe.Snapshot:
    """Register a passkey, signed in."""
    options = (await begin_registration(ada)).parameters["credential_creation_options"]
    return await ada.send("finish_passkey", credential=ada.authenticator.create(options))


async def sign(ada: Journey, authenticator: SoftwareAuthenticator) -> fe.Snapshot:
    """Answer the challenge with a passkey."""
    options = ada.snapshot.parameters["credential_request_options"]
    return await ada.send("answer", credential=authenticator.get(options))


async def test_passkey_takes_the_place_of_the_password() -> None:
    """A passkey that was registered signs in, and leaves the options behind when it has."""
    async with Journey(SINGLE) as ada:
        snapshot = await begin_registration(ada)
        assert (*stand(snapshot), asked(snapshot, "finish_passkey")) == (
            "signed_in", "CREATION_OPTIONS", ("credential",),
        )  # fmt: skip
        options = snapshot.parameters["credential_creation_options"]
        assert (options["rp"]["id"], options["user"]["name"]) == ("example.com", "ada")
        snapshot = await ada.send("finish_passkey", credential=ada.authenticator.create(options))
        assert (*stand(snapshot), dict(snapshot.parameters)) == ("signed_in", None, {})
        await ada.send("sign_out")
        snapshot = await ada.sign_in("sign_in_with_choice", preferred_challenge="WEB_AUTHN")
        assert snapshot.parameters["credential_request_options"]["rpId"] == "example.com"
        assert stand(await sign(ada, ada.authenticator)) == ("signed_in", None)
        assert (await ada.claims())["email"] == EMAIL


async def test_foreign_passkey_is_refused() -> None:
    """What another authenticator signs does not sign in; the challenge waits for the right one."""
    async with Journey(SINGLE) as ada:
        options = (await begin_registration(ada)).parameters["credential_creation_options"]
        await ada.send("finish_passkey", credential=ada.authenticator.create(options))
        stranger = SoftwareAuthenticator()
        stranger.create(options)
        await ada.send("sign_out")
        await ada.sign_in("sign_in_with_choice", preferred_challenge="WEB_AUTHN")
        snapshot = await sign(ada, stranger)
        assert (*stand(snapshot), reason(snapshot)) == ("passkey_challenge", "WEB_AUTHN", "NotAuthorizedException")
        assert (await sign(ada, ada.authenticator)).state == "signed_in"


async def test_page_of_another_origin_cannot_register() -> None:
    """A passkey that was made on another page is refused, and one that was made on ours is registered then."""
    async with Journey(SINGLE) as ada:
        options = (await begin_registration(ada)).parameters["credential_creation_options"]
        foreign = SoftwareAuthenticator().create(options, origin="https://example.org")
        snapshot = await ada.send("finish_passkey", credential=foreign)
        assert snapshot.state == "signed_in"
        assert reason(snapshot) in ("WebAuthnClientMismatchException", "WebAuthnOriginNotAllowedException")
        options = (await ada.send("register_passkey")).parameters["credential_creation_options"]
        snapshot = await ada.send("finish_passkey", credential=ada.authenticator.create(options))
        assert (*stand(snapshot), reason(snapshot)) == ("signed_in", None, None)


async def test_registration_may_be_left() -> None:
    """Whoever does not finish the registration is signed in all the same, and can refresh and sign out."""
    async with Journey(SINGLE) as ada:
        await begin_registration(ada)
        assert (await ada.send("refresh")).error is None
        assert (await ada.send("sign_out")).state == "signed_out"


async def test_pool_without_domain_cannot_register() -> None:
    """Where the pool has no relying party, the user stays signed in and is told that trying again is of no use."""
    async with Journey(pool_of(allowed_first_auth_factors=FACTORS)) as ada:
        snapshot = await begin_registration(ada)
        assert stand(snapshot) == ("signed_in", None)
        assert snapshot.error is not None
        assert (snapshot.error.code, snapshot.error.retryable) == ("WebAuthnConfigurationMissingException", False)


async def test_passkey_that_counts_twice_must_verify_the_user() -> None:
    """Where a passkey counts as several factors, one that does not verify the user is refused, and nothing else."""
    async with Journey(MULTI) as ada:
        ada.authenticator = SoftwareAuthenticator(verifies_user=False)
        snapshot = await register_passkey(ada)
        assert (*stand(snapshot), reason(snapshot)) == (
            "signed_in", "CREATION_OPTIONS", "WebAuthnCredentialNotSupportedException",
        )  # fmt: skip
        assert (await ada.enrol_app()).error is None
        await ada.send("sign_out")
        assert (await ada.with_password()).pending == "SOFTWARE_TOKEN_MFA"


@pytest.mark.parametrize("mode", ["optional", "required"])
async def test_passkey_counts_as_both_factors(mode: str) -> None:
    """A passkey that verifies the user and counts as several factors signs in a user with MFA by itself."""
    pool = attrs.evolve(MULTI, mfa=fe.Mfa(mode=mode, factors=("totp",)))
    async with Journey(pool) as ada:
        ada.authenticator = SoftwareAuthenticator()
        await ada.register()
        if stand(await ada.with_password()) == ("mfa_setup", "MFA_SETUP"):
            await ada.send("set_up_totp")
            ada.scan()
            await ada.send("verify_totp", code=ada.app_code())
        else:
            await ada.enrol_app()
        options = (await ada.send("register_passkey")).parameters["credential_creation_options"]
        assert stand(await ada.send("finish_passkey", credential=ada.authenticator.create(options))) == (
            "signed_in", None,
        )  # fmt: skip
        assert reason(await ada.send("enable_passkey_mfa")) is None
        await ada.send("sign_out")
        await ada.sign_in("sign_in_with_choice", preferred_challenge="WEB_AUTHN")
        assert stand(await sign(ada, ada.authenticator)) == ("signed_in", None)
        assert (await ada.claims())["email"] == EMAIL


async def test_single_factor_passkey_is_not_offered_beside_mfa() -> None:
    """Where a passkey is one factor, a user with a second factor is offered the password alone."""
    pool = pool_of("totp", mode="optional", allowed_first_auth_factors=FACTORS, passkey=EXAMPLE)
    async with Journey(pool) as ada:
        await register_passkey(ada)
        await ada.enrol_app()
        await ada.send("sign_out")
        snapshot = await ada.sign_in("sign_in_with_choice", preferred_challenge="WEB_AUTHN")
        assert snapshot.parameters["choices"] == ("PASSWORD_SRP", "PASSWORD")
        assert (await ada.send("answer", answer="PASSWORD", password=PASSWORD)).pending == "SOFTWARE_TOKEN_MFA"
