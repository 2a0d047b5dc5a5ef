"""What all optimizers have in common: the parameters that they change, and a state that can be saved."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from .. import arrays
from ..eager import Tensor
from ..errors import InvalidArgument

State = Mapping[str, Any]
"""Nested dictionaries of arrays and numbers."""

Closure = Callable[[], Any]
"""Computes the loss, a tensor of one number, from the parameters as they are; calls no `backward`."""


class Optimizer(ABC):
    """Changes parameters in place, so that a loss becomes smaller.

    Args:
        parameters: tensors that were made from data and require gradients.

    Raises:
        InvalidArgument: there are none, or one of them is something else.
    """

    def __init__(self, parameters: Iterable[Tensor]):
        if isinstance(parameters, Tensor):
            raise InvalidArgument("The parameters are one tensor: give a list of it, [parameter].")
        self.parameters = list(parameters)
        if not self.parameters:
            raise InvalidArgument("There are no parameters to optimize: give at least one, as model.parameters() does.")
        for number, parameter in enumerate(self.parameters):
            if reason := _unfit(parameter):
                raise InvalidArgument(f"Parameter {number} {reason}.")
        if len({id(parameter) for parameter in self.parameters}) < len(self.parameters):
            raise InvalidArgument("A parameter is listed twice, and would be changed twice a step: list it once.")

    @property
    def name(self) -> str:
        """What the algorithm is called."""
        return type(self).__name__

    def zero_grad(self) -> None:
        """Forget the gradients: `.grad` of each parameter becomes None."""
        for parameter in self.parameters:
            parameter.grad = None

    @abstractmethod
    def step(self, closure: Closure | None = None) -> float | None:
        """Change the parameters.

        Args:
            closure: computes the loss from the parameters as they are; calls no `backward`.

        Returns:
            the loss, if there is a closure.
        """

    @abstractmethod
    def state_dict(self) -> dict[str, Any]:
        """Give all that a step depends on, apart from parameters, gradients and settings, as copies."""

    @abstractmethod
    def load_state_dict(self, state: State) -> None:
        """Go on from what `state_dict` gave: the steps that follow are the same to the last bit.

        Raises `InvalidArgument` if it is the state of another algorithm or of other parameters.
        """


def loss_of(closure: Closure, owner: str) -> Tensor:
    """Compute the loss; raises `InvalidArgument` if the closure gives something else."""
    loss = closure()
    if not isinstance(loss, Tensor):
        found = f"a {type(loss).__name__}"
    elif loss.size != 1:
        found = f"a tensor of shape {loss.shape}"
    elif not loss.requires_grad:
        found = "a tensor without a record"
    else:
        return loss
    raise InvalidArgument(
        f"The function given to the step of {owner} returned {found}: let it return the loss, a tensor of one number "
        f"that is computed from the parameters."
    )


def require_entries(owner: str, state: State, names: Iterable[str]) -> None:
    """Raise `InvalidArgument` unless a state has these entries and no other."""
    needed = sorted(names)
    if sorted(state) != needed:
        raise InvalidArgument(
            f"The state has the entries {sorted(state)}, and that of {owner} has {needed}: load what the "
            f"state_dict() of the same optimizer gave."
        )


def copied(owner: str, entry: str, saved: Any, like: Any) -> Any:
    """Copy a saved array to where another is; raises `InvalidArgument` if they are not alike in shape and dtype."""
    shape, dtype = np.shape(saved), getattr(saved, "dtype", None)
    if shape != like.shape or dtype != like.dtype:
        raise InvalidArgument(
            f"The entry {entry} of the state of {owner} has shape {shape} and dtype {dtype}; {like.shape} and "
            f"{like.dtype} are needed: load the state that belongs to these parameters."
        )
    return arrays.array(saved, device=arrays.device_of(like))


def _unfit(parameter: Any) -> str | None:
    """Say why something cannot be optimized, or nothing."""
    if not isinstance(parameter, Tensor):
        return f"is of type {type(parameter).__name__}: give tensors that require gradients"
    if not parameter.requires_grad:
        return f"of shape {parameter.shape} does not require a gradient: leave it out, or set requires_grad=True"
    if not parameter.is_leaf:
        return f"of shape {parameter.shape} was computed: give the tensors that it was computed from"
    if not getattr(parameter.data.flags, "writeable", True):
        return f"of shape {parameter.shape} lies in memory that is read-only: make the tensor of a copy"
    return None
