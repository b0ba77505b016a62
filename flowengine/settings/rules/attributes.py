"""The user attributes: custom ones, required ones, and what the client may do with them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from flowengine.settings.model import STANDARD_ATTRIBUTES, PoolSettings
from flowengine.settings.rules.rule import Rule, missing, quoted

__all__ = ["ATTRIBUTE_RULES"]

_MOST_CUSTOM: Final = 50
_LONGEST_NAME: Final = 20
_READ_ONLY: Final = ("email_verified", "identities", "phone_number_verified", "sub")


def _is_name(name: str) -> bool:
    return 1 <= len(name) <= _LONGEST_NAME and all(unicodedata.category(char)[0] in "LMSNP" for char in name)


def _required(pool: PoolSettings, *, custom: bool) -> Iterator[str]:
    return (name for name in pool.required_attributes if name.startswith("custom:") is custom)


def _known(pool: PoolSettings) -> tuple[str, ...]:
    return (*STANDARD_ATTRIBUTES, *_READ_ONLY, *(f"custom:{name}" for name in pool.custom_attributes))


ATTRIBUTE_RULES: Final = (
    Rule(
        "custom-attribute-count", "error", "custom_attributes",
        f"a pool has at most {_MOST_CUSTOM} custom attributes",
        "shape SchemaAttributesListType",
        lambda pool: len(pool.custom_attributes) > _MOST_CUSTOM,
    ),
    Rule(
        "custom-attribute-name", "error", "custom_attributes",
        f"a custom attribute's name has 1 to {_LONGEST_NAME} letters, digits, symbols or punctuation",
        "shape CustomAttributeNameType",
        lambda pool: quoted(name for name in pool.custom_attributes if not _is_name(name)),
    ),
    Rule(
        "custom-attribute-required", "error", "required_attributes",
        "custom attributes cannot be required",
        "CreateUserPool: Required custom attributes are not supported currently",
        lambda pool: quoted(_required(pool, custom=True)),
    ),
    Rule(
        "required-attribute-known", "error", "required_attributes",
        "only standard attributes can be required",
        "user-pool-settings-attributes",
        lambda pool: missing(_required(pool, custom=False), STANDARD_ATTRIBUTES),
    ),
    Rule(
        "read-attributes-known", "error", "client.read_attributes",
        "the client can read only attributes that the pool has",
        "CreateUserPoolClient: Invalid read attributes specified while creating a client",
        lambda pool: missing(pool.client.read_attributes, _known(pool)),
    ),
    Rule(
        "write-attributes-known", "error", "client.write_attributes",
        "the client can write only attributes that the pool has",
        "CreateUserPoolClient: Invalid write attributes specified while creating a client",
        lambda pool: missing(pool.client.write_attributes, _known(pool)),
    ),
    Rule(
        "write-attributes-read-only", "error", "client.write_attributes",
        "Cognito alone writes these attributes",
        "user-pool-settings-attributes",
        lambda pool: quoted(name for name in pool.client.write_attributes if name in _READ_ONLY),
    ),
    Rule(
        "write-attributes-required", "error", "client.write_attributes",
        "a client with a list of its own must be able to write every required attribute",
        "user-pool-settings-attributes",
        lambda pool: pool.client.write_attributes and missing(pool.required_attributes, pool.client.write_attributes),
    ),
)  # fmt: skip
