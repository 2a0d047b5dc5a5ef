"""What `difflab.graph` gives: a record drawn as DOT and as SVG."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ...errors import InvalidArgument
from ..refusals import refuse_no_record
from ..tensor import Tensor
from .dot import to_dot
from .picture import Picture, picture_of
from .svg import to_svg


class Drawing:
    """A drawn record; notebooks show it as it is."""

    def __init__(self, picture: Picture):
        self.picture = picture

    @cached_property
    def dot(self) -> str:
        """The text for Graphviz."""
        return to_dot(self.picture)

    @cached_property
    def svg(self) -> str:
        """The image; raises `InvalidArgument` for a record too large to be looked at."""
        return to_svg(self.picture)

    def save(self, path: str | Path) -> None:
        """Write the drawing into a file; raises `InvalidArgument` unless its name ends in .svg or .dot."""
        path = Path(path)
        if path.suffix not in (".svg", ".dot"):
            raise InvalidArgument(f"A drawing cannot be saved as {path.name!r}: let its name end in .svg or .dot.")
        path.write_text(self.svg if path.suffix == ".svg" else self.dot, encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"Drawing({len(self.picture.vertices)} vertices, {len(self.picture.edges)} edges)"


def graph(outputs: Tensor | Sequence[Tensor], **names: Tensor) -> Drawing:
    """Draw the record behind tensors: inputs, constants, operations with the shapes of their results, and adjoints.

    Operations of the function itself and those of its first, second and higher adjoints, which `create_graph=True`
    records, have colours of their own.

    Args:
        outputs: a tensor, or several: y alone, or y and its gradients.
        names: what to call tensors in the drawing: `graph(y, x=x)`.

    Raises:
        NotDifferentiable: there is no record behind an output.

    >>> x1, x2 = Tensor(2.0, requires_grad=True), Tensor(5.0, requires_grad=True)
    >>> drawing = graph(x1 * x2, x1=x1, x2=x2)
    >>> drawing
    Drawing(3 vertices, 2 edges)
    >>> print(drawing.dot.splitlines()[0])
    digraph record {
    """
    several: Sequence[Any] = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    for output in several:
        if not isinstance(output, Tensor) or output.node is None:
            raise refuse_no_record(output)
    for name, tensor in names.items():
        if not isinstance(tensor, Tensor):
            raise InvalidArgument(f"The name {name!r} was given to a {type(tensor).__name__}: give tensors names.")
    return Drawing(picture_of(several, names))
