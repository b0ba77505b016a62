"""Settings as a spec that people read: what it is about, and each setting with a comment."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from flowengine.provision.setup.comments import comment_on
from flowengine.settings import PoolSettings, changed_settings, setting
from flowengine.settings.paths import SETTINGS

__all__ = ["spec_text", "summary_of"]

_ALWAYS: Final = (
    "sign_in.username_attributes", "sign_in.case_sensitive", "verification.auto_verified_attributes", "mfa.mode",
    "required_attributes", "sms_configuration",
)  # fmt: skip
"""What every spec says, also where it is Cognito's default."""
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_:.-]*(?<!:)")
_WORDS: Final = ("true", "false", "null")
"""What YAML takes for something else than a text."""


def spec_text(name: str, pool: PoolSettings, *, origin: str) -> str:
    """
    Return a spec that extends `standard` and declares a pool.

    Args:
        name: The flow's name.
        pool: The settings.
        origin: Where they come from, for the first line.
    """
    head = [
        f"# {origin}",
        "# Each setting says whether it can change once the pool exists.",
        "flowengine: 1",
        f"name: {_scalar(name)}",
        f"summary: {_scalar(summary_of(pool))}",
        "extends: standard",
        "pool:",
    ]
    return "\n".join([*head, *_pool_lines(pool)]) + "\n"


def _pool_lines(pool: PoolSettings) -> Iterator[str]:
    paths = {*_ALWAYS, *changed_settings(pool)}
    section = ""
    for path in SETTINGS:
        if path not in paths:
            continue
        parent, _, name = path.rpartition(".")
        if parent and parent != section:
            yield f"  {parent}:"
        section = parent
        indent = "    " if parent else "  "
        value = setting(pool, path)
        yield f"{indent}# {comment_on(path, value)}"
        yield f"{indent}{name}: {_written(value)}"


def _written(value: Any) -> str:
    return f"[{', '.join(map(_scalar, value))}]" if isinstance(value, tuple) else _scalar(value)


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return "".join(map(_escaped, json.dumps(value, ensure_ascii=False)))


def _escaped(char: str) -> str:
    """A character as it may stand between double quotes: what YAML cannot show as its number."""
    return f"\\U{ord(char):08x}" if char != " " and unicodedata.category(char)[0] in "CZ" else char


_NAMES: Final = {
    (): "A chosen username",
    ("email",): "An e-mail address is the username",
    ("phone_number",): "A phone number is the username",
    ("email", "phone_number"): "An e-mail address or a phone number is the username",
}
_VERIFIED: Final = {
    (): "confirmed by an administrator",
    ("email",): "verified by e-mail",
    ("phone_number",): "verified by SMS",
    ("email", "phone_number"): "verified by SMS or e-mail",
}
_MFA: Final = {
    "off": "",
    "optional": "; users may ask for a second factor",
    "required": ", with a second factor at every sign-in",
}


def summary_of(pool: PoolSettings) -> str:
    """Return one sentence on what a pool's users do."""
    names = _NAMES.get(pool.sign_in.username_attributes, "A username")
    aliases = ", or an alias beside it" if pool.sign_in.alias_attributes else ""
    verified = _VERIFIED.get(pool.verification.auto_verified_attributes, "verified")
    return f"{names}{aliases}, {verified}{_MFA.get(pool.mfa.mode, '')}."
