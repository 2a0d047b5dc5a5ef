"""Compiled traces: the function and its sweep are recorded once, optimized, compiled, and replayed.

What a branch, a loop or an index of the code looked at is a guard: where it comes out otherwise, the code is traced
again for that path, and both are kept. Where no program can be made, the eager method answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..batch import Batch
from ..engines.arguments import Arguments
from ..engines.transforms import Flat, pull_plainly, push_plainly
from ..errors import InvalidArgument
from ..interface import OPERATORS, Differentiator, Support
from ..kernel import Kernel, Leaves, Pull, Shortcut, basis, by_input, floating
from ..lowering.replay import TIERS, Replayed, Tier
from ..lowering.shortcuts import shortcut
from ..point import Point
from ..signature import Signature
from ..types import Array
from .forward import ForwardKernel
from .reverse import ReverseKernel


@dataclass(frozen=True)
class Compiled(Differentiator):
    """What the two compiled methods share.

    Args:
        tier: "native" compiles at the first call; "source" runs generated NumPy source; "automatic" begins with the
            eager method, and compiles in the background what is called again.

    Raises:
        InvalidArgument: `tier` is none of these.
    """

    reads_rules: ClassVar[bool] = True
    operators: ClassVar[Mapping[str, Support]] = dict.fromkeys(OPERATORS, "native")
    tier: Tier = "automatic"

    def __post_init__(self) -> None:
        if self.tier not in TIERS:
            raise InvalidArgument(f"tier={self.tier!r} is unknown: use one of {', '.join(map(repr, TIERS))}.")


class ForwardCompiled(Compiled):
    """Tangents beside the values, all at once, in a compiled trace; exact to rounding.

    A gradient takes one program for all n inputs; second derivatives are compiled forward over forward (Griewank and
    Walther, Evaluating Derivatives, 2008, section 3.1).
    """

    name: ClassVar[str] = "forward_compiled"
    summary: ClassVar[str] = "forward mode, traced once, compiled and replayed"

    def kernel(self, signature: Signature, at: Point) -> Kernel:
        """Read how the arguments are nested; functions are traced when they are called."""
        return ForwardCompiledKernel(ForwardKernel(None), signature, at, self.tier)


class ReverseCompiled(Compiled):
    """Cotangents carried back in a compiled trace; exact to rounding.

    The sweep is recorded with the function, so that the passes see both. Second derivatives are compiled forward over
    reverse (Griewank and Walther, Evaluating Derivatives, 2008, section 5.4).
    """

    name: ClassVar[str] = "reverse_compiled"
    summary: ClassVar[str] = "reverse mode, traced once with its sweep, compiled and replayed"

    def kernel(self, signature: Signature, at: Point) -> Kernel:
        """Read how the arguments are nested; functions are traced when they are called."""
        return ReverseCompiledKernel(ReverseKernel("forward"), signature, at, self.tier)


class CompiledKernel(Kernel):
    """Answers by programs, one for each operator, and where there is none by an eager kernel."""

    def __init__(self, eager: Kernel, signature: Signature, at: Point, tier: Tier):
        self.eager = eager
        self.signature = signature
        self.replayed = Replayed(Arguments(at), tier)
        self.shortcuts: dict[str, Shortcut] = {}

    def value(self, at: Point) -> Leaves:
        """Give the function's outputs."""
        found = self.replayed.run("value", _value, at)
        return self.eager.value(at) if found is None else found[0]

    def many(self, operator: str, batch: Batch) -> Any:
        """Give a gradient, with the value or without, at all points at once."""
        rule = {"gradient": self._gradient_alone, "value_and_gradient": self._gradient}.get(operator)
        if rule is None:
            return None
        at = self.signature.point(batch.point(0))
        inputs = [*batch.leaves, *self.replayed.arguments.inputs(at)[len(batch.leaves) :]]
        found = self.replayed.operator(operator, rule, at, scalar=True).many(at, inputs, batch.count)
        if found is None:
            return None
        results, missing = found
        values = len(results) - len(batch.leaves)
        for n in missing:
            alone = self.eager.value_and_gradient(self.signature.point(batch.point(n)))
            for result, leaf in zip(results, [*alone[0][:values], *alone[1]], strict=True):
                result[n] = leaf
        gradient = self.signature.moving_trees(results[values:])
        return (results[0], gradient) if values else gradient

    def push(self, at: Point, tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        """Push `k` tangents forward."""
        found = self.replayed.run("push", _push, at, tangents)
        return self.eager.push(at, tangents) if found is None else found

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        """Push tangents through the gradient."""
        found = self.replayed.run("curvature", self._curvature, at, tangents, scalar=True)
        return self.eager.curvature(at, tangents) if found is None else found[1]

    def value_and_gradient(self, at: Point) -> tuple[Leaves, Leaves]:
        """Give the output and the gradient."""
        found = self.replayed.run("value_and_gradient", self._gradient, at, scalar=True)
        return self.eager.value_and_gradient(at) if found is None else found

    def gradient(self, at: Point) -> Leaves:
        """Give the gradient; the program need not compute the output."""
        found = self.replayed.run("gradient", self._gradient_alone, at, scalar=True)
        if found is None:
            return self.eager.gradient(at)
        if "gradient" not in self.shortcuts and (program := self.replayed.first_program("gradient")):
            self.shortcuts.update(shortcut(self.signature, "gradient", program))
        return found[1]

    @classmethod
    def _gradient_alone(cls, function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
        return [], cls._gradient(function, leaves, extra)[1]

    @staticmethod
    def _gradient(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
        raise NotImplementedError

    @classmethod
    def _curvature(cls, function: Flat, leaves: Sequence[Array], tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        return push_plainly(lambda inner: cls._gradient(function, inner, ())[1], leaves, tangents)


class ForwardCompiledKernel(CompiledKernel):
    """Push by a program."""

    native = "push"

    @staticmethod
    def _gradient(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
        outputs, columns = push_plainly(function, leaves, basis(leaves))
        return outputs, by_input(columns, outputs, leaves)[0]


class ReverseCompiledKernel(CompiledKernel):
    """Pull by a program, and push by another."""

    native = "pull"

    def pullback(self, at: Point) -> tuple[Leaves, Pull]:
        """Give the outputs; each pull is one program of function and sweep."""

        def pull(cotangents: Sequence[Array]) -> Leaves:
            found = self.replayed.run("pull", _pull, at, cotangents)
            return self.eager.pullback(at)[1](cotangents) if found is None else found[1]

        return self.value(at), pull

    def rows(self, at: Point) -> tuple[Leaves, Leaves]:
        """Pull all unit cotangents back at once."""
        found = self.replayed.run("rows", _rows, at)
        return self.eager.rows(at) if found is None else found

    @staticmethod
    def _gradient(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
        outputs, pulled = pull_plainly(function, leaves, lambda values: [np.ones(1, floating(values[0]))])
        return outputs, [x[0] for x in pulled]


def _value(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
    return function(leaves), []


def _push(function: Flat, leaves: Sequence[Array], tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
    return push_plainly(function, leaves, tangents)


def _pull(function: Flat, leaves: Sequence[Array], cotangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
    return pull_plainly(function, leaves, lambda _: cotangents)


def _rows(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
    return pull_plainly(function, leaves, basis)
