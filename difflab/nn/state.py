"""The state of a module as arrays, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .. import arrays
from ..eager import Tensor
from ..errors import InvalidArgument
from ..types import Array


def read_state(tensors: Iterable[tuple[str, Tensor]]) -> dict[str, Array]:
    """Give copies of tensors as NumPy arrays, by name."""
    return {name: arrays.host_copy(tensor.data) for name, tensor in tensors}


def write_state(owner: str, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
    """Write arrays into the tensors of the same names.

    Args:
        owner: what the tensors belong to, for messages.
        tensors: where to write.
        state: arrays, by name.

    Raises:
        InvalidArgument: a name is missing or unknown, or an array has another shape or dtype; nothing is written then.
    """
    _check_names(owner, tensors, state)
    for name, tensor in tensors.items():
        _check(owner, name, tensor, state[name])
    for name, tensor in tensors.items():
        tensor.data = arrays.overwritten(tensor.data, arrays.array(state[name], None, tensor.device, copy=False))
        tensor.written(f"the loading of the state of {owner}")


def _check_names(owner: str, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
    missing = [name for name in tensors if name not in state]
    unknown = [name for name in state if name not in tensors]
    if missing or unknown:
        faults = [f"lacks {_listed(missing)}"] * bool(missing) + [f"has unknown {_listed(unknown)}"] * bool(unknown)
        raise InvalidArgument(
            f"The state does not fit {owner}: it {' and '.join(faults)}. Load the state of a model made with the same "
            f"arguments."
        )


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def _check(owner: str, name: str, tensor: Tensor, array: Any) -> None:
    given = np.asarray(array)
    if given.shape != tensor.shape or given.dtype != tensor.dtype:
        raise InvalidArgument(
            f"The state does not fit {owner}: {name} has shape {tensor.shape} and dtype {tensor.dtype} there, and "
            f"shape {given.shape} and dtype {given.dtype} in the state. Load the state of a model made with the same "
            f"arguments, or convert the model with .astype."
        )
