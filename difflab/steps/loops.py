"""The loops of fused primitives as equations of a record: forward, and back with what forward kept."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from ..engines.constants import kept as constant_kept
from ..engines.dual import rebuild
from ..engines.graph import Equation, Variable
from ..engines.trace import new_variable
from ..primitives.layout import Layout
from ..primitives.primitive import Constant, Fused, Primitive
from ..types import Array
from .array import RecordedArray, plain


class Call(Constant):
    """A function of arrays, or of what other calls kept, to a tuple of results; only records know of it."""

    def __init__(self, function: Callable[..., Sequence[Any]], name: str):
        super().__init__(function, Layout(function, 0, name=name), multiple=True)


class Kept:
    """What a forward loop left for the way back, and the variable that stands for it."""

    def __init__(self, saved: Any, top: RecordedArray, variable: Variable):
        self.saved = saved
        self.top = top
        self.variable = variable


@cache
def recorded_loops(primitive: Fused) -> Fused:
    """Give a primitive that runs the loops of another, and records that it did, where its operands are recorded."""

    def forward(*operands: Any, **parameters: Any) -> tuple[Any, Any]:
        top = _recorded_of(operands)
        output, saved = primitive.forward(*map(plain, operands), **parameters)
        if top is None:
            return output, saved
        results = tuple(output) if primitive.multiple else (output,)
        variables = [new_variable(top.graph, each) for each in results]
        kept = Kept(saved, top, _token(top))
        call = Call(_Forward(primitive, parameters), primitive.name)
        _note(top, call, operands, (*variables, kept.variable))
        recorded = [_wrapped(top, each, variable) for each, variable in zip(results, variables, strict=True)]
        return (rebuild(output, recorded) if primitive.multiple else recorded[0]), kept

    def backward(cotangents: Any, saved: Any, needed: Collection[int], **parameters: Any) -> Any:
        given = tuple(cotangents) if primitive.multiple else (cotangents,)
        top = saved.top if isinstance(saved, Kept) else None
        kept = saved.saved if isinstance(saved, Kept) else saved
        arrays = tuple(map(plain, given))
        flows = primitive.backward(arrays if primitive.multiple else arrays[0], kept, needed, **parameters)
        if top is None:
            return flows
        found = [position for position in needed if flows[position] is not None]
        variables = [new_variable(top.graph, flows[position]) for position in found]
        call = Call(_Backward(primitive, tuple(needed), tuple(found), parameters), f"{primitive.name}, back")
        _note(top, call, (*given, saved), variables)
        return {
            **dict.fromkeys(needed),
            **{p: _wrapped(top, flows[p], x) for p, x in zip(found, variables, strict=True)},
        }

    stand_in = Fused(
        primitive.function, primitive.layout, primitive.definition, forward, backward, multiple=primitive.multiple
    )
    _ORIGINALS[stand_in] = primitive
    stand_in.evaluate = lambda operands, parameters: forward(*operands, **parameters)[0]
    return stand_in


def original(primitive: Primitive) -> Primitive:
    """Give the primitive that another stands in for, itself if it does for none."""
    return _ORIGINALS.get(primitive, primitive)


_ORIGINALS: dict[Primitive, Primitive] = {}
"""By what stands in for them."""


class _Forward:
    """Runs a forward loop: its outputs, and last what it keeps."""

    def __init__(self, primitive: Fused, parameters: Mapping[str, Any]):
        self.primitive = primitive
        self.parameters = parameters

    def __call__(self, *operands: Any) -> tuple[Any, ...]:
        output, saved = self.primitive.forward(*operands, **self.parameters)
        return (*output, saved) if self.primitive.multiple else (output, saved)


class _Backward:
    """Runs a loop back, of cotangents and of what was kept, for those operands to which something flows."""

    def __init__(
        self, primitive: Fused, needed: tuple[int, ...], found: tuple[int, ...], parameters: Mapping[str, Any]
    ):
        self.primitive = primitive
        self.needed = needed
        self.found = found
        self.parameters = parameters

    def __call__(self, *cotangents_and_kept: Any) -> list[Array]:
        *cotangents, kept = cotangents_and_kept
        given = cotangents if self.primitive.multiple else cotangents[0]
        flows = self.primitive.backward(given, kept, self.needed, **self.parameters)
        return [flows[position] for position in self.found]


def _recorded_of(operands: Sequence[Any]) -> RecordedArray | None:
    return next((operand for operand in operands if isinstance(operand, RecordedArray)), None)


def _token(top: RecordedArray) -> Variable:
    """Make a variable for what is no array."""
    return new_variable(top.graph, np.empty((), object))


def _wrapped(top: RecordedArray, array: Array, variable: Variable) -> RecordedArray:
    return RecordedArray(top.level, array, variable, top.graph)


def _note(top: RecordedArray, call: Call, operands: Sequence[Any], outputs: Sequence[Variable]) -> None:
    known = tuple(
        x.variable if isinstance(x, RecordedArray | Kept) else constant_kept(x, top.graph.copies) for x in operands
    )
    top.graph.equations.append(Equation(call, known, {}, tuple(outputs)))
