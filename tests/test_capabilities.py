"""The table of what methods can do, held to what they do."""

import numpy as np
import pytest

import difflab
from difflab.interface import OPERATORS
from difflab.methods import Manual, get, names

POINT = np.array([0.5, 1.5])
DIRECTION = np.array([1.0, -2.0])
FORMS = {
    "gradient": lambda x: 3 * x**2,
    "jacobian": lambda x: 3 * x**2,
    "hessian": lambda x: np.diag(6 * x),
    "jvp": lambda x, tangents: 3 * x**2 @ tangents,
    "vjp": lambda x, cotangents: 3 * x**2 * cotangents,
}
EXPECTED = {
    "gradient": 3 * POINT**2,
    "value_and_gradient": (np.sum(POINT**3), 3 * POINT**2),
    "jacobian": 3 * POINT**2,
    "hessian": np.diag(6 * POINT),
    "jvp": (np.sum(POINT**3), 3 * POINT**2 @ DIRECTION),
    "vjp": (np.sum(POINT**3), 6 * POINT**2),
    "hvp": 6 * POINT * DIRECTION,
}

TOLERANCES = {("forward_difference", operator): 3e-5 for operator in ("hessian", "hvp")}
"""Second derivatives by forward differences have an error of order ε^(1/3), 6e-6 times the scale of f."""


def cubes(x):
    return np.sum(x**3)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("operator", EXPECTED)
def test_every_operator_in_the_table_works(name, operator):
    assert difflab.methods().loc[name, operator] in ("native", "derived")
    method = Manual(**FORMS) if name == "manual" else get(name)
    directions = {"jvp": {"tangents": DIRECTION}, "hvp": {"tangents": DIRECTION}, "vjp": {"cotangents": 2.0}}
    found = getattr(method.prepare(cubes, POINT), operator)(POINT, **directions.get(operator, {}))
    for one, expected in zip(found, EXPECTED[operator], strict=True):
        np.testing.assert_allclose(one, expected, rtol=TOLERANCES.get((name, operator), 1e-6))


@pytest.mark.parametrize("name", names())
def test_the_derivative_of_a_function_of_one_number(name):
    method = Manual(derivative=np.cos) if name == "manual" else get(name)
    assert difflab.methods().loc[name, "derivative"] == "native"
    assert difflab.derivative(np.sin, 0.3, method=method) == pytest.approx(np.cos(0.3), rel=1e-7)


def test_an_operator_that_is_not_offered_is_refused_in_a_sentence():
    offered = [operator for operator in OPERATORS if operator in Manual(gradient=FORMS["gradient"]).operators]
    assert "hessian" not in offered
    with pytest.raises(difflab.UnsupportedOperator, match="does not offer 'hessian'; it offers: derivative, gradient"):
        Manual(gradient=FORMS["gradient"]).prepare(cubes, POINT).hessian(POINT)
