"""How a call such as `np.sum(x, 0, keepdims=True)` splits into operands and parameters.

Operands are arrays, which may be differentiated; parameters are static (axes, shapes, flags).
Every engine, and every lowering, sees a call in this one canonical form.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import UnsupportedFunction
from ..types import Array
from .signatures import parameters_of

Split = tuple[Sequence[Array], Mapping[str, Any]]
Evaluate = Callable[[Sequence[Array], Mapping[str, Any]], Any]
NO_PARAMETERS: Mapping[str, Any] = {}


class Layout:
    """Operands first, by position or keyword, then parameters: `np.where(c, x, y)`, `np.sum(x, axis=0)`.

    Args:
        function: the function called.
        operands: how many leading arguments are arrays.
        parameters: names of the further arguments that its rule understands; others are refused.
        name: what a person calls the function; by default read off it.
    """

    def __init__(self, function: Callable[..., Any], operands: int, parameters: Sequence[str] = (), name: str = ""):
        self.function = function
        self.operands = operands
        self.parameters = frozenset(parameters)
        self.name = name or name_of(function)

    @cached_property
    def argument_names(self) -> tuple[str, ...]:
        """Names of the positional arguments, as the function itself declares them."""
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return tuple(name for name, p in parameters_of(self.function).items() if p.kind in kinds)

    def split(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Split:
        """Split a call; raises `UnsupportedFunction` for a parameter that the rule does not know."""
        if len(args) == self.operands and (not kwargs or kwargs.keys() <= self.parameters):
            return args, kwargs or NO_PARAMETERS
        return self._split(args, dict(kwargs))

    def _split(self, args: Sequence[Any], named: dict[str, Any]) -> Split:
        for name, value in zip(self.argument_names, args, strict=False):
            if name in named:
                raise TypeError(f"{self.name}() got the argument {name!r} twice.")
            named[name] = value
        if len(args) > len(self.argument_names):
            raise TypeError(f"{self.name}() takes {len(self.argument_names)} arguments and was given {len(args)}.")
        missing = [name for name in self.argument_names[: self.operands] if name not in named]
        if missing:
            raise TypeError(f"{self.name}() lacks its argument {missing[0]!r}.")
        operands = [named.pop(name) for name in self.argument_names[: self.operands]]
        return operands, self._known(named)

    def _known(self, named: dict[str, Any]) -> dict[str, Any]:
        for name in list(named):
            if name not in self.parameters:
                if _is_default(self.function, name, named[name]):
                    del named[name]
                    continue
                raise UnsupportedFunction(_refusal(self.function, self.name, name))
        return named

    def caller(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give the call that undoes the split: of operands by position, of parameters by keyword."""
        return function

    def evaluator(self, function: Callable[..., Any]) -> Evaluate:
        """Give that call, of operands and parameters as `split` gives them."""
        call = self.caller(function)
        return lambda operands, parameters: call(*operands, **parameters)


class SequenceLayout(Layout):
    """The first argument is a sequence of arrays: `np.concatenate([a, b], axis=1)`."""

    def __init__(self, function: Callable[..., Any], parameters: Sequence[str] = (), name: str = ""):
        super().__init__(function, 1, parameters, name)

    def split(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Split:
        """Split a call into the sequence's arrays and the parameters."""
        (arrays,), parameters = self._split(args, dict(kwargs))
        return list(arrays), parameters

    def caller(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give the call that puts the arrays back into one sequence."""
        return lambda *operands, **parameters: function(list(operands), **parameters)


class VariadicLayout(Layout):
    """A first operand, then any number of further operands; parameters by keyword only."""

    def __init__(self, function: Callable[..., Any], parameters: Sequence[str] = (), name: str = ""):
        super().__init__(function, 1, parameters, name)

    def split(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Split:
        """Take every positional argument as an operand."""
        return args, self._known(dict(kwargs))


def name_of(function: Any) -> str:
    """Name a function as people write it: `np.sin`, `np.linalg.det`, `scipy.special.erf`."""
    name = getattr(function, "__name__", repr(function))
    if isinstance(ufunc := getattr(function, "__self__", None), np.ufunc):
        return f"{name_of(ufunc)}.{name}"
    module = getattr(function, "__module__", None) or ("numpy" if getattr(np, name, None) is function else "")
    if name.endswith("(vectorized)"):  # by np.frompyfunc
        return name
    if isinstance(function, np.ufunc):
        module = "numpy" if getattr(np, name, None) is function else "scipy.special"
    public = ".".join(part for part in module.split(".") if not part.startswith("_"))
    return f"{public.replace('numpy', 'np', 1)}.{name}" if public else name


def _is_default(function: Any, name: str, value: Any) -> bool:
    if isinstance(function, np.ufunc):
        return value is None or (name == "where" and value is True)
    parameter = parameters_of(function).get(name)
    return parameter is not None and value is parameter.default


_REMEDIES = {
    "out": "bind the result to a name, y = {name}(…), and write a = a + b in place of a += b where a is a plain array",
    "where": "select with np.where(condition, y, other) afterwards",
    "where of a reduction": "take {name}(x[condition]); with an axis, {name}(np.where(condition, x, 0), axis) of a sum",
    "dtype": "convert with x.astype(dtype) before or after",
    "initial": "combine the initial value with the result yourself",
}


def _refusal(function: Any, name: str, parameter: str) -> str:
    kind = "where of a reduction" if parameter == "where" and not isinstance(function, np.ufunc) else parameter
    remedy = _REMEDIES.get(kind, "leave it out, or compute the same from functions that have rules")
    remedy = remedy.format(name=name)
    return f"{name} was called with {parameter}=…, for which there is no derivative rule: {remedy}."
