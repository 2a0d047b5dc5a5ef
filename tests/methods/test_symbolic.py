"""Symbolic: the textbook's formulas, as small as published, right on every path, refused with a remedy."""

import numpy as np
import pytest
import sympy
from scipy import special

from difflab.errors import NotDifferentiable, UnsupportedFunction
from difflab.lowering.expressions import operations_after_sharing, operations_as_graph, operations_as_tree
from difflab.methods.reverse import Reverse
from difflab.methods.symbolic import KEPT, Symbolic
from difflab.primitives import TABLE
from difflab.problems import get
from difflab.structure import flatten
from tests.methods.symbolic_problems import PROBLEMS


def expressions(function, *args, argnums=0, **settings):
    prepared = Symbolic(**settings).prepare(function, *args, argnums=argnums)
    return prepared.kernel.expressions(prepared.signature.point(args))


def logistic(n):
    def function(x):
        for _ in range(n - 1):
            x = 4 * x * (1 - x)
        return x

    return function


@pytest.mark.parametrize(
    ("n", "value", "derivative", "shared"),
    [
        (2, 3, 2, 5),
        (3, 8, 21, 13),
        (4, 18, 82, 28),
        (5, 38, 264, 46),
        (6, 78, 768, 68),
        (7, 158, 2096, 94),
        (8, 318, 5472, 124),
    ],
)
def test_the_logistic_map_swells_as_published(n, value, derivative, shared):
    found = expressions(logistic(n), 0.2)
    assert operations_as_tree(found.values) == value
    assert operations_as_tree(found.jacobian) == derivative
    assert operations_after_sharing([*found.values, *found.jacobian]) == shared
    assert operations_as_graph(found.jacobian) <= operations_as_tree(found.jacobian)


def test_a_formula_reads_as_in_the_textbook():
    x, y = sympy.symbols("x y", real=True)
    found = expressions(lambda x, y: x**2 * y + y + 2.0, 3.0, 4.0, argnums=(0, 1))
    assert found.values == [x**2 * y + y + 2]
    assert found.jacobian == [2 * x * y, x**2 + 1]
    assert found.hessian == [2 * y, 2 * x, 0]


def test_the_source_is_one_straight_line():
    found = expressions(lambda x: np.sin(x[0] * x[1]) + x[0] * x[1], np.array([0.5, 2.0]))
    assert found.source(1).splitlines() == [
        "def values_and_jacobian(x):",
        "    x0, x1 = x",
        "    t0 = x0*x1",
        "    t1 = np.cos(t0)",
        "    values = [t0 + np.sin(t0)]",
        "    jacobian = [t1*x1 + x1, t1*x0 + x0]",
        "    return values, jacobian",
    ]


def test_arguments_are_named_and_never_confused():
    found = expressions(
        lambda p, x0: p["x"][0] * x0 * p["lambda"], {"x": np.ones(1), "lambda": 2.0}, 3.0, argnums=(0, 1)
    )
    assert list(found.arguments) == ["p_lambda", "p_x", "x0"]
    assert len(set(found.symbols)) == 3


@pytest.mark.parametrize("problem", PROBLEMS)
def test_problems_agree_with_their_closed_forms(problem):
    arguments = problem.at(problem.sizes[0])
    prepared = Symbolic().prepare(problem.function, *arguments, argnums=problem.argnums)
    for operator in problem.closed_forms.keys() & Symbolic.operators.keys():
        found, structure = flatten(getattr(prepared, operator)(*arguments))
        expected, expected_structure = flatten(problem.closed_forms[operator](*arguments))
        assert structure == expected_structure
        for one, other in zip(found, expected, strict=True):
            scale = max(float(np.max(np.abs(other))), 1e-300)
            np.testing.assert_allclose(one, other, rtol=0, atol=problem.tolerance * scale)


def test_every_operator_of_a_small_problem():
    problem = get("rosenbrock")
    (x,) = problem.at(problem.sizes[0])
    prepared = Symbolic().prepare(problem.function, x)
    gradient = problem.closed_forms["gradient"](x)
    direction = np.linspace(1.0, 2.0, x.size)
    value, pushed = prepared.jvp(x, tangents=direction)
    np.testing.assert_allclose(prepared.gradient(x), gradient, rtol=1e-13)
    np.testing.assert_allclose(prepared.jacobian(x), gradient, rtol=1e-13)
    np.testing.assert_allclose(pushed, gradient @ direction, rtol=1e-13)
    np.testing.assert_allclose(prepared.vjp(x, cotangents=2.0)[1], 2 * gradient, rtol=1e-13)
    np.testing.assert_allclose(value, problem.function(x), rtol=1e-14)
    hessian = prepared.hessian(x)
    assert hessian.shape == (x.size, x.size)
    np.testing.assert_array_equal(hessian, hessian.T)
    np.testing.assert_allclose(prepared.hvp(x, tangents=direction), hessian @ direction, rtol=1e-13)


def test_a_planted_wrong_rule_does_not_change_the_formula(monkeypatch):
    monkeypatch.setattr(TABLE[np.sin], "differentials", (lambda t, y, x: -t * np.cos(x),))
    assert float(Reverse().prepare(np.sin, 0.0).derivative(0.0)) == -1.0
    assert float(Symbolic().prepare(np.sin, 0.0).derivative(0.0)) == 1.0


def test_another_path_is_derived_when_it_is_met_and_both_are_kept():
    prepared = Symbolic().prepare(lambda x: x**2 if x > 1 else 3 * x, 2.0)
    assert [float(prepared.gradient(x)) for x in (2.0, 0.5, 4.0, -1.0)] == [4.0, 3.0, 8.0, 3.0]
    assert len(prepared.kernel.paths) == 2


def test_an_index_that_is_computed_holds_as_long_as_it_is_the_same():
    prepared = Symbolic().prepare(lambda x: x[np.argmax(x)] ** 2, np.array([1.0, 3.0]))
    np.testing.assert_array_equal(prepared.gradient(np.array([1.0, 3.0])), [0.0, 6.0])
    np.testing.assert_array_equal(prepared.gradient(np.array([5.0, 3.0])), [10.0, 0.0])
    assert len(prepared.kernel.paths) == 2


def test_other_constants_are_derived_anew_and_both_are_kept():
    weights = np.array([1.0, 2.0])
    prepared = Symbolic().prepare(lambda x, w: np.sum(w * x**2), np.ones(2), weights)
    np.testing.assert_array_equal(prepared.gradient(np.ones(2), weights), [2.0, 4.0])
    weights[0] = 5.0
    np.testing.assert_array_equal(prepared.gradient(np.ones(2), weights), [10.0, 4.0])
    np.testing.assert_array_equal(prepared.gradient(np.ones(2), np.array([1.0, 2.0])), [2.0, 4.0])
    assert len(prepared.kernel.paths) == 2


def test_empty_arrays_have_empty_derivatives():
    gradient = Symbolic().prepare(lambda p: p["a"] ** 2 + np.sum(p["b"]), {"a": 3.0, "b": np.zeros(0)})
    found = gradient.gradient({"a": 3.0, "b": np.zeros(0)})
    assert found["a"] == 6.0
    assert found["b"].shape == (0,)
    assert Symbolic().prepare(lambda x: x * np.zeros(0), 1.0).jacobian(1.0).shape == (0,)


def test_fractions_read_as_in_the_textbook():
    source = expressions(lambda x: 1 / x**2 + 1 / np.sqrt(x) + 1 / (3 * x - 1), 2.0).source(1)
    assert "t0 = 3*x - 1" in source
    assert "values = [1/x**2 + 1/np.sqrt(x) + 1/t0]" in source
    assert "jacobian = [-2/x**3 - 0.5/x**1.5 - 3/t0**2]" in source


def test_only_the_latest_paths_are_kept():
    prepared = Symbolic().prepare(lambda x, c: c * x, 1.0, 0.0)
    for c in range(KEPT + 3):
        assert float(prepared.gradient(1.0, float(c))) == c
    assert len(prepared.kernel.paths) == KEPT
    assert float(prepared.gradient(1.0, 0.0)) == 0.0


def test_the_order_of_argnums_is_that_of_the_result():
    prepared = Symbolic().prepare(lambda x, y, z: np.sum(x) * y * z**2, np.ones(2), 3.0, 2.0, argnums=(2, 0))
    by_z, by_x = prepared.gradient(np.ones(2), 3.0, 2.0)
    assert float(by_z) == 24.0
    np.testing.assert_array_equal(by_x, [12.0, 12.0])


def test_float32_in_float32_out():
    x = np.array([0.5, 1.5], np.float32)
    prepared = Symbolic().prepare(lambda x: np.sum(np.exp(x) * 0.1), x)
    value, gradient = prepared.value_and_gradient(x)
    assert value.dtype == gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, 0.1 * np.exp(x), rtol=1e-6)


def test_constants_keep_all_their_digits():
    assert float(Symbolic().prepare(lambda x: 0.1 * x, 1.0).gradient(1.0)) == 0.1
    assert float(Symbolic().prepare(lambda x: x / 3, 1.0).gradient(1.0)) == 1 / 3


@pytest.mark.parametrize(
    ("function", "x", "slope", "curvature"),
    [
        (np.abs, 0.0, 0.0, 0.0),
        (np.abs, -2.0, -1.0, 0.0),
        (np.sign, 1.0, 0.0, 0.0),
        (np.floor, 1.5, 0.0, 0.0),
        (lambda x: np.maximum(x, 2 * x), 0.0, 1.5, 0.0),
        (lambda x: np.max(np.stack([x, x**2, x**3])), 1.0, 2.0, 8 / 3),
        (lambda x: np.where(x > 0, x**2, 0.0), 3.0, 6.0, 2.0),
        (lambda x: np.sqrt(x**2) * x, -3.0, 6.0, -2.0),
        (lambda x: (x**2) ** 1.5, -2.0, -12.0, 12.0),
        (lambda x: x * (x > 1), 3.0, 1.0, 0.0),
        (lambda x: np.where((x > 0) & ~(x > 5), x**3, x), 2.0, 12.0, 12.0),
    ],
)
def test_kinks_and_selections(function, x, slope, curvature):
    prepared = Symbolic().prepare(function, x)
    assert float(prepared.derivative(x)) == pytest.approx(slope, abs=1e-15)
    assert float(prepared.hessian(x)) == pytest.approx(curvature, abs=1e-14)


def test_simplify_gives_the_same_numbers_with_fewer_operations():
    def function(x):
        return np.sin(x) / np.cos(x) * np.cos(x) ** 2 / np.exp(x) * np.exp(2 * x)

    plain, simplified = expressions(function, 1.0), expressions(function, 1.0, simplify=True)
    assert operations_as_tree(simplified.jacobian) < operations_as_tree(plain.jacobian)
    found = [Symbolic(simplify).prepare(function, 1.0).derivative(1.0) for simplify in (False, True)]
    assert found[0] == pytest.approx(found[1], rel=1e-14)


def test_what_has_no_formula_is_refused_with_a_remedy():
    def spectrum(a):
        return np.sum(np.linalg.eigvalsh(a) ** 2)

    with pytest.raises(UnsupportedFunction, match=r"np\.linalg\.eig.* cannot be lowered to SymPy.*'reverse'"):
        Symbolic().prepare(spectrum, np.eye(2))


def test_a_long_chain_is_refused_in_a_sentence():
    def chain(x):
        for _ in range(3000):
            x = np.sin(x)
        return x

    with pytest.raises(UnsupportedFunction, match="nested too deeply"):
        Symbolic().prepare(chain, 1.0)


def test_an_undefined_formula_is_refused_not_returned_as_nan():
    with pytest.raises(NotDifferentiable, match="0/0 or the like"):
        Symbolic().prepare(np.linalg.norm, np.ones(2)).gradient(np.zeros(2))


ENTRIES = np.array([[2.0, 0.5, -0.25], [0.75, 3.0, 0.5], [-0.5, 0.25, 1.5]])
SYMMETRIC = ENTRIES @ ENTRIES.T


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (np.linalg.det, ENTRIES),
        (lambda a: np.linalg.slogdet(a)[1], ENTRIES),
        (np.linalg.inv, ENTRIES),
        (lambda a: np.linalg.inv(np.stack([a, 2 * a])), ENTRIES),
        (lambda a: np.linalg.solve(a, np.array([1.0, 2.0, 3.0])), ENTRIES),
        (lambda b: np.linalg.solve(ENTRIES, b), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])),
        (np.linalg.pinv, ENTRIES[:, :2]),
        (lambda a: np.linalg.cholesky(a + a.T), SYMMETRIC),
        (lambda a: np.linalg.cholesky(a + a.T, upper=True), SYMMETRIC),
        (lambda a: np.einsum("ij,jk,k->i", a, a, np.ones(3)), ENTRIES),
        (lambda a: np.sort(a, axis=1)[:, ::-1] * np.cumsum(a, axis=0), ENTRIES),
        (lambda a: np.var(a, axis=0) + np.cumprod(a, axis=1)[2], ENTRIES),
        (lambda a: np.max(a, axis=1) - np.min(a, axis=0, keepdims=True), ENTRIES),
        (lambda a: np.logaddexp.reduce(a, axis=1), ENTRIES),
        (lambda a: np.clip(a, 0.0, 1.0) + np.where((a > 0) | (a < -0.4), a**2, 1 / a), ENTRIES),
        (lambda a: a[a > 0.6], ENTRIES),
        (lambda a: np.interp(a, np.array([-1.0, 0.0, 4.0]), np.array([1.0, 2.0, -3.0])), ENTRIES),
        (lambda a: np.abs(a) ** a + np.arctan2(a, 2.0) + np.hypot(a, 1.0), ENTRIES),
        (lambda a: special.expit(a) * special.gammaln(a**2 + 1) + special.erf(a), ENTRIES),
        (lambda a: special.xlogy(a**2, a**2) + special.jv(2, a) - special.entr(a**2), ENTRIES),
    ],
)
def test_arrays_agree_with_the_reverse_mode(function, x):
    found = Symbolic().prepare(function, x).jacobian(x)
    expected = Reverse().prepare(function, x).jacobian(x)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("upper", [False, True])
def test_cholesky_reads_the_triangle_that_numpy_reads(upper):
    matrix = np.array([[4.0, 1.0], [2.0, 5.0]])
    prepared = Symbolic().prepare(lambda a: np.linalg.cholesky(a, upper=upper), matrix)
    value, _ = prepared.jvp(matrix, tangents=np.eye(2))
    np.testing.assert_allclose(value, np.linalg.cholesky(matrix, upper=upper), rtol=1e-15)
