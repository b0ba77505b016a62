"""Whether an SMS reaches a phone, from one account and Region: what decides it, and what to do about it."""

from flowengine.provision.sms.facts import Facts, Number, Pool, Role, SenderId, Unknown
from flowengine.provision.sms.readiness import is_blocked, verdicts
from flowengine.provision.sms.verdict import Verdict

__all__ = ["Facts", "Number", "Pool", "Role", "SenderId", "Unknown", "Verdict", "is_blocked", "verdicts"]
