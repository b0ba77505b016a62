"""The layering rules: who may import whom, and what the core may not do."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import flowengine

PACKAGE = Path(flowengine.__file__).parent
LAYERS = (
    "errors", "settings", "phone", "fields", "session", "srp", "actions", "extensions", "spec", "machine", "compile",
    "replay", "library", "engine", "cognito", "stores", "simulator", "provision", "explore", "testing", "cli",
)  # fmt: skip
CORE = LAYERS[: LAYERS.index("library")]
IMPURE = {"aioboto3", "aiobotocore", "aiohttp", "asyncio", "boto3", "botocore", "os", "pathlib", "random", "secrets",
          "socket", "subprocess", "tempfile", "threading", "time", "urllib"}  # fmt: skip
PURE = "urllib.parse"
SDK = ("aioboto3", "aiobotocore", "boto3", "botocore")


def _modules(layer: str) -> list[Path]:
    single = PACKAGE / f"{layer}.py"
    return [single] if single.is_file() else sorted((PACKAGE / layer).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _layers_imported(layer: str) -> set[str]:
    names = [name.split(".") for path in _modules(layer) for name in _imports(path)]
    return {parts[1] for parts in names if parts[0] == "flowengine" and len(parts) > 1} - {layer}


def test_every_module_has_a_layer() -> None:
    """No module stands outside the layers."""
    found = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir() if path.suffix in ("", ".py")}
    assert found - {"__init__", "__pycache__", "specs"} == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_one_way(layer: str) -> None:
    """A layer imports only what stands before it."""
    later = set(LAYERS[LAYERS.index(layer) :])
    assert _layers_imported(layer) & later == set()


def test_engine_names_no_driver_and_no_store() -> None:
    """The engine is handed its driver and its store; it makes a memory store through the package, in one line."""
    assert _layers_imported("engine") & {"cognito", "stores", "simulator"} == set()
    assert [name for path in _modules("engine") for name in _imports(path) if name.startswith("flowengine.M")] == [
        "flowengine.MemoryStore"
    ]


def test_simulator_is_independent() -> None:
    """The embedded pool shares nothing with the action table but settings and errors."""
    assert _layers_imported("simulator") <= {"errors", "settings"}


def test_nobody_imports_the_command_line() -> None:
    """The command line is used by nothing."""
    assert all("cli" not in _layers_imported(layer) for layer in LAYERS)


@pytest.mark.parametrize("layer", CORE)
def test_core_has_no_input_or_output(layer: str) -> None:
    """The core imports nothing that reaches the world, and awaits nothing."""
    names = {name for path in _modules(layer) for name in _imports(path)}
    imported = {name.split(".")[0] for name in names if not name.startswith(PURE)}
    asynchronous = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    nodes = [node for path in _modules(layer) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    assert imported & IMPURE == set()
    assert not any(isinstance(node, asynchronous) for node in nodes)


@pytest.mark.parametrize(
    "code",
    [
        "import flowengine",
        "import flowengine as fe; fe.load('phone-sms-mfa')",
        "import flowengine as fe; fe.Engine; fe.Simulator; fe.MemoryStore; fe.replay",
        "import flowengine.cli",
    ],
)
def test_no_heavy_package_is_imported(code: str) -> None:
    """Everything but the driver works without importing an AWS package, or the tables of all phone numbers."""
    check = f"{code}\nimport sys\nprint(*sorted({{*{SDK!r}, 'phonenumbers'}} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


def test_public_names_resolve() -> None:
    """Every public name exists, and wins over a submodule of the same name."""
    for name in flowengine.__all__:
        assert getattr(flowengine, name) is not None
    check = "import flowengine.replay, flowengine; print(flowengine.replay.__name__, type(flowengine.replay).__name__)"
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["replay", "function"]


@pytest.mark.parametrize("order", ["terraform, provision", "provision, terraform"])
def test_provision_names_resolve(order: str) -> None:
    """Every public name of the package on pools exists, and wins over a submodule of the same name."""
    from flowengine import provision  # noqa: PLC0415 (only here)

    assert all(getattr(provision, name) is not None for name in provision.__all__)
    assert {*provision.__all__} <= {*dir(provision)}
    imports = {
        "provision": "from flowengine.provision import terraform",
        "terraform": "import flowengine.provision.terraform",
    }
    lines = [*(imports[name] for name in order.split(", ")), "from flowengine.provision import terraform"]
    check = "\n".join([*lines, "print(type(terraform).__name__)"])
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["function"]


@pytest.mark.parametrize("module", ["flowengine.provision", "flowengine.cognito"])
def test_unknown_name_of_a_package(module: str) -> None:
    """A name that is not public is refused as any module would."""
    with pytest.raises(AttributeError, match=f"module '{module}' has no attribute 'nonsense'"):
        _ = import_module(module).nonsense


def test_unknown_public_name_is_an_attribute_error() -> None:
    """A name that is not public is refused as any module would."""
    with pytest.raises(AttributeError, match="module 'flowengine' has no attribute 'nonsense'"):
        _ = flowengine.nonsense
