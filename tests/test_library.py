"""Finding specs: by name, by path, and by what they extend."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flowengine.errors import SpecError
from flowengine.library import load, shipped_names
from flowengine.settings import Mfa, PoolSettings, SignIn, Verification

POOL = PoolSettings(verification=Verification(auto_verified_attributes=("email",)))
MINE = "flowengine: 1\nname: mine\nextends: standard\n"
SHIPPED = f"shipped specs: {', '.join(shipped_names())}; a path ends in .yaml"
BIG = "the file is larger than 256 KiB [too-large]\n    hint: split the flow: one spec can extend another"
UNREADABLE = "[unreadable]\n    hint: check the path; a name without .yaml is that of a shipped flow"


def write(folder: Path, name: str, text: str | bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(source: str | os.PathLike[str], *, under: Path | None = None) -> str:
    """Return what is wrong with a source, with its folder left out."""
    with pytest.raises(SpecError) as caught:
        load(source)
    return str(caught.value).replace(f"{under}{os.sep}", "")


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_specs_load_by_name(name: str) -> None:
    """Each shipped spec is called by its own name, and says what it does."""
    flow = load(name)
    assert flow.name == name
    assert flow.summary.endswith(".")


def test_promised_specs_are_shipped() -> None:
    """The two specs that the documentation builds on are there."""
    assert {"standard", "phone-sms-mfa"} <= set(shipped_names())


def test_phone_flow_asks_for_the_pool_of_its_name() -> None:
    """The flow of the guide: a phone number as the username, verified, and as the second factor."""
    pool = load("phone-sms-mfa").pool
    assert pool is not None
    assert pool.sign_in == SignIn(username_attributes=("phone_number",))
    assert pool.verification.auto_verified_attributes == ("phone_number",)
    assert (pool.mfa.mode, pool.mfa.factors) == ("required", ("sms",))


@pytest.mark.parametrize("name", ["mine.yaml", "mine.yml", "mine.txt", "standard"])
def test_paths_load(tmp_path: Path, name: str) -> None:
    """A path is any text with a folder or a suffix, or any path object."""
    path = write(tmp_path, name, MINE)
    assert load(path).name == load(str(path)).name == "mine"


def test_relative_path_needs_its_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare word is a shipped name, even beside a file of that name."""
    write(tmp_path, "standard.yaml", MINE.replace("extends: standard", "extends: phone-sms-mfa"))
    monkeypatch.chdir(tmp_path)
    assert load("standard").name == "standard"
    assert load("standard.yaml").name == "mine"


def test_pool_replaces_the_spec_s_own() -> None:
    """Settings from the program stand in place of `pool:`."""
    flow = load("phone-sms-mfa", pool=POOL)
    assert flow.pool == POOL
    assert "mfa_challenge" not in flow.states
    assert load("standard").pool is None


def test_loading_twice_gives_the_same_flow(tmp_path: Path) -> None:
    """The same text for the same settings is compiled once."""
    path = write(tmp_path, "mine.yaml", MINE)
    assert load(path, pool=POOL) is load(str(path), pool=PoolSettings(verification=POOL.verification))
    assert load("standard") is load("standard")
    assert load(path, pool=POOL) is not load(path)


def test_changed_file_is_noticed(tmp_path: Path) -> None:
    """A file is read at each load, and so is what it extends."""
    base = write(tmp_path, "base.yaml", MINE.replace("mine", "base"))
    path = write(tmp_path, "mine.yaml", MINE.replace("standard", "base"))
    before = load(path)
    write(tmp_path, base.name, base.read_text() + "states: {unconfirmed: {expires: {after: 1h, to: signed_out}}}\n")
    assert load(path).fingerprint != before.fingerprint
    write(tmp_path, path.name, path.read_text().replace("name: mine", "name: yours"))
    assert load(path).name == "yours"


def test_spec_beside_wins_over_a_shipped_one(tmp_path: Path) -> None:
    """A spec extends its neighbour rather than a shipped spec of the same name."""
    neighbour = "flowengine: 1\nname: n\nextends: phone-sms-mfa\npool: {client: {auth_session_validity: 15}}\n"
    write(tmp_path, "standard.yaml", neighbour)
    pool = load(write(tmp_path, "mine.yaml", MINE)).pool
    assert pool is not None
    assert (pool.client.auth_session_validity, pool.mfa) == (
        15, Mfa(mode="required", factors=("sms",), sms_message="Your authentication code is {####}"),
    )  # fmt: skip


@pytest.mark.parametrize("extends", ["../base.yaml", "../base", "sub/other.yml"])
def test_extended_path_is_seen_from_the_spec(tmp_path: Path, extends: str) -> None:
    """A path in `extends` starts at the folder of the file that says it."""
    base = MINE.replace("mine", "base") + "states: {confirmed: {expires: {after: 5s, to: signed_out}}}\n"
    write(tmp_path, "base.yaml", base)
    write(tmp_path, "deep/sub/other.yml", base)
    flow = load(write(tmp_path, "deep/mine.yaml", MINE.replace("standard", extends)))
    assert 5.0 in {row.expires_after for row in flow.positions.values()}


def test_problems_name_the_file_that_has_them(tmp_path: Path) -> None:
    """What is inherited is blamed on the file that it stands in."""
    write(tmp_path, "base.yaml", MINE.replace("mine", "base") + "states: {confirmed: {meaning: confrimed}}\n")
    path = write(tmp_path, "mine.yaml", MINE.replace("standard", "base") + "states: {confirmed: {expires: soon}}\n")
    found = refusal(path, under=tmp_path).splitlines()
    assert found == [
        "base.yaml:4:31: states.confirmed.meaning: unknown meaning 'confrimed' [unknown-meaning]",
        "    hint: did you mean 'confirmed'?",
        "mine.yaml:4:31: states.confirmed.expires: expected a mapping, found a text [wrong-type]",
        "mine.yaml:4:31: states.confirmed.expires: 'after' is missing [missing-key]",
        "    hint: add after:",
        "mine.yaml:4:31: states.confirmed.expires: 'to' is missing [missing-key]",
        "    hint: add to:",
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("standrad", "did you mean 'standard'?; a path ends in .yaml"),
        ("nothing", SHIPPED),
        ("", SHIPPED),
        (
            "st\u0430ndard",
            "it holds letters that are not ASCII: '\u0430' is CYRILLIC SMALL LETTER A; a path ends in .yaml",
        ),
    ],
)
def test_unknown_name_gets_a_suggestion(tmp_path: Path, name: str, hint: str) -> None:
    """A name that nothing has is refused with what was probably meant, by itself and in `extends`."""
    assert refusal(name) == f"no spec with the name {name!r} is shipped [unknown-spec]\n    hint: {hint}"
    path = write(tmp_path, "mine.yaml", MINE.replace("standard", f'"{name}"'))
    found = refusal(path, under=tmp_path)
    assert found == f"mine.yaml:3:10: extends: there is no spec {name!r} [unknown-spec]\n    hint: {hint}"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("no.yaml", f"no.yaml:1:1: cannot read no.yaml: No such file or directory {UNREADABLE}"),
        ("folder.yaml", f"folder.yaml:1:1: folder.yaml is not a file {UNREADABLE}"),
        ("mine.yaml/x.yaml", f"mine.yaml/x.yaml:1:1: cannot read mine.yaml/x.yaml: Not a directory {UNREADABLE}"),
        ("loop.yaml", f"loop.yaml:1:1: cannot read loop.yaml: Too many levels of symbolic links {UNREADABLE}"),
        ("empty.yaml", "empty.yaml:1:1: the file is empty [empty]\n    hint: a spec starts with: flowengine: 1"),
        ("binary.yaml", "binary.yaml:1:1: the file is not UTF-8 text [not-text]\n    hint: save it as UTF-8"),
        ("large.yaml", f"large.yaml:1:1: {BIG}"),
    ],
)
def test_unreadable_file_is_refused(tmp_path: Path, name: str, complaint: str) -> None:
    """Whatever stands at a path, a spec that cannot be read is reported, and never another exception."""
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    write(tmp_path, "mine.yaml", MINE)
    write(tmp_path, "empty.yaml", "")
    write(tmp_path, "binary.yaml", b"\xff\xfe")
    write(tmp_path, "large.yaml", 10_000_000 * b"#")
    assert refusal(tmp_path / name, under=tmp_path) == complaint


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Something that is no file is refused before it is opened."""
    os.mkfifo(tmp_path / "pipe.yaml")
    found = refusal(tmp_path / "pipe.yaml", under=tmp_path)
    assert found == f"pipe.yaml:1:1: pipe.yaml is not a file {UNREADABLE}"


@pytest.mark.parametrize("name", ["a\0b.yaml", "\ud800.yaml", 300 * "a" + ".yaml"], ids=["NUL", "surrogate", "long"])
def test_impossible_path_is_refused(tmp_path: Path, name: str) -> None:
    """A text that no file can be called is a file that cannot be read, by itself and in `extends`."""
    assert refusal(name).endswith(f" {UNREADABLE}")
    text = MINE.replace("standard", '"' + name.replace("\0", "\\0").replace("\ud800", "\\ud800") + '"')
    found = refusal(write(tmp_path, "mine.yaml", text), under=tmp_path)
    assert found.startswith(("mine.yaml:3:10: cannot read ", "mine.yaml:3:10: this text is not valid Unicode"))


@pytest.mark.parametrize("name", ["a\\0b", 300 * "a"], ids=["NUL", "long"])
def test_impossible_name_is_refused(tmp_path: Path, name: str) -> None:
    """A bare word that no file can be called is a spec that does not exist."""
    found = refusal(write(tmp_path, "mine.yaml", MINE.replace("standard", f'"{name}"')), under=tmp_path)
    assert found.startswith("mine.yaml:3:10: extends: there is no spec ")


def test_extends_of_another_type_is_refused(tmp_path: Path) -> None:
    """`extends` is one name."""
    path = write(tmp_path, "mine.yaml", MINE.replace("standard", "[standard]"))
    assert refusal(path, under=tmp_path) == (
        "mine.yaml:3:10: extends: expected a name or path [wrong-type]\n    hint: write extends: standard"
    )  # fmt: skip


def test_extended_file_must_be_there(tmp_path: Path) -> None:
    """A missing file is reported where it is asked for."""
    path = write(tmp_path, "mine.yaml", MINE.replace("standard", "gone.yaml"))
    found = refusal(path, under=tmp_path)
    assert found == f"mine.yaml:3:10: cannot read gone.yaml: No such file or directory {UNREADABLE}"


def test_spec_may_extend_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    """A file beside itself is not what it extends."""
    write(tmp_path, "standard.yaml", "flowengine: 1\nname: mine\nextends: standard\n")
    assert load(tmp_path / "standard.yaml").name == "mine"


@pytest.mark.parametrize("size", [2, 3])
def test_circle_of_extends_is_refused(tmp_path: Path, size: int) -> None:
    """Specs that extend each other are reported, at one of them."""
    for number in range(size):
        write(tmp_path, f"s{number}.yaml", MINE.replace("standard", f"s{(number + 1) % size}"))
    found = refusal(tmp_path / "s0.yaml", under=tmp_path)
    assert found.endswith(":3:10: more than 10 specs extend each other [extends-loop]\n    hint: end the circle")


def test_long_line_of_extends_is_fine(tmp_path: Path) -> None:
    """Ten specs may build on each other."""
    for number in range(9):
        write(tmp_path, f"s{number}.yaml", MINE.replace("standard", f"s{number + 1}" if number < 8 else "standard"))
    assert load(tmp_path / "s0.yaml").name == "mine"


def test_null_extends_nothing(tmp_path: Path) -> None:
    """A spec that extends null stands alone."""
    found = refusal(write(tmp_path, "mine.yaml", MINE.replace("standard", "null")), under=tmp_path)
    assert found.splitlines()[:2] == [
        "mine.yaml:1:1: the spec: 'initial' is missing [missing-key]",
        "    hint: add initial:",
    ]


@pytest.mark.parametrize("source", [None, 3, b"standard"])
def test_source_of_another_type_is_a_mistake(source: str) -> None:
    """A source is a text or a path."""
    with pytest.raises(TypeError):
        load(source)
