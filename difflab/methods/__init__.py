"""Every method of differentiation, by name: one file a method.

A method's module is imported when the method is first asked for, so that none makes
`import difflab` slow, and so that the methods which check the derivative rules load without them.

>>> from difflab.methods import CentralDifference, get
>>> get("central_difference") == CentralDifference()
True
"""

from difflib import get_close_matches
from importlib import import_module
from typing import Any

from ..errors import InvalidArgument
from ..interface import Differentiator

_TABLE = {
    "manual": ("manual", "Manual"),
    "forward_difference": ("forward_difference", "ForwardDifference"),
    "central_difference": ("central_difference", "CentralDifference"),
    "complex_step": ("complex_step", "ComplexStep"),
    "richardson": ("richardson", "Richardson"),
    "symbolic": ("symbolic", "Symbolic"),
    "forward": ("forward", "Forward"),
    "reverse": ("reverse", "Reverse"),
    "forward_compiled": ("compiled", "ForwardCompiled"),
    "reverse_compiled": ("compiled", "ReverseCompiled"),
}
"""Of each method: its name, the module here that holds it, and its class."""

_MODULES = {class_name: module for module, class_name in _TABLE.values()}


def names() -> tuple[str, ...]:
    """Give the names of all methods.

    >>> names()[:2]
    ('manual', 'forward_difference')
    """
    return tuple(_TABLE)


def get(method: str | Differentiator) -> Differentiator:
    """Give the method of a name, with its default settings; a `Differentiator` is given back as it is.

    Raises:
        InvalidArgument: there is no method of that name; the message lists those like it.
    """
    if isinstance(method, Differentiator):
        return method
    if method not in _TABLE:
        near = get_close_matches(f"{method}", _TABLE, n=3)
        listed = f"did you mean {' or '.join(map(repr, near))}?" if near else f"use one of {', '.join(_TABLE)}."
        raise InvalidArgument(f"There is no method {method!r}: {listed}")
    module, class_name = _TABLE[method]
    found = getattr(import_module(f".{module}", __name__), class_name)()
    assert isinstance(found, Differentiator)
    return found


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f".{_MODULES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_MODULES]
