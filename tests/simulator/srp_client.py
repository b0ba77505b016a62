"""A client's side of the Secure Remote Password protocol, written apart from the simulator, to hold it to account."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

N = int(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b"
    "302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe6"
    "49286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d"
    "670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718"
    "3995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7d"
    "b3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c"
    "bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
    16,
)
SMALL_A = int.from_bytes(hashlib.sha256(b"a client's private value").digest() * 2, "big")
SRP_A = f"{pow(2, SMALL_A, N):x}"
TIMESTAMP = "Thu Jan 1 00:00:00 UTC 2026"


def padded(digits: str) -> bytes:
    """Return a hexadecimal number as the protocol hashes it: never with the highest bit set."""
    digits = digits if len(digits) % 2 == 0 else f"0{digits}"
    return bytes.fromhex(digits if digits[0] < "8" else f"00{digits}")


def number(*parts: bytes) -> int:
    """Return the hash of all parts, as a number."""
    return int(hashlib.sha256(b"".join(parts)).hexdigest(), 16)


def private_key(identity: str, password: str, salt: str) -> int:
    """Return what the password and its salt come to."""
    return number(padded(salt), hashlib.sha256(f"{identity}:{password}".encode()).digest())


def verifier_config(identity: str, password: str, salt: str = "c0ffee") -> dict[str, str]:
    """Return the `DeviceSecretVerifierConfig` of a device."""
    verifier = padded(f"{pow(2, private_key(identity, password, salt), N):x}")
    encoded = {"PasswordVerifier": verifier, "Salt": padded(salt)}
    return {name: base64.b64encode(value).decode() for name, value in encoded.items()}


def proof(parameters: Mapping[str, Any], identity: str, password: str, timestamp: str = TIMESTAMP) -> dict[str, str]:
    """Return the responses that prove a password, to a challenge with these parameters."""
    u = number(padded(SRP_A), padded(parameters["SRP_B"]))
    x = private_key(identity, password, parameters["SALT"])
    k = number(padded(f"{N:x}"), b"\x02")
    secret = pow(int(parameters["SRP_B"], 16) - k * pow(2, x, N), SMALL_A + u * x, N)
    extracted = hmac.digest(padded(f"{u:x}"), padded(f"{secret:x}"), "sha256")
    key = hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]
    return signed(parameters["SECRET_BLOCK"], identity, key, timestamp)


def signed(block: str, identity: str, key: bytes, timestamp: str = TIMESTAMP) -> dict[str, str]:
    """Return the responses that a key proves itself with."""
    message = identity.encode() + base64.b64decode(block) + timestamp.encode()
    return {
        "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac.digest(key, message, "sha256")).decode(),
        "PASSWORD_CLAIM_SECRET_BLOCK": block,
        "TIMESTAMP": timestamp,
    }
