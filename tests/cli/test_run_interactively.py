"""`flowengine run --interactive`: a person at the terminal, who mistypes first.

Equal seeds give equal walks, so what one walk shows is the key to a next one that types the same and goes further.
"""

from __future__ import annotations

import json
import re
from typing import Any

from commands import flowengine
from pyotp import TOTP

from flowengine.testing import SoftwareAuthenticator

PASSWORD = "Staple-7"
NOW = 1_767_225_600
"""When the embedded pool's clock begins."""
STOP = "(stop)"


def walk(flow: str, *typed: str) -> tuple[str, str]:
    """Type lines, stop, and return what was told and what was asked."""
    result = flowengine("run", flow, "--interactive", text="\n".join([*typed, STOP]) + "\n")
    assert result.returncode == int("verifies against" not in result.stdout)
    assert "Traceback" not in result.stderr
    assert PASSWORD not in result.stdout + result.stderr
    return result.stdout, result.stderr


def received(told: str) -> str:
    """Return the code that was received last."""
    codes: list[str] = re.findall(r" code is (\d+)", told)
    return codes[-1]


def signed_up(flow: str, *contacts: str) -> list[str]:
    """Return what a new user types until confirmed."""
    typed = ["sign_up", *contacts]
    told, _ = walk(flow, *typed)
    return [*typed, "confirm", received(told)]


def options(asked: str, name: str) -> Any:
    """Return a parameter that was shown last."""
    return json.loads(re.findall(rf"   {name}: (.*)", asked)[-1])


def test_authenticator_app() -> None:
    """The secret is shown for the app, a wrong code may be mended, and the right one signs in."""
    typed = [*signed_up("totp-mfa", "jo", PASSWORD, "jo@example.com", ""), "sign_in", PASSWORD, "set_up_totp"]
    told, asked = walk("totp-mfa", *typed)
    (secret,) = re.findall(r"   secret_code: ([A-Z2-7]+)\n", asked)
    assert f"   otpauth_uri: otpauth://totp/Cognito:jo?secret={secret}&issuer=Cognito\n" in asked
    code = TOTP(secret).at(NOW)
    wrong = str((int(code) + 500_000) % 1_000_000).zfill(6)
    told, _ = walk("totp-mfa", *typed, "verify_totp", wrong, "verify_totp", code)
    assert "EnableSoftwareTokenMFAException: " in told
    assert secret not in told
    assert told.index("VerifySoftwareToken answers SOFTWARE_TOKEN_VERIFIED") < told.index("signed_in: the ID token")


def test_passkey() -> None:
    """What is no credential is refused in words, and pasted ones register a passkey and sign in with it."""
    flow, device = "passkey", SoftwareAuthenticator()
    typed = [*signed_up(flow, "jo@example.com", PASSWORD, "", ""), "sign_in_with_choice", "PASSWORD", PASSWORD]
    typed.append("register_passkey")
    _, asked = walk(flow, *typed)
    created = json.dumps(device.create(options(asked, "credential_creation_options")))
    for garbage in ("garbage", "[1]", "[" * 2_000, '{"id": NaN}', '{"id": "x"}'):
        typed += ["finish_passkey", garbage]
    typed += ["finish_passkey", created, "sign_out", "sign_in_with_choice", "jo@example.com", "WEB_AUTHN", ""]
    told, asked = walk(flow, *typed)
    assert asked.count("finish_passkey: credential must be an object, not ") == 3
    assert asked.count("finish_passkey: credential is no JSON object\n") == 1
    assert "InvalidParameterException: The credential is malformed. It can be tried again.\n" in told
    signed = json.dumps(device.get(options(asked, "credential_request_options")))
    told, _ = walk(flow, *typed, "answer", signed)
    assert "RespondToAuthChallenge answers TOKENS: passkey_challenge -> signed_in" in told
    assert "clientDataJSON" not in told


def test_custom_challenge() -> None:
    """The public parameters are shown, and as many right answers as the functions want sign in."""
    typed = [*signed_up("custom-challenge", "jo", PASSWORD, "jo@example.com", ""), "sign_in_with_custom_challenge"]
    _, asked = walk("custom-challenge", *typed)
    assert "   type_this: staple\n" in asked
    told, _ = walk("custom-challenge", *typed, "answer", "wrong", "sign_in_with_custom_challenge", "jo")
    assert "INCORRECT_USERNAME_OR_PASSWORD: custom_challenge -> signed_out" in told
    told, _ = walk("custom-challenge", *typed, "answer", "staple", "answer", "staple")
    assert "RespondToAuthChallenge answers TOKENS: custom_challenge -> signed_in" in told


def test_passwordless() -> None:
    """A sign-up without a password, and a sign-in by the code that its confirmation spares, or by another one."""
    typed = signed_up("passwordless", "jo@example.com", "", "", "")
    told, _ = walk("passwordless", *typed, "auto_sign_in")
    assert "InitiateAuth answers TOKENS: confirmed -> signed_in" in told
    typed += ["sign_in_with_choice", "EMAIL_OTP", ""]
    told, _ = walk("passwordless", *typed)
    told, _ = walk("passwordless", *typed, "answer", "00000000", "answer", received(told))
    assert "CodeMismatchException: " in told
    assert "RespondToAuthChallenge answers TOKENS: one_time_password -> signed_in" in told
