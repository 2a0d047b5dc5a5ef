"""What the command offers by name: data sets, optimizers and schedules."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from .. import data
from ..eager import Tensor
from ..errors import InvalidArgument
from ..nn import Module
from ..optim import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    CosineDecay,
    ExponentialDecay,
    FirstOrder,
    OneCycle,
    RMSprop,
    Schedule,
    StepDecay,
    WarmUp,
)

FROM_FILES: Mapping[str, Callable[[Path | None], data.Dataset]] = {
    "mnist": data.mnist,
    "fashion_mnist": data.fashion_mnist,
    "kmnist": data.kmnist,
}
DATA = ("digits", *FROM_FILES)
LENGTH = 64
"""Of the sequences that a text is cut into."""
OPTIMIZERS: Mapping[str, Callable[[Iterable[Tensor]], FirstOrder]] = {
    "sgd": SGD,
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}
SCHEDULES: Mapping[str, Callable[[float, int], Schedule | None]] = {
    "constant": lambda rate, steps: None,
    "step": lambda rate, steps: StepDecay(rate, every=max(steps // 3, 1)),
    "exponential": lambda rate, steps: ExponentialDecay(rate, factor=0.01 ** (1 / steps)),
    "cosine": CosineDecay,
    "warm_up": lambda rate, steps: WarmUp(max(steps // 10, 1), then=rate),
    "one_cycle": OneCycle,
}
"""Each from the rate and the number of steps of the whole run."""


def dataset(name: str, folder: Path | None) -> data.Dataset:
    """Load a data set; images are standardised.

    Args:
        name: one of `DATA`, or the path of a text, which ends in .txt.
        folder: where the files of the data set are; None to look for them as `difflab.data` does.

    Raises:
        InvalidArgument: there is no such data set, the text cannot be read, or a folder is given for no files.
        DataUnavailable: the files are not there, and cannot be downloaded.
    """
    if name in FROM_FILES:
        return FROM_FILES[name](folder).standardised()
    if folder is not None:
        raise InvalidArgument(f"--folder {folder} is for {', '.join(FROM_FILES)}: leave it out.")
    if name.endswith(".txt"):
        return data.characters(Path(name), LENGTH)
    if name not in DATA:
        raise InvalidArgument(f"There is no data set {name!r}: choose {', '.join(DATA)}, or a text, path/to/file.txt.")
    return data.digits().standardised()


def optimizer(name: str, model: Module, rate: float | None) -> FirstOrder:
    """Make an optimizer of a model's parameters; None for its own rate; raises `InvalidArgument` for another name."""
    if name not in OPTIMIZERS:
        raise InvalidArgument(f"There is no optimizer {name!r}: choose one of {', '.join(OPTIMIZERS)}.")
    made = OPTIMIZERS[name](model.parameters())
    if rate is not None:
        made.rate = rate
    return made


def schedule(name: str, rate: float, steps: int) -> Schedule | None:
    """Make a schedule for a run; None if the rate is constant; raises `InvalidArgument` for another name."""
    if name not in SCHEDULES:
        raise InvalidArgument(f"There is no schedule {name!r}: choose one of {', '.join(SCHEDULES)}.")
    return SCHEDULES[name](rate, steps)
