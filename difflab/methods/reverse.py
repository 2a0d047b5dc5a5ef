"""Reverse mode: run the function on tensors, then carry cotangents back from its result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from ..batch import Batch
from ..carrier import Carrier
from ..engines.transforms import gradient, pullback, push, reverse_over_reverse
from ..errors import InvalidArgument
from ..interface import Differentiator, OnDevices, Support
from ..kernel import Kernel, Leaves, Pull, one_direction, require_scalar, scalar_call
from ..point import Point
from ..signature import Signature
from ..types import Array
from .at_once import at_once


@dataclass(frozen=True)
class Reverse(Differentiator):
    """Cotangents carried back over the recorded operations, x̄ = Σ ȳ · ∂y/∂x, exact to rounding.

    A gradient takes one call of the function and one sweep back, whatever the number of inputs.
    Griewank and Walther, Evaluating Derivatives (2008), section 3.2.

    Args:
        second_order: how Hessians and their products are made: "forward" pushes tangents through
            the reverse sweep; "reverse" sweeps back over the recorded sweep.

    Raises:
        InvalidArgument: `second_order` is neither.
    """

    name: ClassVar[str] = "reverse"
    summary: ClassVar[str] = "records the code as it runs and sweeps back; cost grows with the outputs"
    reads_rules: ClassVar[bool] = True
    on_devices: ClassVar[OnDevices] = "all"
    operators: ClassVar[Mapping[str, Support]] = {
        "derivative": "native",
        "gradient": "native",
        "value_and_gradient": "native",
        "jacobian": "native",
        "hessian": "native",
        "jvp": "derived",
        "vjp": "native",
        "hvp": "native",
    }
    second_order: Literal["forward", "reverse"] = "forward"

    def __post_init__(self) -> None:
        if self.second_order not in ("forward", "reverse"):
            raise InvalidArgument(f"second_order={self.second_order!r} is unknown: use 'forward' or 'reverse'.")

    def kernel(self, signature: Signature, at: Point) -> Kernel:
        """Nothing to prepare: the code is recorded each time it runs."""
        return ReverseKernel(self.second_order)


class ReverseKernel(Kernel):
    """Pull by a sweep over the recorded nodes."""

    native = "pull"

    def __init__(self, second_order: Literal["forward", "reverse"]):
        self.second_order = second_order

    def pullback(self, at: Point) -> tuple[Leaves, Pull]:
        """Run the function once; each pull is one sweep."""
        return pullback(at.call, at.leaves)

    def value_and_gradient(self, at: Point) -> tuple[Leaves, Leaves]:
        """Run the function once, and pull 1 back from the number that it gives."""
        outputs, pull = pullback(at.call, at.leaves, at_once=True)
        require_scalar(at, outputs)
        (value,) = outputs
        gradient = [row[0] for row in pull([one_direction(value)])]
        is_number = isinstance(value, (np.generic, Carrier))
        return [value if is_number else value.copy()], gradient  # it may be a view of an argument

    def many(self, operator: str, batch: Batch, tangents: Sequence[Array] = ()) -> Any:
        """Run the function on all points at once."""
        return at_once(self.native, operator, batch, tangents)

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        """Differentiate the reverse sweep along the tangents, or, the Hessian being symmetric, back over it."""
        function = scalar_call(at)
        if self.second_order == "forward":
            return push(gradient(function, "reverse"), at.leaves, tangents)[1]
        return reverse_over_reverse(function, at.leaves, tangents)
