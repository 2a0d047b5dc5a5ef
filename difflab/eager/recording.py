"""Whether operations on tensors are recorded, and as what: the function's own, or those of its adjoints."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

recording: ContextVar[int | None] = ContextVar("recording", default=0)
"""The degree of the nodes that are recorded: 0 for the function's own operations, n for its n-th adjoints; or None."""


@contextmanager
def recording_as(degree: int | None) -> Iterator[None]:
    """Record what runs inside as nodes of one degree; None records nothing. Nests; other threads are not concerned."""
    token = recording.set(degree)
    try:
        yield
    finally:
        recording.reset(token)


@contextmanager
def no_grad() -> Iterator[None]:
    """Leave operations on tensors unrecorded, in a block after `with`, or in a function after a line `@no_grad()`.

    >>> from difflab import Tensor
    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> with no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """
    with recording_as(None):
        yield
