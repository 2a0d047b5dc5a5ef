"""Passes from graph to graph that leave its results and its guards as they are: one a file."""

from collections.abc import Callable

from ..graph import Graph
from .accumulations import gather_accumulations
from .algebra import simplify_algebra
from .common_subexpressions import share_common_subexpressions
from .constants import fold_constants
from .dead_code import remove_dead_code
from .layout import simplify_layout
from .outer_products import gather_outer_products
from .products import fold_products

PASSES: tuple[Callable[[Graph], Graph], ...] = (
    remove_dead_code,
    fold_constants,
    share_common_subexpressions,
    simplify_layout,
    simplify_algebra,
    fold_products,
    gather_outer_products,
    share_common_subexpressions,
    gather_accumulations,
    remove_dead_code,
)
"""What a trace goes through before it becomes a program, in order; `difflab.explain` shows each by its name."""


def optimized(graph: Graph) -> Graph:
    """Take a graph through all passes."""
    for improve in PASSES:
        graph = improve(graph)
    return graph
