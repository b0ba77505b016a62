"""The embedded user pool: answers in place of Amazon Cognito, without a network, deterministically.

It states on its own how Cognito behaves, from Cognito's documentation, and knows nothing of flows, so that the two can
be held against each other. Importing it loads no AWS SDK.

A refused request changes nothing, but for what Cognito keeps in spite of a refusal: the count of attempts, a user whose
message could not be delivered or whose post confirmation trigger failed, a spent answer to a custom challenge.

What it leaves out, on purpose:

- the operations that create and change pools and app clients: a pool is what its settings say, with one client
  (`flowengine.simulator.cloud` has them);
- what a signed-in user does to attributes (UpdateUserAttributes, DeleteUserAttributes,
  GetUserAttributeVerificationCode, VerifyUserAttribute), and with it the pending values of
  UserAttributeUpdateSettings; administrators write attributes, and no code is sent to what they write;
- federated users, user import, groups, the hosted pages and their cookie, step-up by ACR, threat protection, WAF;
- rates per second and per account, and the limit on e-mail MFA per address (`fail_next` throttles a call);
- failures of delivery by SMS or e-mail, but for a link without a domain; quotas and regions of either;
- where a password reset is limited by risk, the least of the limits holds.
"""

from __future__ import annotations

from flowengine.simulator.clock import SimulatedClock
from flowengine.simulator.simulator import Simulator
from flowengine.simulator.state import Message

__all__ = ["Message", "SimulatedClock", "Simulator"]
