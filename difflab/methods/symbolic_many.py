"""What `symbolic` gives at many points: at those on one path all at once, by its source on arrays of points."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays import beside, place_of
from ..batch import Batch
from ..carrier import refuse_carriers
from ..kernel import Leaves, floating, require_scalar
from ..lowering.expressions import Expressions
from ..point import Point
from ..structure import shape_of
from ..types import Array
from .many import PUT_TOGETHER
from .symbolic_evaluation import evaluated, readable
from .symbolic_paths import Path, constants_of

if TYPE_CHECKING:
    from .symbolic import SymbolicKernel

ENTRIES = 1 << 20
"""Numbers that are held at once: 8 MiB."""

ORDERS = {"value": 0, "hessian": 2}
"""Of derivatives; all other operators take the first."""

OF_NUMBERS = ("gradient", "value_and_gradient", "hessian")


def at_many_points(kernel: "SymbolicKernel", operator: str, batch: Batch, tangents: Sequence[Array]) -> Any:
    """Give an operator at all points; None where they are to be taken one by one.

    That is where results are not alike in shape or structure, or where the code could not be run at all points at once.
    """
    try:
        groups = list(_groups(kernel, batch))
    except np.linalg.LinAlgError:  # at points that may be on another path
        return None
    order = ORDERS.get(operator, 1)
    numbers, parts, kinds = [], [], set()
    for path, at, points in groups:
        if operator in OF_NUMBERS:
            require_scalar(at, path.expressions.outputs(np.zeros(len(path.expressions.values))))
        with readable(at):
            size = max(1, ENTRIES // path.expressions.width(order))
        for block in (points[start : start + size] for start in range(0, len(points), size)):
            at_points = AtPoints(path.expressions, order, at, _picked(batch.leaves, block))
            parts.append(FLAT[operator](at_points, _picked(tangents, block)))
            numbers.append(block)
            kinds.add((path.output_structure, tuple(leaf.shape[1:] for leaf in parts[-1])))
    if len(kinds) > 1:
        return None
    structure = groups[0][0].output_structure
    assert structure is not None
    return PUT_TOGETHER[operator](batch.derivatives.signature, structure, _in_order(numbers, parts))


def _groups(kernel: "SymbolicKernel", batch: Batch) -> Iterator[tuple[Path, Point, Array]]:
    """Give each path that points are on, one of these points, and the numbers of all; derives paths that are new."""
    refuse_carriers(batch.leaves)
    signature = batch.derivatives.signature
    constants = constants_of(signature.point(batch.point(0)))
    known = [path for path in kernel.paths if path.constants == constants]
    left = np.arange(batch.count)
    while len(left):
        if known:
            path = known.pop(0)
            covered = path.covers_which(_picked(batch.leaves, left))
        else:
            path = kernel.derive(signature.point(batch.point(left[0])), constants)
            covered = path.covers_which(_picked(batch.leaves, left))
            covered[0] = True  # it was derived there, however guards of many points may round
        if covered.any():
            points = left[covered]
            yield path, signature.point(batch.point(points[0])), points
        left = left[~covered]


def _picked(leaves: Sequence[Array], points: Array) -> list[Array]:
    """Give the items of some numbers in ascending order, of arrays with a first axis of points."""
    return [leaf if len(points) == len(leaf) else leaf[beside(points, leaf)] for leaf in leaves]


def _in_order(numbers: Sequence[Array], parts: Sequence[Leaves]) -> Leaves:
    """Join results at blocks of points, which have these numbers, in the order of the points."""
    if len(parts) == 1:
        return parts[0]
    order = np.argsort(np.concatenate(numbers))
    return [np.concatenate(part)[beside(order, part[0])] for part in zip(*parts, strict=True)]


class AtPoints:
    """Values and derivatives at points on one path, all at once.

    Args:
        expressions: of the path.
        order: of the derivatives.
        at: one of the points, of which errors speak.
        leaves: with a first axis of points.
    """

    def __init__(self, expressions: Expressions, order: int, at: Point, leaves: Leaves):
        self.expressions = expressions
        self.at = at
        self.count = len(leaves[0])
        entries_first = [np.moveaxis(leaf, 0, -1).copy() for leaf in leaves]
        values, derivatives = evaluated(expressions, order, at, entries_first, (self.count,))
        self.derivatives = derivatives
        """`(m, k, points)`."""
        self.outputs = expressions.outputs(np.moveaxis(values, 0, -1))
        """Each with a first axis of points."""

    def gradient(self) -> Leaves:
        """Give the gradient for each leaf, `(points, *x.shape)`."""
        return self.blocks(self.derivatives, [()])

    def jacobian(self) -> Leaves:
        """Give for each output, for each leaf, `(points, *y.shape, *x.shape)`."""
        return self.blocks(self.derivatives, [output.shape[1:] for output in self.outputs])

    def hessian(self) -> Leaves:
        """Give for each two leaves the second derivatives, `(points, *x.shape, *x.shape)`."""
        n = len(self.expressions.symbols)
        return self.blocks(np.reshape(self.derivatives, (n, n, self.count)), list(map(shape_of, self.at.leaves)))

    def pushed(self, tangents: Leaves) -> Leaves:
        """Give the derivative of each output along tangents, `(points, *y.shape)`."""
        place = place_of(*self.at.leaves)
        directions = [np.reshape(beside(each, place), (self.count, -1)) for each in tangents]
        along = np.transpose(np.concatenate(directions, axis=1))
        with np.errstate(invalid="ignore"):  # of 0 · ∞: what a direction does not move has no say
            terms = np.where(along != 0, self.derivatives * along, 0)
        pushed = np.sum(terms, axis=1)
        pieces, start = [], 0
        for output in self.outputs:
            stop = start + output[0].size
            piece = np.reshape(np.moveaxis(pushed[start:stop], 0, -1), output.shape)
            pieces.append(piece.astype(floating(output), order="C"))
            start = stop
        return pieces

    def blocks(self, table: Array, shapes: Sequence[tuple[int, ...]]) -> Leaves:
        """Cut `(rows, columns, points)` into `(points, *shape, *x.shape)` for each of `shapes`, for each leaf."""
        table = np.moveaxis(table, -1, 0)
        blocks, row = [], 0
        for shape in shapes:
            height, column = int(np.prod(shape, dtype=int)), 0
            for leaf in self.at.leaves:
                block = table[:, row : row + height, column : column + leaf.size]
                block = np.reshape(block, (self.count, *shape, *shape_of(leaf)))
                blocks.append(block.astype(floating(leaf), order="C"))
                column += leaf.size
            row += height
        return blocks


FLAT: dict[str, Callable[[AtPoints, Leaves], Leaves]] = {
    "value": lambda found, _: found.outputs,
    "gradient": lambda found, _: found.gradient(),
    "value_and_gradient": lambda found, _: [*found.outputs, *found.gradient()],
    "jacobian": lambda found, _: found.jacobian(),
    "hessian": lambda found, _: found.hessian(),
    "jvp": lambda found, tangents: [*found.outputs, *found.pushed(tangents)],
}
"""By operator, its results at points, flat, as `PUT_TOGETHER` takes them."""
