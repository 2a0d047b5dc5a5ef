"""Whether operations on tensors are recorded, and as what: the function's own, or those of its adjoints."""

from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from types import TracebackType

recording: ContextVar[int | None] = ContextVar("recording", default=0)
"""The degree of the nodes being recorded: 0 for the function's own operations, n for its n-th adjoints; None records none."""


class recording_as(ContextDecorator):  # noqa: N801  (used like a function)
    """Record what runs inside as nodes of one degree; None records nothing. Nests; other threads are not concerned."""

    def __init__(self, degree: int | None):
        self.degree = degree
        self.tokens: list[Token[int | None]] = []

    def __enter__(self) -> None:
        self.tokens.append(recording.set(self.degree))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        recording.reset(self.tokens.pop())


class no_grad(recording_as):  # noqa: N801  (used like a function)
    """Let operations on tensors inside go unrecorded: `with no_grad():`, or `@no_grad()` before a function.

    >>> from difflab import Tensor
    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> with no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    def __init__(self) -> None:
        super().__init__(None)
