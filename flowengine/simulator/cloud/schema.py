"""A pool's schema: the standard attributes, and how an administrator declares or adds others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flowengine.settings import STANDARD_ATTRIBUTES
from flowengine.simulator.cloud.refusals import (
    ATTRIBUTE_NAMELESS,
    ATTRIBUTE_TWICE,
    ATTRIBUTES_MANY,
    CUSTOM_REQUIRED,
    STANDARD_FIXED,
)

__all__ = ["created_schema", "with_custom_attributes"]

Attribute = dict[str, Any]

MOST_CUSTOM: Final = 50
"""How many custom attributes a pool can have (user-pool-settings-attributes)."""
CONSTRAINTS: Final = {"String": "StringAttributeConstraints", "Number": "NumberAttributeConstraints"}
LONGEST: Final = {"MinLength": "0", "MaxLength": "2048"}


def _declared(name: str, kind: str = "String", **more: Any) -> Attribute:
    return {
        "Name": name, "AttributeDataType": kind, "DeveloperOnlyAttribute": False, "Mutable": True, "Required": False,
        **more,
    }  # fmt: skip


def _standard(name: str) -> Attribute:
    return _declared(name, StringAttributeConstraints=LONGEST)


STANDARD: Final[Mapping[str, Attribute]] = {
    **{name: _standard(name) for name in STANDARD_ATTRIBUTES},
    "birthdate": _declared("birthdate", StringAttributeConstraints={"MinLength": "10", "MaxLength": "10"}),
    "updated_at": _declared("updated_at", "Number", NumberAttributeConstraints={"MinValue": "0"}),
    "email_verified": _declared("email_verified", "Boolean"),
    "phone_number_verified": _declared("phone_number_verified", "Boolean"),
    "identities": _declared("identities", StringAttributeConstraints={}),
    "sub": _standard("sub")
    | {"Mutable": False, "Required": True, "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "2048"}},
}
"""Every standard attribute as a pool has it by itself (user-pool-settings-attributes; shape SchemaAttributeType)."""


def created_schema(declared: Iterable[Mapping[str, Any]]) -> list[Attribute]:
    """
    Return the schema of a new pool.

    Source: CreateUserPool (Schema); user-pool-settings-attributes.
    """
    schema = dict(STANDARD)
    custom = []
    for item in declared:
        if item.get("Name") not in STANDARD:
            custom.append(item)
            continue
        name = item["Name"]
        if item.get("DeveloperOnlyAttribute") or item.get("AttributeDataType") not in (
            None,
            STANDARD[name]["AttributeDataType"],
        ):
            raise STANDARD_FIXED.error(name=name)
        schema[name] = {**STANDARD[name], **item}
    return with_custom_attributes([*schema.values()], custom)


def with_custom_attributes(schema: list[Attribute], added: Iterable[Mapping[str, Any]]) -> list[Attribute]:
    """
    Return a schema with custom attributes added to it.

    Source: AddCustomAttributes; shapes CustomAttributeNameType, SchemaAttributeType.
    """
    names = {item["Name"] for item in schema}
    extended = [*schema]
    for item in added:
        attribute = _custom(item)
        if attribute["Name"] in names:
            raise ATTRIBUTE_TWICE.error(name=attribute["Name"])
        names.add(attribute["Name"])
        extended.append(attribute)
    if len(extended) - len(STANDARD) > MOST_CUSTOM:
        raise ATTRIBUTES_MANY.error(most=str(MOST_CUSTOM))
    return extended


def _custom(item: Mapping[str, Any]) -> Attribute:
    if not item.get("Name"):
        raise ATTRIBUTE_NAMELESS.error()
    if item.get("Required"):
        raise CUSTOM_REQUIRED.error()
    kind = item.get("AttributeDataType", "String")
    prefix = "dev:custom:" if item.get("DeveloperOnlyAttribute") else "custom:"
    constraints: Attribute = {CONSTRAINTS[kind]: {}} if kind in CONSTRAINTS else {}
    return {**_declared(item["Name"], kind), **constraints, **item, "Name": f"{prefix}{item['Name']}"}
