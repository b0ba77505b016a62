"""What an application adds to flows: actions and hooks, how they are made, and what the compiler makes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from extended import POOL, SPEC, action, answering, ignore

import flowengine as fe
from flowengine.actions import ACTIONS
from flowengine.compile.shared import SharedWalks
from flowengine.library import read

# Making them


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: fe.action("Check", outcomes=["A"]), "'Check' is no name: use a-z, 0-9 and _, starting with a letter"),
        (lambda: fe.action("", outcomes=["A"]), "'' is no name: use a-z, 0-9 and _, starting with a letter"),
        (lambda: fe.action("a.b", outcomes=["A"]), "'a.b' is no name: use a-z, 0-9 and _, starting with a letter"),
        (lambda: fe.hook("Greet"), "'Greet' is no name: use a-z, 0-9 and _, starting with a letter"),
        (lambda: fe.action("a", outcomes=["A B"]), "a: 'A B' is no outcome, or stands twice"),
        (lambda: fe.action("a", outcomes=["A", "A"]), "a: 'A' is no outcome, or stands twice"),
        (lambda: fe.action("a", outcomes=["A"], refusals=["A"]), "a: 'A' is no outcome, or stands twice"),
        (lambda: fe.action("a", outcomes=["A"], refusals=["1"]), "a: '1' is no outcome, or stands twice"),
        (
            lambda: fe.action("a", outcomes=["A"], needs=["session"]),
            "a: a session does not carry 'session'; it may carry username and tokens",
        ),
        (
            lambda: fe.action("a", outcomes=["A"], fields=[fe.Field("pin"), fe.Field("pin")]),
            "a: the field 'pin' stands twice",
        ),
        (
            lambda: fe.action("a", outcomes=["A"], fields=[fe.Field("key")]),
            "a: a field cannot be named 'key', since a send takes its idempotency key by that",
        ),
    ],
)
def test_malformed_extension_is_refused(make: Callable[[], object], complaint: str) -> None:
    """A name, an outcome or a fact that cannot be is the application's mistake, told where it is made."""
    with pytest.raises(ValueError, match=r".") as caught:
        make()
    assert str(caught.value) == complaint


def test_action_is_a_row_like_any_other() -> None:
    """What was declared is what the compiler sees: outcomes, refusals, fields, needs, and the lost answer."""
    row = action(answering("INVITED"), needs=["tokens"], lost="Perhaps.")
    assert row.operation is None
    assert row.successful == {"INVITED"}
    assert row.outcomes == {"INVITED", "NOT_INVITED", "BANNED", "ANSWER_LOST"}
    assert [entry.name for entry in row.fields(POOL, {}, None)] == ["invitation"]
    assert (row.lost, row.answers) == ("Perhaps.", None)
    assert row.needs == {"tokens"}


# Compiling with them


def problems(tmp_path: Path, spec: str, *actions: fe.Action, hooks: tuple[fe.Hook, ...] = ()) -> list[str]:
    """Return what is wrong with a spec that does not load."""
    path = tmp_path / "f.yaml"
    path.write_text(spec)
    with pytest.raises(fe.SpecError) as caught:
        fe.load(path, pool=POOL, actions=actions, hooks=hooks)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]


GREET = fe.hook("greet")(ignore)
INVITE = action(answering("INVITED"))


def test_unknown_extension_is_placed(tmp_path: Path) -> None:
    """An action and a hook that nobody handed over are reported where they are named, the latter with a guess."""
    known = ", ".join(sorted(ACTIONS))
    assert problems(tmp_path, SPEC, hooks=(fe.hook("greets")(ignore),)) == [
        (
            f"f.yaml:11:17: states.door.on.invite: unknown action 'check_invitation' [unknown-action]\n"
            f"    hint: actions: {known}"
        ),
        *(
            f"f.yaml:{line}:12: unknown hook 'greet' [unknown-hook]\n    hint: did you mean 'greets'?"
            for line in (14, 16, 18)
        ),
    ]


def test_action_of_a_known_name_is_refused(tmp_path: Path) -> None:
    """Nobody replaces an operation of Cognito by accident."""
    taken = fe.action("sign_up", outcomes=["DONE"])(answering("DONE"))
    assert problems(tmp_path, SPEC, INVITE, taken, hooks=(GREET,)) == [
        "f.yaml:1:1: the action 'sign_up' is built in [action-exists]\n    hint: register yours under another name"
    ]


def test_name_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    """Of two actions or hooks of one name none wins silently."""
    twin = fe.action("check_invitation", outcomes=["INVITED"], refusals=["BANNED"])(answering("INVITED"))
    assert [line for line in problems(tmp_path, SPEC, INVITE, twin, hooks=(GREET, GREET)) if "twice" in line] == [
        "f.yaml:1:1: the action 'check_invitation' is given twice [action-exists]\n    hint: rename one of the two",
        "f.yaml:1:1: the hook 'greet' is given twice [hook-exists]\n    hint: rename one of the two",
    ]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "INVITED: signed_out, ",
            "",
            (
                "f.yaml:12:13: states.door.on.invite: no route for INVITED, which check_invitation can give "
                "[missing-route]\n    hint: add INVITED: and the state that follows"
            ),
        ),
        (
            "BANNED: banned",
            "BANED: banned",
            (
                "f.yaml:12:42: states.door.on.invite.to: 'BANED' can never come back here [impossible-outcome]\n"
                "    hint: did you mean 'BANNED'?"
            ),
        ),
        (
            "to: {INVITED",
            "with: {x: y}\n        to: {INVITED",
            (
                "f.yaml:12:19: states.door.on.invite.with: no action here takes the option 'x' [unknown-option]\n"
                "    hint: there are no options here"
            ),
        ),
    ],
)
def test_action_is_checked_like_a_built_in_one(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """Routes and options of an application's action are held against what it declares."""
    assert old in SPEC
    assert problems(tmp_path, SPEC.replace(old, new), INVITE, hooks=(GREET,)) == [complaint]


def test_needed_fact_of_an_action_must_be_there(tmp_path: Path) -> None:
    """An action that works with tokens is refused where nobody has signed in; a username is asked for."""
    needs_tokens = action(answering("INVITED"), needs=["tokens"])
    assert problems(tmp_path, SPEC, needs_tokens, hooks=(GREET,)) == [
        (
            "f.yaml:12:13: states.door.on.invite: check_invitation needs the user's tokens, which a session may not "
            "have in door [fact-missing]"
        )
    ]
    (tmp_path / "f.yaml").write_text(SPEC)
    needs_name = action(answering("INVITED"), needs=["username"])
    flow = fe.load(tmp_path / "f.yaml", pool=POOL, actions=[needs_name], hooks=[GREET])
    assert [entry.name for entry in flow.accepts(flow.initial)["invite"]] == ["username", "invitation"]


def test_other_functions_make_another_flow(tmp_path: Path) -> None:
    """A flow belongs to the very functions that it was loaded with."""
    path = tmp_path / "f.yaml"
    path.write_text(SPEC)
    again = action(answering("INVITED"))

    async def welcome(_snapshot: fe.Snapshot) -> None:
        raise AssertionError

    flow = fe.load(path, pool=POOL, actions=[INVITE], hooks=[GREET])
    assert fe.load(path, pool=POOL, actions=[INVITE], hooks=[GREET]) is flow
    assert fe.load(path, pool=POOL, actions=[again], hooks=[GREET]) is not flow
    assert fe.load(path, pool=POOL, actions=[INVITE], hooks=[fe.hook("greet")(welcome)]) is not flow


def test_one_spec_for_many_pools_knows_them_too(tmp_path: Path) -> None:
    """What is walked once for many pools is walked with the application's actions and hooks."""
    path = tmp_path / "f.yaml"
    path.write_text(SPEC)
    actions, hooks = [action(answering("INVITED"))], [fe.hook("greet")(ignore)]
    assert SharedWalks(read(path), actions=actions, hooks=hooks).of(POOL).problems == []
    codes = {problem.code for problem in SharedWalks(read(path)).of(POOL).problems}
    assert {"unknown-action", "unknown-hook"} <= codes
