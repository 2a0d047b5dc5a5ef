"""Arrays that are constant to a derivative, which the code may write into after it has used them.

A record refers to its operands until it is swept or replayed, so it keeps them as they were when they were used: it
copies them, or, where that would cost much, keeps the code from writing into them until it has run.
"""

from copy import copy
from threading import Lock
from typing import Literal, Self

import numpy as np

from ..arrays import is_on_gpu
from ..errors import DifflabError, NotDifferentiable
from ..types import Array
from ..user_code import line_of
from .content import content
from .dispatch import Value

Copies = dict[int, Array]
"""The latest copy of each constant array, by the identity of the original."""

SMALL = 1024
"""Arrays of so many entries are copied at each use, which costs less than the use."""


def kept(operand: Array, copies: Copies) -> Array:
    """Give a copy of a constant array, the one there is as long as the content is the same; or of an outer value.

    Of an array on a device it is a new one each time: comparing would wait for the device.
    """
    if isinstance(operand, Value) or is_on_gpu(operand):
        return copy(operand)
    if type(operand) is not np.ndarray:
        return operand
    known = copies.get(id(operand))
    if known is None or content(known) != content(operand):
        known = copies[id(operand)] = operand.copy()
    return known


class Constants:
    """The constant operands of one run of a function.

    A context that keeps them while the function runs, and that raises `NotDifferentiable` where it writes into one.
    """

    __slots__ = ("protections", "running")

    def __init__(self) -> None:
        self.protections: dict[int, _Protection] = {}
        self.running = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> Literal[False]:
        protected = bool(self.protections)
        self.release()
        if not protected or not isinstance(error, ValueError):
            return False
        reason = error.__cause__ if isinstance(error, DifflabError) else error
        if not isinstance(reason, ValueError) or "read-only" not in str(reason):
            return False
        raise NotDifferentiable(
            f"An array was written to{line_of(reason)} that may not change: it is an argument, or was used with a "
            f"value under differentiation before, and the derivative still needs what it held. Write into a copy: "
            f"w = w.copy()."
        ) from None

    def keep(self, operand: Array) -> Array:
        """Give an operand that stays as it is now: an array of many entries is protected, all else copied."""
        if isinstance(operand, np.ndarray):
            if operand.size > SMALL and self.running and self._protect(operand):
                return operand
            return operand.copy("K")
        return copy(operand) if isinstance(operand, Value) or is_on_gpu(operand) else operand

    def _protect(self, array: Array) -> bool:
        """Make an array, and those it is a view of, read-only; False if its memory is not NumPy's own."""
        chain = [array]
        while isinstance(chain[-1].base, np.ndarray):
            chain.append(chain[-1].base)
        owner = chain[-1]
        if not owner.flags.owndata:
            return False
        with _one_at_a_time:
            protection = self.protections.get(id(owner))
            if protection is None:
                protection = self.protections[id(owner)] = _protections.setdefault(id(owner), _Protection(owner))
                protection.runs += 1
            protection.arrays += [each for each in reversed(chain) if each.flags.writeable]
            for each in chain:
                each.flags.writeable = False
        return True

    def release(self) -> None:
        """End the protection, where no other run needs it."""
        self.running = False
        if not self.protections:
            return
        with _one_at_a_time:
            for key, protection in self.protections.items():
                protection.runs -= 1
                if not protection.runs:
                    del _protections[key]
                    for array in protection.arrays:  # owners first: a view is as writeable as its owner at most
                        array.flags.writeable = True
            self.protections.clear()


class _Protection:
    """The arrays that were made read-only, of one piece of memory; and how many runs, of all threads, need that."""

    def __init__(self, owner: Array):
        self.owner = owner
        self.arrays: list[Array] = []
        self.runs = 0


_protections: dict[int, _Protection] = {}
"""By the identity of the array that owns the memory."""
_one_at_a_time = Lock()
