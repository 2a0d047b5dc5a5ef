"""The text of a program: its stages in order, each as straight lines or a loop, between arrays in memory."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np

from ...engines.graph import Equation, Graph, Variable
from ...primitives.indexing import accumulate, gather
from ...structure import shape_of
from .contractions import Contraction, contraction, loads_of
from .instructions import ARITHMETIC, C_FUNCTIONS, CONDITIONS, converted
from .loops import Loop, Memory, Reduction
from .recomputation import recomputed
from .schedule import REDUCTIONS, NotLowered, Schedule, Stage, scheduled
from .storage import arranged
from .text import Number, Text, kind_of, literal
from .threads import write
from .views import Constant, Shape, View, row_by_row

NANOSECONDS = 0.1
"""What simple arithmetic takes of an entry, roughly."""


class Written:
    """A program as text.

    Args:
        text: the module, with a function `run(inputs…, outputs…, constants…, memory)` of pointers.
        schedule: its stages.
        constants: the constant arrays, in order.
        offsets: where in the memory that it computes in each array begins, in bytes.
        in_place: the arrays that are computed where they are returned.
        bytes: of the memory that it computes in.
        has_loops: whether there are any.
    """

    def __init__(
        self, text: Text, schedule: Schedule, offsets: dict[Variable, int], in_place: Collection[Variable], size: int
    ):
        self.text = text.module()
        self.schedule = schedule
        self.constants = schedule.constants
        self.offsets = offsets
        self.in_place = in_place
        self.bytes = size
        self.has_loops = text.has_loops


def written(graph: Graph, *, has_status: bool = False) -> Written:
    """Write a graph without guards as a program; its outputs are arrays of their own, the status is returned.

    Raises:
        NotLowered: an equation is none that programs have.
    """
    try:
        return _Writer(graph, has_status).write()
    except NotImplementedError as error:
        raise NotLowered(str(error)) from error


class _Writer:
    def __init__(self, graph: Graph, has_status: bool):
        self.graph = graph
        self.schedule: Schedule = scheduled(graph)
        recomputed(self.schedule)
        computed = [x for x in graph.outputs if isinstance(x, Variable)]
        is_computed = has_status and isinstance(graph.outputs[-1], Variable)
        self.results = self.schedule.outputs[: len(computed) - is_computed]
        self.status = self.schedule.outputs[-1] if is_computed else graph.outputs[-1] if has_status else np.int64(0)
        self.pointers: dict[Any, str] = {}
        self.numbers: dict[Any, Number] = {}
        self.read: dict[tuple[Any, int], Number] = {}
        self.text = Text(f"i64 @run({self.parameters()})")
        self.memory = Memory(self.text, self.pointers, self.numbers)

    def parameters(self) -> str:
        inputs = [f"ptr noalias readonly %i{n}" for n in range(len(self.graph.inputs))]
        outputs = [f"ptr noalias %o{n}" for n in range(len(self.results))]
        constants = [f"ptr noalias readonly %c{n}" for n in range(len(self.schedule.constants))]
        return ", ".join([*inputs, *outputs, *constants, "ptr noalias %m"])

    def write(self) -> Written:
        offsets, size = self.arrange()
        for stage in self.schedule.stages:
            self.write_stage(stage)
        self.write_outputs()
        status = _as(self.text, self.number(self.status), "i64")
        self.text.line(f"ret i64 {status.text}")
        return Written(self.text, self.schedule, offsets, self.direct.keys(), size)

    def arrange(self) -> tuple[dict[Variable, int], int]:
        """Give every array a place; gives the offsets of those in memory, and the bytes that this takes."""
        for n, variable in enumerate(self.graph.inputs):
            self.pointers[variable] = f"%i{n}"
        for n, constant in enumerate(self.schedule.constants):
            self.pointers[Constant(n, constant.dtype)] = f"%c{n}"
        self.direct = self.outputs_in_place()
        for variable, name in self.direct.items():
            self.pointers[variable] = name
        offsets, size = arranged(self.schedule, frozenset(self.direct))
        for n, (variable, offset) in enumerate(offsets.items()):
            self.pointers[variable] = f"%m{n}"
            self.text.line(f"%m{n} = getelementptr i8, ptr %m, i64 {offset}")
        return offsets, size

    def outputs_in_place(self) -> dict[Variable, str]:
        """Find the outputs that can be computed where they are returned, and name the pointers."""
        places: dict[Variable, str] = {}
        for n, output in enumerate(self.results):
            is_computed = self.schedule.place.get(output, -1) >= 0
            if output.shape and is_computed and output not in places:
                places[output] = f"%o{n}"
        return places

    def write_stage(self, stage: Stage) -> None:
        if stage.shape is None:
            self.write_alone(stage.equations[0])
        elif stage.shape:
            self.write_loop(stage, stage.shape)
        else:
            for equation in stage.equations:
                self.write_number(equation)

    def write_number(self, equation: Equation) -> None:
        (output,) = equation.outputs
        numbers = [self.number(operand) for operand in equation.operands]
        self.numbers[output] = self.computed(self.text, equation, numbers)

    def number(self, operand: Any) -> Number | Any:
        """Give a scalar operand, read from memory if it stands there; a Python number stays one."""
        if not isinstance(operand, Variable):
            return operand if np.ndim(operand) == 0 else np.asarray(operand).item()
        if operand in self.numbers:
            return self.numbers[operand]
        view = self.schedule.view(operand)
        key = view.source, view.offset
        if key not in self.read:
            self.read[key] = self.memory.read(view, str(view.offset))
        return self.read[key]

    def computed(self, text: Text, equation: Equation, operands: Sequence[Any]) -> Number:
        """Write an elementwise equation of numbers; operands that are no `Number` are constants."""
        function = equation.primitive.function
        result = _kind(equation.outputs[0].dtype)
        if function in REDUCTIONS or function is gather or (function not in ARITHMETIC and function not in CONDITIONS):
            return _as(text, operands[0], result)  # of one entry, or looked at otherwise
        kind = _common_kind(equation) if function in CONDITIONS else result
        given = [_as(text, operand, kind) for operand in operands[1:]]
        first = "i1" if function is np.where else kind
        numbers = [_as(text, operands[0], first), *given]
        emit = CONDITIONS[function] if function in CONDITIONS else ARITHMETIC[function]
        return _as(text, emit(text, numbers, kind), result)

    def write_loop(self, stage: Stage, shape: Shape) -> None:
        """Write the equations of a stage as one loop."""
        reduced = [equation for equation in stage.equations if equation.primitive.function in REDUCTIONS]
        others = [equation for equation in stage.equations if equation.primitive.function not in REDUCTIONS]
        computed = dict.fromkeys(equation.outputs[0] for equation in others)
        views = list(dict.fromkeys(self.read_by(stage, shape, computed)))
        stored = [x for x in computed if x in self.pointers]
        reductions = [self.reduction(equation, shape) for equation in reduced]
        for equation, reduction in zip(reduced, reductions, strict=True):
            if reduction.is_array:
                self.fill(equation.outputs[0], reduction.begin)

        def body(text: Text, numbers: Sequence[Number]) -> list[Number]:
            entries: dict[Any, Any] = dict(zip(views, numbers, strict=True))
            for equation in stage.equations:
                operands = [self.entry(operand, shape, entries) for operand in equation.operands]
                entries[equation.outputs[0]] = self.computed(text, equation, operands)
            return [entries[x] for x in [*stored, *(equation.outputs[0] for equation in reduced)]]

        loop = Loop(shape, views, body, [View.whole(x, x.shape) for x in stored], reductions)
        work = math.prod(shape) * sum(_nanoseconds(equation) for equation in stage.equations)
        for equation, total in zip(reduced, write(self.memory, loop, work), strict=True):
            if total is not None:
                self.finish(equation.outputs[0], total)

    def read_by(self, stage: Stage, shape: Shape, computed: Collection[Variable]) -> Iterator[View]:
        for equation in stage.equations:
            for operand in equation.operands:
                if shape_of(operand) == () and not isinstance(operand, Variable):
                    continue
                if operand not in computed if isinstance(operand, Variable) else True:
                    yield self.operand_view(operand).spread(shape)

    def operand_view(self, operand: Any) -> View:
        """Say where an operand stands; each constant array has one place."""
        if isinstance(operand, Variable):
            return self.schedule.view(operand)
        return self.schedule.constant_view(operand)

    def entry(self, operand: Any, shape: Shape, entries: Mapping[Any, Any]) -> Any:
        if isinstance(operand, Variable):
            return entries[operand] if operand in entries else entries[self.schedule.view(operand).spread(shape)]
        if shape_of(operand) == ():
            return operand
        return entries[self.operand_view(operand).spread(shape)]

    def reduction(self, equation: Equation, shape: Shape) -> Reduction:
        (output,) = equation.outputs
        axis = equation.parameters.get("axis")
        rank = len(shape)
        axes = range(rank) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        gone = {each % rank for each in axes}
        kept = tuple(1 if n in gone else length for n, length in enumerate(shape))
        strides = tuple(0 if n in gone else stride for n, stride in enumerate(row_by_row(kept)))
        return Reduction(equation.primitive.function, _kind(output.dtype), View(output, output.shape, strides))

    def fill(self, array: Variable, number: Number) -> None:
        """Write a number into every entry of an array."""
        Loop(array.shape, [], lambda *_: [number], [View.whole(array, array.shape)]).write(self.memory)

    def write_alone(self, equation: Equation) -> None:
        function, (output,) = equation.primitive.function, equation.outputs
        if (found := contraction(equation)) is not None:
            self.write_product(found, equation, output)
        elif function in (np.stack, np.concatenate):
            self.write_joined(equation, output)
        elif function is accumulate:
            self.write_accumulated(equation, output)
        else:
            self.write_scattered(equation, output)

    def write_product(self, found: Contraction, equation: Equation, output: Variable) -> None:
        """Write a product of arrays as a loop over all axes, with sums over those that the result has not."""
        views = [self.schedule.view(operand) for operand in equation.operands]
        whole = View.whole(output, output.shape)
        order = found.order([*views, whole])
        shape = tuple(found.lengths[letter] for letter in order)
        kind = _kind(output.dtype)
        place = View(output, output.shape, found.strides(whole, found.result, order))
        total = Reduction(np.sum, kind, place)

        def body(text: Text, numbers: Sequence[Number]) -> list[Number]:
            product, *others = (_as(text, number, kind) for number in numbers)
            for other in others:
                product = text.assign(f"fmul {kind} {product.text}, {other.text}", kind)
            return [product]

        if total.is_array:
            self.fill(output, total.begin)
        loop = Loop(shape, loads_of(found, views, order), body, reductions=[total])
        (result,) = write(self.memory, loop, found.multiplications * NANOSECONDS)
        if result is not None:
            self.finish(output, result)

    def finish(self, output: Variable, result: Number) -> None:
        """Keep a result of one entry: as a number, or in the array that it is."""
        if output.shape:
            self.memory.write(View.whole(output, output.shape), "0", result)
        else:
            self.numbers[output] = result

    def write_joined(self, equation: Equation, output: Variable) -> None:
        for operand, place in zip(equation.operands, _pieces(equation, output), strict=True):
            self.copy(operand, place)

    def write_scattered(self, equation: Equation, output: Variable) -> None:
        self.fill(output, literal(0, _kind(output.dtype)))
        (values,) = equation.operands
        place = View.whole(output, output.shape).after(gather, equation.parameters, ())
        if place is None:
            raise NotLowered(equation.primitive.name)
        self.copy(values, place)

    def write_accumulated(self, equation: Equation, output: Variable) -> None:
        """Add up numbers for one entry before they are written, and arrays in memory."""
        kind = _kind(output.dtype)
        numbers: dict[int, Number] = {}
        arrays: list[tuple[Any, View]] = []
        for value, template in zip(equation.operands, equation.parameters["templates"], strict=True):
            place = View.whole(output, output.shape).after(gather, {"template": template}, ())
            assert place is not None  # indexing never copies
            if place.shape or shape_of(value):
                arrays.append((value, place))
                continue
            number = _as(self.text, self.number(value), kind)
            known = numbers.get(place.offset)
            numbers[place.offset] = number if known is None else _sum(self.text, known, number)
        is_complete = not arrays and len(numbers) == math.prod(output.shape)
        if not is_complete:
            self.write_sum(arrays, output, kind)
        for offset, number in numbers.items():
            place = View(output, (), (), offset)
            total = number if is_complete else _sum(self.text, self.memory.read(place, str(offset)), number)
            self.memory.write(place, str(offset), total)

    def write_sum(self, arrays: Sequence[tuple[Any, View]], output: Variable, kind: str) -> None:
        """Add arrays up where they belong; the first is copied if it is a whole one, else added to zeros."""
        if arrays and arrays[0][1] == View.whole(output, output.shape):
            self.copy(*arrays[0])
            arrays = arrays[1:]
        else:
            self.fill(output, literal(0, kind))
        for value, place in arrays:
            self.add(value, place, kind)

    def add(self, value: Any, place: View, kind: str) -> None:
        """Add an operand to a part of an array, repeated as broadcasting does."""
        if not shape_of(value) and not isinstance(value, Variable):
            loads, constant = [place], [value]
        else:
            loads, constant = [place, self.operand_view(value).spread(place.shape)], []

        def body(text: Text, numbers: Sequence[Number]) -> list[Number]:
            before, term = (_as(text, number, kind) for number in [*numbers, *constant])
            return [_sum(text, before, term)]

        Loop(place.shape, loads, body, [place]).write(self.memory)

    def copy(self, operand: Any, place: View) -> None:
        """Write an operand into a part of an array, repeated as broadcasting does."""
        kind = _kind(place.source.dtype)
        if not shape_of(operand) and not place.shape:
            self.memory.write(place, str(place.offset), _as(self.text, self.number(operand), kind))
            return
        if not shape_of(operand) and not isinstance(operand, Variable):
            Loop(place.shape, [], lambda *_: [literal(operand, kind)], [place]).write(self.memory)
            return
        source = self.operand_view(operand).spread(place.shape)
        Loop(place.shape, [source], lambda text, numbers: [_as(text, numbers[0], kind)], [place]).write(self.memory)

    def write_outputs(self) -> None:
        for n, output in enumerate(self.results):
            name = f"%o{n}"
            if self.direct.get(output) == name:
                continue
            target = Variable(next(_NUMBERS), output.shape, output.dtype)
            self.pointers[target] = name
            self.copy(output, View.whole(target, output.shape))


_NUMBERS = count(-1, -1)


def _pieces(equation: Equation, output: Variable) -> Iterator[View]:
    """Give the parts of a stack, or a concatenation, that its operands go to."""
    whole = View.whole(output, output.shape)
    axis = equation.parameters.get("axis", 0)
    if axis is None:
        start = 0
        for operand in equation.operands:
            shape = shape_of(operand)
            yield View(output, shape, row_by_row(shape), start)
            start += int(np.prod(shape))
        return
    axis = axis % len(output.shape)
    start = 0
    for operand in equation.operands:
        is_stack = equation.primitive.function is np.stack
        part: Any = start if is_stack else slice(start, start + shape_of(operand)[axis])
        view = whole.after(gather, {"template": (*(slice(None),) * axis, part)}, ())
        assert view is not None
        yield view
        start += 1 if is_stack else shape_of(operand)[axis]


def _sum(text: Text, left: Number, right: Number) -> Number:
    return text.assign(f"{'add' if left.kind == 'i64' else 'fadd'} {left.kind} {left.text}, {right.text}", left.kind)


def _nanoseconds(equation: Equation) -> float:
    """Say roughly what an equation takes of an entry."""
    return NANOSECONDS * (8 if equation.primitive.function in C_FUNCTIONS else 1)


def _as(text: Text, number: Any, kind: str) -> Number:
    return converted(text, number, kind) if isinstance(number, Number) else literal(number, kind)


def _common_kind(equation: Equation) -> str:
    """Say as which kind operands are compared."""
    return _kind(np.result_type(*(x.dtype if isinstance(x, Variable) else x for x in equation.operands)))


def _kind(dtype: Any) -> str:
    kind = kind_of(dtype)
    if kind is None:
        raise NotLowered(f"arrays of {dtype}")
    return kind
