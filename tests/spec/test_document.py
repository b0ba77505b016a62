"""Parsing: every part knows its place, and no input gets more than a complaint with a place."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowengine.errors import SpecError
from flowengine.spec import Document, Node, parse

STANDARD = (Path(__file__).parents[2] / "specs" / "standard.yaml").read_text(encoding="utf-8")

EMPTY = "f.yaml:1:1: the file is empty [empty]\n    hint: a spec starts with: flowengine: 1"
NESTED = "the document is nested more than 50 deep [too-deep]\n    hint: a flow has about ten levels"
BIG = "f.yaml:1:1: the file is larger than 256 KiB [too-large]\n    hint: split the flow: one spec can extend another"
PARTS = "the document has more than 20,000 parts [too-large]\n    hint: write out fewer parts, or split the flow"
ALIASES = "the document has more than 100 aliases [too-many-aliases]\n    hint: share routes with use: instead"
SEVERAL = "the file holds more than one document [several-documents]\n    hint: remove the line --- before it"
UNUSED = "are not used in specs [tag]\n    hint: remove the tag"
TAB = (
    "f.yaml:2:1: this is not YAML: while scanning for the next token found character '\\t' that cannot start any "
    "token [syntax]\n    hint: indent with spaces; YAML allows no tabs there"
)
NOT_TEXT = "the file is not UTF-8 text [not-text]\n    hint: save it as UTF-8"
REPEATED = "stands here a second time; the first is on line"
DUPLICATE = "[duplicate-key]\n    hint: remove one of the two"
NOTHING = "nothing before this is anchored as"
UNKNOWN_ALIAS = "[unknown-alias]\n    hint: write the part out here"


def plain(node: Node) -> object:
    """Return a node's value without its places."""
    if isinstance(node.value, Mapping):
        return {name: plain(child) for name, child in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(child) for child in node.value]
    return node.value


def complaints(text: str | bytes) -> list[str]:
    """Return everything that is wrong with a document, whether or not it can be read."""
    try:
        return [str(problem) for problem in parse(text, "f.yaml").problems]
    except SpecError as error:
        return [str(problem) for problem in error.problems]


def test_every_part_knows_its_place() -> None:
    """Mappings, lists, scalars and keys stand where they begin, counted from 1."""
    root = parse("# first\na:\n  - x\n  - {b: y}\nc: 'z'\n", "f.yaml").root
    assert isinstance(root.value, Mapping)
    items = root.value["a"].value
    assert isinstance(items, tuple)
    inner = items[1].value
    assert isinstance(inner, Mapping)
    nodes = [root, root.value["a"], *items, inner["b"], root.value["c"]]
    assert [(node.place.line, node.place.column) for node in nodes] == [(2, 1), (3, 3), (3, 5), (4, 5), (4, 9), (5, 4)]
    keys = [root.keys["a"], items[1].keys["b"], root.keys["c"]]
    assert [(key.file, key.line, key.column) for key in keys] == [("f.yaml", 2, 1), ("f.yaml", 4, 6), ("f.yaml", 5, 1)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("off", "off"), ("no", "no"), ("yes", "yes"), ("y", "y"), ("'true'", "true"), ("12h", "12h"),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("7", 7), ("-3", -3), ('"7"', "7"),
        ("1.5", "1.5"), ("1e3", "1e3"), (".inf", ".inf"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("12:30", "12:30"),
        ("2001-01-01", "2001-01-01"), (19 * "9", 19 * "9"), ("<<", "<<"), ("=", "="),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)  # fmt: skip
def test_scalars_are_texts_unless_plainly_not(text: str, value: object) -> None:
    """Only true, false, null and whole numbers are no texts; the words that older YAML bends stay as they are."""
    found = plain(parse(f"a: {text}", "f.yaml").root)
    assert found == {"a": value}
    assert type(found["a"]) is type(value)


def test_on_is_a_key() -> None:
    """The keys that older YAML reads as truths are texts."""
    assert plain(parse("on: 1\noff: 2\nno: 3\n", "f.yaml").root) == {"on": 1, "off": 2, "no": 3}


@pytest.mark.parametrize("text", ["\ufeffa: 1\n", b"\xef\xbb\xbfa: 1\n", b"a: 1\r\n", "a: 1\n...\n", "---\na: 1\n"])
def test_marks_around_a_document_are_nothing(text: str | bytes) -> None:
    """Byte order marks, carriage returns and document marks are no part of a document."""
    document = parse(text, "f.yaml")
    assert (plain(document.root), document.problems) == ({"a": 1}, ())


def test_alias_repeats_its_anchor() -> None:
    """An alias stands for what it names, at the place where that was written."""
    root = parse("a: &x {b: 1}\nc: *x\n", "f.yaml").root
    assert plain(root) == {"a": {"b": 1}, "c": {"b": 1}}
    assert isinstance(root.value, Mapping)
    assert root.value["c"].place == root.value["a"].place


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join(9 * [f'*a{level - 1}'])}]\n" for level in range(1, 11)
)
ONE_COMPLAINT: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", EMPTY),
    "blanks": ("  \n\n", EMPTY),
    "comments": ("# one\n# two\n", EMPTY),
    "binary": (bytes(range(9, 256)), f"f.yaml:2:118: {NOT_TEXT}"),
    "UTF-16": ("a: 1\n".encode("utf-16"), f"f.yaml:1:1: {NOT_TEXT}"),
    "broken UTF-8": (b"a: 1\nb: \xff\n", f"f.yaml:2:4: {NOT_TEXT}"),
    "tab": (
        "a:\n\tb: 1\n",
        TAB,
    ),
    "duplicate": ("a: 1\na: 2\n", f"f.yaml:2:1: 'a' {REPEATED} 1 {DUPLICATE}"),
    "tag": ("a: !b c\n", f"f.yaml:1:4: tags such as !b {UNUSED}"),
    "tag that runs code": (
        "!!python/object/apply:os.system {a: 1}\n",
        f"f.yaml:1:1: tags such as tag:yaml.org,2002:python/object/apply:os.system {UNUSED}",
    ),
    "tag on a list": ("a: !!set []\n", f"f.yaml:1:4: tags such as tag:yaml.org,2002:set {UNUSED}"),
    "several documents": ("a: 1\n---\nb: 2\n", f"f.yaml:2:1: {SEVERAL}"),
    "unknown alias": ("a: *b\n", f"f.yaml:1:4: {NOTHING} &b {UNKNOWN_ALIAS}"),
    "later anchor": ("a: *b\nc: &b 1\n", f"f.yaml:1:4: {NOTHING} &b {UNKNOWN_ALIAS}"),
    "recursive alias": ("a: &b [*b]\n", f"f.yaml:1:8: {NOTHING} &b {UNKNOWN_ALIAS}"),
    "101 aliases": (f"a: &a 1\nb: [{101 * '*a,'}]\n", f"f.yaml:2:305: {ALIASES}"),
    "billion laughs": (LAUGHS, f"f.yaml:5:5: {PARTS}"),
    "10 MB of aliases": (f"a: &a 1\nb: [{3_400_000 * '*a,'}]\n", BIG),
    "10 MB of bytes": (10_000_000 * b"\xff", BIG),
    "200,000 brackets": (200_000 * "[", f"f.yaml:1:51: {NESTED}"),
    "200,000 braces": (200_000 * "{", f"f.yaml:1:51: {NESTED}"),
    "100,000 block mappings": (100_000 * "? ", f"f.yaml:1:101: {NESTED}"),
    "100,000 block lists": (100_000 * "- ", f"f.yaml:1:101: {NESTED}"),
    "a staircase": ("".join(level * " " + "a:\n" for level in range(600)), f"f.yaml:51:51: {NESTED}"),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_COMPLAINT)
def test_bad_document_gets_one_complaint(name: str) -> None:
    """What is wrong is said once, with its place, and with a hint where one helps."""
    text, complaint = ONE_COMPLAINT[name]
    assert complaints(text) == [complaint]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('a: "x', "f.yaml:1:"),
        ("a: 'x", "f.yaml:1:"),
        ("a: [1, 2\n", "f.yaml:2:1"),
        ("a: b: c\n", "f.yaml:1:5"),
        ("a: 1\n b: 2\n", "f.yaml:2:3"),
        ("a: @b\n", "f.yaml:1:4"),
        ('a: "\\q"\n', "f.yaml:1:6"),
        ("%YAML", "f.yaml:1:6"),
        ("%YAML 1.2\n", "f.yaml:2:1"),
        ("%YAML 2.0\n---\na: 1\n", "f.yaml:1:1"),
        ("%YAML 1.2\n%YAML 1.2\n---\na: 1\n", "f.yaml:2:1"),
        ("%\n", "f.yaml:1:2"),
        ("a: !<%zz> b\n", "f.yaml:1:7"),
        ("a: !e!x b\n", "f.yaml:1:4"),
        ("a" * 2000 + ": 1\n", "f.yaml:1:2001"),
    ],
)
def test_broken_syntax_is_placed(text: str, place: str) -> None:
    """Text that is no YAML is refused once, where the parser stumbled."""
    with pytest.raises(SpecError) as caught:
        parse(text, "f.yaml")
    (problem,) = caught.value.problems
    assert problem.code == "syntax"
    assert problem.place.startswith(place)
    assert problem.message.startswith("this is not YAML: ")


@pytest.mark.parametrize("number", ["00110000", "7FFFFFFF", "80000000", "FFFFFFFF"])
def test_escape_beyond_unicode_is_refused(number: str) -> None:
    """An escape that names no character is broken syntax, not a crash."""
    with pytest.raises(SpecError, match="syntax"):
        parse(f'a: "\\U{number}"\n', "f.yaml")


def test_endless_version_is_refused() -> None:
    """A version with more digits than Python converts is broken syntax, not a crash."""
    with pytest.raises(SpecError, match="syntax"):
        parse(f"%YAML 1.{5000 * '9'}\n---\na: 1\n", "f.yaml")


@pytest.mark.parametrize("char", ["\0", "\x07", "\x1b", "\x7f", "\ufffe", "\ud800"])
@pytest.mark.parametrize(("before", "place"), [("", "f.yaml:1:1"), ("a: 1\nb: x", "f.yaml:2:5")])
def test_forbidden_character_is_placed(char: str, before: str, place: str) -> None:
    """A character that YAML does not allow is found where it stands."""
    with pytest.raises(SpecError) as caught:
        parse(f"{before}{char}y\n", "f.yaml")
    assert [problem.place for problem in caught.value.problems] == [place]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"a\xff", "f.yaml:1:2"),
        (b"a: 1\nb: 2\n\xff", "f.yaml:3:1"),
        (b"\xef\xbb\xbfa: 1\nb: \xff\n", "f.yaml:2:4"),
        ("ä: ".encode() + b"\xff", "f.yaml:1:4"),
        (b"a: \xe2\x82", "f.yaml:1:4"),
    ],
    ids=["first line", "last line", "after a byte order mark", "after a letter of two bytes", "cut off"],
)
def test_broken_utf8_is_placed(data: bytes, place: str) -> None:
    """Bytes that are no text are found at the character where they begin."""
    with pytest.raises(SpecError) as caught:
        parse(data, "f.yaml")
    assert [problem.place for problem in caught.value.problems] == [place]


def test_every_duplicate_is_found() -> None:
    """Each repetition of a key, at any level, is reported with the line of the first one, which is kept."""
    document = parse("a: 1\nb: {c: 2, c: 3}\na: 4\na: 5\n", "f.yaml")
    assert [str(problem) for problem in document.problems] == [
        f"f.yaml:2:11: 'c' {REPEATED} 2 {DUPLICATE}",
        f"f.yaml:3:1: 'a' {REPEATED} 1 {DUPLICATE}",
        f"f.yaml:4:1: 'a' {REPEATED} 1 {DUPLICATE}",
    ]
    assert plain(document.root) == {"a": 1, "b": {"c": 2}}


@pytest.mark.parametrize("key", ["1", "true", "null", "~", "[a]", "{a: 1}"])
def test_keys_are_texts(key: str) -> None:
    """A key of any other type is reported and left out, and the rest is read."""
    document = parse(f"b: 1\n{key}: 2\n", "f.yaml")
    assert (
        complaints(f"b: 1\n{key}: 2\n") == ["f.yaml:2:1: keys must be texts [key-not-text]\n    hint: put it in quotes"]
        or key == "? "
    )
    assert plain(document.root) == {"b": 1}


def test_what_was_found_before_the_end_is_kept() -> None:
    """A document that must be given up still reports what was wrong before."""
    assert complaints("a: 1\na: !b 2\nc: *d\n") == [
        f"f.yaml:2:4: tags such as !b {UNUSED}",
        f"f.yaml:2:1: 'a' {REPEATED} 1 {DUPLICATE}",
        f"f.yaml:3:4: {NOTHING} &d {UNKNOWN_ALIAS}",
    ]


@pytest.mark.parametrize(
    "text",
    [f"a: &a 1\nb: [{100 * '*a,'}]\n", 50 * "[" + 50 * "]", "a: " + (256 * 1024 - 3) * "x", f"[{19_990 * 'a,'}]"],
    ids=["100 aliases", "50 deep", "256 KiB", "20,000 parts"],
)
def test_bounds_are_inclusive(text: str) -> None:
    """A document that only just keeps within a bound is read."""
    assert parse(text, "f.yaml").problems == ()


def test_documents_do_not_affect_each_other() -> None:
    """A document that asks for an older YAML changes nothing for the ones that are read after it."""
    program = """
from flowengine.errors import SpecError
from flowengine.spec import parse
for text in ("[[[", "a: *b", "%TAG ! tag:x,2000:\\n---\\na: 1\\n", "%YAML 1.1\\n---\\na: on\\n"):
    try:
        parse(text, "f.yaml")
    except SpecError:
        pass
    print(parse("a: on", "f.yaml").root.value["a"].value)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == 4 * ["on"]


def test_documents_can_be_read_side_by_side() -> None:
    """Threads that parse at once do not disturb each other."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(complaints, 64 * [STANDARD]))
    assert found == 64 * [[]]


def is_handled(text: str | bytes) -> bool:
    """Tell whether a text is read or refused with places, and nothing else."""
    try:
        document = parse(text, "f.yaml")
    except SpecError as error:
        return bool(error.problems) and all(
            problem.file and problem.line and problem.column for problem in error.problems
        )
    return isinstance(document, Document)


NASTY = [
    "\0", "\t", "\n", "\r", " ", ": ", "- ", "? ", "[", "]", "{", "}", ",", "#", " #", "&a ", "*a", "!", "!!str ",
    "|\n", ">-\n", "'", '"', "\\", '"\\x"', '"\\ud800"', '"\\U00110000"', "%", "%TAG ! x\n---\n", "---\n",
    "...\n", "@", "`",
    "<<: ", "\ufeff", "\u2028", "\x85", "on", "~", "1:", "é", "\U0001f600",
]  # fmt: skip


@st.composite
def mutated_specs(draw: st.DrawFn) -> str:
    """Draw the standard spec with a few of its parts cut out, repeated or broken."""
    text = STANDARD
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        text = text[:start] + draw(st.sampled_from([*NASTY, "", text[start:end] * 2])) + text[end:]
    return text


@given(st.one_of(st.text(), st.lists(st.sampled_from(NASTY)).map("".join)))
@example('"\\U00110000"')
@example("")
def test_any_text_is_handled(text: str) -> None:
    """Whatever the text, it is read or refused with places."""
    assert is_handled(text)


@given(st.binary())
def test_any_bytes_are_handled(data: bytes) -> None:
    """Whatever the bytes, they are read or refused with places."""
    assert is_handled(data)


@settings(deadline=None)
@given(mutated_specs())
def test_any_broken_spec_is_handled(text: str) -> None:
    """A spec with a slip of the hand is read or refused with places."""
    assert is_handled(text)


letters = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=50)
"""Short enough to be keys (YAML reads up to 1,024 characters), and without pairs of surrogates."""
json_values = st.recursive(
    letters | st.integers(-(10**17), 10**17) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(letters, inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_json_is_read_as_it_is(value: object) -> None:
    """A JSON document comes back as the value that it was written from."""
    document = parse(json.dumps({"a": value}), "f.yaml")
    assert (plain(document.root), document.problems) == ({"a": value}, ())
