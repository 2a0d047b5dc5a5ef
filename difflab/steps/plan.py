"""From the record of a step to instructions, one after the other, over a list of values.

Chains of elementwise operations and sums become programs of this machine; loops of fused primitives, views and what
programs lack are called as they are; changes of memory stay where they were in the order of the step.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np

from ..engines.graph import Equation, Graph, Guard, Variable
from ..engines.passes import optimized
from ..engines.passes.dead_code import remove_dead_code
from ..lowering.native.program import Program
from ..lowering.native.schedule import NotLowered, is_lowered
from ..lowering.native.views import is_look
from ..lowering.phases import phases
from ..pool import Pool
from ..types import Array
from .loops import Call
from .recorder import Effect

Values = list[Any]


class Instruction(NamedTuple):
    """What is done to the list of values, and the places that it reads or writes."""

    run: Callable[[Values], None]
    places: Sequence[int]


class GuardFailed(Exception):
    """The step would take another path; nothing has been changed."""


class Plan:
    """What a step does, to run again and again.

    Args:
        graph: the record; its guards come before the first change of memory.
        is_native: whether to make programs of what they can compute; else NumPy computes it.
    """

    def __init__(self, graph: Graph, *, is_native: bool):
        self.is_native = is_native
        self.template: Values = []
        """The values at the beginning: constants, None elsewhere."""
        self.places: dict[Variable, int] = {}
        graph = remove_dead_code(graph)
        self.pool = Pool()
        self._around = _one_thread_for_products(graph)
        for variable in graph.inputs:
            self._place(variable)
        instructions = list(self._instructions(graph))
        self.outputs = [(self._known(x), not isinstance(x, Variable)) for x in graph.outputs]
        self.steps = list(_letting_go(instructions, [place for place, _ in self.outputs]))
        """Each instruction with the places that nothing reads after it."""

    def run(self, inputs: Sequence[Array]) -> Values:
        """Carry the step out; gives the outputs.

        Raises:
            GuardFailed: the step would take another path; nothing has been changed.
        """
        values = self.template.copy()
        values[: len(inputs)] = inputs
        with self._around(), self.pool, np.errstate(divide="ignore", invalid="ignore"):
            for run, done in self.steps:
                run(values)
                for place in done:
                    values[place] = None
        return [np.copy(values[place]) if is_constant else values[place] for place, is_constant in self.outputs]

    def _place(self, variable: Variable) -> int:
        """Give the place of a variable in the list; a new one at first."""
        if variable not in self.places:
            self.places[variable] = len(self.template)
            self.template.append(None)
        return self.places[variable]

    def _known(self, x: Any) -> int:
        """Give the place of an operand, also of a constant."""
        if isinstance(x, Variable):
            return self._place(x)
        self.template.append(x)
        return len(self.template) - 1

    def _instructions(self, graph: Graph) -> Iterator[Instruction]:
        for segment, closing in _segments(graph):
            yield from self._computing(segment)
            if isinstance(closing, Guard):
                yield self._guard(closing)
            elif closing is not None:
                yield self._effect(closing)

    def _computing(self, segment: Graph) -> Iterator[Instruction]:
        native = _native(segment) if self.is_native else frozenset()
        for phase in phases(segment, lambda equation: id(equation) in native):
            if phase.is_native and (program := _program(phase.graph)) is not None:
                yield self._program(phase.graph, program)
            else:
                yield from map(self._call, phase.graph.equations)

    def _program(self, graph: Graph, program: Program) -> Instruction:
        reads, writes = [self._place(x) for x in graph.inputs], [self._place(x) for x in graph.outputs]

        def run(values: Values) -> None:
            results, _ = program.run([values[place] for place in reads])
            for place, result in zip(writes, results, strict=True):
                values[place] = result

        return Instruction(run, [*reads, *writes])

    def _call(self, equation: Equation) -> Instruction:
        function, parameters = equation.primitive.compute, equation.parameters
        reads, writes = [self._known(x) for x in equation.operands], [self._place(x) for x in equation.outputs]
        multiple = equation.primitive.multiple

        def run(values: Values) -> None:
            results = function(*[values[place] for place in reads], **parameters)
            if multiple:
                for place, result in zip(writes, results, strict=True):
                    values[place] = result
            else:
                values[writes[0]] = results

        return Instruction(run, [*reads, *writes])

    def _effect(self, equation: Equation) -> Instruction:
        effect = equation.primitive
        assert isinstance(effect, Effect)
        operands = [self._known(x) for x in equation.operands]
        outputs = [self._place(x) for x in equation.outputs]
        reads = operands[: effect.count]
        same = list(zip(outputs, operands[effect.count :], strict=False))

        def run(values: Values) -> None:
            result = effect.change([values[place] for place in reads])
            for new, old in same:
                values[new] = values[old]
            if effect.has_result:
                values[outputs[-1]] = result

        return Instruction(run, [*operands, *outputs])

    def _guard(self, guard: Guard) -> Instruction:
        place = self._place(guard.variable)

        def run(values: Values) -> None:
            if not guard.holds(values[place]):
                raise GuardFailed

        return Instruction(run, [place])


def _one_thread_for_products(graph: Graph) -> Callable[[], AbstractContextManager[None]]:
    """Give what loops do around each of their products, to be done once."""
    if not any(isinstance(equation.primitive, Call) for equation in graph.equations):
        return nullcontext
    from ..native.blas import products_in_one_thread

    return products_in_one_thread


def _segments(graph: Graph) -> Iterator[tuple[Graph, Equation | Guard | None]]:
    """Divide a record where it looks at a value, and where it changes memory; gives each part with what closes it."""
    parts: list[tuple[list[Equation], Equation | Guard | None]] = []
    begun: list[Equation] = []
    guards = list(graph.guards)
    for position, equation in enumerate(graph.equations):
        while guards and guards[0].after <= position:
            parts.append((begun, guards.pop(0)))
            begun = []
        if equation.primitive.changes_memory:
            parts.append((begun, equation))
            begun = []
        else:
            begun.append(equation)
    for guard in guards:
        parts.append((begun, guard))
        begun = []
    parts.append((begun, None))
    needed = {x for x in graph.outputs if isinstance(x, Variable)}
    divided = []
    for equations, closing in reversed(parts):
        needed |= _read_by(closing)
        divided.append((_segment(equations, needed), closing))
        needed |= {x for equation in equations for x in _variables(equation)}
    return reversed(divided)


def _segment(equations: Sequence[Equation], needed: Collection[Variable]) -> Graph:
    computed = {x: None for equation in equations for x in equation.outputs}
    read = dict.fromkeys(x for equation in equations for x in _variables(equation) if x not in computed)
    return Graph(list(read), list(equations), [x for x in computed if x in needed])


def _read_by(closing: Equation | Guard | None) -> set[Variable]:
    if isinstance(closing, Guard):
        return {closing.variable}
    return set() if closing is None else set(_variables(closing))


def _variables(equation: Equation) -> Iterator[Variable]:
    return (x for x in equation.operands if isinstance(x, Variable))


def _native(graph: Graph) -> set[int]:
    """Choose the equations for programs, by identity: those that compute, and views that only these need."""
    chosen: set[int] = set()
    elsewhere = {x for x in graph.outputs if isinstance(x, Variable)}
    for equation in reversed(graph.equations):
        function = equation.primitive.function
        is_view = is_look(function, equation.parameters) and not elsewhere.isdisjoint(equation.outputs)
        if function is not np.copy and not is_view and is_lowered(equation):
            chosen.add(id(equation))
        else:
            elsewhere.update(_variables(equation))
    return chosen


def _program(graph: Graph) -> Program | None:
    try:
        return Program(optimized(graph))
    except NotLowered:
        return None


def _letting_go(
    instructions: Sequence[Instruction], kept: Collection[int]
) -> Iterator[tuple[Callable[[Values], None], Sequence[int]]]:
    last = {place: number for number, instruction in enumerate(instructions) for place in instruction.places}
    for number, instruction in enumerate(instructions):
        done = {place for place in instruction.places if last[place] == number and place not in kept}
        yield instruction.run, tuple(done)
