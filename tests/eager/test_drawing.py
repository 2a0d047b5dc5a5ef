"""Drawings of records: what they show, their texts, and their layout."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import difflab
from difflab import Tensor, grad, graph
from difflab.eager.drawing.layers import GAP, layout
from difflab.eager.drawing.picture import Picture, Vertex
from difflab.eager.drawing.style import DEGREES

SVG = "{http://www.w3.org/2000/svg}"


def example() -> tuple[Tensor, Tensor, Tensor]:
    """Give x1, x2 and y = x1·x2 + sin(x1)."""
    x1, x2 = Tensor(2.0, requires_grad=True), Tensor(5.0, requires_grad=True)
    return x1, x2, x1 * x2 + np.sin(x1)


def described(picture: Picture) -> set[str]:
    """Write each edge with the labels at its ends."""
    return {f"{picture.vertices[a].label} -> {picture.vertices[b].label}" for a, b in picture.edges}


def test_operations_and_inputs() -> None:
    x1, x2, y = example()
    picture = graph(y, x1=x1, x2=x2, y=y).picture
    assert described(picture) == {"x1 -> ×", "x2 -> ×", "x1 -> sin", "× -> y = +", "sin -> y = +"}
    assert [vertex.detail for vertex in picture.vertices if vertex.kind == "input"] == ["2", "5"]
    assert [vertex.label for vertex in picture.vertices if vertex.is_output] == ["y = +"]


def test_adjoints_have_their_degrees() -> None:
    x1, _, y = example()
    slope = grad(y, x1, create_graph=True)
    curvature = grad(slope, x1, create_graph=True)
    third = grad(curvature, x1, create_graph=True)
    drawing = graph([y, slope, curvature, third], x1=x1)
    degrees = {vertex.label: vertex.degree for vertex in drawing.picture.vertices if vertex.kind == "operation"}
    assert degrees["cos"] in (1, 3)
    assert {vertex.degree for vertex in drawing.picture.vertices if vertex.kind == "operation"} == {0, 1, 2, 3}
    for text in (drawing.svg, drawing.dot):
        assert all(style.fill in text and style.meaning in text for style in DEGREES[:4])
        assert DEGREES[4].fill not in text
    assert DEGREES[1].fill not in graph(y).svg


def test_shapes_constants_and_parameters() -> None:
    x = Tensor(np.ones((3, 4)), requires_grad=True)
    data = Tensor(np.ones((4, 2)))
    index = np.array([0, 2])
    y = np.sum(np.maximum((x @ data)[index], 0.5) * np.array(7.0), axis=0)
    picture = graph(y, W=x, X=data).picture
    found = {vertex.label: (vertex.kind, vertex.detail) for vertex in picture.vertices}
    assert found["W"] == ("input", "3 × 4")
    assert found["X"] == ("constant", "4 × 2")
    assert found["@"] == ("operation", "3 × 2")
    assert found["integers"] == ("constant", "2")
    assert found["0.5"] == ("constant", "")
    assert found["7"] == ("constant", "")
    assert found["sum"] == ("operation", "2")
    assert any(vertex.title.startswith("np.sum, axis=0") for vertex in picture.vertices)


def test_a_constant_used_twice_is_one_vertex() -> None:
    x, data = Tensor(np.ones(3), requires_grad=True), Tensor(np.arange(3.0))
    picture = graph(x * data + np.sin(x) * data).picture
    assert sum(vertex.kind == "constant" for vertex in picture.vertices) == 1


def test_several_results_of_one_operation() -> None:
    q, r = np.linalg.qr(Tensor(np.eye(2), requires_grad=True))
    picture = graph(q @ r).picture
    ends = [(picture.vertices[source].label, picture.vertices[target].label) for source, target in picture.edges]
    assert ends.count(("qr", "@")) == 2


def test_a_freed_part_is_shown_as_such() -> None:
    x = Tensor(1.0, requires_grad=True)
    y = np.sin(x)
    z = y * 2
    (y * 3).backward()
    assert [vertex.detail for vertex in graph(z).picture.vertices if vertex.label == "sin"] == ["freed"]


def test_a_checkpointed_part_is_one_vertex() -> None:
    x = Tensor(1.0, requires_grad=True)
    picture = graph(difflab.checkpoint(lambda x: np.sin(np.exp(x)), x) * 2).picture
    assert described(picture) == {"input -> checkpoint", "checkpoint -> ×", "2 -> ×"}


def test_texts_are_escaped() -> None:
    x = Tensor(1.0, requires_grad=True)
    name = 'a"<&\\b'
    drawing = graph(x * 2, **{name: x})
    texts = [text.text for text in ET.fromstring(drawing.svg).iter(f"{SVG}text")]
    assert name in texts
    assert r'label="a\"<&\\b\n1"' in drawing.dot


def test_the_dot_text() -> None:
    x1, x2, y = example()
    dot = graph(y, x1=x1, x2=x2).dot
    edges = re.findall(r"^  (v\d+) -> (v\d+);$", dot, re.MULTILINE)
    vertices = re.findall(r"^  (v\d+) \[label=", dot, re.MULTILINE)
    assert len(vertices) == 5
    assert len(edges) == 5
    assert {end for edge in edges for end in edge} == set(vertices)
    assert dot.count("{") == dot.count("}")


def test_the_image_is_drawn_within_its_frame() -> None:
    x1, _, y = example()
    slope = grad(y, x1, create_graph=True)
    root = ET.fromstring(graph([y, slope]).svg)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for group in root.iter(f"{SVG}g"):
        (box,) = group.iter(f"{SVG}rect")
        x, y_, w, h = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= width
        assert 0 <= y_ <= y_ + h <= height


def test_notebooks_and_files(tmp_path: Path) -> None:
    drawing = graph(example()[2])
    assert drawing._repr_svg_() == drawing.svg
    for name, text in (("y.svg", drawing.svg), ("y.dot", drawing.dot)):
        drawing.save(tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8") == text
    with pytest.raises(difflab.InvalidArgument, match=r"'y.png': let its name end in .svg or .dot"):
        drawing.save(tmp_path / "y.png")


@pytest.mark.parametrize("outputs", [Tensor(1.0), [Tensor(1.0)], 3.0])
def test_nothing_recorded(outputs: Any) -> None:
    with pytest.raises(difflab.NotDifferentiable, match="no record"):
        graph(outputs)


def test_names_are_of_tensors() -> None:
    with pytest.raises(difflab.InvalidArgument, match="'x' was given to a float"):
        graph(example()[2], x=2.0)


def chain(length: int) -> Tensor:
    x = y = Tensor(0.5, requires_grad=True)
    for _ in range(length):
        y = np.sin(y)
    return y + x


def test_long_records() -> None:
    """Nothing recurses over the graph, and an edge over all its layers takes no time of its own."""
    drawing = graph(chain(1_000))
    assert drawing.svg.count("<g>") == 1_002 + 2  # those of the legend
    drawing = graph(chain(20_000))
    assert drawing.dot.count("->") == 20_002
    with pytest.raises(difflab.InvalidArgument, match=r"20002 vertices.*save it as \.dot"):
        drawing.svg  # noqa: B018


@given(st.lists(st.lists(st.integers(0, 100), min_size=1, max_size=3), min_size=1, max_size=40))
def test_layouts_of_random_graphs(operands: list[list[int]]) -> None:
    """Operands lie above, vertices of a layer apart, and edges between neighbouring layers."""
    picture = Picture([Vertex("input", "x", "", "")])
    for sources in operands:
        place = picture.add(Vertex("operation", "f", "", ""))
        picture.edges += [(source % place, place) for source in sources]
    widths = [38.0 + 7 * (place % 5) for place in range(len(picture.vertices))]
    found = layout(picture, widths)
    for (source, target), route in zip(picture.edges, found.routes, strict=True):
        assert (route[0], route[-1]) == (source, target)
        steps = [found.layer[lower] - found.layer[upper] for upper, lower in pairwise(route)]
        assert min(steps) >= 1
        assert set(steps) == {1} or len(route) == 2
    rows: dict[int, list[int]] = {}
    for place in range(len(widths)):
        rows.setdefault(found.layer[place], []).append(place)
    for row in rows.values():
        row.sort(key=found.x.__getitem__)
        for left, right in pairwise(row):
            assert found.x[right] - found.x[left] >= (widths[left] + widths[right]) / 2 + GAP - 1e-6
    assert min(x - width / 2 for x, width in zip(found.x, widths, strict=False)) >= -1e-9


def test_a_layout_without_crossings_is_found() -> None:
    """Two chains that begin in the wrong order do not cross."""
    picture = Picture([Vertex("operation", name, "", "") for name in "abcdef"], [(0, 3), (1, 2), (2, 4), (3, 5)])
    x = layout(picture, [40.0] * 6).x
    assert (x[0] < x[1]) == (x[3] < x[2]) == (x[5] < x[4])
    assert x[0] == pytest.approx(x[3], abs=1)
    assert x[2] == pytest.approx(x[4], abs=1)
