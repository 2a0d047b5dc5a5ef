"""Every method of differentiation, by name: one file a method.

A method's module is imported when the method is first asked for, so that none makes
`import difflab` slow, and so that the methods which check the derivative rules load without them.

>>> from difflab.methods import CentralDifference, get
>>> get("central_difference") == CentralDifference()
True
"""

from dataclasses import fields, is_dataclass
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


def get(method: str | Differentiator, **settings: Any) -> Differentiator:
    """Give the method of a name; a `Differentiator` is given back as it is.

    Args:
        method: a name, or a method, which has its settings.
        settings: of a method by name, by their names; defaults for the others.

    Raises:
        InvalidArgument: there is no method of that name, or no such setting; the message lists those there are.

    >>> get("reverse_compiled", tier="native").tier
    'native'
    """
    if isinstance(method, Differentiator):
        if settings:
            raise InvalidArgument(
                f"{next(iter(settings))} was given beside a method that has its settings: give it to "
                f"{type(method).__name__}(…), or name the method, method={method.name!r}."
            )
        return method
    if method not in _TABLE:
        near = get_close_matches(f"{method}", _TABLE, n=3)
        listed = f"did you mean {' or '.join(map(repr, near))}?" if near else f"use one of {', '.join(_TABLE)}."
        raise InvalidArgument(f"There is no method {method!r}: {listed}")
    module, class_name = _TABLE[method]
    kind = getattr(import_module(f".{module}", __name__), class_name)
    for name in settings:
        known = [field.name for field in fields(kind) if field.init] if is_dataclass(kind) else []
        if name not in known:
            offered = f"it has {', '.join(known)}" if known else "it has none"
            raise InvalidArgument(f"The method {method!r} has no setting {name!r}: {offered}.")
    found = kind(**settings)
    assert isinstance(found, Differentiator)
    return found


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f".{_MODULES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_MODULES]
