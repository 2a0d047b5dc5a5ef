"""A training step that is made as it is written at first, then recorded, and from then on replayed."""

import warnings
from collections.abc import Hashable, Sequence
from threading import RLock
from typing import Any

import numpy as np

from ..eager.recording import recording
from ..eager.tensor import Tensor
from ..engines.dispatch import Value
from ..lowering.programs import Tier
from ..point import describe
from ..structure import flatten
from ..types import Function, Tree
from ..user_code import described
from .plan import GuardFailed
from .recording import Recording, is_moving
from .verifying import verified

LIMIT = 16
"""Paths that are kept of one step; what takes another is run as it is written."""

VERIFIED = 3
"""Replays that are compared with the step as it is written, where that is asked for."""


class Step:
    """A function that reads and changes tensors, replayed where that is possible.

    Args:
        function: plain code on tensors: forward, `backward`, the step of an optimizer.
        tier: "automatic" runs the step as it is written the first time, "native" and "source" record it at once.
        verify: whether to compare the first replays with the step as it is written.

    Raises:
        ReplayMismatch: when called, a replay that was verified differs.
    """

    def __init__(self, function: Function, tier: Tier, verify: bool = False):
        self.function = function
        self.tier: Tier = tier
        self.to_verify = VERIFIED if verify else 0
        self.recordings: list[tuple[Hashable, Recording]] = []
        self.met: set[Hashable] = set()
        self.lock = RLock()
        """Calls from several threads wait for each other: a record is made with the tensors themselves."""
        self.is_left = False
        """Whether the step is run as it is written from now on."""

    def __call__(self, *args: Tree, **kwargs: Tree) -> Any:
        """Make the step."""
        with self.lock:
            return self._call(args, kwargs)

    def _call(self, args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> Any:
        leaves, structure = flatten((args, kwargs))
        if self.is_left or any(isinstance(leaf, Value) and not isinstance(leaf, Tensor) for leaf in leaves):
            return self.function(*args, **kwargs)
        key = structure, recording.get(), *map(_kind, leaves)
        for known, recorded in self.recordings:
            if known == key and recorded.holds():
                try:
                    return self._replay(recorded, leaves)
                except GuardFailed:
                    continue
        if self.tier == "automatic" and key not in self.met:
            self.met.add(key)
            return self.function(*args, **kwargs)
        return self._record(key, leaves, structure, args, kwargs)

    def _replay(self, recorded: Recording, leaves: Sequence[Any]) -> Any:
        if not self.to_verify:
            return recorded.replay(leaves)
        self.to_verify -= 1
        return verified(recorded, self.function, leaves)

    def _record(self, key: Hashable, leaves: Any, structure: Any, args: Any, kwargs: Any) -> Any:
        """Make the step, and record it for later."""
        if len(self.recordings) >= LIMIT:
            self._leave(f"It has taken {LIMIT} paths, or seen as many changes: pass what changes as an argument.")
            return self.function(*args, **kwargs)
        try:
            found = Recording(self.function, leaves, structure, is_native=self.tier != "source")
        except Exception as error:  # noqa: BLE001  (a fault of the step itself shows again when it runs as written)
            self._leave(f"It could not be recorded: {described(error)}.")
            return self.function(*args, **kwargs)
        if found.refusal:
            self._leave(found.refusal)
        else:
            self.recordings.insert(0, (key, found))
        return found.first

    def _leave(self, reason: str) -> None:
        self.is_left = True
        warnings.warn(f"{describe(self.function)} is not compiled, and runs as it is written. {reason}", stacklevel=6)


def _kind(leaf: Any) -> Hashable:
    """Say what may not change from call to call: of arrays shape and dtype, all of anything else."""
    if is_moving(leaf):
        return type(leaf), leaf.shape, leaf.dtype
    if isinstance(leaf, (np.ndarray, np.generic, int, float, bool, str)):
        return type(leaf), leaf
    return id(leaf)
