"""Random programs that change arrays in place, by names and by views: NumPy's number, or a refusal."""

import copy
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab

POINT = np.array([0.5, 1.2, 0.8])
SAME_MEMORY: list[Callable[[Any], Any]] = [
    lambda a: a,
    lambda a: a[::-1],
    lambda a: a[:],
    lambda a: a.T,
    lambda a: a.reshape(3, 1)[:, 0],
    lambda a: a.ravel(),
    lambda a: np.squeeze(a[None]),
    lambda a: np.flip(a),
    lambda a: np.einsum("i->i", a),
    lambda a: np.real(a),
]
APART: list[Callable[[Any], Any]] = [
    lambda a: a.copy(),
    copy.copy,
    lambda a: a.flatten(),
    lambda a: a.astype(float),
    lambda a: np.sin(a),
    lambda a: np.roll(a, 1),
    lambda a: np.concatenate([a]),
    lambda a: a[[0, 1, 2]],
]


def program(seed: int) -> Callable[[Any], Any]:
    """Make a function of three numbers that does the same at each call."""

    def run(x: Any) -> Any:
        choose = random.Random(seed)
        values, weights = [x * 1.0], np.ones(3)
        for _ in range(choose.randint(4, 10)):
            a, b = choose.choice(values), choose.choice(values)
            match choose.randrange(8):
                case 0 | 1:
                    values.append(choose.choice(SAME_MEMORY)(a))
                case 2:
                    values.append(choose.choice(APART)(a))
                case 3:
                    weights[choose.randrange(3)] = choose.uniform(0.5, 2)
                case 4:
                    values.append(a * weights)
                case 5:
                    a += b
                case 6:
                    a *= 0.7 * weights
                case 7:
                    a /= 1 + b * b
        return sum(np.sum(value**2) for value in choose.sample(values, min(2, len(values))))

    return run


def outcome(seed: int, method: str) -> str:
    """Compare with plain NumPy and its central differences."""
    function = program(seed)
    try:
        value, gradient = difflab.value_and_gradient(function, POINT, method=method)
    except difflab.NotDifferentiable as refusal:
        return "refused" if "changed in place" in str(refusal) else str(refusal)
    shifted = [(function(POINT + step), function(POINT - step)) for step in 1e-6 * np.eye(3)]
    differences = np.array([(after - before) / 2e-6 for after, before in shifted])
    np.testing.assert_allclose(value, function(POINT.copy()), rtol=1e-12)
    np.testing.assert_allclose(gradient, differences, rtol=1e-6, atol=1e-6 * (1 + abs(value)))
    return "followed"


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_numpys_number_or_a_refusal(method: str) -> None:
    outcomes = [outcome(seed, method) for seed in range(300)]
    assert set(outcomes) == {"followed", "refused"}
    assert outcomes.count("followed") > 100
    assert outcomes.count("refused") > 50


def test_both_modes_refuse_the_same_programs() -> None:
    assert [outcome(seed, "forward") for seed in range(100)] == [outcome(seed, "reverse") for seed in range(100)]
