"""The server's side of the Secure Remote Password protocol (SRP-6a), as Cognito speaks it.

Numbers enter a hash as big-endian two's complement without superfluous bytes, so with a zero byte in front where the
highest bit is set.

Source: RFC 5054, section 2.6 and appendix A (3072-bit group); RFC 5869; amazon-cognito-user-pools-device-tracking.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import re
from typing import Final

from flowengine.simulator.challenges import Parameters, required
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import SRP_A_UNUSABLE, TIMESTAMP_FORMAT
from flowengine.simulator.state import ServerSrp

__all__ = ["begin_exchange", "is_proof", "password_verifier", "public_value", "stable_salt"]

PRIME: Final = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
GENERATOR: Final = 2
INFO: Final = b"Caldera Derived Key"
KEY_LENGTH: Final = 16
SALT_LENGTH: Final = 16
PRIVATE_BITS: Final = 256
SECRET_BLOCK_BYTES: Final = 128

_HEX: Final = re.compile(r"[0-9A-Fa-f]{1,1536}")
_TIMESTAMP: Final = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [1-9][0-9]? "
    r"[0-9]{2}:[0-9]{2}:[0-9]{2} UTC [0-9]{4}"
)


def _bytes(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


MULTIPLIER: Final = _hash(_bytes(PRIME), _bytes(GENERATOR))


def stable_salt(*names: str) -> int:
    """Return a salt that is always the same for the same names."""
    return int.from_bytes(hashlib.sha256("/".join(names).encode()).digest()[:SALT_LENGTH], "big")


@functools.lru_cache(maxsize=1024)
def password_verifier(identity: str, password: str, salt: int) -> int:
    """
    Return what a server keeps in place of a password.

    Args:
        identity: What stands before the colon: the pool's name and the username, or a device's group key and key.
        password: The password.
        salt: The salt.
    """
    inner = hashlib.sha256(f"{identity}:{password}".encode()).digest()
    return pow(GENERATOR, _hash(_bytes(salt), inner), PRIME)


def begin_exchange(call: Call, identity: str, salt: int, verifier: int, srp_a: str) -> ServerSrp:
    """
    Return a new exchange, for a client's public value.

    Args:
        call: The request that brings the value.
        identity: What the password was hashed with, as in `password_verifier`.
        salt: The salt of the verifier.
        verifier: The verifier.
        srp_a: The client's public value, in hexadecimal.

    Raises:
        PoolError: The value is no number, or one with which no password would have to be known.
    """
    client = int(srp_a, 16) if _HEX.fullmatch(srp_a) else 0
    if client % PRIME == 0:
        raise SRP_A_UNUSABLE.error()
    return ServerSrp(
        identity=identity,
        salt=salt,
        verifier=verifier,
        private=call.random.getrandbits(PRIVATE_BITS),
        client=client,
        secret_block=base64.b64encode(call.random.randbytes(SECRET_BLOCK_BYTES)).decode(),
    )


@functools.lru_cache(maxsize=1024)
def public_value(srp: ServerSrp) -> int:
    """Return the server's public value, `SRP_B`."""
    return (MULTIPLIER * srp.verifier + pow(GENERATOR, srp.private, PRIME)) % PRIME


def is_proof(srp: ServerSrp, responses: Parameters) -> bool:
    """
    Tell whether the answer to a PASSWORD_VERIFIER or DEVICE_PASSWORD_VERIFIER challenge proves the password.

    Raises:
        PoolError: A part of the answer is missing, or its timestamp is not written as Cognito wants it.

    Source: RespondToAuthChallenge.
    """
    signature = required(responses, "PASSWORD_CLAIM_SIGNATURE")
    block = required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")
    timestamp = required(responses, "TIMESTAMP")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise TIMESTAMP_FORMAT.error()
    message = srp.identity.encode() + base64.b64decode(srp.secret_block) + timestamp.encode()
    expected = base64.b64encode(hmac.digest(_key(srp), message, "sha256"))
    return block == srp.secret_block and hmac.compare_digest(expected, signature.encode())


@functools.lru_cache(maxsize=1024)
def _key(srp: ServerSrp) -> bytes:
    """Return the key that both sides share if the client knows the password."""
    scrambling = _hash(_bytes(srp.client), _bytes(public_value(srp)))
    shared = pow(srp.client * pow(srp.verifier, scrambling, PRIME), srp.private, PRIME)
    extracted = hmac.digest(_bytes(scrambling), _bytes(shared), "sha256")
    return hmac.digest(extracted, INFO + b"\x01", "sha256")[:KEY_LENGTH]
