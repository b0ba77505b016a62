"""What `flowengine pool` is told by options, and which of them go together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from flowengine.cli.imports import import_option
from flowengine.cli.values import checked_pool_id, said
from flowengine.machine import Flow
from flowengine.provision.planned import Plan
from flowengine.provision.resources import TRIGGER_MEMBERS, Resources, uses_sms
from flowengine.settings import PoolSettings

__all__ = [
    "check_agreement", "check_pool_named", "declared", "resource_options", "resources_given", "target_options",
]  # fmt: skip

F = TypeVar("F", bound=Callable[..., Any])


def target_options(function: F) -> F:
    """Let a command name a pool, and where it is."""
    for option in (
        click.option("--simulate", is_flag=True, help="On an embedded account, kept in flowengine-account.jsonl."),
        click.option("--profile", callback=said, metavar="NAME", help="The AWS profile."),
        click.option("--region", callback=said, metavar="REGION", help="The pool's Region."),
        click.option(
            "--client-id", callback=said, metavar="ID", help="Its app client; else the one with the client's name."
        ),
        click.option(
            "--pool-id", callback=checked_pool_id, metavar="ID", help="The pool; without it, a new one is made."
        ),
    ):
        function = option(function)
    return function


def resource_options(function: F) -> F:
    """Let a command name what a pool is made of beside its settings."""
    for option in (
        import_option,
        click.option("--trigger", "triggers", multiple=True, metavar="NAME=ARN", help="A trigger's Lambda function."),
        click.option("--email-identity-arn", callback=said, metavar="ARN", help="The Amazon SES identity for e-mail."),
        click.option("--sms-external-id", callback=said, metavar="ID", help="The external id of the role for SMS."),
        click.option("--sms-role-arn", callback=said, metavar="ARN", help="The role that sends SMS."),
        click.option("--client-name", callback=said, metavar="NAME", help="The app client's name; else NAME-client."),
        click.option("--name", callback=said, metavar="NAME", help="The pool's name; else the flow's."),
    ):
        function = option(function)
    return function


def check_pool_named(options: dict[str, Any], *, replace: bool) -> None:
    """
    Refuse options that are about a pool where none is named: a new one would be made.

    Args:
        options: The options of the command.
        replace: Whether a pool is to be replaced.

    Raises:
        click.UsageError: They are about a pool.
    """
    if options["pool_id"]:
        return
    about = {"--client-id": options["client_id"], "--replace": replace}
    for option, value in about.items():
        if value:
            raise click.UsageError(f"{option} is about a pool that exists: say which with --pool-id")


def check_agreement(plan: Plan, options: dict[str, Any], *, replace: bool) -> None:
    """
    Refuse options that a plan contradicts, since it alone says what is done.

    Args:
        plan: The plan that was read.
        options: The options of the command.
        replace: Whether `--replace` was given.

    Raises:
        click.UsageError: Some are something else than in the plan.
    """
    resources = plan.resources
    said = {
        "pool_id": plan.pool_id, "client_id": plan.client_id, "region": plan.region, "name": resources.pool_name,
        "client_name": resources.client_name, "sms_role_arn": resources.sms_role_arn,
        "sms_external_id": resources.sms_external_id, "email_identity_arn": resources.email_identity_arn,
    }  # fmt: skip
    others = [name for name, value in said.items() if options[name] not in (None, value)]
    others += ["replace"] if replace and not plan.replaces else []
    others += ["trigger"] if options["triggers"] else []
    if others:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in others)
        raise click.UsageError(f"the plan alone says what is done, and it differs from {names}: leave that out")


def declared(flow: Flow) -> PoolSettings:
    """Return the pool settings of a flow that has some."""
    if flow.pool is None:
        raise AssertionError
    return flow.pool


def resources_given(flow: Flow, options: dict[str, Any]) -> Resources:
    """
    Return what a pool is made of beside its settings.

    Args:
        flow: The flow that needs it.
        options: The options of the command.

    Raises:
        click.BadParameter: A trigger is none that the spec declares.
    """
    name = options["name"] or flow.name
    triggers = {}
    for assignment in options["triggers"]:
        trigger, equals, arn = assignment.partition("=")
        if not equals or not arn:
            raise click.BadParameter(f"{assignment!r} is not NAME=ARN", param_hint="--trigger")
        if trigger not in declared(flow).lambda_triggers:
            names = ", ".join(declared(flow).lambda_triggers) or "none"
            message = f"{trigger!r} is no trigger that the spec declares; its lambda_triggers: {names}"
            raise click.BadParameter(message, param_hint="--trigger")
        triggers[trigger] = arn
    given = {key: options[key] for key in ("sms_role_arn", "sms_external_id", "email_identity_arn")}
    if options["simulate"]:
        given = _simulated(given, triggers, sms=uses_sms(declared(flow)))
    return Resources(
        pool_name=name, client_name=options["client_name"] or f"{name}-client", trigger_arns=triggers, **given
    )


def _simulated(given: dict[str, str | None], triggers: dict[str, str], *, sms: bool) -> dict[str, str | None]:
    """Resources of the embedded account, where none are given."""
    from flowengine.cli.embedded_account import ROLE, ROLE_EXTERNAL_ID  # noqa: PLC0415 (it loads the embedded account)

    account = "us-east-1:123456789012"
    for trigger in TRIGGER_MEMBERS:
        triggers.setdefault(trigger, f"arn:aws:lambda:{account}:function:{trigger}")
    role = {
        "sms_role_arn": given["sms_role_arn"] or f"arn:aws:iam::123456789012:role/{ROLE}",
        "sms_external_id": given["sms_external_id"] or ROLE_EXTERNAL_ID,
    }
    return {
        **(role if sms else given),
        "email_identity_arn": given["email_identity_arn"] or f"arn:aws:ses:{account}:identity/example.com",
    }
