"""An explanation as a text: a title and a line of explanation for each section, then what is in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..errors import InvalidArgument
from ..lowering.native.threads import threads
from ..lowering.numpy_source import Source
from ..primitives.primitive import Primitive
from ..primitives.table import TABLE
from .parts import Part
from .writing import aligned, constant, cut, kind, listed, shortened, times, wrapped

if TYPE_CHECKING:
    from .explanation import Compilation, Explanation

SHOWN = 40
"""Lines of one section, where all sections are shown."""
USUAL = ("graph", "guards", "passes", "stages", "memory", "source")


def text(explanation: "Explanation", show: Sequence[str] = USUAL, longest: int | None = SHOWN) -> str:
    """Write an explanation.

    Args:
        explanation: what is written.
        show: the sections, of `SECTIONS`.
        longest: lines of one section; None for all.

    Raises:
        InvalidArgument: there is no such section.
    """
    unknown = [name for name in show if name not in SECTIONS]
    if unknown:
        raise InvalidArgument(
            f"There is no section {', '.join(map(repr, unknown))}: show some of {', '.join(SECTIONS)}."
        )
    lines = [f"The {explanation.operator} of {explanation.function} by {explanation.method}"]
    lines += [f"  {sentence}" for sentence in explanation.refusals]
    for number, compilation in enumerate(explanation.compilations, start=1):
        of_several = f" ({number} of {len(explanation.compilations)})" if len(explanation.compilations) > 1 else ""
        lines += _section(f"{compilation.name}{of_several}: {_how(compilation)}", _about(compilation), longest)
        for name in show:
            title, write = SECTIONS[name]
            lines += _section(title, list(write(compilation)), longest)
    return "\n".join(lines)


def _section(title: str, content: Sequence[str], longest: int | None) -> list[str]:
    return ["", title, *(f"  {line}" for line in shortened(content, longest))] if content else []


def _how(compilation: "Compilation") -> str:
    """Say what runs."""
    native = sum(part.is_native for part in compilation.parts)
    if compilation.is_one_program:
        return "one program of this machine"
    if not native:
        return "NumPy, as generated source"
    return f"{native} program{'s' if native > 1 else ''} of this machine, and NumPy in turn"


def _about(compilation: "Compilation") -> list[str]:
    took = ", ".join(f"{what} {seconds * 1e3:.3g} ms" for what, seconds in compilation.seconds.items())
    undecided = "Here a derivative is NaN in plain arithmetic: the eager method looks closer, and answers."
    inputs = aligned([(f"{each.name}:", kind(each.variable), each.meaning) for each in compilation.inputs])
    return [*inputs, f"Time: {took}.", *([] if compilation.is_decided else [undecided])]


def _graph(compilation: "Compilation") -> Iterator[str]:
    traced = compilation.steps[0].graph
    lines = compilation.lines
    rows = [(cut(lines.assignment(equation)), ", ".join(map(kind, equation.outputs))) for equation in traced.equations]
    yield from aligned([*rows, (f"return {lines.results}", "")])
    yield from _named(lines.source)


def _named(source: Source) -> Iterator[str]:
    """Say what names in a text stand for: constants, and functions that NumPy does not have."""
    for name, value in source.namespace.items():
        if hasattr(value, "dtype"):
            yield f"{name} is {constant(value)}"
        elif isinstance(row := TABLE.get(value), Primitive):
            yield f"{name} is {row.name}"


def _guards(compilation: "Compilation") -> Iterator[str]:
    if not compilation.conditions:
        yield "none: the code looks at no number to decide what to do"
    yield from (f"{number}. {each}" for number, each in enumerate(compilation.conditions, start=1))


def _passes(compilation: "Compilation") -> Iterator[str]:
    rows = [("", "equations", "operations", "entries written", "ms")]
    for step in compilation.steps:
        counts = step.counts
        rows.append(
            (
                step.name,
                f"{counts.equations:,}",
                f"{counts.operations:,}",
                f"{counts.entries:,}",
                f"{step.seconds * 1e3:.2f}",
            )
        )
    yield from aligned(rows, right=True)
    yield from wrapped("before:", times(compilation.steps[0].counts.functions))
    yield from wrapped("after:", times(compilation.steps[-1].counts.functions))


def _by_phase(compilation: "Compilation", write: Callable[[Part], Iterator[str]]) -> Iterator[str]:
    """Write each part; where there are several, under a heading."""
    several = len(compilation.parts) > 1
    for number, part in enumerate(compilation.parts, start=1):
        lines = list(write(part))
        if several and lines:
            yield f"phase {number}, {'a program' if part.is_native else 'NumPy'}:"
        yield from (f"  {line}" if several else line for line in lines)


def _stages(part: Part) -> Iterator[str]:
    if part.views:
        yield from wrapped("seen, not copied:", "; ".join(part.views))
    for place, stage in enumerate(part.stages, start=1):
        yield from wrapped(f"{place}.", str(stage))
    if part.divided:
        yield f"long enough for several threads, here {threads()}: {part.divided} of these loops"
    yield from (f"because {reason}" for reason in part.reasons)
    yield from part.equations


def _memory(part: Part) -> Iterator[str]:
    memory = part.memory
    if memory is None:
        return
    yield f"{memory.bytes:,} bytes, and {memory.unshared:,} if none made room for another"
    yield f"{memory.without_plan:,} bytes of arrays if each equation made its own, as NumPy does"
    if memory.places:
        rows = [("array", "kind", "from byte", "bytes", "from stage", "to stage")]
        for place in memory.places:
            last = "the end" if place.last > len(part.stages) else str(place.last)
            rows.append(
                (place.name, kind(place.variable), f"{place.offset:,}", f"{place.bytes:,}", str(place.first), last)
            )
        yield from aligned(rows)
    if memory.results:
        yield f"computed where they are returned: {listed(memory.results)}"


def _source(compilation: "Compilation") -> Iterator[str]:
    yield from compilation.source.text.splitlines()
    yield from _named(compilation.source)


def _llvm(part: Part) -> Iterator[str]:
    yield from part.llvm.splitlines()


Write = Callable[["Compilation"], Iterator[str]]
SECTIONS: Mapping[str, tuple[str, Write]] = {
    "graph": (
        "Graph: what the code did, and then the sweep; each line is one call of NumPy, with what it gives",
        _graph,
    ),
    "guards": (
        "Guards: while these hold, so does the trace; else the code is traced again, and both are kept",
        _guards,
    ),
    "passes": ("Passes: each makes a graph of the one above that gives the same results with less work", _passes),
    "stages": (
        "Stages: loops over entries, one after the other; what one loop can compute together, it does",
        partial(_by_phase, write=_stages),
    ),
    "memory": (
        "Memory: where arrays stand that one stage leaves for others; what is read no more makes room",
        partial(_by_phase, write=_memory),
    ),
    "source": (
        "Source: the last graph in NumPy; its last result is the status: 0 if all guards hold and nothing is NaN",
        _source,
    ),
    "llvm": ("LLVM: the programs, as this machine's compiler reads them", partial(_by_phase, write=_llvm)),
}
"""By name, the title of each section, and what writes it."""
