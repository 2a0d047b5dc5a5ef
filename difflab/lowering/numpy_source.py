"""A trace as NumPy source: a straight line of assignments to read, and to run.

>>> from difflab.signature import Signature
>>> from difflab.engines.trace import trace
>>> def function(x):
...     return np.sum(x[1:] * 2.5) if x[0] > 0 else x[0]
>>> at = np.array([1.0, 2.0, 3.0])
>>> source = numpy_source(trace(Signature.of(function, (at,), 0).point((at,))), ["x"])
>>> print(source.text)
def function(x):
    v1 = x[0]
    v2 = v1 > 0
    require(guard0, v2)
    v3 = x[1:]
    v4 = v3 * 2.5
    v5 = np.sum(v4)
    return [v5]
>>> source.compile()(at)
[np.float64(12.5)]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engines.graph import Equation, Graph, Guard, Variable, require
from ..primitives.indexing import HOLE, gather
from ..primitives.primitive import Primitive
from ..primitives.substitutes import SUBSTITUTES
from ..types import Function

_INFIX: dict[Any, str] = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.divide: "/",
    np.power: "**",
    np.matmul: "@",
    np.less: "<",
    np.less_equal: "<=",
    np.greater: ">",
    np.greater_equal: ">=",
    np.equal: "==",
    np.not_equal: "!=",
}


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a function's definition, and what the text refers to by name."""

    text: str
    name: str
    namespace: Mapping[str, Any]
    """Constant arrays, guards, and functions that NumPy does not have."""

    def compile(self) -> Function:
        """Give the function: from one array for each input to the list of outputs.

        It raises `GuardFailure` for inputs for which the traced code would have taken another path.
        """
        namespace = {"np": np, "require": require, **self.namespace}
        exec(compile(self.text, f"<{self.name}, from a trace>", "exec"), namespace)
        function: Function = namespace[self.name]
        return function


def numpy_source(graph: Graph, names: Sequence[str] = (), name: str = "function", *, on_device: bool = False) -> Source:
    """Write a graph as a function of NumPy arrays.

    Args:
        graph: the trace.
        names: of its inputs; by default v0, v1 and so on, as all other variables are called.
        name: of the function.
        on_device: whether to write substitutes for what CuPy has not, see `primitives.substitutes`.
    """
    return _Writer(graph, names, name, on_device=on_device).source()


class _Text(str):
    """Source text that stands for a value."""

    def __repr__(self) -> str:
        return str(self)

    def astype(self, dtype: Any) -> "_Text":
        """Write the call of the method."""
        return _Text(f"{self}.astype({dtype.name!r})")


class _Writer:
    def __init__(self, graph: Graph, names: Sequence[str], name: str, *, on_device: bool):
        self.graph = graph
        self.name = name
        self.on_device = on_device
        self.inputs = dict(zip(graph.inputs, names, strict=False))
        self.namespace: dict[str, Any] = {}
        self.constants: dict[int, _Text] = {}
        self.guards: dict[int, list[tuple[int, Guard]]] = {}
        """With their numbers, by how many equations had run when they were looked at."""
        for number, guard in enumerate(graph.guards):
            self.guards.setdefault(guard.after, []).append((number, guard))

    def source(self) -> Source:
        lines = []
        for position, equation in enumerate(self.graph.equations):
            lines += self._guards(position)
            lines.append(self._assignment(equation))
        lines += self._guards(len(self.graph.equations))
        lines.append(f"return [{', '.join(map(self._operand, self.graph.outputs))}]")
        head = f"def {self.name}({', '.join(map(self._operand, self.graph.inputs))}):"
        return Source("\n    ".join([head, *lines]), self.name, self.namespace)

    def _guards(self, position: int) -> list[str]:
        return [self._guard(number, guard) for number, guard in self.guards.get(position, ())]

    def _guard(self, number: int, guard: Guard) -> str:
        self.namespace[f"guard{number}"] = guard
        return f"require(guard{number}, {self._operand(guard.variable)})"

    def _assignment(self, equation: Equation) -> str:
        targets = ", ".join(map(self._operand, equation.outputs))
        comma = "," if equation.primitive.multiple and len(equation.outputs) == 1 else ""
        return f"{targets}{comma} = {self._call(equation)}"

    def _call(self, equation: Equation) -> str:
        primitive = equation.primitive
        operands = [self._operand(x) for x in equation.operands]
        if sign := _INFIX.get(primitive.function):
            return f"{operands[0]} {sign} {operands[1]}"
        if primitive.function is gather:
            return self._indexing(operands, equation.parameters["template"])
        parameters = {key: self._operand(value) for key, value in equation.parameters.items()}
        if "dtype" in equation.parameters:
            parameters["dtype"] = equation.parameters["dtype"]
        return str(primitive.layout.evaluator(self._written(primitive))(operands, parameters))

    def _written(self, primitive: Primitive) -> Any:
        """Give a function that writes its call in place of calling; the layout then puts the arguments in order."""
        name = self._function(primitive)

        def write(*args: Any, **kwargs: Any) -> _Text:
            named = (f"{key}={value!r}" for key, value in kwargs.items())
            return _Text(f"{name}({', '.join([*map(repr, args), *named])})")

        return write

    def _function(self, primitive: Primitive) -> str:
        """Name the function as `np.…` where that is what it is; else put it into the namespace."""
        if self.on_device and primitive.function in SUBSTITUTES:
            substitute = primitive.name.replace(".", "_")
            self.namespace[substitute] = SUBSTITUTES[primitive.function]
            return substitute
        found: Any = np
        root, *path = primitive.name.split(".")
        for part in path:
            found = getattr(found, part, None)
        if root == "np" and found == primitive.function:
            return primitive.name
        name: str = primitive.function.__name__
        self.namespace[name] = primitive.function
        return name

    def _indexing(self, operands: Sequence[_Text], template: Sequence[Any]) -> str:
        arrays = iter(operands[1:])
        parts = [next(arrays) if part is HOLE else _index(part) for part in template]
        return f"{operands[0]}[{', '.join(parts) or '()'}]"

    def _operand(self, value: Any) -> _Text:
        if isinstance(value, Variable):
            return _Text(self.inputs.get(value, f"v{value.number}"))
        if isinstance(value, np.ndarray):
            return self._constant(value)
        if isinstance(value, (tuple, list)):
            return _Text(repr(type(value)(map(self._operand, value))))
        return _Text(_literal(value)) if _is_literal(value) else self._constant(value)

    def _constant(self, value: Any) -> _Text:
        if id(value) not in self.constants:
            name = f"c{len(self.constants)}"
            self.constants[id(value)] = _Text(name)
            self.namespace[name] = value
        return self.constants[id(value)]


def _is_literal(value: Any) -> bool:
    return value is None or value is Ellipsis or isinstance(value, (bool, int, float, str, slice, np.number, np.bool))


def _literal(value: Any) -> str:
    if type(value) is float and not np.isfinite(value):
        return f"float({str(value)!r})"
    if isinstance(value, np.floating) and not np.isfinite(value):
        return f"np.{type(value).__name__}({str(value)!r})"
    return repr(value)


def _index(part: Any) -> str:
    if isinstance(part, slice):
        ends = ["" if end is None else str(end) for end in (part.start, part.stop, part.step)]
        return ":".join(ends if ends[2] else ends[:2])
    if part is Ellipsis:
        return "..."
    return str(part) if part is None or isinstance(part, bool) else str(int(part))
