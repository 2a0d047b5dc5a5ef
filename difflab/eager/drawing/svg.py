"""A picture as an SVG image."""

from collections.abc import Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from ...errors import InvalidArgument
from .layers import Layout, layout
from .picture import Picture, Vertex
from .style import legend, style_of

LARGEST = 10_000
"""Vertices of the largest picture that is laid out, which takes seconds."""
HEIGHT, LETTER, SPACE, MARGIN = 38.0, 8.4, 34.0, 18.0
"""Of a vertex, the width of a letter, the space between two layers, and that around everything."""


def to_svg(picture: Picture) -> str:
    """Draw a picture; raises `InvalidArgument` for one too large to be looked at."""
    if len(picture.vertices) > LARGEST:
        raise InvalidArgument(
            f"The record has {len(picture.vertices)} vertices, and more than {LARGEST} are not drawn as SVG: draw the "
            f"record of fewer operations, or save it as .dot and let Graphviz's sfdp draw it."
        )
    widths = [_width(vertex) for vertex in picture.vertices]
    found = layout(picture, widths)
    drawn = max(place + size / 2 for place, size in zip(found.x, widths, strict=False))
    width = max(drawn, _legend_width(picture)) + 2 * MARGIN
    x = [place + (width - drawn) / 2 for place in found.x]
    y = [MARGIN + HEIGHT / 2 + number * (HEIGHT + SPACE) for number in found.layer]
    bottom = max(y) + HEIGHT / 2 + MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{bottom + 34:.0f}" '
        f'viewBox="0 0 {width:.0f} {bottom + 34:.0f}" font-family="Helvetica, Arial, sans-serif" text-anchor="middle">',
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M 0 1 L 10 5 L 0 9 z" fill="#777"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *_edges(found, x, y, widths),
        *(_vertex(vertex, x[n], y[n], widths[n]) for n, vertex in enumerate(picture.vertices)),
        *_legend(picture, bottom + 10),
    ]
    return "\n".join([*lines, "</svg>", ""])


def _legend(picture: Picture, y: float) -> list[str]:
    lines = []
    left = MARGIN
    for style, example in legend(picture):
        swatch = Vertex(example.kind, "", "", style.meaning, example.degree)
        lines.append(_vertex(swatch, left + 9, y, 18, 14))
        lines.append(
            f'<text x="{left + 24:.1f}" y="{y + 4:.1f}" font-size="12" fill="#444" text-anchor="start">'
            f"{escape(style.meaning)}</text>"
        )
        left += _key_width(style.meaning)
    return lines


def _legend_width(picture: Picture) -> float:
    return sum(_key_width(style.meaning) for style, _ in legend(picture))


def _key_width(meaning: str) -> float:
    return 42 + 6.4 * len(meaning)


def _width(vertex: Vertex) -> float:
    return max(HEIGHT, 20 + LETTER * max(len(vertex.label), 0.8 * len(vertex.detail)))


def _vertex(vertex: Vertex, x: float, y: float, width: float, height: float = HEIGHT) -> str:
    style = style_of(vertex)
    corner = height / 2 if vertex.kind != "operation" else height / 5 if vertex.degree == 0 else 0
    line = 0.8 if vertex.kind == "constant" else 3 if vertex.is_output else 1.4
    shape = (
        f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="{corner:.1f}" fill="{style.fill}" stroke="{style.line}" stroke-width="{line}"/>'
    )
    texts = [(vertex.label, 14, "#1a1a1a"), (vertex.detail, 11, "#666666")]
    shown = [text for text in texts if text[0]]
    starts = {0: [], 1: [y + 5], 2: [y - 2, y + 12]}[len(shown)]
    written = "".join(
        f'<text x="{x:.1f}" y="{start:.1f}" font-size="{size}" fill="{colour}">{escape(text)}</text>'
        for start, (text, size, colour) in zip(starts, shown, strict=True)
    )
    return f"<g><title>{escape(vertex.title)}</title>{shape}{written}</g>"


def _edges(found: Layout, x: Sequence[float], y: Sequence[float], widths: Sequence[float]) -> list[str]:
    """Draw each edge to a point of its own on the upper side of its target."""
    arriving: dict[int, list[int]] = {}
    for number, route in enumerate(found.routes):
        arriving.setdefault(route[-1], []).append(number)
    ends = {}
    for target, numbers in arriving.items():
        numbers.sort(key=lambda number: x[found.routes[number][-2]])
        step = min(16.0, (widths[target] - 12) / len(numbers))
        for place, number in enumerate(numbers):
            ends[number] = x[target] + (place - (len(numbers) - 1) / 2) * step
    return [_edge(route, x, y, ends[number]) for number, route in enumerate(found.routes)]


def _edge(route: Sequence[int], x: Sequence[float], y: Sequence[float], end: float) -> str:
    """Draw a curve that leaves and arrives vertically, and passes the layers between vertically."""
    source, *between, target = route
    points = [(x[source], y[source] + HEIGHT / 2)]
    for point in between:
        points += [(x[point], y[point] - HEIGHT / 2), (x[point], y[point] + HEIGHT / 2)]
    points.append((end, y[target] - HEIGHT / 2 - 1))
    path = [f"M {points[0][0]:.1f} {points[0][1]:.1f}"]
    for number, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        if number % 2:
            path.append(f"L {x1:.1f} {y1:.1f}")
        else:
            middle = (y0 + y1) / 2
            path.append(f"C {x0:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {y1:.1f}")
    return f'<path d="{" ".join(path)}" fill="none" stroke="#777" stroke-width="1.3" marker-end="url(#head)"/>'
