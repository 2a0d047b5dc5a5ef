"""Straight ways from arguments to a program: nothing is flattened, checked or wrapped on the way.

The program itself looks whether the arguments are arrays of the right kind; where they are not, where a guard fails or
a derivative is NaN, a shortcut gives None, and the call goes the whole way.
"""

from collections.abc import Mapping

import numpy as np

from ..kernel import Shortcut
from ..signature import Signature
from ..structure import BARE
from ..types import Tree
from .native.program import Program
from .tracing import World


def shortcut(signature: Signature, name: str, program: Program, world: World) -> Mapping[str, Shortcut]:
    """Give the shortcut of an operator whose program gives one result for each differentiated argument.

    None is given where arguments are nests, or integers and the like, which the program holds for.
    """
    others = [number for number in range(len(signature.structures)) if number not in signature.moving]
    order = [*signature.moving, *others]
    count = len(order) + len(world.arrays())
    is_bare = all(structure == BARE for structure in signature.structures) and count == len(program.inputs)
    if not is_bare or program.has_constant_results or len(program.results) != len(signature.moving):
        return {}
    call, constants, unchanged, arrays = program.entrance.call, program.constants, world.unchanged, world.arrays
    if len(order) == len(program.results) == 1 and signature.argnums == 0:
        ((shape, dtype),) = program.results

        def of_one(*arguments: Tree) -> Tree | None:
            result = np.empty(shape, dtype)
            if len(arguments) != 1 or not unchanged() or call(*arguments, *arrays(), result, *constants):
                return None
            return result if shape else result[()]

        return {name: of_one}

    def of_several(*arguments: Tree) -> Tree | None:
        if len(arguments) != len(order) or not unchanged():
            return None
        results = [np.empty(shape, dtype) for shape, dtype in program.results]
        if call(*[arguments[number] for number in order], *arrays(), *results, *constants):
            return None
        found = [result if result.shape else result[()] for result in results]
        return found[0] if isinstance(signature.argnums, int) else tuple(found)

    return {name: of_several}
