"""Functions of the kinds that people bring, in plain NumPy as they write them: loops stay loops."""

import numpy as np

from difflab.types import Array


def logistic_map(x: Array, rate: float, steps: int) -> Array:
    """Iterate x = rate·x·(1 − x)."""
    for _ in range(steps):
        x = rate * x * (1 - x)
    return x


def pendulum(start: Array, steps: int) -> Array:
    """Give how far a damped pendulum is from rest after Euler steps; start holds its angle and speed."""
    angle, speed = start[0], start[1]
    for _ in range(steps):
        angle, speed = angle + 0.01 * speed, speed - 0.01 * (np.sin(angle) + 0.1 * speed)
    return angle**2 + speed**2


def gaussian_log_density(covariance: Array, deviation: Array) -> Array:
    """Give ln N(deviation; 0, covariance) but for the constant: Cholesky and a triangular solve, by loops.

    Of the covariance (n, n) it reads the lower triangle; deviation (n,).
    """
    n = len(deviation)
    lower = [[0.0] * n for _ in range(n)]
    solved: list[Array] = []
    density = 0.0
    for i in range(n):
        for j in range(i):
            inner = sum(lower[i][k] * lower[j][k] for k in range(j))
            lower[i][j] = (covariance[i, j] - inner) / lower[j][j]
        lower[i][i] = np.sqrt(covariance[i, i] - sum(lower[i][k] ** 2 for k in range(i)))
        solved.append((deviation[i] - sum(lower[i][k] * solved[k] for k in range(i))) / lower[i][i])
        density = density - np.log(lower[i][i]) - solved[i] ** 2 / 2
    return density


def decay_fit(parameters: Array, times: Array, values: Array) -> Array:
    """Sum the squared residuals of a·exp(−b·t) + c, one by one; parameters (3,), times and values (n,)."""
    total = 0.0
    for time, value in zip(times, values, strict=True):
        total = total + (parameters[0] * np.exp(-parameters[1] * time) + parameters[2] - value) ** 2
    return total


def scalar_rnn(weights: Array, inputs: Array, targets: Array) -> Array:
    """Give the mean squared error of a recurrent network with one unit; weights (4,), inputs and targets (n,)."""
    state, total = 0.0, 0.0
    for x, target in zip(inputs, targets, strict=True):
        state = np.tanh(weights[0] * state + weights[1] * x + weights[2])
        total = total + (weights[3] * state - target) ** 2
    return total / len(inputs)


def rnn(recurrent: Array, entry: Array, bias: Array, head: Array, inputs: Array, targets: Array) -> Array:
    """Give the mean squared error of a recurrent network.

    Args:
        recurrent: weights from state to state, (h, h).
        entry: weights from input to state, (h, d).
        bias: (h,).
        head: weights from state to output, (h,).
        inputs: (n, d).
        targets: (n,).
    """
    state, total = np.zeros(len(bias)), 0.0
    for x, target in zip(inputs, targets, strict=True):
        state = np.tanh(recurrent @ state + entry @ x + bias)
        total = total + (head @ state - target) ** 2
    return total / len(inputs)


def banana(x: Array) -> Array:
    """Give Rosenbrock's function of two numbers; x (2,)."""
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
