"""Compiled traces: the function and its sweep are recorded once, optimized, compiled, and replayed.

What a branch, a loop or an index of the code looked at is a guard: where it comes out otherwise, the code is traced
again for that path, and both are kept. Where no program can be made, the eager method answers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..arrays import device_of, is_host, on_the_cpu, place_of
from ..batch import Batch
from ..engines.arguments import Arguments
from ..engines.transforms import Flat, pull_plainly, push_plainly
from ..errors import DeviceUnavailable, InvalidArgument, ReplayMismatch
from ..interface import OPERATORS, Differentiator, OnDevices, Support
from ..kernel import Kernel, Leaves, Pull, Shortcut, basis, by_input, floating, one_direction, size
from ..lowering.making import wait_for_compiler
from ..lowering.programs import TIERS, Tier
from ..lowering.replay import Found, Replayed
from ..lowering.tracing import Rule
from ..point import Point, describe
from ..signature import Signature
from ..structure import BARE
from ..types import Array
from .forward import ForwardKernel
from .many import PUT_TOGETHER, operators
from .reverse import ReverseKernel

CLEAR = 8
"""How many times more inputs than outputs, or the reverse, say by themselves how to make a Jacobian."""
VERIFIED = 3
"""Replays that are compared with the eager method, where that is asked for."""


@dataclass(frozen=True)
class Compiled(Differentiator):
    """What the two compiled methods share.

    Args:
        tier: "native" compiles at the first call; "source" runs generated NumPy source; "automatic" begins with the
            eager method, and compiles in the background what is called again.
        verify: whether to compare the first replays with the eager method; one that differs raises `ReplayMismatch`.

    On a device, traces are replayed as NumPy source, from the first call on; each replay waits for its status.

    Raises:
        InvalidArgument: `tier` is none of these.
    """

    reads_rules: ClassVar[bool] = True
    on_devices: ClassVar[OnDevices] = "all"
    operators: ClassVar[Mapping[str, Support]] = dict.fromkeys(OPERATORS, "native")
    tier: Tier = "automatic"
    verify: bool = False

    def __post_init__(self) -> None:
        if self.tier not in TIERS:
            raise InvalidArgument(f"tier={self.tier!r} is unknown: use one of {', '.join(map(repr, TIERS))}.")

    def tier_at(self, at: Point) -> Tier:
        """Give the tier for these arguments; raises `DeviceUnavailable` for "native" on a device."""
        place = place_of(*at.leaves)
        if is_host(place):
            return self.tier
        if self.tier == "native":
            raise DeviceUnavailable(
                f"tier='native' makes programs of the CPU, and an argument is on {device_of(place)}: leave the tier "
                f"out; there traces are replayed as NumPy source."
            )
        return "source"


class ForwardCompiled(Compiled):
    """Tangents beside the values, all at once, in a compiled trace; exact to rounding.

    A gradient takes one program for all n inputs; second derivatives are compiled forward over forward (Griewank and
    Walther, Evaluating Derivatives, 2008, section 3.1).
    """

    name: ClassVar[str] = "forward_compiled"
    summary: ClassVar[str] = "forward mode, traced once, compiled and replayed"

    def kernel(self, signature: Signature, at: Point) -> Kernel:
        """Read how the arguments are nested; functions are traced when they are called."""
        return ForwardCompiledKernel(ForwardKernel(None), signature, at, self.tier_at(at), verify=self.verify)


class ReverseCompiled(Compiled):
    """Cotangents carried back in a compiled trace; exact to rounding.

    The sweep is recorded with the function, so that the passes see both. Second derivatives are compiled forward over
    reverse (Griewank and Walther, Evaluating Derivatives, 2008, section 5.4).
    """

    name: ClassVar[str] = "reverse_compiled"
    summary: ClassVar[str] = "reverse mode, traced once with its sweep, compiled and replayed"

    def kernel(self, signature: Signature, at: Point) -> Kernel:
        """Read how the arguments are nested; functions are traced when they are called."""
        return ReverseCompiledKernel(ReverseKernel("forward"), signature, at, self.tier_at(at), verify=self.verify)


class CompiledKernel(Kernel):
    """Answers by programs, one for each operator, and where there is none by an eager kernel."""

    def __init__(self, eager: Kernel, signature: Signature, at: Point, tier: Tier, *, verify: bool):
        self.eager = eager
        self.signature = signature
        self.replayed = Replayed(Arguments(at), tier, at.function)
        self.to_verify = VERIFIED if verify else 0
        self.shortcuts: Mapping[str, Shortcut] = self.replayed.shortcuts

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "shortcuts"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.shortcuts = self.replayed.shortcuts

    def answer(
        self,
        name: str,
        rule: Rule,
        at: Point,
        eager: Callable[[], Found],
        directions: Sequence[Array] = (),
        *,
        scalar: bool = False,
    ) -> Found:
        """Give values and derivatives by a program, or by the eager kernel; see `Replayed.run`."""
        found = self.replayed.run(name, rule, at, directions, scalar=scalar)
        if found is None:
            return eager()
        if self.to_verify:
            self.to_verify -= 1
            require_alike(at, name, found, eager())
        return found

    def value(self, at: Point) -> Leaves:
        """Give the function's outputs."""
        return self.answer("value", _value, at, lambda: (self.eager.value(at), []))[0]

    def push(self, at: Point, tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        """Push `k` tangents forward."""
        return self.answer("push", push_plainly, at, lambda: self.eager.push(at, tangents), tangents)

    def curvature(self, at: Point, tangents: Sequence[Array]) -> Leaves:
        """Push tangents through the gradient."""
        rule = self._curvature
        return self.answer(
            "curvature", rule, at, lambda: ([], self.eager.curvature(at, tangents)), tangents, scalar=True
        )[1]

    def value_and_gradient(self, at: Point) -> tuple[Leaves, Leaves]:
        """Give the output and the gradient."""
        name, rule = "value_and_gradient", self._gradient
        found = self.answer(name, rule, at, lambda: self.eager.value_and_gradient(at), scalar=True)
        self._shorten(name, at)
        return found

    def gradient(self, at: Point) -> Leaves:
        """Give the gradient; the program need not compute the output."""
        rule = self._gradient_alone
        found = self.answer("gradient", rule, at, lambda: ([], self.eager.gradient(at)), scalar=True)[1]
        self._shorten("gradient", at)
        return found

    def jacobian(self, at: Point) -> list[Leaves]:
        """Give the Jacobian; of a function of one number, its derivative, by one tangent."""
        if len(at.leaves) > 1 or np.shape(at.leaves[0]):
            return self._blocks(at)
        found = self.answer("derivative", _derivative, at, lambda: ([], [row[0] for row in self.eager.jacobian(at)]))[1]
        if at.output_structure == BARE:
            self._shorten("derivative", at)
        return [[slope] for slope in found]

    def _blocks(self, at: Point) -> list[Leaves]:
        """Give the Jacobian by columns or by rows, whichever costs less."""
        by_rows = self.pulls(at)
        rule = operators(self._gradient, by_rows=by_rows)["jacobian"].rule
        name = f"jacobian by {'rows' if by_rows else 'columns'}"
        found = self.answer(name, rule, at, lambda: ([], [x for row in self.eager.jacobian(at) for x in row]))[1]
        return [found[n : n + len(at.leaves)] for n in range(0, len(found), len(at.leaves))]

    def pulls(self, at: Point) -> bool:
        """Say whether to pull rows of Jacobians, and not to push columns."""
        return self.native == "pull"

    def _shorten(self, name: str, at: Point) -> None:
        if not self.to_verify:
            self.replayed.shorten(name, self.signature, at)

    def settle(self) -> None:
        """Wait until the compiler has made what it was asked for."""
        wait_for_compiler()

    def many(self, operator: str, batch: Batch, tangents: Sequence[Array] = ()) -> Any:
        """Give an operator at all points at once; None where that cannot be."""
        at = self.signature.point(batch.point(0))
        if self.replayed.is_left(at) or not is_host(place_of(*batch.leaves)):
            return None
        of_many = operators(self._gradient, by_rows=operator != "jacobian" or self.pulls(at))[operator]
        constants = self.replayed.arguments.inputs(at)[len(batch.leaves) :]
        inputs = [*batch.leaves, *constants, *tangents]
        moving = [True] * len(batch.leaves) + [False] * len(constants) + [True] * len(tangents)
        program = self.replayed.operator(f"{operator} at many points", of_many.rule, at, scalar=of_many.scalar)
        found = program.many(at, inputs, moving, batch.count)
        if found is None:
            return None
        results, missing, structure = found
        for n in missing:
            alone = of_many.alone(self.eager, self.signature.point(batch.point(n)), [x[n] for x in tangents])
            if [np.shape(leaf) for leaf in alone] != [result.shape[1:] for result in results]:
                return None
            for result, leaf in zip(results, alone, strict=True):
                result[n] = leaf
        return PUT_TOGETHER[operator](self.signature, structure, results)

    @classmethod
    def _gradient_alone(cls, function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
        return [], cls._gradient(function, leaves, extra)[1]

    @staticmethod
    def _gradient(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
        raise NotImplementedError

    @classmethod
    def _curvature(cls, function: Flat, leaves: Sequence[Array], tangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
        return [], push_plainly(lambda inner: cls._gradient(function, inner, ())[1], leaves, tangents)[1]


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
    _pulls: bool | None = None
    _has_met_jacobian = False

    def pullback(self, at: Point) -> tuple[Leaves, Pull]:
        """Give the outputs; each pull is one program of function and sweep."""

        def pull(cotangents: Sequence[Array]) -> Leaves:
            return self.answer("pull", _pull, at, lambda: ([], self.eager.pullback(at)[1](cotangents)), cotangents)[1]

        return self.value(at), pull

    def pulls(self, at: Point) -> bool:
        """Say whether pulling rows computes fewer entries than pushing columns.

        Where there are many more inputs than outputs, or the other way round, their numbers decide; else both are
        traced, once, when a Jacobian is asked for a second time, or has to be compiled.
        """
        if self._pulls is None and self.replayed.tier == "automatic" and not self._has_met_jacobian:
            self._has_met_jacobian = True
            return True
        if self._pulls is None:
            inputs, outputs = size(at.leaves), size(self.eager.value(at))
            if max(inputs, outputs) > CLEAR * min(inputs, outputs):
                self._pulls = outputs < inputs
            else:
                rows, columns = (operators(self._gradient, by_rows=rows)["jacobian"].rule for rows in (True, False))
                self._pulls = self.replayed.entries(rows, at) <= self.replayed.entries(columns, at)
        return self._pulls

    @staticmethod
    def _gradient(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
        outputs, pulled = pull_plainly(function, leaves, lambda values: [one_direction(values[0])])
        return outputs, [x[0] for x in pulled]


def _value(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
    return function(leaves), []


def _derivative(function: Flat, leaves: Sequence[Array], extra: Sequence[Array]) -> tuple[Leaves, Leaves]:
    return [], [slope[0] for slope in push_plainly(function, leaves, [one_direction(leaves[0])])[1]]


def _pull(function: Flat, leaves: Sequence[Array], cotangents: Sequence[Array]) -> tuple[Leaves, Leaves]:
    return [], pull_plainly(function, leaves, lambda _: cotangents)[1]


def require_alike(at: Point, name: str, found: Found, expected: Found) -> None:
    """Raise `ReplayMismatch` where results differ by more than rounding."""
    for mine, theirs in zip([*found[0], *found[1]], [*expected[0], *expected[1]], strict=True):
        mine, theirs = on_the_cpu(mine), on_the_cpu(theirs)
        tolerance = 1e6 * float(np.finfo(floating(theirs)).eps)
        scale = float(np.max(np.abs(theirs), initial=0, where=np.isfinite(theirs)))
        if not np.allclose(mine, theirs, rtol=tolerance, atol=tolerance * scale, equal_nan=True):
            raise ReplayMismatch(
                f"A replay of {describe(at.function)} gives another {name.replace('_', ' ')} than the eager method: "
                f"{mine!r}, not {theirs!r}. The function depends on something that its trace does not see: use the "
                f"method 'reverse', and report this."
            )
