"""Walking through a graph and writing its equations anew by rules: what passes that simplify have in common.

A rule is tried on the equations of one function, with the walk and the operands. It gives what stands for the result,
a variable that is there or a constant, or None where it does not apply.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from ...primitives.layout import NO_PARAMETERS
from ...structure import shape_of
from ..graph import Equation, Graph, Variable
from .equations import is_like, primitive_of, used_in, usual, with_operands
from .repeated import repeated
from .zeros import signs_that_matter

Rule = Callable[..., Any]
"""From a walk and operands to what stands for the result; None where the rule does not apply."""
Rules = Mapping[Any, Sequence[Rule]]
"""By the function that they are about, in the order in which they are tried."""


def rewritten(graph: Graph, rules: Rules) -> Graph:
    """Apply rules to all equations, in order; what is no longer used is left for dead code.

    >>> from difflab.engines.trace import trace
    >>> from difflab.signature import Signature
    >>> at = Signature.of(lambda x: 2 * -(-x), (1.0,), 0).point((1.0,))
    >>> rewritten(trace(at), {np.negative: [lambda walk, x: walk.operand_of(np.negative, x)]})
    inputs  v0:float64[]
      v1:float64[] = np.negative(v0:float64[])
      v3:float64[] = np.multiply(2, v0:float64[])
    outputs v3:float64[]
    """
    return Walk(graph, rules).run()


class Walk:
    """A graph that is being written anew.

    Args:
        graph: as it was.
        rules: what is tried.
    """

    def __init__(self, graph: Graph, rules: Rules):
        self.graph = graph
        self.rules = rules
        self.size = graph.size
        self.equations: list[Equation] = []
        self.made: dict[Variable, Equation] = {}
        """The equations of one result that are written, by that."""
        self.same: dict[Variable, Any] = {}
        """What stands for a variable."""
        self.now: Any = None
        """The equation that rules are tried on."""
        self._numbers: dict[int, Any] = {}

    def run(self) -> Graph:
        """Go through the equations."""
        graph, same = self.graph, self.same
        guarded = {guard.variable for guard in graph.guards}
        written = [0]
        for equation in graph.equations:
            if same:
                equation = with_operands(
                    equation, [same.get(x, x) if type(x) is Variable else x for x in equation.operands]
                )
            output = equation.outputs[0]
            found = self.written(equation)
            if found is not output:
                if type(found) is Variable or output not in guarded:
                    self.replace(output, found)
                else:
                    self.write(equation)
            written.append(len(self.equations))
        guards = [
            replace(one, variable=same.get(one.variable, one.variable), after=written[one.after])
            for one in graph.guards
        ]
        outputs = [same.get(x, x) if type(x) is Variable else x for x in graph.outputs]
        return replace(graph, equations=self.equations, outputs=outputs, guards=guards, size=self.size)

    def replace(self, output: Variable, found: Any) -> None:
        """Let something stand for a variable."""
        self.same[output] = found
        if type(found) is Variable:  # and one that was there before had the equation of the output among its uses
            uses = self._uses
            uses[found] = uses.get(found, 0) + uses.get(output, 0) - (found.number < self.graph.size)

    def written(self, equation: Equation) -> Any:
        """Write an equation, unless a rule knows what stands for its result; gives what does."""
        output = equation.outputs[0]
        rules = self.rules.get(equation.primitive.function)
        if rules is not None:
            before, self.now = self.now, equation
            for rule in rules:
                found = rule(self, *equation.operands)
                if found is not None and is_like(found, output):
                    self.now = before
                    return found
            self.now = before
        self.write(equation)
        return output

    def write(self, equation: Equation) -> None:
        """Write an equation as it is."""
        self.equations.append(equation)
        self.made[equation.outputs[0]] = equation

    # What rules ask, and do

    def apply(
        self,
        function: Any,
        operands: Sequence[Any],
        shape: tuple[int, ...],
        dtype: Any,
        parameters: Mapping[str, Any] = NO_PARAMETERS,
    ) -> Any:
        """Write an equation by which there was none, simplified in turn; gives what stands for its result."""
        output = Variable(self.size, shape, dtype)
        self.size += 1
        return self.written(Equation(primitive_of(function), tuple(operands), parameters, (output,)))

    def make(self, function: Any, *operands: Any) -> Any:
        """Apply arithmetic entry by entry: NumPy says shape and dtype."""
        shape, dtype = usual(operands)
        if dtype is None:
            shape = np.broadcast_shapes(*map(shape_of, operands))
            dtype = np.result_type(*(x.dtype if type(x) is Variable else x for x in operands))
        return self.apply(function, operands, shape, dtype)

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        """Show the entries of a variable, in their order, in another shape."""
        return x if x.shape == shape else self.apply(np.reshape, [x], shape, x.dtype, {"shape": shape})

    def operands_of(self, function: Any, x: Any) -> tuple[Any, ...] | None:
        """Give the operands if this is the result of a function; else None."""
        equation = self.made.get(x) if type(x) is Variable else None
        return equation.operands if equation is not None and equation.primitive.function is function else None

    def operand_of(self, function: Any, x: Any) -> Any:
        """Give the one operand if this is the result of a function; else None."""
        found = self.operands_of(function, x)
        return None if found is None else found[0]

    def number(self, x: Any) -> Any:
        """Give the number that all entries of a constant are, a float or an integer; None of any other operand."""
        if type(x) is Variable:
            return None
        if type(x) is not np.ndarray:
            return x if type(x) in (float, int) or isinstance(x, (np.floating, np.integer)) else None
        if id(x) not in self._numbers:
            self._numbers[id(x)] = repeated(x)
        return self._numbers[id(x)]

    def is_only_use(self, x: Variable) -> bool:
        """Say whether one equation, and no result and no guard, uses a variable."""
        return self._uses.get(x, 0) <= 1

    def zeros_are_free(self) -> bool:
        """Say whether zeros of the present result may change their sign."""
        output = self.now.outputs[0]
        return output.dtype.kind != "f" or (output.number < self.graph.size and output not in self._signs_that_matter)

    @cached_property
    def _uses(self) -> Counter[Variable]:
        return Counter(used_in(self.graph))

    @cached_property
    def _signs_that_matter(self) -> set[Variable]:
        return signs_that_matter(self.graph)
