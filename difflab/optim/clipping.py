"""Gradients kept from becoming too large, between the sweep and the step."""

from collections.abc import Iterable, Sequence
from math import isfinite, sqrt

import numpy as np

from ..eager import Tensor
from ..eager.observing import change
from ..errors import InvalidArgument
from ..types import Array
from .settings import require_not_negative, require_positive


def clip_by_norm(parameters: Iterable[Tensor], limit: float) -> float:
    """Scale all gradients by one factor, in place, so that their common Euclidean norm is at most `limit`.

    R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks" (ICML 2013),
    algorithm 1.

    Returns:
        the norm before.

    Raises:
        InvalidArgument: the limit is not positive, or a gradient is NaN or infinite.

    >>> w = Tensor([3.0, 4.0], requires_grad=True)
    >>> (w**2).sum().backward()
    >>> clip_by_norm([w], 1.0)
    10.0
    >>> w.grad
    Tensor([0.6, 0.8])
    """
    require_positive("clip_by_norm", {"limit": limit})
    found = list(parameters)
    gradients = [parameter.grad for parameter in found if parameter.grad is not None]

    def scale(arrays: Sequence[Array]) -> float:
        norm = sqrt(sum(map(_squared_norm, arrays)))
        if not isfinite(norm):
            require_finite_gradients(found)
            largest = max(np.max(np.abs(array)).item() for array in arrays if array.size)
            norm = largest * sqrt(sum(_squared_norm(array / largest) for array in arrays))
        if norm > limit:
            for array in arrays:
                np.multiply(array, limit / norm, out=array)
        return norm

    norm: float = change(scale, [gradient.data for gradient in gradients], gradients)
    _count_writes(gradients, "clip_by_norm")
    return norm


def clip_by_value(parameters: Iterable[Tensor], limit: float) -> None:
    """Bring each entry of the gradients into the range from −`limit` to `limit`, in place; a NaN stays one.

    Raises `InvalidArgument` if the limit is negative.

    >>> w = Tensor([0.5, -3.0], requires_grad=True)
    >>> (w**2).sum().backward()
    >>> clip_by_value([w], 2.0)
    >>> w.grad
    Tensor([ 1., -2.])
    """
    require_not_negative("clip_by_value", {"limit": limit})
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]

    def clip(arrays: Sequence[Array]) -> None:
        for array in arrays:
            np.clip(array, -limit, limit, out=array)

    change(clip, [gradient.data for gradient in gradients], gradients)
    _count_writes(gradients, "clip_by_value")


def require_finite_gradients(parameters: Iterable[Tensor]) -> None:
    """Raise `InvalidArgument`, naming the parameter, if an entry of a gradient is NaN or infinite.

    >>> w = Tensor([1.0], requires_grad=True)
    >>> (w * np.inf).sum().backward()
    >>> require_finite_gradients([w])
    Traceback (most recent call last):
        ...
    difflab.errors.InvalidArgument: The gradient of parameter 0 of shape (1,) is not finite in 1 of 1 entries: ...
    """
    for number, parameter in enumerate(parameters):
        if parameter.grad is not None:
            wrong = parameter.size - np.sum(np.isfinite(parameter.grad.data)).item()
            if wrong:
                raise InvalidArgument(
                    f"The gradient of parameter {number} of shape {parameter.shape} is not finite in {wrong} of "
                    f"{parameter.size} entries: lower the rate, or look for a division by 0 or a logarithm of 0."
                )


def _count_writes(gradients: Iterable[Tensor], by: str) -> None:
    for gradient in gradients:
        gradient.written(by)


def _squared_norm(array: Array) -> float:
    """Sum squares, those of half precision in single; infinite where they overflow."""
    entries = array.reshape(-1).astype(np.result_type(array.dtype, np.float32), copy=False)
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.dot(entries, entries).item())
