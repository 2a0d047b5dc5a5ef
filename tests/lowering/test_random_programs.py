"""Random straight-line programs mean the same to every lowering, before and after the passes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from difflab.engines.graph import evaluate
from difflab.engines.passes.common_subexpressions import share_common_subexpressions
from difflab.engines.passes.dead_code import remove_dead_code
from difflab.engines.trace import trace
from difflab.lowering.numpy_source import numpy_source
from difflab.methods.reverse import Reverse
from difflab.methods.symbolic import Symbolic
from difflab.signature import Signature
from difflab.truth import true_derivative, true_value

UNARY = (
    np.sin,
    np.tanh,
    np.negative,
    np.arctan,
    np.abs,
    lambda v: np.exp(np.tanh(v)),
    lambda v: np.log1p(v * v),
    lambda v: np.sqrt(1 + v * v),
    lambda v: v[::-1],
    lambda v: np.cumsum(v) / 3,
    lambda v: np.sort(v),
    lambda v: v * 0.3 + 2,
)
BINARY = (
    np.add,
    np.subtract,
    np.multiply,
    np.maximum,
    np.minimum,
    np.hypot,
    lambda v, w: v / (1 + w * w),
    lambda v, w: np.where(v < w, v * v, w),
    lambda v, w: v * np.sum(w) / 3,
    lambda v, w: v - w if v[0] > w[1] else v + w,
)

STEPS = st.lists(st.tuples(st.integers(0, 21), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=7)
POINTS = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).uniform(-2, 2, 3))


def program(steps):
    """Make a function that computes one value after another, each from those before it."""

    def run(x):
        values = [x, x * x]
        for choice, first, second in steps:
            a, b = values[first % len(values)], values[second % len(values)]
            values.append(UNARY[choice](a) if choice < len(UNARY) else BINARY[choice - len(UNARY)](a, b))
        return values[-1]

    return run


@given(STEPS, POINTS)
def test_passes_and_source_keep_results(steps, x):
    function = program(steps)
    graph = trace(Signature.of(function, (x,), 0).point((x,)))
    expected = function(x)
    np.testing.assert_array_equal(evaluate(graph, [x])[0], expected)
    for smaller in (remove_dead_code(graph), share_common_subexpressions(graph)):
        assert len(smaller.equations) <= len(graph.equations)
        np.testing.assert_array_equal(evaluate(smaller, [x])[0], expected)
        np.testing.assert_array_equal(numpy_source(smaller).compile()(x)[0], expected)


@given(STEPS, POINTS)
def test_many_digits_agree_with_floating_point(steps, x):
    function = program(steps)
    scale = 1 + np.max(np.abs(function(x)))
    np.testing.assert_allclose(np.asarray(true_value(function, x), float), function(x), rtol=0, atol=1e-13 * scale)
    truth = np.asarray(true_derivative(function, x, operator="jacobian"), float)
    found = Reverse().prepare(function, x).jacobian(x)
    np.testing.assert_allclose(found, truth, rtol=0, atol=1e-12 * (1 + np.max(np.abs(truth))))


@settings(max_examples=25)
@given(STEPS, POINTS)
def test_formulas_agree_with_the_rules(steps, x):
    function = program(steps)
    formula = Symbolic().prepare(function, x).jacobian(x)
    rules = Reverse().prepare(function, x).jacobian(x)
    np.testing.assert_allclose(formula, rules, rtol=0, atol=1e-11 * (1 + np.max(np.abs(rules))))
