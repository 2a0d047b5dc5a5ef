"""Every problem runs on a device, and so does its derivative: the results of the CPU, to rounding."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab.methods import Manual
from difflab.problems import Problem, all_problems
from difflab.signature import Signature
from difflab.structure import flatten
from tests.devices.moving import back


def assert_alike(found: Any, expected: Any) -> None:
    for one, other in zip(flatten(back(found))[0], flatten(expected)[0], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12 * float(np.max(np.abs(other), initial=1)))


@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.name)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_problem_on_a_device(problem: Problem, dtype: Any, arrays: Any) -> None:
    signature = Signature.of(problem.function, problem.at(problem.size), problem.argnums, "cuda")
    point = signature.point(problem.at(problem.size))
    outputs = point.call([leaf.astype(dtype) for leaf in point.leaves])
    assert {str(difflab.arrays.device_of(output)) for output in outputs} == {"cuda:0"}
    if dtype == np.float64:
        assert_alike(outputs, flatten(problem.function(*problem.at(problem.size)))[0])


@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.name)
@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_the_derivative_of_a_problem_on_a_device(method: str, problem: Problem, arrays: Any) -> None:
    args, operator = problem.at(problem.size), problem.operator
    expected = getattr(difflab, operator)(problem.function, *args, method=method, argnums=problem.argnums)
    found = getattr(difflab, operator)(problem.function, *args, method=method, argnums=problem.argnums, device="cuda")
    assert_alike(found, expected)


@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.name)
def test_the_closed_forms_of_a_problem_on_a_device(problem: Problem, arrays: Any) -> None:
    args = problem.at(problem.size)
    forms = Manual(**problem.closed_forms)
    here = forms.prepare(problem.function, *args, argnums=problem.argnums)
    there = forms.prepare(problem.function, *args, argnums=problem.argnums, device="cuda")
    for operator in problem.closed_forms:
        assert_alike(getattr(there, operator)(*args), getattr(here, operator)(*args))
