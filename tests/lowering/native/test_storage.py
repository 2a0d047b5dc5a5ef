"""No two arrays that are needed at the same time share memory; and there is no more of it than there has to be."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from difflab.engines.graph import Graph, Variable
from difflab.lowering.native.schedule import Schedule, scheduled
from difflab.lowering.native.storage import ALIGNMENT, arranged, lifetimes
from difflab.lowering.native.writer import Written, written
from tests.engines.passes.graphs import traced
from tests.lowering.native.random_graphs import graphs


def length(variable: Variable) -> int:
    """Give the bytes of an array, and those up to the next that may begin an array."""
    taken = int(np.prod(variable.shape)) * variable.dtype.itemsize
    return -(-taken // ALIGNMENT) * ALIGNMENT


def read_by(schedule: Schedule, number: int) -> set[Any]:
    """Give the arrays in memory that a stage reads; after the last stage, those that are returned."""
    if number == len(schedule.stages):
        return {schedule.source(x) for x in schedule.outputs}
    operands = [x for equation in schedule.stages[number].equations for x in equation.operands]
    return {schedule.source(x) for x in operands if isinstance(x, Variable)}


def overwritten(schedule: Schedule, offsets: Mapping[Variable, int], size: int) -> list[Variable]:
    """Run the stages with the name of an array in place of each of its bytes; give what was read, and was gone.

    A stage is a loop, which writes while it reads: what it reads has to outlast what it writes.
    """
    memory: list[Variable | None] = [None] * size
    gone: list[Variable] = []
    for number in range(len(schedule.stages) + 1):
        written_now = [x for x in offsets if schedule.place[x] == number]
        for x in written_now:
            memory[offsets[x] : offsets[x] + length(x)] = [x] * length(x)
        needed = {*written_now, *read_by(schedule, number)} & set(offsets)
        gone += [x for x in needed if any(name is not x for name in memory[offsets[x] : offsets[x] + length(x)])]
    return gone


def needed_at_once(schedule: Schedule, arrays: Mapping[Variable, int]) -> int:
    """Give the most bytes that are in use in one stage."""
    last = {x: max(n for n in range(len(schedule.stages) + 1) if x in read_by(schedule, n)) for x in arrays}
    return max(
        sum(length(x) for x in arrays if schedule.place[x] <= n <= last[x]) for n in range(len(schedule.stages) + 1)
    )


@given(graphs(longest=25))
def test_arrays_stay_while_they_are_needed(drawn: tuple[Graph, list[Any]]) -> None:
    program: Written = written(drawn[0])
    schedule, offsets, size = program.schedule, program.offsets, program.bytes
    assert not overwritten(schedule, offsets, size)
    assert all(offset % ALIGNMENT == 0 for offset in offsets.values())
    assert set(offsets) == {x for x in schedule.stored if x.shape} - set(program.in_place)
    assert needed_at_once(schedule, offsets) <= size <= sum(map(length, offsets))


@given(graphs(longest=25))
def test_lifetimes_are_from_the_stage_that_computes_to_the_last_that_reads(drawn: tuple[Graph, list[Any]]) -> None:
    schedule = scheduled(drawn[0])
    first, last = lifetimes(schedule)
    assert first == {x: schedule.place[x] for x in schedule.stored if x.shape}
    for x, number in last.items():
        reads = [n for n in range(len(schedule.stages) + 1) if x in read_by(schedule, n)]
        assert number == max([first[x], *reads])


def chain(x: Any) -> Any:
    """Turn an array around again and again, so that each time it has to be kept for the next loop."""
    for _ in range(6):
        x = np.exp(x)[::-1]
    return np.sum(x)


def test_room_is_used_again() -> None:
    program = written(traced(chain, np.ones(100)))
    assert len(program.offsets) == 6
    assert program.bytes == 2 * length(next(iter(program.offsets)))


def test_arrays_elsewhere_take_no_room() -> None:
    schedule = scheduled(traced(chain, np.ones(100)))
    everything, size = arranged(schedule, ())
    some = list(everything)[::2]
    rest, smaller = arranged(schedule, some)
    assert set(rest) == set(everything) - set(some)
    assert smaller == size / 2
    assert arranged(schedule, everything) == ({}, 0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.bool])
@pytest.mark.parametrize("entries", [1, 7, 8, 64, 65])
def test_arrays_of_any_size_begin_where_a_line_of_the_cache_does(entries: int, dtype: Any) -> None:
    program = written(traced(lambda x: np.stack([x, x])[::-1, ::-1] == np.stack([x, x]), np.ones(entries, dtype)))
    assert program.bytes == sum(map(length, program.offsets))
    assert not overwritten(program.schedule, program.offsets, program.bytes)


def test_a_planted_overlap_is_seen() -> None:
    """Of each two arrays of the chain that follow each other."""
    program = written(traced(chain, np.ones(100)))
    offsets = dict(program.offsets)
    arrays = sorted(offsets, key=lambda x: program.schedule.place[x])
    for one, following in pairwise(arrays):
        planted = {**offsets, following: offsets[one] + ALIGNMENT}
        assert one in overwritten(program.schedule, planted, 3 * program.bytes)


def test_an_array_that_is_left_too_early_is_seen() -> None:
    """The planted fault: the first array is read again at the end, which the plan does not know."""
    program = written(traced(chain, np.ones(100)))
    first = min(program.offsets, key=lambda x: program.schedule.place[x])
    assert not overwritten(program.schedule, program.offsets, program.bytes)
    program.schedule.outputs.append(first)
    assert overwritten(program.schedule, program.offsets, program.bytes) == [first]
