"""The stages of a program in words: which loops it runs, what each reads, computes and keeps."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from ..engines.graph import Equation, Variable
from ..lowering.native.contractions import contraction
from ..lowering.native.schedule import REDUCTIONS, Stage
from ..lowering.native.views import Shape
from ..lowering.native.writer import Written
from ..primitives.indexing import accumulate
from ..structure import shape_of
from .counts import short_name
from .writing import Lines, entries, listed, times

TOTALS = {
    np.sum: "sums into {}",
    np.prod: "multiplies up into {}",
    np.max: "keeps the largest as {}",
    np.min: "keeps the smallest as {}",
    np.all: "tells in {} whether all are true",
    np.any: "tells in {} whether any is true",
}


@dataclass(frozen=True, slots=True)
class StageInWords:
    """A stage of a program.

    Args:
        shape: of the loop; () for numbers on their own; None for a stage that is one equation of another kind.
        equations: that it computes, in order.
        reads: the names of what others computed.
        constants: how many constant arrays it reads.
        computes: how often it calls which functions, sums aside.
        anew: the names of arrays that other stages compute too, as that is cheaper than to keep them.
        keeps: the names of arrays that it writes.
        totals: what it makes of all entries: "sums into v4".
    """

    shape: Shape | None
    equations: tuple[Equation, ...]
    reads: tuple[str, ...]
    constants: int
    computes: Mapping[str, int]
    anew: tuple[str, ...]
    keeps: tuple[str, ...]
    totals: tuple[str, ...]

    def __str__(self) -> str:
        constants = f"{self.constants} constant array{'s' if self.constants > 1 else ''}"
        reads = listed([*self.reads, *([constants] if self.constants else [])])
        if self.shape is None:
            return f"{_alone(self.equations[0], reads)} into {listed(self.keeps)}"
        parts = [
            f"reads {reads}" if reads else "",
            f"computes {times(self.computes)}" if self.computes else "",
            f"computes {listed(self.anew)} anew, which is cheaper than to keep" if self.anew else "",
            f"keeps {listed(self.keeps)}" if self.keeps else "",
            *self.totals,
        ]
        head = f"loop over {entries(self.shape)}" if self.shape else "numbers, one after the other"
        return f"{head}: {'; '.join(filter(None, parts))}"


def stages_of(program: Written, lines: Lines) -> list[StageInWords]:
    """Describe the stages of a program."""
    return [_described(number, stage, program, lines) for number, stage in enumerate(program.schedule.stages)]


def views_of(program: Written, lines: Lines) -> list[str]:
    """Write the equations of arrays that are others, seen otherwise: they take neither time nor memory."""
    known = program.schedule.views.keys() | program.schedule.same.keys()
    return [text for outputs, text in lines.texts.items() if outputs[0] in known]


def _described(number: int, stage: Stage, program: Written, lines: Lines) -> StageInWords:
    outputs = [equation.outputs[0] for equation in stage.equations]
    own = set(outputs)
    operands = [x for equation in stage.equations for x in equation.operands]
    totals = [equation for equation in stage.equations if _is_total(equation)]
    others = [equation for equation in stage.equations if not _is_total(equation)]
    kept = [x for x in outputs if x in program.offsets or x in program.in_place]
    added_up = {equation.outputs[0] for equation in totals}
    return StageInWords(
        shape=stage.shape,
        equations=tuple(stage.equations),
        reads=_names([x for x in operands if isinstance(x, Variable) and x not in own], lines),
        constants=len({id(x) for x in operands if not isinstance(x, Variable) and shape_of(x)}),
        computes=dict(Counter(map(short_name, others))),
        anew=_names([x for x in outputs if program.schedule.place[x] != number], lines),
        keeps=_names([x for x in kept if x not in added_up] if stage.shape is not None else outputs, lines),
        totals=tuple(_total(equation, lines) for equation in totals),
    )


def _names(variables: Collection[Variable], lines: Lines) -> tuple[str, ...]:
    return tuple(map(lines.name, dict.fromkeys(variables)))


def _is_total(equation: Equation) -> bool:
    return equation.primitive.function in REDUCTIONS and bool(shape_of(equation.operands[0]))


def _total(equation: Equation, lines: Lines) -> str:
    (output,) = equation.outputs
    words = TOTALS[equation.primitive.function].format(lines.name(output))
    return f"{words}, {entries(output.shape)}" if output.shape else words


def _alone(equation: Equation, reads: str) -> str:
    """Say what an equation does that is a stage of its own, and has one result."""
    function = equation.primitive.function
    if (product := contraction(equation)) is not None:
        return f"loop over {entries(tuple(product.lengths.values()))}: multiplies {reads}, and sums"
    if function in (np.stack, np.concatenate):
        return f"copies {reads}"
    return f"adds {reads}, each in its place," if function is accumulate else f"puts {reads}, among zeros,"
