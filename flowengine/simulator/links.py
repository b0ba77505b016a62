"""Links that confirm a sign-up: mailed in place of a code, and followed."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from flowengine.simulator.codes import CODE_LENGTH, SIGN_UP_VALIDITY, VERIFICATION_SUBJECT, send_message
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import LINK_UNSENDABLE
from flowengine.simulator.state import Code, Message, User

__all__ = ["read_link", "send_link", "uses_link"]

TEXT: Final = "Please follow this link to verify your email address: {link}"
_LINK: Final = re.compile(r"https://\S+/confirmUser\?\S+")


def uses_link(call: Call, attribute: str) -> bool:
    """
    Tell whether a sign-up is confirmed by a link when its message goes to this contact attribute.

    Source: shape VerificationMessageTemplateType (DefaultEmailOption).
    """
    return attribute == "email" and call.settings.verification.default_email_option == "CONFIRM_WITH_LINK"


def send_link(call: Call, user: User) -> Code:
    """
    Mail the link that confirms a user, and return the code that is in it.

    Source: user-pool-settings-email-phone-verification (verification by link needs a domain).
    """
    if call.settings.domain is None:
        raise LINK_UNSENDABLE.error()
    value, address = call.digits(CODE_LENGTH), user.attributes["email"]
    query = {"client_id": call.pool.client_id, "user_name": user.username, "confirmation_code": value}
    link = f"https://{call.settings.domain}/confirmUser?{urlencode(query)}"
    subject = call.settings.verification.email_subject or VERIFICATION_SUBJECT
    send_message(call, "sign_up_link", "email", address, code="", text=TEXT.format(link=link), subject=subject)
    return Code(value=value, attribute="email", destination=address, expires_at=call.now + SIGN_UP_VALIDITY)


def read_link(message: Message) -> tuple[str, str]:
    """
    Return the username and the code in the link of a message.

    Raises:
        ValueError: The message has no such link.
    """
    found = _LINK.search(message.text)
    if found is None:
        msg = "the message has no link that confirms a user"
        raise ValueError(msg)
    query = parse_qs(urlsplit(found[0]).query)
    return query["user_name"][0], query["confirmation_code"][0]
