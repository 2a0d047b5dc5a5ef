"""The order in which a program computes: stages one after the other, each a loop or numbers on their own.

Equations over arrays of one shape share a loop where each needs of the others only the entries at the same place; sums
and maxima are taken in the loop that computes what they sum. An array takes memory only if another stage reads it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...engines.graph import Equation, Graph, Variable
from ...primitives.indexing import accumulate, scatter
from ...primitives.table import TABLE
from ...structure import shape_of
from .contractions import is_written_as_loops
from .instructions import ARITHMETIC, CONDITIONS
from .text import kind_of
from .views import Constant, Shape, View, is_look

REDUCTIONS = (np.sum, np.prod, np.max, np.min, np.all, np.any)


class NotLowered(Exception):
    """A program of this kind cannot compute an equation; says which function."""


@dataclass(slots=True)
class Stage:
    """What is computed together.

    Args:
        shape: of the loop; () for numbers on their own; None for a stage that is one equation of another kind.
        equations: in order.
    """

    shape: Shape | None
    equations: list[Equation] = field(default_factory=list)


@dataclass(slots=True)
class Schedule:
    """The stages of a program, and where the arrays are that they read."""

    stages: list[Stage] = field(default_factory=list)
    place: dict[Variable, int] = field(default_factory=dict)
    """The stage that computes each variable; inputs are there before the first."""
    views: dict[Variable, View] = field(default_factory=dict)
    """The variables that are other arrays, seen otherwise."""
    same: dict[Variable, Variable] = field(default_factory=dict)
    """The variables that are other arrays as they are."""
    constants: list[Any] = field(default_factory=list)
    """Constant arrays."""
    originals: list[Any] = field(default_factory=list)
    """The same as the graph has them, perhaps not row by row."""
    numbers: dict[int, int] = field(default_factory=dict)
    """Which of them each is, by identity."""
    stored: set[Variable] = field(default_factory=set)
    """The arrays that take memory."""
    outputs: list[Variable] = field(default_factory=list)

    def view(self, operand: Any) -> View:
        """Say where the entries of an operand stand."""
        if isinstance(operand, Variable):
            return self.views.get(operand) or View.whole(operand, operand.shape)
        return self.constant_view(operand)

    def constant_view(self, array: Any) -> View:
        """Say where a constant array stands."""
        if id(array) not in self.numbers:
            _require_array(array)
            self.numbers[id(array)] = len(self.constants)
            self.constants.append(np.ascontiguousarray(array))
            self.originals.append(array)
        return View.whole(Constant(self.numbers[id(array)], array.dtype), array.shape)

    def source(self, operand: Variable) -> Any:
        """Give the array that has the entries of a variable in memory, or itself."""
        return self.views[operand].source if operand in self.views else operand


def scheduled(graph: Graph) -> Schedule:
    """Put the equations of a graph into stages.

    Raises:
        NotLowered: an equation, or the dtype of an array, is none that programs have.
    """
    return _Scheduler(graph).run()


class _Scheduler:
    def __init__(self, graph: Graph):
        self.graph = graph
        self.result = Schedule()
        self.last: dict[Shape, list[int]] = {}
        """The stages of each shape, in order."""
        self.entries: set[Variable] = set()
        """What is computed entry by entry."""

    def run(self) -> Schedule:
        for variable in self.graph.inputs:
            _require_kind(variable)
            self.result.place[variable] = -1
        for equation in self.graph.equations:
            self.add(equation)
        outputs = [output for output in self.graph.outputs if isinstance(output, Variable)]
        self.result.outputs = [self.result.same.get(output, output) for output in outputs]
        self.result.stored.update(self.read_elsewhere())
        return self.result

    def add(self, equation: Equation) -> None:
        require_lowered(equation)
        same = self.result.same
        if any(isinstance(x, Variable) and x in same for x in equation.operands):
            operands = tuple(same.get(x, x) if isinstance(x, Variable) else x for x in equation.operands)
            equation = replace(equation, operands=operands)
        function, (output,) = equation.primitive.function, equation.outputs
        for operand in equation.operands:
            if not isinstance(operand, Variable) and shape_of(operand):
                self.result.constant_view(operand)
        if is_look(function, equation.parameters):
            self.look(equation, output)
        elif function in REDUCTIONS:
            self.reduce(equation)
        elif function in ARITHMETIC or function in CONDITIONS:
            self.place(equation, output.shape)
            self.entries.add(output)
        elif function is scatter and not output.shape:
            self.see(output, replace(self.result.view(equation.operands[0]), shape=(), strides=()))
        else:
            self.alone(equation)

    def look(self, equation: Equation, output: Variable) -> None:
        (operand,) = equation.operands
        function, parameters = equation.primitive.function, equation.parameters
        view = self.result.view(operand).after(function, parameters, output.shape)
        if view is None:
            view = self.reshaped_copy(operand, parameters, output.shape)
        self.see(output, view)

    def see(self, output: Variable, view: View) -> None:
        """Let a variable be what is seen of another array, or all of it."""
        source = view.source
        if isinstance(source, Variable) and source.shape == output.shape and view == View.whole(source, source.shape):
            self.result.same[output] = source
        else:
            self.result.views[output] = view

    def reshaped_copy(self, operand: Any, parameters: Mapping[str, Any], shape: Shape) -> View:
        """Reshape an array whose entries do not stand in that order: copy it first, so that they do."""
        view = self.result.view(operand)
        if is_backwards := parameters.get("order", "C") == "F":  # the first axis is the fastest: that of the transpose
            view, shape = view.transposed, shape[::-1]
        seen, ordered = (Variable(-1, view.shape, operand.dtype) for _ in range(2))
        self.result.views[seen] = view
        primitive: Any = TABLE[np.copy]
        self.place(Equation(primitive, (seen,), {}, (ordered,)), view.shape)
        reshaped = View.whole(ordered, shape)
        return reshaped.transposed if is_backwards else reshaped

    def reduce(self, equation: Equation) -> None:
        (operand,) = equation.operands
        self.place(equation, operand.shape)
        if not operand.shape:
            self.entries.add(equation.outputs[0])

    def place(self, equation: Equation, shape: Shape) -> None:
        """Put an equation into the first stage of a shape that comes late enough, or into a new one."""
        earliest = max((self.ready(operand, shape) for operand in equation.operands), default=0)
        stages = self.last.setdefault(shape, [])
        at = bisect_left(stages, earliest)
        if at == len(stages):
            stages.append(len(self.result.stages))
            self.result.stages.append(Stage(shape))
        number = stages[at]
        self.result.stages[number].equations.append(equation)
        self.result.place[equation.outputs[0]] = number

    def alone(self, equation: Equation) -> None:
        self.result.place[equation.outputs[0]] = len(self.result.stages)
        self.result.stages.append(Stage(None, [equation]))
        self.result.stored.add(equation.outputs[0])

    def ready(self, operand: Any, shape: Shape) -> int:
        """Say from which stage on a loop of a shape may read an operand."""
        if not isinstance(operand, Variable):
            return 0
        source = self.result.source(operand)
        if isinstance(source, Constant):
            return 0
        stage = self.result.place[source]
        at_the_same_place = operand is source and stage >= 0 and self.is_entry_of_loop(source, stage, shape)
        return stage if at_the_same_place else stage + 1

    def is_entry_of_loop(self, variable: Variable, number: int, shape: Shape) -> bool:
        """Say whether a stage computes a variable, entry by entry, in a loop of a shape."""
        return self.result.stages[number].shape == shape == variable.shape and variable in self.entries

    def read_elsewhere(self) -> Iterator[Variable]:
        """Find the arrays that are read by another stage than that which computes them, or not entry by entry."""
        computed = {variable for variable, number in self.result.place.items() if number >= 0}
        for operand, number, shape in self.uses():
            source = self.result.source(operand)
            if source not in computed:
                continue
            if source is not operand or self.result.place[source] != number or source.shape != shape:
                yield source

    def uses(self) -> Iterable[tuple[Variable, int, Shape | None]]:
        for number, stage in enumerate(self.result.stages):
            for equation in stage.equations:
                for operand in equation.operands:
                    if isinstance(operand, Variable):
                        yield operand, number, stage.shape
        yield from ((output, len(self.result.stages), None) for output in self.result.outputs)


def is_lowered(equation: Equation) -> bool:
    """Say whether programs have such an equation."""
    try:
        require_lowered(equation)
    except NotLowered:
        return False
    return True


def require_lowered(equation: Equation) -> None:
    """Raise `NotLowered` unless programs have such an equation."""
    function, parameters = equation.primitive.function, equation.parameters
    known = (
        function in ARITHMETIC
        or function in CONDITIONS
        or (function in REDUCTIONS and _is_reduction_of_variable(equation))
        or is_look(function, parameters)
        or function in (np.stack, np.concatenate)
        or is_static_scatter(equation)
        or function is accumulate
        or is_written_as_loops(equation)
    )
    if not known or len(equation.outputs) > 1:
        raise NotLowered(equation.primitive.name)
    for x in (*equation.operands, *equation.outputs):
        if isinstance(x, Variable):
            _require_kind(x)
        elif shape_of(x):
            _require_array(x)


def _is_reduction_of_variable(equation: Equation) -> bool:
    return isinstance(equation.operands[0], Variable) and equation.parameters.get("dtype") is None


def _require_array(constant: Any) -> None:
    if type(constant) is not np.ndarray or not constant.size or kind_of(constant.dtype) is None:
        raise NotLowered(f"the constant {constant!r}")


def is_static_scatter(equation: Equation) -> bool:
    """Say whether an equation puts entries at places that are known, each at one of its own."""
    return equation.primitive.function is scatter and len(equation.operands) == 1


def _require_kind(variable: Variable) -> None:
    if kind_of(variable.dtype) is None or 0 in variable.shape:
        raise NotLowered(f"arrays of {variable.dtype} and shape {variable.shape}")
