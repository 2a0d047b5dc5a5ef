"""Where in one piece of memory the arrays of a program stand, and when they make room for others."""

from collections.abc import Collection

from ...engines.graph import Variable
from ...structure import shape_of
from .schedule import Schedule
from .text import SIZES, kind_of
from .views import Constant

ALIGNMENT = 64
"""Bytes: of a line of the cache, and of the longest vectors."""


def arranged(schedule: Schedule, elsewhere: Collection[Variable]) -> tuple[dict[Variable, int], int]:
    """Give each array that takes memory its offset, and the bytes of all together.

    An array takes the first gap that is large enough, and leaves it after the last stage that reads it.

    Args:
        schedule: the stages.
        elsewhere: arrays that stand in memory of their own.
    """
    first, last = lifetimes(schedule)
    offsets: dict[Variable, int] = {}
    standing: list[Variable] = []
    end = 0
    for variable in sorted(first, key=lambda x: (first[x], x.number)):
        if variable in elsewhere:
            continue
        standing = [x for x in standing if last[x] >= first[variable]]
        offset = _gap([(offsets[x], offsets[x] + _bytes(x)) for x in standing], _bytes(variable))
        offsets[variable] = offset
        standing.append(variable)
        end = max(end, offset + _bytes(variable))
    return offsets, end


def lifetimes(schedule: Schedule) -> tuple[dict[Variable, int], dict[Variable, int]]:
    """Give the stages that compute, and that read last, each array that takes memory."""
    first = {x: schedule.place[x] for x in schedule.stored if shape_of(x)}
    last = dict(first)
    for number, stage in enumerate(schedule.stages):
        for equation in stage.equations:
            for operand in equation.operands:
                if isinstance(operand, Variable):
                    _extend(schedule, operand, number, last)
    for output in schedule.outputs:
        _extend(schedule, output, len(schedule.stages), last)
    return first, last


def _extend(schedule: Schedule, operand: Variable, number: int, last: dict[Variable, int]) -> None:
    source = schedule.source(operand)
    if not isinstance(source, Constant) and source in last:
        last[source] = max(last[source], number)


def _gap(taken: list[tuple[int, int]], size: int) -> int:
    offset = 0
    for begin, end in sorted(taken):
        if offset + size <= begin:
            return offset
        offset = max(offset, end)
    return offset


def _bytes(variable: Variable) -> int:
    kind = kind_of(variable.dtype)
    assert kind is not None
    size = SIZES[kind]
    for length in variable.shape:
        size *= length
    return -(-size // ALIGNMENT) * ALIGNMENT
