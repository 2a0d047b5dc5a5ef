"""Exponential integrals, and functions that belong to them (DLMF 6.2, 8.19, 13.3)."""

import numpy as np
from scipy import special

from ..refusal import no_rule
from ..table import elementwise

elementwise(special.exp1, lambda t, y, x: t * (-np.exp(-x) / x))
elementwise(special.expi, lambda t, y, x: t * (np.exp(x) / x))
elementwise(special.expn, no_rule(special.expn, "n"), lambda t, y, n, x: t * -special.expn(n - 1, x))

# (eˣ (x - 1) + 1) / x² cancels near 0; its confluent hypergeometric function does not.
elementwise(special.exprel, lambda t, y, x: t * (0.5 * special.hyp1f1(2, 3, x)))
elementwise(
    special.hyp1f1,
    no_rule(special.hyp1f1, "a"),
    no_rule(special.hyp1f1, "b"),
    lambda t, y, a, b, x: t * (a / b * special.hyp1f1(a + 1, b + 1, x)),
)
