"""The updates of the optimizers, each one pass over memory: parameters, gradients and state are flat, of one dtype."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numba

from .exponential import CAREFUL
from .threads import serial_and_parallel

PARALLEL_FROM = 65536
"""Entries from which two threads pay for being started, also while other programs run."""


def _by_size(loop: Callable[..., None]) -> Callable[..., None]:
    """Compile a loop for one thread and for several, and choose by the number of entries."""
    serial, parallel = serial_and_parallel(loop, fastmath=CAREFUL)

    @wraps(loop)
    def run(parameter: Any, *others: Any) -> None:
        (serial if parameter.size < PARALLEL_FROM else parallel)(parameter, *others)

    return run


@_by_size
def descent(parameter: Any, gradient: Any, rate: float, decay: float) -> None:
    """See `optim.sgd`, without momentum."""
    real = parameter.dtype.type
    rate, decay = real(rate), real(decay)
    for i in numba.prange(parameter.size):
        parameter[i] -= rate * (gradient[i] + decay * parameter[i])


@_by_size
def momentum(
    parameter: Any, gradient: Any, velocity: Any, rate: float, decay: float, friction: float, nesterov: bool
) -> None:
    """See `optim.sgd`."""
    real = parameter.dtype.type
    rate, decay, friction = real(rate), real(decay), real(friction)
    ahead = friction if nesterov else real(1)
    direct = real(1) if nesterov else real(0)
    for i in numba.prange(parameter.size):
        g = gradient[i] + decay * parameter[i]
        v = friction * velocity[i] + g
        velocity[i] = v
        parameter[i] -= rate * (direct * g + ahead * v)


@_by_size
def adagrad(parameter: Any, gradient: Any, total: Any, rate: float, decay: float, epsilon: float) -> None:
    """See `optim.adagrad`."""
    real = parameter.dtype.type
    rate, decay, epsilon = real(rate), real(decay), real(epsilon)
    for i in numba.prange(parameter.size):
        g = gradient[i] + decay * parameter[i]
        s = total[i] + g * g
        total[i] = s
        parameter[i] -= rate * g / (math.sqrt(s) + epsilon)


@_by_size
def rmsprop(
    parameter: Any, gradient: Any, square: Any, rate: float, decay: float, smoothing: float, epsilon: float
) -> None:
    """See `optim.rmsprop`."""
    real = parameter.dtype.type
    rate, decay, smoothing, epsilon = real(rate), real(decay), real(smoothing), real(epsilon)
    fresh = real(1) - smoothing
    for i in numba.prange(parameter.size):
        g = gradient[i] + decay * parameter[i]
        s = smoothing * square[i] + fresh * (g * g)
        square[i] = s
        parameter[i] -= rate * g / (math.sqrt(s) + epsilon)


@_by_size
def adam(
    parameter: Any,
    gradient: Any,
    mean: Any,
    square: Any,
    rate: float,
    decay: float,
    shrinkage: float,
    smoothings: tuple[float, float],
    correction: float,
    epsilon: float,
) -> None:
    """See `optim.adam`."""
    real = parameter.dtype.type
    rate, decay, shrinkage = real(rate), real(decay), real(shrinkage)
    correction, epsilon = real(correction), real(epsilon)
    of_mean, of_square = real(smoothings[0]), real(smoothings[1])
    fresh_mean, fresh_square = real(1 - smoothings[0]), real(1 - smoothings[1])
    for i in numba.prange(parameter.size):
        p = parameter[i]
        g = gradient[i] + decay * p
        m = of_mean * mean[i] + fresh_mean * g
        s = of_square * square[i] + fresh_square * (g * g)
        mean[i] = m
        square[i] = s
        parameter[i] = shrinkage * p - rate * m / (correction * math.sqrt(s) + epsilon)
