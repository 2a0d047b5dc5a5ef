"""The comparison that the tests of random programs make finds faults that are planted in the compiler."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from difflab.engines import passes
from difflab.engines.graph import Graph, Variable
from difflab.engines.passes import common_subexpressions, status
from difflab.interface import Differentiator
from difflab.lowering import numpy_source, replay
from difflab.lowering.native import instructions, loops, schedule, views, writer
from difflab.lowering.native.views import View, row_by_row
from difflab.methods import ForwardCompiled, ReverseCompiled
from tests.compiled.agreement import disagreements, operators_of
from tests.compiled.drawing import POINTS, random_program

PROGRAMS = 160
"""Those that the tests of every day compare."""
Plant = Callable[[pytest.MonkeyPatch], None]


def is_found(method: Differentiator) -> bool:
    """Say whether the comparison fails for one of the programs, or takes more paths than there are points."""
    for seed in range(PROGRAMS):
        program = random_program(seed)
        try:
            if disagreements(program, method, operators_of(program)[:1], rounds=1)[0]:
                return True
        except UserWarning as warning:
            return "took more than" in str(warning)
    return False


def arithmetic(function: Any, instead: Any) -> Plant:
    """Compute another function."""
    return lambda patch: patch.setitem(instructions.ARITHMETIC, function, instructions.ARITHMETIC[instead])


def condition(function: Any, instead: Any) -> Plant:
    return lambda patch: patch.setitem(instructions.CONDITIONS, function, instructions.CONDITIONS[instead])


def swapped_choice(patch: pytest.MonkeyPatch) -> None:
    choice = instructions.ARITHMETIC[np.where]
    patch.setitem(instructions.ARITHMETIC, np.where, lambda text, x, kind: choice(text, [x[0], x[2], x[1]], kind))


def begins(function: Any, number: float) -> Plant:
    return lambda patch: patch.setitem(loops._BEGIN, function, number)


def memory_shared(patch: pytest.MonkeyPatch) -> None:
    """Put all arrays at one place."""
    arranged = writer.arranged

    def overlapping(*arguments: Any) -> Any:
        offsets, size = arranged(*arguments)
        return dict.fromkeys(offsets, 0), size

    patch.setattr(writer, "arranged", overlapping)


def strides_of_rows(patch: pytest.MonkeyPatch) -> None:
    """Take a transpose for what it is the transpose of."""
    after = View.after

    def wrong(self: View, function: Any, parameters: Any, shape: Any) -> Any:
        found = after(self, function, parameters, shape)
        return replace(found, strides=found.strides[::-1]) if found and function is np.transpose else found

    patch.setattr(View, "after", wrong)


def repeated_entries_stepped_over(patch: pytest.MonkeyPatch) -> None:
    def wrong(self: View, shape: Any) -> View:
        kept = (0,) * (len(shape) - len(self.shape)) + self.strides
        return replace(self, shape=shape, strides=kept)

    patch.setattr(View, "spread", wrong)


def an_entry_too_far(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(views, "_counted", lambda position, view: (position + 1) % view.shape[0])


def reshaped_as_it_lies(patch: pytest.MonkeyPatch) -> None:
    def wrong(self: Any, operand: Any, parameters: Any, shape: Any) -> View:
        return replace(self.result.view(operand), shape=shape, strides=row_by_row(shape))

    patch.setattr(schedule._Scheduler, "reshaped_copy", wrong)


def dropped_equation(function: Any) -> Plant:
    """Let a pass give an operand of the last call of a function for its result."""

    def drop(graph: Graph) -> Graph:
        for equation in reversed(graph.equations):
            (output, *_), operands = equation.outputs, equation.operands
            alike = [
                x for x in operands if isinstance(x, Variable) and (x.shape, x.dtype) == (output.shape, output.dtype)
            ]
            if equation.primitive.function is function and alike:
                return without(graph, equation, alike[0])
        return graph

    return lambda patch: patch.setattr(passes, "PASSES", (*passes.PASSES, drop))


def without(graph: Graph, dropped: Any, instead: Variable) -> Graph:
    def put(operands: Any) -> tuple[Any, ...]:
        return tuple(instead if x is dropped.outputs[0] else x for x in operands)

    kept = [replace(one, operands=put(one.operands)) for one in graph.equations if one is not dropped]
    return replace(graph, equations=kept, outputs=list(put(graph.outputs)))


def parameters_ignored(patch: pytest.MonkeyPatch) -> None:
    """Take a sum along one axis, or one slice, for another of the same array and shape."""
    content = common_subexpressions.content
    patch.setattr(common_subexpressions, "content", lambda value: None if isinstance(value, dict) else content(value))


def guards_that_always_pass(patch: pytest.MonkeyPatch) -> None:
    def passes_always(self: Any, variable: Variable, expected: Any) -> Any:
        return self.apply(np.any, self.apply(np.not_equal, np.isnan(expected), np.isnan(expected)))

    patch.setattr(status._Writer, "fails", passes_always)


def the_first_guard_alone(patch: pytest.MonkeyPatch) -> None:
    written = status._Writer.written

    def forgetful(self: Any, derivatives: Any) -> Graph:
        self.graph = replace(self.graph, guards=self.graph.guards[:1])
        return written(self, derivatives)

    patch.setattr(status._Writer, "written", forgetful)


def minus_for_plus(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(numpy_source._INFIX, np.subtract, "+")


def forwards_for_backwards(patch: pytest.MonkeyPatch) -> None:
    index = numpy_source._index
    patch.setattr(numpy_source, "_index", lambda part: index(slice(None) if part == slice(None, None, -1) else part))


INSTRUCTIONS: dict[str, Plant] = {
    "a sum for a difference": arithmetic(np.subtract, np.add),
    "a product for a quotient": arithmetic(np.divide, np.multiply),
    "a sine for a cosine": arithmetic(np.cos, np.sin),
    "an arctangent for a tanh": arithmetic(np.tanh, np.arctan),
    "another base": arithmetic(np.exp, np.exp2),
    "no sign": arithmetic(np.negative, np.positive),
    "the smaller for the larger": arithmetic(np.maximum, np.minimum),
    "less for greater": condition(np.greater, np.less),
    "or for and": condition(np.bitwise_and, np.bitwise_or),
    "the other choice": swapped_choice,
    "no root": arithmetic(np.sqrt, np.absolute),
    "sums that begin at 1": begins(np.sum, 1),
    "maxima that begin at 5": begins(np.max, 5),
}
WHERE_ARRAYS_ARE: dict[str, Plant] = {
    "one place for all arrays": memory_shared,
    "a transpose that is none": strides_of_rows,
    "no repetition": repeated_entries_stepped_over,
    "the next entry": an_entry_too_far,
    "a reshape of what is not in order": reshaped_as_it_lies,
}
PASSES: dict[str, Plant] = {
    "an addition is dropped": dropped_equation(np.add),
    "a product is dropped": dropped_equation(np.multiply),
    "parameters are ignored": parameters_ignored,
}
GUARDS: dict[str, Plant] = {
    "guards always pass": guards_that_always_pass,
    "all but one guard are forgotten": the_first_guard_alone,
}
SOURCE: dict[str, Plant] = {"another sign": minus_for_plus, "another order": forwards_for_backwards}


FAULTS = INSTRUCTIONS | WHERE_ARRAYS_ARE | PASSES | GUARDS


@pytest.fixture(autouse=True)
def _few_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards that are wrong fail at all points, and have traces taken over and over."""
    monkeypatch.setattr(replay, "LIMIT", POINTS)


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_programs_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FAULTS[name](monkeypatch)
    assert is_found((ReverseCompiled("native"), ForwardCompiled("native"))[list(FAULTS).index(name) % 2])


@pytest.mark.parametrize("name", [*SOURCE, *PASSES, *GUARDS])
def test_faults_of_source_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (SOURCE | PASSES | GUARDS)[name](monkeypatch)
    assert is_found(ReverseCompiled("source"))
