"""From a function and arguments to an explanation: the method runs once, and what it kept is taken apart."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter

import numpy as np

from ..engines.passes.status import UNDECIDED
from ..engines.paths import Path
from ..errors import InvalidArgument
from ..interface import OPERATORS, Derivatives, Differentiator
from ..kernel import floating
from ..lowering.replay import Operator
from ..methods import get as get_method
from ..methods.compiled import Compiled, CompiledKernel
from ..point import Point, describe
from ..signature import ArgumentNumbers
from ..structure import flatten, shape_of
from ..types import Function, Tree
from .explanation import Compilation, Explanation
from .guards import conditions_of
from .inputs import inputs_of, named
from .parts import parts_of
from .steps import steps_of
from .writing import Lines

ASKED = ("value", *OPERATORS)
REFUSED = "Not compiled, "
"""How the warning begins that a method gives where it leaves a function to the eager one."""


def explain(
    function: Function,
    *args: Tree,
    method: str | Differentiator = "reverse_compiled",
    operator: str | None = None,
    argnums: ArgumentNumbers = 0,
) -> Explanation:
    """Show what a compiled method makes of a function: graph, passes, loops, memory, generated code.

    Args:
        function: plain NumPy code, from numbers, arrays or nests of them to the same.
        args: arguments; the path that the code takes at them is explained.
        method: "reverse_compiled" or "forward_compiled", or one of these with its settings; "automatic" is explained as
            "native", which it becomes.
        operator: "value", or what `Derivatives` offers ("gradient", "jacobian", "jvp", …); by default the gradient, or
            the Jacobian where the function does not give one number. Directions are taken to be ones.
        argnums: which arguments to differentiate: a number, or a tuple.

    Raises:
        InvalidArgument: the method is not a compiled one, there is no such operator, or it does not fit the function.

    >>> (found,) = explain(lambda x: np.sum(np.exp(x) * np.exp(x)), np.zeros(3)).compilations
    >>> found.is_one_program, found.steps[0].counts.functions["exp"], found.steps[-1].counts.functions["exp"]
    (True, 2, 1)
    """
    chosen = _chosen(method)
    if operator is not None and operator not in ASKED:
        raise InvalidArgument(f"operator={operator!r} is unknown: use one of {', '.join(ASKED)}.")
    prepared = chosen.prepare(function, *args, argnums=argnums)
    at = prepared.signature.point(args)
    asked = operator or _fitting(at)
    kernel = prepared.kernel
    assert isinstance(kernel, CompiledKernel)
    with _refusals() as refusals:
        _ask(prepared, asked, args)
    operators = kernel.replayed.operators
    if any(found.is_refused for found in operators.values()) and not refusals:
        refusals.append(f"The code cannot be traced: {kernel.replayed.world.fault}")
    compilations = [
        _compilation(name, found, found.paths.first, prepared, args)
        for (name, *_), found in operators.items()
        if found.paths.first is not None
    ]
    return Explanation(describe(function), chosen.name, asked, tuple(compilations), tuple(refusals))


def _chosen(method: str | Differentiator) -> Compiled:
    """Look a method up; one that compiles in the background is to compile at once."""
    found = get_method(method)
    if not isinstance(found, Compiled):
        raise InvalidArgument(
            f"The method {found.name!r} compiles nothing: use 'reverse_compiled' or 'forward_compiled'."
        )
    return replace(found, tier="native") if found.tier == "automatic" else found


def _fitting(at: Point) -> str:
    outputs = at.call([leaf.copy() for leaf in at.leaves])
    return "gradient" if len(outputs) == 1 and shape_of(outputs[0]) == () else "jacobian"


def _ask(prepared: Derivatives, operator: str, args: Sequence[Tree]) -> None:
    """Call an operator, with ones for directions."""
    directions: dict[str, Tree] = {}
    if operator in ("jvp", "hvp"):
        leaves = prepared.signature.point(args).leaves
        directions["tangents"] = prepared.signature.moving_trees([np.ones_like(leaf) for leaf in leaves])
    elif operator == "vjp":
        outputs, structure = flatten(prepared.value(*args))
        directions["cotangents"] = structure.unflatten([np.ones(shape_of(each), floating(each)) for each in outputs])
    getattr(prepared, operator)(*args, **directions)


@contextmanager
def _refusals() -> Iterator[list[str]]:
    """Give a list that the end fills with why functions were left to the eager method; other warnings are passed on."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield found
    for warning in caught:
        if str(warning.message).startswith(REFUSED):
            found.append(str(warning.message))
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def _compilation(name: str, found: Operator, path: Path, prepared: Derivatives, args: Sequence[Tree]) -> Compilation:
    """Trace an operator again, and take it through what makes a program of it, step by step."""
    assert path.graph is not None
    at = prepared.signature.point(args)
    seen = found.world.arrays()
    directions = path.graph.inputs[found.arguments.count : len(path.graph.inputs) - len(seen)]
    values = [*found.arguments.inputs(at), *(np.ones(x.shape, x.dtype) for x in directions)]
    began = perf_counter()
    traced = found.world.traced(found.rule, found.arguments, at, values, scalar=found.scalar)
    seconds = perf_counter() - began
    assert traced is not None  # as it was before
    steps = steps_of(traced, seconds)
    inputs = inputs_of(traced.graph, name, prepared.signature, found.arguments, seen)
    names = named(inputs)
    lines, last = Lines(traced.graph, names, name), Lines(steps[-1].graph, names, name)
    return Compilation(
        name=name,
        inputs=tuple(inputs),
        conditions=tuple(conditions_of(traced.graph, lines, traced.graph.inputs[len(values) :])),
        lines=lines,
        steps=tuple(steps),
        parts=tuple(parts_of(steps[-1].graph, last, found.tier)),
        source=last.source,
        is_one_program=path.program is not None,
        is_decided=path.run([*values, *seen])[1] != UNDECIDED,
    )
