"""What is differentiated: plain NumPy functions, each with the point where it is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from difflab import problems
from difflab.problems.adbench.gaussian_mixture import log_posterior, random_mixture
from difflab.problems.classics import rosenbrock, rosenbrock_loop
from difflab.problems.fluid import helmholtz
from difflab.problems.linear_algebra import log_sum_exp
from difflab.problems.losses import log_loss
from difflab.types import Array, Function

from . import functions

Call = Callable[[], Any]
"""Gives one gradient: an array, or a tuple of them where there are several arguments to differentiate by."""


class NotApplicable(Exception):
    """An engine has nothing to run for a row; the message says why."""


@dataclass(frozen=True)
class Row:
    """One function at one size.

    Args:
        name: of the row.
        function: plain NumPy; engines find their own version of it by its name.
        draw: draws its arguments, always the same ones: float64 arrays, and numbers.
        moving: how many of them, from the first on, to differentiate by.
        loop_steps: how often the body of its loops runs; 0 if it has none.
        quick: whether it is in the quick part.
    """

    name: str
    function: Function
    draw: Callable[[], tuple[Any, ...]]
    moving: int = 1
    loop_steps: int = 0
    quick: bool = False

    @property
    def several(self) -> bool:
        """Whether the gradient is a tuple of arrays."""
        return self.moving > 1

    @property
    def argnums(self) -> int | tuple[int, ...]:
        """Which arguments to differentiate by: a number, or a tuple of them."""
        return tuple(range(self.moving)) if self.several else 0

    def of_moving(self, function: Function, arguments: tuple[Any, ...]) -> Function:
        """Give a function of the arguments that it is differentiated by; the others stay as they are here."""
        constants = arguments[self.moving :]
        return lambda *moving: function(*moving, *constants)

    def leaves(self, gradient: Any) -> list[Array]:
        """Give what a `Call` gave as a list of NumPy arrays."""
        return [np.asarray(leaf) for leaf in (gradient if self.several else (gradient,))]


def _of_problem(name: str, size: int) -> Callable[[], tuple[Any, ...]]:
    return lambda: problems.get(name).arguments(size)


def _normal(size: int) -> tuple[Array]:
    return (np.random.default_rng(5).normal(size=size),)


def _covariance(size: int) -> tuple[Array, Array]:
    generator = np.random.default_rng(5)
    factor = generator.normal(size=(size, size))
    return factor @ factor.T / size + np.eye(size), generator.normal(size=size)


def _decay(size: int) -> tuple[Array, Array, Array]:
    times = np.linspace(0.0, 3.0, size)
    return np.array([2.0, 0.8, 0.1]), times, 1.5 * np.exp(-times) + np.random.default_rng(5).normal(0, 0.1, size)


def _series(size: int) -> tuple[Array, Array, Array]:
    generator = np.random.default_rng(5)
    return np.array([0.8, 1.2, -0.1, 0.7]), generator.normal(size=size), generator.normal(size=size)


def _sequence(units: int, inputs: int, size: int) -> tuple[Array, ...]:
    draw = np.random.default_rng(5).normal
    weights = draw(size=(units, units)) / np.sqrt(units), draw(size=(units, inputs)) / np.sqrt(inputs)
    return *weights, draw(size=units), draw(size=units), draw(size=(size, inputs)), draw(size=size)


def _mixture(d: int, k: int) -> Row:
    draw = partial(random_mixture, d=d, k=k, n=1000, seed=5)
    return Row(f"Gaussian mixture d={d} K={k}, 1,000 points", log_posterior, draw, moving=3)


ROWS = (
    # At the rate 3.57 the slope neither grows nor dies out; at 4, where rounding errors double with each step, no two
    # engines would agree.
    Row(
        "logistic map, 100 iterations",
        functions.logistic_map,
        lambda: (np.float64(0.2), 3.57, 100),
        loop_steps=100,
        quick=True,
    ),
    Row("Helmholtz n=10", helmholtz, _of_problem("helmholtz", 10), quick=True),
    Row("Helmholtz n=50", helmholtz, _of_problem("helmholtz", 50)),
    Row("Helmholtz n=200", helmholtz, _of_problem("helmholtz", 200)),
    Row("Rosenbrock, vectorized n=1000", rosenbrock, _of_problem("rosenbrock", 1000), quick=True),
    Row("Rosenbrock, Python loop n=100", rosenbrock_loop, _of_problem("rosenbrock_loop", 100), loop_steps=99),
    Row("log-sum-exp n=10^3", log_sum_exp, partial(_normal, 10**3), quick=True),
    Row("log-sum-exp n=10^5", log_sum_exp, partial(_normal, 10**5)),
    Row("log-sum-exp n=10^6", log_sum_exp, partial(_normal, 10**6)),
    _mixture(d=2, k=5),
    _mixture(d=10, k=25),
    Row("pendulum, 1,000 steps", functions.pendulum, lambda: (np.array([1.0, 0.5]), 1000), loop_steps=1000),
    Row("Cholesky by loops n=10", functions.gaussian_log_density, partial(_covariance, 10), moving=2, loop_steps=285),
    Row("residuals by a loop n=200", functions.decay_fit, partial(_decay, 200), loop_steps=200),
    Row("scalar RNN, 100 steps", functions.scalar_rnn, partial(_series, 100), loop_steps=100),
    Row("RNN of 16 units, 50 steps", functions.rnn, partial(_sequence, 16, 4, 50), moving=4, loop_steps=50),
    Row("log loss n=10^5", log_loss, _of_problem("log_loss", 10**5)),
    Row("Rosenbrock of a 2-vector", functions.banana, lambda: (np.array([-1.2, 1.0]),), quick=True),
)
"""Down to the second mixture those of the published table; further ones of the same kinds below it."""
