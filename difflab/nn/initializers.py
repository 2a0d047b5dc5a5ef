"""Random arrays to begin training with.

The fans of a weight are how many numbers go into each output and out of each input: for a dense weight of shape
(outputs, inputs), the two lengths; for a convolution's (outputs, inputs, *kernel), these times the size of the kernel.
"""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from ..errors import InvalidArgument
from ..types import Array

Rng: TypeAlias = np.random.Generator | int | None
"""What random numbers come from: NumPy's Generator, a seed for a new one, or None for one that differs in each run."""


def generator_of(rng: Rng) -> np.random.Generator:
    """Give a Generator as it is, or make one from a seed; raises `InvalidArgument` for anything else.

    >>> generator_of(0).integers(100)
    np.int64(85)
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"rng={rng!r} gives no random numbers: give numpy.random.default_rng(seed), or a seed, a whole number "
            f"that is 0 or more."
        ) from None


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """Give the numbers that go into each output, and out of each input, of a weight (outputs, inputs, *kernel).

    Raises:
        InvalidArgument: the shape has fewer than two axes.

    >>> fans((128, 784)), fans((64, 32, 3, 3))
    ((784, 128), (288, 576))
    """
    if len(shape) < 2:
        raise InvalidArgument(f"A weight of shape {tuple(shape)} has no fans: it needs two axes, (outputs, inputs).")
    size = math.prod(shape[2:])
    return shape[1] * size, shape[0] * size


def zeros(shape: Sequence[int], rng: Rng = None, dtype: Any = np.float32) -> Array:
    """Give zeros; `rng` is taken for the sake of a common signature.

    >>> zeros((2,))
    array([0., 0.], dtype=float32)
    """
    return np.zeros(shape, dtype)


def uniform(shape: Sequence[int], rng: Rng = None, dtype: Any = np.float32, bound: float = 0.05) -> Array:
    """Draw from the uniform distribution between -bound and bound.

    >>> bool(np.max(np.abs(uniform((100,), 0, bound=2.0))) < 2)
    True
    """
    return generator_of(rng).uniform(-bound, bound, shape).astype(dtype)


def normal(shape: Sequence[int], rng: Rng = None, dtype: Any = np.float32, deviation: float = 0.05) -> Array:
    """Draw from the normal distribution of mean 0 and the standard deviation given.

    >>> normal((2, 3), 0).shape
    (2, 3)
    """
    return generator_of(rng).normal(0, deviation, shape).astype(dtype)


def xavier_uniform(shape: Sequence[int], rng: Rng = None, dtype: Any = np.float32, gain: float = 1.0) -> Array:
    """Draw uniformly with variance 2 gain² / (fan in + fan out).

    So neither values on the way forward nor gradients on the way back grow or vanish, where activations are nearly
    linear (Glorot and Bengio, AISTATS 2010, equation 16).
    """
    return uniform(shape, rng, dtype, math.sqrt(3) * _xavier_deviation(shape, gain))


def xavier_normal(shape: Sequence[int], rng: Rng = None, dtype: Any = np.float32, gain: float = 1.0) -> Array:
    """Draw normally with variance 2 gain² / (fan in + fan out) (Glorot and Bengio, AISTATS 2010)."""
    return normal(shape, rng, dtype, _xavier_deviation(shape, gain))


def _xavier_deviation(shape: Sequence[int], gain: float) -> float:
    return gain * math.sqrt(2 / max(sum(fans(shape)), 1))


def he_uniform(shape: Sequence[int], rng: Rng = None, dtype: Any = np.float32, slope: float = 0.0) -> Array:
    """Draw uniformly with variance 2 / ((1 + slope²) fan in).

    So the variance of values stays through layers with the leaky rectifier of that slope, the rectifier if it is 0 (He,
    Zhang, Ren and Sun, ICCV 2015, equations 10 and 15).
    """
    return uniform(shape, rng, dtype, math.sqrt(3) * _he_deviation(shape, slope))


def he_normal(shape: Sequence[int], rng: Rng = None, dtype: Any = np.float32, slope: float = 0.0) -> Array:
    """Draw normally with variance 2 / ((1 + slope²) fan in) (He, Zhang, Ren and Sun, ICCV 2015)."""
    return normal(shape, rng, dtype, _he_deviation(shape, slope))


def _he_deviation(shape: Sequence[int], slope: float) -> float:
    return math.sqrt(2 / ((1 + slope**2) * max(fans(shape)[0], 1)))


def orthogonal(shape: Sequence[int], rng: Rng = None, dtype: Any = np.float32, gain: float = 1.0) -> Array:
    """Draw a matrix with orthonormal rows or columns, whichever are fewer, uniformly among all such, times `gain`.

    Axes after the first are taken as one (Saxe, McClelland and Ganguli, ICLR 2014).

    >>> weight = orthogonal((2, 3), 0, np.float64)
    >>> bool(np.allclose(weight @ weight.T, np.eye(2)))
    True
    """
    fans(shape)
    rows, columns = shape[0], math.prod(shape[1:])
    entries = generator_of(rng).normal(size=(max(rows, columns), min(rows, columns)))
    factor, triangle = np.linalg.qr(entries)
    factor *= np.where(np.diag(triangle) < 0, -1, 1)  # without it, not all such matrices were equally likely
    return (gain * (factor if rows >= columns else factor.T)).reshape(shape).astype(dtype)


def uniform_by_fan(shape: Sequence[int], fan_in: int, rng: Rng = None, dtype: Any = np.float32) -> Array:
    """Draw uniformly between ±1/√(fan in), as the layers begin, their biases too.

    That is PyTorch's choice, a third of the variance that LeCun, Bottou, Orr and Müller (Efficient BackProp, 1998,
    equation 16) give.
    """
    return uniform(shape, rng, dtype, 1 / math.sqrt(max(fan_in, 1)))
