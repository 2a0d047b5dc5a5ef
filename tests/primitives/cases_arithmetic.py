"""Cases of arithmetic, comparison and rounding."""

import numpy as np

from tests.primitives.case import pointwise

_BOTH = (-2.0, 2.0)
_POSITIVE = (0.5, 2.0)
_SMALL_INTEGERS = np.array([[6, 3, 5], [1, 2, 4]])

CASES = [
    *(pointwise(function, _BOTH, _BOTH) for function in (np.add, np.subtract, np.multiply)),
    pointwise(np.divide, _BOTH, _POSITIVE),
    pointwise(np.divide, _BOTH, (-2.0, -0.5)),
    *(pointwise(function, _BOTH) for function in (np.negative, np.positive, np.square)),
    *(pointwise(np.reciprocal, domain) for domain in (_POSITIVE, (-2.0, -0.5))),
    *(pointwise(function, domain) for function in (np.absolute, np.fabs) for domain in (_POSITIVE, (-2.0, -0.5))),
    *(pointwise(function, _POSITIVE, _BOTH) for function in (np.power, np.float_power)),
    *(pointwise(function, (2.1, 2.3), (0.8, 0.9)) for function in (np.remainder, np.fmod, np.floor_divide)),
    *(pointwise(function, (-2.3, -2.1), (0.8, 0.9)) for function in (np.remainder, np.fmod)),
    *(
        pointwise(function, _BOTH, _BOTH)
        for function in (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal)
    ),
    *(pointwise(function, _BOTH, _BOTH) for function in (np.logical_and, np.logical_or, np.logical_xor)),
    *(pointwise(function, (0.1, 0.4)) for function in (np.sign, np.floor, np.ceil, np.rint, np.trunc, np.signbit)),
    *(pointwise(function, _BOTH) for function in (np.isnan, np.isinf, np.isfinite, np.logical_not)),
]
