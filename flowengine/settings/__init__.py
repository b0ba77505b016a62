"""Pool settings: what a user pool and its app client are configured to do, and which combinations are valid.

`PoolSettings` is a plain value and may be built in any combination; `broken_rules` tells which rules of Cognito a
combination breaks. A rule of severity `error` is one that the service enforces; a `warning` is accepted by the service
and strands some user later. Names and defaults are Cognito's own unless said otherwise; the sources name the page of
the Amazon Cognito developer guide, the shape of the `cognito-idp` service model, or the public measurement.
"""

from __future__ import annotations

from flowengine.settings.model import (
    ALIASES,
    CODE_PLACEHOLDER,
    CONTACTS,
    STANDARD_ATTRIBUTES,
    Client,
    Mfa,
    PasswordPolicy,
    PoolSettings,
    SignIn,
    Verification,
    setting,
)
from flowengine.settings.pools import required_sign_up_attributes, valid_pools
from flowengine.settings.rules import RULES, Rule, broken_rules

__all__ = [
    "ALIASES",
    "CODE_PLACEHOLDER",
    "CONTACTS",
    "RULES",
    "STANDARD_ATTRIBUTES",
    "Client",
    "Mfa",
    "PasswordPolicy",
    "PoolSettings",
    "Rule",
    "SignIn",
    "Verification",
    "broken_rules",
    "required_sign_up_attributes",
    "setting",
    "valid_pools",
]
