"""Reading: every complaint about a spec's form, with its place."""

from __future__ import annotations

import pytest
from reading import HEAD, STATE, complaints, in_event, in_pool, in_state

from flowengine.spec import parse, read_spec

SPEC_KEYS = "keys here: extends, flowengine, initial, name, pool, routes, states, summary"
EXPIRY_HINT = "write a number and s, m, h or d, such as 24h; or session, for the pool's session validity"
NO_STATES = "the spec has no states [no-states]\n    hint: add states:, or extend a spec: extends: standard"
NAME_HINT = "use a-z, 0-9 and _, starting with a letter"
OUTCOME_HINT = "outcomes are spelt as Cognito spells them"
NO_NAME = "'name' is missing [missing-key]\n    hint: add name:"
NO_INITIAL = "'initial' is missing [missing-key]\n    hint: add initial:"
NO_ACTION = "'action' is missing [missing-key]\n    hint: add action:"

COMPLAINTS: dict[str, tuple[str, list[str]]] = {
    "no mapping": (
        "hello",
        [
            "f.yaml:1:1: the spec: expected a mapping, found a text [wrong-type]",
            "f.yaml:1:1: the spec does not say its format [no-version]\n    hint: add the line: flowengine: 1",
            f"f.yaml:1:1: the spec: {NO_NAME}",
            f"f.yaml:1:1: the spec: {NO_INITIAL}",
            f"f.yaml:1:1: {NO_STATES}",
        ],
    ),
    "another format": (
        STATE.replace("flowengine: 1", "flowengine: 2"),
        ["f.yaml:1:13: this is not format 1 [unknown-version]\n    hint: write flowengine: 1"],
    ),
    "a format that is a truth": (
        STATE.replace("flowengine: 1", "flowengine: true"),
        ["f.yaml:1:13: this is not format 1 [unknown-version]\n    hint: write flowengine: 1"],
    ),
    "no name": (
        STATE.replace("name: a\n", ""),
        [f"f.yaml:1:1: the spec: {NO_NAME}"],
    ),
    "a name that is a number": (
        STATE.replace("name: a", "name: 1"),
        ["f.yaml:2:7: name: expected a text, found a number [wrong-type]"],
    ),
    "a bad name": (
        STATE.replace("name: a", "name: A b"),
        ["f.yaml:2:7: 'A b' is no name for a flow [bad-name]\n    hint: use a-z, 0-9, _ and -"],
    ),
    "no initial": (
        STATE.replace("initial: s\n", ""),
        [f"f.yaml:1:1: the spec: {NO_INITIAL}"],
    ),
    "no states": (HEAD, [f"f.yaml:1:1: {NO_STATES}"]),
    "states removed": (f"{HEAD}states: {{s: null}}\n", [f"f.yaml:1:1: {NO_STATES}"]),
    "states in a list": (
        f"{HEAD}states: [s]\n",
        ["f.yaml:4:9: states: expected a mapping, found a list [wrong-type]", f"f.yaml:1:1: {NO_STATES}"],
    ),
    "a summary that is a truth": (
        f"{STATE}summary: true\n",
        ["f.yaml:5:10: summary: expected a text, found true or false [wrong-type]"],
    ),
    "misspelt key": (
        f"{STATE}sumary: x\n",
        ["f.yaml:5:1: the spec: unknown key 'sumary' [unknown-key]\n    hint: did you mean 'summary'?"],
    ),
    "unknown key": (
        f"{STATE}zzz: x\n",
        [f"f.yaml:5:1: the spec: unknown key 'zzz' [unknown-key]\n    hint: {SPEC_KEYS}"],
    ),
    "key that looks like another": (
        f"{STATE}r\u043eutes: {{}}\n",
        [
            (
                "f.yaml:5:1: the spec: unknown key 'r\u043eutes' [unknown-key]\n"
                "    hint: it holds letters that are not ASCII: '\u043e' is CYRILLIC SMALL LETTER O"
            ),
        ],
    ),
    "routes in a text": (
        f"{STATE}routes: x\n",
        ["f.yaml:5:9: routes: expected a mapping, found a text [wrong-type]"],
    ),
    "routes of a group in a text": (
        f"{STATE}routes: {{g: x}}\n",
        ["f.yaml:5:13: routes.g: expected a mapping, found a text [wrong-type]"],
    ),
    "routes to nowhere": (
        f"{STATE}routes: {{g: {{TOKENS: [s]}}}}\n",
        ["f.yaml:5:22: routes.g.TOKENS: expected a text, found a list [wrong-type]"],
    ),
    "misspelt key of a state": (
        in_state("{meening: signed_in}"),
        ["f.yaml:4:14: states.s: unknown key 'meening' [unknown-key]\n    hint: did you mean 'meaning'?"],
    ),
    "unknown meaning": (
        in_state("{meaning: signedin}"),
        [
            (
                "f.yaml:4:23: states.s.meaning: unknown meaning 'signedin' [unknown-meaning]\n"
                "    hint: did you mean 'signed_in'?"
            ),
        ],
    ),
    "a state in a text": (in_state("x"), ["f.yaml:4:13: states.s: expected a mapping, found a text [wrong-type]"]),
    "no duration": (
        in_state("{expires: {after: 1 day, to: s}}"),
        [f"f.yaml:4:31: states.s.expires.after: '1 day' is no duration [bad-duration]\n    hint: {EXPIRY_HINT}"],
    ),
    "no time at all": (
        in_state("{expires: {after: 0s, to: s}}"),
        [f"f.yaml:4:31: states.s.expires.after: '0s' is no duration [bad-duration]\n    hint: {EXPIRY_HINT}"],
    ),
    "a duration that is a number": (
        in_state("{expires: {after: 60, to: s}}"),
        ["f.yaml:4:31: states.s.expires.after: expected a text, found a number [wrong-type]"],
    ),
    "expiry without its parts": (
        in_state("{expires: {affter: 24h}}"),
        [
            "f.yaml:4:24: states.s.expires: unknown key 'affter' [unknown-key]\n    hint: did you mean 'after'?",
            "f.yaml:4:23: states.s.expires: 'after' is missing [missing-key]\n    hint: add after:",
            "f.yaml:4:23: states.s.expires: 'to' is missing [missing-key]\n    hint: add to:",
        ],
    ),
    "misspelt key of an event": (
        in_event("{action: sign_up, too: {}}"),
        ["f.yaml:4:41: states.s.on.go: unknown key 'too' [unknown-key]\n    hint: did you mean 'to'?"],
    ),
    "no action": (
        in_event("{to: {TOKENS: s}}"),
        [f"f.yaml:4:23: states.s.on.go: {NO_ACTION}"],
    ),
    "an event in a text": (
        in_event("sign_up"),
        [
            "f.yaml:4:23: states.s.on.go: expected a mapping, found a text [wrong-type]",
            f"f.yaml:4:23: states.s.on.go: {NO_ACTION}",
        ],
    ),
    "parts of an event in texts": (
        in_event("{action: 1, with: 2, then: 3, to: 4}"),
        [
            "f.yaml:4:32: states.s.on.go.action: expected a text, found a number [wrong-type]",
            "f.yaml:4:57: states.s.on.go.to: expected a mapping, found a number [wrong-type]",
            "f.yaml:4:41: states.s.on.go.with: expected a mapping, found a number [wrong-type]",
            "f.yaml:4:50: states.s.on.go.then: expected a mapping, found a number [wrong-type]",
        ],
    ),
    "targets in other types": (
        in_event("{action: a, with: {b: 1}, then: {C: []}, to: {use: {}, D: false}}"),
        [
            "f.yaml:4:74: states.s.on.go.to.use: expected a text, found a mapping [wrong-type]",
            "f.yaml:4:81: states.s.on.go.to.D: expected a text, found true or false [wrong-type]",
            "f.yaml:4:45: states.s.on.go.with.b: expected a text, found a number [wrong-type]",
            "f.yaml:4:59: states.s.on.go.then.C: expected a text, found a list [wrong-type]",
        ],
    ),
    "pool in a text": (in_pool("x"), ["f.yaml:5:7: pool: expected a mapping, found a text [wrong-type]"]),
    "misspelt setting": (
        in_pool("{mfaa: {}}"),
        ["f.yaml:5:8: pool: unknown key 'mfaa' [unknown-key]\n    hint: did you mean 'mfa'?"],
    ),
    "misspelt inner setting": (
        in_pool("{mfa: {factor: [sms]}}"),
        ["f.yaml:5:14: pool.mfa: unknown key 'factor' [unknown-key]\n    hint: did you mean 'factors'?"],
    ),
    "a text for a list": (
        in_pool("{sign_in: {username_attributes: email}}"),
        [
            (
                "f.yaml:5:39: pool.sign_in.username_attributes: expected a list, found a text [wrong-type]\n"
                "    hint: write [email]"
            ),
        ],
    ),
    "a number in a list": (
        in_pool("{required_attributes: [email, 1]}"),
        ["f.yaml:5:37: pool.required_attributes: expected a text, found a number [wrong-type]"],
    ),
    "a mapping for a list": (
        in_pool("{required_attributes: {}}"),
        ["f.yaml:5:29: pool.required_attributes: expected a list, found a mapping [wrong-type]"],
    ),
    "a text for a truth": (
        in_pool("{sms_configuration: yes}"),
        ["f.yaml:5:27: pool.sms_configuration: expected true or false, found a text [wrong-type]"],
    ),
    "a number for a truth": (
        in_pool("{client: {generate_secret: 1}}"),
        ["f.yaml:5:34: pool.client.generate_secret: expected true or false, found a number [wrong-type]"],
    ),
    "a truth for a number": (
        in_pool("{client: {auth_session_validity: true}}"),
        ["f.yaml:5:40: pool.client.auth_session_validity: expected a whole number, found true or false [wrong-type]"],
    ),
    "a fraction for a number": (
        in_pool("{client: {auth_session_validity: 3.5}}"),
        ["f.yaml:5:40: pool.client.auth_session_validity: expected a whole number, found a text [wrong-type]"],
    ),
    "a truth for a choice": (
        in_pool("{mfa: {mode: false}}"),
        ["f.yaml:5:20: pool.mfa.mode: expected a text, found true or false [wrong-type]"],
    ),
}


@pytest.mark.parametrize("name", COMPLAINTS)
def test_complaint_names_place_and_remedy(name: str) -> None:
    """What is wrong is said in full, where it stands, and nothing else is said."""
    text, expected = COMPLAINTS[name]
    assert complaints(text) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"{HEAD}states: {{s: {{}}, Bad: {{}}}}", f"states: 'Bad' is no name [bad-name]\n    hint: {NAME_HINT}"),
        (f"{HEAD}states: {{s: {{}}, '*': {{}}}}", f"states: '*' is no name [bad-name]\n    hint: {NAME_HINT}"),
        (f"{HEAD}states: {{s: {{}}, '': {{}}}}", f"states: '' is no name [bad-name]\n    hint: {NAME_HINT}"),
        (
            f"{HEAD}states: {{s: {{}}, \u0441: {{}}}}",
            "states: '\u0441' is no name [bad-name]\n    hint: '\u0441' is CYRILLIC SMALL LETTER ES",
        ),
        (
            in_state("{on: {Go: {action: a}}}"),
            f"states.s.on: 'Go' is no name [bad-name]\n    hint: {NAME_HINT}",
        ),
        (
            in_state("{on: {expire: {action: a}}}"),
            "states.s.on: the event 'expire' is built in [reserved-name]\n    hint: choose another name",
        ),
        (
            in_event("{action: a, to: {'A-B': s}}"),
            f"states.s.on.go.to: 'A-B' is no outcome [bad-name]\n    hint: {OUTCOME_HINT}",
        ),
        (
            in_event("{action: a, to: {T\u041eKENS: s}}"),
            (
                "states.s.on.go.to: 'T\u041eKENS' is no outcome [bad-name]\n"
                "    hint: '\u041e' is CYRILLIC CAPITAL LETTER O"
            ),
        ),
        (f"{STATE}routes: {{g: {{'': s}}}}", f"routes.g: '' is no outcome [bad-name]\n    hint: {OUTCOME_HINT}"),
    ],
)
def test_names_are_plain(text: str, complaint: str) -> None:
    """A name that is reserved, or has letters that names do not have, is refused on its line."""
    (found,) = complaints(text)
    place, _, said = found.partition(": ")
    assert said == complaint
    assert place.startswith("f.yaml:5:" if "routes:" in text else "f.yaml:4:")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("states:\n  s: {}\n  Bad:\n    meaning: signed_in\n", "f.yaml:6:3"),
        ("states:\n  s:\n    on:\n      expire:\n        action: a\n", "f.yaml:7:7"),
        (
            "states:\n  s:\n    on:\n      go:\n        action: a\n        to:\n          A-B:\n            s\n",
            "f.yaml:10:11",
        ),
    ],
)
def test_bad_name_stands_where_it_is_written(text: str, place: str) -> None:
    """A complaint about a name points at the name, not at what it names."""
    (problem,) = read_spec(parse(HEAD + text, "f.yaml").root)[1]
    assert problem.place == place


def test_every_complaint_is_made_at_once() -> None:
    """A spec that is wrong at every level hears all of it."""
    text = """\
flowengine: 3
name: Bad Name
initial: s
pool: {mfa: {mode: 1}, sms_configuration: maybe}
states:
  s: {meaning: sleepy, expires: {after: soon, to: s}, on: {go: {action: []}}}
"""
    _, problems = read_spec(parse(text, "f.yaml").root)
    assert [(problem.code, problem.line) for problem in problems] == [
        ("unknown-version", 1),
        ("bad-name", 2),
        ("wrong-type", 4),
        ("wrong-type", 4),
        ("unknown-meaning", 6),
        ("wrong-type", 6),
        ("bad-duration", 6),
    ]


@pytest.mark.parametrize("text", ["hello", "[]", HEAD, STATE.replace("name: a", "name: []"), "a: 1"])
def test_what_has_no_states_is_no_spec(text: str) -> None:
    """Where not even name, initial state and states can be read, there are only problems."""
    spec, problems = read_spec(parse(text, "f.yaml").root)
    assert spec is None
    assert problems
