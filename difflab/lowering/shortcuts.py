"""Straight ways from arguments to a program: nothing is flattened, checked or wrapped on the way.

The program itself looks whether the arguments are arrays of the right kind; where they are not, where a guard fails or
a derivative is NaN, a shortcut gives None, and the call goes the whole way.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from ..engines.arguments import Arguments
from ..kernel import Shortcut
from ..point import Point
from ..signature import Signature
from ..structure import BARE
from ..types import Tree
from .native.program import Program
from .tracing import World

Pick = Callable[[Sequence[Any]], Sequence[Any]]
"""Takes the program's inputs out of the arguments."""
Held = Sequence[tuple[int, Any]]
"""Which arguments have to be what, for the program to hold."""


def shortcut(
    name: str, signature: Signature, arguments: Arguments, at: Point, program: Program, world: World
) -> Shortcut | None:
    """Give a shortcut; None where arguments are nests, or arrays are part of the path, or results are constant.

    Args:
        name: of the operator, "gradient" or "value_and_gradient".
        signature: what was prepared for.
        arguments: which of them the program takes.
        at: arguments for which the program holds.
        program: what is called.
        world: which has to be as it was.
    """
    is_bare = all(structure == BARE for structure in signature.structures)
    values = int(name == "value_and_gradient")
    if not is_bare or program.has_constant_results or len(program.results) != values + len(signature.moving):
        return None
    others = [number for number in range(len(signature.structures)) if number not in signature.moving]
    changing, fixed = arguments.changing, arguments.held
    order = [*signature.moving, *(others[n] for n in changing)]
    held = [(others[n], at.constants[n]) for n in fixed]
    if not all(_is_compared_as_a_whole(value) for _, value in held):
        return None
    pick = itemgetter(*order) if len(order) > 1 else lambda given: (given[order[0]],)
    if len(program.results) > 1:
        arrange = _arrangement(signature, values=values)
        return _with_several_results(len(signature.structures), pick, held, program, world, arrange)
    if len(signature.structures) == 1 and isinstance(signature.argnums, int) and not world.arrays():
        return _of_one_argument(program, world)
    is_tuple = isinstance(signature.argnums, tuple)
    return _with_one_result(len(signature.structures), pick, held, program, world, is_tuple=is_tuple)


def _is_compared_as_a_whole(value: Any) -> bool:
    """Say whether `==` tells if a value is the same: not of arrays, nor of complex numbers, whose zeros have signs."""
    return not isinstance(value, (np.ndarray, complex, np.complexfloating))


def _of_one_argument(program: Program, world: World) -> Shortcut:
    """Take one argument, of a function that sees no arrays around it."""
    ((shape, dtype),) = program.results
    call, constants, unchanged, empty = program.entrance.call, program.constants, world.unchanged, np.empty

    def run(*given: Tree) -> Tree | None:
        result = empty(shape, dtype)
        if not unchanged() or len(given) != 1 or call(*given, result, *constants):
            return None
        return result if shape else result[()]

    return run


def _with_one_result(count: int, pick: Pick, held: Held, program: Program, world: World, *, is_tuple: bool) -> Shortcut:
    ((shape, dtype),) = program.results
    call, constants, unchanged, arrays = program.entrance.call, program.constants, world.unchanged, world.arrays

    def run(*given: Tree) -> Tree | None:
        if len(given) != count or not unchanged():
            return None
        for number, value in held:
            if type(given[number]) is not type(value) or given[number] != value:
                return None
        result = np.empty(shape, dtype)
        if call(*pick(given), *arrays(), result, *constants):
            return None
        found = result if shape else result[()]
        return (found,) if is_tuple else found

    return run


def _with_several_results(
    count: int, pick: Pick, held: Held, program: Program, world: World, arrange: Callable[[list[Any]], Tree]
) -> Shortcut:
    results = program.results
    call, constants, unchanged, arrays = program.entrance.call, program.constants, world.unchanged, world.arrays

    def run(*given: Tree) -> Tree | None:
        if len(given) != count or not unchanged():
            return None
        for number, value in held:
            if type(given[number]) is not type(value) or given[number] != value:
                return None
        found = [np.empty(shape, dtype) for shape, dtype in results]
        if call(*pick(given), *arrays(), *found, *constants):
            return None
        return arrange([result if result.shape else result[()] for result in found])

    return run


def _arrangement(signature: Signature, *, values: int) -> Callable[[list[Any]], Tree]:
    """Say how results are given: one gradient or a tuple of them, behind the value if that is asked for, too."""
    if isinstance(signature.argnums, tuple):
        return (lambda found: (found[0], tuple(found[1:]))) if values else tuple
    return tuple if values else itemgetter(0)
