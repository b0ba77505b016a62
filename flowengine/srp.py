"""
The client's side of Secure Remote Password as Cognito speaks it: a password is proved and never sent.

Pure arithmetic: random bytes and the time arrive as arguments. An exponentiation takes milliseconds and lets go of
the interpreter lock, so worker threads compute side by side.

Three things are Cognito's own. Numbers are hashed as Java writes them: big-endian, with a leading zero byte where the
highest bit is set. The secret is keyed by an identity within a group: for a user, USER_ID_FOR_SRP within the pool's
name; for a device, its key within its device group. The proof is an HMAC under a key that is derived from the secret.

Source: RespondToAuthChallenge, challenges PASSWORD_VERIFIER and DEVICE_PASSWORD_VERIFIER; user-pools-devices,
"Signing in with a device"; RFC 2945 and RFC 5054 for SRP, RFC 5869 for the key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Final

import gmpy2
from attrs import field, frozen

from flowengine.errors import SrpRefused

__all__ = ["DeviceVerifier", "Ephemeral", "claim", "device_verifier", "ephemeral", "timestamp"]

EPHEMERAL_BYTES: Final = 128
SALT_BYTES: Final = 16
KEY_BYTES: Final = 16
KEY_INFO: Final = b"Caldera Derived Key"

PRIME: Final = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"
    "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D"
    "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
"""The modulus N, the 3072-bit prime of RFC 3526."""
GENERATOR: Final = 2

_HEX: Final = re.compile(r"[0-9a-fA-F]+")


@frozen
class Ephemeral:
    """
    The key pair of one sign-in.

    Args:
        secret: The exponent a, in hexadecimal.
        public: The number A, in hexadecimal, as SRP_A carries it.
    """

    secret: str = field(repr=False)
    public: str


@frozen
class DeviceVerifier:
    """
    What ConfirmDevice keeps of a device's password.

    Args:
        password_verifier: The verifier, in base64.
        salt: The salt, in base64.

    Source: ConfirmDevice, shape DeviceSecretVerifierConfigType.
    """

    password_verifier: str = field(repr=False)
    salt: str


def ephemeral(random: bytes) -> Ephemeral:
    """
    Return the key pair of one sign-in.

    Args:
        random: 128 bytes of randomness, used for nothing else.

    Raises:
        ValueError: These are not 128 bytes, or they are all zero. N is prime, so no other exponent gives an A that
            a server must refuse.
    """
    exponent = int.from_bytes(random, "big")
    if len(random) != EPHEMERAL_BYTES or exponent == 0:
        raise ValueError(f"an ephemeral key takes {EPHEMERAL_BYTES} random bytes")
    return Ephemeral(secret=f"{exponent:x}", public=f"{_power(GENERATOR, exponent):x}")


def claim(
    *,
    ephemeral: Ephemeral,
    group: str,
    identity: str,
    password: str,
    salt: str,
    srp_b: str,
    secret_block: str,
    timestamp: str,
) -> str:
    """
    Return PASSWORD_CLAIM_SIGNATURE, the proof that the password is known.

    Args:
        ephemeral: The key pair whose public part was sent as SRP_A.
        group: The pool's name, which is its id after the underscore; for a device its DeviceGroupKey.
        identity: USER_ID_FOR_SRP as the challenge names it; for a device its DeviceKey.
        password: The user's password, or the device's.
        salt: SALT of the challenge.
        srp_b: SRP_B of the challenge.
        secret_block: SECRET_BLOCK of the challenge.
        timestamp: TIMESTAMP of the same answer, as `timestamp` writes it.

    Raises:
        SrpRefused: A value of the challenge is malformed, or of the kind that would give the password away.
    """
    secret = _password_exponent(group, identity, password, _integer("SALT", salt))
    key = _key(ephemeral, secret, _integer("SRP_B", srp_b))
    message = b"".join((group.encode(), identity.encode(), _block(secret_block), timestamp.encode()))
    return base64.b64encode(hmac.digest(key, message, "sha256")).decode()


def timestamp(now: float) -> str:
    """
    Return a time as TIMESTAMP carries it, such as `Thu Jun 5 07:00:00 UTC 2025`, in English whatever the locale.

    Args:
        now: The time in seconds since the epoch.
    """
    weekday, month, day, clock, year = datetime.fromtimestamp(now, UTC).ctime().split()
    return f"{weekday} {month} {day} {clock} UTC {year}"


def device_verifier(*, group_key: str, key: str, password: str, random: bytes) -> DeviceVerifier:
    """
    Return what ConfirmDevice is told of a new device's password.

    Args:
        group_key: DeviceGroupKey of NewDeviceMetadata.
        key: DeviceKey of NewDeviceMetadata.
        password: The password that was made up for the device.
        random: 16 bytes of randomness, for the salt.

    Raises:
        ValueError: These are not 16 bytes.
    """
    if len(random) != SALT_BYTES:
        raise ValueError(f"a salt takes {SALT_BYTES} random bytes")
    salt = int.from_bytes(random, "big")
    verifier = _power(GENERATOR, _password_exponent(group_key, key, password, salt), lasting=True)
    return DeviceVerifier(*(base64.b64encode(_bytes(number)).decode() for number in (verifier, salt)))


def _key(ephemeral: Ephemeral, secret: int, server: int) -> bytes:
    scrambler = _hash(_bytes(int(ephemeral.public, 16)), _bytes(server))
    if server % PRIME == 0 or scrambler == 0:
        raise SrpRefused("SRP_B is a number that SRP forbids")
    base = (server - _MULTIPLIER * _power(GENERATOR, secret, lasting=True)) % PRIME
    shared = _power(base, int(ephemeral.secret, 16) + scrambler * secret)
    return _hkdf(_bytes(shared), _bytes(scrambler), KEY_INFO)


def _hkdf(material: bytes, salt: bytes, info: bytes) -> bytes:
    # One block of HKDF is as long as its hash, and no more than half of it is used.
    extracted = hmac.digest(salt, material, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")[:KEY_BYTES]


def _password_exponent(group: str, identity: str, password: str, salt: int) -> int:
    # Whatever text was typed has bytes, so that a password which no user can have is a wrong one and no failure.
    credentials = hashlib.sha256(f"{group}{identity}:{password}".encode(errors="surrogatepass")).digest()
    return _hash(_bytes(salt), credentials)


def _power(base: int, exponent: int, *, lasting: bool = False) -> int:
    """
    A power modulo N, in constant time where the exponent outlives the sign-in, as a password's does.

    The other exponents are drawn for one sign-in alone, or masked by one that is, so there is no second sample of how
    long they take; in constant time they would take half as long again.
    """
    raise_to = gmpy2.powmod_sec if lasting else gmpy2.powmod
    # The setting is the thread's: it is left as it was found.
    with gmpy2.context(gmpy2.get_context(), allow_release_gil=True):
        return int(raise_to(base, exponent, PRIME))


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


def _bytes(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _integer(member: str, text: str) -> int:
    if not _HEX.fullmatch(text):
        raise SrpRefused(f"{member} is not hexadecimal")
    return int(text, 16)


def _block(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise SrpRefused("SECRET_BLOCK is not base64") from None


_MULTIPLIER: Final = _hash(_bytes(PRIME), _bytes(GENERATOR))
