"""Einstein summation: products of any number of arrays, summed over the indices that the result leaves out.

Canonical subscripts have one letter for each axis and name the result: `"ij,jk->ik"`.
"""

import string
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import place_of
from ..errors import InvalidArgument
from ..structure import shape_of
from ..types import Array
from .layout import Layout, Split
from .primitive import Multilinear
from .table import composite, multilinear


class EinsumLayout(Layout):
    """`np.einsum("ij,jk", a, b)`: the canonical subscripts are a parameter, the arrays operands."""

    def __init__(self) -> None:
        super().__init__(np.einsum, 0, ("subscripts", "optimize"))

    def split(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Split:
        """Split a call, in either of NumPy's forms, with subscripts as text or with lists of axis numbers."""
        subscripts, *operands = args if isinstance(args[0], str) else _as_text(args)
        operands = [np.asarray(x) if isinstance(x, (list, tuple, int, float)) else x for x in operands]
        subscripts = canonical(subscripts, [len(shape_of(x)) for x in operands])
        return operands, self._known({"subscripts": subscripts, **kwargs})

    def caller(self, function: Any) -> Any:
        """Give the call with the subscripts first."""
        return lambda *operands, subscripts, **options: function(subscripts, *operands, **options)


def _as_text(args: Sequence[Any]) -> list[Any]:
    """Write `a, [0, 1], b, [1, 2], [0, 2]` as `"AB,BC->AC", a, b`."""
    terms = ["".join("..." if n is Ellipsis else _LETTERS[n] for n in term) for term in args[1::2]]
    operands = list(args[:-1:2])
    if len(args) % 2:
        output = "".join("..." if n is Ellipsis else _LETTERS[n] for n in args[-1])
        return [",".join(terms) + "->" + output, *operands]
    return [",".join(terms), *operands]


_LETTERS = string.ascii_uppercase + string.ascii_lowercase


def canonical(subscripts: str, ranks: Sequence[int]) -> str:
    """Spell out the result, and a letter for each axis behind an ellipsis.

    Raises `InvalidArgument` if subscripts and the operands' numbers of axes do not fit.

    >>> canonical("i...,i", [3, 1])
    'iAB,i->AB'
    """
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    hidden = _axes_behind_ellipses(subscripts, terms, ranks)
    behind = unused(subscripts)[: max(hidden)]
    terms = [term.replace("...", behind[len(behind) - count :]) for term, count in zip(terms, hidden, strict=True)]
    everything = "".join(terms)
    if not arrow:
        output = "..." + "".join(x for x in sorted(set(everything)) if everything.count(x) == 1 and x not in behind)
    elif behind and "..." not in output:
        raise InvalidArgument(
            f"np.einsum({subscripts!r}, …) leaves the axes behind the ellipsis out of its result: write '...' there."
        )
    return ",".join(terms) + "->" + output.replace("...", behind)


def _axes_behind_ellipses(subscripts: str, terms: Sequence[str], ranks: Sequence[int]) -> list[int]:
    if len(terms) == len(ranks):
        counts = [rank - len(term.replace("...", "")) for term, rank in zip(terms, ranks, strict=True)]
        if all(count == 0 or (count > 0 and "..." in term) for count, term in zip(counts, terms, strict=True)):
            return counts
    raise InvalidArgument(
        f"np.einsum({subscripts!r}, …) was given operands with {', '.join(map(str, ranks))} axes: write one "
        f"term for each operand, separated by commas, with one letter for each axis."
    )


def unused(subscripts: str) -> str:
    """Give the letters that are not in `subscripts`."""
    return "".join(letter for letter in _LETTERS if letter not in subscripts)


def _einsum_transpose(g: Array, position: int, *operands: Array, subscripts: str, optimize: Any = False) -> Array:
    """Give the sum of products in which cotangent and operand have changed places.

    An index that the operand repeats (a diagonal) is spread by an identity matrix; one that nothing
    else has (it was summed out) by a vector of ones.
    """
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    lengths = _lengths(terms, operands)
    others = [n for n in range(len(terms)) if n != position]
    factors = [g, *(operands[n] for n in others)]
    factor_terms = [output, *(terms[n] for n in others)]
    fresh = iter(unused(subscripts))
    wanted = ""
    for letter in terms[position]:
        if letter in wanted:
            copy = next(fresh)
            factors.append(np.identity(lengths[letter], g.dtype, like=place_of(g)))
            factor_terms.append(letter + copy)
            wanted += copy
        else:
            wanted += letter
    present = _lengths(factor_terms, factors)
    for letter in wanted:
        if letter in lengths and present.get(letter) != lengths[letter]:
            factors.append(np.ones_like(place_of(g), g.dtype, shape=lengths[letter]))
            factor_terms.append(letter)
    in_pairs = optimize is not False or len(factors) > 2  # in an order of its own: a path is for other operands
    return np.einsum(",".join(factor_terms) + "->" + wanted, *factors, optimize=in_pairs)


def _lengths(terms: Sequence[str], operands: Sequence[Array]) -> dict[str, int]:
    """Give the length that each index runs over; operands of length 1 are repeated."""
    lengths: dict[str, int] = {}
    for term, operand in zip(terms, operands, strict=True):
        for letter, length in zip(term, np.shape(operand), strict=True):
            if length != 1 or letter not in lengths:
                lengths[letter] = length
    return lengths


def _batch_einsum(
    primitive: Multilinear, operands: Sequence[Array], batched: Sequence[bool], parameters: Mapping[str, Any]
) -> Array:
    inputs, output = parameters["subscripts"].split("->")
    item = unused(inputs)[0]
    terms = [item + term if is_batch else term for term, is_batch in zip(inputs.split(","), batched, strict=True)]
    return primitive.evaluate(
        operands, {"optimize": True, **parameters, "subscripts": ",".join(terms) + "->" + item + output}
    )


multilinear(np.einsum, _einsum_transpose, layout=EinsumLayout(), batch=_batch_einsum)


@composite(np.einsum_path)
def _einsum_path(*operands: Any, optimize: Any = "greedy") -> Any:
    """Only shapes matter: zeros of these shapes, without memory behind them, stand for the arrays."""
    stand_ins = [np.broadcast_to(0.0, x.shape) if hasattr(x, "shape") else x for x in operands]
    return np.einsum_path(*stand_ins, optimize=optimize)
