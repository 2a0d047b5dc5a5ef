"""`import difflab` is quick: what is heavy is imported when it is first needed."""

import re
import subprocess
import sys
from importlib.metadata import version

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import difflab

HEAVY = (
    *("casadi", "cupy", "jax", "matplotlib", "mpmath", "numba", "pandas", "pooch"),
    *("rich", "safetensors", "scipy", "sklearn", "sympy", "torch"),
)


def run(code: str) -> str:
    """Run `code` in a fresh interpreter and give what it printed."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def loaded_by(statement: str) -> set[str]:
    """List the top-level packages that a fresh interpreter has loaded after `statement`."""
    return set(run(f"import sys\n{statement}\nprint(*sys.modules, sep='\\n')").splitlines())


def test_import_loads_nothing_heavy() -> None:
    assert loaded_by("import difflab").intersection(HEAVY) == set()


@pytest.mark.parametrize("package", ["mpmath", "scipy"])
def test_a_heavy_import_would_be_seen(package: str) -> None:
    assert package in loaded_by(f"import difflab, {package}")


def test_the_version_is_the_installed_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", difflab.__version__)
    assert version("difflab") == difflab.__version__


def test_time_of_import(benchmark: BenchmarkFixture) -> None:
    benchmark.pedantic(run, args=("import difflab",), rounds=5, warmup_rounds=1)
