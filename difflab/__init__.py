"""One plain NumPy function, its derivatives by every method, and how good each method is.

>>> import numpy as np
>>> import difflab
>>> difflab.gradient(lambda x: np.sum(np.sin(x) ** 2), np.array([0.0, np.pi / 4]))
array([0., 1.])
"""

from .errors import (
    DeviceUnavailable,
    DifflabError,
    InvalidArgument,
    NotDifferentiable,
    PreparationMismatch,
    UnsupportedFunction,
    UnsupportedOperator,
)
from .functional import (
    derivative,
    gradient,
    hessian,
    hvp,
    jacobian,
    jvp,
    methods,
    prepare,
    value_and_gradient,
    vjp,
)
from .interface import Derivatives, Differentiator

__version__ = "0.1.0"

__all__ = [
    "Derivatives",
    "DeviceUnavailable",
    "Differentiator",
    "DifflabError",
    "InvalidArgument",
    "NotDifferentiable",
    "PreparationMismatch",
    "UnsupportedFunction",
    "UnsupportedOperator",
    "derivative",
    "gradient",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "methods",
    "prepare",
    "value_and_gradient",
    "vjp",
]
