"""The comparison as a function: `difflab.compare.run` gives the tidy pandas frame."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ..problems import Problem
from .case import Method
from .conformance import Suite
from .environment import environment
from .own_function import OwnFunction
from .plan import Overruns, Request, Task, make_plan
from .record import Record
from .speed_up import speed_up_rows
from .swell import growth_rows
from .worker import Budget, Worker

if TYPE_CHECKING:
    import pandas as pd


def run(
    problems: Iterable[str | Problem | OwnFunction] = (),
    methods: Iterable[Method] = (),
    *,
    operators: Iterable[str] = (),
    sizes: Iterable[int] = (),
    devices: Iterable[str] = (),
    dtypes: Iterable[str] = (),
    metrics: Iterable[str] = (),
    budget: float = Budget.seconds,
    memory: int = Budget.memory,
    seed: int = 0,
    quick: bool = False,
) -> "pd.DataFrame":
    """Compare methods on problems, and give one row for each figure.

    Args:
        problems: names or `Problem`s; all registered ones by default (a few if `quick`).
        methods: names or `Differentiator`s with their settings; all by default.
        operators: such as "gradient" or "hessian"; each problem's natural one by default.
        sizes: of the problems; each problem's own by default.
        devices: "cpu" (the default), "cuda"; what cannot be measured here is a row that says why.
        dtypes: "float64", "float32", "float16": what floating-point arrays are converted to; by default each problem's
            own, which is float64.
        metrics: of "accuracy", "runtime", "memory", "crossover", "swell", "conformance"; all by default, the last only
            if no problems are chosen.
        budget: seconds that one cell may take; a cell over it is a row `timeout`.
        memory: bytes that one cell may use beyond the start; a cell over it is a row `out of memory`.
        seed: of the random directions of jvp, vjp and hvp.
        quick: a few problems only.

    Returns:
        A frame with the columns problem, size, method, operator, device, dtype, metric, value, unit,
        status and reason; where it ran is in `frame.attrs["environment"]`.

    Raises:
        InvalidArgument: an unknown name, or a size that a problem cannot have.

    The cells run in another process, which imports what it is sent: define your own problems and
    methods in a module, not in the script or notebook that calls this.
    """
    request = Request(
        tuple(problems),
        tuple(methods),
        tuple(operators),
        tuple(sizes),
        tuple(devices),
        tuple(dtypes),
        tuple(metrics),
        seed,
        quick,
    )
    plan = make_plan(request)
    record = Record(environment(devices=request.devices))
    with Worker(Budget(budget, memory), request.devices) as worker:
        carry_out(plan, worker, record)
    return record.frame()


def carry_out(
    plan: Sequence[Task | Suite],
    worker: Worker,
    record: Record,
    progress: Callable[[Task | Suite], None] = lambda task: None,
) -> bool:
    """Measure task by task into `record`; Ctrl-C stops, keeps what is there, and gives False."""
    finished = True
    overruns: Overruns = {}
    for task in plan:
        before = len(record.measurements)
        try:
            if finished:
                progress(task)
                record.add(task.measure(worker, overruns))
        except KeyboardInterrupt:
            finished = False
        if not finished:
            record.add(task.interrupted({one.cell.method for one in record.measurements[before:]}))
    record.add(growth_rows(record.measurements))
    record.add(speed_up_rows(record.measurements))
    return finished
