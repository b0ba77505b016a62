"""Passkeys: registered, listed, deleted, and asked for at sign-in.

What a passkey signs is verified by the package `webauthn`, which is loaded when it is needed.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib import import_module
from typing import Any, Final

import attrs

from flowengine.errors import FlowEngineError
from flowengine.simulator import users
from flowengine.simulator.codes import sign_in_validity
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import (
    PASSKEY_CHALLENGE_UNKNOWN,
    PASSKEY_MALFORMED,
    PASSKEY_ORIGIN_WRONG,
    PASSKEY_RELYING_PARTY_WRONG,
    PASSKEY_UNKNOWN,
    PASSKEY_UNSUPPORTED,
    PASSKEY_WRONG,
    PASSKEYS_MANY,
    PASSKEYS_OFF,
    PASSKEYS_UNCONFIGURED,
)
from flowengine.simulator.state import Passkey, Registration, User
from flowengine.simulator.tokens import user_of_access_token

__all__ = [
    "MULTI_FACTOR", "assertion_options", "complete_webauthn_registration", "delete_webauthn_credential",
    "list_webauthn_credentials", "start_webauthn_registration", "verify_assertion",
]  # fmt: skip

Answer = dict[str, Any]

MULTI_FACTOR: Final = "MULTI_FACTOR_WITH_USER_VERIFICATION"
MOST_PASSKEYS: Final = 20
"""Passkeys of one user (page quotas)."""
ALGORITHMS: Final = (-7, -257)
"""ES256 and RS256, as COSE numbers them (StartWebAuthnRegistration)."""
TIMEOUT: Final = 60_000
"""How long an authenticator may take, in milliseconds (StartWebAuthnRegistration)."""
CHALLENGE_BYTES: Final = 32


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _webauthn(module: str = "webauthn") -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        msg = "verifying passkeys needs the package webauthn: install flowengine[passkeys]"
        raise FlowEngineError(msg) from error


def _failures() -> tuple[type[Exception], ...]:
    """What the package raises at a credential that does not verify, or that is not even made as one."""
    failure: type[Exception] = _webauthn("webauthn.helpers.exceptions").WebAuthnException
    return failure, LookupError, TypeError, ValueError


def _relying_party(call: Call) -> str:
    """
    Return the id of the relying party.

    Source: shape WebAuthnConfigurationType (RelyingPartyId).
    """
    found = call.settings.passkey.relying_party_id or call.settings.domain
    if found is None:
        raise PASSKEYS_UNCONFIGURED.error()
    return found


def _origin(relying_party: str) -> str:
    return f"https://{relying_party}"


def _needs_verified_user(call: Call) -> bool:
    passkey = call.settings.passkey
    return passkey.user_verification == "required" or passkey.factor_configuration == MULTI_FACTOR


def _descriptors(user: User) -> list[dict[str, str]]:
    return [{"type": "public-key", "id": passkey.credential_id} for passkey in user.passkeys]


def start_webauthn_registration(call: Call) -> Answer:
    """
    Return the options to create a passkey with.

    Source: StartWebAuthnRegistration.
    """
    user = _user_with_passkeys(call)
    relying_party = _relying_party(call)
    if len(user.passkeys) >= MOST_PASSKEYS:
        raise PASSKEYS_MANY.error()
    challenge = _encoded(call.random.randbytes(CHALLENGE_BYTES))
    call.state.registrations[user.sub] = Registration(
        challenge=challenge,
        expires_at=call.now + sign_in_validity(call.settings),  # the service does not say how long
    )
    options = {
        "rp": {"id": relying_party, "name": relying_party},
        "user": {"id": _encoded(user.sub.encode()), "name": user.username, "displayName": user.username},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS],
        "timeout": TIMEOUT,
        "excludeCredentials": _descriptors(user),
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": call.settings.passkey.user_verification,
        },
        "attestation": "none",
    }
    return {"CredentialCreationOptions": options}


def _owner(call: Call) -> User:
    """The user of the access token; operations on passkeys do not declare every exception for users."""
    return user_of_access_token(call, undeclared={"UserNotConfirmedException", "UserNotFoundException"})


def _user_with_passkeys(call: Call) -> User:
    user = _owner(call)
    if "WEB_AUTHN" not in call.settings.allowed_first_auth_factors:
        raise PASSKEYS_OFF.error()
    return user


def complete_webauthn_registration(call: Call) -> Answer:
    """
    Register the passkey that was created, if it answers the registration that was started.

    Source: CompleteWebAuthnRegistration.
    """
    user = _user_with_passkeys(call)
    relying_party = _relying_party(call)
    if len(user.passkeys) >= MOST_PASSKEYS:
        raise PASSKEYS_MANY.error()
    credential = call.params["Credential"]
    challenge = _expected_challenge(call, user)
    _check_client(credential, challenge, _origin(relying_party))
    passkey = _verified_passkey(call, credential, challenge, relying_party)
    if any(known.credential_id == passkey.credential_id for known in user.passkeys):
        raise PASSKEY_UNSUPPORTED.error()
    del call.state.registrations[user.sub]
    users.store(call.state, attrs.evolve(user, passkeys=(*user.passkeys, passkey)))
    return {}


def _expected_challenge(call: Call, user: User) -> str:
    registration = call.state.registrations.get(user.sub)
    if registration is None or call.now >= registration.expires_at:
        raise PASSKEY_CHALLENGE_UNKNOWN.error()
    return registration.challenge


def _check_client(credential: Mapping[str, Any], challenge: str, origin: str) -> None:
    """Refuse a passkey that the browser made for another challenge or another origin."""
    try:
        client = json.loads(_decoded(credential["response"]["clientDataJSON"]))
        found = str(client["challenge"]), client["origin"]
    except (KeyError, TypeError, ValueError) as error:
        raise PASSKEY_MALFORMED.error() from error
    if found[0].rstrip("=") != challenge:
        raise PASSKEY_CHALLENGE_UNKNOWN.error()
    if found[1] != origin:
        raise PASSKEY_ORIGIN_WRONG.error()


def _verified_passkey(call: Call, credential: Mapping[str, Any], challenge: str, relying_party: str) -> Passkey:
    webauthn, helpers, failures = _webauthn(), _webauthn("webauthn.helpers"), _failures()
    try:
        parsed = helpers.parse_registration_credential_json(dict(credential))
        attestation = helpers.parse_attestation_object(parsed.response.attestation_object)
    except failures as error:
        raise PASSKEY_MALFORMED.error() from error
    if attestation.auth_data.rp_id_hash != sha256(relying_party.encode()).digest():
        raise PASSKEY_RELYING_PARTY_WRONG.error()
    try:
        verified = webauthn.verify_registration_response(
            credential=parsed,
            expected_challenge=_decoded(challenge),
            expected_rp_id=relying_party,
            expected_origin=_origin(relying_party),
            require_user_verification=_needs_verified_user(call),
            supported_pub_key_algs=list(map(_webauthn("webauthn.helpers.cose").COSEAlgorithmIdentifier, ALGORITHMS)),
        )
    except failures as error:
        raise PASSKEY_UNSUPPORTED.error() from error
    return Passkey(
        credential_id=_encoded(verified.credential_id),
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=relying_party,
        created_at=call.now,
    )


def list_webauthn_credentials(call: Call) -> Answer:
    """
    Return the passkeys of the user, all on one page.

    Source: ListWebAuthnCredentials; shape WebAuthnCredentialDescription.
    """
    return {
        "Credentials": [
            {
                "CredentialId": passkey.credential_id,
                "FriendlyCredentialName": passkey.name,
                "RelyingPartyId": passkey.name,
                "AuthenticatorTransports": [],
                "CreatedAt": passkey.created_at,
            }
            for passkey in _owner(call).passkeys
        ]
    }


def delete_webauthn_credential(call: Call) -> Answer:
    """
    Delete a passkey of the user.

    Source: DeleteWebAuthnCredential.
    """
    user = _owner(call)
    kept = tuple(passkey for passkey in user.passkeys if passkey.credential_id != call.params["CredentialId"])
    if kept == user.passkeys:
        raise PASSKEY_UNKNOWN.error()
    users.store(call.state, attrs.evolve(user, passkeys=kept))
    return {}


def assertion_options(call: Call, user: User) -> tuple[dict[str, Any], bytes]:
    """
    Return the options to sign in with a passkey with, and the challenge in them.

    Args:
        call: The request that asks for it.
        user: Who signs in.

    Source: RespondToAuthChallenge (WEB_AUTHN, CREDENTIAL_REQUEST_OPTIONS).
    """
    challenge = call.random.randbytes(CHALLENGE_BYTES)
    options = {
        "challenge": _encoded(challenge),
        "timeout": TIMEOUT,
        "rpId": _relying_party(call),
        "allowCredentials": _descriptors(user),
        "userVerification": call.settings.passkey.user_verification,
    }
    return options, challenge


def verify_assertion(call: Call, user: User, challenge: bytes, credential: str) -> User:
    """
    Return the user, with the passkey's counter moved on, if one of the user's passkeys has signed the challenge.

    Args:
        call: The request that brings it.
        user: Who signs in.
        challenge: What had to be signed.
        credential: The passkey's answer, an AuthenticationResponseJSON.

    Source: RespondToAuthChallenge (WEB_AUTHN, CREDENTIAL).
    """
    webauthn, helpers, failures = _webauthn(), _webauthn("webauthn.helpers"), _failures()
    try:
        parsed = helpers.parse_authentication_credential_json(credential)
    except failures as error:
        raise PASSKEY_MALFORMED.error() from error
    passkey = next((known for known in user.passkeys if known.credential_id == _encoded(parsed.raw_id)), None)
    if passkey is None:
        raise PASSKEY_WRONG.error()
    relying_party = _relying_party(call)
    try:
        verified = webauthn.verify_authentication_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=relying_party,
            expected_origin=_origin(relying_party),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=_needs_verified_user(call),
        )
    except failures as error:
        raise PASSKEY_WRONG.error() from error
    return users.store(call.state, _counted(user, passkey, verified.new_sign_count))


def _counted(user: User, used: Passkey, count: int) -> User:
    moved = attrs.evolve(used, sign_count=count)
    return attrs.evolve(user, passkeys=tuple(moved if known == used else known for known in user.passkeys))
