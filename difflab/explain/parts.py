"""What a graph is lowered to: programs of this machine, and between them NumPy, with the reasons why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from ..engines.graph import Equation, Graph
from ..lowering.native.contractions import contraction
from ..lowering.native.entrance import layout_is_known
from ..lowering.native.instructions import ARITHMETIC, CONDITIONS
from ..lowering.native.machine import seconds_to_translate
from ..lowering.native.schedule import REDUCTIONS, NotLowered, is_lowered, require_lowered
from ..lowering.native.writer import written
from ..lowering.phases import phases
from ..primitives.indexing import gather, scatter
from .memory import Memory, memory_of
from .stages import StageInWords, stages_of, views_of
from .writing import Lines

KNOWN = {*ARITHMETIC, *CONDITIONS, *REDUCTIONS, gather, scatter, np.stack, np.concatenate}
"""Functions that programs have, with most operands."""


@dataclass(frozen=True)
class Part:
    """A part of a graph, and what runs it.

    Args:
        is_native: whether it is a program of this machine; else NumPy runs it.
        graph: what it computes.
        reasons: why NumPy runs it, each once.
        equations: what it runs then, as text.
        stages: of the program, in order.
        views: arrays of the program that are others, seen otherwise, as equations.
        divided: how many of its loops several threads share.
        memory: of the program.
        llvm: the program in LLVM's language.
        writing: seconds that writing the program took.
        translating: seconds that LLVM took to optimize and translate it; a call takes that from the disk if it can.
    """

    is_native: bool
    graph: Graph
    reasons: tuple[str, ...] = ()
    equations: tuple[str, ...] = ()
    stages: tuple[StageInWords, ...] = ()
    views: tuple[str, ...] = ()
    divided: int = 0
    memory: Memory | None = None
    llvm: str = ""
    writing: float = 0.0
    translating: float = 0.0


def parts_of(graph: Graph, lines: Lines, tier: str) -> list[Part]:
    """Lower a graph without guards, whose last output is a status, as `lowering.programs` does."""
    if tier == "source":
        return [_by_numpy(graph, lines, ('tier="source" was asked for',))]
    if all(map(is_lowered, graph.equations)):
        return [_native(graph, lines, has_status=True)]
    return [
        _native(phase.graph, lines, has_status=False)
        if phase.is_native
        else _by_numpy(phase.graph, lines, why_not(phase.graph.equations))
        for phase in phases(graph, is_lowered)
    ]


def _by_numpy(graph: Graph, lines: Lines, reasons: tuple[str, ...]) -> Part:
    return Part(False, graph, reasons, tuple(map(lines.assignment, graph.equations)))


def why_not(equations: Sequence[Equation]) -> tuple[str, ...]:
    """Say what programs lack for these equations."""
    return tuple(dict.fromkeys(filter(None, map(_why_not, equations))))


def _why_not(equation: Equation) -> str:
    try:
        require_lowered(equation)
    except NotLowered as lacking:
        if str(lacking) != equation.primitive.name:
            return f"programs have no {lacking}"
        if contraction(equation) is not None:
            return f"{equation.primitive.name}: NumPy's library does large products faster than loops"
        is_known = equation.primitive.function in KNOWN
        return f"programs have no {equation.primitive.name}{' with such operands and options' if is_known else ''}"
    return ""


def _native(graph: Graph, lines: Lines, *, has_status: bool) -> Part:
    began = perf_counter()
    try:
        if not layout_is_known():
            raise NotLowered("arrays as this build of Python lays them out")  # noqa: TRY301
        program = written(graph, has_status=has_status)
    except NotLowered as lacking:
        return _by_numpy(graph, lines, (f"programs have no {lacking}",))
    writing = perf_counter() - began
    return Part(
        is_native=True,
        graph=graph,
        stages=tuple(stages_of(program, lines)),
        views=tuple(views_of(program, lines)),
        divided=len(re.findall(r"^define internal ptr @part\d+", program.text, re.MULTILINE)),
        memory=memory_of(program, lines),
        llvm=program.text,
        writing=writing,
        translating=seconds_to_translate(program.text, has_loops=program.has_loops),
    )
