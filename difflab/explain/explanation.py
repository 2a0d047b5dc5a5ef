"""What a compiled method makes of a function: every stage of it as data, and all together as a text."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..lowering.numpy_source import Source
from .guards import Condition
from .inputs import Input
from .parts import Part
from .report import SHOWN, USUAL, text
from .steps import Step
from .writing import Lines


@dataclass(frozen=True)
class Compilation:
    """How one operator of one function became something to run, for one path through the code.

    Args:
        name: of the operator, as the method calls it inside: "gradient", "push", "pull", "jacobian by rows".
        inputs: what it takes.
        conditions: the guards: what has to be so, for the trace to hold.
        lines: the graph as traced, as text.
        steps: the graph as traced, and after each pass.
        parts: what it was lowered to.
        source: the last graph as a function in NumPy, which `tier="source"` runs, and what it refers to by name.
        is_one_program: whether the method runs it as one program of this machine, without NumPy.
        is_decided: whether plain arithmetic gives the derivatives here; else the eager method answers at this point.
    """

    name: str
    inputs: tuple[Input, ...]
    conditions: tuple[Condition, ...]
    lines: Lines
    steps: tuple[Step, ...]
    parts: tuple[Part, ...]
    source: Source
    is_one_program: bool
    is_decided: bool

    @property
    def seconds(self) -> dict[str, float]:
        """How long it took to trace, to run the passes, to write programs and to translate them."""
        trace, *passes = self.steps
        return {
            "tracing": trace.seconds,
            "passes": sum(step.seconds for step in passes),
            "writing": sum(part.writing for part in self.parts),
            "translating": sum(part.translating for part in self.parts),
        }


@dataclass(frozen=True)
class Explanation:
    """What a compiled method makes of a function; `str` gives it as a text.

    Args:
        function: what was differentiated.
        method: by which method.
        operator: what was asked for.
        compilations: the programs that answer it: most operators take one, vjp takes two.
        refusals: why the eager method answers instead, in sentences.
    """

    function: str
    method: str
    operator: str
    compilations: tuple[Compilation, ...]
    refusals: tuple[str, ...]

    def text(self, show: Sequence[str] = USUAL, longest: int | None = SHOWN) -> str:
        """Write sections of it; see `report.text`."""
        return text(self, show, longest)

    def __str__(self) -> str:
        return self.text()
