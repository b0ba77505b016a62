"""Members that sign-in needs and the pinned botocore lacks."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from botocore import UNSIGNED
from botocore.loaders import ExtrasProcessor, Loader
from canned import Canned

from flowengine.cognito import service_model

EXTRAS = Path(service_model.__file__).parent / "models/cognito-idp/2016-04-18/service-2.sdk-extras.json"
CHOICES = {"ChallengeName": "SELECT_CHALLENGE", "Session": "s" * 20, "AvailableChallenges": ["PASSWORD", "EMAIL_OTP"]}
ANSWER = {"ChallengeName": "SELECT_CHALLENGE", "Session": "s" * 20, "ChallengeResponses": {"USERNAME": "jo"}}


def paths(session: Any) -> list[str]:
    """Where a session looks for service models."""
    found: list[str] = session._session.get_component("data_loader").search_paths
    return found


@pytest.mark.parametrize("operation", ["RespondToAuthChallenge", "AdminRespondToAuthChallenge"])
async def test_available_challenges_come_through(operation: str) -> None:
    """An answer to a challenge can offer others."""
    async with Canned(CHOICES).cognito(signed=True) as cognito:
        answer = await cognito.call(operation, ANSWER)
    assert answer["AvailableChallenges"] == ["PASSWORD", "EMAIL_OTP"]


async def test_earlier_clients_of_a_session_are_no_obstacle() -> None:
    """The members are known even where the session had read the service model before."""
    service = Canned(CHOICES)
    session = service.session()
    config = AioConfig(signature_version=UNSIGNED)
    async with session.client("cognito-idp", region_name="us-east-1", config=config) as client:
        assert (
            "AvailableChallenges" not in client.meta.service_model.shape_for("RespondToAuthChallengeResponse").members
        )
    async with service.cognito(session) as cognito:
        assert "AvailableChallenges" in await cognito.call("RespondToAuthChallenge", ANSWER)


@pytest.mark.parametrize(
    ("operation", "member"),
    [("SetUserMFAPreference", {"AccessToken": "a"}), ("AdminSetUserMFAPreference", {"Username": "jo"})],
)
async def test_passkeys_can_be_made_a_factor(operation: str, member: dict[str, str]) -> None:
    """The preference for passkeys is sent as it is given."""
    service = Canned()
    async with service.cognito(signed=True) as cognito:
        await cognito.call(operation, {**member, "WebAuthnMfaSettings": {"Enabled": True}})
    assert service.sent["WebAuthnMfaSettings"] == {"Enabled": True}


async def test_members_are_added_once() -> None:
    """However many drivers are opened on a session, it is changed once."""
    service = Canned()
    session = service.session()
    before = len(paths(session))
    for _ in range(2):
        async with service.cognito(session):
            pass
    assert len(paths(session)) == before + 1


def test_newer_models_are_left_alone() -> None:
    """A model that has the members, with more said about them, stays as it is."""
    extras = json.loads(EXTRAS.read_text())
    newer = Loader().load_service_model("cognito-idp", "service-2", service_model.API_VERSION)
    for name, shape in copy.deepcopy(extras["merge"]["shapes"]).items():
        members = {member: {**named, "documentation": "known"} for member, named in shape.pop("members", {}).items()}
        known = newer["shapes"].setdefault(name, {})
        known.update(shape)
        known.setdefault("members", {}).update(members)
    merged = copy.deepcopy(newer)
    ExtrasProcessor().process(merged, [extras])
    assert merged == newer


def test_every_named_shape_exists() -> None:
    """What the members refer to is in botocore's model, or beside them."""
    extras = json.loads(EXTRAS.read_text())["merge"]["shapes"]
    known = Loader().load_service_model("cognito-idp", "service-2", service_model.API_VERSION)["shapes"]
    referred = {member["shape"] for shape in extras.values() for member in shape.get("members", {}).values()}
    assert referred <= known.keys() | extras.keys()
