"""Cases of scipy.special."""

import numpy as np
from scipy import special

import difflab.primitives.special
from tests.primitives.case import Case, pointwise

_BOTH = (-2.0, 2.0)
_POSITIVE = (0.5, 2.0)
_NEGATIVE = (-2.0, -0.5)
_UNIT = (0.1, 0.9)
_X = np.array([[0.6, 1.2, 2.4], [1.7, 0.9, 3.1]])


def _with_constants(function, *constants):
    """Make a case of a function whose first operands are held constant."""
    return Case(function, (*constants, _X), argnums=(len(constants),), note=" ".join(map(str, constants)))


CASES = [
    *(
        pointwise(function, _BOTH)
        for function in (
            special.erf,
            special.erfc,
            special.erfi,
            special.erfcx,
            special.ndtr,
            special.log_ndtr,
            special.expit,
            special.log_expit,
            special.exprel,
            special.exp2,
            special.exp10,
            special.expm1,
            special.cosm1,
            special.j0,
            special.j1,
            special.i0,
            special.i1,
        )
    ),
    *(pointwise(function, (9.5, 11.0)) for function in (special.erfcx, special.log_ndtr)),
    *(pointwise(function, (-0.8, 0.8)) for function in (special.erfinv,)),
    *(pointwise(function, _UNIT) for function in (special.ndtri, special.logit)),
    pointwise(special.erfcinv, (0.2, 1.8)),
    *(
        pointwise(function, _POSITIVE)
        for function in (
            special.gamma,
            special.gammaln,
            special.gammasgn,
            special.loggamma,
            special.digamma,
            special.entr,
            special.cbrt,
            special.log1p,
            special.exp1,
            special.expi,
            special.y0,
            special.y1,
            special.k0,
            special.k1,
            special.k0e,
            special.k1e,
        )
    ),
    *(pointwise(function, domain) for function in (special.i0e, special.i1e) for domain in (_POSITIVE, _NEGATIVE)),
    *(pointwise(function, (-0.8, -0.2)) for function in (special.gamma, special.gammaln, special.digamma)),
    *(
        pointwise(function, _POSITIVE, _POSITIVE)
        for function in (
            special.beta,
            special.betaln,
            special.xlogy,
            special.xlog1py,
            special.rel_entr,
            special.kl_div,
            special.pseudo_huber,
        )
    ),
    pointwise(special.huber, (0.5, 0.8), _POSITIVE),
    pointwise(special.huber, (0.5, 0.8), _NEGATIVE),
    pointwise(special.huber, (0.5, 0.8), (-0.4, 0.4)),
    Case(difflab.primitives.special.gamma._zeta, (3.0, _X), call=special.zeta),
    *(_with_constants(function, 0.7) for function in (special.gammainc, special.gammaincc)),
    *(_with_constants(function, order) for function in (special.jv, special.yv, special.iv) for order in (0, 2, 1.5)),
    *(_with_constants(function, 2) for function in (special.kv, special.ive, special.kve, special.kn, special.yn)),
    _with_constants(special.expn, 3),
    _with_constants(special.hyp1f1, 0.5, 1.5),
    *(
        Case(function, (2.5, 1.5, _X / 4), argnums=(2,), note="in x")
        for function in (special.betainc, special.betaincc)
    ),
    pointwise(np.i0, _BOTH),
]
