"""Passkeys: registered, refused, listed, deleted, and signed in with, by a software authenticator."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from simulated import EMAIL, NAME, VERIFY_EMAIL, Caller, refused
from soft_webauthn import SoftWebauthnDevice  # type: ignore[import-untyped]  # publishes no types

from flowengine.settings import Client, Passkey, PoolSettings

RELYING_PARTY = "login.example.com"
ORIGIN = f"https://{RELYING_PARTY}"
NO_CHALLENGE = ("WebAuthnChallengeNotFoundException", "No registration of a passkey waits for this challenge")
WRONG_ORIGIN = ("WebAuthnOriginNotAllowedException", "The passkey was made for another origin")
WRONG_PARTY = ("WebAuthnRelyingPartyMismatchException", "The passkey was made for another relying party")
UNSUPPORTED = (
    "WebAuthnCredentialNotSupportedException",
    "The passkey is not of a kind that the user pool supports",
)
MALFORMED = ("InvalidParameterException", "The credential is malformed")
WRONG = ("NotAuthorizedException", "The passkey does not verify")
MANY = ("LimitExceededException", "The user has as many passkeys as possible")

CHOICE = Client(explicit_auth_flows=("ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"))


def passkey_pool(**passkey: str) -> PoolSettings:
    """Return a pool that allows passkeys."""
    return PoolSettings(
        verification=VERIFY_EMAIL,
        allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN"),
        passkey=Passkey(relying_party_id=RELYING_PARTY, **passkey),
        client=CHOICE,
    )


def decoded(text: str) -> bytes:
    """Return what URL-safe Base64 without padding stands for."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def as_json(value: Any) -> Any:
    """Return a credential as browsers give it to a page: bytes in URL-safe Base64, no padding."""
    if isinstance(value, Mapping):
        return {name: as_json(item) for name, item in value.items() if name != "id"}
    return base64.urlsafe_b64encode(value).decode().rstrip("=") if isinstance(value, bytes) else value


def credential(made: dict[str, Any]) -> dict[str, Any]:
    """Return what an authenticator made, as a page sends it."""
    sent: dict[str, Any] = as_json(made)
    return {**sent, "id": sent["rawId"], "clientExtensionResults": {}}


class Browser:
    """A page with a software authenticator, and its user, signed in."""

    def __init__(self, pool: Caller, access_token: str) -> None:
        self.pool = pool
        self.token = access_token
        self.authenticator = SoftWebauthnDevice()

    async def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call an operation with the access token."""
        return await self.pool.call(operation, AccessToken=self.token, **request)

    async def options(self) -> dict[str, Any]:
        """Start a registration; return its options."""
        answer = await self.call("StartWebAuthnRegistration")
        options: dict[str, Any] = answer["CredentialCreationOptions"]
        return options

    def create(self, options: dict[str, Any], origin: str = ORIGIN) -> dict[str, Any]:
        """Let the authenticator create a passkey, as a page of an origin asks."""
        given = {**options, "challenge": decoded(options["challenge"])}
        return credential(self.authenticator.create({"publicKey": given}, origin))

    async def register(self) -> str:
        """Register a passkey; return its id."""
        made = self.create(await self.options())
        assert await self.call("CompleteWebAuthnRegistration", Credential=made) == {}
        return str(made["id"])

    async def asked(self) -> dict[str, Any]:
        """Begin to sign in with a passkey."""
        return await self.pool.start("USER_AUTH", PREFERRED_CHALLENGE="WEB_AUTHN")

    def sign(self, asked: dict[str, Any], origin: str = ORIGIN) -> str:
        """Let the authenticator sign what a challenge asks for."""
        options = json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
        given = {**options, "challenge": decoded(options["challenge"])}
        return json.dumps(credential(self.authenticator.get({"publicKey": given}, origin)))


async def browser(settings: PoolSettings | None = None) -> Browser:
    """Return a browser in which a user is signed in."""
    pool = Caller(settings or passkey_pool())
    return Browser(pool, await pool.signed_in(email=EMAIL))


async def test_options() -> None:
    """The options name the pool's relying party and the user, and what kinds of passkeys are welcome."""
    page = await browser()
    options = await page.options()
    sub = (await page.pool.user())["UserAttributes"]["sub"]
    assert options == {
        "rp": {"id": RELYING_PARTY, "name": RELYING_PARTY},
        "user": {"id": as_json(sub.encode()), "name": NAME, "displayName": NAME},
        "challenge": options["challenge"],
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
        "timeout": 60_000,
        "excludeCredentials": [],
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": "preferred",
        },
        "attestation": "none",
    }
    assert len(decoded(options["challenge"])) == 32
    assert (await page.options())["challenge"] != options["challenge"]


async def test_registered() -> None:
    """A registered passkey is listed, excluded from the next registration, and one of the user's factors."""
    page = await browser()
    passkey = await page.register()
    assert (await page.call("ListWebAuthnCredentials"))["Credentials"] == [
        {
            "CredentialId": passkey,
            "FriendlyCredentialName": RELYING_PARTY,
            "RelyingPartyId": RELYING_PARTY,
            "AuthenticatorTransports": [],
            "CreatedAt": page.pool.simulator.clock.now(),
        }
    ]
    assert (await page.options())["excludeCredentials"] == [{"type": "public-key", "id": passkey}]
    factors = await page.call("GetUserAuthFactors")
    assert factors["ConfiguredUserAuthFactors"] == ["PASSWORD", "WEB_AUTHN"]


async def test_domain_is_the_relying_party() -> None:
    """Without a relying party of its own, the pool's domain is it."""
    settings = PoolSettings(
        verification=VERIFY_EMAIL, allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN"), domain=RELYING_PARTY
    )
    await (await browser(settings)).register()


async def test_no_relying_party() -> None:
    """With neither, there is nothing that a passkey could belong to."""
    page = await browser(PoolSettings(verification=VERIFY_EMAIL, allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN")))
    message = "The user pool has neither a relying party id nor a domain"
    with refused("WebAuthnConfigurationMissingException", message):
        await page.options()


@pytest.mark.parametrize("operation", ["StartWebAuthnRegistration", "CompleteWebAuthnRegistration"])
async def test_passkeys_are_not_allowed(operation: str) -> None:
    """A pool without passkeys registers none."""
    page = await browser(PoolSettings(verification=VERIFY_EMAIL, domain=RELYING_PARTY))
    with refused("WebAuthnNotEnabledException", "Passkeys are not an allowed first factor of the user pool"):
        await page.call(operation, Credential={})


async def test_wrong_origin() -> None:
    """A passkey that another site asked for is refused, and the registration goes on."""
    page = await browser()
    options = await page.options()
    with refused(*WRONG_ORIGIN):
        await page.call("CompleteWebAuthnRegistration", Credential=page.create(options, "https://evil.example.com"))
    await page.call("CompleteWebAuthnRegistration", Credential=page.create(options))


async def test_wrong_relying_party() -> None:
    """A passkey of another relying party is refused."""
    page = await browser()
    options = await page.options()
    made = page.create(options | {"rp": {"id": "example.com", "name": "another"}})
    with refused(*WRONG_PARTY):
        await page.call("CompleteWebAuthnRegistration", Credential=made)


async def test_wrong_challenge() -> None:
    """A passkey answers the newest registration, once, and none that was never started."""
    page = await browser()
    former = page.create(await page.options())
    made = page.create(await page.options())
    with refused(*NO_CHALLENGE):
        await page.call("CompleteWebAuthnRegistration", Credential=former)
    await page.call("CompleteWebAuthnRegistration", Credential=made)
    with refused(*NO_CHALLENGE):
        await page.call("CompleteWebAuthnRegistration", Credential=made)


async def test_too_late() -> None:
    """A registration waits as long as a challenge of a sign-in does."""
    page = await browser()
    made = page.create(await page.options())
    page.pool.pass_time(minutes=3)
    with refused(*NO_CHALLENGE):
        await page.call("CompleteWebAuthnRegistration", Credential=made)


async def test_user_has_to_be_verified() -> None:
    """Where the authenticator must verify the user, one that did not is refused."""
    page = await browser(passkey_pool(user_verification="required"))
    options = await page.options()
    assert options["authenticatorSelection"]["userVerification"] == "required"
    with refused(*UNSUPPORTED):
        await page.call("CompleteWebAuthnRegistration", Credential=page.create(options))


async def test_same_passkey_twice() -> None:
    """A passkey is registered once."""
    page = await browser()
    made = page.create(await page.options())
    await page.call("CompleteWebAuthnRegistration", Credential=made)
    client = json.loads(decoded(made["response"]["clientDataJSON"]))
    client["challenge"] = (await page.options())["challenge"]
    again = made | {"response": made["response"] | {"clientDataJSON": as_json(json.dumps(client).encode())}}
    with refused(*UNSUPPORTED):
        await page.call("CompleteWebAuthnRegistration", Credential=again)


@pytest.mark.parametrize("response", [None, {}, {"clientDataJSON": "bm8="}, {"clientDataJSON": "W10="}])
async def test_malformed_credential(response: dict[str, str] | None) -> None:
    """What is no credential is refused as such."""
    page = await browser()
    await page.options()
    with refused(*MALFORMED):
        await page.call("CompleteWebAuthnRegistration", Credential={"id": "x", "response": response})


async def test_credential_without_attestation() -> None:
    """The right client data alone are no credential."""
    page = await browser()
    made = page.create(await page.options())
    del made["response"]["attestationObject"]
    with refused(*MALFORMED):
        await page.call("CompleteWebAuthnRegistration", Credential=made)


async def test_twenty_passkeys() -> None:
    """A user has twenty passkeys at most; one that is deleted makes room."""
    page = await browser()
    passkeys = [await page.register() for _ in range(19)]
    waiting = page.create(await page.options())
    passkeys.append(await page.register())
    for attempt in (page.options(), page.call("CompleteWebAuthnRegistration", Credential=waiting)):
        with refused(*MANY):
            await attempt
    await page.call("DeleteWebAuthnCredential", CredentialId=passkeys[0])
    listed = (await page.call("ListWebAuthnCredentials"))["Credentials"]
    assert [passkey["CredentialId"] for passkey in listed] == passkeys[1:]
    await page.register()


async def test_delete_unknown() -> None:
    """A passkey that is not there cannot be deleted."""
    page = await browser()
    with refused("ResourceNotFoundException", "The passkey does not exist."):
        await page.call("DeleteWebAuthnCredential", CredentialId="unknown")


async def test_sign_in() -> None:
    """A passkey that signs the challenge signs the user in."""
    page = await browser()
    passkey = await page.register()
    asked = await page.asked()
    options = json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    assert options["allowCredentials"] == [{"type": "public-key", "id": passkey}]
    assert (options["rpId"], options["userVerification"]) == (RELYING_PARTY, "preferred")
    answer = await page.pool.respond(asked, CREDENTIAL=page.sign(asked))
    assert answer["AuthenticationResult"]["TokenType"] == "Bearer"


async def test_signature_of_another_sign_in() -> None:
    """What was signed for one sign-in, or for another site, does not serve for this one."""
    page = await browser()
    await page.register()
    former, asked = await page.asked(), await page.asked()
    for signed in (page.sign(former), page.sign(asked, "https://evil.example.com")):
        with refused(*WRONG):
            await page.pool.respond(asked, CREDENTIAL=signed)
    await page.pool.respond(asked, CREDENTIAL=page.sign(asked))


async def test_cloned_authenticator() -> None:
    """A counter that does not move on gives a copied passkey away."""
    page = await browser()
    await page.register()
    asked = await page.asked()
    await page.pool.respond(asked, CREDENTIAL=page.sign(asked))
    page.authenticator.sign_count = 0
    asked = await page.asked()
    with refused(*WRONG):
        await page.pool.respond(asked, CREDENTIAL=page.sign(asked))


async def test_unknown_passkey() -> None:
    """A passkey that the user does not have, or has deleted, signs nobody in."""
    page = await browser()
    await page.register()
    old, page.authenticator = page.authenticator, SoftWebauthnDevice()
    await page.register()
    asked = await page.asked()
    page.authenticator = old
    await page.call("DeleteWebAuthnCredential", CredentialId=as_json(old.credential_id))
    with refused(*WRONG):
        await page.pool.respond(asked, CREDENTIAL=page.sign(asked))


async def test_malformed_assertion() -> None:
    """What is no assertion is refused as such."""
    page = await browser()
    await page.register()
    asked = await page.asked()
    for text in ("no JSON", "{}", "[]"):
        with refused(*MALFORMED):
            await page.pool.respond(asked, CREDENTIAL=text)
    signed = json.loads(page.sign(asked))
    signed["response"]["clientDataJSON"] = as_json(b"\x87")
    with refused(*WRONG):
        await page.pool.respond(asked, CREDENTIAL=json.dumps(signed))


async def test_multi_factor_passkey_verifies_the_user() -> None:
    """A passkey that counts as several factors must have verified the user."""
    page = await browser(passkey_pool(factor_configuration="MULTI_FACTOR_WITH_USER_VERIFICATION"))
    with refused(*UNSUPPORTED):
        await page.register()


def test_missing_package() -> None:
    """Without the package that verifies passkeys, the error says how to get it."""
    check = (
        "import sys; sys.modules['webauthn'] = None\n"
        "from flowengine.errors import FlowEngineError\n"
        "from flowengine.simulator.passkeys import verify_assertion\n"
        "try:\n    verify_assertion(None, None, b'', '')\nexcept FlowEngineError as error:\n    print(error)"
    )
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "verifying passkeys needs the package webauthn: install flowengine[passkeys]"
