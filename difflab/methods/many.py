"""What each operator is at many points at once: a rule to trace at one point, and how its results are put together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..engines.transforms import Flat, pull_plainly, push_plainly
from ..kernel import Kernel, Leaves, basis, by_input, by_output, shaped
from ..lowering.tracing import Rule
from ..point import Point
from ..signature import Signature
from ..structure import Structure, shape_of
from ..types import Array, Tree

Gradient = Callable[[Flat, Sequence[Array], Sequence[Array]], tuple[Leaves, Leaves]]


@dataclass(frozen=True)
class OfMany:
    """One operator.

    Args:
        rule: gives its results, flat, of one point.
        alone: gives the same by an eager kernel, which decides what a program leaves undecided.
        scalar: whether the function must give one number.
    """

    rule: Rule
    alone: Callable[[Kernel, Point, Sequence[Array]], Leaves]
    scalar: bool = False


def operators(gradient: Gradient, *, by_rows: bool) -> dict[str, OfMany]:
    """Give all operators of a compiled method.

    Args:
        gradient: its rule for a value and its gradient.
        by_rows: whether Jacobians are pulled, a row for each output, or pushed, a column for each input.
    """

    def gradient_alone(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
        return [], gradient(function, leaves, extra)[1]

    def hessian(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
        inner = push_plainly(lambda x: gradient(function, x, ())[1], leaves, basis(leaves))[1]
        return [], _blocks(inner, leaves)

    def jacobian(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
        outputs, found = _rows(function, leaves) if by_rows else push_plainly(function, leaves, basis(leaves))
        table = (by_output if by_rows else by_input)(found, outputs, leaves)
        return [], _flat(table)

    return {
        "value": OfMany(_value, lambda eager, at, _: eager.value(at)),
        "gradient": OfMany(gradient_alone, lambda eager, at, _: eager.gradient(at), scalar=True),
        "value_and_gradient": OfMany(gradient, _value_and_gradient_alone, scalar=True),
        "jacobian": OfMany(jacobian, lambda eager, at, _: _flat(eager.jacobian(at))),
        "hessian": OfMany(hessian, lambda eager, at, _: _blocks(eager.hessian(at), at.leaves), scalar=True),
        "jvp": OfMany(_push, _push_alone),
    }


# Rules


def _value(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
    return function(leaves), []


def _rows(function: Flat, leaves: Sequence[Array]) -> tuple[Leaves, Leaves]:
    return pull_plainly(function, leaves, basis)


def _push(function: Flat, leaves: Sequence[Array], tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
    outputs, pushed = push_plainly(function, leaves, [tangent[None] for tangent in tangents])
    return outputs, [tangent[0] for tangent in pushed]


def _flat(table: Sequence[Leaves]) -> Leaves:
    return [block for row in table for block in row]


def _blocks(rows: Sequence[Array], leaves: Sequence[Array]) -> Leaves:
    """Cut the Hessian's `(n, *x.shape)` for each leaf into `x.shape + x.shape` for each two, row by row."""
    blocks = []
    start = 0
    for leaf in leaves:
        shape = shape_of(leaf)
        stop = start + leaf.size
        blocks += [shaped(row[start:stop], shape + shape_of(row)[1:]) for row in rows]
        start = stop
    return blocks


# By the eager kernel


def _value_and_gradient_alone(eager: Kernel, at: Point, tangents: Sequence[Array]) -> Leaves:
    outputs, gradient = eager.value_and_gradient(at)
    return [*outputs, *gradient]


def _push_alone(eager: Kernel, at: Point, tangents: Sequence[Array]) -> Leaves:
    outputs, pushed = eager.push(at, [tangent[None] for tangent in tangents])
    return [*outputs, *(tangent[0] for tangent in pushed)]


# Nests


def _nest(signature: Signature, structure: Structure, results: Leaves) -> Tree:
    return structure.unflatten(results)


def _two_nests(signature: Signature, structure: Structure, results: Leaves) -> Tree:
    half = len(results) // 2
    return structure.unflatten(results[:half]), structure.unflatten(results[half:])


def _in_moving(signature: Signature, structure: Structure, results: Leaves) -> Tree:
    return signature.moving_trees(results)


def _number_and_moving(signature: Signature, structure: Structure, results: Leaves) -> Tree:
    return results[0], signature.moving_trees(results[1:])


def _nest_of_moving(signature: Signature, structure: Structure, results: Leaves) -> Tree:
    return structure.unflatten(_parts(signature, results))


def _moving_of_moving(signature: Signature, structure: Structure, results: Leaves) -> Tree:
    return signature.moving_trees(_parts(signature, results))


def _parts(signature: Signature, results: Leaves) -> list[Any]:
    """Give nests of the differentiated arguments, one after the other."""
    count = sum(len(signature.kinds[number]) for number in signature.moving)
    return [signature.moving_trees(results[n : n + count]) for n in range(0, len(results), count)]


PUT_TOGETHER: dict[str, Callable[[Signature, Structure, Leaves], Tree]] = {
    "value": _nest,
    "gradient": _in_moving,
    "value_and_gradient": _number_and_moving,
    "jacobian": _nest_of_moving,
    "hessian": _moving_of_moving,
    "jvp": _two_nests,
}
"""By operator, the nest that it gives, of flat results with a first axis of points."""
