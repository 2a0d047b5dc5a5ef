"""`python -m difflab.train`: a model and a data set by name, and what is written where."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from threadpoolctl import threadpool_limits

from .. import models
from ..arrays import require_device
from ..command_line import BAD_INPUT, INTERRUPTED, Parser, positive, status, whole
from ..data import Dataset
from ..errors import InvalidArgument
from ..nn import Module
from .choices import DATA, OPTIMIZERS, SCHEDULES, dataset, optimizer, schedule
from .failures import Diverged, Interrupted
from .fitting import Fit, fit
from .progress import duration

DIVERGED = 1
EPILOG = (
    f"Exit status: 0 trained, {DIVERGED} a loss became NaN or infinite, {BAD_INPUT} bad input, {INTERRUPTED} Ctrl-C."
)


@dataclass(frozen=True)
class Usual:
    """What is taken for a data set where nothing else is asked for.

    Args:
        epochs: times through the training examples.
        batch: examples for a step.
        threads: that share a product of matrices; None for all. Small products are done sooner than threads meet.
    """

    epochs: int = 5
    batch: int = 100
    threads: int | None = None


DIGITS = Usual(epochs=15, batch=16, threads=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status: 0, 1 if a loss was not finite, 2 for bad input, 130 after Ctrl-C."""
    begin = perf_counter()
    given = sys.argv[1:] if arguments is None else arguments
    return status("difflab.train", lambda: _main(_parser().read(given), begin))


def _main(options: argparse.Namespace, begin: float) -> int:
    if options.list:
        _list()
        return 0
    require_device(options.device)
    data = dataset(options.data, options.folder)
    assert data.classes is not None
    model = models.get(options.model)(data.training.inputs.shape[1:], data.classes, options.seed).to(options.device)
    output = _directory(options.output)
    try:
        trained = _fit(model, data, options, output)
    except (Diverged, Interrupted) as ended:
        sys.stderr.write(f"difflab.train: {ended}\n")
        return DIVERGED if isinstance(ended, Diverged) else INTERRUPTED
    _report(trained, output, perf_counter() - begin)
    return 0


def _parser() -> Parser:
    parser = Parser(
        "python -m difflab.train",
        "Train a model on a data set, and test it after each epoch. Images are standardised.",
        EPILOG,
    )
    parser.add_argument("--model", default="mlp", metavar="NAME", help="see --list (default: mlp)")
    parser.add_argument(
        "--data",
        default="digits",
        metavar="NAME",
        help=f"{', '.join(DATA)}, or a text, path/to/file.txt (default: digits)",
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the files of the data set are")
    for option, what in (
        ("epochs", "times through the training examples"),
        ("batch", "examples for a step"),
        ("threads", "threads that share a product of matrices"),
    ):
        default, of_digits = getattr(Usual, option) or "all", getattr(DIGITS, option)
        text = f"{what} (default: {default}; for the digits {of_digits})"
        parser.add_argument(f"--{option}", type=_count, metavar="N", help=text)
    parser.add_argument("--optimizer", default="adam", metavar="NAME", help=f"{', '.join(OPTIMIZERS)} (default: adam)")
    parser.add_argument("--rate", type=positive, help="the learning rate (default: the optimizer's own)")
    parser.add_argument(
        "--schedule", default="constant", metavar="NAME", help=f"{', '.join(SCHEDULES)} (default: constant)"
    )
    parser.add_argument("--seed", type=whole, default=0, help="of the first weights and the order (default: 0)")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("difflab-training"),
        metavar="DIR",
        help="where to write history, plot and checkpoint (default: difflab-training)",
    )
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint there, if there is one")
    parser.add_argument("--device", default="cpu", help="(default: cpu)")
    parser.add_argument("--list", action="store_true", help="list models, data sets, optimizers and schedules")
    return parser


def _count(text: str) -> int:
    if (number := whole(text)) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number, 1 or more")
    return number


def _fit(model: Module, data: Dataset, options: argparse.Namespace, output: Path) -> Fit:
    usual = DIGITS if data.name == "digits" else Usual()
    epochs, batch, threads = (
        getattr(usual if getattr(options, name) is None else options, name) for name in ("epochs", "batch", "threads")
    )
    made = optimizer(options.optimizer, model, options.rate)
    steps = epochs * -(-len(data.training) // batch)
    with threadpool_limits(threads, "blas"):
        return fit(
            model,
            data,
            epochs=epochs,
            batch_size=batch,
            optimizer=made,
            schedule=schedule(options.schedule, made.rate, steps),
            checkpoint=output / "run.safetensors",
            resume=options.resume,
            history=output / "history.csv",
            plot=output / "loss.svg",
            seed=options.seed,
        )


def _directory(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / "history.csv").touch()
    except OSError as error:
        raise InvalidArgument(f"--output {path}: cannot write there: {error.strerror}.") from error
    return path


def _report(trained: Fit, output: Path, seconds: float) -> None:
    last = trained.history.iloc[-1]
    accuracy, epochs = f"{100 * last['test accuracy']:.2f}%", f"{last['epoch']:.0f} epochs"
    sys.stdout.write(f"Test accuracy {accuracy} after {epochs}, {duration(seconds)} in all.\n")
    sys.stdout.write(f"Written into {output}: history.csv, loss.svg, run.safetensors.\n")


def _list() -> None:
    for title, names in (
        ("Models", models.names()),
        ("Data", (*DATA, "path/to/text.txt")),
        ("Optimizers", OPTIMIZERS),
        ("Schedules", SCHEDULES),
    ):
        sys.stdout.write(f"{title}: {', '.join(names)}\n")
