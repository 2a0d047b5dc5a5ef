"""The one table of rules, keyed by NumPy function, and the words that declare a row of it."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from importlib import import_module
from typing import Any, TypeVar

import numpy as np

from ..types import Array
from .dispatching import dispatching
from .layout import Layout, VariadicLayout, name_of
from .primitive import (
    EVERYTHING,
    Constant,
    Elementwise,
    Fused,
    General,
    Linear,
    Multilinear,
    Primitive,
    Rule,
    has_loops_for,
)
from .signatures import parameters_of


@dataclass(frozen=True)
class Composite:
    """A NumPy function defined by others: derivatives, traces and lowerings see those alone.

    The definition takes the parameters that it understands by NumPy's names for them.
    """

    function: Rule
    definition: Rule

    @cached_property
    def layout(self) -> Layout | None:
        """How a call splits; None where the definition takes whatever it is given."""
        parameters = parameters_of(self.definition)
        if _has(inspect.Parameter.VAR_KEYWORD, self.definition):
            return None
        if isinstance(self.function, np.ufunc) or _has(inspect.Parameter.VAR_POSITIONAL, self.function):
            return VariadicLayout(self.function, tuple(parameters))
        return Layout(self.function, 0, tuple(parameters))

    def __call__(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run the definition; raises `UnsupportedFunction` for a parameter that it does not know."""
        if self.layout is None:
            return self.definition(*args, **kwargs)
        operands, parameters = self.layout.split(args, kwargs)
        return self.definition(*operands, **parameters)


def _has(kind: Any, function: Rule) -> bool:
    return any(parameter.kind == kind for parameter in parameters_of(function).values())


Row = Primitive | Composite
RowType = TypeVar("RowType", bound=Row)

TABLE: dict[Any, Row] = {}
"""Every row, keyed by the function it stands for."""


def _add(row: RowType) -> RowType:
    if row.function in TABLE:
        raise ValueError(f"{name_of(row.function)} is declared twice in the table of rules.")
    TABLE[row.function] = row
    return row


def _layout(function: Rule, layout: Layout | int, parameters: Sequence[str]) -> Layout:
    return Layout(function, layout, parameters) if isinstance(layout, int) else layout


def elementwise(function: Rule, *differentials: Rule | None, parameters: Sequence[str] = ()) -> Elementwise:
    """Declare a function that acts entry by entry: one differential `(t, y, *operands)` for each operand."""
    return _add(Elementwise(function, Layout(function, len(differentials), parameters), differentials))


def linear(
    function: Rule,
    transpose: Rule,
    parameters: Sequence[str] = (),
    *,
    layout: Layout | int = 1,
    batch: Rule | None = None,
) -> Linear:
    """Declare a function linear in all operands together, by its `transpose(cotangent, position, *operands, …)`."""
    return _add(Linear(function, _layout(function, layout, parameters), transpose, batch=batch))


def multilinear(
    function: Rule,
    transpose: Rule,
    parameters: Sequence[str] = (),
    *,
    layout: Layout | int = 2,
    batch: Rule | None = None,
) -> Multilinear:
    """Declare a function linear in each operand, by its `transpose(cotangent, position, *operands, …)`."""
    return _add(Multilinear(function, _layout(function, layout, parameters), transpose, batch=batch))


def general(
    function: Rule,
    jvp: Rule,
    vjp: Rule,
    parameters: Sequence[str] = (),
    *,
    layout: Layout | int = 1,
    batch: Rule | None = None,
    multiple: bool = False,
    read: frozenset[int] = EVERYTHING,
) -> General:
    """Declare a function by its `jvp(tangents, y, *operands, …)` and `vjp(cotangent, position, y, *operands, …)`.

    `read` names the operands whose entries the vjp reads, if not all.
    """
    layout = _layout(function, layout, parameters)
    return _add(General(function, layout, jvp, vjp, batch=batch, multiple=multiple, read=read))


def constant(
    function: Rule,
    parameters: Sequence[str] = (),
    *,
    layout: Layout | int = 1,
    batch: Rule | None = None,
    multiple: bool = False,
) -> Constant:
    """Declare a function whose derivative is zero wherever it exists."""
    return _add(Constant(function, _layout(function, layout, parameters), batch=batch, multiple=multiple))


def composite(function: Rule) -> Callable[[Rule], Rule]:
    """Declare a function by a definition in other NumPy functions (a decorator of the definition)."""

    def declare(definition: Rule) -> Rule:
        _add(Composite(function, definition))
        return definition

    return declare


def fused(
    forward: Rule, backward: Rule, parameters: Sequence[str] = (), *, multiple: bool = False
) -> Callable[[Rule], Rule]:
    """Declare a function of difflab's own by its loops for plain arrays (a decorator of its definition).

    Its operands go by position, all else by keyword; the definition is in other functions that have rules. See `Fused`.
    """

    def declare(definition: Rule) -> Rule:
        def function(*operands: Array, **parameters: Any) -> Any:
            if has_loops_for(operands):
                return forward(*operands, **parameters)[0]
            return definition(*operands, **parameters)

        public = dispatching(wraps(definition)(function))
        layout = VariadicLayout(public, parameters)
        _add(Fused(public, layout, definition, forward, backward, multiple=multiple))
        return public

    return declare


def lookup(function: Any) -> Row | None:
    """Find the row of a function; None if there is none."""
    row = TABLE.get(function)
    if row is None and (isinstance(function, np.ufunc) or _module_of(function).startswith("scipy")):
        import_module(".special", __package__)  # declares the rows of scipy.special, whose import takes long
        row = TABLE.get(function)
    return row


def _module_of(function: Any) -> str:
    return getattr(function, "__module__", "") or ""
