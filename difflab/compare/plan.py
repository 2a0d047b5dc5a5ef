"""What to measure: from names to a list of tasks, each one metric of one case."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ..arrays import unavailable_reason
from ..errors import InvalidArgument
from ..interface import OPERATORS
from ..methods import names as method_names
from ..problems import Problem, all_problems
from ..problems import get as get_problem
from . import accuracy, memory, runtime, steps, swell
from .case import Case, Method
from .measurement import Measurement, missing
from .own_function import OwnFunction
from .worker import Worker

Measure = Callable[[Case, Sequence[Method], Worker], Iterator[Measurement]]

METRICS: dict[str, tuple[Measure, ...]] = {
    "accuracy": (accuracy.measure, steps.measure),
    "swell": (swell.measure,),
    "runtime": (runtime.measure,),
    "memory": (memory.measure,),
}
"""What can be asked for, and what measures it."""

QUICK = ("first_polynomial", "logistic_map", "evaluation_trace", "squire_trapp", "rosenbrock", "helmholtz")
"""The problems of a quick run."""


@dataclass(frozen=True, slots=True)
class Task:
    """One metric of one case, by several methods."""

    metric: str
    case: Case
    methods: tuple[Method, ...]

    def __str__(self) -> str:
        return f"{self.metric} of {self.case.name}, size {self.case.size}"

    def measure(self, worker: Worker) -> Iterator[Measurement]:
        """Give the rows as they come; on a device that is not here, rows that say so."""
        if reason := unavailable_reason(self.case.device):
            yield from self.unmeasured(reason)
            return
        for measure in METRICS[self.metric]:
            yield from measure(self.case, self.methods, worker)

    def unmeasured(self, reason: str, except_by: Collection[str] = ()) -> Iterator[Measurement]:
        """Give the rows of a task that did not run, or not by every method."""
        for cell in map(self.case.cell, self.methods):
            if cell.method not in except_by:
                yield from missing(cell, self.metric, "not measured", reason)


def make_plan(
    chosen: Sequence[str | Problem | OwnFunction],
    by: Sequence[Method],
    metrics: Sequence[str],
    operators: Sequence[str] = (),
    sizes: Sequence[int] = (),
    devices: Sequence[str] = ("cpu",),
    seed: int = 0,
) -> list[Task]:
    """List the tasks, metric by metric.

    Without `operators`, each problem's natural one; without `sizes`, each problem's own: the
    default size, and for the swell all its sizes, growing.

    Raises:
        InvalidArgument: an unknown problem, method, metric, operator or device, or a size that a problem cannot have.
    """
    for name in metrics:
        _known("metric", name, METRICS)
    for name in operators:
        _known("operator", name, OPERATORS)
    for device in devices:
        if device.split(":")[0] not in ("cpu", "cuda"):
            raise InvalidArgument(f"There is no device {device!r}: use cpu, cuda, or cuda:1 and so on.")
    for method in by:
        if isinstance(method, str):
            _known("method", method, method_names())
    loaded = [_loaded(each) for each in chosen]
    _all_different([problem.name for problem, _ in loaded])
    return [
        Task(metric, Case(problem.name, size, operator, device, seed, source), tuple(by))
        for metric in metrics
        for problem, source in loaded
        for device in devices
        for operator in operators or (problem.operator,)
        for size in _sizes(problem, metric, sizes)
    ]


def _loaded(chosen: str | Problem | OwnFunction) -> tuple[Problem, Problem | OwnFunction | None]:
    if isinstance(chosen, str):
        return get_problem(chosen), None
    if isinstance(chosen, OwnFunction):
        return chosen.problem(), chosen
    return chosen, None if chosen in all_problems() else chosen


def _sizes(problem: Problem, metric: str, asked: Sequence[int]) -> Sequence[int]:
    for size in asked:
        problem.at(size)
    return asked or (problem.sizes if metric == "swell" else (problem.size,))


def _all_different(names: Sequence[str]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidArgument(f"The problem {twice[0]!r} is given twice: give each once, under a name of its own.")


def _known(kind: str, name: str, names: Sequence[str] | dict[str, tuple[Measure, ...]]) -> None:
    if name not in names:
        near = get_close_matches(name, names, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names)}."
        raise InvalidArgument(f"There is no {kind} {name!r}. {hint}")
