"""`python -m difflab.compare`: arguments, progress, and what is written where."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..command_line import INTERRUPTED, Parser, positive, status, whole
from ..conformance.scenario import PRECISIONS
from ..errors import InvalidArgument
from ..interface import OPERATORS
from ..methods import get as get_method
from ..methods import names as method_names
from ..problems import all_problems
from . import terminal
from .conformance import Suite
from .devices import left_out, usual_devices
from .environment import environment
from .job import carry_out
from .own_function import OwnFunction, examine
from .plan import NAMES, Request, Task, make_plan, require_something
from .plots import plots
from .record import Record
from .report import html, markdown, summary
from .table import Entry, Table
from .tables import tables
from .worker import GIBIBYTE, Budget, Worker

FORMATS = ("table", "csv", "json", "md", "html")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status: 0, 2 for bad input, 130 after Ctrl-C."""
    given = sys.argv[1:] if arguments is None else arguments
    command = shlex.join(["python", "-m", "difflab.compare", *given])
    return status("difflab.compare", lambda: _main(_parser().read(given), command))


def _main(options: argparse.Namespace, command: str) -> int:
    console = Console()
    if options.list:
        _list(console)
        return 0
    formats = _formats(options.format)
    devices = tuple(options.device) or usual_devices()
    with Worker(Budget(options.budget, int(options.memory * GIBIBYTE)), devices) as worker:
        plan = make_plan(
            Request(
                _problems(options, worker),
                tuple(options.method),
                tuple(options.operator),
                tuple(options.size),
                devices,
                tuple(options.dtype),
                tuple(options.metric),
                options.seed,
                options.quick,
            )
        )
        if options.device:  # else the report says why there is only the CPU
            require_something(plan)
        output = _directory(options.output)
        record = Record({"command": command, **environment(devices=devices)}, output)
        if not options.device:
            record.add(left_out())
        finished = _measured(plan, worker, record)
    record.close()
    _write(record, formats, output, console)
    return 0 if finished else INTERRUPTED


def _parser() -> Parser:
    parser = Parser(
        "python -m difflab.compare",
        "Compare methods of differentiation on functions: accuracy, expression swell, run time and memory.",
        "Lists take commas, or the option again: --method forward,reverse.",
    )
    for option, described in (
        ("--problem", "problems (default: all)"),
        ("--method", "methods (default: all)"),
        ("--operator", "operators (default: each problem's natural one)"),
        ("--device", "cpu, cuda (default: those that can be used)"),
        ("--dtype", f"{', '.join(PRECISIONS)} (default: float64)"),
        ("--metric", f"{', '.join(NAMES)} (default: all)"),
        ("--format", f"{', '.join(FORMATS)} (default: all)"),
    ):
        parser.add_argument(option, type=_names, action="extend", default=[], metavar="NAME", help=described)
    parser.add_argument("--size", type=_sizes, action="extend", default=[], metavar="N", help="sizes of the problems")
    parser.add_argument("--function", metavar="WHERE:NAME", help="your own function: module:f or path/file.py:f")
    parser.add_argument("--at", metavar="POINT", help="its point: 0.3,1.2 or a .npy or .npz file")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("difflab-report"),
        metavar="DIR",
        help="where to write (default: difflab-report)",
    )
    parser.add_argument(
        "--budget", type=positive, default=Budget.seconds, metavar="SECONDS", help="for one cell (default: 3)"
    )
    parser.add_argument(
        "--memory", type=positive, default=Budget.memory / GIBIBYTE, metavar="GIB", help="for one cell (default: 2)"
    )
    parser.add_argument("--seed", type=whole, default=0, help="of the random directions of jvp, vjp, hvp")
    parser.add_argument("--quick", action="store_true", help="a few problems only")
    parser.add_argument("--list", action="store_true", help="list problems, methods, operators and metrics")
    return parser


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _sizes(text: str) -> list[int]:
    if not all(size.isdecimal() for size in _names(text)):
        raise argparse.ArgumentTypeError(f"{text} is not a size: use whole numbers, as in --size 4 or --size 2,4,8")
    return [int(size) for size in _names(text)]


def _problems(options: argparse.Namespace, worker: Worker) -> tuple[str | OwnFunction, ...]:
    if options.function is None:
        if options.at is not None:
            raise InvalidArgument("--at is the point of --function: name a function too, as in --function file.py:f.")
        return tuple(options.problem)
    if options.at is None:
        raise InvalidArgument(f"--function {options.function}: say where to differentiate it, as in --at 0.3,1.2.")
    outcome = worker.call(examine, options.function, options.at)
    if not outcome.ok:
        where = "" if outcome.status == "refused" else f"--function {options.function} at {options.at}: "
        raise InvalidArgument(f"{where}{outcome.reason}")
    return (*options.problem, outcome.value)


def _formats(asked: Sequence[str]) -> Sequence[str]:
    for name in asked:
        if name not in FORMATS:
            raise InvalidArgument(f"There is no format {name!r}. There are: {', '.join(FORMATS)}.")
    return asked or FORMATS


def _directory(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / "measurements.csv").touch()
    except OSError as error:
        raise InvalidArgument(f"--output {path}: cannot write there: {error.strerror}.") from error
    return path


def _measured(plan: Sequence[Task | Suite], worker: Worker, record: Record) -> bool:
    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=len(plan))

        def step(task: Task | Suite) -> None:
            progress.update(bar, completed=plan.index(task), description=str(task))

        return carry_out(plan, worker, record, step)


def _write(record: Record, formats: Sequence[str], output: Path, console: Console) -> None:
    """Write the chosen files, print the tables, and end with the line that says where the report is."""
    measurements = record.measurements
    texts = {"measurements.json": record.json()} if "json" in formats else {}
    if {"md", "html"} & set(formats):
        drawn = plots(measurements)
        texts |= {f"{name}.svg": svg for name, svg in drawn.items()}
        if "md" in formats:
            texts["report.md"] = markdown(measurements, record.environment, drawn)
        if "html" in formats:
            texts["report.html"] = html(measurements, record.environment, drawn)
    for name, text in texts.items():
        (output / name).write_text(text, encoding="utf-8")
    if "table" in formats:
        terminal.show(tables(measurements, brief=True), console)
    console.print(summary(measurements), highlight=False)
    written = [*(name for name in reversed(texts) if name.startswith("report")), "measurements.csv"]
    console.print(f"Report: {output / written[0]}", highlight=False, soft_wrap=True)


def _list(console: Console) -> None:
    """List what can be asked for."""
    known = [(problem.name, problem.operator, problem.title) for problem in all_problems()]
    offered = [(name, get_method(name).summary) for name in method_names()]
    terminal.show(
        [
            _listing("Problems", ("problem", "operator", "function"), known),
            _listing("Methods", ("method", "how it works"), offered),
            _listing("Operators", ("operator",), [(name,) for name in OPERATORS]),
            _listing("Metrics", ("metric",), [(name,) for name in NAMES]),
        ],
        console,
    )


def _listing(title: str, columns: tuple[str, ...], rows: Sequence[Sequence[str]]) -> Table:
    return Table(title, columns, tuple(tuple(map(Entry, row)) for row in rows), prose=True)
