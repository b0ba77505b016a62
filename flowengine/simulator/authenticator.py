"""A passkey without a browser."""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from flowengine.errors import FlowEngineError

__all__ = ["SoftwareAuthenticator"]

_IN_OPTIONS: Final = frozenset({"challenge"})
"""Members of the options that are bytes, and base64url in their JSON form (Web Authentication, level 3)."""
_USER_VERIFIED: Final = 0x04
"""The flag UV of authenticator data (Web Authentication, level 3)."""


class SoftwareAuthenticator:
    """
    Stands in for a browser and its authenticator: it registers one passkey, and signs in with it.

        device = SoftwareAuthenticator()
        credential = device.create(snapshot.parameters["credential_creation_options"])
        credential = device.get(snapshot.parameters["credential_request_options"])

    Args:
        verifies_user: Whether it verifies who holds it, as pools may require.

    Raises:
        FlowEngineError: The extra `passkeys` is not installed.
    """

    def __init__(self, *, verifies_user: bool = True) -> None:
        self._verifies_user = verifies_user
        try:
            self._device: Any = import_module("soft_webauthn").SoftWebauthnDevice()
        except ImportError:
            raise FlowEngineError("passkeys need the extra of this name: pip install 'flowengine[passkeys]'") from None

    def with_counter(self, sign_count: int) -> SoftwareAuthenticator:
        """
        Return the same authenticator with another counter, for walks that go on from an earlier point.

        Args:
            sign_count: How often it has signed, as the relying party remembers it.
        """
        twin = copy.copy(self)
        twin._device = copy.copy(self._device)  # noqa: SLF001 (its own)
        twin._device.sign_count = sign_count  # noqa: SLF001
        return twin

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
        made["response"]["attestationObject"] = self._verified(made["response"]["attestationObject"])
        return _encoded(made)

    def get(self, options: Mapping[str, Any], *, origin: str | None = None) -> dict[str, Any]:
        """
        Sign in with the passkey, and return the answer to the challenge WEB_AUTHN.

        Args:
            options: The `CREDENTIAL_REQUEST_OPTIONS` of the challenge.
            origin: Where the page comes from; None for the relying party itself.
        """
        signed = self._device.get({"publicKey": _decoded(options)}, origin or f"https://{options['rpId']}")
        response = signed["response"]
        response["authenticatorData"] = self._verified(response["authenticatorData"])
        message = response["authenticatorData"] + hashlib.sha256(response["clientDataJSON"]).digest()
        response["signature"] = self._device.private_key.sign(message, ECDSA(SHA256()))
        return _encoded(signed)

    def _verified(self, data: bytes) -> bytes:
        """Authenticator data, or what encloses it, with the flag of a verified user set behind the party's hash."""
        if not self._verifies_user:
            return data
        party = hashlib.sha256(self._device.rp_id.encode()).digest()
        place = data.index(party) + len(party)
        return data[:place] + bytes([data[place] | _USER_VERIFIED]) + data[place + 1 :]


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
