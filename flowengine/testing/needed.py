"""What comes with the extra `testing`: Hypothesis, imported here and nowhere else."""

from __future__ import annotations

from flowengine.errors import FlowEngineError

try:
    import hypothesis.strategies as st
    from hypothesis import note, reject, settings
    from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
except ImportError:
    raise FlowEngineError("strategies need the extra `testing`: pip install 'flowengine[testing]'") from None

__all__ = ["RuleBasedStateMachine", "initialize", "note", "precondition", "reject", "rule", "settings", "st"]
