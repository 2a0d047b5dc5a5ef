"""A part of a model: parameters, and a function of inputs that uses them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import numpy as np

from .. import arrays
from ..eager.observing import observer
from ..errors import InvalidArgument
from ..types import Array
from .assembly import Assembly, members
from .parameter import Buffer, Parameter
from .state import read_state, write_state
from .summary import Summary, summarize


class Module(Assembly):
    """The base of layers and models: assign parameters and modules to attributes, and define `forward`.

    Parameters, buffers and modules are found in the attributes, also in lists, tuples and dictionaries there; one that
    is in several places counts once, under its first name. Calling the module calls `forward`. Modules can be copied
    (`copy.deepcopy`) and pickled.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Parameter(2.0), Parameter(1.0)
    ...     def forward(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).item()
    7.0
    >>> [name for name, _ in line.named_parameters()]
    ['slope', 'offset']
    """

    training: bool = True
    """Whether the module is being trained, which matters to dropout and batch normalisation."""

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Compute the outputs; to be defined by each module."""
        raise InvalidArgument(f"{type(self).__name__} has no forward: define forward(self, x) in the class.")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        if (seen := observer.get()) is not None:
            seen.called(self)
        return self.forward(*inputs, **options)

    # What it consists of

    def modules(self) -> Iterator["Module"]:
        """Go through this module and all modules in it."""
        return (module for _, module in self.named_modules())

    def named_modules(self) -> Iterator[tuple[str, "Module"]]:
        """Go through the modules with their dotted names; that of this module itself is empty."""
        return self._members(Module)

    def parameters(self) -> Iterator[Parameter]:
        """Go through what training changes.

        Raises `InvalidArgument` if an attribute is a tensor that requires a gradient, but no parameter.
        """
        return (parameter for _, parameter in self.named_parameters())

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Go through the parameters with their dotted names."""
        return self._members(Parameter)

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """Go through the buffers with their dotted names."""
        return self._members(Buffer)

    def named_generators(self) -> Iterator[tuple[str, np.random.Generator]]:
        """Go through the random generators that the modules draw from, with their dotted names."""
        return self._members(np.random.Generator)

    def _members(self, kind: Any) -> Iterator[Any]:
        return ((name, member) for name, member in members(self) if isinstance(member, kind))

    # Its state

    def state_dict(self) -> dict[str, Array]:
        """Give copies of all parameters and buffers as NumPy arrays, by dotted name."""
        return read_state(self._members((Parameter, Buffer)))

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Write arrays into the parameters and buffers of the same names, in place.

        Raises:
            InvalidArgument: a name is missing or unknown, or an array has another shape or dtype; nothing is written
                then.
        """
        write_state(type(self).__name__, dict(self._members((Parameter, Buffer))), state)

    def train(self, training: bool = True) -> Self:
        """Set this module and those in it to training, or to evaluation."""
        for module in self.modules():
            module.training = training
        return self

    def eval(self) -> Self:
        """Set this module and those in it to evaluation: no dropout, and running statistics in batch normalisation."""
        return self.train(training=False)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.grad = None

    def astype(self, dtype: Any) -> Self:
        """Convert parameters and buffers of real numbers in place, and forget the gradients.

        >>> from difflab.nn import Linear
        >>> Linear(2, 3).astype(np.float64).weight.dtype
        dtype('float64')
        """
        if np.dtype(dtype).kind != "f":
            raise InvalidArgument(f"A model of {np.dtype(dtype)} cannot be trained: give a dtype of real numbers.")
        return self._replace(lambda array: array.astype(dtype) if array.dtype.kind == "f" else array, "astype")

    def to(self, device: str) -> Self:
        """Move parameters and buffers to a device in place, and forget the gradients.

        Raises:
            DeviceUnavailable: the device cannot be used here; the message says why.
        """
        arrays.require_device(device)
        return self._replace(lambda array: arrays.array(array, None, device, copy=False), "to")

    def _replace(self, conversion: Callable[[Array], Array], method: str) -> Self:
        for name, tensor in self._members((Parameter, Buffer)):
            tensor.data = conversion(tensor.data)
            tensor.written(f"{type(self).__name__}.{method} of {name}")
            if tensor.requires_grad:
                tensor.grad = None
        return self

    # How it is shown

    def settings(self) -> str:
        """Give the arguments that the module was made with, as text."""
        return ""

    def title(self) -> str:
        """Name the module in one line."""
        return f"{type(self).__name__}({self.settings()})"

    def summary(self, example: Any) -> Summary:
        """Give a table of the modules in this one: kind, shape of the output for an example, number of parameters.

        Args:
            example: an input, or a tuple of inputs, as for a call in evaluation.

        >>> from difflab.nn import Linear, ReLU, Sequential
        >>> print(Sequential(Linear(4, 3), ReLU()).summary(np.zeros((1, 4), np.float32)))
        name  module        output  parameters
        0     Linear(4, 3)  (1, 3)          15
        1     ReLU()        (1, 3)           0
                             total          15
        """
        return summarize(self, example)

    def __repr__(self) -> str:
        modules = [(name, part) for name, part in members(self) if isinstance(part, Module)]
        lines = [self.title(), *(f"{'  ' * (name.count('.') + 1)}{name}: {part.title()}" for name, part in modules[1:])]
        return "\n".join(lines)
