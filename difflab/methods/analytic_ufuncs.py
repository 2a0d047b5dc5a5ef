"""Elementwise functions, continued from the real line into the complex plane.

A complex step needs a function that is analytic near the real axis and real on it. Most functions
in NumPy have such a complex version; those that do not, because they take moduli or compare, get
one here: they act by the real part, after Martins, Sturdza and Alonso, "The complex-step derivative
approximation", ACM Transactions on Mathematical Software 29 (2003), 245–262, section 4.
So |z| is z or −z, and max(z, w) is z or w; at a kink they take one side (for a tie, the first).

All functions take and give plain complex arrays whose imaginary part is tiny. The real part of a
result is computed from the real parts alone: it is the very value that the real function has, NaN
outside its domain, where the complex version has another branch.

The arrays may be on a device, and an operand a number. CuPy takes numbers, but neither NumPy's
arrays without axes nor Python's booleans: so numbers are compared by `np.less` and its like, and
what `np.where` makes of numbers alone is made a number again.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from ..arrays import as_array, place_of
from ..errors import UnsupportedFunction
from ..types import Array
from .analytic_substitutes import whole_power

Extension: TypeAlias = Callable[..., Array]


def extend(ufunc: np.ufunc, *operands: Array) -> Any:
    """Apply the analytic continuation of `ufunc` to complex (and real) operands.

    The result is real where the function is piecewise constant.

    Raises:
        UnsupportedFunction: `ufunc` has no continuation here.
    """
    name = ufunc.__name__
    if ufunc in PIECEWISE_CONSTANT:
        return ufunc(*map(real_part, operands))
    if ufunc in LINEAR:
        return ufunc(*operands)
    if (extension := EXTENSIONS.get(ufunc) or SPECIAL.get(name)) is None:
        if ufunc not in ANALYTIC and name not in ANALYTIC_SPECIAL:
            raise UnsupportedFunction(
                f"complex_step cannot follow {name}: it has no analytic continuation here. Write it with other "
                f"functions, or use another method, such as central_difference."
            )
        extension = ufunc
    real = ufunc(*map(real_part, operands))
    with np.errstate(all="ignore"):  # the real evaluation has warned already
        imaginary = np.imag(extension(*operands))
        for point, slope in SINGULAR.get(ufunc, ()):
            moving = (np.real(operands[0]) == point) & (np.imag(operands[0]) != 0)
            imaginary = np.where(moving, slope * np.imag(operands[0]), imaginary)
    return joined(real, np.where(np.isnan(real), np.nan, imaginary))


def real_part(z: Array) -> Array:
    """The real part, contiguous: NumPy rounds sums over strided arrays otherwise."""
    return np.copy(np.real(z)) if np.iscomplexobj(z) else z


def joined(real: Array, imaginary: Array) -> Array:
    """Put a real and an imaginary part together, without the products of `real + 1j * imaginary`."""
    real = as_array(real)
    result = np.empty(real.shape, np.result_type(real.dtype, np.complex64), like=place_of(real))
    result.real[...] = real
    result.imag[...] = imaginary
    return result


def absolute(z: Array) -> Array:
    """|z|: z or −z, by the sign of the real part."""
    return np.where(np.less(np.real(z), 0), -z, z)[()]


def maximum(z: Array, w: Array) -> Array:
    """The one with the larger real part; the first in a tie, and NaN if either is NaN."""
    return np.where(np.greater_equal(np.real(z), np.real(w)) | np.isnan(np.real(z)), z, w)


def minimum(z: Array, w: Array) -> Array:
    """The one with the smaller real part; the first in a tie, and NaN if either is NaN."""
    return np.where(np.less_equal(np.real(z), np.real(w)) | np.isnan(np.real(z)), z, w)


def power(z: Array, w: Array) -> Array:
    """z^w. A negative base with a whole exponent is turned to the right half plane, off the logarithm's cut.

    At base 0, where z^w is not analytic, the one-sided derivative of the real power is used.
    """
    if np.ndim(w) == 0 and not np.iscomplexobj(w) and 1 <= w < 100 and w == int(w):
        return whole_power(z, w)  # by multiplication, which knows no cut
    base, exponent = np.real(z), np.real(w)
    negative = np.less(base, 0)
    side = np.where(negative, -1.0, 1.0)[()]
    turned = np.power(side, exponent) * np.power(side * z + 0j, w)
    flat = (exponent > 1) | (exponent == 0)
    slope = np.where(exponent == 1, 1.0, np.where(flat, 0.0, np.where(exponent > 0, np.inf, np.nan)))[()]
    moved = np.where(np.equal(np.imag(z), 0), 0.0, slope * np.imag(z))
    crossing = negative & np.not_equal(np.imag(w), 0)
    return np.where(np.equal(base, 0), 1j * moved, np.where(crossing, complex(np.nan, np.nan), turned))


def divide(z: Array, w: Array) -> Array:
    """Divide, without a derivative at the pole, where a step would give a huge one."""
    return np.where(np.equal(np.real(w), 0), complex(np.nan, np.nan), np.divide(z, w))


def hypot(z: Array, w: Array) -> Array:
    """sqrt(z² + w²), scaled against overflow; constant at the origin, where it has a kink."""
    scale = np.maximum(np.abs(np.real(z)), np.abs(np.real(w)))
    safe = np.where(scale == 0, 1.0, scale)
    return np.where(scale == 0, 0.0, safe * np.sqrt(np.square(z / safe) + np.square(w / safe)))


def arctan2(y: Array, x: Array) -> Array:
    """arctan(y/x) or −arctan(x/y) by the larger of the two, up to a real constant."""
    return np.where(np.greater(np.abs(np.real(x)), np.abs(np.real(y))), np.arctan(y / x), -np.arctan(x / y))


def logaddexp(z: Array, w: Array) -> Array:
    """log(e^z + e^w), from the larger and the difference."""
    return maximum(z, w) + np.log1p(np.exp(-absolute(z - w)))


def logaddexp2(z: Array, w: Array) -> Array:
    """log2(2^z + 2^w), from the larger and the difference."""
    return maximum(z, w) + np.log1p(np.exp2(-absolute(z - w))) / np.log(2)


def cube_root(z: Array) -> Array:
    """z^(1/3), odd in the real part."""
    side = np.sign(np.real(z))
    return side * np.power(side * z + 0j, 1 / 3)


def expit(z: Array) -> Array:
    """1/(1 + e^(−z)), by the hyperbolic tangent, which does not overflow."""
    return np.tanh(z / 2) / 2


def log_gamma(z: Array) -> Array:
    """Give log Γ(z) for a positive real part: left of it, scipy's complex values lose the tiny imaginary part."""
    from scipy.special import loggamma

    if np.any(np.real(z) <= 0):
        raise UnsupportedFunction(
            "complex_step cannot follow gammaln or gamma at zero or negative arguments: use another method, such as "
            "central_difference."
        )
    return loggamma(z)


PIECEWISE_CONSTANT = frozenset(
    {np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal}
    | {np.logical_and, np.logical_or, np.logical_xor, np.logical_not}
    | {np.isfinite, np.isinf, np.isnan, np.signbit, np.sign, np.heaviside, np.spacing}
    | {np.floor, np.ceil, np.trunc, np.rint, np.floor_divide}
)
LINEAR = frozenset({np.add, np.subtract, np.negative, np.positive})
ANALYTIC = frozenset(
    {np.multiply, np.square, np.sqrt, np.matmul}
    | {np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10, np.log1p}
    | {np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan}
    | {np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh, np.arctanh}
)
"""Their complex loops are the continuation."""
EXTENSIONS: dict[np.ufunc, Extension] = {
    np.absolute: absolute,
    np.fabs: absolute,
    np.maximum: maximum,
    np.minimum: minimum,
    np.fmax: lambda z, w: np.where(np.greater_equal(np.real(z), np.real(w)) | np.isnan(np.real(w)), z, w),
    np.fmin: lambda z, w: np.where(np.less_equal(np.real(z), np.real(w)) | np.isnan(np.real(w)), z, w),
    np.copysign: lambda z, w: absolute(z) * np.copysign(1.0, np.real(w)),
    np.conjugate: lambda z: z,  # it is the identity on the real line
    np.divide: divide,
    np.reciprocal: lambda z: divide(1.0, z),
    np.power: power,
    np.float_power: power,
    np.cbrt: cube_root,
    np.hypot: hypot,
    np.arctan2: arctan2,
    np.logaddexp: logaddexp,
    np.logaddexp2: logaddexp2,
    np.remainder: lambda z, w: z - w * np.floor(np.real(z) / np.real(w)),
    np.fmod: lambda z, w: z - w * np.trunc(np.real(z) / np.real(w)),
    np.deg2rad: lambda z: z * (np.pi / 180),
    np.radians: lambda z: z * (np.pi / 180),
    np.rad2deg: lambda z: z * (180 / np.pi),
    np.degrees: lambda z: z * (180 / np.pi),
    np.ldexp: lambda z, n: z * np.exp2(n),
    np.vecdot: lambda z, w: np.sum(z * w, axis=-1),  # NumPy's own conjugates
}
ANALYTIC_SPECIAL = frozenset(
    {"dawsn", "erf", "erfc", "erfcx", "erfi", "exp1", "log_ndtr", "ndtr", "psi", "xlog1py", "xlogy"}
)
"""Names in scipy.special whose complex loops keep a tiny imaginary part (Bessel functions, among others, do not)."""
SPECIAL: dict[str, Extension] = {
    "expit": expit,
    "log_expit": lambda z: -logaddexp(0.0, -z),
    "logit": lambda z: np.log(z) - np.log1p(-z),
    "gammaln": log_gamma,
    "gamma": lambda z: np.exp(log_gamma(z)),
    "exp10": lambda z: np.power(10.0, z),
}
SINGULAR: dict[np.ufunc, tuple[tuple[float, float], ...]] = {
    np.sqrt: ((0.0, np.inf),),
    np.cbrt: ((0.0, np.inf),),
    np.log: ((0.0, np.inf),),
    np.log2: ((0.0, np.inf),),
    np.log10: ((0.0, np.inf),),
    np.log1p: ((-1.0, np.inf),),
    np.arcsin: ((-1.0, np.inf), (1.0, np.inf)),
    np.arccos: ((-1.0, -np.inf), (1.0, -np.inf)),
    np.arccosh: ((1.0, np.inf),),
    np.arctanh: ((-1.0, np.inf), (1.0, np.inf)),
}
"""Branch points on the real axis, with the derivative there: a step would go round them, not to them."""
