"""The two modes as transformations of a flat function: a list of leaves to a list of leaves.

`k` directions of a leaf of shape `s` are one array of shape `(k, *s)`, as in `difflab.kernel`.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from functools import partial, reduce
from operator import or_
from typing import Any, Literal

import numpy as np

from ..arrays import place_of
from ..carrier import Carrier
from ..heap import keep_freed_memory
from ..kernel import basis, by_input, floating, one_direction
from ..object_arrays import object_arrays_explained
from ..structure import shape_of
from ..types import Array
from .batch import Batch, unbatch
from .constants import Constants
from .dispatch import Value, next_level
from .dual import Dual
from .extended import Extended
from .points import somewhere
from .recorded import Recorded
from .refusals import OBJECT_ARRAYS, refuse_escaped
from .tape import sweep

Flat = Callable[[Sequence[Array]], list[Array]]
Pull = Callable[[Sequence[Array]], list[Array]]

_infinite_slopes_allowed = partial(np.errstate, divide="ignore", invalid="ignore")
"""An infinite slope, as sqrt has at 0, is a result and no cause for a warning."""


def push(function: Flat, leaves: Sequence[Array], tangents: Sequence[Array]) -> tuple[list[Array], list[Array]]:
    """Run `function` once in forward mode: outputs, and `k` tangents of each."""
    outputs, pushed = _push(function, leaves, tangents, extended=False)
    return outputs, _decided(pushed, outputs, lambda: _push(function, leaves, tangents, extended=True)[1])


def pullback(function: Flat, leaves: Sequence[Array], at_once: bool = False) -> tuple[list[Array], Pull]:
    """Run `function` once on tensors: outputs, and the map from `k` cotangents of each to `k` of each leaf.

    With `at_once` the map holds until the leaves are written to, of which outputs may then be views. Else they are
    copied first.
    """
    inputs, outputs = _record(function, leaves, at_once)
    values = _values(outputs, inputs)

    def pull(cotangents: Sequence[Array]) -> list[Array]:
        pulled = _pull(outputs, cotangents, inputs, extended=False)
        return _decided(pulled, values, lambda: _pull(outputs, cotangents, inputs, extended=True))

    return values, pull


def push_plainly(function: Flat, leaves: Sequence[Array], tangents: Sequence[Array]) -> tuple[list[Array], list[Array]]:
    """Do what `push` does in plain arithmetic alone, for traces: what 0 · ∞ leaves undecided is NaN."""
    return _push(function, leaves, tangents, extended=False)


def pull_plainly(
    function: Flat, leaves: Sequence[Array], cotangents: Callable[[Sequence[Array]], Sequence[Array]]
) -> tuple[list[Array], list[Array]]:
    """Run `function` and pull cotangents of its outputs back in plain arithmetic alone, for traces; see `pullback`."""
    inputs, outputs = _record(function, leaves)
    values = _values(outputs, inputs)
    return values, _pull(outputs, cotangents(values), inputs, extended=False)


def gradient(function: Flat, mode: Literal["forward", "reverse"]) -> Flat:
    """Give the gradient of a flat function of one scalar output, itself a flat function that can be differentiated."""

    def forward(leaves: Sequence[Array]) -> list[Array]:
        outputs, columns = push(function, leaves, basis(leaves))
        return by_input(columns, outputs, leaves)[0]

    def reverse(leaves: Sequence[Array]) -> list[Array]:
        outputs, pull = pullback(function, leaves)
        return [x[0] for x in pull([one_direction(outputs[0])])]

    return forward if mode == "forward" else reverse


def reverse_over_reverse(function: Flat, leaves: Sequence[Array], directions: Sequence[Array]) -> list[Array]:
    """Multiply the (symmetric) Hessian by `k` directions: sweep back over the graph extended by its adjoints."""
    inputs, outputs = _record(function, leaves)

    def products(extended: bool) -> list[Array]:
        carried, _ = _carrier(1, extended, forward=False)
        ones = [carried(_one(output)) for output in outputs]
        with _infinite_slopes_allowed():
            slopes = sweep(outputs, ones, inputs, create_graph=True)
        slopes = [slope.data if isinstance(slope, Extended) else slope for slope in slopes]
        return _pull(slopes, directions, inputs, extended)

    return _decided(products(extended=False), outputs, lambda: products(extended=True))


def _one(output: Array) -> Array:
    """Give the direction of ones, of the shape of an output, where it is."""
    return np.ones_like(place_of(output), floating(output), shape=(1, *shape_of(output)))


def _record(function: Flat, leaves: Sequence[Array], at_once: bool = False) -> tuple[list[Recorded], list[Array]]:
    """Run a function on tensors of the inputs' nodes, which it may change in place (`x += 1`): inputs and outputs.

    With `at_once` long leaves are not copied, only kept as they are while the function runs.
    """
    keep_freed_memory()
    level = next_level()
    with object_arrays_explained(OBJECT_ARRAYS), Constants() as constants:
        inputs = [Recorded(level, constants.keep(leaf) if at_once else copy(leaf)) for leaf in leaves]
        outputs = function([Recorded(level, x.data, x.node, constants=constants) for x in inputs])
    return inputs, _of_level(outputs, level)


def _values(outputs: Sequence[Array], inputs: Sequence[Recorded]) -> list[Array]:
    level = inputs[0].level
    return [output.data if _is(output, Recorded, level) else output for output in outputs]


def _push(
    function: Flat, leaves: Sequence[Array], tangents: Sequence[Array], extended: bool
) -> tuple[list[Array], list[Array]]:
    level = next_level()
    count = len(tangents[0])
    carried, unwrap = _carrier(count, extended, forward=True)
    with _infinite_slopes_allowed(), object_arrays_explained(OBJECT_ARRAYS):
        outputs = function([Dual(level, copy(leaf), carried(t)) for leaf, t in zip(leaves, tangents, strict=True)])
    values = []
    pushed = []
    for output in _of_level(outputs, level):
        if _is(output, Dual, level):
            values.append(output.primal)
            pushed.append(unwrap(output.tangent))
        else:
            values.append(output)
            pushed.append(np.zeros((count, *shape_of(output)), floating(output), like=place_of(output)))
    return values, pushed


def _pull(
    outputs: Sequence[Array], cotangents: Sequence[Array], inputs: Sequence[Recorded], extended: bool
) -> list[Array]:
    count = len(cotangents[0])
    carried, unwrap = _carrier(count, extended, forward=False)
    with _infinite_slopes_allowed():
        arrived = sweep(outputs, [carried(cotangent) for cotangent in cotangents], inputs)
    return [
        np.zeros((count, *x.shape), x.dtype, like=place_of(x)) if cotangent is None else unwrap(cotangent)
        for cotangent, x in zip(arrived, inputs, strict=True)
    ]


def _carrier(count: int, extended: bool, forward: bool) -> tuple[Callable[[Array], Any], Callable[[Any], Array]]:
    """Say how directions travel: one as a plain array, several as a batch, either in extended arithmetic."""
    above = next_level()
    top = next_level()

    def carried(directions: Array) -> Any:
        direction = directions[0] if count == 1 else Batch(above, directions)
        return Extended(top, direction, forward) if extended else direction

    given: list[Array] = []

    def unwrap(direction: Any) -> Array:
        if _is(direction, Extended, top):
            direction = direction.data
        plain = direction if count == 1 else unbatch(direction, above, count)
        if not isinstance(plain, (Carrier, np.generic)):
            if plain.base is not None or any(plain is each for each in given):
                plain = plain.copy()  # a view of a direction given, or of one broadcast entry: not safe to write to
            given.append(plain)
        return plain[None] if count == 1 else plain

    return carried, unwrap


def _of_level(outputs: list[Array], level: int) -> list[Array]:
    """Give outputs on, unless one belongs to an inner derivative, which has ended."""
    if any(isinstance(output, Value) and output.level > level for output in outputs):
        raise refuse_escaped()
    return outputs


def _is(value: Any, kind: type[Value], level: int) -> bool:
    return isinstance(value, kind) and value.level == level


def _decided(plain: list[Array], outputs: Sequence[Array], extended: Callable[[], list[Array]]) -> list[Array]:
    """Give derivatives, in extended arithmetic where the plain one left NaN though the outputs are numbers."""
    found = _any_of(map(_holds_nan, plain))
    if not somewhere(found):
        return plain
    undecided = found & ~_any_of(map(_holds_nan, outputs))
    if not somewhere(undecided):
        return plain
    if not isinstance(undecided, Value):
        return extended()
    at_these: Any = undecided  # points only
    return [np.where(at_these, one, other) for one, other in zip(extended(), plain, strict=True)]


def _any_of(flags: Iterable[Any]) -> Any:
    return reduce(or_, flags, np.False_)


def _holds_nan(value: Array) -> Any:
    """Say whether a value holds a NaN; of many points, at which."""
    if type(value) is np.ndarray and value.dtype.kind == "f":
        return np.isnan(np.minimum.reduce(value, axis=None, initial=np.inf))  # in one pass, without an array
    return np.any(np.isnan(value))
