"""Optimizers that step along gradients, each entry of a parameter by itself."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, final

import numpy as np

from .. import arrays
from ..eager import Tensor
from ..eager.observing import Owned, change
from ..errors import InvalidArgument
from ..types import Array
from .optimizer import Closure, Optimizer, State, copied, loss_of, require_entries
from .schedules import Schedule
from .settings import require_not_negative

COMPILED_FROM = 8192
"""Entries of all parameters from which compiled loops are used: smaller models do not wait for a compiler."""


class FirstOrder(Optimizer):
    """Steps by an update that takes a parameter, its gradient and its buffers, and changes all but the gradient.

    Args:
        parameters: tensors that were made from data and require gradients.
        rate: the learning rate, or a `Schedule` that gives it for each step.
        weight_decay: how much of the parameter is added to its gradient, or where a class says so, taken off it.
        buffers: names of what is kept for each parameter, as an array of its shape, from step to step.

    Raises:
        InvalidArgument: a setting is out of range, or a parameter cannot be optimized.
    """

    def __init__(
        self, parameters: Iterable[Tensor], rate: float | Schedule, weight_decay: float, buffers: Sequence[str] = ()
    ):
        super().__init__(parameters)
        require_not_negative(self.name, {"weight_decay": weight_decay})
        self.weight_decay = weight_decay
        self.rate = rate
        self.steps = 0
        self._counts = [0] * len(self.parameters)
        """How often each parameter has been changed."""
        self._buffers = {name: [_zeros(each.data) for each in self.parameters] for name in buffers}
        self._compiled = sum(parameter.size for parameter in self.parameters) >= COMPILED_FROM

    @property
    def rate(self) -> float:
        """The learning rate of the next step; may be set to another, or to a schedule."""
        return self._rate(self.steps) if isinstance(self._rate, Schedule) else self._rate

    @rate.setter
    def rate(self, rate: float | Schedule) -> None:
        if not isinstance(rate, Schedule):
            require_not_negative(self.name, {"rate": rate})
        self._rate = rate

    @final
    def step(self, closure: Closure | None = None) -> float | None:
        """Change each parameter that has a gradient.

        Args:
            closure: computes the loss, of which the gradients are then taken first; else `.grad` is used as it is.

        Returns:
            the loss before the step, if there is a closure.

        Raises:
            InvalidArgument: no parameter has a gradient, or the closure returns no loss.
        """
        if closure is None:
            self._change()
            return None
        self.zero_grad()
        loss = loss_of(closure, self.name)
        loss.backward()
        self._change()
        return float(loss.item())

    def _change(self) -> None:
        gradients = [None if (gradient := parameter.grad) is None else gradient.data for parameter in self.parameters]
        if all(gradient is None for gradient in gradients):
            raise InvalidArgument(
                f"{self.name} has nothing to step along, as no parameter has a gradient: call loss.backward() before "
                f"step()."
            )
        change(self._descend, gradients, self.parameters, [Owned(self.state_dict, self.load_state_dict)])

    def _descend(self, gradients: Sequence[Array | None]) -> None:
        """Change each parameter that there is a gradient of."""
        rate = self.rate
        loop = self.loop() if self._compiled else None
        words = f"the step of {self.name}"
        for number, (parameter, gradient) in enumerate(zip(self.parameters, gradients, strict=True)):
            if gradient is None:
                continue
            self._counts[number] += 1
            settings = self.numbers(rate, self._counts[number])
            array = parameter.data
            buffers = [each[number] for each in self._buffers.values()]
            if loop and _fits_loops(array):
                loop(*[each.reshape(-1) for each in (array, gradient, *buffers)], *settings)
            else:
                try:
                    self.update(array, gradient.astype(_state_dtype(array), copy=False), *buffers, *settings)
                except TypeError as error:
                    arrays.explain(f"The step of {self.name}", [array, gradient, *buffers], error)
                    raise
            parameter.written(words)
        self.steps += 1

    @abstractmethod
    def numbers(self, rate: float, count: int) -> Sequence[Any]:
        """Give the numbers that the update takes after the arrays, at the `count`-th change of a parameter."""

    @abstractmethod
    def update(self, parameter: Array, gradient: Array, *buffers_and_numbers: Any) -> None:
        """Change a parameter and its buffers in place, by NumPy functions: the definition of the algorithm."""

    @abstractmethod
    def loop(self) -> Callable[..., None]:
        """Give the compiled loop that does what `update` does, in one pass."""

    def state_dict(self) -> dict[str, Any]:
        state: dict[str, Any] = {"steps": self.steps, "counts": np.array(self._counts)}
        if not isinstance(self._rate, Schedule):
            state["rate"] = self._rate
        for name, buffers in self._buffers.items():
            state[name] = {str(number): arrays.host_copy(buffer) for number, buffer in enumerate(buffers)}
        return state

    def load_state_dict(self, state: State) -> None:
        scheduled = isinstance(self._rate, Schedule)
        require_entries(self.name, state, {"steps", "counts", *self._buffers, *(() if scheduled else ("rate",))})
        counts = copied(self.name, "counts", state["counts"], np.array(self._counts))
        loaded = {}
        for name, buffers in self._buffers.items():
            require_entries(f"{self.name}, at {name},", state[name], map(str, range(len(buffers))))
            loaded[name] = [
                copied(self.name, f"{name}.{number}", state[name][str(number)], buffer)
                for number, buffer in enumerate(buffers)
            ]
        self.steps, self._counts, self._buffers = int(state["steps"]), counts.tolist(), loaded
        if not scheduled:
            self.rate = float(state["rate"])


def _state_dtype(array: Array) -> Any:
    """Give the dtype to compute an update in: the parameter's, but float32 for float16."""
    return np.result_type(array.dtype, np.float32)


def _zeros(array: Array) -> Array:
    return np.zeros_like(array, dtype=_state_dtype(array), order="C")


def _fits_loops(array: Array) -> bool:
    """Say whether loops can write to a parameter where it is; the gradient, of its dtype, may be copied."""
    return isinstance(array, np.ndarray) and array.dtype.char in "fd" and array.flags.c_contiguous
