"""Cases of arithmetic, comparison and rounding."""

import warnings
from typing import Any

import numpy as np

from tests.primitives.case import Case, pointwise

_BOTH = (-2.0, 2.0)
_POSITIVE = (0.5, 2.0)
_NEGATIVE = (-2.0, -0.5)
_FRACTION = (0.1, 0.4)
_X = np.array([[0.31, -1.21, 2.41], [1.71, -0.61, 0.81]])


def _fix(x: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of NumPy 2.5
        return np.fix(x)


CASES = [
    *(pointwise(function, _BOTH, _BOTH) for function in (np.add, np.subtract, np.multiply)),
    *(pointwise(np.divide, _BOTH, domain) for domain in (_POSITIVE, _NEGATIVE)),
    *(pointwise(function, _BOTH) for function in (np.negative, np.positive, np.conjugate, np.real, np.imag)),
    *(
        pointwise(function, _BOTH)
        for function in (np.real_if_close, np.isreal, np.iscomplex, np.isposinf, np.isneginf, np.angle)
    ),
    Case(np.angle, (_X,), {"deg": True}),
    *(pointwise(np.reciprocal, domain) for domain in (_POSITIVE, _NEGATIVE)),
    *(pointwise(function, domain) for function in (np.absolute, np.fabs) for domain in (_POSITIVE, _NEGATIVE)),
    *(pointwise(function, (2.1, 2.3), (0.8, 0.9)) for function in (np.remainder, np.fmod, np.divmod, np.floor_divide)),
    *(pointwise(function, (-2.3, -2.1), (0.8, 0.9)) for function in (np.remainder, np.fmod)),
    *(pointwise(np.modf, domain) for domain in ((2.1, 2.9), (-2.9, -2.1))),
    Case(np.ldexp, (_X, np.array([1, -2, 0]))),
    *(
        pointwise(function, _BOTH, _BOTH)
        for function in (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal)
    ),
    *(pointwise(function, _BOTH, _BOTH) for function in (np.logical_and, np.logical_or, np.logical_xor)),
    *(
        Case(function, (_X,), call=lambda x, function=function: function(x > 0, x < 1))
        for function in (np.bitwise_and, np.bitwise_or, np.bitwise_xor)
    ),
    Case(np.invert, (_X,), call=lambda x: np.invert(x > 0)),
    *(pointwise(function, _FRACTION) for function in (np.sign, np.floor, np.ceil, np.rint, np.trunc)),
    Case(np.fix, (_X,), call=_fix),
    *(Case(function, (_X,), {"decimals": decimals}) for function in (np.round, np.around) for decimals in (0, 1)),
    *(pointwise(function, _BOTH) for function in (np.isnan, np.isinf, np.isfinite, np.logical_not, np.signbit)),
]
