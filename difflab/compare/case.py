"""A case: a function at a point, ready to be differentiated, in a form that travels to another process."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, TypeAlias, TypeVar

import numpy as np

from ..arrays import current, on_the_cpu
from ..engines.mapping import vmap
from ..errors import DifflabError
from ..interface import Derivatives, Differentiator
from ..methods import Manual
from ..methods import get as get_method
from ..methods.steps import NumericalDifferentiator
from ..named_function import load
from ..problems import Problem
from ..problems import get as get_problem
from ..signature import Signature, placed
from ..structure import flatten
from ..types import Array, Function, Tree
from .measurement import Cell
from .own_function import OwnFunction

Method: TypeAlias = str | Differentiator
Result = TypeVar("Result")

FUNCTION = "function"
"""The name under which the plain function itself is measured."""


@dataclass(frozen=True, slots=True)
class Case:
    """One operator of one problem of one size on one device; directions are drawn from `seed`."""

    name: str
    """Of the problem; two cases of one name are one and the same."""
    size: int
    operator: str
    device: str = "cpu"
    dtype: str = ""
    """Of its floating-point arrays, and of the numbers that are differentiated; by default the problem's own."""
    seed: int = 0
    source: Problem | OwnFunction | None = field(default=None, compare=False)
    """Where the problem comes from; None for a registered one."""

    @property
    def problem(self) -> Problem:
        """The problem."""
        if self.source is None:
            return get_problem(self.name)
        return self.source.problem() if isinstance(self.source, OwnFunction) else self.source

    @property
    def function(self) -> Function:
        """The function itself; a person's own is imported now, which only the worker should do."""
        return load(self.source.specification) if isinstance(self.source, OwnFunction) else self.problem.function

    @property
    def arguments(self) -> tuple[Tree, ...]:
        """The point, on the CPU: the problem's own arguments of this size."""
        arguments = self.problem.at(self.size)
        if not self.dtype:
            return arguments
        moving = Signature.of(self.problem.function, arguments, self.problem.argnums).moving
        return tuple(_cast(tree, self.dtype, number in moving) for number, tree in enumerate(arguments))

    @property
    def placed_arguments(self) -> list[Tree]:
        """The point, on the device."""
        return placed(self.arguments, self.signature.moving, None if self.device == "cpu" else self.device)

    @property
    def signature(self) -> Signature:
        """Which leaves move, their shapes and dtypes, on the CPU."""
        return Signature.of(self.problem.function, self.arguments, self.problem.argnums)

    @property
    def moving(self) -> list[Array]:
        """The leaves that are differentiated."""
        return self.signature.point(self.arguments).leaves

    def cell(self, method: Method) -> Cell:
        """Name the cell of a method."""
        dtype = "+".join(sorted({str(leaf.dtype) for leaf in self.moving}))
        name = method if isinstance(method, str) else method.name
        operator = "value" if name == FUNCTION else self.operator
        return Cell(self.name, self.size, name, operator, self.device, dtype)

    def directions(self) -> dict[str, Tree]:
        """Give the tangents or cotangents that the operator takes: drawn once, from the seed."""
        random = np.random.default_rng(self.seed)
        if self.operator in ("jvp", "hvp"):
            return {"tangents": self.signature.moving_trees([_drawn(random, leaf) for leaf in self.moving])}
        if self.operator == "vjp":
            outputs, structure = flatten(self.function(*self.arguments))
            return {"cotangents": structure.unflatten([_drawn(random, leaf) for leaf in outputs])}
        return {}


def differentiator(case: Case, method: Method) -> Differentiator:
    """Give the method; `manual` with the closed forms of the problem."""
    return Manual(**case.problem.closed_forms) if method == "manual" else get_method(method)


def prepare(case: Case, method: Method) -> Derivatives:
    """Prepare a method for a case; a numerical one that is named, on a device, for all points of a formula at once."""
    chosen, argnums = differentiator(case, method), case.problem.argnums
    if case.device != "cpu" and isinstance(method, str) and isinstance(chosen, NumericalDifferentiator):
        at_once = replace(chosen, batch=True).prepare(
            vmap(case.function, argnums), *case.placed_arguments, argnums=argnums
        )
        if _runs(case, at_once):
            return at_once
    return chosen.prepare(case.function, *case.placed_arguments, argnums=argnums)


def _runs(case: Case, derivatives: Derivatives) -> bool:
    """Say whether the function takes many points: it cannot where they part ways, at a branch say."""
    try:
        bound(case, derivatives)()
    except DifflabError:
        return False
    return True


def bound(case: Case, derivatives: Derivatives | None) -> Callable[[], Tree]:
    """Give a call without arguments that does the work of the case once; without derivatives, calls the function.

    The arguments are on the device of the case, and so is the result.
    """
    args = case.placed_arguments
    if derivatives is None:
        function = case.function
        return lambda: function(*args)
    operator: Callable[..., Tree] = getattr(derivatives, case.operator)
    directions = case.directions()
    return lambda: operator(*args, **directions)


def on_its_device(task: Callable[..., Result]) -> Callable[..., Result]:
    """Let a task of a case, its first argument, run with the case's device as the current one."""

    @wraps(task)
    def run(case: Case, *args: Any) -> Result:
        with current(case.device):
            return task(case, *args)

    return run


def brought_back(result: Tree) -> Tree:
    """Copy a result to the CPU."""
    leaves, structure = flatten(result)
    return structure.unflatten(list(map(on_the_cpu, leaves)))


def _cast(tree: Tree, dtype: str, moves: bool) -> Tree:
    """Convert floating-point arrays, and numbers if they are differentiated, to a dtype."""
    leaves, structure = flatten(tree)
    kinds = (np.ndarray, np.floating, float) if moves else np.ndarray
    return structure.unflatten(
        [
            np.asarray(leaf).astype(dtype)[()] if isinstance(leaf, kinds) and np.result_type(leaf).kind == "f" else leaf
            for leaf in leaves
        ]
    )


def _drawn(random: np.random.Generator, leaf: Array) -> Array:
    return random.standard_normal(np.shape(leaf)).astype(np.result_type(leaf))
