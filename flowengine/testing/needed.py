"""What comes with the extra `testing`: Hypothesis, imported here and nowhere else."""

from __future__ import annotations

from importlib.util import find_spec

from flowengine.errors import FlowEngineError

try:
    import hypothesis.strategies as st
    from hypothesis import note, reject, settings
    from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
except ImportError:
    raise FlowEngineError("strategies need the extra `testing`: pip install 'flowengine[testing]'") from None

__all__ = [
    "RuleBasedStateMachine", "initialize", "note", "passkeys_are_installed", "precondition", "reject", "rule",
    "settings", "st",
]  # fmt: skip


def passkeys_are_installed() -> bool:
    """Tell whether the extra `passkeys` is there: without it, nobody can hold one."""
    return all(find_spec(name) is not None for name in ("soft_webauthn", "webauthn"))
