"""Functions that select: entries by a condition, the larger of two, the nearest within bounds.

Convention at ties: maximum, minimum, fmax and fmin share the slope equally between operands that are
equal. So clip at one of its bounds has slope 1/2, and so has relu, np.maximum(x, 0), at 0. That is the
mean of the slopes on both sides, as for abs, and does not depend on how a kink is written:
maximum(x, 0) = (x + |x|) / 2. What np.where does not take has no part in the derivative, even where it
is nan.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..types import Array
from .arguments import as_array
from .indexing import HOLE, looked_at, scatter, take_index
from .table import composite, elementwise

elementwise(
    np.where,
    None,
    lambda t, y, condition, a, b: np.where(condition, t, 0),
    lambda t, y, condition, a, b: np.where(condition, 0, t),
)


def _in_first(t: Array, y: Array, a: Array, b: Array) -> Array:
    return np.where(y == a, np.where(a == b, 0.5 * t, t), 0)


def _in_second(t: Array, y: Array, a: Array, b: Array) -> Array:
    return np.where(y == b, np.where(a == b, 0.5 * t, t), 0)


for _extremum in (np.maximum, np.minimum, np.fmax, np.fmin):
    elementwise(_extremum, _in_first, _in_second)


@composite(np.clip)
def _clip(
    a: Array,
    a_min: Array | None = None,
    a_max: Array | None = None,
    *,
    min: Array | None = None,  # noqa: A002  (NumPy's name)
    max: Array | None = None,  # noqa: A002  (NumPy's name)
) -> Array:
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    raised = a if low is None else np.maximum(a, low)
    return raised if high is None else np.minimum(raised, high)


@composite(np.select)
def _select(condlist: Sequence[Array], choicelist: Sequence[Array], default: Array = 0) -> Array:
    selected = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        selected = np.where(condition, choice, selected)
    return selected


@composite(np.choose)
def _choose(a: Array, choices: Sequence[Array], *, mode: str = "raise") -> Array:
    a = as_array(a, *choices)
    count = len(choices)
    if mode == "wrap":
        a = a % count
    elif mode == "clip":
        a = np.clip(a, 0, count - 1)
    elif np.any((a < 0) | (a >= count)):
        raise ValueError(f"np.choose was given {count} choices, and a number that is none of 0 to {count - 1}.")
    chosen = choices[-1]
    for number in reversed(range(count)):
        chosen = np.where(a == number, choices[number], chosen)
    return chosen


@composite(np.piecewise)
def _piecewise(x: Array, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Array:
    conditions = [as_array(condition) for condition in _conditions(condlist, x)]
    if len(funclist) == len(conditions) + 1:
        conditions.append(~np.any(np.stack(conditions), 0))
    result = np.zeros_like(x)
    for condition, function in zip(conditions, funclist, strict=True):
        piece = _on_part(function, x, looked_at(condition), args, kw) if callable(function) else function
        result = np.where(condition, piece, result)
    return result


def _conditions(condlist: Any, x: Array) -> Sequence[Array]:
    """Take one condition for a list of one, as np.piecewise does."""
    is_list = isinstance(condlist, (list, tuple)) or np.ndim(condlist) > 0
    single = not is_list or (np.ndim(condlist[0]) == 0 and np.ndim(x) > 0)
    return [condlist] if single else list(condlist)


def _on_part(function: Callable[..., Array], x: Array, condition: Array, args: Any, kw: Any) -> Array:
    """Evaluate a piece on its own part of x alone, elsewhere 0."""
    piece = function(take_index(x, condition), *args, **kw)
    return scatter(as_array(piece), condition, template=(HOLE,), shape=np.shape(x))


elementwise(np.copysign, lambda t, y, x, sign: t * (np.sign(x) * np.copysign(1, sign)), None)
elementwise(np.heaviside, None, lambda t, y, x, at_zero: np.where(x == 0, t, 0))
elementwise(
    np.nan_to_num,
    lambda t, y, x, **options: np.where(np.isfinite(x), t, 0),
    parameters=("copy", "nan", "posinf", "neginf"),
)
