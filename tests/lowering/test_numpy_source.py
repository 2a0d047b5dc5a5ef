"""The source of a trace reads as NumPy code, and runs as the function did."""

import numpy as np
import pytest

from difflab.engines.graph import Graph, GuardFailure
from difflab.engines.trace import trace
from difflab.lowering.numpy_source import numpy_source
from difflab.signature import Signature
from tests.primitives.case import Case, all_cases

CASES = [case for case in all_cases() if case.differentiable]


def traced(function, *leaves) -> Graph:
    return trace(Signature.of(function, leaves, tuple(range(len(leaves)))).point(leaves))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_row_runs_as_the_function_does(case: Case) -> None:
    leaves = tuple(case.leaves)
    source = numpy_source(traced(lambda *xs: tuple(case(xs)), *leaves))
    for actual, expected in zip(source.compile()(*leaves), case(leaves), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-14, atol=case.value_tolerance)


@pytest.mark.parametrize(
    ("function", "lines"),
    [
        (lambda x: -x @ x, ["v1 = np.negative(x)", "v2 = v1 @ x"]),
        (lambda x: np.sum(x, axis=0, keepdims=True), ["v1 = np.sum(x, axis=0, keepdims=True)"]),
        (lambda x: np.concatenate([x, x[::2]]), ["v1 = x[::2]", "v2 = np.concatenate([x, v1])"]),
        (lambda x: np.reshape(x, (3, 1)), ["v1 = np.reshape(x, shape=(3, 1))"]),
        (lambda x: np.einsum("i,i->", x, x), ["v1 = np.einsum('i,i->', x, x)"]),
        (lambda x: x.astype(np.float32), ["v1 = x.astype('float32')"]),
        (lambda x: x[..., None], ["v1 = x[..., None]"]),
        (lambda x: x * np.float64(0.5) + np.inf, ["v1 = x * np.float64(0.5)", "v2 = v1 + float('inf')"]),
        (lambda x: np.arange(3.0) * x, ["v1 = c0 * x"]),
        (lambda x: x[[2, 0]], ["v1 = x[c0]"]),
    ],
)
def test_it_reads_as_numpy_code(function, lines):
    source = numpy_source(traced(function, np.array([0.5, 1.0, 2.0])), ["x"], "example")
    last = lines[-1].split(" = ")[0]
    assert source.text.splitlines() == ["def example(x):", *("    " + line for line in lines), f"    return [{last}]"]


def test_a_guard_fails_where_the_code_would_take_another_path():
    run = numpy_source(traced(lambda x: np.log(x) if x > 0 else x, np.float64(2.0))).compile()
    assert run(np.float64(1.0)) == [0.0]
    with pytest.raises(GuardFailure):  # and no warning of log(-1), which would be an error here
        run(np.float64(-1.0))


def test_a_constant_that_is_used_twice_has_one_name():
    data = np.arange(3.0)
    source = numpy_source(traced(lambda x: data * x + data, np.ones(3)))
    assert [name for name in source.namespace if name.startswith("c")] == ["c0"]
