"""Whether a compiled method says of a program what the eager one says: the comparison that all these tests make."""

from collections.abc import Sequence
from typing import Any

import numpy as np

import difflab
from difflab.interface import Derivatives, Differentiator
from difflab.structure import flatten
from tests.compiled.programs import Program

SMALL = 1e-2
"""Results that are smaller than this are differences of larger ones, and compared as if they were of this size."""
TOLERANCES = {8: 1e-12, 4: 1e-5}
"""By the bytes of the least precise float that has a part in a result."""


def operators_of(program: Program) -> Sequence[str]:
    """Give what every program is compared by."""
    return ("value_and_gradient", "gradient") if program.is_scalar else ("jacobian", "vjp")


def further_operators_of(program: Program) -> Sequence[str]:
    """Give what some are compared by, too."""
    return ("hvp", "hessian", "batch", "jvp") if program.is_scalar else ("jvp", "value")


def answer(prepared: Derivatives, operator: str, program: Program, x: Any, extra: float) -> Any:
    """Apply an operator; directions and cotangents are those of the program's seed."""
    numbers = np.random.default_rng(program.seed)
    match operator:
        case "jvp" | "hvp":
            return getattr(prepared, operator)(x, extra, tangents=_like(x, numbers))
        case "vjp":
            return prepared.vjp(x, extra, cotangents=_like(program.function()(x, extra), numbers))
        case "batch":
            several = [point for point, other in program.points if other == extra]
            leaves = [flatten(point)[0] for point in several]
            stacked = [np.stack(each) for each in zip(*leaves, strict=True)]
            return prepared.batch(flatten(x)[1].unflatten(stacked), extra).value_and_gradient()
        case _:
            return getattr(prepared, operator)(x, extra)


def disagreements(
    program: Program, method: Differentiator, operators: Sequence[str], rounds: int = 2
) -> tuple[list[str], Derivatives]:
    """Compare at all points of a program, several times, so that each path is taken anew and again.

    Args:
        program: what is differentiated.
        method: a compiled method.
        operators: by name.
        rounds: how often the points are gone through.

    Returns:
        A sentence for each result that is another than the eager method's, and what the method prepared.
    """
    function = program.function()
    x, extra = program.points[0]
    compiled = method.prepare(function, x, extra)
    eager = difflab.prepare(function, x, extra, method=method.name.removesuffix("_compiled"))
    found = []
    for operator in operators:
        expected = [answer(eager, operator, program, *point) for point in program.points]
        for number, point in [*enumerate(program.points)] * rounds:
            given = answer(compiled, operator, program, *point)
            if fault := difference(given, expected[number], _tolerance(program), is_mixed=program.is_mixed):
                found.append(f"{method} gives another {operator} at point {number}: {fault}")
    return found, compiled


def difference(found: Any, expected: Any, tolerance: float, *, is_mixed: bool = False) -> str:
    """Say how two nests differ by more than rounding, in structure, or in dtype; nothing if they do not.

    Where dtypes are mixed, forward and reverse mode give Jacobians of different ones.
    """
    (mine, structure), (theirs, expected_structure) = flatten(found), flatten(expected)
    if structure != expected_structure:
        return f"the structure is [{structure}], not [{expected_structure}]"
    scale = max(SMALL, *(float(np.max(np.abs(leaf), initial=0)) for leaf in theirs))
    for a, b in zip(mine, theirs, strict=True):
        if np.shape(a) != np.shape(b) or (not is_mixed and a.dtype != b.dtype):
            return f"{a!r} is another kind of thing than {b!r}"
        if not np.allclose(a, b, rtol=0, atol=tolerance * scale, equal_nan=True):
            return f"{a!r} is not {b!r}"
    return ""


def _tolerance(program: Program) -> float:
    return TOLERANCES[4 if "float32" in program.source else program.dtype.itemsize]


def _like(tree: Any, numbers: np.random.Generator) -> Any:
    leaves, structure = flatten(tree)
    return structure.unflatten([np.asarray(numbers.uniform(-1, 1, np.shape(leaf)), leaf.dtype)[()] for leaf in leaves])
