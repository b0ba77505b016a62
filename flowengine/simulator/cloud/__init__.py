"""The embedded AWS account: user pools that can be created and changed, and what SMS need, without AWS.

It states on its own how the services behave, from their documentation and from public measurements. Importing it loads
no AWS SDK; only `Cloud.session` does. A refused request changes nothing.

What it leaves out, on purpose:

- domains, identity providers, groups, resource servers, import jobs, logs, tags as operations of their own (a pool has
  a domain where its description in `Cloud.state` names one);
- custom messages and other triggers as functions: a trigger that a pool names lets everything pass;
- sending: what users are sent is in the outbox of `Cloud.simulator`, wherever it would go;
- whether an Amazon SES identity exists;
- permissions of the caller (`fail_next` denies a call).
"""

from __future__ import annotations

from flowengine.simulator.cloud.cloud import Cloud

__all__ = ["Cloud"]
