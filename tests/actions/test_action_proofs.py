"""What is computed for a call: the halves of a proof, the claims that end it, the secret of a device."""

from __future__ import annotations

import base64

import attrs
import pytest
from examples import AROUND, CASES, DEVICE, FACTS, INPUTS, PARAMETERS, call_of

from flowengine import srp
from flowengine.actions import ACTIONS
from flowengine.actions.model import Call
from flowengine.actions.proofs import device_claim, device_secret, ephemeral, password_claim
from flowengine.errors import SrpRefused

PAIR = ephemeral(Call({}, {}, {}), AROUND)["ephemeral"]
VERIFIER = call_of(ACTIONS["respond_to_auth_challenge"], {}, "PASSWORD_VERIFIER")

COMPUTATIONS = {
    "PASSWORD_SRP": ephemeral,
    "DEVICE_SRP_AUTH": ephemeral,
    "PASSWORD_VERIFIER": password_claim,
    "DEVICE_PASSWORD_VERIFIER": device_claim,
}


def test_only_proofs_are_computed() -> None:
    """Beginning a proof draws its key pair, a verifier ends it, a new device gets a secret; nothing else does."""
    for name, options, pending in CASES:
        call = call_of(ACTIONS[name], options, pending)
        begins = options.get("auth_flow") == "USER_SRP_AUTH" or options.get("challenge_name") == "SRP_A"
        expected = (
            ephemeral if begins else device_secret if name == "confirm_device" else COMPUTATIONS.get(str(pending))
        )
        assert ACTIONS[name].compute(call) is expected, (name, options, pending)


def claim(group: str, identity: str, password: str) -> str:
    """Return the claim of whoever knows these, with the example's values of the server."""
    return srp.claim(
        ephemeral=PAIR, group=group, identity=identity, password=password, salt=PARAMETERS["SALT"],
        srp_b=PARAMETERS["SRP_B"], secret_block=PARAMETERS["SECRET_BLOCK"], timestamp=srp.timestamp(AROUND.now),
    )  # fmt: skip


def test_password_is_claimed_for_the_user_of_the_pool() -> None:
    """The claim speaks of the pool's own name, of the user's id as the challenge gave it, and of what was typed."""
    responses = password_claim(VERIFIER, AROUND)["responses"]
    assert responses["PASSWORD_CLAIM_SIGNATURE"] == claim("Pool", "sub-of-ann", "Pa55word!")
    assert responses["PASSWORD_CLAIM_SIGNATURE"] != claim("eu-west-1_Pool", "sub-of-ann", "Pa55word!")
    assert responses["DEVICE_KEY"] == DEVICE.key


def test_device_is_claimed_under_its_own_names() -> None:
    """The claim of a device speaks of its group and key, and of its own password."""
    call = call_of(ACTIONS["respond_to_auth_challenge"], {}, "DEVICE_PASSWORD_VERIFIER")
    responses = device_claim(call, AROUND)["responses"]
    assert responses["PASSWORD_CLAIM_SIGNATURE"] == claim("-group", DEVICE.key, "DEVICE-PASSWORD")
    assert responses["DEVICE_KEY"] == DEVICE.key


def test_device_that_nobody_knows_proves_nothing() -> None:
    """Without a device the claim is one that no pool takes, and not an exception."""
    facts = {name: fact for name, fact in FACTS.items() if name != "device"}
    responses = device_claim(Call({}, facts, {}, None, {"ephemeral": PAIR}), AROUND)["responses"]
    assert responses["DEVICE_KEY"] == ""
    assert responses["PASSWORD_CLAIM_SIGNATURE"] == claim("", "", "")


def test_proof_that_nobody_began_is_refused() -> None:
    """A verifier that comes without a question is answered by no claim."""
    for compute in (password_claim, device_claim):
        with pytest.raises(SrpRefused, match=r"^the server proves a password that nobody offered to prove$"):
            compute(attrs.evolve(VERIFIER, computed={}), AROUND)


@pytest.mark.parametrize("parameters", [{}, PARAMETERS | {"SRP_B": "0"}, PARAMETERS | {"SRP_B": "zz"}])
def test_unsafe_values_are_refused(parameters: dict[str, str]) -> None:
    """Values that would give the password away, or are none, are answered by no claim."""
    with pytest.raises(SrpRefused):
        password_claim(attrs.evolve(VERIFIER, facts=FACTS | {"parameters": parameters}), AROUND)


def test_device_gets_a_password_of_its_own() -> None:
    """A confirmed device keeps its names, and its verifier is made of the password that it was given."""
    computed = device_secret(Call(INPUTS, FACTS, {}), AROUND)
    device, verifier = computed["device"], computed["verifier"]
    assert (device.key, device.group_key) == (DEVICE.key, DEVICE.group_key)
    assert base64.b64decode(device.password) == b"\x07" * 40
    assert verifier == srp.device_verifier(
        group_key=device.group_key, key=device.key, password=device.password, random=b"\x07" * 16
    )
