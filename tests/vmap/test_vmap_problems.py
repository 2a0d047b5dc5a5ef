"""Every problem under a map: what a loop over the points gives, or a refusal, where the code branches on values."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab import vmap
from difflab.errors import NotDifferentiable
from difflab.problems import Problem, all_problems
from difflab.structure import flatten
from tests.vmap.loops import assert_same, at_each

PARTING = {"branch", "data_dependent_loop"}
"""Problems whose code goes different ways at points that differ much."""


def points(problem: Problem, spread: float) -> tuple[Any, ...]:
    """Give the default arguments, of which those that are differentiated have five points around them."""
    generator = np.random.default_rng(0)
    least = 0 if problem.name == "data_dependent_loop" else -1  # that loop ends for numbers above 1 only
    args = list(problem.at())
    for number in argnums(problem):
        leaves, structure = flatten(args[number])
        arrays = [np.asarray(leaf, float) for leaf in leaves]
        factors = [1 + spread * generator.uniform(least, 1, (5, *x.shape)) for x in arrays]
        args[number] = structure.unflatten([x * factor for x, factor in zip(arrays, factors, strict=True)])
    return tuple(args)


def argnums(problem: Problem) -> tuple[int, ...]:
    """Give the numbers of the arguments that are differentiated."""
    return problem.argnums if isinstance(problem.argnums, tuple) else (problem.argnums,)


@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.name)
@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
@pytest.mark.parametrize("spread", [1e-6, 3.0])
def test_a_problem_at_many_points(problem: Problem, spread: float) -> None:
    def derivative(*args: Any) -> Any:
        return difflab.prepare(problem.function, *args, argnums=problem.argnums).jacobian(*args)

    args = points(problem, spread)
    if spread > 0.1 and problem.name in PARTING:
        with pytest.raises(NotDifferentiable, match=r"points of difflab\.vmap part ways"):
            vmap(problem.function, argnums(problem))(*args)
        return
    for function in (problem.function, derivative):
        found = vmap(function, argnums(problem))(*args)
        expected = at_each(function, *args, argnums=argnums(problem))
        assert_same(found, expected, 1e-11)
