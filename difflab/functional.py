"""Derivatives in one call: prepare a method for a function and its arguments, then use it once.

>>> import numpy as np
>>> import difflab
>>> difflab.gradient(lambda x: np.sum(x**3), np.array([1.0, 2.0]))
array([ 3., 12.])
>>> difflab.gradient(lambda x: np.sum(x**3), np.array([1.0, 2.0]), method="forward")
array([ 3., 12.])
"""

from typing import Any

from . import methods as _methods
from .interface import OPERATORS, Derivatives, Differentiator
from .signature import ArgumentNumbers
from .types import Array, Function, Tree

Method = str | Differentiator


def prepare(
    function: Function,
    *args: Tree,
    method: Method = "reverse",
    argnums: ArgumentNumbers = 0,
    device: str | None = None,
    **settings: Any,
) -> Derivatives:
    """Prepare `method` for `function` and for arguments like `args`; then call the result's operators at will.

    Args:
        function: plain NumPy code, from numbers, arrays or nests of them to the same.
        args: example arguments: their structure, shapes and dtypes are prepared for.
        method: a name (`difflab.methods()` lists them) or a `Differentiator` with its settings.
        argnums: which arguments to differentiate: a number, or a tuple (a tuple of results).
        device: "cpu" (the default) or a CUDA device such as "cuda".
        settings: of a method that is named, such as `tier="native"` of "reverse_compiled".

    Raises:
        InvalidArgument: no such method or setting, or an argument that cannot be differentiated.
        DeviceUnavailable: the device cannot be used here; the message says why.

    >>> prepared = prepare(lambda x: x**2, 3.0)
    >>> float(prepared.derivative(3.0)), float(prepared.derivative(5.0))
    (6.0, 10.0)
    """
    return _methods.get(method, **settings).prepare(function, *args, argnums=argnums, device=device)


def derivative(
    function: Function, *args: Tree, method: Method = "reverse", argnums: ArgumentNumbers = 0, device: str | None = None
) -> Tree:
    """Give dy/dx of a function of one number, in the shape of y; see `prepare` for the arguments.

    >>> float(derivative(lambda x: x**3, 2.0, method="forward"))
    12.0
    """
    return prepare(function, *args, method=method, argnums=argnums, device=device).derivative(*args)


def gradient(
    function: Function, *args: Tree, method: Method = "reverse", argnums: ArgumentNumbers = 0, device: str | None = None
) -> Tree:
    """Give the gradient of a scalar-valued function, in the structure of its argument; see `prepare`.

    >>> gradient(lambda p: p["a"] * p["b"] ** 2, {"a": 2.0, "b": 3.0})
    {'a': np.float64(9.0), 'b': np.float64(12.0)}
    """
    return prepare(function, *args, method=method, argnums=argnums, device=device).gradient(*args)


def value_and_gradient(
    function: Function, *args: Tree, method: Method = "reverse", argnums: ArgumentNumbers = 0, device: str | None = None
) -> tuple[Array, Tree]:
    """Give (y, gradient) of a scalar-valued function; see `prepare`.

    >>> value_and_gradient(lambda x: x**2, 3.0)
    (np.float64(9.0), np.float64(6.0))
    """
    return prepare(function, *args, method=method, argnums=argnums, device=device).value_and_gradient(*args)


def jacobian(
    function: Function, *args: Tree, method: Method = "reverse", argnums: ArgumentNumbers = 0, device: str | None = None
) -> Tree:
    """Give the Jacobian, of shape y.shape + x.shape; see `prepare`.

    >>> import numpy as np
    >>> jacobian(lambda x: x**2, np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return prepare(function, *args, method=method, argnums=argnums, device=device).jacobian(*args)


def hessian(
    function: Function, *args: Tree, method: Method = "reverse", argnums: ArgumentNumbers = 0, device: str | None = None
) -> Tree:
    """Give the Hessian of a scalar-valued function, of shape x.shape + x.shape; see `prepare`.

    >>> import numpy as np
    >>> hessian(lambda x: x[0] ** 2 * x[1], np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return prepare(function, *args, method=method, argnums=argnums, device=device).hessian(*args)


def jvp(
    function: Function,
    *args: Tree,
    tangents: Tree,
    method: Method = "forward",
    argnums: ArgumentNumbers = 0,
    device: str | None = None,
) -> tuple[Tree, Tree]:
    """Give (y, ẏ), the derivative along `tangents`, which has the structure of the argument; see `prepare`.

    >>> jvp(lambda x: x**2, 3.0, tangents=1.0)
    (np.float64(9.0), np.float64(6.0))
    """
    return prepare(function, *args, method=method, argnums=argnums, device=device).jvp(*args, tangents=tangents)


def vjp(
    function: Function,
    *args: Tree,
    cotangents: Tree,
    method: Method = "reverse",
    argnums: ArgumentNumbers = 0,
    device: str | None = None,
) -> tuple[Tree, Tree]:
    """Give (y, x̄), the gradient of ⟨cotangents, y⟩; `cotangents` has the structure of y; see `prepare`.

    >>> import numpy as np
    >>> vjp(lambda x: x**2, np.array([1.0, 2.0]), cotangents=np.array([1.0, 10.0]))
    (array([1., 4.]), array([ 2., 40.]))
    """
    return prepare(function, *args, method=method, argnums=argnums, device=device).vjp(*args, cotangents=cotangents)


def hvp(
    function: Function,
    *args: Tree,
    tangents: Tree,
    method: Method = "reverse",
    argnums: ArgumentNumbers = 0,
    device: str | None = None,
) -> Tree:
    """Give the Hessian of a scalar-valued function times `tangents`, in the structure of the argument; see `prepare`.

    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3), np.array([1.0, 2.0]), tangents=np.array([1.0, 0.0]))
    array([6., 0.])
    """
    return prepare(function, *args, method=method, argnums=argnums, device=device).hvp(*args, tangents=tangents)


def methods() -> Any:
    """Give what each method can do, as a pandas frame: a row a method, a column an operator.

    A cell says "native", "derived" (put together from what is native) or "" (not offered). The row of
    `manual` holds where a person gave all the closed forms that it takes.

    >>> methods().loc["reverse", ["gradient", "jvp"]].tolist()
    ['native', 'derived']
    """
    import pandas as pd

    rows = []
    for name in _methods.names():
        method = _methods.get(name)
        offered = {operator: method.capabilities().get(operator, "") for operator in OPERATORS}
        rows.append({"method": name, **offered, "reads_rules": method.reads_rules, "summary": method.summary})
    return pd.DataFrame(rows).set_index("method")
