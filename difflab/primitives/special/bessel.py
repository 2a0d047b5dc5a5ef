"""Bessel functions in their argument; their order is no operand to differentiate (DLMF 10.6, 10.29)."""

from typing import Any

import numpy as np
from scipy import special

from ..refusal import no_rule
from ..table import elementwise

elementwise(special.j0, lambda t, y, x: t * -special.j1(x))
elementwise(special.j1, lambda t, y, x: t * (0.5 * (special.j0(x) - special.jv(2, x))))
elementwise(special.y0, lambda t, y, x: t * -special.y1(x))
elementwise(special.y1, lambda t, y, x: t * (0.5 * (special.y0(x) - special.yv(2, x))))
elementwise(special.i0, lambda t, y, x: t * special.i1(x))
elementwise(special.i1, lambda t, y, x: t * (0.5 * (special.i0(x) + special.iv(2, x))))
elementwise(special.k0, lambda t, y, x: t * -special.k1(x))
elementwise(special.k1, lambda t, y, x: t * (-0.5 * (special.k0(x) + special.kv(2, x))))
elementwise(special.i0e, lambda t, y, x: t * (special.i1e(x) - np.sign(x) * y))
elementwise(special.i1e, lambda t, y, x: t * (0.5 * (special.i0e(x) + special.ive(2, x)) - np.sign(x) * y))
elementwise(special.k0e, lambda t, y, x: t * (y - special.k1e(x)))
elementwise(special.k1e, lambda t, y, x: t * (y - 0.5 * (special.k0e(x) + special.kve(2, x))))


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
