"""Gradients by CasADi: the symbolic graph of the gradient, run by its own virtual machine.

Of its two kinds of graph, SX of numbers and MX of matrices, each row takes the one that was faster when both were
tried, and the formula that suits it. The point goes in and the gradient comes out through its buffers, which take a
microsecond where a plain call takes 17. As it stores matrices by columns, a matrix here is the transpose of NumPy's.
"""

from functools import partial
from typing import Any

import casadi
import numpy as np

from difflab.types import Array, Function

from .functions import banana, logistic_map, pendulum, scalar_rnn
from .retarget import retargeted
from .rows import Call, Row

Symbol = Any
_ROOT = 2**0.5


def helmholtz(x: Symbol, a: Array, b: Array, RT: float) -> Symbol:
    """Give the free energy of a mixed fluid."""
    bx = casadi.dot(b, x)
    mixing = casadi.sum1(x * casadi.log(x / (1 - bx)))
    attraction = casadi.log((1 + (1 + _ROOT) * bx) / (1 + (1 - _ROOT) * bx))
    return RT * mixing - casadi.mtimes([x.T, a, x]) / ((2 * _ROOT) * bx) * attraction


def rosenbrock(x: Symbol) -> Symbol:
    """Sum the terms of Rosenbrock's function."""
    return casadi.sum1(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_loop(x: Symbol) -> Symbol:
    """Sum the terms of Rosenbrock's function one by one."""
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(x.numel() - 1))


def log_posterior(alphas: Symbol, means: Symbol, factors: Symbol, points: Array, gamma: float, m: int) -> Symbol:
    """Give the log posterior of a Gaussian mixture but for constants: a row of n terms for each component."""
    n, d = points.shape
    diagonals, below = casadi.exp(factors[:d, :]), factors[d:, :]
    columns = casadi.DM(points.T)
    log_determinants = casadi.sum1(factors[:d, :])
    terms = []
    for number in range(alphas.numel()):
        Q = _lower_triangular(diagonals[:, number], below[:, number])
        scaled = casadi.mtimes(Q, columns) - casadi.repmat(casadi.mtimes(Q, means[:, number]), 1, n)
        terms.append(alphas[number] + log_determinants[number] - casadi.sum1(scaled**2) / 2)
    largest = terms[0]
    for term in terms[1:]:
        largest = casadi.fmax(largest, term)
    likelihood = casadi.sum2(largest + casadi.log(sum(casadi.exp(term - largest) for term in terms)))
    prior = gamma**2 / 2 * (casadi.sumsqr(diagonals) + casadi.sumsqr(below)) - m * casadi.sum2(log_determinants)
    return likelihood - n * casadi.logsumexp(alphas) + prior


def _lower_triangular(diagonal: Symbol, below: Symbol) -> Symbol:
    """Make a matrix of its diagonal (d,) and, column by column, the entries below."""
    d = diagonal.numel()
    entries = [diagonal[0]]
    first = 0
    for column in range(1, d):
        length = d - column
        entries += [below[first : first + length], diagonal[column]]
        first += length
    return casadi.densify(casadi.MX(casadi.Sparsity.lower(d), casadi.vertcat(*entries)))


def log_loss(scores: Symbol, labels: Array) -> Symbol:
    """Average ln(1 + exp(−y·f))."""
    return casadi.sum1(casadi.log1p(casadi.exp(-labels * scores))) / scores.numel()


def gaussian_log_density(covariance: Symbol, deviation: Symbol) -> Symbol:
    """Give the log density of a Gaussian but for the constant, by loops."""
    n = deviation.numel()
    lower = [[0.0] * n for _ in range(n)]
    solved: list[Symbol] = []
    density = 0.0
    for i in range(n):
        for j in range(i):
            inner = sum(lower[i][k] * lower[j][k] for k in range(j))
            lower[i][j] = (covariance[j, i] - inner) / lower[j][j]
        lower[i][i] = casadi.sqrt(covariance[i, i] - sum(lower[i][k] ** 2 for k in range(i)))
        solved.append((deviation[i] - sum(lower[i][k] * solved[k] for k in range(i))) / lower[i][i])
        density = density - casadi.log(lower[i][i]) - solved[i] ** 2 / 2
    return density


def decay_fit(parameters: Symbol, times: Array, values: Array) -> Symbol:
    """Sum the squared residuals as vectors."""
    return casadi.sumsqr(parameters[0] * casadi.exp(-parameters[1] * times) + parameters[2] - values)


def rnn(recurrent: Symbol, entry: Symbol, bias: Symbol, head: Symbol, inputs: Array, targets: Array) -> Symbol:
    """Give the mean squared error of a recurrent network."""
    state, total = 0 * bias, 0.0
    for x, target in zip(inputs, targets, strict=True):
        state = casadi.tanh(casadi.mtimes(recurrent.T, state) + casadi.mtimes(entry.T, x) + bias)
        total = total + (casadi.dot(head, state) - target) ** 2
    return total / len(inputs)


WRITTEN: dict[str, tuple[Function, str]] = {
    "logistic_map": (logistic_map, "SX"),
    "helmholtz": (helmholtz, "MX"),
    "rosenbrock": (rosenbrock, "MX"),
    "rosenbrock_loop": (rosenbrock_loop, "SX"),
    "log_sum_exp": (casadi.logsumexp, "MX"),
    "log_posterior": (log_posterior, "MX"),
    "pendulum": (retargeted(pendulum, casadi), "SX"),
    "gaussian_log_density": (gaussian_log_density, "SX"),
    "decay_fit": (decay_fit, "MX"),
    "scalar_rnn": (retargeted(scalar_rnn, casadi), "SX"),
    "rnn": (rnn, "MX"),
    "log_loss": (log_loss, "MX"),
    "banana": (banana, "SX"),
}
"""By the name of the function that they stand for, and the kind of graph."""


def build(row: Row, arguments: tuple[Any, ...]) -> Call:
    """Make the call that gives the gradient."""
    written, kind = WRITTEN[row.function.__name__]
    points = arguments[: row.moving]
    symbols = [getattr(casadi, kind).sym("x", *reversed(np.shape(point))) for point in points]
    value = row.of_moving(written, arguments)(*symbols)
    gradients = [casadi.densify(casadi.gradient(value, symbol)) for symbol in symbols]
    function = casadi.Function("gradient", symbols, gradients)
    buffer: Any
    buffer, run = function.buffer()
    inputs, outputs = ([np.empty(np.shape(point)) for point in points] for _ in range(2))
    for number, (given, found) in enumerate(zip(inputs, outputs, strict=True)):
        buffer.set_arg(number, given.data)
        buffer.set_res(number, found.data)

    kept = (function, buffer)  # `run` alone does not keep what it runs on
    if row.several:
        return partial(_several, run, inputs, points, outputs, kept)
    return partial(_one, run, inputs[0], points[0], outputs[0], kept)


def _several(run: Call, inputs: list[Array], points: tuple[Array, ...], outputs: list[Array], kept: object) -> Any:
    for given, point in zip(inputs, points, strict=True):
        given[...] = point
    run()
    return tuple(found.copy() for found in outputs)


def _one(run: Call, given: Array, point: Array, found: Array, kept: object) -> Any:
    given[...] = point
    run()
    return found.copy()
