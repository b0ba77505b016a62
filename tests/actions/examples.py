"""What the tests of the action table share: the service's own model, example inputs and facts, pools."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs
import botocore.session

from flowengine.actions import ACTIONS
from flowengine.actions.model import ANY_TEXT, Action, Call, Options, Surroundings
from flowengine.actions.proofs import ephemeral
from flowengine.fields import Field
from flowengine.session import Device, Tokens
from flowengine.settings import AUTH_FLOWS, Client, Mfa, PoolSettings, Verification

MODEL: Final = botocore.session.get_session().get_service_model("cognito-idp")

EVERY_FLOW: Final = Client(explicit_auth_flows=AUTH_FLOWS)
OFF: Final = PoolSettings(verification=Verification(auto_verified_attributes=("email",)), client=EVERY_FLOW)
OPTIONAL: Final = attrs.evolve(OFF, mfa=Mfa(mode="optional", factors=("sms",)))
REQUIRED: Final = attrs.evolve(OFF, mfa=Mfa(mode="required", factors=("sms",)))

USERNAME: Final = "ann"
TOKENS: Final = Tokens(access_token="ACCESS", id_token="ID", refresh_token="REFRESH", expires_in=3600)
DEVICE: Final = Device(key="eu-west-1_device", group_key="-group", password="DEVICE-PASSWORD")
SECRET_BLOCK: Final = "U0VDUkVUIEJMT0NL"
PARAMETERS: Final = {
    "SALT": "c0ffee",
    "SRP_B": "5" * 600,
    "SECRET_BLOCK": SECRET_BLOCK,
    "USER_ID_FOR_SRP": "sub-of-ann",
    "USERNAME": "sub-of-ann",
}
FACTS: Final[dict[str, Any]] = {
    "username": USERNAME,
    "session": "SESSION-OF-A-CHALLENGE",
    "user_id": "sub-of-ann",
    "parameters": PARAMETERS,
    "tokens": TOKENS,
    "device": DEVICE,
    "sign_up_session": "SESSION-OF-A-SIGN-UP",
}
INPUTS: Final[Mapping[str, Any]] = {
    "username": USERNAME,
    "password": "Pa55word!",
    "new_password": "N3w-Pa55word!",
    "code": "123456",
    "answer": "AN-ANSWER",
    "email": "ann@example.org",
    "attributes": {"email": "ann@example.org"},
    "credential": {"id": "CREDENTIAL-ID", "type": "public-key"},
    "device": {"key": "eu-west-1_device", "group_key": "-group", "password": "DEVICE-PASSWORD"},
    "preferred_challenge": "PASSWORD",
}
AROUND: Final = Surroundings(now=1_700_000_000.0, random=lambda count: b"\x07" * count, user_pool_id="eu-west-1_Pool")


def combinations(action: Action) -> Iterator[dict[str, str]]:
    """Yield every choice of an action's options."""
    values = (("Ann & Sons",) if known == ANY_TEXT else known for known in action.options.values())
    for chosen in itertools.product(*values):
        yield dict(zip(action.options, chosen, strict=True))


def pendings(action: Action) -> tuple[str | None, ...]:
    """Return what can be pending when an action is sent."""
    return (None,) if action.answers is None else tuple(sorted(action.answers))


def defaults(action: Action, **chosen: str) -> Options:
    """Return an action's options, at their defaults but for some."""
    return {name: values[0] for name, values in action.options.items()} | dict(action.defaults) | chosen


def example(entry: Field) -> Any:
    """Return a good input for a field."""
    return entry.choices[0] if entry.choices else INPUTS[entry.name]


def call_of(action: Action, options: Options, pending: str | None, *, optional: bool = True) -> Call:
    """Return a call with every input that an action takes, or only those that it needs, computed where it must be."""
    fields = action.fields(None, options, pending)
    inputs = {entry.name: example(entry) for entry in fields if optional or entry.required}
    facts = FACTS if optional else {name: fact for name, fact in FACTS.items() if name not in action.uses}
    call = Call(inputs, facts, options, pending, dict(ephemeral(Call({}, {}, {}), AROUND)))
    computation = action.compute(call)
    return attrs.evolve(call, computed={**call.computed, **(computation(call, AROUND) if computation else {})})


CASES: Final = [
    (name, options, pending)
    for name, action in ACTIONS.items()
    for options in combinations(action)
    for pending in pendings(action)
    if name != "set_user_mfa_preference" or len({*options.values()}) <= 2
]
"""Every action with every choice of its options at everything that it answers; of preferences, a part."""
