"""One plain NumPy function, its derivatives by every method, and how good each method is.

>>> import numpy as np
>>> import difflab
>>> difflab.gradient(lambda x: np.sum(np.sin(x) ** 2), np.array([0.0, np.pi / 4]))
array([0., 1.])
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .arrays import device
from .errors import (
    DeviceUnavailable,
    DifflabError,
    InvalidArgument,
    NotDifferentiable,
    PreparationMismatch,
    ReplayMismatch,
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

if TYPE_CHECKING:
    from .compiled_function import compile  # noqa: A004  (the name that users of other libraries look for)
    from .eager import Tensor, checkpoint, grad, graph, no_grad
    from .engines.mapping import vmap
    from .explain import Explanation, explain
    from .verify import (
        Verification,
        verify_gradient,
        verify_hvp,
        verify_jacobian,
        verify_jvp,
        verify_rule,
        verify_vjp,
    )

__version__ = "0.1.0"

__all__ = [
    "Derivatives",
    "DeviceUnavailable",
    "Differentiator",
    "DifflabError",
    "Explanation",
    "InvalidArgument",
    "NotDifferentiable",
    "PreparationMismatch",
    "ReplayMismatch",
    "Tensor",
    "UnsupportedFunction",
    "UnsupportedOperator",
    "Verification",
    "checkpoint",
    "compile",
    "derivative",
    "device",
    "explain",
    "grad",
    "gradient",
    "graph",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "methods",
    "no_grad",
    "prepare",
    "value_and_gradient",
    "verify_gradient",
    "verify_hvp",
    "verify_jacobian",
    "verify_jvp",
    "verify_rule",
    "verify_vjp",
    "vjp",
    "vmap",
]


_EAGER = ("Tensor", "checkpoint", "grad", "graph", "no_grad")
_PACKAGES = {
    "data": "difflab.data",
    "explain": "difflab.explain",
    "models": "difflab.models",
    "nn": "difflab.nn",
    "optim": "difflab.optim",
    "train": "difflab.train",
}


def __getattr__(name: str) -> Any:
    """Load the verifier, the tensor engine and the like when they are first asked for: gradients alone need none."""
    if name in _EAGER:
        from . import eager

        return getattr(eager, name)
    if name == "compile":
        from . import compiled_function

        return compiled_function.compile
    if name == "vmap":
        from .engines import mapping

        return mapping.vmap
    if name in _PACKAGES:
        return import_module(_PACKAGES[name])
    if name == "Explanation":
        from . import explain

        return explain.Explanation
    if name in __all__:
        from . import verify

        return getattr(verify, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
