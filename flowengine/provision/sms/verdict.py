"""One line of the answer, and where on AWS's console to go on from it."""

from __future__ import annotations

from typing import Final, Literal

from attrs import frozen

from flowengine.provision.sms.facts import Unknown

__all__ = ["TEXT_MESSAGING", "Verdict", "console", "unknown"]

TEXT_MESSAGING: Final = "sns/v3/home?region={region}#/mobile/text-messaging"
"""The page of Amazon SNS with the sandbox, its numbers, the spend limit and the opt-outs."""


@frozen
class Verdict:
    """
    What one check found.

    Args:
        subject: What was checked.
        verdict: `ok`; `blocks`: no SMS arrives; `doubtful`: it may not arrive, or not as it should; `unknown`: it
            could not be observed.
        reason: Why.
        step: What to do next; empty if nothing.
        console: Where on AWS's console to do it; empty if nowhere.
    """

    subject: str
    verdict: Literal["ok", "blocks", "doubtful", "unknown"]
    reason: str
    step: str = ""
    console: str = ""


def unknown(subject: str, what: Unknown) -> Verdict:
    """Return the verdict on what could not be observed."""
    return Verdict(subject, "unknown", f"{what.reason} ({what.action})", what.step)


def console(region: str, path: str) -> str:
    """
    Return the address of a page of AWS's console.

    Args:
        region: The AWS Region.
        path: The page, with `{region}` wherever it names the Region.
    """
    return f"https://{region}.console.aws.amazon.com/{path.format(region=region)}"
