"""What every layer asks of its arguments and of its inputs."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InvalidArgument

if TYPE_CHECKING:
    from .module import Module


def require_sizes(layer: str, **sizes: Any) -> None:
    """Raise `InvalidArgument` unless the sizes that a layer was given are positive whole numbers."""
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            raise InvalidArgument(f"{name}={size!r} of {layer}: give a positive whole number.")


def require_input(layer: "Module", x: Any, axes: tuple[Any, ...], dtype: Any = None) -> None:
    """Raise `InvalidArgument`, naming the layer and the shapes, unless an input fits it.

    Args:
        layer: the layer.
        x: its input.
        axes: the length of each axis, or its name where any length will do; `...` first stands for any number of axes.
        dtype: what the entries must be, if it matters.
    """
    shape = getattr(x, "shape", None)
    if shape is None:
        raise InvalidArgument(f"{layer.title()} was given a {type(x).__name__}: give an array or a tensor.")
    if not _fits(shape, axes):
        wanted = ", ".join("…" if axis is ... else str(axis) for axis in axes)
        raise InvalidArgument(
            f"{layer.title()} takes an input of shape ({wanted}), and was given one of shape {tuple(shape)}."
        )
    if dtype is not None and x.dtype != dtype:
        or_model = f", or the model, model.astype(np.{x.dtype})" if x.dtype.kind == "f" else ""
        raise InvalidArgument(
            f"{layer.title()} has parameters of dtype {dtype}, and was given an input of dtype {x.dtype}: convert the "
            f"input, x.astype(np.{dtype}){or_model}."
        )


def _fits(shape: tuple[int, ...], axes: tuple[Any, ...]) -> bool:
    if axes[0] is ...:
        axes = axes[1:]
        shape = shape[-len(axes) :] if axes else ()
    return len(shape) == len(axes) and all(
        axis == length or isinstance(axis, str) for axis, length in zip(axes, shape, strict=True)
    )


def shown(size: Any) -> str:
    """Give a size as text, as one number if it is the same along all axes.

    >>> shown((3, 3)), shown((3, 5))
    ('3', '(3, 5)')
    """
    return str(size[0]) if isinstance(size, tuple) and len(set(size)) == 1 else str(size)
