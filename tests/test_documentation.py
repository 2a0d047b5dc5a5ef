"""Every public name says what it does, and what the documents show can be run."""

import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np
import pytest

import difflab

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(difflab.__path__, "difflab.") if "._" not in module.name
)
OPTIONAL = ("torch", "jax", "cupy")
"""Packages that need not be installed: examples of them stand in blocks of their own."""
METHODS = (FunctionType, classmethod, staticmethod, property)


def undocumented(module: ModuleType) -> list[str]:
    """List the public functions, classes and methods of `module` that have no docstring.

    An overriding method has the docstring of what it overrides; a dataclass needs its own.
    """
    missing = [] if module.__doc__ else [module.__name__]
    own = [name for name, thing in vars(module).items() if getattr(thing, "__module__", None) == module.__name__]
    for name in getattr(module, "__all__", [name for name in own if not name.startswith("_")]):
        thing = getattr(module, name)
        if inspect.isclass(thing):
            if (thing.__doc__ or f"{name}(").startswith(f"{name}("):
                missing.append(name)
            missing += [f"{name}.{method}" for method in sorted(undocumented_methods(thing))]
        elif inspect.isfunction(thing) and not inspect.getdoc(thing):
            missing.append(name)
    return missing


def undocumented_methods(cls: type) -> set[str]:
    """List the public methods of a class that have a docstring neither there nor in a base, nor in NumPy's array."""
    members = [(base, *item) for base in cls.__mro__ for item in vars(base).items() if isinstance(item[1], METHODS)]
    documented = {name for _, name, member in members if member.__doc__}.union(dir(np.ndarray))
    package = cls.__module__.split(".")[0]
    own = {name for base, name, _ in members if base.__module__.split(".")[0] == package and name[0] != "_"}
    return own - documented


def failing_examples(text: str, name: str, package: str = "") -> str:
    """Run the Python blocks of a document in order, as one doctest, and give the report of what failed.

    Blocks that import one of `OPTIONAL` are left out, unless it is `package`: then they alone are run.
    """
    blocks = [block for block in python_blocks(text) if package_of(block) == package]
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, name, name, 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).run(examples, out=report.append)
    return "".join(report)


def python_blocks(text: str) -> list[str]:
    """Give the Python blocks of a document."""
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def package_of(block: str) -> str:
    """Name the package of `OPTIONAL` that a block imports; nothing if none."""
    found = re.search(rf"^>>> import ({'|'.join(OPTIONAL)})\b", block, re.MULTILINE)
    return found[1] if found else ""


def dead_links(text: str, folder: Path) -> list[str]:
    """List the relative links of a document that lead nowhere."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    return [link for link in links if "://" not in link and not (folder / link).exists()]


@pytest.mark.parametrize("name", ["difflab", *MODULES])
def test_public_names_are_documented(name: str) -> None:
    assert undocumented(importlib.import_module(name)) == []


def test_missing_docstrings_are_seen() -> None:
    planted = ModuleType("planted")
    code = """
from dataclasses import dataclass
def bare(): pass
def described(): 'Do it.'
@dataclass
class Record: x: int
class Base:
    'A base.'
    def described(self): 'Do it.'
    def bare(self): pass
class Derived(Base):
    'A derived class.'
    def described(self): pass
"""
    exec(code, vars(planted))
    assert undocumented(planted) == ["planted", "bare", "Record", "Base.bare", "Derived.bare"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_examples_run(document: Path) -> None:
    assert failing_examples(document.read_text(encoding="utf-8"), document.name) == ""


def examples_of(package: str) -> list[Path]:
    """List the documents with examples of an optional package."""
    return [
        document
        for document in DOCUMENTS
        if package in map(package_of, python_blocks(document.read_text(encoding="utf-8")))
    ]


@pytest.mark.peers
@pytest.mark.parametrize("package", ["torch", "jax"])
def test_examples_of_frameworks_run(package: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(package)
    assert examples_of(package)
    for document in examples_of(package):
        assert failing_examples(document.read_text(encoding="utf-8"), document.name, package) == ""


@pytest.mark.gpu
def test_examples_of_cupy_run() -> None:
    assert examples_of("cupy")
    for document in examples_of("cupy"):
        assert failing_examples(document.read_text(encoding="utf-8"), document.name, "cupy") == ""


@pytest.mark.parametrize("package", ["", *OPTIONAL])
def test_a_wrong_example_is_seen_among_those_of_its_package_alone(package: str) -> None:
    text = f"```python\n>>> import {package or 'math'}, math\n>>> 1 + 1\n3\n```\n"
    assert [one for one in ("", *OPTIONAL) if "Expected:\n    3" in failing_examples(text, "planted", one)] == [package]


def test_a_wrong_example_is_seen() -> None:
    assert "Expected:\n    3" in failing_examples("```python\n>>> 1 + 1\n3\n```\n", "planted")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    assert dead_links(document.read_text(encoding="utf-8"), document.parent) == []


def test_a_dead_link_is_seen() -> None:
    text = "[here](README.md#top) [there](https://example.org/x) [nowhere](docs/nowhere.md)"
    assert dead_links(text, ROOT) == ["docs/nowhere.md"]


def test_commands_exist() -> None:
    """Each `make` target and each option of the commands that the documents name is there."""
    text = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets
    for command, named_by in (
        ("compare", r"difflab\.compare|make compare ARGS=\""),
        ("verify", r"difflab\.verify "),
        ("explain", r"difflab\.explain "),
        ("train", r"difflab\.train "),
    ):
        named = re.findall(rf"(?:{named_by})([^\n`]*)", text)
        options = {option for line in named for option in re.findall(r"(?<!\w)--[a-z-]+", line)}
        offered = help_of(command)
        assert options
        assert {option for option in options if option not in offered} == set()


def help_of(command: str) -> str:
    """Give what a command of difflab says of its options."""
    arguments = [sys.executable, "-m", f"difflab.{command}", "--help"]
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
