"""The client's side of SRP, against published vectors, another client and a server of the tests' own."""

from __future__ import annotations

import base64
import hashlib
import hmac
from email.utils import formatdate
from typing import Any

import gmpy2
import pytest
from attrs import field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from pycognito import aws_srp

from flowengine import srp
from flowengine.errors import SrpRefused

N = srp.PRIME
RANDOM = bytes(range(128))
BLOCK = base64.b64encode(b"a secret block").decode()
NOON = "Thu Jun 5 12:00:00 UTC 2025"
KNOWN_A = int.from_bytes(b"\x02" * 1023 + b"\0", "big")
KNOWN_SALT = "b704a27deb8cf5efec43a40eac5b60d2"
KNOWN_B = (
    "f6c76f03232c3a93a634f5e49a74efbfffcd2b81f0dacb2bce0274ae68601b3d42a98feb96ba6a310cc2d4183edac62d571d0d220258d875"
    "3a80c4f8815a10953a21964f19c824916f46417f46d921d7956bf5c10c63e7b1c84ce6e2bc407b4e0a103a529313f439182c6450ed434d04"
    "9e0d9dd5da8cf3a1d1f6f2839f55754a7b17444b8c55ff6b13bf63f61e473ad6fad9f4a1a0b2541b200de07c10296d679b36bf683245cee0"
    "39842ad9579031e26cb0931ac202fe713fa2c64f920a9830722f708d5ede7ab0521363e45fb2ad0afefbd65264c39f46d0c4011e2e8dbf8d"
    "6c53764719599a359b17bcd4d7e37c76e9e68adde0dc586a29f835a2decab335a49408fbc8452d2696743f4465d12748851889d405d72872"
    "96e93f9abfb9f11806235bb588e8381a0060a174f5b0959eedba81b94eb383e80465323b1fc85478edcca4b67403a45b73ccbdcd9eaeaceb"
    "d5f2ca32c7344fdbbc15a2a3d060c2b822851a282370a8dacbbfedbc511376a6e8ad95a5ce28fc2b9c37751c8d4314b9"
)
KNOWN_BLOCK = (
    "iZY+s7lYj4/5me1dgBZ9QR0vYOoatfBhec3Rc3kqPFAGIWAwxmaoXkOR1+kEvm0Aic/CxgXe0KHTTZuyKpsMfjbo2J2YweeAtj47z6HCgVScBHeJ"
    "5il4NUhGJ6ehqWPls5ub233161UU/SxKAZYySbB8NNHIQidPNxEvBycU5gOeO9cOv4dlm3dwSRNFlg8OWJysI7+ZXUgSWdfUBqog90wkIfLr7Hir"
    "Xnd3axiqpHqAApu4Ls7JFvgXxJa74ZJLtFobED/qSc4ALtRiAPwhKkomxhSXDF1S3dD+LcTQaR0/gJY1+p1CuyTCQNBTVz5idOq8NhG/mMupKow7"
    "i54xWJp3gWCeRLMRYD5Od/b7QSgtBYZeLT2rDPb6T8oy8qScK4gq+1Ye6KmXTtmdc7XBhwtyCk4xA8YBjeXO/Gq3G+rzpqMOS9e8P/EZ1xldkcme"
    "0qYesbUiKSVO30N2lPKo3qzWyq6zFi0pINpCiWLD+qdWa9Arofsml2IYgCxZwmoIRVk8vd/+UdhErVRFdOmMZWQVLki0K09UgrnvLLBcMxc4wq8m"
    "yUmMivVpxg8vSaexrxGxDVnKZHgfl0jFCEWIYyMvPAspOo9bBT1l+oQlVpf6RPKWlxgE4JSiWd9LD3PMdtETsyrWv1IxtktyzGI27UVanj0gGfes"
    "M56/FNImaxh+eoTBq4fJWxvfN0FvB90Ib/ZV+oJZ3jj8pKrZmDohutOQZqEIP5mme3UMGbkeF1zVnBuPT/Ujyb94RayMB4qvqnZap87o8gJ4iv0y"
    "p+HMAAxvPSvYJSr/dny/jEdsWM8aKU+a9+n3aMPo/97DSIyiw2E3jcorR2emlichUHqdwDg/GAACUMTmV6peecDdhuF/KNZXBF4GEsoutDzPSsaX"
    "nQ11qKejULZt//fQ/e5JzWbUVhWXBOiRr4JmbPdmWo9WIORrg/yrAlSe9RNnJOW+OCsAKLZYEHfuueUQYaxOpBTst+YQXzbwNYyX47H8nUDVXRLi"
    "A0zAoQHeTMXN8lL688MTICEUNaJW9QWjrNIaTPic0oJ6CxVM/ayd8qv28EQ9BhyyE5yEreC9y+bpUQjTwxe62H/j0NiMsE5806dhx2RzxBlEYl51"
    "hs1aqwpQ6NGn51bwZPZ5O7YitLyYdAoEdTo0hCXTKF2ITbSy8ZDv5cxQSv5zyXeHRfa/o1GSHWPawy3lYjHChVVj/ALBjpFVPJJwByQZqgXsrvuk"
    "nWk7QFAi21acQxm/4pqPVtFNVW7yZ51FawlQu6rKKfu1kyTJ6CKlcdXuJFv/NxQLPLq/to4b0UHNaD/mymwr0GSEn9GxpVB4fjhL4L2BRxCpt4lf"
    "Ltx1KMiTivUMIhrVShnrgUy2mpd/jooMsSf17GSvCYReg9dsaqvZXqbEMv6P2BX+RNXicLSfeDO9NyZhtuWZxyLJ5IlagOpVNbtGb/HCEQy+zF8y"
    "Szho6e8vHxNodJX+xwCxRyKl6wbEdSEulWgm5WaUmsfySrNqLKassfrTdKLHyWUvjbWucEFzS0ddu+Q7j5RGaZ4MO7Qf1hN57WUE7irwXBc9UoAW"
    "I3Sggb+oDDuVKN5PMF6cL+3/yfetGX0Wrh9tk34z5pizLmOgqOqkMW5yFDqw8/pRqQA4Qo+VrpHL1a4vANgmOHw98918pFiCG5lacOQn4FmA2QGW"
    "fNxU72qy6MLPnTgN/olShAFNFgckIn2F"
)
"""A claim that its publisher calls known and working.

Source: aws-sdk-net-extensions-cognito, AuthenticationCryptoTests.
"""
SETTINGS = settings(deadline=None, max_examples=25)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
SALTS = st.one_of(st.sampled_from([0, 1, 0x7F, 0x80, 2**127, 2**128 - 1]), st.integers(0, 2**128 - 1))
KEYS = st.integers(1, N - 1)


def padded(number: int) -> bytes:
    """A number as Cognito hashes it, by way of its hexadecimal digits."""
    digits = f"{number:x}"
    if len(digits) % 2:
        digits = f"0{digits}"
    return bytes.fromhex(f"00{digits}" if digits[0] in "89abcdef" else digits)


def digest(*parts: bytes) -> int:
    """A hash as a number."""
    return int(hashlib.sha256(b"".join(parts)).hexdigest(), 16)


@frozen
class Server:
    """Cognito's side: it knows a verifier of the password, and checks what a client claims."""

    group: str
    identity: str
    password: str
    salt: int
    private: int
    verifier: int = field()
    public: int = field()

    @verifier.default
    def _verifier(self) -> int:
        inner = hashlib.sha256((self.group + self.identity + ":" + self.password).encode()).digest()
        return pow(2, digest(padded(self.salt), inner), N)

    @public.default
    def _public(self) -> int:
        return (digest(padded(N), padded(2)) * self.verifier + pow(2, self.private, N)) % N

    def expects(self, srp_a: str) -> str:
        """The only signature that it accepts from a client which sent this SRP_A."""
        client = int(srp_a, 16)
        scrambler = digest(padded(client), padded(self.public))
        secret = pow(client * pow(self.verifier, scrambler, N), self.private, N)
        extracted = hmac.new(padded(scrambler), padded(secret), "sha256").digest()
        key = hmac.new(extracted, b"Caldera Derived Key\x01", "sha256").digest()[:16]
        message = self.group.encode() + self.identity.encode() + b"a secret block" + NOON.encode()
        return base64.b64encode(hmac.new(key, message, "sha256").digest()).decode()

    def claimed(self, ephemeral: srp.Ephemeral, **changes: Any) -> str:
        """What the client answers to this server's challenge."""
        known = {"group": self.group, "identity": self.identity, "password": self.password, "secret_block": BLOCK}
        challenge = {"salt": f"{self.salt:x}", "srp_b": f"{self.public:x}", "timestamp": NOON}
        return srp.claim(ephemeral=ephemeral, **{**known, **challenge, **changes})


SERVER = Server(group="AbCdEf123", identity="jo", password="Staple-7", salt=2**127, private=3**1000)


def pair(exponent: int) -> srp.Ephemeral:
    """The key pair of an exponent of any size."""
    return srp.Ephemeral(secret=f"{exponent:x}", public=f"{pow(2, exponent, N):x}")


def test_modulus_is_the_one_of_the_rfc() -> None:
    """N follows RFC 3526's formula, which is written in digits of pi."""
    with gmpy2.context(gmpy2.get_context(), precision=3200):
        digits = int(gmpy2.floor(gmpy2.const_pi() * 2**2942))
    assert 2**3072 - 2**3008 - 1 + 2**64 * (digits + 1690314) == N


def test_known_claim_is_made_again() -> None:
    """A published claim comes out byte for byte."""
    signature = srp.claim(
        ephemeral=pair(KNOWN_A),
        group="Pj8nlkpKR",
        identity="User5",
        password="Password1!",
        salt=KNOWN_SALT,
        srp_b=KNOWN_B,
        secret_block=KNOWN_BLOCK,
        timestamp="Thu Jun 15 07:00:00 UTC 2017",
    )
    assert signature == "QwHbbUqF6DSSepJh2QqTWDCb1XjmqaxnnW5kDn5dz7E="


@pytest.mark.parametrize(
    ("material", "salt", "info", "key"),
    [
        ("0b" * 22, bytes(range(13)).hex(), bytes(range(0xF0, 0xFA)).hex(), "3cb25f25faacd57a90434f64d0362f2a"),
        (
            bytes(range(0x50)).hex(),
            bytes(range(0x60, 0xB0)).hex(),
            bytes(range(0xB0, 0x100)).hex(),
            "b11e398dc80327a1c8e7f78c596a4934",
        ),
        ("0b" * 22, "", "", "8da4e775a563c18f715f802a063c5a31"),
    ],
    ids=["A.1", "A.2", "A.3"],
)
def test_key_derivation_follows_the_rfc(material: str, salt: str, info: str, key: str) -> None:
    """The first sixteen bytes of RFC 5869's vectors."""
    derived = srp._hkdf(*(bytes.fromhex(text) for text in (material, salt, info)))
    assert derived.hex() == key


@SETTINGS
@given(user=TEXTS, password=TEXTS, salt=SALTS, server=KEYS, random=st.binary(min_size=128, max_size=128).filter(any))
def test_another_client_makes_the_same_key(user: str, password: str, salt: int, server: int, random: bytes) -> None:
    """Given the same exponent, pycognito signs with the same key, for users and for devices."""
    ours = srp.ephemeral(random)
    other = aws_srp.AWSSRP(user, password, "us-east-1_AbCdEf123", "client", client=object())
    other.small_a_value, other.large_a_value = int(ours.secret, 16), int(ours.public, 16)
    challenge = {"salt": f"{salt:x}", "srp_b": f"{server:x}", "secret_block": BLOCK, "timestamp": NOON}
    keys = {
        "AbCdEf123": other.get_password_authentication_key(user, password, server, f"{salt:x}"),
        "-group": other.get_device_authentication_key("-group", user, password, server, f"{salt:x}"),
    }
    for group, key in keys.items():
        message = group.encode() + user.encode() + b"a secret block" + NOON.encode()
        expected = base64.b64encode(hmac.new(key, message, "sha256").digest()).decode()
        assert srp.claim(ephemeral=ours, group=group, identity=user, password=password, **challenge) == expected


@SETTINGS
@given(user=TEXTS, password=TEXTS, salt=SALTS, private=KEYS, random=st.binary(min_size=128, max_size=128).filter(any))
def test_server_accepts_the_password(user: str, password: str, salt: int, private: int, random: bytes) -> None:
    """Whatever the user, password and salt, the proof is the one that a server expects."""
    server = Server(group="AbCdEf123", identity=user, password=password, salt=salt, private=private)
    ephemeral = srp.ephemeral(random)
    assert server.claimed(ephemeral) == server.expects(ephemeral.public)


@pytest.mark.parametrize(
    "change",
    [
        {"password": "Staple-8"},
        {"identity": "Jo"},
        {"group": "another"},
        {"salt": "2"},
        {"srp_b": "2"},
        {"timestamp": "Thu Jun 5 12:00:01 UTC 2025"},
        {"secret_block": "AAAA"},
        {"password": "Staple-7\ud800"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_server_refuses_anything_else(change: dict[str, str]) -> None:
    """Every value goes into the proof."""
    ephemeral = srp.ephemeral(RANDOM)
    assert SERVER.claimed(ephemeral) == SERVER.expects(ephemeral.public)
    assert SERVER.claimed(ephemeral, **change) != SERVER.expects(ephemeral.public)


@pytest.mark.parametrize("salt", [0, 0xF, 0x7F, 0x80, 0x100, 2**120 - 1, 2**127, 2**128 - 1])
@pytest.mark.parametrize("exponent", [1, 7, 8, 3071, 3072, pytest.param(N - 1, id="N-1")])
def test_numbers_of_every_length_are_hashed_alike(exponent: int, salt: int) -> None:
    """Leading zeros, set high bits and odd numbers of digits make no difference."""
    server = Server(group="AbCdEf123", identity="jo", password="Staple-7", salt=salt, private=exponent)
    ephemeral = pair(exponent)
    assert server.claimed(ephemeral) == server.expects(ephemeral.public)


def test_spelling_of_a_number_does_not_matter() -> None:
    """A challenge may write its numbers in capitals and with leading zeros."""
    ephemeral = srp.ephemeral(RANDOM)
    spelt = SERVER.claimed(ephemeral, salt=f"00{SERVER.salt:X}", srp_b=f"000{SERVER.public:X}")
    assert spelt == SERVER.expects(ephemeral.public)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        *(({"srp_b": f"{factor * N:x}"}, "SRP_B is a number that SRP forbids") for factor in range(3)),
        *(({"srp_b": text}, "SRP_B is not hexadecimal") for text in ("", "0x12", "-1", "1_0", " 12", "12\n", "é")),
        *(({"salt": text}, "SALT is not hexadecimal") for text in ("", "salt", "٣")),
        *(({"secret_block": text}, "SECRET_BLOCK is not base64") for text in ("A", "AA-_", "AAAA\n", "é")),
    ],
)
def test_bad_challenges_are_refused(change: dict[str, str], message: str) -> None:
    """A challenge that is malformed or would give the password away is named, not quoted, and gets no proof."""
    with pytest.raises(SrpRefused) as caught:
        SERVER.claimed(srp.ephemeral(RANDOM), **change)
    assert str(caught.value) == message


def test_key_pair_is_the_power_of_its_exponent() -> None:
    """A is g to the power of the random bytes, in plain hexadecimal digits."""
    assert srp.ephemeral(RANDOM) == pair(int.from_bytes(RANDOM, "big"))


@pytest.mark.parametrize("random", [b"", bytes(128), b"x" * 127, b"x" * 129])
def test_bad_randomness_is_refused(random: bytes) -> None:
    """A key pair takes 128 bytes, of which one at least is not zero."""
    with pytest.raises(ValueError, match="an ephemeral key takes 128 random bytes"):
        srp.ephemeral(random)


def test_secrets_do_not_show() -> None:
    """Neither the exponent nor a device's verifier is in a repr."""
    ephemeral = srp.ephemeral(RANDOM)
    verifier = srp.device_verifier(group_key="-group", key="key", password="p", random=bytes(16))
    assert ephemeral.secret not in repr(ephemeral)
    assert verifier.password_verifier not in repr(verifier)


def test_another_client_confirms_devices_alike() -> None:
    """Given the same password and salt, pycognito tells ConfirmDevice the same."""
    password, expected = aws_srp.generate_hash_device("-group", "us-east-1_key")
    salt = base64.b64decode(expected["Salt"])[-16:].rjust(16, b"\0")
    verifier = srp.device_verifier(group_key="-group", key="us-east-1_key", password=password, random=salt)
    assert verifier == srp.DeviceVerifier(expected["PasswordVerifier"], expected["Salt"])


@SETTINGS
@given(password=TEXTS, random=st.one_of(st.just(bytes(16)), st.binary(min_size=16, max_size=16)))
def test_confirmed_device_signs_in(password: str, random: bytes) -> None:
    """A server that kept a device's verifier and salt accepts the device's password."""
    kept = srp.device_verifier(group_key="-group", key="us-east-1_key", password=password, random=random)
    verifier, salt = (int.from_bytes(base64.b64decode(text), "big") for text in (kept.password_verifier, kept.salt))
    server = Server("-group", "us-east-1_key", password, salt=salt, private=3**1000, verifier=verifier)
    ephemeral = srp.ephemeral(RANDOM)
    assert (kept.salt, server.public) == (base64.b64encode(padded(salt)).decode(), server._public())
    assert server.claimed(ephemeral) == server.expects(ephemeral.public)


@pytest.mark.parametrize("random", [b"", b"x" * 15, b"x" * 17])
def test_salt_has_sixteen_bytes(random: bytes) -> None:
    """A device's salt is as long as Cognito's own."""
    with pytest.raises(ValueError, match="a salt takes 16 random bytes"):
        srp.device_verifier(group_key="-group", key="key", password="p", random=random)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (0, "Thu Jan 1 00:00:00 UTC 1970"),
        (951782399.9, "Mon Feb 28 23:59:59 UTC 2000"),
        (1749106800, "Thu Jun 5 07:00:00 UTC 2025"),
        (1798761599, "Thu Dec 31 23:59:59 UTC 2026"),
    ],
)
def test_timestamp_has_cognitos_form(now: float, expected: str) -> None:
    """The day has no leading zero, the clock has, and fractions of a second are dropped."""
    assert srp.timestamp(now) == expected


@given(st.integers(0, 2**33))
def test_timestamp_is_english(now: int) -> None:
    """It says the same as the date of an e-mail, in another order."""
    weekday, day, month, year, clock, _ = formatdate(now, usegmt=True).replace(",", "").split()
    assert srp.timestamp(now) == f"{weekday} {month} {int(day)} {clock} UTC {year}"


def test_interpreter_lock_is_let_go() -> None:
    """Inside an exponentiation other threads may run; the thread's own setting is left as it was."""
    seen = []

    class Base:
        def __mpz__(self) -> Any:
            seen.append(gmpy2.get_context().allow_release_gil)
            return gmpy2.mpz(2)

    base: Any = Base()
    assert srp._power(base, 10) == 1024
    assert set(seen) == {True}
    assert gmpy2.get_context().allow_release_gil is False
