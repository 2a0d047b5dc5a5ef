"""Bessel functions in their argument; their order is no operand to differentiate (DLMF 10.6, 10.29).

The derivatives of those scaled by e^±x are small differences: they lose about log10|x| digits.
"""

from typing import Any

import numpy as np
from scipy import special

from ...types import Array
from ..refusal import no_rule
from ..table import elementwise

elementwise(special.j0, lambda t, y, x: t * -special.j1(x))
elementwise(special.j1, lambda t, y, x: t * (0.5 * (special.j0(x) - special.jv(2, x))))
elementwise(special.y0, lambda t, y, x: t * -special.y1(x))
elementwise(special.y1, lambda t, y, x: t * (special.y0(x) - y / x))
elementwise(special.i0, lambda t, y, x: t * special.i1(x))
elementwise(special.i1, lambda t, y, x: t * (0.5 * (special.i0(x) + special.iv(2, x))))
elementwise(special.k0, lambda t, y, x: t * -special.k1(x))
elementwise(special.k1, lambda t, y, x: t * -(special.k0(x) + y / x))
elementwise(special.i0e, lambda t, y, x: t * (special.i1e(x) - np.sign(x) * y))


def _i1e(t: Array, y: Array, x: Array) -> Array:
    """Give t * (I₁' e^-|x| ∓ y), with I₁' = I₀ - I₁/x far from 0, where ive gives nan, else (I₀ + I₂) / 2."""
    far = np.abs(x) > 1
    near = np.where(far, 1, x)
    slope = np.where(far, special.i0e(x) - y / np.where(far, x, 1), 0.5 * (special.i0e(near) + special.ive(2, near)))
    return t * (slope - np.sign(x) * y)


elementwise(special.i1e, _i1e)
elementwise(special.k0e, lambda t, y, x: t * (y - special.k1e(x)))
elementwise(special.k1e, lambda t, y, x: t * (y - special.k0e(x) - y / x))


def _declare(function: Any, before: float, after: float, scaling: Any) -> None:
    """Declare f with ∂f/∂x = (before · f of one order less + after · f of one more) / 2 + scaling(x) · f."""
    elementwise(
        function,
        no_rule(function, "the order v"),
        lambda t, y, v, x: t * (0.5 * (before * function(v - 1, x) + after * function(v + 1, x)) + scaling(x) * y),
    )


for _circular in (special.jv, special.yv, special.yn):
    _declare(_circular, 1, -1, lambda x: 0)
_declare(special.iv, 1, 1, lambda x: 0)
_declare(special.ive, 1, 1, lambda x: -np.sign(x))
for _decaying in (special.kv, special.kn):
    _declare(_decaying, -1, -1, lambda x: 0)
_declare(special.kve, -1, -1, lambda x: 1)
