"""A user pool and its app client as the service shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
from attrs import field, frozen

from flowengine.provision.factors import sms_block
from flowengine.provision.normal import normal
from flowengine.settings import PoolSettings, settings_of

__all__ = ["LivePool", "Users"]

FIXED: Final = (
    "AliasAttributes", "CustomDomain", "Domain", "Id", "Name", "SchemaAttributes", "UsernameAttributes",
    "UsernameConfiguration",
)  # fmt: skip
"""What UpdateUserPool has no members for, and a plan depends on."""


@frozen(kw_only=True)
class Users:
    """
    How many users a pool has, and what some of them lack.

    Args:
        total: All that were counted.
        federated: Those who come from another identity provider: they meet neither passwords nor MFA here, and none
            of the other numbers has them.
        complete: Whether everybody was counted.
        without_phone: Those who have no phone number.
        without_email: Those who have no e-mail address.
        without_contact: Those who have neither.
        phone_unverified: Those whose phone number nobody verified, or who have none.
        email_unverified: Those whose e-mail address nobody verified, or who have none.
        contact_unverified: Those who have no verified contact at all.
    """

    total: int = 0
    federated: int = 0
    complete: bool = True
    without_phone: int = 0
    without_email: int = 0
    without_contact: int = 0
    phone_unverified: int = 0
    email_unverified: int = 0
    contact_unverified: int = 0

    @property
    def own(self) -> int:
        """Those who sign in with what the pool itself knows of them."""
        return self.total - self.federated

    def with_one(self, user: Mapping[str, Any]) -> Users:
        """
        Count one more.

        Args:
            user: A `UserType` of ListUsers.
        """
        if user.get("UserStatus") == "EXTERNAL_PROVIDER":
            return attrs.evolve(self, total=self.total + 1, federated=self.federated + 1)
        values = {item["Name"]: item.get("Value") for item in user.get("Attributes", ())}
        has_phone, has_email = bool(values.get("phone_number")), bool(values.get("email"))
        phone_verified = has_phone and values.get("phone_number_verified") == "true"
        email_verified = has_email and values.get("email_verified") == "true"
        return attrs.evolve(
            self,
            total=self.total + 1,
            without_phone=self.without_phone + (not has_phone),
            without_email=self.without_email + (not has_email),
            without_contact=self.without_contact + (not has_phone and not has_email),
            phone_unverified=self.phone_unverified + (not phone_verified),
            email_unverified=self.email_unverified + (not email_verified),
            contact_unverified=self.contact_unverified + (not phone_verified and not email_verified),
        )


@frozen(kw_only=True)
class LivePool:
    """
    A pool as it is.

    Args:
        description: The `UserPoolType` of DescribeUserPool.
        mfa: The answer of GetUserPoolMfaConfig.
        client: The `UserPoolClientType` of DescribeUserPoolClient, its secret left out of sight; None for no client.
        unknown: The members of the descriptions that were dropped on the way, by the operation that may reset them,
            since it cannot say them again.
    """

    description: Mapping[str, Any] = field(repr=False)
    mfa: Mapping[str, Any] = field(repr=False)
    client: Mapping[str, Any] | None = field(default=None, repr=False)
    unknown: Mapping[str, tuple[str, ...]] = field(factory=dict)

    @property
    def pool_id(self) -> str:
        """The pool's id."""
        return str(self.description["Id"])

    @property
    def name(self) -> str:
        """The pool's name."""
        return str(self.description["Name"])

    @property
    def region(self) -> str:
        """The pool's Region, which its id begins with."""
        return self.pool_id.partition("_")[0]

    @property
    def settings(self) -> PoolSettings:
        """What it is configured to do, each setting in its plainest form."""
        return normal(settings_of(self.description, self.mfa, self.client), self.region)

    def after(self, operation: str, arguments: Mapping[str, Any]) -> LivePool:
        """Return what an operation makes of it, as far as later operations depend on it."""
        if operation == "SetUserPoolMfaConfig":
            return attrs.evolve(
                self,
                mfa=arguments,
                description={**self.description, "MfaConfiguration": arguments["MfaConfiguration"]},
            )
        description = {**_named(self.description), **arguments}
        sms = {"SmsMfaConfiguration": sms_block(description)} if "SmsMfaConfiguration" in self.mfa else {}
        return attrs.evolve(self, description=description, mfa={**self.mfa, **sms})


def _named(description: Mapping[str, Any]) -> dict[str, Any]:
    """What stays of a description whatever an update says: the members that an update does not have."""
    return {name: description[name] for name in FIXED if name in description}
