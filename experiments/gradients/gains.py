"""What each pass of the compiled method gains: the time of a program made without it, in that of one made with all."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from difflab.engines import passes
from difflab.methods.compiled import ReverseCompiled
from difflab.types import Array

from . import in_difflab
from .budget import Budget, Clock
from .rows import Call, Row
from .timing import in_turn, start

WHOLE = "all passes, µs"
PASSES: dict[str, tuple[str, str, Callable[..., Any]]] = {
    **{one.__name__.replace("_", " "): (one.__module__, one.__name__, lambda graph: graph) for one in passes.PASSES},
    "recompute what is cheap": ("difflab.lowering.native.recomputation", "recomputed", lambda schedule: None),
    "use several threads": ("difflab.lowering.native.threads", "threads", lambda: 1),
}
"""By what they do: the module that has it, the function that carries it out, and what stands for that when left out."""


@contextmanager
def without(name: str) -> Iterator[None]:
    """Leave a pass out, wherever it is called."""
    module, attribute, nothing = PASSES[name]
    carried_out = getattr(import_module(module), attribute)
    with ExitStack() as stack:
        for place, loaded in [*sys.modules.items()]:
            if place.startswith("difflab.") and vars(loaded).get(attribute) is carried_out:
                stack.enter_context(patch.object(loaded, attribute, nothing))
        listed = tuple(nothing if one is carried_out else one for one in passes.PASSES)
        stack.enter_context(patch.object(passes, "PASSES", listed))
        yield


def gains(rows: Iterable[Row], budget: Budget) -> pd.DataFrame:
    """Time the compiled gradients of rows with all passes, and with all but one: medians of the ratio in a round."""
    return pd.DataFrame([{"row": row.name} | _gains_of(row, budget) for row in rows])


def _gains_of(row: Row, budget: Budget) -> dict[str, str]:
    arguments = row.draw()
    expected = row.leaves(in_difflab.build(row, arguments, "reverse")())
    compiled = {WHOLE: _compiled(row, arguments, expected)}
    for name in PASSES:
        with without(name):
            compiled[f"no {name}"] = _compiled(row, arguments, expected)
    whole = compiled[WHOLE]
    if isinstance(whole, str):
        return dict.fromkeys(compiled, whole)
    reasons = {name: each for name, each in compiled.items() if isinstance(each, str)}
    calls = {name: each for name, each in compiled.items() if not isinstance(each, str)}
    seconds = in_turn(calls, budget, Clock(budget.row / 4), np.random.default_rng(0))
    cells = {name: f"{np.median(each / seconds[WHOLE]):.2f}" for name, each in seconds.items()}
    return cells | reasons | {WHOLE: f"{1e6 * np.median(seconds[WHOLE]):.3g}"}


def _compiled(row: Row, arguments: tuple[Any, ...], expected: Sequence[Array]) -> Call | str:
    """Compile a gradient and give it, or say why it cannot be timed."""
    found = start(partial(in_difflab.build, row, arguments, ReverseCompiled(tier="native")), row, expected, budget=0.0)
    return found if isinstance(found, str) else found[0]
