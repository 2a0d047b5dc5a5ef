"""Forward mode: run the function on duals, which carry tangents along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..batch import Batch
from ..engines.transforms import gradient, push
from ..errors import InvalidArgument
from ..interface import Differentiator, OnDevices, Support
from ..kernel import Kernel, Leaves, scalar_call
from ..point import Point
from ..signature import Signature
from ..types import Array
from .at_once import at_once


@dataclass(frozen=True)
class Forward(Differentiator):
    """Tangents beside the values, ẏ = ∂y/∂x · ẋ through every primitive, exact to rounding.

    A gradient or a Jacobian of n inputs takes n tangents, all in one call of the function; a second
    derivative is forward over forward. Griewank and Walther, Evaluating Derivatives (2008),
    section 3.1.

    Args:
        chunk: how many tangents travel at once; by default all, as long as they take less than
            64 MiB beside one input. Fewer save memory and cost one call of the function more for
            each chunk.

    Raises:
        InvalidArgument: `chunk` is no positive number.
    """

    name: ClassVar[str] = "forward"
    summary: ClassVar[str] = "runs the code on numbers that carry tangents; cost grows with the inputs"
    reads_rules: ClassVar[bool] = True
    on_devices: ClassVar[OnDevices] = "all"
    operators: ClassVar[Mapping[str, Support]] = {
        "derivative": "native",
        "gradient": "derived",
        "value_and_gradient": "derived",
        "jacobian": "native",
        "hessian": "native",
        "jvp": "native",
        "vjp": "derived",
        "hvp": "native",
    }
    chunk: int | None = None

    def __post_init__(self) -> None:
        if self.chunk is not None and self.chunk < 1:
            raise InvalidArgument(f"chunk={self.chunk} tangents at once: use a positive number, or None for all.")

    def kernel(self, signature: Signature, at: Point) -> Kernel:
        """Nothing to prepare: the code is differentiated as it runs."""
        return ForwardKernel(self.chunk)


class ForwardKernel(Kernel):
    """Push by duals, in chunks of tangents."""

    native = "push"

    def __init__(self, chunk: int | None):
        self.chunk = chunk

    def push(self, at: Point, tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        """Run the function once for each chunk of tangents."""
        chunks = []
        for part in self._chunks(tangents):
            outputs, pushed = push(at.call, at.leaves, part)
            chunks.append(pushed)
        if len(chunks) == 1:
            return outputs, pushed
        return outputs, [np.concatenate(parts) for parts in zip(*chunks, strict=True)]

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        """Forward over forward: the tangent of the tangents' gradient."""
        chunks = []
        for part in self._chunks(tangents):
            _, products = push(gradient(scalar_call(at), "forward"), at.leaves, part)
            chunks.append(products)
        return [np.concatenate(parts) for parts in zip(*chunks, strict=True)]

    def many(self, operator: str, batch: Batch, tangents: Sequence[Array] = ()) -> Any:
        """Run the function on all points at once."""
        return at_once(self.native, operator, batch, tangents)

    def _chunks(self, tangents: Sequence[Array]) -> list[list[Array]]:
        count = len(tangents[0])
        entries = max(1, sum(tangent[0].size for tangent in tangents) if count else 1)
        chunk = self.chunk or max(1, _ENTRIES_AT_ONCE // entries)
        return [[tangent[start : start + chunk] for tangent in tangents] for start in range(0, max(count, 1), chunk)]


_ENTRIES_AT_ONCE = 64 * 2**20 // 8
