"""A compiled function gives what the function gives."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab.compiled_function import CompiledFunction
from difflab.errors import InvalidArgument, ReplayMismatch

TIERS = ["automatic", "native", "source"]


def branching(x: Any, n: int) -> Any:
    for _ in range(n):
        x = np.where(x > 0, np.sin(x), x**2)
    return {"total": np.sum(x), "rest": [x[1:], x.T]} if np.sum(x) > 0 else {"total": np.prod(x), "rest": [x, 2 * x]}


@pytest.mark.parametrize("tier", TIERS)
def test_results_are_those_of_the_function(tier: Any) -> None:
    compiled = difflab.compile(branching, tier=tier)
    generator = np.random.default_rng(0)
    for shape in ((3,), (2, 3)):
        for n in (0, 2, 2, 1):
            for _ in range(3):
                x = generator.standard_normal(shape)
                kept = x.copy()
                found, expected = compiled(x, n), branching(x, n)
                np.testing.assert_allclose(found["total"], expected["total"], rtol=1e-13)
                for mine, theirs in zip(found["rest"], expected["rest"], strict=True):
                    np.testing.assert_allclose(mine, theirs, rtol=1e-13)
                found["rest"][0] += 1  # it is the caller's
                np.testing.assert_array_equal(x, kept)


def test_it_decorates() -> None:
    @difflab.compile(tier="native")
    def norm(x: Any) -> Any:
        """Give the length."""
        return np.sqrt(x @ x)

    assert isinstance(norm, CompiledFunction)
    assert norm(np.array([3.0, 4.0])) == 5
    assert norm.__doc__ == "Give the length."
    assert "norm" in repr(norm)


def test_arguments_without_real_numbers_are_passed_on() -> None:
    assert difflab.compile(lambda n, text: text * n)(3, "ab") == "ababab"  # type: ignore[operator]


def test_its_derivatives_are_those_of_the_function() -> None:
    compiled = difflab.compile(lambda x: np.sum(x**3), tier="native")
    x = np.array([1.0, 2.0])
    compiled(x)
    for method in ("forward", "reverse", "reverse_compiled", "central_difference"):
        np.testing.assert_allclose(difflab.gradient(compiled, x, method=method), 3 * x**2, rtol=1e-8)


def test_a_replay_that_differs_is_told() -> None:
    state = np.zeros(1)

    class Hidden:
        """Gives another number each time, from where no trace looks."""

        def __call__(self, x: Any) -> Any:
            vars(np)["_planted"] = vars(np).get("_planted", 0) + 1  # behind a library's back
            return x * float(vars(np)["_planted"]) + state[0]

    try:
        compiled = difflab.compile(Hidden(), tier="native", verify=True)
        with pytest.raises(ReplayMismatch, match="another value than the eager method"):
            compiled(np.ones(2))  # type: ignore[operator]
    finally:
        vars(np).pop("_planted", None)


def test_an_unknown_tier_is_refused_at_once() -> None:
    with pytest.raises(InvalidArgument, match="tier='fast' is unknown: use one of 'automatic', 'native', 'source'"):
        difflab.compile(np.sum, tier="fast")  # type: ignore[call-overload]
