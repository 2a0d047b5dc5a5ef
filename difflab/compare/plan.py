"""What to measure: from names to a list of tasks, each one metric of one case."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from ..arrays.detection import NAME, unavailable_reason
from ..conformance.scenario import PRECISIONS
from ..errors import InvalidArgument
from ..interface import OPERATORS
from ..methods import names as method_names
from ..problems import Problem, all_problems
from ..problems import get as get_problem
from . import accuracy, conformance, crossover, memory, parity, repeatability, runtime, steps, swell
from .case import FUNCTION, Case, Method
from .conformance import Suite
from .measurement import Measurement, missing
from .own_function import OwnFunction
from .prepared import compile_kernels
from .worker import COMPILING_SECONDS, Worker

Measure = Callable[[Case, Sequence[Method], Worker], Iterator[Measurement]]


@dataclass(frozen=True, slots=True)
class Metric:
    """What measures a metric."""

    measures: tuple[Measure, ...]
    figures: tuple[str, ...]
    """The main ones, which carry the reason where nothing was measured; the first tells of an overrun."""
    methods: tuple[str, ...] | None = None
    """The methods that it is about; None for all."""
    usual: tuple[str, ...] | None = None
    """The methods that it is measured of where none are asked for; None for all that it is about."""


METRICS: dict[str, Metric] = {
    "accuracy": Metric((accuracy.measure, steps.measure, parity.measure, repeatability.measure), (accuracy.MAIN,)),
    "runtime": Metric((runtime.measure,), runtime.FIGURES),
    "memory": Metric((memory.measure,), ("peak memory", "function calls")),
    "crossover": Metric((crossover.measure,), (crossover.CROSSOVER,), usual=("reverse",)),
    "swell": Metric((swell.measure,), (swell.TREE, swell.GRAPH, swell.SHARED), ("symbolic", "reverse")),
}
"""What is measured on problems."""

NAMES = (*METRICS, conformance.METRIC)
"""All that can be asked for; the last is about methods, whatever the problem."""

QUICK = ("first_polynomial", "logistic_map", "evaluation_trace", "squire_trapp", "rosenbrock", "helmholtz")
"""The problems of a quick run."""

SWELLING: tuple[str, ...] = ("logistic_map", "helmholtz", "speelpenning", "determinant")
"""The problems whose swell is measured if none are asked for: those of growing size that SymPy can cope with."""

GROWING = ("rosenbrock", "log_sum_exp", "gaussian_mixture", "perceptron", "helmholtz", "determinant", "lstm")
"""The problems on which a device races the CPU if none are asked for: by entries, matrices, factorization, a loop."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for; an empty tuple leaves the choice open."""

    problems: tuple[str | Problem | OwnFunction, ...] = ()
    methods: tuple[Method, ...] = ()
    operators: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    devices: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    seed: int = 0
    quick: bool = False


Overruns = dict[tuple[str, ...], str]
"""Of (group of metrics, problem, operator, device, method): where it went over its budget."""


@dataclass(frozen=True, slots=True)
class Task:
    """One metric of one case, by several methods."""

    metric: str
    case: Case
    methods: tuple[Method, ...]

    def __str__(self) -> str:
        return f"{self.case.name} {self.case.size}: {self.metric}"

    def measure(self, worker: Worker, overruns: Overruns) -> Iterator[Measurement]:
        """Give the rows as they come; what went over its budget before is not tried again, at no larger size either."""
        if reason := unavailable_reason(self.case.device):
            yield from self._unmeasured(self.methods, reason)
            return
        stopped = [method for method in self.methods if self._key(method) in overruns]
        for method in stopped:
            yield from self._unmeasured([method], f"was over its budget in {overruns[self._key(method)]} already")
        left = [method for method in self.methods if method not in stopped]
        self._compile(left, worker, overruns)
        for measure in METRICS[self.metric].measures:
            for one in measure(self.case, left, worker):
                if one.metric == METRICS[self.metric].figures[0] and one.status in ("timeout", "out of memory"):
                    overruns.setdefault(self._key(one.cell.method), f"{self.metric} of size {self.case.size}")
                yield one

    def _compile(self, methods: Sequence[Method], worker: Worker, overruns: Overruns) -> None:
        """Give the first calls on a device time to compile kernels; what was too much for the CPU has no more time."""
        if self.case.device == "cpu":
            return
        on_cpu = replace(self, case=replace(self.case, device="cpu"))
        for method in (FUNCTION, *methods):
            if on_cpu._key(method) not in overruns:
                worker.call(compile_kernels, self.case, method, seconds=COMPILING_SECONDS)

    def interrupted(self, measured: Collection[str] = ()) -> Iterator[Measurement]:
        """Give rows for the methods that were not `measured`."""
        left = [method for method in self.methods if self.case.cell(method).method not in measured]
        yield from self._unmeasured(left, "interrupted")

    def _unmeasured(self, methods: Sequence[Method], reason: str) -> Iterator[Measurement]:
        for method in methods:
            yield from missing(self.case.cell(method), "not measured", reason, *METRICS[self.metric].figures)

    def _key(self, method: Method) -> tuple[str, ...]:
        name = method if isinstance(method, str) else method.name
        group = "swell" if self.metric == "swell" else "results"
        return group, self.case.name, self.case.operator, self.case.device, name


def make_plan(request: Request) -> list[Task | Suite]:
    """List the tasks, problem by problem, and the conformance suite.

    Without operators, each problem's natural one; without sizes, each problem's default one, and
    for the swell all its sizes. The suite, unless asked for, only where no problems are.

    Raises:
        InvalidArgument: an unknown problem, method, metric, operator or device, or a size that a problem cannot have.
    """
    _check(request)
    wanted = request.metrics or (NAMES[:-1] if request.problems else NAMES)
    return [*_tasks(request, [metric for metric in METRICS if metric in wanted]), *_suites(request, wanted)]


def require_something(plan: Sequence[Task | Suite]) -> None:
    """Raise `InvalidArgument` if nothing of what was asked for can be measured."""
    if not plan:
        raise InvalidArgument(
            "Nothing is left to measure: a crossover is that of a device other than the CPU (as in --device cuda) on a "
            "problem that has sizes, a swell that of the methods symbolic and reverse on the CPU."
        )


def _tasks(request: Request, metrics: Sequence[str]) -> list[Task]:
    loaded = [_loaded(each) for each in request.problems or _default(request.quick)]
    _all_different([problem.name for problem, _ in loaded])
    return [
        Task(metric, Case(problem.name, size, operator, device, dtype, request.seed, source), methods)
        for problem, source in loaded
        for device in dict.fromkeys(request.devices or ("cpu",))
        for dtype in dict.fromkeys(request.dtypes or ("",))
        for operator in dict.fromkeys(request.operators or (problem.operator,))
        for metric in metrics
        if _is_measured(request, metric, problem, device, dtype)
        if (methods := _methods(request, metric))
        for size in _sizes(problem, metric, request.sizes)
    ]


def _suites(request: Request, metrics: Sequence[str]) -> list[Suite]:
    if conformance.METRIC not in metrics:
        return []
    methods = tuple(dict.fromkeys(request.methods or method_names()))
    dtypes = tuple(dict.fromkeys(request.dtypes or (PRECISIONS[:1] if request.quick else PRECISIONS)))
    devices = dict.fromkeys(request.devices or ("cpu",))
    return [Suite(methods, device, request.operators, dtypes) for device in devices]


def _is_measured(request: Request, metric: str, problem: Problem, device: str, dtype: str) -> bool:
    """Say whether a metric is measured: expressions swell alike everywhere, and only other devices race the CPU.

    Of either, problems are measured that were asked for, or else that show it.
    """
    if metric == "swell":
        shown, fits = SWELLING, device == "cpu" and dtype in (*request.dtypes[:1], "")
    elif metric == "crossover":
        shown, fits = GROWING, device != "cpu" and len(problem.sizes) > 1
    else:
        return True
    return fits and (bool(request.problems) or problem.name in (shown[:1] if request.quick else shown))


def _default(quick: bool) -> tuple[str, ...]:
    return tuple(each.name for each in all_problems() if each.name in QUICK or not quick)


def _methods(request: Request, metric: str) -> tuple[Method, ...]:
    about, usual = METRICS[metric].methods, METRICS[metric].usual
    asked = dict.fromkeys(request.methods or usual or method_names())
    return tuple(method for method in asked if about is None or method in about)


def _sizes(problem: Problem, metric: str, asked: Sequence[int]) -> Sequence[int]:
    for size in asked:
        problem.at(size)
    if metric == "crossover":
        return (min(asked, default=problem.sizes[0]),)
    return sorted(set(asked)) or (problem.sizes if metric == "swell" else (problem.size,))


def _loaded(chosen: str | Problem | OwnFunction) -> tuple[Problem, Problem | OwnFunction | None]:
    if isinstance(chosen, str):
        return get_problem(chosen), None
    if isinstance(chosen, OwnFunction):
        return chosen.problem(), chosen
    return chosen, None if chosen in all_problems() else chosen


def _check(request: Request) -> None:
    for kind, asked, names in (
        ("metric", request.metrics, NAMES),
        ("operator", request.operators, OPERATORS),
        ("method", [m for m in request.methods if isinstance(m, str)], method_names()),
    ):
        for name in asked:
            _known(kind, name, names)
    for device in request.devices:
        if device != "cpu" and not NAME.fullmatch(device):
            raise InvalidArgument(f"There is no device {device!r}: use cpu, cuda, or cuda:1 and so on.")
    for dtype in request.dtypes:
        _known("dtype", dtype, PRECISIONS)


def _all_different(names: Sequence[str]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidArgument(f"The problem {twice[0]!r} is given twice: give each once, under a name of its own.")


def _known(kind: str, name: str, names: Sequence[str] | Mapping[str, Any]) -> None:
    if name not in names:
        near = get_close_matches(name, names, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names)}."
        raise InvalidArgument(f"There is no {kind} {name!r}. {hint}")
