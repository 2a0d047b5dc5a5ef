"""A table of what a model consists of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..eager import no_grad

if TYPE_CHECKING:
    from .module import Module


@dataclass(frozen=True)
class Row:
    """A module in a model.

    Args:
        name: its dotted name in the model.
        module: its kind and settings.
        output: the shape of its output; "" if it was not called, or gave no single array.
        parameters: how many numbers training changes that belong to it and to no module before it.
    """

    name: str
    module: str
    output: str
    parameters: int


@dataclass(frozen=True)
class Summary:
    """The modules of a model that consist of no others, or have parameters of their own, in order."""

    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """How many numbers training changes in all."""
        return sum(row.parameters for row in self.rows)

    def __str__(self) -> str:
        lines = [
            ("name", "module", "output", "parameters"),
            *((row.name, row.module, row.output, f"{row.parameters:,}") for row in self.rows),
            ("", "", "total", f"{self.parameters:,}"),
        ]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(_line(line, widths) for line in lines)


def _line(texts: tuple[str, ...], widths: list[int]) -> str:
    name, module, output, parameters = (text.ljust(width) for text, width in zip(texts, widths, strict=True))
    if not texts[0] and texts[2] == "total":
        output = texts[2].rjust(widths[2])
    return f"{name}  {module}  {output}  {parameters.strip().rjust(widths[3])}"


def summarize(model: Module, example: Any) -> Summary:
    """Run a model on an example, in evaluation and unrecorded, and describe the modules in it."""
    modules = list(model.named_modules())
    modes = [module.training for _, module in modules]
    outputs: dict[int, str] = {}
    for _, module in modules:
        # An attribute of the instance, which hides the method of its class as long as it is there.
        module.forward = _noting(module, outputs)  # type: ignore[method-assign]
    model.eval()
    try:
        with no_grad():
            model(*example) if isinstance(example, tuple) else model(example)
    finally:
        for (_, module), mode in zip(modules, modes, strict=True):
            del module.forward
            module.training = mode
    counted: set[int] = set()
    rows = [Row(name, module.title(), outputs.get(id(module), ""), _count(module, counted)) for name, module in modules]
    return Summary(tuple(row for row, (_, module) in zip(rows, modules, strict=True) if _is_shown(module, row)))


def _noting(module: Module, outputs: dict[int, str]) -> Callable[..., Any]:
    """Make a forward function that notes the shape of what it returns."""
    forward = module.forward

    def noting(*inputs: Any, **options: Any) -> Any:
        output = forward(*inputs, **options)
        array = output[0] if isinstance(output, tuple) else output
        outputs[id(module)] = str(getattr(array, "shape", ""))
        return output

    return noting


def _count(module: Module, counted: set[int]) -> int:
    """Count the entries of parameters that are in no module inside this one, and not counted yet."""
    inside = {id(parameter) for part in list(module.modules())[1:] for parameter in part.parameters()}
    own = [p for p in module.parameters() if id(p) not in inside | counted]
    counted.update(map(id, own))
    return sum(math.prod(parameter.shape) for parameter in own)


def _is_shown(module: Module, row: Row) -> bool:
    return row.parameters > 0 or len(list(module.modules())) == 1
