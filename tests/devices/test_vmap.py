"""Maps on a device: the results of the CPU, and nothing of it computed there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, vmap
from difflab.engines.transforms import pullback
from difflab.errors import InvalidArgument, NotDifferentiable
from difflab.methods import CentralDifference
from difflab.primitives import TABLE
from difflab.structure import flatten
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.moving import back, case_there, there
from tests.devices.test_rules import ONCE
from tests.primitives.case import Case
from tests.vmap.loops import assert_same, choices, points_of

POINTS = np.random.default_rng(0).standard_normal((5, 4))


def value(case: Case) -> Callable[..., Any]:
    """Give the function itself."""
    return lambda *leaves: case(leaves)


def gradient(case: Case) -> Callable[..., Any]:
    """Give the gradient of the sum of all results."""

    def total(leaves: Any) -> Any:
        return [sum(np.sum(y * np.ones_like(y, float)) for y in case(leaves))]

    return lambda *leaves: pullback(total, leaves)[1]([np.ones_like(leaves[0], float, shape=1)])


@pytest.mark.parametrize("operator", [value, gradient])
@pytest.mark.parametrize("case", ONCE, ids=str)
@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_a_rule_at_many_points_is_as_on_the_cpu(case: Case, operator: Callable[..., Any], cupy: FakeCuPy) -> None:
    for argnums in choices(case):
        args = [points_of(x) if n in argnums else x for n, x in enumerate(case.leaves)]
        expected = vmap(operator(case), argnums)(*args)
        found = vmap(operator(case_there(case, cupy)), argnums)(*there(cupy)(args))
        assert_same(back(found), expected)


def energy(x: Any) -> Any:
    return np.sum(np.sin(x[1:]) * x[:-1]) + x @ x / (1 + np.exp(-x[0]))


def changing(x: Any) -> Any:
    x[0] = 2 * x[1]
    x[1:] += x[0]
    x[x < 0] = 0
    x[-1] = 3.0
    x[[0, 1]] = x[[1, 2]]
    return x, 1.0


@pytest.mark.parametrize("function", [energy, changing])
def test_functions(function: Callable[[Any], Any], cupy: FakeCuPy) -> None:
    x = cupy.array(POINTS)
    assert_same(back(vmap(function)(x)), vmap(function)(POINTS.copy()))
    assert_same(back(x), POINTS)


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_derivatives_of_and_in_maps(method: str, cupy: FakeCuPy) -> None:
    x = cupy.array(POINTS)
    for operator in ("gradient", "hessian"):
        derivative = getattr(difflab, operator)
        found = vmap(lambda x, d=derivative: d(energy, x, method=method))(x)
        assert_same(back(found), vmap(lambda x, d=derivative: d(energy, x, method=method))(POINTS))
    total = difflab.gradient(lambda x: np.sum(vmap(energy)(x)), x, method=method)
    assert_same(back(total), vmap(lambda x: difflab.gradient(energy, x))(POINTS))


@pytest.mark.parametrize("method", ["forward", "reverse"])
@pytest.mark.parametrize("operator", ["value", "gradient", "value_and_gradient", "jacobian", "hessian", "jvp"])
@pytest.mark.parametrize("device", [None, "cuda"])
def test_batches(operator: str, method: str, device: str | None, cupy: FakeCuPy) -> None:
    x = cupy.array(POINTS)
    tangents = (POINTS[::-1].copy(),) if operator == "jvp" else ()
    batch = difflab.prepare(energy, x[0], method=method, device=device).batch(POINTS if device else x)
    found = getattr(batch, operator)(*there(cupy)(tangents))
    expected = getattr(difflab.prepare(energy, POINTS[0], method=method).batch(POINTS), operator)(*tangents)
    assert all(type(leaf) is not np.ndarray for leaf in flatten(found)[0])
    assert_same(back(found), expected)


def test_numerical_differences_in_one_call(cupy: FakeCuPy) -> None:
    calls = []

    def counted(x: Any) -> Any:
        calls.append(x)
        return energy(x)

    x = cupy.array(POINTS[0])
    found = CentralDifference(batch=True).prepare(vmap(counted), x).gradient(x)
    assert len(calls) <= 2
    np.testing.assert_allclose(back(found), difflab.gradient(energy, POINTS[0]), rtol=1e-7)


def test_tensors(cupy: FakeCuPy) -> None:
    x = Tensor(cupy.array(POINTS), requires_grad=True)
    np.sum(vmap(energy)(x)).backward()
    assert_same(back(x.grad.data), vmap(lambda x: difflab.gradient(energy, x))(POINTS))


def test_points_that_part_and_points_that_agree(cupy: FakeCuPy) -> None:
    def branching(x: Any) -> Any:
        return x[1] if x[0] > 0 else x[int(x[2] * 0)]

    with pytest.raises(NotDifferentiable, match=r"points of difflab\.vmap part ways"):
        vmap(branching)(cupy.array(POINTS))
    for sign in (1, -1):
        points = sign * np.abs(POINTS)
        assert_same(back(vmap(branching)(cupy.array(points))), vmap(branching)(points))


def test_points_on_two_devices_are_refused(cupy: FakeCuPy) -> None:
    with pytest.raises(InvalidArgument, match=r"was given arrays on cuda:0 and cpu"):
        vmap(lambda x, y: x * y, (0, 1))(cupy.array(POINTS), POINTS)


def test_a_planted_conversion_in_a_batch_rule_is_seen(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TABLE[np.sum], "batch", lambda primitive, operands, *_: np.sum(np.asarray(operands[0]), 1))
    with pytest.raises(TypeError, match="Implicit conversion to a NumPy array is not allowed"):
        vmap(np.sum)(cupy.array(POINTS))
