"""The training steps in Chainer, run as a program of its own: Chainer needs an older NumPy than difflab does.

It answers each line that it reads: the name of a network and a batch size with "ready", and then each empty line with
the seconds of one step. Needs `chainer` and `numpy<1.24` and nothing of difflab.
"""

import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import chainer
import chainer.functions as F  # noqa: N812  (Chainer's own abbreviations)
import chainer.links as L  # noqa: N812
import numpy as np


def _mlp(*sizes: int) -> Any:
    layers: list[Any] = []
    for inputs, outputs in pairwise(sizes):
        layers += [L.Linear(inputs, outputs), F.relu]
    return chainer.Sequential(*layers[:-1])


def _pool(x: Any) -> Any:
    return F.max_pooling_2d(x, 2)


def _flat(x: Any) -> Any:
    return F.reshape(x, (len(x), -1))


def _lenet5() -> Any:
    first = (L.Convolution2D(1, 6, 5, pad=2), F.relu, _pool)
    second = (L.Convolution2D(6, 16, 5), F.relu, _pool, _flat)
    return chainer.Sequential(*first, *second, _mlp(400, 120, 84, 10))


def _convnet() -> Any:
    first = (L.Convolution2D(1, 32, 3, pad=1), F.relu, _pool)
    second = (L.Convolution2D(32, 64, 3, pad=1), F.relu, _pool)
    return chainer.Sequential(*first, *second, L.Linear(3136, 10))


class _Rows(chainer.Chain):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        with self.init_scope():
            self.lstm = L.LSTM(28, 128)
            self.head = L.Linear(128, 10)

    def __call__(self, x: Any) -> Any:
        self.lstm.reset_state()
        for row in range(x.shape[1]):
            hidden = self.lstm(x[:, row])
        return self.head(hidden)


NETWORKS: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "mlp 784-64-10": (lambda: _mlp(784, 64, 10), (784,)),
    "mlp 784-256-128-10": (lambda: _mlp(784, 256, 128, 10), (784,)),
    "LeNet-5": (_lenet5, (1, 28, 28)),
    "convnet": (_convnet, (1, 28, 28)),
    "LSTM rows": (_Rows, (28, 28)),
}


def _step(name: str, batch: int) -> Callable[[], None]:
    build, shape = NETWORKS[name]
    generator = np.random.default_rng(0)
    x = generator.standard_normal((batch, *shape), dtype=np.float32)
    labels = generator.integers(10, size=batch).astype(np.int32)
    model = build()
    optimizer = chainer.optimizers.Adam(alpha=1e-3).setup(model)

    def step() -> None:
        loss = F.softmax_cross_entropy(model(x), labels)
        model.cleargrads()
        loss.backward()
        optimizer.update()

    return step


def main() -> None:
    """Answer one line with another until there are no more."""
    for line in sys.stdin:
        if line.strip():
            name, _, batch = line.strip().rpartition(" ")
            step = _step(name, int(batch))
            answer = "ready"
        else:
            start = time.perf_counter()
            step()
            answer = str(time.perf_counter() - start)
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
