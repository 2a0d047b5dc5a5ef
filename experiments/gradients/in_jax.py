"""Gradients by JAX, jit(grad), in float64.

`build` takes each function as one writes it for JAX: loops as `scan`, `fori_loop` or `vmap`, dense algebra by
`jax.numpy.linalg`. `build_unrolled` traces the loops as they stand: a program as long as all their steps, which runs
fast and compiles slowly.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from difflab.types import Function

from .retarget import retargeted
from .rows import Call, NotApplicable, Row

Traced = Any
LONGEST_UNROLLED = 300
"""Steps of a loop that is compiled step by step: some take 4 s."""


def logistic_map(x: Traced, rate: float, steps: int) -> Traced:
    """Iterate x = rate·x·(1 − x)."""
    return lax.fori_loop(0, steps, lambda _, x: rate * x * (1 - x), x)


def rosenbrock_loop(x: Traced) -> Traced:
    """Sum the terms of Rosenbrock's function one by one."""

    def add(i: Traced, total: Traced) -> Traced:
        return total + 100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2

    return lax.fori_loop(0, len(x) - 1, add, 0.0)


def log_posterior(alphas: Traced, means: Traced, factors: Traced, points: Traced, gamma: float, m: int) -> Traced:
    """Give the log posterior of a Gaussian mixture but for constants."""
    n, d = points.shape
    k = len(alphas)
    log_diagonals = factors[:, :d]
    diagonals = jnp.exp(log_diagonals)
    columns, rows = np.triu_indices(d, 1)
    Q = (diagonals[:, :, None] * jnp.eye(d)).at[:, rows, columns].set(factors[:, d:])
    scaled = (points @ Q.reshape(k * d, d).T).reshape(n, k, d) - jnp.einsum("kij,kj->ki", Q, means)
    log_determinants = jnp.sum(log_diagonals, axis=1)
    terms = alphas + log_determinants - jnp.sum(scaled**2, axis=2) / 2
    logsumexp = jax.scipy.special.logsumexp
    likelihood = jnp.sum(logsumexp(terms, axis=1)) - n * logsumexp(alphas)
    squares = jnp.sum(diagonals**2) + jnp.sum(factors[:, d:] ** 2)
    return likelihood + gamma**2 / 2 * squares - m * jnp.sum(log_determinants)


def pendulum(start: Traced, steps: int) -> Traced:
    """Give how far a damped pendulum is from rest after Euler steps."""

    def step(_: Traced, state: Traced) -> Traced:
        angle, speed = state
        return angle + 0.01 * speed, speed - 0.01 * (jnp.sin(angle) + 0.1 * speed)

    angle, speed = lax.fori_loop(0, steps, step, (start[0], start[1]))
    return angle**2 + speed**2


def gaussian_log_density(covariance: Traced, deviation: Traced) -> Traced:
    """Give the log density of a Gaussian but for the constant."""
    symmetric = jnp.tril(covariance) + jnp.tril(covariance, -1).T
    lower = jnp.linalg.cholesky(symmetric)
    solved = jax.scipy.linalg.solve_triangular(lower, deviation, lower=True)
    return -jnp.sum(jnp.log(jnp.diagonal(lower))) - jnp.sum(solved**2) / 2


def decay_fit(parameters: Traced, times: Traced, values: Traced) -> Traced:
    """Sum the squared residuals of all items at once."""

    def residual(time: Traced, value: Traced) -> Traced:
        return parameters[0] * jnp.exp(-parameters[1] * time) + parameters[2] - value

    return jnp.sum(jax.vmap(residual)(times, values) ** 2)


def scalar_rnn(weights: Traced, inputs: Traced, targets: Traced) -> Traced:
    """Give the mean squared error of a recurrent network with one unit."""

    def step(state: Traced, pair: Traced) -> Traced:
        x, target = pair
        state = jnp.tanh(weights[0] * state + weights[1] * x + weights[2])
        return state, (weights[3] * state - target) ** 2

    return jnp.mean(lax.scan(step, 0.0, (inputs, targets))[1])


def rnn(recurrent: Traced, entry: Traced, bias: Traced, head: Traced, inputs: Traced, targets: Traced) -> Traced:
    """Give the mean squared error of a recurrent network."""

    def step(state: Traced, x: Traced) -> Traced:
        state = jnp.tanh(recurrent @ state + entry @ x + bias)
        return state, state

    states = lax.scan(step, jnp.zeros_like(bias), inputs)[1]
    return jnp.mean((states @ head - targets) ** 2)


WRITTEN: dict[str, tuple[Function, str]] = {
    "logistic_map": (logistic_map, "fori_loop"),
    "rosenbrock_loop": (rosenbrock_loop, "fori_loop"),
    "log_posterior": (log_posterior, "jax.numpy"),
    "pendulum": (pendulum, "fori_loop"),
    "gaussian_log_density": (gaussian_log_density, "jax.numpy.linalg"),
    "decay_fit": (decay_fit, "vmap"),
    "scalar_rnn": (scalar_rnn, "scan"),
    "rnn": (rnn, "scan"),
}
"""By the name of the function that they stand for, and what their loops have become. Those left out differ by nothing
but the module's name."""


def build(row: Row, arguments: tuple[Any, ...]) -> Call:
    """Make the call that gives the gradient."""
    name = row.function.__name__
    return _call(WRITTEN[name][0] if name in WRITTEN else retargeted(row.function, jnp), row, arguments)


def build_unrolled(row: Row, arguments: tuple[Any, ...]) -> Call:
    """Make the call that gives the gradient, with loops traced step by step; `NotApplicable` without short loops."""
    if row.loop_steps == 0:
        raise NotApplicable("it has no loop")
    if row.loop_steps > LONGEST_UNROLLED:
        raise NotApplicable(f"JAX compiles a program of {row.loop_steps:,} steps for minutes")
    return _call(retargeted(row.function, jnp), row, arguments)


def _call(function: Function, row: Row, arguments: tuple[Any, ...]) -> Call:
    gradient = jax.jit(jax.grad(row.of_moving(function, arguments), row.argnums))
    points = [jnp.asarray(point) for point in arguments[: row.moving]]
    if row.several:
        return lambda: jax.block_until_ready(gradient(*points))
    return lambda: gradient(*points).block_until_ready()
