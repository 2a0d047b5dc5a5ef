"""A picture as text for Graphviz."""

from .picture import Picture, Vertex
from .style import legend, style_of


def to_dot(picture: Picture) -> str:
    """Write a picture in the DOT language (https://graphviz.org/doc/info/lang.html)."""
    lines = [
        "digraph record {",
        '  node [fontname="Helvetica", fontsize=12, style="rounded,filled", shape=box, margin="0.12,0.06"];',
        '  edge [color="#777777", arrowsize=0.7];',
    ]
    lines += [f"  v{place} {_attributes(vertex)};" for place, vertex in enumerate(picture.vertices)]
    lines += [f"  v{source} -> v{target};" for source, target in picture.edges]
    lines.append('  subgraph cluster_legend { label=""; color="#dddddd";')
    for number, (style, example) in enumerate(legend(picture)):
        lines.append(f"    l{number} {_attributes(Vertex(example.kind, style.meaning, '', '', example.degree))};")
    return "\n".join([*lines, "  }", "}", ""])


def _attributes(vertex: Vertex) -> str:
    style = style_of(vertex)
    text = "\n".join(part for part in (vertex.label, vertex.detail) if part)
    attributes = [
        f"label={_quoted(text)}",
        f"tooltip={_quoted(vertex.title)}",
        f'fillcolor="{style.fill}"',
        f'color="{style.line}"',
    ]
    if vertex.kind == "input":
        attributes.append("shape=ellipse")
    elif vertex.degree and vertex.kind == "operation":
        attributes.append('style="filled"')  # corners tell adjoints apart where there are no colours
    if vertex.is_output:
        attributes.append("penwidth=2.5")
    return f"[{', '.join(attributes)}]"


def _quoted(text: str) -> str:
    """Quote a text for DOT."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
