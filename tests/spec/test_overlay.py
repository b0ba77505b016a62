"""`extends`: the laws of laying one spec over another."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowengine.spec import Node, overlay, parse

BASE = """\
flowengine: 1
name: base
summary: What is extended.
extends: something
initial: out
routes: {group: {TOKENS: in}}
states:
  out:
    meaning: signed_out
    expires: {after: 24h, to: out}
    on:
      go:
        action: initiate_auth
        with: {auth_flow: USER_PASSWORD_AUTH}
        then: {SMS_MFA: respond_to_auth_challenge}
        to: {use: group, UNKNOWN_CHALLENGE: out}
"""


def tree(text: str, file: str = "base.yaml") -> Node:
    """Return the root of a document."""
    return parse(text, file).root


def plain(node: Node) -> object:
    """Return a node's value without its places."""
    if isinstance(node.value, Mapping):
        return {name: plain(child) for name, child in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(child) for child in node.value]
    return node.value


def at(node: Node, path: str) -> Node:
    """Return the part of a node at a dotted path."""
    for name in path.split("."):
        assert isinstance(node.value, Mapping)
        node = node.value[name]
    return node


def laid(top: str, path: str) -> object:
    """Return what stands at a path once a text is laid over the base."""
    return plain(at(overlay(tree(BASE), tree(top, "top.yaml")), path))


keys = st.sampled_from(["states", "on", "a", "b", "c"])
scalars = st.none() | st.booleans() | st.integers() | st.text("xyz", max_size=2)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)
mappings = st.dictionaries(keys, values, max_size=4)
PLACE = tree("a").place


def noded(value: object) -> Node:
    """Return a value as a node."""
    if isinstance(value, dict):
        return Node({name: noded(child) for name, child in value.items()}, PLACE, dict.fromkeys(value, PLACE))
    if isinstance(value, list):
        return Node(tuple(map(noded, value)), PLACE)
    assert value is None or isinstance(value, str | int)
    return Node(value, PLACE)


def merged(base: object, top: object) -> object:
    """Restate the merge over plain values."""
    if not isinstance(base, dict) or not isinstance(top, dict):
        return top
    both = {name: merged(base[name], child) if name in base else child for name, child in top.items()}
    return base | both


@given(mappings)
def test_empty_overlay_is_identity(base: dict[str, object]) -> None:
    """Laying nothing over a spec changes nothing."""
    assert plain(overlay(noded(base), noded({}))) == base


@given(mappings)
def test_overlay_over_nothing_is_itself(top: dict[str, object]) -> None:
    """A spec that is laid over nothing is what it was."""
    assert plain(overlay(noded({}), noded(top))) == top


@given(mappings)
def test_overlay_is_idempotent(spec: dict[str, object]) -> None:
    """A spec that is laid over itself is what it was."""
    assert plain(overlay(noded(spec), noded(spec))) == spec


@given(mappings, mappings)
def test_mappings_are_merged_key_by_key(base: dict[str, object], top: dict[str, object]) -> None:
    """Mappings are merged at every level; texts, lists and nulls are replaced."""
    assert plain(overlay(noded(base), noded(top))) == merged(base, top)


@given(mappings, mappings)
def test_neither_spec_is_changed(base: dict[str, object], top: dict[str, object]) -> None:
    """Both specs can be laid over others again."""
    below, above = noded(base), noded(top)
    overlay(below, above)
    assert (plain(below), plain(above)) == (base, top)
    assert set(below.keys) == set(base)


@pytest.mark.parametrize("key", ["name", "summary", "extends"])
def test_what_a_spec_says_of_itself_is_not_inherited(key: str) -> None:
    """Name, summary and extends are the base's own; a spec without them has none."""
    found = plain(overlay(tree(BASE), tree("initial: out")))
    assert isinstance(found, dict)
    assert key not in found
    assert laid(f"{key}: mine", key) == "mine"


def test_null_stays_as_the_mark_of_a_removed_key() -> None:
    """A null takes the place of what it removes, so that reading leaves the key out."""
    top = "states: {out: {expires: null, on: {go: {to: {UNKNOWN_CHALLENGE: null, TOKENS: null}}}}}"
    assert laid(top, "states.out.expires") is None
    assert laid(top, "states.out.on.go.to") == {"use": "group", "UNKNOWN_CHALLENGE": None, "TOKENS": None}
    assert laid("states: {out: null}", "states") == {"out": None}


def test_another_action_drops_what_belonged_to_the_old_one() -> None:
    """Replacing an event's action leaves nothing of its routes, options and chain."""
    top = "states: {out: {on: {go: {action: sign_up, to: {CONFIRMED: out}}}}}"
    assert laid(top, "states.out.on.go") == {"action": "sign_up", "to": {"CONFIRMED": "out"}}
    assert laid("states: {out: {on: {go: {action: sign_up}}}}", "states.out.on.go") == {"action": "sign_up"}
    assert laid(top, "states.out.expires") == {"after": "24h", "to": "out"}


@pytest.mark.parametrize("action", ["action: initiate_auth, ", ""], ids=["the same action", "no action"])
def test_same_action_keeps_what_belongs_to_it(action: str) -> None:
    """An event whose action stays keeps its routes, options and chain, and gets the new ones."""
    top = f"states: {{out: {{on: {{go: {{{action}to: {{TOKENS: out}}}}}}}}}}"
    assert laid(top, "states.out.on.go") == {
        "action": "initiate_auth",
        "with": {"auth_flow": "USER_PASSWORD_AUTH"},
        "then": {"SMS_MFA": "respond_to_auth_challenge"},
        "to": {"use": "group", "UNKNOWN_CHALLENGE": "out", "TOKENS": "out"},
    }


def test_action_matters_only_in_events() -> None:
    """A state that happens to be called action, or an event of that name, is merged like any other."""
    base = tree("states: {action: {on: {action: {action: sign_up, to: {CONFIRMED: a}}}}, b: {action: x, to: {c: d}}}")
    top = tree("states: {action: {on: {action: {to: {UNCONFIRMED: b}}}}, b: {action: y}}")
    assert plain(overlay(base, top)) == {
        "states": {
            "action": {"on": {"action": {"action": "sign_up", "to": {"CONFIRMED": "a", "UNCONFIRMED": "b"}}}},
            "b": {"action": "y", "to": {"c": "d"}},
        }
    }


@pytest.mark.parametrize("path", ["pool: {a: {on: {b: %s}}}", "states: {a: {to: {b: %s}}}", "states: {a: {on: %s}}"])
def test_only_events_have_actions(path: str) -> None:
    """What looks like an event and stands elsewhere is merged key by key."""
    base, top = tree(path % "{action: x, to: {c: d}}"), tree(path % "{action: y}")
    assert plain(overlay(base, top)) == plain(tree(path % "{action: y, to: {c: d}}"))


def test_new_events_stand_beside_the_inherited_ones() -> None:
    """A key that only one of the two has is taken from that one."""
    top = "states: {out: {on: {leave: {action: global_sign_out}}}, in: {meaning: signed_in}}"
    assert laid(top, "states.out.on.leave") == {"action": "global_sign_out"}
    assert laid(top, "states.in") == {"meaning": "signed_in"}
    assert laid(top, "states.out.on.go.action") == "initiate_auth"


def test_every_part_keeps_its_place() -> None:
    """What is inherited stands in the base's file, what is laid over it in its own."""
    both = overlay(tree(BASE), tree("name: top\nstates:\n  out:\n    meaning: recovery\n", "top.yaml"))
    assert str(at(both, "states.out.meaning").place.file) == "top.yaml"
    assert str(at(both, "states.out.on").place.file) == "base.yaml"
    assert at(both, "states.out").keys["meaning"].file == "top.yaml"
    assert at(both, "states.out").keys["on"].file == "base.yaml"


@pytest.mark.parametrize(("base", "top"), [("hello", "a: 1"), ("a: 1", "hello"), ("[a]", "[b]")])
def test_what_is_no_mapping_is_replaced(base: str, top: str) -> None:
    """A document of another shape is no ground for merging: the upper one stands, to be refused by reading."""
    assert plain(overlay(tree(base), tree(top))) == plain(tree(top))
