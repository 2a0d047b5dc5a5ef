"""What to measure: from names to a list of tasks, each one metric of one problem."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Metric:
    """What measures a metric."""

    measures: tuple[Measure, ...]
    main: str
    """The figure that carries the reason where nothing was measured."""
    methods: tuple[str, ...] | None = None
    """The methods that it is about; None for all."""


METRICS: dict[str, Metric] = {
    "accuracy": Metric((accuracy.measure, steps.measure), accuracy.MAIN),
    "swell": Metric((swell.measure,), swell.TREE, ("symbolic", "reverse")),
    "runtime": Metric((runtime.measure,), "time ratio"),
    "memory": Metric((memory.measure,), "peak memory"),
}
"""What can be asked for."""

QUICK = ("first_polynomial", "logistic_map", "evaluation_trace", "squire_trapp", "rosenbrock", "helmholtz")
"""The problems of a quick run."""

SWELLING = ("logistic_map", "helmholtz", "speelpenning", "rosenbrock", "determinant")
"""The problems whose swell is measured if none are asked for: those of growing size that SymPy can cope with."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for; an empty tuple leaves the choice open."""

    problems: tuple[str | Problem | OwnFunction, ...] = ()
    methods: tuple[Method, ...] = ()
    operators: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    devices: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    seed: int = 0
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One metric of one problem, in growing sizes, by several methods."""

    metric: str
    cases: tuple[Case, ...]
    methods: tuple[Method, ...]

    def __str__(self) -> str:
        return f"{self.metric} of {self.cases[0].name}"

    def measure(self, worker: Worker) -> Iterator[Measurement]:
        """Give the rows as they come; a method over its budget at one size is not tried at larger ones."""
        over: dict[str, int] = {}
        for case in self.cases:
            if reason := unavailable_reason(case.device):
                yield from self._unmeasured(case, self.methods, reason)
                continue
            stopped = [method for method in self.methods if case.cell(method).method in over]
            for method in stopped:
                reached = over[case.cell(method).method]
                yield from self._unmeasured(case, [method], f"was over its budget at size {reached} already")
            for measure in METRICS[self.metric].measures:
                left = [method for method in self.methods if method not in stopped]
                for one in measure(case, left, worker):
                    if one.status in ("timeout", "out of memory"):
                        over.setdefault(one.cell.method, case.size)
                    yield one

    def interrupted(self, measured: Collection[tuple[str, int]] = ()) -> Iterator[Measurement]:
        """Give rows for what was not `measured`: (method, size)."""
        for case in self.cases:
            left = [method for method in self.methods if (case.cell(method).method, case.size) not in measured]
            yield from self._unmeasured(case, left, "interrupted")

    def _unmeasured(self, case: Case, methods: Sequence[Method], reason: str) -> Iterator[Measurement]:
        for method in methods:
            yield from missing(case.cell(method), "not measured", reason, METRICS[self.metric].main)


def make_plan(request: Request) -> list[Task]:
    """List the tasks, metric by metric.

    Without operators, each problem's natural one; without sizes, each problem's default one, and
    for the swell all its sizes.

    Raises:
        InvalidArgument: an unknown problem, method, metric, operator or device, or a size that a problem cannot have.
    """
    _check(request)
    loaded = [_loaded(each) for each in request.problems or _default(request.quick)]
    _all_different([problem.name for problem, _ in loaded])
    return [
        Task(metric, _cases(request, metric, operator, device, problem, source), methods)
        for metric in request.metrics or tuple(METRICS)
        for problem, source in loaded
        if request.problems or metric != "swell" or problem.name in SWELLING
        for device in request.devices or ("cpu",)
        for operator in request.operators or (problem.operator,)
        if (methods := _methods(request, metric))
    ]


def _default(quick: bool) -> tuple[str, ...]:
    return tuple(each.name for each in all_problems() if each.name in QUICK or not quick)


def _methods(request: Request, metric: str) -> tuple[Method, ...]:
    about = METRICS[metric].methods
    return tuple(m for m in request.methods or method_names() if about is None or m in about)


def _cases(
    request: Request, metric: str, operator: str, device: str, problem: Problem, source: Problem | OwnFunction | None
) -> tuple[Case, ...]:
    for size in request.sizes:
        problem.at(size)
    sizes = request.sizes or (problem.sizes if metric == "swell" else (problem.size,))
    return tuple(Case(problem.name, size, operator, device, request.seed, source) for size in sorted(sizes))


def _loaded(chosen: str | Problem | OwnFunction) -> tuple[Problem, Problem | OwnFunction | None]:
    if isinstance(chosen, str):
        return get_problem(chosen), None
    if isinstance(chosen, OwnFunction):
        return chosen.problem(), chosen
    return chosen, None if chosen in all_problems() else chosen


def _check(request: Request) -> None:
    for kind, asked, names in (
        ("metric", request.metrics, METRICS),
        ("operator", request.operators, OPERATORS),
        ("method", [m for m in request.methods if isinstance(m, str)], method_names()),
    ):
        for name in asked:
            _known(kind, name, names)
    for device in request.devices:
        if device.split(":")[0] not in ("cpu", "cuda"):
            raise InvalidArgument(f"There is no device {device!r}: use cpu, cuda, or cuda:1 and so on.")


def _all_different(names: Sequence[str]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidArgument(f"The problem {twice[0]!r} is given twice: give each once, under a name of its own.")


def _known(kind: str, name: str, names: Sequence[str] | Mapping[str, Any]) -> None:
    if name not in names:
        near = get_close_matches(name, names, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names)}."
        raise InvalidArgument(f"There is no {kind} {name!r}. {hint}")
