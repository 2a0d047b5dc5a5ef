"""What is drawn of a record: vertices with their texts, and edges between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ...types import Array
from ..node import EagerNode
from ..tensor import Tensor

SYMBOLS = {
    "np.add": "+",
    "np.subtract": "−",
    "np.multiply": "×",
    "np.divide": "÷",
    "np.matmul": "@",
    "np.power": "^",
    "np.negative": "−",
}
CONSTANTS = {"b": "mask", "i": "integers", "u": "integers"}
"""What constant arrays are called, by the kind of their dtype."""


@dataclass(slots=True)
class Vertex:
    """One input, constant or operation."""

    kind: Literal["input", "constant", "operation"]
    label: str
    detail: str
    """The shape, or the value of a number."""
    title: str
    """What is shown where a mouse points at it."""
    degree: int = 0
    """0 for the function's own operations, n for those of its n-th adjoints."""
    is_output: bool = False


@dataclass(slots=True)
class Picture:
    """A record, to be drawn."""

    vertices: list[Vertex] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)
    """From an operand to the operation on it, by their places in `vertices`; parents come before children."""

    def add(self, vertex: Vertex) -> int:
        """Add a vertex; gives its place."""
        self.vertices.append(vertex)
        return len(self.vertices) - 1


def picture_of(outputs: Sequence[Tensor], names: Mapping[str, Tensor]) -> Picture:
    """Collect what lies behind outputs."""
    picture = Picture()
    called = {_key(tensor): (name, tensor) for name, tensor in names.items()}
    shown = {_key(tensor) for tensor in outputs}
    constants: dict[int, int] = {}
    places: dict[EagerNode, int] = {}
    shapes = _shapes([*outputs, *names.values()])
    for node in _behind(outputs, shapes):
        name, tensor = called.get(id(node), ("", None))
        sources = _sources(node, picture, constants, called, places)
        vertex = _input(name, tensor, shapes[node]) if node.primitive is None else _operation(node, name)
        vertex.is_output = id(node) in shown
        places[node] = picture.add(vertex)
        picture.edges += [(source, places[node]) for source in sources]
    return picture


def _key(tensor: Tensor) -> int:
    """Give what tells a tensor from others in the record: its node, or its array if it has none."""
    return id(tensor.data if tensor.node is None else tensor.node)


def _shapes(tensors: Sequence[Tensor]) -> dict[EagerNode, tuple[int, ...]]:
    return {tensor.node: tensor.shape for tensor in tensors if tensor.node is not None}


def _behind(outputs: Sequence[Tensor], shapes: dict[EagerNode, tuple[int, ...]]) -> list[EagerNode]:
    """List the nodes behind outputs, parents before children; note the shapes of their results."""
    found = {output.node for output in outputs if output.node is not None}
    waiting = list(found)
    while waiting:
        node = waiting.pop()
        for position, parent, _ in node.parents:
            assert isinstance(parent, EagerNode)
            shapes.setdefault(parent, tuple(node.operands[position].shape))
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return sorted(found, key=lambda node: node.order)


def _sources(
    node: EagerNode,
    picture: Picture,
    constants: dict[int, int],
    called: Mapping[int, tuple[str, Tensor]],
    places: Mapping[EagerNode, int],
) -> list[int]:
    """Give the places of a node's operands, in their order; add those that are constant."""
    recorded = {position: parent for position, parent, _ in node.parents}
    sources = []
    for position, operand in enumerate(node.operands):
        parent = recorded.get(position)
        if isinstance(parent, EagerNode):
            sources.append(places[parent])
        elif operand is not None:
            is_array = hasattr(operand, "strides")
            if not is_array or id(operand) not in constants:
                place = picture.add(_constant(operand, called.get(id(operand), ("", None))[0], node.degree))
                constants[id(operand) if is_array else -place - 1] = place
                sources.append(place)
            else:
                sources.append(constants[id(operand)])
    return sources


def _input(name: str, tensor: Tensor | None, shape: tuple[int, ...]) -> Vertex:
    detail = f"{tensor.item():.4g}" if tensor is not None and tensor.size == 1 else _shown(shape)
    return Vertex("input", name or "input", detail, f"a tensor of shape {shape} that requires a gradient")


def _operation(node: EagerNode, name: str) -> Vertex:
    assert node.primitive is not None
    full = node.primitive.name
    label = SYMBOLS.get(full, full.removeprefix("np.").rpartition(".")[2])
    label = f"{name} = {label}" if name else label
    if node.is_freed:
        return Vertex("operation", label, "freed", f"{full}, whose record a sweep has used", node.degree)
    options = "".join(f", {key}={value!r}" for key, value in node.parameters.items())
    several = node.primitive.multiple
    shapes = [tuple(each.shape) for each in (node.output if several else [node.output])]
    return Vertex("operation", label, ", ".join(map(_shown, shapes)), f"{full}{options}: {shapes}", node.degree)


def _constant(operand: Array, name: str, degree: int) -> Vertex:
    if not hasattr(operand, "shape") or (hasattr(operand, "item") and operand.size == 1):
        value = getattr(operand, "item", lambda: operand)()
        text = f"{value:.4g}" if isinstance(value, float) else str(value)
        return Vertex("constant", name or text, text if name else "", f"the constant {value}", degree)
    shape = tuple(operand.shape)
    kind = CONSTANTS.get(operand.dtype.kind, "constant" if shape else "number")
    return Vertex("constant", name or kind, _shown(shape), f"a constant array of shape {shape}", degree)


def _shown(shape: tuple[int, ...]) -> str:
    """Write a shape; nothing for a number."""
    return " × ".join(map(str, shape)) if len(shape) != 1 else f"{shape[0]}"
