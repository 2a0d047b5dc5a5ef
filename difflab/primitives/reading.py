"""What a rule reads: the values that a record must keep for it, and keep as they are."""

import dis
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def positions_read(rule: Callable[..., Any], after: int) -> frozenset[int]:
    """Say which parameters the code of a rule uses, counted from the one at `after`, which has the number -1.

    The parameters of a differential are the tangent, the output and the operands; so from the output on they are
    numbered as the operands are.

    >>> sorted(positions_read(lambda t, y, a, b: t * b, after=1))
    [1]
    >>> sorted(positions_read(lambda t, y, x: t * y, after=1))
    [-1]
    """
    code = inspect.unwrap(rule).__code__
    names = code.co_varnames[: code.co_argcount]
    used: set[str] = set()
    for instruction in dis.get_instructions(code):
        if "FAST" in instruction.opname or "DEREF" in instruction.opname or "CELL" in instruction.opname:
            value = instruction.argval
            used.update(value if isinstance(value, tuple) else [str(value)])
    positions = {n - after - 1 for n, name in enumerate(names) if n >= after and name in used}
    if code.co_flags & inspect.CO_VARARGS:
        positions.update(range(len(names) - after - 1, 64))
    return frozenset(positions)
