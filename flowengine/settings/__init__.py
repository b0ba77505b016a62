"""Pool settings: what a user pool and its app client are configured to do, and which combinations are valid.

`PoolSettings` is a plain value and may be built in any combination; `broken_rules` tells which rules of Cognito a
combination breaks. A rule of severity `error` is one that the service enforces; a `warning` is accepted by the service
and strands some user later. Names and defaults are Cognito's own unless said otherwise; the sources name the page of
the Amazon Cognito developer guide, the shape of the `cognito-idp` service model, or the public measurement.
"""

from __future__ import annotations

from flowengine.settings.assumptions import Assumptions
from flowengine.settings.client import AUTH_FLOWS, DEFAULT_AUTH_FLOWS, LEGACY_AUTH_FLOWS, Client
from flowengine.settings.described import MFA_CONFIGURATION, TRIGGER_MEMBERS, settings_of
from flowengine.settings.model import (
    ALIASES,
    CODE_PLACEHOLDER,
    CONTACTS,
    FIRST_FACTORS,
    MFA_FACTORS,
    RECOVERY_MECHANISMS,
    STANDARD_ATTRIBUTES,
    TRIGGERS,
    AdminCreateUser,
    Devices,
    Mfa,
    Passkey,
    PasswordPolicy,
    PoolSettings,
    SignIn,
    Verification,
    setting,
)
from flowengine.settings.naming import changed_settings, parse_pool, pool_name, pool_tree
from flowengine.settings.pools import POOL_AXES, valid_clients, valid_pools
from flowengine.settings.reader import Asked, Note, answer, noting, question
from flowengine.settings.rules import RULES, Rule, broken_rules, is_valid
from flowengine.settings.sign_up import required_sign_up_attributes

__all__ = [
    "ALIASES", "AUTH_FLOWS", "CODE_PLACEHOLDER", "CONTACTS", "DEFAULT_AUTH_FLOWS", "FIRST_FACTORS", "LEGACY_AUTH_FLOWS",
    "MFA_CONFIGURATION", "MFA_FACTORS", "POOL_AXES", "RECOVERY_MECHANISMS", "RULES", "STANDARD_ATTRIBUTES", "TRIGGERS",
    "TRIGGER_MEMBERS", "AdminCreateUser", "Asked", "Assumptions", "Client", "Devices", "Mfa", "Note", "Passkey",
    "PasswordPolicy", "PoolSettings", "Rule", "SignIn", "Verification", "answer", "broken_rules", "changed_settings",
    "is_valid", "noting", "parse_pool", "pool_name", "pool_tree", "question", "required_sign_up_attributes", "setting",
    "settings_of", "valid_clients", "valid_pools",
]  # fmt: skip
