"""Users as a pool holds them before anybody walks."""

from __future__ import annotations

import functools
from typing import Any, Final

import attrs

from flowengine.explore.people import PASSWORD, Person
from flowengine.explore.world import Hands, World, account_of
from flowengine.session import Device
from flowengine.settings import PoolSettings
from flowengine.simulator import Simulator
from flowengine.simulator.state import Device as PoolDevice
from flowengine.simulator.state import Passkey, Totp, User
from flowengine.srp import device_verifier

__all__ = ["hands_of", "populate"]

TOTP_SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 (made up)


def hands_of(person: Person, simulator: Simulator, settings: PoolSettings, beside: World | None) -> Hands:
    """
    Return what a person holds who comes into a pool, and let an administrator create the account, if there is one.

    Args:
        person: Who.
        simulator: The pool.
        settings: How the pool is configured.
        beside: A world that is there already: the same person comes in another browser.

    Raises:
        PoolError: The pool refuses such a user.
    """
    if beside is None or beside.person != person:
        return populate(simulator, person, settings)
    return attrs.evolve(beside.hands, device=None)


def populate(simulator: Simulator, person: Person, settings: PoolSettings) -> Hands:
    """
    Let an administrator create a user, where the person has an account, and return what the person holds.

    Args:
        simulator: The pool.
        person: Who.
        settings: How the pool is configured.

    Raises:
        PoolError: The pool refuses such a user.
    """
    if person.origin in ("newcomer", "stranger"):
        return Hands()
    flags = {f"{name}_verified": "true" for name in person.verified}
    attributes = {**person.attributes, **flags}
    simulator.create_user(person.username, attributes=attributes, temporary_password=PASSWORD)
    if person.origin == "invited":
        return Hands()
    simulator.set_user_password(person.username, PASSWORD)
    relying_party = str(settings.passkey.relying_party_id)
    passkey, credential = _passkey(relying_party, person.username) if person.passkey else (None, None)
    user = account_of(person, simulator.state)
    if user is None:
        raise AssertionError
    simulator.state.users[user.sub] = _member(user, person, credential)
    return Hands(device=_device(person.number) if person.device else None, passkey=passkey)


def _member(user: User, person: Person, passkey: Passkey | None) -> User:
    factors: Any = person.factors
    preferred: Any = person.preferred
    return attrs.evolve(
        user,
        self_registered=True,
        signed_in_before=True,
        mfa=frozenset(factors),
        preferred_mfa=preferred,
        totp=Totp(secret=TOTP_SECRET) if "SOFTWARE_TOKEN_MFA" in person.factors else None,
        passkeys=() if passkey is None else (passkey,),
        devices=(_remembered(_device(person.number)),) if person.device else (),
    )


def _device(number: int) -> Device:
    key = f"us-east-1_00000000-0000-4000-8000-{number:012}"
    return Device(key=key, group_key="-explored", password="Device-77")  # noqa: S106 (made up)


@functools.cache
def _remembered(device: Device) -> PoolDevice:
    verifier = device_verifier(
        group_key=device.group_key, key=device.key, password=str(device.password), random=b"\x01" * 16
    )
    return PoolDevice(
        key=device.key,
        group_key=device.group_key,
        verifier=verifier.password_verifier,
        salt=verifier.salt,
        remembered=True,
    )


@functools.cache
def _passkey(relying_party: str, user: str) -> tuple[Any, Passkey]:
    """An authenticator on which a user has registered a passkey, and the passkey as the pool remembers it."""
    from flowengine.simulator.authenticator import SoftwareAuthenticator  # noqa: PLC0415 (few walks need it)

    authenticator = SoftwareAuthenticator()  # which says what is missing
    from webauthn.helpers import (  # noqa: PLC0415
        bytes_to_base64url,
        parse_attestation_object,
        parse_registration_credential_json,
    )

    made = authenticator.create(
        {
            "rp": {"id": relying_party, "name": relying_party},
            "user": {"id": "am8", "name": user, "displayName": user},
            "challenge": "am8",
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        }
    )
    parsed = parse_registration_credential_json(made)
    data = parse_attestation_object(parsed.response.attestation_object).auth_data.attested_credential_data
    if data is None:
        raise AssertionError
    return authenticator, Passkey(
        credential_id=bytes_to_base64url(data.credential_id), public_key=data.credential_public_key, name=relying_party
    )
