"""All registered problems: compiled derivatives are the eager ones, at the first call and at replays elsewhere.

That the eager ones are right is for tests/problems to say.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from difflab.interface import Differentiator
from difflab.methods import ForwardCompiled, ReverseCompiled, get
from difflab.problems import Problem, all_problems
from difflab.structure import flatten
from tests.compiled.agreement import difference
from tests.problems.single_precision import in_single_precision

METHODS = [ReverseCompiled("native"), ForwardCompiled("native"), ReverseCompiled("source"), ForwardCompiled("source")]
LARGEST = 20
"""Inputs up to which Hessians are compared."""


def points(problem: Problem, args: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Give the default point twice, and points around it; what is not differentiated stays."""
    numbers = np.random.default_rng(17)
    moving = {problem.argnums} if isinstance(problem.argnums, int) else set(problem.argnums)

    def moved(n: int, arg: Any) -> Any:
        if n not in moving:
            return arg
        leaves, structure = flatten(arg)
        return structure.unflatten(
            [(leaf * numbers.uniform(0.9, 1.1, np.shape(leaf))).astype(np.asarray(leaf).dtype)[()] for leaf in leaves]
        )

    return [tuple(args), tuple(args), *(tuple(moved(n, arg) for n, arg in enumerate(args)) for _ in range(2))]


def operators(problem: Problem) -> list[str]:
    leaves, _ = flatten(list(problem.at())[: 1 + np.max(problem.argnums)])
    is_small = sum(np.size(leaf) for leaf in leaves) <= LARGEST
    is_scalar = problem.operator == "gradient"
    return [problem.operator, *(["value_and_gradient"] if is_scalar else []), *(["hessian"] * (is_small and is_scalar))]


def compare(problem: Problem, method: Differentiator, args: Sequence[Any], operator: str, tolerance: float) -> None:
    compiled = method.prepare(problem.function, *args, argnums=problem.argnums)
    eager = get(method.name.removesuffix("_compiled")).prepare(problem.function, *args, argnums=problem.argnums)
    for point in points(problem, args):
        found, expected = getattr(compiled, operator)(*point), getattr(eager, operator)(*point)
        assert not difference(found, expected, tolerance), operator
    for made in compiled.kernel.replayed.operators.values():  # type: ignore[attr-defined]
        assert not made.is_refused, made.world.fault
        assert made.paths.count


@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.name)
def test_compiled_derivatives_are_the_eager_ones(problem: Problem, method: Differentiator) -> None:
    for operator in operators(problem):
        compare(problem, method, problem.at(), operator, 1e-12)


@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.name)
def test_in_single_precision_too(problem: Problem) -> None:
    compare(problem, METHODS[0], in_single_precision(problem.at(problem.sizes[0])), problem.operator, 1e-5)
