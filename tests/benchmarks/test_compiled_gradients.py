"""One gradient of a plain NumPy function, in difflab's methods and in its peers: `make benchmark`.

Ratios to an evaluation of the function and to each other, measured in turn, first calls and the totals of N calls come
from `python -m experiments.compiled_gradients`.
"""

from collections.abc import Iterator
from functools import partial

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from difflab.methods import ReverseCompiled
from experiments.gradients import in_difflab
from experiments.gradients.engines import OWN, PEERS, why_wrong
from experiments.gradients.rows import ROWS, NotApplicable, Row
from experiments.gradients.settings import same_for_all
from tests.conftest import peer

COMPILED = {"reverse_compiled": partial(in_difflab.build, method=ReverseCompiled(tier="native"))}
ENGINES = OWN | COMPILED | PEERS
MARKS = {name: [pytest.mark.peers] for name in PEERS}
MARKS["jax, unrolled"].append(pytest.mark.slow)


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    with same_for_all():
        yield


@pytest.mark.parametrize("engine", [pytest.param(name, marks=MARKS.get(name, [])) for name in ENGINES])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_gradient(row: Row, engine: str, benchmark: BenchmarkFixture) -> None:
    if engine in PEERS:
        peer(engine.partition(",")[0])
    benchmark.group = row.name
    arguments = row.draw()
    expected = row.leaves(OWN["reverse"](row, arguments)())
    try:
        call = ENGINES[engine](row, arguments)
    except NotApplicable as why:
        pytest.skip(str(why))
    assert why_wrong(row.leaves(call()), expected) == ""
    benchmark(call)
    assert why_wrong(row.leaves(call()), expected) == ""
