"""The one interface: a method is a `Differentiator`; prepared for a function, it gives `Derivatives`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ClassVar, Literal

import numpy as np

from .arrays import array, current, device_of, is_on_gpu, require_device
from .batch import Batch
from .errors import DeviceUnavailable, InvalidArgument, UnsupportedOperator
from .host_kernel import HostKernel, HostPoint
from .kernel import Kernel, floating, shaped
from .point import Point, describe
from .signature import ArgumentNumbers, Signature, as_shaped, in_words
from .structure import flatten
from .types import Array, Function, Tree

OPERATORS = ("derivative", "gradient", "value_and_gradient", "jacobian", "hessian", "jvp", "vjp", "hvp")
"""Every operator that `Derivatives` has, `value` aside, which all methods have."""

Support = Literal["native", "derived"]
"""How a method offers an operator: by its own means, or put together from what it has."""

OnDevices = Literal["all", "function", "nothing"]
"""What runs on a CUDA device if the arguments are there: the whole method, the function alone, or nothing."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How the error of a method goes with the resolution ε of the dtype: as ε^first, of second derivatives as ε^second.

    Relative, for functions whose values and derivatives are alike in size over one unit of the argument;
    1 is exact to rounding.
    """

    first: float = 1.0
    second: float = 1.0


class Differentiator(ABC):
    """A method of differentiation with its settings.

    Subclasses are frozen dataclasses: their fields are the settings. What a method can do is
    declared in `operators`; nothing finds out by catching exceptions.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    """One line on how the method works."""
    reads_rules: ClassVar[bool]
    """Whether it depends on the table of derivative rules."""
    accuracy: ClassVar[Accuracy] = Accuracy()
    """The law of its error, by which the conformance suite judges it."""

    on_devices: ClassVar[OnDevices] = "nothing"
    """What runs on the device that the arguments are on, if they are on one."""

    @property
    @abstractmethod
    def operators(self) -> Mapping[str, Support]:
        """What the method can do: the operators it offers, and how. A subclass may set a plain attribute."""

    @classmethod
    def capabilities(cls) -> Mapping[str, Support]:
        """What the method can do at most; more than `operators` only where those depend on the settings."""
        return cls().operators

    @abstractmethod
    def kernel(self, signature: Signature, at: Point) -> Kernel:
        """Do the work that needs doing once: trace, derive, compile. `at` is an example."""

    def prepare(
        self, function: Function, *args: Tree, argnums: ArgumentNumbers = 0, device: str | None = None
    ) -> "Derivatives":
        """Bind the method to a function and to the structure, shapes and dtypes of its arguments.

        Args:
            function: plain NumPy code, from numbers, arrays or nests of them to the same.
            args: example arguments; their values matter only to methods that trace.
            argnums: which arguments to differentiate: a number, or a tuple (a tuple of results).
            device: where to compute: "cpu", or a CUDA device such as "cuda"; arguments are copied there at each call.
                By default, where they are.

        Raises:
            InvalidArgument: an argument cannot be differentiated (text, complex, integer arrays).
            DeviceUnavailable: the device cannot be used here; the message says why.

        >>> from difflab.methods import Reverse
        >>> prepared = Reverse().prepare(lambda x: x**2, 3.0)
        >>> float(prepared.gradient(3.0)), float(prepared.gradient(5.0))
        (6.0, 10.0)
        """
        require_device(device)
        with current(device or "cpu"):
            signature = Signature.of(function, args, argnums, device)
            kernel = self._kernel_anywhere(signature, signature.point(args))
        kind = Derivatives if device in (None, "cpu") else DerivativesOnDevice
        return kind(self, signature, kernel)

    def _kernel_anywhere(self, signature: Signature, at: Point) -> Kernel:
        """Give the kernel, or what runs it on the CPU where the arguments are on a device."""
        devices = [device_of(leaf) for leaf in at.leaves if is_on_gpu(leaf)]
        if not devices or self.on_devices == "all":
            return self.kernel(signature, at)
        if self.on_devices == "nothing":
            raise DeviceUnavailable(
                f"The method {self.name!r} computes on the CPU only, and an argument is on {devices[0]}: give it as a "
                f"NumPy array, as x.get() does, or choose 'reverse', 'forward' or a numerical method."
            )
        return HostKernel(self.kernel(signature, HostPoint(at)))


class Derivatives:
    """The derivatives of one function, prepared by one method for one kind of arguments.

    Every call checks its arguments against the prepared ones and raises `PreparationMismatch`
    where structure, shape or dtype differ.
    """

    __slots__ = ("kernel", "method", "signature")

    def __init__(self, method: Differentiator, signature: Signature, kernel: Kernel):
        self.method = method
        self.signature = signature
        self.kernel = kernel

    def value(self, *args: Tree) -> Tree:
        """Give the function's value."""
        at = self.signature.point(args)
        return _outputs(at, self.kernel.value(at))

    def derivative(self, *args: Tree) -> Tree:
        """Give dy/dx of a function of one scalar; each result has the shape of its y."""
        shortcut = self.kernel.shortcuts.get("derivative")
        if shortcut is not None and (found := shortcut(*args)) is not None:
            return found
        self._require("derivative")
        at = self.signature.point(args)
        if len(at.leaves) != 1 or np.shape(at.leaves[0]) != ():
            raise InvalidArgument(
                f"derivative is for functions of one number; {describe(self.signature.function)} is differentiated "
                f"with respect to {self._inputs_in_words()}: use gradient or jacobian."
            )
        blocks = self.kernel.jacobian(at)
        return _outputs(at, [self.signature.moving_trees(row) for row in blocks])

    def gradient(self, *args: Tree) -> Tree:
        """Give the gradient of a scalar-valued function, in the structure and shapes of the argument(s)."""
        shortcut = self.kernel.shortcuts.get("gradient")
        if shortcut is not None and (found := shortcut(*args)) is not None:
            return found
        self._require("gradient")
        at = self.signature.point(args)
        return self.signature.moving_trees(self.kernel.gradient(at))

    def value_and_gradient(self, *args: Tree) -> tuple[Array, Tree]:
        """Give (y, gradient) of a scalar-valued function from one evaluation."""
        shortcut = self.kernel.shortcuts.get("value_and_gradient")
        if shortcut is not None and (found := shortcut(*args)) is not None:
            value, slopes = found
            return value, slopes
        self._require("value_and_gradient")
        at = self.signature.point(args)
        outputs, gradient = self.kernel.value_and_gradient(at)
        return outputs[0], self.signature.moving_trees(gradient)

    def jacobian(self, *args: Tree) -> Tree:
        """Give the Jacobian, of shape y.shape + x.shape.

        Where the result is a nest, it is the nest of its leaves' Jacobians; where the argument
        is, each of those is in turn a nest in the structure of the argument.
        """
        self._require("jacobian")
        at = self.signature.point(args)
        blocks = self.kernel.jacobian(at)
        return _outputs(at, [self.signature.moving_trees(row) for row in blocks])

    def hessian(self, *args: Tree) -> Tree:
        """Give the Hessian of a scalar-valued function, of shape x.shape + x.shape (a nest of nests for a nest)."""
        self._require("hessian")
        at = self.signature.point(args)
        rows = self.kernel.hessian(at)
        table = []
        start = 0
        for leaf in at.leaves:
            stop = start + leaf.size
            blocks = [shaped(row[start:stop], np.shape(leaf) + row.shape[1:]) for row in rows]
            table.append(self.signature.moving_trees(blocks))
            start = stop
        return self.signature.moving_trees(table)

    def jvp(self, *args: Tree, tangents: Tree) -> tuple[Tree, Tree]:
        """Give (y, ẏ): the value, and the derivative along `tangents`, which has the structure of the argument(s)."""
        self._require("jvp")
        at = self.signature.point(args)
        directions = self.signature.moving_leaves(tangents, "tangents")
        outputs, pushed = self.kernel.push(at, [direction[None] for direction in directions])
        return _outputs(at, outputs), _outputs(at, [tangent[0] for tangent in pushed])

    def vjp(self, *args: Tree, cotangents: Tree) -> tuple[Tree, Tree]:
        """Give (y, x̄): the value, and the derivative of ⟨cotangents, y⟩; `cotangents` has the structure of y."""
        self._require("vjp")
        at = self.signature.point(args)
        outputs, pull = self.kernel.pullback(at)
        weights = self._cotangents(at, outputs, cotangents)
        return _outputs(at, outputs), self.signature.moving_trees([x[0] for x in pull(weights)])

    def hvp(self, *args: Tree, tangents: Tree) -> Tree:
        """Give the Hessian of a scalar-valued function times `tangents`, in the structure of the argument(s)."""
        self._require("hvp")
        at = self.signature.point(args)
        directions = self.signature.moving_leaves(tangents, "tangents")
        products = self.kernel.curvature(at, [direction[None] for direction in directions])
        return self.signature.moving_trees([product[0] for product in products])

    def settle(self) -> None:
        """Wait until nothing goes on in the background, such as compiling what the latest calls asked for.

        What is timed afterwards is the steady state.
        """
        self.kernel.settle()

    def batch(self, *points: Tree) -> Batch:
        """Take many points at once: the differentiated arguments have a first axis of points.

        Raises:
            InvalidArgument: they have none, or axes of different lengths.
            PreparationMismatch: one point is not like what was prepared for.

        >>> from difflab.methods import ReverseCompiled
        >>> prepared = ReverseCompiled().prepare(lambda x: np.sum(x**3), np.ones(2))
        >>> prepared.batch(np.array([[1.0, 2.0], [3.0, 4.0]])).gradient()
        array([[ 3., 12.],
               [27., 48.]])
        """
        return Batch(self, points)

    def __repr__(self) -> str:
        return f"Derivatives of {describe(self.signature.function)} by {self.method}, for {self._inputs_in_words()}"

    def _require(self, operator: str) -> None:
        if operator not in self.method.operators:
            offered = ", ".join(self.method.operators) or "none"
            raise UnsupportedOperator(
                f"The method {self.method.name!r} does not offer {operator!r}; it offers: {offered}. "
                f"difflab.methods() lists what each method can do."
            )

    def _cotangents(self, at: Point, outputs: Sequence[Array], cotangents: Tree) -> list[Array]:
        leaves, structure = flatten(cotangents)
        if structure != at.output_structure:
            raise InvalidArgument(
                f"cotangents has the structure [{structure}], the result of {describe(at.function)} "
                f"[{at.output_structure}]: give cotangents the structure of the result."
            )
        weights = [
            as_shaped(leaf, np.shape(output), floating(output), lambda: "cotangents")
            for leaf, output in zip(leaves, outputs, strict=True)
        ]
        return [_placed_beside(weight, output)[None] for weight, output in zip(weights, outputs, strict=True)]

    def _inputs_in_words(self) -> str:
        kinds = [kind for number in self.signature.moving for kind in self.signature.kinds[number]]
        return ", ".join(map(in_words, kinds))


def _there(operator: Callable[..., Any]) -> Callable[..., Any]:
    """Let an operator run with the device that was prepared for as CuPy's current one."""

    @wraps(operator)
    def run(self: Derivatives, *args: Tree, **directions: Tree) -> Any:
        with current(self.signature.device or "cpu"):
            return operator(self, *args, **directions)

    return run


class DerivativesOnDevice(Derivatives):
    """Those prepared for a CUDA device, which is CuPy's current one while they compute."""

    __slots__ = ()


for _operator in ("value", *OPERATORS):
    setattr(DerivativesOnDevice, _operator, _there(getattr(Derivatives, _operator)))


def _placed_beside(direction: Array, output: Array) -> Array:
    """Give a direction on the device that an output is on."""
    return array(direction, device=device_of(output), copy=False) if is_on_gpu(output) else direction


def _outputs(at: Point, leaves: Sequence[Tree]) -> Tree:
    assert at.output_structure is not None
    return at.output_structure.unflatten(leaves)
