"""Changes in place mean what they mean in NumPy, for every name of an array, or are refused; never a wrong number."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines import constants, views
from difflab.engines.graph import evaluate
from difflab.engines.trace import trace
from difflab.methods import Forward, Reverse
from difflab.signature import Signature
from tests.primitives.case import Case, all_cases

Function = Callable[[Any], Any]
POINT = np.array([1.5, 2.5, 0.5])
ELSEWHERE = np.array([1.7, 2.2, 0.8])


def by_alias(x: Any) -> Any:
    y = x
    y *= 2
    return np.sum(x * y)


def all_operators(x: Any) -> Any:
    y = x * 1.0
    z = y
    y += x
    y -= 0.5 * x
    y *= x
    y /= 1 + x
    y **= 1.5
    y %= 1.0
    return np.sum(z * x)


def by_a_matrix(x: Any) -> Any:
    a = np.outer(x, x)
    b = a
    a @= np.arange(9.0).reshape(3, 3)
    return np.sum(np.sin(b))


def by_itself_reversed(x: Any) -> Any:
    y = x**2
    y += y[::-1]
    return np.sum(y * y * x)


def by_its_transpose(x: Any) -> Any:
    a = np.outer(x, x**2)
    b = a
    a += a.T
    return np.sum(a * b)


def stencil(x: Any) -> Any:
    u = x * 1.0
    for _ in range(3):
        change = np.concatenate([[0.0], u[:-1] * u[1:]])
        u += 0.1 * change
    return np.sum(u**2)


def view_of_a_temporary(x: Any) -> Any:
    v = np.outer(x, x).reshape(-1)
    v *= v
    return np.sum(v)


def view_that_is_not_used_again(x: Any) -> Any:
    y = x**2
    ahead = y[1:]
    total = np.sum(ahead)
    y *= 2
    return total * np.sum(y)


def view_that_takes_over(x: Any) -> Any:
    a = np.outer(x, x)
    v = a.ravel()
    v *= 2
    return np.sum(v**2)


def copies_apart(x: Any) -> Any:
    total = 0.0
    for apart in (copy.copy, copy.deepcopy, np.copy, np.positive, np.conj, lambda x: x.astype(float), np.abs):
        y = apart(x)
        y *= 2
        total = total + np.sum(y * x)
    matrix = np.outer(x, x)
    flat = matrix.flatten()
    flat *= 3
    return total + np.sum(flat) + np.sum(matrix**2)


def numbers_are_rebound(x: Any) -> Any:
    y = z = x[0]
    y *= x[1]
    return y + z


def number_of_one_entry(x: Any) -> Any:
    y = x[:1] * 1.0
    number = y.item()
    number *= 2
    return number * y[0] * np.sum(x)


def number_made_by_a_reshape(x: Any) -> Any:
    product = same = np.vdot(x, x)
    product *= 2
    return product * same


def without_a_derivative(x: Any) -> Any:
    y = x * 1.0
    z = y
    y //= 1.0
    return np.sum(z * x)


def mask(x: Any) -> Any:
    chosen = x > 1
    same = chosen
    chosen &= x < 2
    return np.sum(np.where(same, x**2, x))


def kept_in_a_list(x: Any) -> Any:
    y = x * 1.0
    history = []
    for _ in range(3):
        y += x
        history.append(y)
    return np.sum(history[0] * x)


def returned_after_a_change(x: Any) -> Any:
    y = x * 1.0
    result = {"y": y, "total": np.sum(y)}
    y *= 3
    return np.sum(result["y"] * result["total"])


def weights_rewritten(x: Any) -> Any:
    w = np.ones(3)
    y = x * w
    w[0] = 5
    return np.sum(y * w)


def probe_rewritten(x: Any) -> Any:
    probe, total = np.zeros(3), 0.0
    for position in range(3):
        probe[position] = position + 1.0
        total = total + np.sum(x * probe) ** 2
        probe[position] = 0.0
    return total


def places_rewritten(x: Any) -> Any:
    places = np.array([0, 1])
    first = x[places] ** 2
    places[:] = 2
    return np.sum(first * x[places])


def view_of_weights_rewritten(x: Any) -> Any:
    w = np.arange(6.0)
    y = x * w[:3]
    w *= 2
    return np.sum(y * w[3:])


WORKS: list[Function] = [
    by_alias,
    all_operators,
    by_a_matrix,
    by_itself_reversed,
    by_its_transpose,
    stencil,
    view_of_a_temporary,
    view_that_is_not_used_again,
    view_that_takes_over,
    copies_apart,
    numbers_are_rebound,
    number_of_one_entry,
    number_made_by_a_reshape,
    without_a_derivative,
    mask,
    kept_in_a_list,
    returned_after_a_change,
    weights_rewritten,
    probe_rewritten,
    places_rewritten,
    view_of_weights_rewritten,
]
works = pytest.mark.parametrize("function", WORKS, ids=lambda function: function.__name__)


def differences(function: Function, x: Any, step: float = 1e-5) -> Any:
    """Central differences of plain NumPy, which is the judge of what a change in place means."""
    return np.stack([(function(x + step * e) - function(x - step * e)) / (2 * step) for e in np.eye(len(x))])


@pytest.mark.parametrize("method", ["forward", "reverse", "symbolic"])
@works
def test_values_and_gradients_are_numpys(function: Function, method: str) -> None:
    x = POINT.copy()
    value, gradient = difflab.value_and_gradient(function, x, method=method)
    np.testing.assert_allclose(value, function(POINT.copy()), rtol=1e-13)
    np.testing.assert_allclose(gradient, differences(function, POINT), rtol=1e-7, atol=1e-7)
    np.testing.assert_array_equal(x, POINT, err_msg="the caller's array was changed")


@pytest.mark.parametrize("method", [Forward(), Reverse(), Reverse(second_order="reverse")], ids=str)
@works
def test_second_derivatives(function: Function, method: Any) -> None:
    expected = differences(lambda x: differences(function, x, 1e-4), POINT, 1e-4)
    np.testing.assert_allclose(difflab.hessian(function, POINT, method=method), expected, rtol=1e-5, atol=1e-5)


@works
def test_traces_hold_elsewhere(function: Function) -> None:
    graph = trace(Signature.of(function, (POINT,), 0).point((POINT,)))
    np.testing.assert_allclose(evaluate(graph, [ELSEWHERE])[0], function(ELSEWHERE.copy()), rtol=1e-13)


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_the_sign_of_zero_is_kept_too(method: str) -> None:
    def function(x: Any) -> Any:
        sign = np.zeros(3)
        y = np.copysign(x, sign)
        sign[:] = -0.0
        return np.sum(y * np.copysign(x, sign))

    np.testing.assert_array_equal(difflab.gradient(function, POINT, method=method), -2 * POINT)
    graph = trace(Signature.of(function, (POINT,), 0).point((POINT,)))
    assert evaluate(graph, [ELSEWHERE])[0] == -np.sum(ELSEWHERE**2)


def rows(x: Any) -> Any:
    matrix = np.outer(x, x)
    for row in matrix:
        row *= 2
    return np.sum(matrix)


def reshaped(x: Any) -> Any:
    z = np.outer(x, x)
    v = z.reshape(-1)
    v *= 2
    return np.sum(z)


def view_without_axes(x: Any) -> Any:
    first = x[0, ...]
    first *= 2
    return np.sum(x)


def behind_a_slice(x: Any) -> Any:
    ahead = x[1:]
    x *= 2
    return np.sum(ahead)


def behind_a_slice_of_a_slice(x: Any) -> Any:
    ahead = x[1:][::-1]
    x *= 2
    return np.sum(ahead)


def returned_view(x: Any) -> Any:
    ahead = x[1:]
    x *= 2
    return ahead


def behind_a_diagonal(x: Any) -> Any:
    matrix = np.outer(x, x)
    diagonal = np.diagonal(matrix)
    matrix *= 2
    return np.sum(diagonal)


def behind_no_copy(x: Any) -> Any:
    same = x.astype(float, copy=False)
    same *= 2
    return np.sum(x)


def enlarged(x: Any) -> Any:
    y = x[:1] * 1.0
    y += x
    return np.sum(y)


def wrong_dtype(x: Any) -> Any:
    y = x > 1
    y += x if isinstance(y, np.ndarray) else x * 1.0
    return np.sum(y)


def by_an_inner_value(x: Any) -> Any:
    def inner(t: Any) -> Any:
        y = x * 1.0
        y *= t
        return np.sum(y)

    return difflab.derivative(inner, 2.0)


def entry_of_a_slice(x: Any) -> Any:
    x[1:] += 1.0
    return np.sum(x)


REFUSED: dict[str, tuple[Function, str]] = {
    "rows": (rows, r"changed in place \(.*row \*= 2\).*shares its entries.*for row in matrix.*y = y \+ x"),
    "reshape": (reshaped, r"changed in place \(.*v \*= 2\).*used after that \(.*np\.sum\(z\)"),
    "no axes": (view_without_axes, r"changed in place \(.*first \*= 2\).*np\.sum\(x\)"),
    "slice": (behind_a_slice, r"changed in place \(.*x \*= 2\).*used after that \(.*np\.sum\(ahead\)"),
    "slice of a slice": (behind_a_slice_of_a_slice, r"changed in place \(.*x \*= 2\).*np\.sum\(ahead\)"),
    "returned": (returned_view, r"changed in place \(.*x \*= 2\).*shares its entries"),
    "diagonal": (behind_a_diagonal, r"changed in place \(.*matrix \*= 2\).*np\.sum\(diagonal\)"),
    "copy=False": (behind_no_copy, r"changed in place \(.*same \*= 2\).*np\.sum\(x\)"),
    "enlarged": (enlarged, r"y \+= x.*shape \(3,\) is not its shape \(1,\)"),
    "inner value": (by_an_inner_value, r"y \*= t.*outer derivative.*y = y \+ x"),
    "entries": (entry_of_a_slice, r"Item assignment.*x\[1:\] \+= 1\.0.*np\.where"),
}


@pytest.mark.parametrize("method", ["forward", "reverse", "symbolic"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_followed_is_refused(name: str, method: str) -> None:
    function, message = REFUSED[name]
    with pytest.raises(difflab.NotDifferentiable, match="(?s)" + message):
        difflab.jacobian(function, POINT, method=method)


def test_a_mask_cannot_hold_numbers() -> None:
    with pytest.raises(difflab.NotDifferentiable, match=r"dtype bool, cannot hold float64"):
        trace(Signature.of(wrong_dtype, (POINT,), 0).point((POINT,)))


def test_single_precision_stays_single() -> None:
    def function(x: Any) -> Any:
        x += np.ones(3)
        assert x.dtype == np.float32
        return np.sum(x * x)

    np.testing.assert_array_equal(difflab.gradient(function, POINT.astype(np.float32)), 2 * (POINT + 1))


@pytest.mark.parametrize("outer", ["forward", "reverse"])
@pytest.mark.parametrize("inner", ["forward", "reverse"])
def test_an_outer_array_changed_inside_an_inner_derivative(outer: str, inner: str) -> None:
    """d/dt Σ (t·w)·(2·w) = Σ 2w², whatever w is called afterwards."""

    def function(x: Any) -> Any:
        w = x * 1.0

        def along(t: Any) -> Any:
            nonlocal w
            scaled = t * w
            w *= 2.0
            return np.sum(scaled * w)

        return difflab.derivative(along, 2.0, method=inner)

    np.testing.assert_allclose(difflab.gradient(function, POINT, method=outer), 4 * POINT, rtol=1e-14)


@pytest.mark.parametrize("inner", ["forward", "reverse"])
def test_inputs_of_an_inner_derivative_are_apart(inner: str) -> None:
    """The function inside changes its own argument; the array outside stays."""

    def function(x: Any) -> Any:
        return np.sum(x * difflab.gradient(by_alias, x, method=inner))  # ∇ Σ 4x² = 8x

    np.testing.assert_allclose(difflab.gradient(function, POINT), 16 * POINT, rtol=1e-14)


@pytest.mark.parametrize("case", [c for c in all_cases() if c.differentiable and c.leaves], ids=str)
def test_values_share_memory_where_numpys_results_do(case: Case) -> None:
    """So a function that gives a view cannot be forgotten: changing its operand must make the result unusable."""
    leaves = [np.array(leaf) for leaf in case.leaves]
    plain = case(leaves)

    def run(moving: Any) -> Any:
        followed = case(moving)
        for position, leaf in enumerate(leaves):
            for expected, found in zip(plain, followed, strict=True):
                if np.ndim(expected) and np.shares_memory(expected, leaf) and hasattr(found, "views"):
                    assert found is moving[position] or found.views is moving[position].views is not None
        return np.sum(moving[0])

    difflab.gradient(lambda *moving: run(moving), *leaves, argnums=tuple(range(len(leaves))))


def test_views_that_are_gone_are_not_kept_and_living_ones_not_forgotten() -> None:
    def run(x: Any) -> Any:
        y = x * 1.0
        early = y[1:]
        parts = [np.sum(y[:n]) for n in np.tile([1, 2, 3], 300)]
        assert len(y.views.references) < 50
        assert [each is y or each is early for each in y.views.living()] == [True, True]
        y *= sum(parts)
        return np.sum(early)

    with pytest.raises(difflab.NotDifferentiable, match=r"changed in place.*y \*= sum"):
        difflab.gradient(run, POINT)


def test_a_view_of_two_arrays_brings_their_names_together() -> None:
    """A view may look at the memory of two values with names of their own: a change by any is refused to all others."""

    class Named:
        views = None

    first, first_part, second, second_part = (Named() for _ in range(4))
    views.relate(first_part, first)
    views.relate(second_part, second)
    views.relate(second_part, first)
    assert set(first.views.living()) == {first, first_part, second, second_part}  # type: ignore[attr-defined]
    assert second.views is first.views


def test_a_forgotten_view_is_a_wrong_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without the record of views, `behind_a_slice` is silently wrong."""
    monkeypatch.setattr(views, "_share", lambda array, output: False)
    assert differences(behind_a_slice, POINT.copy())[1] == pytest.approx(2)
    assert difflab.gradient(behind_a_slice, POINT)[1] == 1


def test_a_forgotten_copy_is_a_wrong_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without copies of constants, `weights_rewritten` is silently wrong."""
    monkeypatch.setattr(constants.Constants, "keep", lambda self, operand: operand)
    assert difflab.gradient(weights_rewritten, POINT)[0] == 25
