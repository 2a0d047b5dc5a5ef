"""Computing anew what is cheap, where keeping it would cost more: writing an array and reading it again.

A long array that other loops read entry by entry is computed in each of them, if that takes a few simple instructions
and reads few other arrays.
"""

from collections.abc import Iterator

import numpy as np

from ...engines.graph import Equation, Variable
from .instructions import CONDITIONS
from .schedule import Schedule

CHEAP = {
    *CONDITIONS,
    np.add,
    np.subtract,
    np.multiply,
    np.negative,
    np.absolute,
    np.square,
    np.where,
    np.maximum,
    np.minimum,
    np.copy,
    np.astype,
}
LONG = 2048
"""Entries from which arrays are not read from the nearest cache."""
MOST = 8
"""Equations that one array may take to compute anew."""
ARRAYS = 2
"""Arrays that it may read."""


def recomputed(schedule: Schedule) -> None:
    """Let loops compute what is cheap for themselves; what no loop then reads is no longer kept."""
    equations = {equation.outputs[0]: equation for stage in schedule.stages for equation in stage.equations}
    needed = {source for source, reads_entries in _reads(schedule) if not reads_entries}
    chains = {
        variable: chain
        for variable in schedule.stored
        if variable not in needed and (chain := _chain(variable, equations, schedule)) is not None
    }
    for stage in schedule.stages:
        own = {equation.outputs[0] for equation in stage.equations}
        added: dict[Variable, Equation] = {}
        for equation in stage.equations:
            for operand in equation.operands:
                if isinstance(operand, Variable) and operand in chains and operand not in own:
                    added.update((step.outputs[0], step) for step in chains[operand] if step.outputs[0] not in own)
        stage.equations[:0] = added.values()
    schedule.stored.difference_update(chains)


def _reads(schedule: Schedule) -> Iterator[tuple[Variable, bool]]:
    """Give each array that is read, and whether it is read by a loop, entry by entry."""
    for stage in schedule.stages:
        for equation in stage.equations:
            for operand in equation.operands:
                if isinstance(operand, Variable):
                    source = schedule.source(operand)
                    yield source, source is operand and stage.shape == operand.shape
    yield from ((schedule.source(output), False) for output in schedule.outputs)


def _chain(variable: Variable, equations: dict[Variable, Equation], schedule: Schedule) -> list[Equation] | None:
    """Give the equations that compute an array from others that are kept; None if they are too many, or dear."""
    if np.prod(variable.shape) < LONG:
        return None
    chain: dict[Variable, Equation] = {}
    arrays: set[Variable] = set()
    waiting = [variable]
    while waiting:
        found = waiting.pop()
        equation = equations.get(found)
        is_cheap = equation is not None and equation.primitive.function in CHEAP and found.shape == variable.shape
        if equation is None or not is_cheap:
            if found is variable or not (found in schedule.stored or schedule.place[found] < 0):
                return None
            arrays.add(found)
        elif found not in chain:
            chain[found] = equation
            operands = [x for x in equation.operands if isinstance(x, Variable) and _is_array(x, schedule)]
            waiting += [x for x in operands if x.shape == variable.shape and schedule.source(x) is x]
            arrays.update(x for x in operands if x.shape != variable.shape or schedule.source(x) is not x)
        if len(chain) > MOST or len(arrays) > ARRAYS:
            return None
    order = {equation.outputs[0]: n for n, equation in enumerate(equations.values())}
    return sorted(chain.values(), key=lambda equation: order[equation.outputs[0]])


def _is_array(variable: Variable, schedule: Schedule) -> bool:
    """Say whether entries are read from memory; a number that is repeated is none."""
    source = schedule.source(variable)
    return not (isinstance(source, Variable) and source.shape == ())
