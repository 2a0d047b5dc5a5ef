"""When the expressions of a trace hold: the path that the code took, and the values that other arguments had."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import beside, on_the_cpu
from ..engines.batch import Batch, unbatch
from ..engines.content import content
from ..engines.dispatch import apply, next_level
from ..engines.graph import Graph, Guard, GuardFailure, evaluate
from ..engines.passes.common_subexpressions import share_common_subexpressions
from ..engines.passes.dead_code import remove_dead_code
from ..engines.passes.freeze import freeze
from ..engines.passes.placement import with_constants_on_the_cpu
from ..engines.trace import trace
from ..lowering.expressions import Expressions
from ..lowering.to_sympy import takes_conditions
from ..point import Point
from ..structure import Structure
from ..types import Array


@dataclass(frozen=True)
class Path:
    """Expressions, and when they hold."""

    constants: Hashable
    """The content of the other arguments, see `constants_of`."""
    guards: Graph
    """What decides on the path through the code, where the arguments are."""
    output_structure: Structure | None
    expressions: Expressions

    def covers(self, leaves: Sequence[Array]) -> bool:
        """Say whether the code takes this path at one point; waits for the device at each guard."""
        try:
            evaluate(self.guards, leaves)
        except GuardFailure:
            return False
        return True

    def covers_which(self, leaves: Sequence[Array]) -> Array:
        """Say at which points the code takes this path; waits for the device once.

        Args:
            leaves: with a first axis of points.

        Returns:
            A NumPy array of booleans, one for each point.
        """
        count = len(leaves[0])
        level = next_level()
        holds: list[Array] = []

        def look(guard: Guard, value: Any) -> None:
            found = unbatch(value, level, count)
            same = np.equal(found, beside(np.asarray(guard.expected), found))
            holds.append(np.all(np.reshape(same, (count, -1)), axis=1))

        with np.errstate(all="ignore"):  # points that have left the path are computed on
            evaluate(self.guards, [Batch(level, leaf) for leaf in leaves], apply, look)
        return on_the_cpu(np.all(np.stack(holds), axis=0)) if holds else np.ones(count, bool)


def constants_of(at: Point) -> Hashable:
    """Describe the arguments that are not differentiated by their content; those on a device are copied for that."""
    return content([on_the_cpu(constant) for constant in at.constants])


def derived(at: Point, constants: Hashable, make: Callable[[Graph], Expressions]) -> Path:
    """Trace the path that the code takes at `at`, where the arguments are, and make its expressions on the CPU."""
    graph = share_common_subexpressions(freeze(trace(at), at.leaves, takes_conditions))
    guards = remove_dead_code(Graph(graph.inputs, graph.equations, [], graph.guards, None, graph.size))
    return Path(constants, guards, graph.output_structure, make(with_constants_on_the_cpu(graph)))
