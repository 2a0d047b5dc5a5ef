"""What becomes of a trace: one program, phases, or source, as the tier says; the status beside the results."""

from typing import Any

import numpy as np
import pytest

from difflab.engines.graph import Graph
from difflab.engines.passes.status import UNDECIDED
from difflab.engines.paths import Path
from difflab.lowering import programs
from difflab.lowering.native.program import Program
from difflab.lowering.native.schedule import NotLowered
from difflab.lowering.programs import Tier, path_of
from difflab.lowering.tracing import Traced
from tests.engines.passes.graphs import traced

X = np.array([0.5, -1.0, 2.0])
FUNCTIONS: dict[str, Any] = {
    "one program": lambda x: (np.sum(x * x), 2 * x),
    "phases": lambda x: (np.sum(np.cumsum(x)) + np.exp(x[0]), np.cumsum(np.exp(x)) * 2),
    "no program at all": lambda x: (np.cumsum(x)[-1], np.cumsum(x)),
    "a look": lambda x: (x[0], x[::-1]),
    "constants": lambda x: (np.float64(3), np.ones(2)),
    "the argument": lambda x: (x[0], x),
    "whole numbers": lambda x: (np.sum(x > 0), x.astype(int)),
    "no entries": lambda x: (np.sum(x[:0]), x[:0]),
}


def path(function: Any, tier: Tier, count: int = 1, **options: Any) -> Path:
    """Make a path of a function whose first results are values, the others derivatives."""
    return path_of(Traced(traced(function, X), count, None), tier, **options)


@pytest.mark.parametrize("tier", ["native", "source", "automatic"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_are_those_of_the_function(name: str, tier: Tier) -> None:
    found, status = path(FUNCTIONS[name], tier).run([X])
    assert status == 0
    for mine, theirs in zip(found, FUNCTIONS[name](X), strict=True):
        assert (np.shape(mine), np.result_type(mine)) == (np.shape(theirs), np.result_type(theirs))
        np.testing.assert_allclose(mine, theirs, 1e-14)


@pytest.mark.parametrize("tier", ["native", "source"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_are_arrays_of_their_own(name: str, tier: Tier) -> None:
    """Or NumPy's numbers: another call, or the caller, may write into what another holds."""
    made = path(FUNCTIONS[name], tier)
    x = X.copy()
    first, second = made.run([x])[0], made.run([x])[0]
    for one, other in zip(first, second, strict=True):
        assert isinstance(one, np.ndarray) == bool(np.shape(one))
        assert not np.may_share_memory(one, other) or not np.shape(one)
        assert not np.may_share_memory(one, x)
        if np.shape(one):
            one[...] = 7
            np.testing.assert_array_equal(made.run([x])[0][1], other)


def test_tiers_and_functions_decide_what_is_made() -> None:
    assert isinstance(path(FUNCTIONS["one program"], "native").program, Program)
    for name, tier in (("one program", "source"), ("phases", "native"), ("no entries", "native")):
        assert path(FUNCTIONS[name], tier).program is None  # type: ignore[arg-type]
    assert len(path(FUNCTIONS["phases"], "native").parts) == 2


def looking(x: Any) -> Any:
    """Look at a condition, a whole number, and an array."""
    if x[0] > 0:
        x = x * int(x[2])
    return np.sum(x), x * 2


@pytest.mark.parametrize("tier", ["native", "source"])
def test_the_status_is_the_guard_that_fails(tier: Tier) -> None:
    made = path(looking, tier)
    assert made.run([X])[1] == 0
    other_branch, other_number = np.array([-0.5, -1.0, 2.0]), np.array([0.5, -1.0, 5.0])
    assert made.run([other_branch])[1] == 1
    assert made.run([other_number])[1] == 2
    keys = []
    for x in (other_branch, other_number, np.array([0.5, 0.0, 6.0])):
        results, status = made.run([x])
        keys.append(made.key(status, [x], results))
    assert keys[0] == (0, None)
    assert keys[1][0] == keys[2][0] == 1  # type: ignore[index]
    assert len(set(keys)) == 3


@pytest.mark.parametrize("tier", ["native", "source"])
def test_derivatives_that_are_nan_are_undecided_and_values_are_not(tier: Tier) -> None:
    made = path(lambda x: (np.sum(np.sqrt(x)), 0 * (1 / x)), tier)
    for x, status in ((np.ones(3), 0), (np.array([1.0, 0.0, 1.0]), UNDECIDED), (-np.ones(3), 0)):
        assert made.run([x])[1] == status


@pytest.mark.parametrize("name", ["one program", "phases"])
def test_what_the_compiler_refuses_runs_as_source(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: no program can be made of any graph."""

    def refuses(graph: Graph, **options: Any) -> Program:
        raise NotLowered("anything")

    monkeypatch.setattr(programs, "Program", refuses)
    made = path(FUNCTIONS[name], "native")
    assert made.program is None
    for mine, theirs in zip(made.run([X])[0], FUNCTIONS[name](X), strict=True):
        np.testing.assert_allclose(mine, theirs, 1e-14)


def test_source_does_not_warn() -> None:
    """Warnings are errors here."""
    with np.errstate(all="warn"):
        results, _ = path(lambda x: (np.sum(np.log(x)), np.exp(1000 * x)), "source").run([X])
    assert np.isnan(results[0])


@pytest.mark.parametrize("name", ["one program", "phases"])
def test_drafts_give_the_same_before_and_after_they_are_finished(name: str) -> None:
    made = path(FUNCTIONS[name], "native", is_draft=True)
    for _ in range(2):
        for mine, theirs in zip(made.run([X])[0], FUNCTIONS[name](X), strict=True):
            np.testing.assert_allclose(mine, theirs, 1e-14)
        made.finish()
