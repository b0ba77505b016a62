"""Verdicts on the account: its sandbox, its money, who opted out, and what it sends from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from flowengine.phone import country_of, is_assigned
from flowengine.provision.sms.countries import PAGE, CountryRule, country_rules
from flowengine.provision.sms.facts import Facts, Number, SenderId, Unknown
from flowengine.provision.sms.verdict import TEXT_MESSAGING, Verdict, console, unknown

__all__ = ["check_account"]

NUMBERS: Final = "sms-voice/home?region={region}#/phone-numbers"
SENDER_IDS: Final = "sms-voice/home?region={region}#/sender-ids"
REGISTRATIONS: Final = "sms-voice/home?region={region}#/registrations"

ADD: Final = "flowengine sms destination add {number} --region {region}; or "
VERIFY: Final = (
    "flowengine sms destination verify {number} --code CODE --region {region}, with the code that it received; or "
)
"""What to do in the sandbox; each Region has one of its own."""
LOST: Final = "codes are dropped, without an error, while Cognito says they were sent"
OUT: Final = "ask AWS to move the account out of the sandbox"

NEARLY: Final = 0.8
"""The part of a month's money from which on it is worth a warning."""


def check_account(facts: Facts) -> Iterator[Verdict]:
    """
    Judge what an account may send from a Region, and to the number that is to be reached.

    Args:
        facts: What was observed.

    Source: sns-sms-sandbox; sms-voice: phone-numbers-sms-by-country; user-pool-sms-settings.
    """
    yield _sandbox(facts)
    if facts.to is not None:
        yield _number(facts.to)
        yield _opted_out(facts, facts.to)
        yield from _origin(facts, facts.to)
    yield _money(facts)


def _sandbox(facts: Facts) -> Verdict:
    if isinstance(facts.sandbox, Unknown):
        return unknown("sandbox", facts.sandbox)
    if not facts.sandbox:
        return Verdict("sandbox", "ok", f"the account is out of the SMS sandbox in {facts.region}")
    if isinstance(facts.destinations, Unknown):
        return unknown("sandbox", facts.destinations)
    verdict, reason, step = _in_sandbox(facts.destinations, facts.to)
    step = step.format(number=facts.to or "NUMBER", region=facts.region)
    inside = f"the account is in the SMS sandbox of {facts.region}"
    return Verdict("sandbox", verdict, f"{inside}{reason}", f"{step}{OUT}", console(facts.region, TEXT_MESSAGING))


def _in_sandbox(destinations: Mapping[str, bool], to: str | None) -> tuple[Literal["blocks", "doubtful"], str, str]:
    if to is None:
        verified = ", ".join(number for number, verified in destinations.items() if verified)
        if not verified:
            return "blocks", f", which reaches verified numbers alone, and there are none: {LOST}", ADD
        return "doubtful", f", which reaches verified numbers alone: {verified}", ""
    if destinations.get(to):
        return "doubtful", ": this number is verified, and no other user is reached", ""
    if to in destinations:
        return "blocks", f", and the number waits for its verification: {LOST}", VERIFY
    return "blocks", f", and the number is not verified: {LOST}", ADD


def _number(to: str) -> Verdict:
    if is_assigned(to):
        return Verdict("number", "ok", f"{to} is a number of {country_of(to) or 'no country'}")
    return Verdict(
        "number", "doubtful", f"{to} is in no range that its country has assigned", "look for a typing error"
    )


def _opted_out(facts: Facts, to: str) -> Verdict:
    if isinstance(facts.opted_out, Unknown):
        return unknown("opt-out", facts.opted_out)
    if not facts.opted_out:
        return Verdict("opt-out", "ok", f"{to} has not opted out")
    reason = f"{to} answered STOP to an earlier message, and receives none since"
    step = "let its owner agree, then take it off the list: aws sns opt-in-phone-number, once in 30 days at the most"
    return Verdict("opt-out", "blocks", reason, step, console(facts.region, TEXT_MESSAGING))


def _origin(facts: Facts, to: str) -> Iterator[Verdict]:
    """What the country of a number demands, and what of it the account has."""
    country = country_of(to)
    rule = country_rules().get(country or "")
    if rule is None:
        reason = f"{country or 'this number'} is not on AWS's list of countries that receive SMS"
        yield Verdict("country", "doubtful", reason, f"see {PAGE}")
        return
    yield _country(rule)
    yield _origination(facts, rule)


def _country(rule: CountryRule) -> Verdict:
    reason = f"{rule.country}: {_demands(rule)}"
    if rule.doubt:
        return Verdict("country", "doubtful", f"{reason}; sources differ: {rule.doubt}", f"see {PAGE}")
    return Verdict("country", "ok", reason)


def _demands(rule: CountryRule) -> str:
    if rule.number_needed:
        return "messages must come from an origination number of its own"
    if rule.sender_id == "registration":
        return "messages come from a registered sender id"
    if rule.sender_id == "yes":
        return "messages may come from a sender id, without registration"
    if rule.leases_numbers:
        return "messages come from an origination number; sender ids are not supported"
    return "AWS has neither sender ids nor numbers there, and sends as well as it can"


def _origination(facts: Facts, rule: CountryRule) -> Verdict:
    subject = "origination"
    numbers, senders = facts.numbers, facts.sender_ids
    ours = () if isinstance(numbers, Unknown) else tuple(each for each in numbers if each.country == rule.country)
    ready = next((each for each in ours if each.sends), None)
    if ready is not None:
        kind = f", {ready.kind.lower().replace('_', ' ')}" if ready.kind else ""
        return Verdict(subject, "ok", f"messages can come from {ready.number}{kind}")
    if rule.sender_id != "no" and not isinstance(senders, Unknown):
        named = [each for each in senders if each.country == rule.country]
        fit = next((each for each in named if each.registered or rule.sender_id == "yes"), None)
        if fit is not None:
            return Verdict(subject, "ok", f"messages come from the sender id {fit.name}")
        if not isinstance(numbers, Unknown):
            return _without_number(facts.region, rule, ours, named)
    missing = numbers if isinstance(numbers, Unknown) else senders
    if isinstance(missing, Unknown) and (isinstance(numbers, Unknown) or rule.sender_id != "no"):
        return unknown(subject, missing)
    return _without_number(facts.region, rule, ours, [])


def _without_number(region: str, rule: CountryRule, ours: tuple[Number, ...], named: list[SenderId]) -> Verdict:
    """What it means that nothing of the account's own can send to a country."""
    subject = "origination"
    idle = "".join(f"; {each.number} is {each.status}{'' if each.sms else ', without SMS'}" for each in ours)
    none = f"no number of the account's sends to {rule.country}{idle}"
    if rule.number_needed:
        step = f"lease a number for {rule.country} (toll-free, 10DLC or short code) and register it; days to weeks"
        return Verdict(subject, "blocks", f"{none}, not even from the sandbox", step, console(region, NUMBERS))
    if rule.sender_id == "registration":
        have = f"the sender id {named[0].name} is not registered" if named else "there is no registered sender id"
        step = f"register a sender id for {rule.country}"
        reason = f"{have}: carriers may replace the sender or drop the message"
        return Verdict(subject, "doubtful", reason, step, console(region, REGISTRATIONS))
    if rule.sender_id == "yes":
        step = "request a sender id of your own, if phones are to show it"
        return Verdict(subject, "ok", "messages come from a sender of AWS's", step, console(region, SENDER_IDS))
    if rule.leases_numbers:
        step = f"lease a number for {rule.country}"
        return Verdict(
            subject, "doubtful", f"{none}: routes that others share may fail", step, console(region, NUMBERS)
        )
    return Verdict(subject, "ok", "messages go on routes that others share")


def _money(facts: Facts) -> Verdict:
    subject = "spend limit"
    limit, spent = facts.limit, facts.spent
    if isinstance(limit, Unknown):
        return unknown(subject, limit)
    if isinstance(spent, Unknown):
        return unknown(subject, spent)
    reason = f"${spent:,.2f} of ${limit:,.2f} are spent this month in {facts.region}"
    step, page = "raise the limit, or ask AWS for a higher one", console(facts.region, TEXT_MESSAGING)
    if spent >= limit:
        return Verdict(subject, "blocks", f"{reason}: messages are dropped until the month ends", step, page)
    if spent >= NEARLY * limit:
        return Verdict(subject, "doubtful", f"{reason}: messages are dropped when it is reached", step, page)
    return Verdict(subject, "ok", reason)
