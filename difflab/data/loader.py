"""Batches of examples, in another random order in each epoch, made ready in the background."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from ..arrays import Uploads, default_device, require_device
from ..eager import Tensor
from ..errors import InvalidArgument
from ..types import Array
from .dataset import Examples

Pair = tuple[Array, Array]


class Loader:
    """Yields all examples in batches, tensors of inputs with their labels; each iteration is another epoch.

    The order of an epoch is drawn by NumPy's `Generator` from the seed and the epoch's number alone, so that it depends
    on nothing that happened before, and training goes on from a saved `state()` as if it had not been interrupted.

    Args:
        inputs: an array (N, …).
        labels: an array (N, …).
        batch_size: examples in a batch; the last of an epoch may have fewer.
        shuffle: whether the order is random; else it is that of the arrays.
        seed: of the random orders.
        drop_last: whether to leave out a last batch with fewer examples.
        prefetch: batches to make ready in a thread while others are used; 0 makes each when it is asked for. The
            batches are the same.
        device: where the batches are; by default the device that tensors are made on now (`difflab.device`). Copies to
            a CUDA device go on while it computes, through pinned memory (`difflab.arrays.Uploads`).

    Raises:
        InvalidArgument: a number is out of range, there are not as many labels as inputs, or no batch is full.
        DeviceUnavailable: the device cannot be used here; the message says why.

    >>> import numpy as np
    >>> loader = Loader(np.arange(5.0), np.arange(5), batch_size=2, shuffle=False)
    >>> [len(inputs) for inputs, labels in loader], len(loader)
    ([2, 2, 1], 3)
    """

    def __init__(
        self,
        inputs: Array,
        labels: Array,
        batch_size: int,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
        prefetch: int = 2,
        device: str | None = None,
    ):
        require_device(device)
        for what, number, least in (("batch_size", batch_size, 1), ("seed", seed, 0), ("prefetch", prefetch, 0)):
            if number < least or number % 1:
                raise InvalidArgument(f"{what}={number!r} of a loader: give a whole number, {least} or more.")
        self.examples = Examples(np.asarray(inputs), np.asarray(labels))
        self.batch_size, self.shuffle, self.seed = int(batch_size), shuffle, int(seed)
        self.drop_last, self.prefetch = drop_last, int(prefetch)
        self.device = device or default_device()
        if not len(self):
            raise InvalidArgument(
                f"{len(self.examples)} examples make no batch of {batch_size}: give more, or a smaller batch_size."
            )
        self._begin = self._position = (0, 0)
        """The epoch and batch that the next iteration begins with, and that is to be handed out next."""

    def __len__(self) -> int:
        """Count the batches of an epoch."""
        full, rest = divmod(len(self.examples), self.batch_size)
        return full + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Begin an epoch: the next one, or the one that a restored state was in the middle of."""
        epoch, first = self._begin
        self._begin = (epoch + 1, 0)
        order = self._order(epoch)
        batches = [order[self.batch_size * k : self.batch_size * (k + 1)] for k in range(first, len(self))]
        uploads = Uploads(self.device)

        def begin(chosen: Array) -> Any:
            return uploads.begin(self._gather(chosen))

        try:
            for number, pending in enumerate(_ahead(begin, batches, self.prefetch), first + 1):
                self._position = (epoch, number) if number < len(self) else (epoch + 1, 0)
                inputs, labels = uploads.ready(pending)
                yield Tensor(inputs, device=self.device, copy=False), Tensor(labels, device=self.device, copy=False)
        finally:  # the loop may have been left
            uploads.close()

    def state(self) -> dict[str, int]:
        """Say which batch comes next, after those that were handed out, as numbers that can be saved."""
        epoch, batch = self._position
        return {"seed": self.seed, "epoch": epoch, "batch": batch}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Let the next iteration begin with the batch that came next when `state()` gave `state`.

        Raises `InvalidArgument` if the state is another loader's, of another seed or with other batches.
        """
        epoch, batch = (int(state.get(key, -1)) for key in ("epoch", "batch"))
        if state.get("seed") != self.seed or epoch < 0 or not 0 <= batch < len(self):
            raise InvalidArgument(
                f"The state {dict(state)} is not one of this loader, of seed {self.seed} and {len(self)} batches an "
                f"epoch: make the loader as the one that gave the state."
            )
        self._begin = self._position = (epoch, batch)

    def _order(self, epoch: int) -> Array:
        count = len(self.examples)
        return np.random.default_rng([self.seed, epoch]).permutation(count) if self.shuffle else np.arange(count)

    def _gather(self, chosen: Array) -> Pair:
        return self.examples.inputs.take(chosen, axis=0), self.examples.labels.take(chosen, axis=0)


def _ahead(begin: Callable[[Array], Any], batches: Sequence[Array], count: int) -> Iterator[Any]:
    """Yield begin(batch) for each, with `count` of them begun before they are asked for."""
    if not count:
        yield from map(begin, batches)
        return
    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="difflab-loader")
    begun: deque[Future[Any]] = deque()
    try:
        for batch in batches:
            begun.append(worker.submit(begin, batch))
            if len(begun) > count:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        worker.shutdown(cancel_futures=True)
