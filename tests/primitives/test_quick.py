"""The quick ways to compute give what NumPy's functions give, in the same dtype, shape and order in memory."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

from difflab.primitives import TABLE
from difflab.primitives.indexing import GATHER, HOLE
from difflab.primitives.primitive import Primitive
from difflab.primitives.quick import QUICK

ARRAY = np.random.default_rng(8).normal(size=(2, 3, 4))
ARRAYS = [ARRAY, ARRAY.astype(np.float32), ARRAY.astype(np.float16), ARRAY.T, np.ones((0, 2)), np.array([np.nan, 1.0])]
NUMBERS = [np.float64(1.75), np.float32(-0.5), np.float64(-0.0), np.float64(np.inf), np.float64(np.nan)]
CONSTANTS = [2, 0, -1, 0.5, True, np.arange(1, 5), np.array([True, False, True, True]), np.float32(3), np.int8(3)]
BINARY = (np.add, np.subtract, np.multiply, np.divide, np.power)
REDUCTIONS = (np.sum, np.prod, np.max, np.min)


def _calls() -> Iterator[tuple[Any, tuple[Any, ...], dict[str, Any]]]:
    for function in BINARY:
        for x, other in product([ARRAY, ARRAY.astype(np.float32), *NUMBERS], [*CONSTANTS, *NUMBERS]):
            yield function, (x, other), {}
            yield function, (other, x), {}
    for x in (*ARRAYS, *NUMBERS):
        yield np.negative, (x,), {}
        yield np.transpose, (x,), {}
        for shape, order in product([-1, (-1,), (x.size, 1)], "CF"):
            yield np.reshape, (x,), {"shape": shape, "order": order}
    yield np.transpose, (ARRAY,), {"axes": (1, -1, 0)}
    for function, x, axis, keepdims in product(REDUCTIONS, [*ARRAYS[:4], *NUMBERS], [None, 0, -1], [False, True]):
        yield function, (x,), {"axis": axis, "keepdims": keepdims}
    for function, x in product(REDUCTIONS, ARRAYS[:4]):
        yield function, (x,), {"axis": (0, 2)}
    for template in ((1,), (slice(None), -1), (Ellipsis, slice(3, 0, -2)), (None, 0), ()):
        yield GATHER.function, (ARRAY,), {"template": template}
    yield GATHER.function, (ARRAY, np.array([1, 1])), {"template": (0, HOLE)}


@pytest.mark.parametrize("function", [*QUICK, GATHER.function], ids=lambda function: function.__name__)
@np.errstate(all="ignore")
def test_it_gives_what_the_function_gives(function: Any) -> None:
    row = TABLE[function]
    assert isinstance(row, Primitive)
    calls = [(operands, parameters) for called, operands, parameters in _calls() if called is function]
    assert calls
    for operands, parameters in calls:
        found, expected = row.compute(*operands, **parameters), row.evaluate(operands, parameters)
        said = f"{row.name} of {operands}, {parameters}: {found!r} is not {expected!r}"
        assert (found.dtype, found.shape, type(found)) == (expected.dtype, expected.shape, type(expected)), said
        assert getattr(found, "strides", ()) == getattr(expected, "strides", ()), said
        ulps = 1 if function is np.power else 0  # of numbers it is Python's, of arrays a vectorized one
        assert np.allclose(found, expected, ulps * np.finfo(found.dtype).eps, 0, equal_nan=True), said


def test_what_has_no_quicker_way_is_the_function() -> None:
    row = TABLE[np.sin]
    assert isinstance(row, Primitive)
    assert row.compute is np.sin
