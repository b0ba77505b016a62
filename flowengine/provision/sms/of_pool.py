"""Verdicts on a user pool: whether it can send SMS, with which role, from where, and how long its texts are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowengine.provision.sms.facts import Pool, Role, Unknown
from flowengine.provision.sms.roles import SENDING, is_trusted, may, wants_other_id
from flowengine.provision.sms.segments import length_of
from flowengine.provision.sms.verdict import TEXT_MESSAGING, Verdict, console, unknown

__all__ = ["check_pool"]

POOL_PAGE: Final = "cognito/v2/idp/user-pools/{pool}/authentication/authentication-methods?region={{region}}"
ROLE_PAGE: Final = "iam/home?region={{region}}#/roles/details/{role}"
CODE: Final = "{####}"
"""What stands for the code in a text; codes have six digits (shape SmsVerificationMessageType)."""
WAYS: Final = {"sns": "Amazon SNS", "eums": "AWS End User Messaging"}


def check_pool(pool: Pool, region: str) -> Iterator[Verdict]:
    """
    Judge what of a user pool decides whether its SMS arrive.

    Args:
        pool: What was observed of it.
        region: The AWS Region that the rest of the check looks at.

    Source: user-pool-sms-settings; shapes SmsConfigurationType, UserPoolType.
    """
    yield _way(pool)
    if pool.way is None:
        return
    yield from _failures(pool)
    if pool.way != "other":
        yield from _role(pool)
        yield _region(pool, region)
    yield from _texts(pool)


def _page(pool: Pool) -> str:
    return console(pool.id.partition("_")[0], POOL_PAGE.format(pool=pool.id))


def _way(pool: Pool) -> Verdict:
    if pool.way is None:
        step = "give the pool an SMS configuration; it stays for good"
        return Verdict("pool", "blocks", f"{pool.id} has no SMS configuration", step, _page(pool))
    if pool.way == "other":
        reason = f"the SMS configuration of {pool.id} is of a kind that the installed botocore does not know"
        return Verdict("pool", "unknown", reason, "install a newer aioboto3")
    return Verdict("pool", "ok", f"{pool.id} sends SMS through {WAYS[pool.way]}")


def _failures(pool: Pool) -> Iterator[Verdict]:
    """What Cognito itself complains of. The sandbox has a line of its own."""
    for failure in pool.failures:
        if failure != "SNSSandbox":
            yield Verdict("pool", "blocks", f"Cognito says {failure}", "mend the role", _page(pool))


def _role(pool: Pool) -> Iterator[Verdict]:
    role, name = pool.role, pool.role_arn.rpartition("/")[2]
    page = console(pool.region, ROLE_PAGE.format(role=name))
    if isinstance(role, Unknown):
        yield unknown("role", role)
    elif role is None:
        yield Verdict("role", "blocks", f"the role {pool.role_arn} does not exist", "name another role", _page(pool))
    else:
        yield _permission(pool, role, name, page)
        yield _trust(pool, role, name, page)


def _permission(pool: Pool, role: Role, name: str, page: str) -> Verdict:
    action = SENDING[pool.way or ""]
    if may(role, action):
        return Verdict("role", "ok", f"{name} allows {action}")
    return Verdict("role", "blocks", f"{name} does not allow {action}", f"allow {action} in a policy of it", page)


def _trust(pool: Pool, role: Role, name: str, page: str) -> Verdict:
    if not is_trusted(role):
        reason, step = f"{name} does not let Cognito take it on", "let cognito-idp.amazonaws.com call sts:AssumeRole"
        return Verdict("external id", "blocks", reason, step, page)
    if wants_other_id(role, pool.external_id):
        reason = f"{name} asks for another external id than the pool's"
        return Verdict("external id", "blocks", reason, "make the two equal", page)
    return Verdict("external id", "ok", f"{name} lets Cognito take it on, with this pool's external id")


def _region(pool: Pool, region: str) -> Verdict:
    if pool.region == region:
        return Verdict("Region", "ok", f"the pool sends from {region}")
    reason = f"the pool sends from {pool.region}, and what follows is about {region}"
    return Verdict("Region", "doubtful", reason, f"check with --region {pool.region}", console(region, TEXT_MESSAGING))


def _texts(pool: Pool) -> Iterator[Verdict]:
    for purpose, text in pool.messages.items():
        length = length_of(text.replace(CODE, "000000"))
        size = f"the {purpose} takes {length.places} places of {length.encoding}"
        if length.parts == 1:
            yield Verdict("message", "ok", f"{size}: one SMS")
            continue
        why = f", because of {' '.join(length.foreign)}" if length.foreign else ""
        reason = f"{size}{why}: {length.parts} SMS, each of them billed"
        yield Verdict("message", "doubtful", reason, "shorten the text, or leave these characters out", _page(pool))
