"""Every place where a sign-in waits for an answer: how users come there, come back, and answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from attrs import field, frozen
from functions import ANSWERS, functions
from journey import BOTH, NEW_PASSWORD, PASSWORD, PHONE, VERIFY_PHONE, Journey, pool_of

import flowengine as fe
from flowengine.settings import FIRST_FACTORS, TRIGGERS, Passkey

Move = Callable[[Journey], Awaitable[Any]]

CHOICE: Final = pool_of(allowed_first_auth_factors=FIRST_FACTORS, passkey=Passkey(relying_party_id="example.com"))
CUSTOM: Final = pool_of(lambda_triggers=[name for name in TRIGGERS if "challenge" in name])
BY_PHONE: Final = pool_of("email", verification=VERIFY_PHONE, account_recovery=("verified_phone_number",))


async def register(ada: Journey) -> None:
    """Sign up and confirm."""
    await ada.register()


async def invite(ada: Journey) -> None:
    """Be invited, with a password that must be replaced."""
    ada.invite()


async def invite_by_phone(ada: Journey) -> None:
    """Be created with a phone number alone, and a password to keep."""
    ada.invite({"phone_number": PHONE}, password=PASSWORD)


async def register_app(ada: Journey) -> None:
    """Register, with an authenticator app."""
    await ada.register()
    await ada.with_password()
    await ada.send("set_up_totp")
    ada.scan()
    await ada.send("verify_totp", code=ada.app_code())
    await ada.start_over()


async def register_passkey(ada: Journey) -> None:
    """Register, with a passkey."""
    await ada.register()
    await ada.with_password()
    options = (await ada.send("register_passkey")).parameters["credential_creation_options"]
    await ada.send("finish_passkey", credential=ada.authenticator.create(options))
    await ada.start_over()


async def by_password(ada: Journey) -> None:
    """Sign in with the password."""
    await ada.with_password()


def preferring(challenge: str | None) -> Move:
    """Sign in with a preferred factor, or none."""
    preferred = {"preferred_challenge": challenge} if challenge else {}
    return lambda ada: ada.sign_in("sign_in_with_choice", **preferred)


def choosing(challenge: str) -> Move:
    """Sign in, and choose a factor."""

    async def choose(ada: Journey) -> None:
        await ada.sign_in("sign_in_with_choice")
        await ada.send("answer", answer=challenge)

    return choose


async def by_function(ada: Journey) -> None:
    """Sign in, and let the Lambda functions ask."""
    await ada.sign_in("sign_in_with_custom_challenge")


async def to_secret(ada: Journey) -> None:
    """Sign in with the password, and scan the secret of an authenticator app."""
    await ada.with_password()
    await ada.send("set_up_totp")
    ada.scan()


def code(ada: Journey) -> Mapping[str, Any]:
    """Return the code that was sent."""
    return {"code": ada.code}


def app_code(ada: Journey) -> Mapping[str, Any]:
    """Return the code that the app shows."""
    return {"code": ada.app_code()}


def given(**inputs: Any) -> Callable[[Journey], Mapping[str, Any]]:
    """Return what is always the same."""
    return lambda _ada: inputs


def signature(ada: Journey) -> Mapping[str, Any]:
    """Return what the passkey signs."""
    return {"credential": ada.authenticator.get(ada.snapshot.parameters["credential_request_options"])}


async def nothing_more(_ada: Journey) -> None:
    """Be signed in."""


async def set_app_up(ada: Journey) -> None:
    """Prove the app whose secret is shown."""
    ada.scan()
    await ada.send("verify_totp", code=ada.app_code())


async def type_code(ada: Journey) -> None:
    """Type the code that was sent."""
    await ada.send("answer", code=ada.code)


@frozen(kw_only=True)
class Waiting:
    """
    A place where a sign-in waits.

    Args:
        name: What waits.
        pool: A pool that asks for it.
        before: What the user has done before.
        sign_in: How the user comes there.
        event: The event that answers.
        right: The right answer.
        then: What still follows it until the user is signed in.
        wrong: A wrong answer that keeps the challenge; empty if there is none.
        operation: The operation that the answer calls first.
    """

    name: str
    pool: fe.PoolSettings = field(factory=pool_of)
    before: Move = register
    sign_in: Move = by_password
    event: str = "answer"
    right: Callable[[Journey], Mapping[str, Any]] = code
    then: Move = nothing_more
    wrong: Mapping[str, Any] = field(factory=dict)
    operation: str = "RespondToAuthChallenge"

    def __str__(self) -> str:
        return self.name

    def journey(self) -> Journey:
        """Return the journey of a user who will come there."""
        return Journey(self.pool, triggers=functions(self.pool), attributes=BOTH)

    async def begin(self, ada: Journey) -> None:
        """Come there for the first time."""
        await self.before(ada)
        await self.sign_in(ada)

    async def begin_again(self, ada: Journey) -> None:
        """Come there another time."""
        await self.sign_in(ada)

    async def answer(self, ada: Journey) -> fe.Snapshot:
        """Give the right answer, and go on if it is taken."""
        snapshot = await ada.send(self.event, **self.right(ada))
        if snapshot.error is None:
            await self.then(ada)
        return ada.snapshot


WRONG_CODE: Final = {"code": "no-code"}
CHALLENGES: Final = (
    Waiting(name="SMS_MFA", pool=pool_of("sms"), wrong=WRONG_CODE),
    Waiting(name="EMAIL_OTP as MFA", pool=BY_PHONE, wrong=WRONG_CODE),
    Waiting(name="EMAIL_OTP as first factor", pool=CHOICE, sign_in=preferring("EMAIL_OTP"), wrong=WRONG_CODE),
    Waiting(name="SMS_OTP", pool=CHOICE, sign_in=preferring("SMS_OTP"), wrong=WRONG_CODE),
    Waiting(
        name="SOFTWARE_TOKEN_MFA", pool=pool_of("totp"), before=register_app, right=app_code, wrong={"code": "000000"}
    ),
    Waiting(
        name="SELECT_MFA_TYPE", pool=pool_of("sms", "email"), right=given(answer="EMAIL_OTP"), then=type_code
    ),
    Waiting(
        name="NEW_PASSWORD_REQUIRED", before=invite, right=given(new_password=NEW_PASSWORD),
        wrong={"new_password": "weakhorse"},
    ),
    Waiting(
        name="MFA_SETUP by TOTP", pool=pool_of("totp"), event="set_up_totp", right=given(), then=set_app_up,
        operation="AssociateSoftwareToken",
    ),
    Waiting(
        name="SECRET_CODE", pool=pool_of("totp"), sign_in=to_secret, event="verify_totp", right=app_code,
        wrong={"code": "000000"}, operation="VerifySoftwareToken",
    ),
    Waiting(
        name="MFA_SETUP by e-mail", pool=BY_PHONE, before=invite_by_phone, event="set_up_email",
        right=given(email="ada@example.org"), then=type_code,
    ),
    Waiting(
        name="SELECT_CHALLENGE", pool=CHOICE, sign_in=preferring(None), right=given(answer="SMS_OTP"), then=type_code
    ),
    Waiting(name="PASSWORD", pool=CHOICE, sign_in=choosing("PASSWORD"), right=given(password=PASSWORD)),
    Waiting(name="PASSWORD_SRP", pool=CHOICE, sign_in=choosing("PASSWORD_SRP"), right=given(password=PASSWORD)),
    Waiting(name="WEB_AUTHN", pool=CHOICE, before=register_passkey, sign_in=preferring("WEB_AUTHN"), right=signature),
    Waiting(name="CUSTOM_CHALLENGE", pool=CUSTOM, sign_in=by_function, right=given(answer=ANSWERS[0])),
)  # fmt: skip
"""Every challenge on which a session can rest, but that of administrators alone."""
