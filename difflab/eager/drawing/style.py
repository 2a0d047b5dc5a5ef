"""How vertices look: what tells the function's own operations from adjoints, in DOT and in SVG alike."""

from dataclasses import dataclass

from .picture import Picture, Vertex


@dataclass(frozen=True, slots=True)
class Style:
    """The colours of a vertex, and what its kind is called in the legend."""

    fill: str
    line: str
    meaning: str


INPUT = Style("#ffffff", "#2f6fab", "input or parameter")
CONSTANT = Style("#f1f1f1", "#b5b5b5", "constant")
DEGREES = (
    Style("#dbe9f6", "#2f6fab", "operation"),
    Style("#fde3cf", "#c8641b", "adjoint"),
    Style("#dcefdc", "#3b8a3e", "second adjoint"),
    Style("#ead9f2", "#7d4b9e", "third adjoint"),
    Style("#f7e0e6", "#ae3f63", "higher adjoint"),
)
"""Of operations, by their degree."""


def style_of(vertex: Vertex) -> Style:
    """Give the style of a vertex."""
    if vertex.kind == "input":
        return INPUT
    if vertex.kind == "constant":
        return CONSTANT
    return DEGREES[min(vertex.degree, len(DEGREES) - 1)]


def legend(picture: Picture) -> list[tuple[Style, Vertex]]:
    """List the styles that a picture has, each with an example."""
    examples = {style_of(vertex): vertex for vertex in picture.vertices}
    return [(style, examples[style]) for style in (INPUT, CONSTANT, *DEGREES) if style in examples]
