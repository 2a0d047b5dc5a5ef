"""One training step, forward, backward and Adam, in difflab and in PyTorch: `make benchmark`.

Ratios to PyTorch and to the NumPy engines, measured in turn, come from `python -m experiments.training_speed`.
"""

from importlib import import_module

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from experiments.speed.rows import ROWS, Row
from tests.conftest import peer


@pytest.mark.parametrize("engine", ["difflab", "torch"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_training_step(row: Row, engine: str, benchmark: BenchmarkFixture) -> None:
    if engine == "torch":
        peer("torch")
    benchmark.group = f"{row.name}, batch {row.batch}"
    step = import_module(f"experiments.speed.in_{engine}").build(row.name, *row.examples())
    first = step()
    benchmark(step)
    assert step() < first
