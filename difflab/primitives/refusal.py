"""Operands with respect to which a function has no rule here: refused, never taken for constant."""

from typing import Any

from ..errors import UnsupportedFunction
from .layout import name_of
from .primitive import Rule


def no_rule(function: Any, operand: str) -> Rule:
    """Give a rule that raises `UnsupportedFunction`, naming the function and the operand."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise UnsupportedFunction(
            f"{name_of(function)} has no derivative rule with respect to {operand}: hold it constant (leave it out of "
            f"argnums), or use a numerical method, method='central_difference'."
        )

    return refuse
