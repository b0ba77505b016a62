"""A passkey without a browser."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from flowengine.errors import FlowEngineError

__all__ = ["SoftwareAuthenticator"]

_FLAGS: Final = 32
"""Where the flags stand in authenticator data: behind the hash of the relying party (level 3, section 6.1)."""
_USER_VERIFIED: Final = 0x04
_IN_OPTIONS: Final = frozenset({"challenge"})
"""Members of the options that are bytes, and base64url in their JSON form (Web Authentication, level 3)."""


class SoftwareAuthenticator:
    """
    Stands in for a browser and its authenticator: it registers one passkey, and signs in with it.

        device = SoftwareAuthenticator()
        credential = device.create(snapshot.parameters["credential_creation_options"])
        credential = device.get(snapshot.parameters["credential_request_options"])

    Args:
        verifies_user: Whether it verifies its user, by a fingerprint or a PIN, as a passkey that counts as several
            factors must.

    Raises:
        FlowEngineError: The extra `passkeys` is not installed.
    """

    def __init__(self, *, verifies_user: bool = False) -> None:
        self._verifies_user = verifies_user
        try:
            self._device: Any = import_module("soft_webauthn").SoftWebauthnDevice()
        except ImportError:
            raise FlowEngineError("passkeys need the extra of this name: pip install 'flowengine[passkeys]'") from None

    def create(self, options: Mapping[str, Any], *, origin: str | None = None) -> dict[str, Any]:
        """
        Make a passkey, and return what CompleteWebAuthnRegistration takes.

        Args:
            options: The `CredentialCreationOptions` of StartWebAuthnRegistration.
            origin: Where the page comes from; None for the relying party itself.
        """
        user = {**options["user"], "id": _bytes(options["user"]["id"])}
        members = {**_decoded(options), "user": user, "attestation": "none"}
        members["pubKeyCredParams"] = [dict(one) for one in options["pubKeyCredParams"]]
        made = self._device.create({"publicKey": members}, origin or f"https://{options['rp']['id']}")
        return _encoded(self._verified(made, options["rp"]["id"], "attestationObject"))

    def get(self, options: Mapping[str, Any], *, origin: str | None = None) -> dict[str, Any]:
        """
        Sign in with the passkey, and return the answer to the challenge WEB_AUTHN.

        Args:
            options: The `CREDENTIAL_REQUEST_OPTIONS` of the challenge.
            origin: Where the page comes from; None for the relying party itself.
        """
        signed = self._device.get({"publicKey": _decoded(options)}, origin or f"https://{options['rpId']}")
        signed = self._verified(signed, options["rpId"], "authenticatorData")
        response = signed["response"]
        message = response["authenticatorData"] + hashlib.sha256(response["clientDataJSON"]).digest()
        return _encoded({**signed, "response": {**response, "signature": self._sign(message)}})

    def _verified(self, credential: Mapping[str, Any], relying_party: str, member: str) -> Mapping[str, Any]:
        """Set the flag that the user was verified, in the member that holds the authenticator data."""
        if not self._verifies_user:
            return credential
        data = bytearray(credential["response"][member])
        data[data.index(hashlib.sha256(relying_party.encode()).digest()) + _FLAGS] |= _USER_VERIFIED
        return {**credential, "response": {**credential["response"], member: bytes(data)}}

    def _sign(self, message: bytes) -> bytes:
        hashes, ec = (import_module(f"cryptography.hazmat.primitives.{name}") for name in ("hashes", "asymmetric.ec"))
        signature: bytes = self._device.private_key.sign(message, ec.ECDSA(hashes.SHA256()))
        return signature


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _decoded(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _bytes(value) if name in _IN_OPTIONS else value for name, value in options.items()}


def _encoded(credential: Mapping[str, Any]) -> dict[str, Any]:
    """A credential in its JSON form."""
    response = {name: _text(value) for name, value in credential["response"].items()}
    identifier = _text(credential["rawId"])
    return {
        "id": identifier,
        "rawId": identifier,
        "type": credential["type"],
        "response": response,
        "clientExtensionResults": {},
    }


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
