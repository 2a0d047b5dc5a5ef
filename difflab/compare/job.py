"""The comparison as a function: `difflab.compare.run` gives the tidy pandas frame."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ..methods import names as method_names
from ..problems import Problem, all_problems
from .case import Method
from .environment import environment
from .own_function import OwnFunction
from .plan import METRICS, QUICK, Task, make_plan
from .record import Record
from .swell import growth_rows
from .worker import GIBIBYTE, Budget, Worker

if TYPE_CHECKING:
    import pandas as pd


def run(
    problems: Iterable[str | Problem | OwnFunction] | None = None,
    methods: Iterable[Method] | None = None,
    *,
    operators: Sequence[str] = (),
    sizes: Sequence[int] = (),
    devices: Sequence[str] = ("cpu",),
    metrics: Sequence[str] = tuple(METRICS),
    budget: float = 10.0,
    memory: int = 2 * GIBIBYTE,
    seed: int = 0,
    quick: bool = False,
) -> "pd.DataFrame":
    """Compare methods on problems, and give one row for each figure.

    Args:
        problems: names or `Problem`s; all registered ones by default (a few if `quick`).
        methods: names or `Differentiator`s with their settings; all by default.
        operators: such as "gradient" or "hessian"; each problem's natural one by default.
        sizes: of the problems; each problem's own by default.
        devices: "cpu", "cuda"; what cannot be measured here is a row that says why.
        metrics: of "accuracy", "swell", "runtime", "memory".
        budget: seconds that one cell may take; a cell over it is a row `timeout`.
        memory: bytes that one cell may use beyond the start; a cell over it is a row `out of memory`.
        seed: of the random directions of jvp, vjp and hvp.
        quick: a few problems only.

    Returns:
        A frame with the columns problem, size, method, operator, device, dtype, metric, value, unit,
        status and reason; where it ran is in `frame.attrs["environment"]`.

    Raises:
        InvalidArgument: an unknown name, or a size that a problem cannot have.

    The cells run in another process. In a script, call this under `if __name__ == "__main__":`,
    as Python's multiprocessing asks.
    """
    plan = make_plan(
        tuple(problems) if problems is not None else default_problems(quick),
        tuple(methods) if methods is not None else method_names(),
        metrics,
        operators,
        sizes,
        devices,
        seed,
    )
    record = Record(environment())
    with Worker(Budget(budget, memory)) as worker:
        carry_out(plan, worker, record)
    record.add(growth_rows(record.measurements))
    return record.frame()


def default_problems(quick: bool) -> tuple[str, ...]:
    """Name the problems of a run that asks for none in particular."""
    names = [problem.name for problem in all_problems()]
    return tuple(name for name in names if name in QUICK or not quick)


def carry_out(
    plan: Sequence[Task], worker: Worker, record: Record, progress: Callable[[Task], None] = lambda task: None
) -> bool:
    """Measure task by task into `record`; Ctrl-C stops, keeps what is there, and gives False."""
    for position, task in enumerate(plan):
        progress(task)
        before = len(record.measurements)
        try:
            record.add(task.measure(worker))
        except KeyboardInterrupt:
            done = {measurement.cell.method for measurement in record.measurements[before:]}
            record.add(task.unmeasured("interrupted", except_by=done))
            for left in plan[position + 1 :]:
                record.add(left.unmeasured("interrupted"))
            return False
    return True
