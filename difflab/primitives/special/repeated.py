"""Functions of NumPy that scipy.special has again, and their like."""

import math

import numpy as np
from scipy import special

from ..primitive import Elementwise
from ..table import TABLE, elementwise

for _again, _original in (
    (special.cbrt, np.cbrt),
    (special.exp2, np.exp2),
    (special.expm1, np.expm1),
    (special.log1p, np.log1p),
):
    _row = TABLE[_original]
    assert isinstance(_row, Elementwise)
    elementwise(_again, *_row.differentials)

elementwise(special.exp10, lambda t, y, x: t * (y * math.log(10)))
elementwise(special.cosm1, lambda t, y, x: t * -np.sin(x))
