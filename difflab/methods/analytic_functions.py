"""NumPy's array functions, continued from the real line into the complex plane.

What `analytic_ufuncs` does for elementwise functions, for the others: most need nothing but complex
arguments, some act by the real part, and some are written out here in terms of those. A function
that is not listed is refused, as its complex version may take moduli or conjugates in silence.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from inspect import signature
from typing import Any

import numpy as np

from ..errors import UnsupportedFunction
from ..types import Array
from .analytic_substitutes import convolve, vander
from .analytic_ufuncs import absolute, extend, joined, real_part

Axis = int | tuple[int, ...] | None


def largest(z: Array, axis: Axis = None, keepdims: Any = False) -> Array:
    """The entry with the largest real part along axes; the first of those in a tie."""
    return _picked(z, np.argmax, axis, keepdims)


def smallest(z: Array, axis: Axis = None, keepdims: Any = False) -> Array:
    """The entry with the smallest real part along axes; the first of those in a tie."""
    return _picked(z, np.argmin, axis, keepdims)


def _picked(z: Array, choose: Callable[..., Array], axis: Axis, keepdims: Any) -> Array:
    rows, axes = _rows(z, axis)
    found = np.take_along_axis(rows, choose(np.real(rows), axis=-1)[..., None], axis=-1)[..., 0]
    return np.expand_dims(found, axes) if keepdims else found


def _rows(z: Array, axis: Axis) -> tuple[Array, tuple[int, ...]]:
    """Move the axes (all of them for None) to the end, joined into one; give their numbers too."""
    every = range(np.ndim(z))
    axes = tuple(every) if axis is None else tuple(every[n] for n in ((axis,) if isinstance(axis, int) else axis))
    kept = [n for n in every if n not in axes]
    return np.transpose(z, (*kept, *axes)).reshape(*(z.shape[n] for n in kept), -1), axes


def in_order(z: Array, axis: int | None = -1) -> Array:
    """The entries in the order of their real parts; equal ones as they stood, whatever their imaginary parts."""
    z, axis = (np.ravel(z), 0) if axis is None else (z, axis)
    return np.take_along_axis(z, np.argsort(np.real(z), axis=axis, kind="stable"), axis)


def median(z: Array, axis: Axis = None, keepdims: Any = False) -> Array:
    """The mean of the two entries in the middle."""
    rows, axes = _rows(z, axis)
    rows, size = in_order(rows), rows.shape[-1]
    middle = (rows[..., (size - 1) // 2] + rows[..., size // 2]) / 2
    return np.expand_dims(middle, axes) if keepdims else middle


def clip(z: Array, a_min: Array = None, a_max: Array = None, low: Array = None, high: Array = None) -> Array:
    """Entries below or above the limits are replaced by them."""
    low, high = (a_min if low is None else low), (a_max if high is None else high)
    z = z if low is None else extend(np.maximum, z, low)
    return z if high is None else extend(np.minimum, z, high)


def variance(z: Array, axis: Axis = None, ddof: float = 0, keepdims: Any = False) -> Array:
    """The mean square of the deviations; NumPy's own takes their moduli."""
    deviations = z - np.mean(z, axis=axis, keepdims=True)
    total = np.sum(np.square(deviations), axis=axis, keepdims=keepdims)
    return total / (np.size(z) / np.size(total) - ddof)


def standard_deviation(z: Array, axis: Axis = None, ddof: float = 0, keepdims: Any = False) -> Array:
    """The root of the variance."""
    return root(variance(z, axis, ddof, keepdims))


def root(z: Array) -> Array:
    """√z of a sum of squares: where that is 0, less the square of the step, a kink, constant."""
    return np.where(np.real(z) <= 0, 0.0, np.sqrt(z))


def norm(z: Array, order: Any = None, axis: Axis = None, keepdims: Any = False) -> Array:
    """Vector norms, and the Frobenius norm: √Σ z², Σ |z|, max |z|, …, without moduli."""
    every = tuple(range(np.ndim(z)))
    matrix = len(every) == 2 if axis is None else isinstance(axis, tuple) and len(axis) == 2
    if order in (None, "fro") or (order == 2 and not matrix):
        return root(np.sum(z * z, axis=every if axis is None else axis, keepdims=keepdims))
    if matrix:
        raise UnsupportedFunction(
            f"complex_step cannot follow the norm of order {order!r} of a matrix: use the Frobenius norm, or another "
            f"method, such as central_difference."
        )
    moduli = absolute(z)
    if np.isinf(order):
        return (largest if order > 0 else smallest)(moduli, axis, keepdims)
    if order == 0:
        return np.sum(np.real(z) != 0, axis=axis, keepdims=keepdims)
    return extend(np.power, np.sum(extend(np.power, moduli, order), axis=axis, keepdims=keepdims), 1 / order)


def cholesky(a: Array, *, upper: bool = False) -> Array:
    """L of A = L Lᵀ, column by column; NumPy's own reads A = L Lᴴ."""
    a = np.swapaxes(a, -1, -2) if upper else a
    factor = np.zeros_like(a)
    for j in range(a.shape[-1]):
        column = a[..., j:, j] - np.einsum("...ik,...k->...i", factor[..., j:, :j], factor[..., j, :j])
        factor[..., j:, j] = column / np.sqrt(column[..., :1])
    return np.swapaxes(factor, -1, -2) if upper else factor


def sign_and_log_determinant(a: Array) -> tuple[Array, Array]:
    """The sign, which is constant, and log |det A|, whose imaginary part is the change of phase."""
    phase, _ = np.linalg.slogdet(a)
    real = np.linalg.slogdet(real_part(a))
    sign, logarithm = real
    with np.errstate(invalid="ignore"):
        turned = np.imag(phase) / np.real(phase)
    pair = sign, joined(logarithm, turned)
    return type(real)(*pair) if hasattr(real, "_fields") else pair  # CuPy's have no names


def sinc(z: Array) -> Array:
    """sin(πz)/(πz), stationary at 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.sin(np.pi * z) / (np.pi * z)
    return joined(np.sinc(np.real(z)), np.where(np.real(z) == 0, 0.0, np.imag(ratio)))


STRUCTURAL = frozenset(
    {np.reshape, np.ravel, np.transpose, np.permute_dims, np.matrix_transpose, np.moveaxis, np.swapaxes, np.rollaxis}
    | {np.squeeze, np.expand_dims, np.broadcast_to, np.broadcast_arrays, np.atleast_1d, np.atleast_2d, np.atleast_3d}
    | {np.concatenate, np.stack, np.vstack, np.hstack, np.dstack, np.column_stack, np.block, np.append, np.copy}
    | {np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit, np.unstack, np.delete, np.resize, np.meshgrid}
    | {np.flip, np.fliplr, np.flipud, np.roll, np.rot90, np.tile, np.repeat, np.tril, np.triu}
    | {np.diag, np.diagonal, np.diagflat, np.linalg.diagonal, np.take, np.take_along_axis, np.compress, np.extract}
    | {np.zeros_like, np.ones_like, np.empty_like, np.linspace, np.diff, np.ediff1d, np.gradient}
)
"""They move entries, or add them: complex entries like any others."""
ANALYTIC = frozenset(
    {np.sum, np.mean, np.prod, np.cumsum, np.cumprod, np.trapezoid, np.trace, np.linalg.trace}
    | {np.dot, np.inner, np.outer, np.tensordot, np.einsum, np.kron, np.cross}
    | {np.linalg.outer, np.linalg.matmul, np.linalg.tensordot, np.linalg.cross, np.linalg.multi_dot}
    | {np.linalg.matrix_power, np.linalg.solve, np.linalg.inv, np.linalg.det}
)
"""They are made of sums, products and quotients."""
PIECEWISE_CONSTANT = frozenset(
    {np.argmax, np.argmin, np.argsort, np.nonzero, np.flatnonzero, np.argwhere, np.count_nonzero, np.searchsorted}
    | {np.all, np.any, np.isclose, np.allclose, np.array_equal, np.digitize, np.shape, np.ndim, np.size}
    | {np.round, np.around, np.fix, np.isposinf, np.isneginf}
)
"""They depend on the real parts alone, and do not change with them."""
EXTENSIONS: dict[Any, Callable[..., Any]] = {
    np.max: largest,
    np.amax: largest,
    np.min: smallest,
    np.amin: smallest,
    np.ptp: lambda z, axis=None, keepdims=False: largest(z, axis, keepdims) - smallest(z, axis, keepdims),
    np.sort: in_order,
    np.median: median,
    np.clip: clip,
    np.where: lambda condition, *branches: np.where(np.real(condition), *branches),
    np.select: lambda conditions, choices, default=0: np.select([np.real(c) for c in conditions], choices, default),
    np.average: lambda z, axis=None, weights=None, keepdims=False: np.average(z, axis, weights, keepdims=keepdims),
    np.var: variance,
    np.std: standard_deviation,
    np.linalg.norm: norm,
    np.linalg.vector_norm: lambda z, axis=None, keepdims=False, order=2: norm(
        np.ravel(z) if axis is None else z, order, -1 if axis is None else axis, keepdims
    ),
    np.linalg.matrix_norm: lambda z, keepdims=False, order="fro": norm(z, order, (-2, -1), keepdims),
    np.linalg.cholesky: cholesky,
    np.vdot: lambda z, w: np.dot(np.ravel(z), np.ravel(w)),
    np.linalg.vecdot: lambda z, w, axis=-1: np.sum(z * w, axis=axis),
    np.convolve: convolve,
    np.correlate: lambda z, w, mode="valid": convolve(z, np.flip(w), mode),
    np.sinc: sinc,
    np.full_like: lambda z, fill, shape=None: np.full_like(
        np.real(z), fill, np.result_type(fill, np.complex64), shape=shape
    ),
    np.polyval: lambda p, x: reduce(lambda y, coefficient: y * x + coefficient, p, np.zeros_like(x)),
    np.vander: vander,
    np.insert: lambda z, places, values, axis=None: np.insert(z + 0j, places, values, axis),
    np.pad: lambda z, width, mode="constant", **options: np.pad(z + 0j, width, mode, **options),
}
"""Those of which NumPy's complex version would take moduli or conjugates, or cast the imaginary part away."""
RENAMED = {"ord": "order", "min": "low", "max": "high", "fill_value": "fill"}
"""Names of options in NumPy, and above."""

REMEDIES = {np.copyto: "np.full_like calls it to fill a plain array. Write np.full(shape, value)"}


def apply(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Run the continuation of a NumPy function on complex (and real) arguments.

    Raises:
        UnsupportedFunction: there is none here, or not with these options.
    """
    options = {name: value for name, value in kwargs.items() if not _left_out(name, value)}
    if function in PIECEWISE_CONSTANT:
        return function(*_real(args), **_real(options))
    if function is np.linalg.slogdet:
        return sign_and_log_determinant(*args)
    if function is np.real:
        return args[0]  # not a copy: a change in place is seen in both, as in NumPy
    if function is np.imag:
        return np.zeros_like(np.real(args[0]))
    _refuse_dtypes(function, args, options)
    if function in STRUCTURAL:
        return function(*args, **options)
    if function not in ANALYTIC and function not in EXTENSIONS:
        remedy = REMEDIES.get(function, "it has no analytic continuation here. Write it with other functions")
        raise UnsupportedFunction(
            f"complex_step cannot follow {_name(function)}: {remedy}, or use another method, "
            f"such as central_difference."
        )
    real = function(*_real(args), **_real(options))
    with np.errstate(all="ignore"):  # the real evaluation has warned already
        return joined(real, np.imag(_continued(function, args, options)))


def _continued(function: Any, args: Sequence[Any], options: Mapping[str, Any]) -> Array:
    if function in ANALYTIC:
        return function(*args, **options)
    extension = EXTENSIONS[function]
    named = {RENAMED.get(name, name): value for name, value in options.items()}
    try:
        signature(extension).bind(*args, **named)
    except TypeError as error:
        raise UnsupportedFunction(
            f"complex_step cannot follow {_name(function)} with these options ({error}): leave them out, or use "
            f"another method, such as central_difference."
        ) from error
    return extension(*args, **named)


def _refuse_dtypes(function: Any, args: Sequence[Any], options: Mapping[str, Any]) -> None:
    """Refuse a dtype or an array to write into, either of which would cast the imaginary part away in silence."""
    fills = function in (np.zeros_like, np.ones_like, np.empty_like)
    if not fills and ({"dtype", "out"} & options.keys() or any(isinstance(arg, (type, np.dtype)) for arg in args)):
        raise UnsupportedFunction(
            f"complex_step cannot follow {_name(function)} with dtype or out: leave them out, and convert the result "
            f"with .astype if it must be."
        )


def _real(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {name: _real(value) for name, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)([_real(item) for item in tree])
    return real_part(tree)


def _left_out(name: str, value: Any) -> bool:
    return value is np._NoValue or (value is None and name != "axis")  # axis=None is a choice: all of them


def _name(function: Any) -> str:
    module = getattr(function, "__module__", "") or ""
    return f"{module.replace('numpy', 'np', 1)}.{function.__name__}"
