"""What a primitive is: a NumPy function with its derivative, as data.

Rules are written in NumPy functions themselves, on values that may be arrays, duals, tensors,
batches or tracers; so the derivative of a derivative needs nothing more. No rule undoes
broadcasting, and none casts dtypes: the sweeps do, in one place.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from ..types import Array
from .layout import Layout
from .quick import QUICK
from .reading import positions_read
from .substitutes import anywhere

Rule = Callable[..., Any]
Operands = Sequence[Array]
Parameters = Mapping[str, Any]

OUTPUT = -1
"""The position that stands for a primitive's output."""
EVERYTHING = frozenset(range(OUTPUT, 64))
NOTHING: frozenset[int] = frozenset()


class Primitive(ABC):
    """A function of array operands and static parameters.

    Args:
        function: the NumPy function it stands for; the key in the table.
        layout: how a call splits into operands and parameters.
        batch: how it runs with a leading batch axis on some operands (see `batching`), or None
            to run it item by item.
        multiple: whether it returns a tuple of arrays.
    """

    differentiable: ClassVar[bool] = True
    changes_memory: ClassVar[bool] = False
    """Whether it does more than give a result, so that it has to run though nothing needs that."""
    definition: Rule | None = None
    """The same function in other NumPy functions, if it is not one of NumPy's own: what a trace records of it."""

    def __init__(self, function: Rule, layout: Layout, *, batch: Rule | None = None, multiple: bool = False):
        self.function = function
        self.name = layout.name
        self.layout = layout
        self.batch = batch
        self.multiple = multiple
        self.evaluate = layout.evaluator(anywhere(function))
        """Call the function on operands and parameters: `evaluate(operands, parameters)`."""
        self.compute: Rule = QUICK.get(function) or layout.caller(anywhere(function))
        """Do the same for NumPy's own arrays and numbers, in the quickest way: `compute(*operands, **parameters)`."""
        self.accumulate: Rule | None = None
        """Where the first operand's cotangent would be mostly zeros: `accumulate(total, cotangent, y, *operands,
        **parameters)` adds it into an array, y being the output."""

    def reads(self, position: int) -> frozenset[int]:
        """Say which operands' entries `pull` of one operand reads, by position, `OUTPUT` for the output's."""
        return EVERYTHING

    @cached_property
    def sums_first(self) -> frozenset[int]:
        """The operands whose cotangents may as well be summed, where they were broadcast, before `pull` as after it."""
        return NOTHING

    @abstractmethod
    def push(self, tangents: Sequence[Array | None], output: Any, operands: Operands, parameters: Parameters) -> Any:
        """Give the output's tangent from the operands' (None is zero; at least one is not); None if zero."""

    @abstractmethod
    def pull(self, position: int, cotangent: Any, output: Any, operands: Operands, parameters: Parameters) -> Any:
        """Give the cotangent that flows to one operand, before broadcasting is undone; None if zero."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name})"


class Elementwise(Primitive):
    """A function that acts entry by entry, its operands broadcast together.

    Its Jacobian is diagonal, so one *differential* per operand, `(t, y, *operands) -> t * ∂y/∂x`,
    serves both modes. None marks an operand without a derivative.
    """

    def __init__(self, function: Rule, layout: Layout, differentials: Sequence[Rule | None]):
        super().__init__(function, layout)
        self.differentials = tuple(differentials)

    def reads(self, position: int) -> frozenset[int]:
        """Say it by the parameters that the differential's code uses."""
        differential = self.differentials[position]
        return NOTHING if differential is None else positions_read(differential, after=1)

    @cached_property
    def sums_first(self) -> frozenset[int]:
        """Those of which the differential, being linear in the tangent, reads nothing else."""
        return frozenset(n for n, rule in enumerate(self.differentials) if rule is not None and not self.reads(n))

    def push(self, tangents: Sequence[Array | None], output: Any, operands: Operands, parameters: Parameters) -> Any:
        total = None
        for tangent, differential in zip(tangents, self.differentials, strict=True):
            if tangent is not None and differential is not None:
                term = differential(tangent, output, *operands, **parameters)
                total = term if total is None else total + term
        return total

    def pull(self, position: int, cotangent: Any, output: Any, operands: Operands, parameters: Parameters) -> Any:
        differential = self.differentials[position]
        return None if differential is None else differential(cotangent, output, *operands, **parameters)


class Linear(Primitive):
    """A function linear in all its operands together (sum, reshape, concatenate).

    `transpose(cotangent, position, *operands, **parameters)` gives the cotangent of one operand;
    of the operands it may use shapes and dtypes only.
    """

    def __init__(self, function: Rule, layout: Layout, transpose: Rule, *, batch: Rule | None = None):
        super().__init__(function, layout, batch=batch)
        self.transpose = transpose

    def reads(self, position: int) -> frozenset[int]:
        """None: its Jacobian does not depend on them."""
        return NOTHING

    def push(self, tangents: Sequence[Array | None], output: Any, operands: Operands, parameters: Parameters) -> Any:
        filled = [np.zeros_like(x) if t is None else t for t, x in zip(tangents, operands, strict=True)]
        return self.evaluate(filled, parameters)

    def pull(self, position: int, cotangent: Any, output: Any, operands: Operands, parameters: Parameters) -> Any:
        return self.transpose(cotangent, position, *operands, **parameters)


class Multilinear(Primitive):
    """A function linear in each operand while the others are held (matmul, einsum).

    `transpose` is as in `Linear`, and may use the values of the other operands.
    """

    def __init__(self, function: Rule, layout: Layout, transpose: Rule, *, batch: Rule | None = None):
        super().__init__(function, layout, batch=batch)
        self.transpose = transpose

    def reads(self, position: int) -> frozenset[int]:
        """Say that they are the other operands."""
        return EVERYTHING - {position, OUTPUT}

    def push(self, tangents: Sequence[Array | None], output: Any, operands: Operands, parameters: Parameters) -> Any:
        total = None
        for position, tangent in enumerate(tangents):
            if tangent is not None:
                term = self.evaluate([*operands[:position], tangent, *operands[position + 1 :]], parameters)
                total = term if total is None else total + term
        return total

    def pull(self, position: int, cotangent: Any, output: Any, operands: Operands, parameters: Parameters) -> Any:
        return self.transpose(cotangent, position, *operands, **parameters)


class General(Primitive):
    """A function with an explicit pair of rules.

    `jvp(tangents, y, *operands, **parameters)` takes one tangent for each operand, None for zero;
    `vjp(cotangent, position, y, *operands, **parameters)` gives the cotangent of one operand.
    Where the function returns several arrays, y, the tangent and the cotangent are tuples.
    """

    def __init__(
        self,
        function: Rule,
        layout: Layout,
        jvp: Rule,
        vjp: Rule,
        *,
        batch: Rule | None = None,
        multiple: bool = False,
        read: frozenset[int] = EVERYTHING,
    ):
        super().__init__(function, layout, batch=batch, multiple=multiple)
        self.jvp = jvp
        self.vjp = vjp
        self.read = read

    def reads(self, position: int) -> frozenset[int]:
        """Say what the row declares: by default, everything."""
        return self.read

    def push(self, tangents: Sequence[Array | None], output: Any, operands: Operands, parameters: Parameters) -> Any:
        return self.jvp(tangents, output, *operands, **parameters)

    def pull(self, position: int, cotangent: Any, output: Any, operands: Operands, parameters: Parameters) -> Any:
        return self.vjp(cotangent, position, output, *operands, **parameters)


class Constant(Primitive):
    """A function whose derivative is zero wherever it has one (comparisons, floor, argmax)."""

    differentiable: ClassVar[bool] = False

    def push(self, tangents: Sequence[Array | None], output: Any, operands: Operands, parameters: Parameters) -> Any:
        return None

    def pull(self, position: int, cotangent: Any, output: Any, operands: Operands, parameters: Parameters) -> Any:
        return None


class Fused(Primitive):
    """A function with loops of its own for plain arrays, forward and back, and a definition for all else.

    The loops serve one evaluation and one sweep over NumPy arrays. Values under any other transformation (tangents,
    batches, traces), and derivatives of the sweep itself, are those of the definition, so higher orders need no rule.

    `forward(*operands, **parameters)` gives the output and what the way back needs;
    `backward(cotangent, saved, needed, **parameters)` gives a cotangent for each operand, None for those whose
    position is not in `needed`. Where the function returns several arrays, the cotangent is a tuple, None for those
    that no cotangent arrived at.
    """

    definition: Rule

    def __init__(
        self,
        function: Rule,
        layout: Layout,
        definition: Rule,
        forward: Rule,
        backward: Rule,
        *,
        multiple: bool = False,
    ):
        super().__init__(function, layout, multiple=multiple)
        self.definition = definition
        self.forward = forward
        self.backward = backward

    def evaluate_definition(self, operands: Operands, parameters: Parameters) -> Sequence[Any]:
        """Give the outputs that the definition computes."""
        result = self.definition(*operands, **parameters)
        return result if self.multiple else (result,)

    def push(self, tangents: Sequence[Array | None], output: Any, operands: Operands, parameters: Parameters) -> Any:
        raise NotImplementedError(f"{self.name} is pushed through its definition.")

    def pull(self, position: int, cotangent: Any, output: Any, operands: Operands, parameters: Parameters) -> Any:
        raise NotImplementedError(f"{self.name} is pulled back by its own loops, or through its definition.")


def has_loops_for(operands: Operands) -> bool:
    """Say whether the loops of `Fused` primitives take these operands: NumPy arrays, all real ones of one precision.

    That is float32 or float64; integers and booleans may stand beside them.

    >>> has_loops_for([np.ones(2), np.arange(2), None]), has_loops_for([np.ones(2), np.ones(2, np.float32)])
    (True, False)
    """
    kinds = set()
    for operand in operands:
        if type(operand) is np.ndarray:
            if operand.dtype.kind == "f":
                kinds.add(operand.dtype.char)
            elif operand.dtype.kind not in "iub":
                return False
        elif operand is not None:
            return False
    return kinds in ({"f"}, {"d"})
