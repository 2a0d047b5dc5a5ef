"""The gamma and beta functions and what derives from them (DLMF 5.2, 5.12, 8.2, 8.17, 25.11)."""

import numpy as np
from scipy import special
from scipy.special import _ufuncs

from ...types import Array
from ..refusal import no_rule
from ..substitutes import anywhere
from ..table import constant, elementwise

_hurwitz = anywhere(special.zeta)

elementwise(special.gamma, lambda t, y, x: t * (y * special.digamma(x)))
elementwise(special.gammaln, lambda t, y, x: t * special.digamma(x))
elementwise(special.loggamma, lambda t, y, x: t * special.digamma(x))
elementwise(special.digamma, lambda t, y, x: t * _hurwitz(2, x))
constant(special.gammasgn)

_zeta = _ufuncs._zeta
"""What scipy.special.zeta(s, x), which is no ufunc, calls: the Hurwitz zeta function."""

elementwise(_zeta, no_rule(special.zeta, "s"), lambda t, y, s, x: t * (-s * _hurwitz(s + 1, x)))


def _beta(t: Array, y: Array, a: Array, b: Array) -> Array:
    return t * (y * (special.digamma(a) - special.digamma(a + b)))


def _betaln(t: Array, y: Array, a: Array, b: Array) -> Array:
    return t * (special.digamma(a) - special.digamma(a + b))


elementwise(special.beta, _beta, lambda t, y, a, b: _beta(t, y, b, a))
elementwise(special.betaln, _betaln, lambda t, y, a, b: _betaln(t, y, b, a))


def _gamma_density(a: Array, x: Array) -> Array:
    return np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a))


def _beta_density(a: Array, b: Array, x: Array) -> Array:
    return np.exp(special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b))


elementwise(special.gammainc, no_rule(special.gammainc, "a"), lambda t, y, a, x: t * _gamma_density(a, x))
elementwise(special.gammaincc, no_rule(special.gammaincc, "a"), lambda t, y, a, x: -t * _gamma_density(a, x))
elementwise(
    special.betainc,
    no_rule(special.betainc, "a"),
    no_rule(special.betainc, "b"),
    lambda t, y, a, b, x: t * _beta_density(a, b, x),
)
elementwise(
    special.betaincc,
    no_rule(special.betaincc, "a"),
    no_rule(special.betaincc, "b"),
    lambda t, y, a, b, x: -t * _beta_density(a, b, x),
)
