"""What CuPy computes otherwise than NumPy with complex numbers, so that tiny imaginary parts would be lost.

Its complex powers are exponentials of a logarithm. Left of zero that has the imaginary part π, in whose rounding a tiny
one is lost: of (−3 + 1e-20i)² would stay noise of 1e-15. So on a device powers with whole exponents are products, as
they are in NumPy. And it convolves long arrays by Fourier transforms, whose errors are those of the largest numbers
among them. So on a device real and imaginary parts are convolved apart.
"""

from typing import Any

import numpy as np

from ..arrays import is_host, is_on_gpu
from ..types import Array


def whole_power(z: Array, exponent: Any) -> Array:
    """z^n for a whole number n ≥ 1, by products of squares."""
    if is_host(z):
        return np.power(z, exponent)
    remaining, square, product = int(exponent), z, None
    while remaining:
        if remaining % 2:
            product = square if product is None else product * square
        remaining //= 2
        square = square * square if remaining else square
    return product


def vander(x: Array, N: Any = None, increasing: bool = False) -> Array:
    """The powers x^0, …, x^(N−1) of each number, from the highest; from the lowest if `increasing`."""
    if is_host(x):
        return np.vander(x, N, increasing)
    powers = [np.ones_like(x)]
    while len(powers) < (len(x) if N is None else N):
        powers.append(powers[-1] * x)
    return np.stack(powers if increasing else powers[::-1], 1)


def convolve(a: Array, v: Array, mode: Any = "full") -> Array:
    """The convolution; on a device without its real part, which nobody reads."""
    if not is_on_gpu(a) and not is_on_gpu(v):
        return np.convolve(a, v, mode)
    return 1j * (np.convolve(np.real(a), np.imag(v), mode) + np.convolve(np.imag(a), np.real(v), mode))
