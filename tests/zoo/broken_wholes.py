"""Animals that only show once nothing more can come: predictions in vain, parts that are of no use, mute rules."""

from __future__ import annotations

from typing import Final

import attrs
from animal import Animal
from habitats import NEWCOMERS, PHONELESS, SMS_MFA

from flowengine.actions import ACTIONS
from flowengine.settings import RULES

__all__ = ["BROKEN_RULES", "BROKEN_WHOLES"]

_SIGN_UP: Final = ACTIONS["sign_up"]
_WITHOUT_PHONE: Final = next(rule for rule in RULES if rule.id == "mfa-without-phone")

BROKEN_RULES: Final = (
    Animal(
        name="mute-rule",
        sentence="The settings call a pool fine in which users without a phone number can never sign in.",
        caught_by={"no dead end", "recovery"},
        habitat=PHONELESS,
        rules=(attrs.evolve(_WITHOUT_PHONE, broken=lambda _pool: False),),
    ),
)

BROKEN_WHOLES: Final = (
    Animal(
        name="predicted-in-vain",
        sentence="The table predicts a refusal that never comes.",
        caught_by={"prediction"},
        habitat=NEWCOMERS,
        rows=(attrs.evolve(_SIGN_UP, refusals=_SIGN_UP.refusals | {"FullMoonException"}),),
    ),
    Animal(
        name="attic",
        sentence="Nothing leads to a state.",
        caught_by={"use"},
        habitat=NEWCOMERS,
        overlay="states: {attic: {meaning: confirmed}}",
    ),
    Animal(
        name="closed-door",
        sentence="An event is accepted in no pool like this one: nothing that it answers is pending there.",
        caught_by={"use"},
        habitat=SMS_MFA,
        overlay="states: {signed_in: {on: {answer: {action: respond_to_auth_challenge, to: {use: challenge}}}}}",
    ),
    Animal(
        name="dead-route",
        sentence="A route is for an outcome that never comes.",
        caught_by={"use"},
        habitat=NEWCOMERS,
        overlay="states: {signed_out: {on: {forgot_password: {to: {NO_RECOVERY_CHANNEL: signed_out}}}}}",
    ),
)
"""What is judged over all pools together; here, over one."""
