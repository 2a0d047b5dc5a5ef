"""Cases of exponentials, logarithms, powers, trigonometry and selection."""

import numpy as np

from difflab.primitives.sinc import sinc_derivative
from tests.primitives.case import Case, pointwise

_BOTH = (-2.0, 2.0)
_POSITIVE = (0.5, 2.0)
_NEGATIVE = (-2.0, -0.5)
_INSIDE = (-0.9, 0.9)
_X = np.array([[0.3, -1.2, 2.4], [1.7, -0.6, 0.8]])
_Y = np.array([[1.1, 0.7, -0.9], [-0.2, 2.2, 1.9]])
_MASK = _X > 0.5

EXPONENTIAL = [
    *(pointwise(function, _BOTH) for function in (np.exp, np.exp2, np.expm1)),
    *(pointwise(function, _POSITIVE) for function in (np.log, np.log2, np.log10, np.log1p)),
    pointwise(np.log1p, (-0.8, -0.2)),
    *(pointwise(function, _BOTH, _BOTH) for function in (np.logaddexp, np.logaddexp2)),
    *(
        Case(np.logaddexp.reduce, (_X,), {"axis": axis, "keepdims": keepdims})
        for axis in (0, -1, (0, 1), None)
        for keepdims in (False, True)
    ),
    Case(np.logaddexp.reduce, (_X,), call=np.logaddexp.reduce),
]

POWERS = [
    pointwise(np.square, _BOTH),
    pointwise(np.sqrt, _POSITIVE),
    *(pointwise(np.cbrt, domain) for domain in (_POSITIVE, _NEGATIVE)),
    *(pointwise(function, _POSITIVE, _BOTH) for function in (np.power, np.float_power)),
    *(
        Case(np.power, (_X, exponent), argnums=(0,), note=f"to the power {exponent!r}")
        for exponent in (0, 1, 2, 3, -1, 2.0, np.array([1, 2, 3]), np.array([0.0, 1.0, 3.0]))
    ),
    Case(np.power, (2.5, _X), note="of a number"),
    pointwise(np.hypot, _BOTH, _BOTH),
]

TRIGONOMETRIC = [
    *(pointwise(function, _BOTH) for function in (np.sin, np.cos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh)),
    pointwise(np.tan, (-1.2, 1.2)),
    *(pointwise(function, _INSIDE) for function in (np.arcsin, np.arccos, np.arctanh)),
    pointwise(np.arccosh, (1.3, 3.0)),
    *(pointwise(np.arctan2, domain, _BOTH) for domain in (_POSITIVE, _NEGATIVE)),
    *(pointwise(function, _BOTH) for function in (np.deg2rad, np.radians)),
    *(pointwise(function, _BOTH, tolerance=1e-7) for function in (np.rad2deg, np.degrees)),
    pointwise(np.sinc, _BOTH),
    *(Case(sinc_derivative, (_X,), {"order": order}) for order in (1, 2, 3, 4)),
]

SELECTION = [
    *(pointwise(function, _BOTH, _BOTH) for function in (np.maximum, np.minimum, np.fmax, np.fmin)),
    Case(np.where, (_MASK, _X, _Y)),
    Case(np.where, (np.array([True, False, True]), _X, 0.0), note="or a number"),
    Case(np.where, (_X, _Y), call=lambda x, y: np.where(x > 0.5, x * y, y)),
    pointwise(np.clip, _BOTH, (-1.0, -0.5), (0.5, 1.0)),
    Case(np.clip, (_X, None, 1.0), note="above"),
    Case(np.clip, (_X,), {"min": -1.0}, note="below"),
    Case(np.clip, (_X,), call=lambda x: x.clip(-1.0, 1.0), note="method"),
    Case(np.select, (_X, _Y), call=lambda x, y: np.select([x > 1, y > 1], [x * x, y * x], x), note="of three"),
    Case(np.select, (_X,), call=lambda x: np.select([x > 1, x < 0], [x * x, np.sin(x)])),
    *(
        Case(np.choose, (_X, _Y), {"mode": mode}, lambda x, y, mode: np.choose([1, 2, 0], [x, y, x * y], mode=mode))
        for mode in ("raise", "wrap", "clip")
    ),
    Case(np.choose, (_X, _Y), call=lambda x, y: np.choose([-1, 5, 0], [x, y], mode="clip"), note="beyond"),
    Case(np.choose, (_X, _Y), call=lambda x, y: np.choose([-1, 5, 0], [x, y], mode="wrap"), note="around"),
    Case(
        np.piecewise,
        (_X,),
        call=lambda x: np.piecewise(x, [x < 0, x > 1], [np.square, lambda part: part**3, 7.0]),
        note="otherwise",
    ),
    Case(np.piecewise, (_X[1],), call=lambda x: np.piecewise(x, x > 0.5, [np.log, np.sin]), note="one condition"),
    Case(np.piecewise, (np.array(0.4),), call=lambda x: np.piecewise(x, [x < 0, x >= 0], [np.sin, np.exp])),
    *(pointwise(np.copysign, _POSITIVE, sign) for sign in (_POSITIVE, _NEGATIVE)),
    pointwise(np.copysign, _NEGATIVE, _POSITIVE),
    pointwise(np.heaviside, _POSITIVE, _POSITIVE),
    Case(np.heaviside, (np.array([0.0, 1.0, -1.0, 0.0]), np.ones((2, 1))), argnums=(1,), note="at 0"),
    pointwise(np.nan_to_num, _BOTH),
]

CASES = [*EXPONENTIAL, *POWERS, *TRIGONOMETRIC, *SELECTION]
