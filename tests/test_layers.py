"""Imports go one way, and the methods that check the rules never read them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import difflab
from tests.import_graph import Graph, import_graph, reachable

PACKAGE = Path(difflab.__file__).parent

# From the ground up; within a floor, a part may import what stands to its left.
FLOORS = (
    (
        "types",
        "errors",
        "array_likes",
        "carrier",
        "structure",
        "arrays",
        "user_code",
        "object_arrays",
        "named_function",
        "heap",
        "collector",
        "pool",
        "command_line",
    ),
    ("point", "signature", "kernel", "host_kernel", "batch", "interface", "native", "primitives"),
    ("engines", "eager"),
    ("lowering", "steps"),
    ("problems", "methods"),
    (
        "truth",
        "compiled_function",
        "functional",
        "explain",
        "verify",
        "testing",
        "conformance",
        "data",
        "nn",
        "models",
        "optim",
        "train",
    ),
    ("",),  # the package itself, which re-exports the public names
    ("compare", "gradbench"),
)
HEIGHT = {part: (floor, place) for floor, parts in enumerate(FLOORS) for place, part in enumerate(parts)}

ONLY_CUPY = re.compile(r"^\s*(import|from) cupy|import_module\(.cupy|__import__\(.cupy", re.MULTILINE)

INDEPENDENT = ("manual", "forward_difference", "central_difference", "complex_step", "richardson")
RULES = ("difflab.primitives", "difflab.engines", "difflab.lowering")


def part_of(module: str) -> str:
    """Name the part of the package that a module belongs to: `difflab.engines.tape` is in `engines`."""
    return (module + "..").split(".")[1]


def upward_imports(graph: Graph) -> list[str]:
    """List, as sentences, the imports that do not go down or sideways to the left."""
    return [
        f"{module} imports {imported}"
        for module, imports in graph.items()
        for imported in imports
        if part_of(module) != part_of(imported) and HEIGHT[part_of(imported)] > HEIGHT[part_of(module)]
    ]


def rules_read_by(module: str, graph: Graph) -> list[str]:
    """List the modules with derivative rules that `module` imports, by any number of steps."""
    return sorted(found for found in reachable(graph, module) if found.startswith(RULES))


def importers_of_cupy(package: Path) -> list[str]:
    """List the files that import CuPy."""
    files = sorted(package.rglob("*.py"))
    return [file.relative_to(package).as_posix() for file in files if ONLY_CUPY.search(file.read_text("utf-8"))]


@pytest.fixture
def copied_package(tmp_path: Path) -> Path:
    """Copy the package's source, to plant faults in."""
    return Path(shutil.copytree(PACKAGE, tmp_path / "difflab", ignore=shutil.ignore_patterns("__pycache__")))


def test_every_module_belongs_to_a_floor() -> None:
    assert {part_of(module) for module in import_graph(PACKAGE)} <= HEIGHT.keys()


def test_imports_go_down_or_to_the_left() -> None:
    assert upward_imports(import_graph(PACKAGE)) == []


@pytest.mark.parametrize("name", INDEPENDENT)
def test_manual_and_numerical_methods_never_read_the_rules(name: str) -> None:
    assert rules_read_by(f"difflab.methods.{name}", import_graph(PACKAGE)) == []


WITHOUT_RULES = """
import sys
sys.modules.update(dict.fromkeys(["difflab.primitives", "difflab.engines", "difflab.lowering"]))
import difflab
from difflab.methods import Manual
method = Manual(gradient=lambda x: 3 * x**2) if "{name}" == "manual" else "{name}"
print(difflab.gradient(lambda x: x**3, 2.0, method=method))
"""


def gradient_without_rules(name: str) -> subprocess.CompletedProcess[str]:
    """Differentiate x³ at 2 in a fresh interpreter that cannot import the rules."""
    code = WITHOUT_RULES.format(name=name)
    return subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)


@pytest.mark.parametrize("name", INDEPENDENT)
def test_manual_and_numerical_methods_run_where_the_rules_cannot_be_loaded(name: str) -> None:
    assert float(gradient_without_rules(name).stdout) == pytest.approx(12.0, rel=1e-6)


@pytest.mark.parametrize("name", ["forward", "reverse", "symbolic"])
def test_other_methods_do_not(name: str) -> None:
    assert re.search(
        r"ModuleNotFoundError: .*'difflab\.(engines|lowering|primitives)", gradient_without_rules(name).stderr
    )


@pytest.mark.parametrize(
    "statement",
    [
        "import difflab.compare",
        "from difflab import compare",
        "from . import compare",
        "from .compare import anything",
        "from difflab.compare import *",
        "def late():\n    from .compare import anything",
        "if True:\n    import difflab.compare as c",
        "import importlib\nimportlib.import_module('difflab.compare')",
        "from importlib import import_module\nimport_module(f'.{name}', __name__)",
    ],
)
def test_a_planted_upward_import_is_seen(copied_package: Path, statement: str) -> None:
    (copied_package / "compare").mkdir(exist_ok=True)
    (copied_package / "compare" / "__init__.py").touch()
    with (copied_package / "structure.py").open("a", encoding="utf-8") as source:
        source.write(f"\n{statement}\n")
    assert "difflab.structure imports difflab.compare" in upward_imports(import_graph(copied_package))


def test_one_module_alone_names_cupy(copied_package: Path) -> None:
    assert importers_of_cupy(PACKAGE) == ["arrays/cuda.py"]
    with (copied_package / "structure.py").open("a", encoding="utf-8") as source:
        source.write("\ndef late():\n    import cupy as cp\n")
    assert importers_of_cupy(copied_package) == ["arrays/cuda.py", "structure.py"]


def test_a_planted_import_of_the_package_itself_is_seen(copied_package: Path) -> None:
    with (copied_package / "structure.py").open("a", encoding="utf-8") as source:
        source.write("\nfrom difflab import gradient\n")
    assert "difflab.structure imports difflab" in upward_imports(import_graph(copied_package))


def test_a_planted_reading_of_the_rules_is_seen_through_another_module(copied_package: Path) -> None:
    methods = copied_package / "methods"
    (methods / "manual.py").write_text("def kernel():\n    from .between import help\n", encoding="utf-8")
    (methods / "between.py").write_text("from ..primitives.table import TABLE\n", encoding="utf-8")
    graph = import_graph(copied_package)
    assert "difflab.primitives.table" in rules_read_by("difflab.methods.manual", graph)
