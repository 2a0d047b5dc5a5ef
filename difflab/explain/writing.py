"""Graphs as lines to read: each equation in NumPy, with the shape that it gives."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..engines.graph import Equation, Graph, Variable
from ..lowering.numpy_source import numpy_source
from ..structure import shape_of

WIDTH = 88
"""Characters of a line, beyond which a call is cut."""
LINE = 110
"""Of a line of words."""
ENTRIES = 6
"""Of an array that is written out."""


class Lines:
    """The equations of a graph as text.

    Args:
        graph: what is written.
        names: of its inputs.
        name: of the function.
    """

    def __init__(self, graph: Graph, names: Mapping[Variable, str], name: str):
        source = numpy_source(graph, [names[x] for x in graph.inputs], name)
        self.source = source
        assignments = [line.strip() for line in source.text.splitlines()[1:-1] if not line.startswith("    require(")]
        self.names = names
        self.results = source.text.splitlines()[-1].strip().removeprefix("return ").strip("[]")
        self.texts = dict(zip((each.outputs for each in graph.equations), assignments, strict=True))
        """The equations, by what they give."""

    def assignment(self, equation: Equation) -> str:
        """Write an equation: `v2 = np.exp(v1)`."""
        return self.texts[equation.outputs]

    def value(self, equation: Equation) -> str:
        """Write what an equation computes: `np.exp(v1)`."""
        return self.assignment(equation).partition(" = ")[2]

    def name(self, variable: Variable) -> str:
        """Name a variable."""
        return self.names.get(variable, f"v{variable.number}")


def kind(variable: Variable) -> str:
    """Write dtype and shape.

    >>> kind(Variable(1, (2, 3), np.dtype(float))), kind(Variable(1, (), np.dtype(bool)))
    ('float64[2, 3]', 'bool')
    """
    return f"{variable.dtype}{list(variable.shape) if variable.shape else ''}"


def constant(value: Any) -> str:
    """Describe a constant array.

    >>> constant(np.full((2, 50), 3.0)), constant(np.arange(3.0)), constant(np.arange(300.0))
    ('float64[2, 50], all 3.0', 'float64[3]: 0.0, 1.0, 2.0', 'float64[300]: 0.0, 1.0, 2.0, …')
    """
    shape = shape_of(value)
    words = f"{value.dtype}{list(shape) if shape else ''}"
    entries = np.ravel(value)
    if entries.size > 1 and np.all(entries == entries[0]):
        return f"{words}, all {entries[0]}"
    shown = [str(entry) for entry in entries[:ENTRIES]]
    if entries.size > ENTRIES:
        shown = [*shown[: ENTRIES // 2], "…"]
    return f"{words}: {', '.join(shown)}" if shown else words


def cut(text: str, width: int = WIDTH) -> str:
    """Shorten a line that is too long."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def shortened(lines: Sequence[str], longest: int | None) -> list[str]:
    """Leave lines out of the middle, and say how many.

    >>> shortened(["a", "b", "c", "d", "e"], 3)
    ['a', 'b', '… 2 lines more …', 'e']
    """
    if longest is None or len(lines) <= longest:
        return list(lines)
    last = longest // 3
    first = longest - last
    return [*lines[:first], f"… {len(lines) - longest:,} lines more …", *lines[len(lines) - last :]]


def wrapped(head: str, text: str, width: int = LINE) -> list[str]:
    """Write a text in lines, those after the first indented.

    >>> wrapped("1.", "a loop over entries", width=13)
    ['1. a loop', '  over', '  entries']
    """
    return textwrap.wrap(
        f"{head} {text}", width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False
    )


def listed(words: Sequence[str], most: int = 12) -> str:
    """Write words with commas between; of many, the first and how many there are more.

    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    return ", ".join(words) if len(words) <= most else f"{', '.join(words[:most])} and {len(words) - most:,} more"


def times(counts: Mapping[str, int]) -> str:
    """Write how often each function is called, the most frequent first.

    >>> times({"exp": 1, "multiply": 3})
    'multiply × 3, exp'
    """
    order = sorted(counts.items(), key=lambda item: -item[1])
    return listed([name if count == 1 else f"{name} × {count:,}" for name, count in order])


def entries(shape: tuple[int, ...]) -> str:
    """Write how many entries an array has.

    >>> entries((1000,)), entries((20, 3)), entries((1,))
    ('1,000 entries', '20 × 3 entries', '1 entry')
    """
    return f"{' × '.join(f'{length:,}' for length in shape)} {'entry' if shape == (1,) else 'entries'}"


def aligned(rows: Sequence[Sequence[str]], *, right: bool = False) -> list[str]:
    """Write a table, two spaces between columns.

    >>> aligned([("a", "10"), ("bcd", "2")], right=True)
    ['a    10', 'bcd   2']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *others in rows:
        pad = str.rjust if right else str.ljust
        lines.append("  ".join([first.ljust(widths[0]), *map(pad, others, widths[1:])]).rstrip())
    return lines
