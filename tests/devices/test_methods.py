"""Methods on a device: the results of the CPU to rounding, on the device; or a sentence that says what to do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.arrays import assign, place_of
from difflab.methods import Manual, Reverse
from difflab.structure import flatten
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.moving import back, there
from tests.devices.stand_in import DeviceArray

X = np.array([0.3, -0.7, 1.2])
A = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0], [2.0, 0.0, 1.0]])


def energy(x: Any, a: Any) -> Any:
    return np.sum(np.sin(a @ x) * x)


def field(x: Any, a: Any) -> Any:
    return {"one": a @ np.tanh(x), "other": x[0] * x[1]}


def manual_gradient(x: Any, a: Any) -> Any:
    return np.sin(a @ x) + a.T @ (np.cos(a @ x) * x)


def manual_jacobian(x: Any, a: Any) -> Any:
    return a * (1 - np.tanh(x) ** 2)


RUNNING = ["forward", "reverse", "symbolic", "forward_compiled", "reverse_compiled"]
RUNNING += ["central_difference", "forward_difference", "richardson", "complex_step"]
OPERATORS: dict[str, tuple[Any, Callable[..., Any]]] = {
    "value": (energy, lambda d, x, a: d.value(x, a)),
    "gradient": (energy, lambda d, x, a: d.gradient(x, a)),
    "value_and_gradient": (energy, lambda d, x, a: d.value_and_gradient(x, a)),
    "hessian": (energy, lambda d, x, a: d.hessian(x, a)),
    "hvp": (energy, lambda d, x, a: d.hvp(x, a, tangents=x)),
    "jacobian": (field, lambda d, x, a: d.jacobian(x, a)),
    "jvp": (field, lambda d, x, a: d.jvp(x, a, tangents=x)),
    "vjp": (field, lambda d, x, a: d.vjp(x, a, cotangents={"one": x, "other": np.sum(x)})),
}


def assert_alike(found: Any, expected: Any) -> None:
    """Compare what a device gave, all of which must be there, with what the CPU gave."""
    found, expected = flatten(back(found))[0], flatten(expected)[0]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("method", RUNNING)
def test_a_method_gives_on_a_device_what_it_gives_on_the_cpu(method: str, operator: str, arrays: Any) -> None:
    function, ask = OPERATORS[operator]
    expected = ask(difflab.prepare(function, X, A, method=method), X, A)
    x, a = there(arrays)((X, A))
    assert_alike(ask(difflab.prepare(function, x, a, method=method), x, a), expected)


@pytest.mark.parametrize("method", ["reverse", "symbolic", "central_difference"])
def test_many_points(method: str, arrays: Any) -> None:
    points = np.stack([X, 2 * X, -X])
    (there_points, a) = there(arrays)((points, A))
    prepared = difflab.prepare(energy, X, A, method=method).batch(points, A)
    on_device = difflab.prepare(energy, arrays.array(X), a, method=method).batch(there_points, a)
    assert_alike(on_device.value_and_gradient(), prepared.value_and_gradient())
    assert_alike(on_device.jvp(there_points), prepared.jvp(points))


@pytest.mark.parametrize("method", ["reverse", "symbolic", "reverse_compiled", "central_difference"])
def test_many_points_are_copied_to_the_device_that_was_asked_for(method: str, cupy: FakeCuPy) -> None:
    points = np.stack([X, 2 * X, -X])
    expected = difflab.prepare(energy, X, A).batch(points, A)
    batch = difflab.prepare(energy, X, A, method=method, device="cuda:1").batch(points, A)
    found = batch.value_and_gradient()
    assert {leaf.device.id for leaf in flatten(found)[0]} == {1}
    tolerance = 1e-6 if method == "central_difference" else 1e-12
    for one, other in zip(found, expected.value_and_gradient(), strict=True):
        np.testing.assert_allclose(back(one), other, rtol=tolerance)
    for one, other in zip(batch.jvp(points), expected.jvp(points), strict=True):
        np.testing.assert_allclose(back(one), other, rtol=tolerance, atol=1e-12)


def test_the_closed_form_of_a_person(arrays: Any) -> None:
    x, a = there(arrays)((X, A))
    forms = Manual(gradient=manual_gradient)
    assert_alike(forms.prepare(energy, x, a).gradient(x, a), forms.prepare(energy, X, A).gradient(X, A))
    forms = Manual(jacobian=manual_jacobian)
    tanh = lambda x, a: a @ np.tanh(x)  # noqa: E731
    for ask in (
        lambda d, x, a: d.jacobian(x, a),
        lambda d, x, a: d.jvp(x, a, tangents=x),
        lambda d, x, a: d.vjp(x, a, cotangents=x),
    ):
        assert_alike(ask(forms.prepare(tanh, x, a), x, a), ask(forms.prepare(tanh, X, A), X, A))


class OnTheCPU(Reverse):
    """A method that has not been made for devices."""

    name = "made_for_the_cpu"
    on_devices = "nothing"


def test_methods_of_the_cpu_say_so(cupy: FakeCuPy) -> None:
    with pytest.raises(difflab.DeviceUnavailable, match=r"'made_for_the_cpu' computes on the CPU only, .* cuda:0: "):
        OnTheCPU().prepare(np.sum, cupy.array(X))


def test_arguments_are_copied_to_the_device_that_was_asked_for(cupy: FakeCuPy) -> None:
    seen: list[Any] = []

    def watched(x: Any, a: Any) -> Any:
        seen.append((type(x.data), type(a)))
        return energy(x, a)

    prepared = difflab.prepare(watched, X, A, device="cuda")
    assert_alike(prepared.gradient(X, A), difflab.gradient(energy, X, A))
    assert seen[-1] == (DeviceArray, DeviceArray)
    assert_alike(prepared.hvp(X, A, tangents=X), difflab.hvp(energy, X, A, tangents=X))
    assert repr(prepared).endswith("for float64 of shape (3,) on cuda:0")


def test_complex_constants_are_copied(arrays: Any) -> None:
    waves = np.exp(1j * np.arange(3.0))

    def energy(x: Any, waves: Any) -> Any:
        return np.sum(np.real(waves) * x**2)

    found = difflab.gradient(energy, X, waves, device="cuda")
    assert_alike(found, difflab.gradient(energy, X, waves))
    with pytest.raises(difflab.InvalidArgument, match="is complex"):
        difflab.gradient(energy, waves, X, device="cuda")


def test_numbers_are_copied_too(arrays: Any) -> None:
    found = difflab.prepare(lambda x: x["a"] ** 2, {"a": 3.0}, device="cuda").gradient({"a": 5.0})
    assert_alike(found, {"a": 10.0})


@pytest.mark.parametrize(
    "other", [np.array(["a"]), np.array(["2026-11-28"], "M8[D]"), np.array([None])], ids=["text", "date", "object"]
)
def test_what_no_device_holds_stays_on_the_cpu(other: np.ndarray, cupy: FakeCuPy) -> None:
    def function(x: Any, names: Any) -> Any:
        return np.sum(x**2) * len(names)

    prepared = difflab.prepare(function, X, other, device="cuda")
    assert np.allclose(back(prepared.gradient(X, other)), 2 * X)


def test_a_masked_array_does_not_lose_its_mask_on_the_way_to_a_device(cupy: FakeCuPy) -> None:
    weights = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])
    with pytest.raises(difflab.UnsupportedFunction, match="met a MaskedArray"):
        difflab.gradient(lambda x, weights: np.sum(x * weights), X, weights, device="cuda")
    with pytest.raises(difflab.InvalidArgument, match="own arithmetic is not followed"):
        difflab.gradient(np.sum, weights, device="cuda")


def test_a_device_that_is_not_the_current_one_is_named(cupy: FakeCuPy) -> None:
    with cupy.cuda.Device(1):
        x, a = there(cupy)((X, A))
    with pytest.raises(difflab.InvalidArgument, match=r"arrays on cuda:1 while cuda:0 computes: .*cuda:1"):
        difflab.gradient(energy, x, a)
    with difflab.device("cuda:1"):
        assert_alike(difflab.gradient(energy, x, a), difflab.gradient(energy, X, A))


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("method", RUNNING)
def test_a_second_device_computes_what_was_prepared_for_it(method: str, operator: str, cupy: FakeCuPy) -> None:
    function, ask = OPERATORS[operator]
    prepared = difflab.prepare(function, X, A, method=method, device="cuda:1")
    assert_alike(ask(prepared, X, A), ask(difflab.prepare(function, X, A, method=method), X, A))
    assert {leaf.device.id for leaf in flatten(ask(prepared, X, A))[0]} == {1}
    assert cupy.machine.current == 0


def test_the_cpu_may_be_asked_for(cupy: FakeCuPy) -> None:
    found = difflab.gradient(energy, *there(cupy)((X, A)), device="cpu")
    assert found.tolist() == difflab.gradient(energy, X, A).tolist()


def test_what_was_prepared_for_one_device_refuses_arrays_on_another(cupy: FakeCuPy) -> None:
    prepared = difflab.prepare(np.sum, X)
    with pytest.raises(difflab.PreparationMismatch, match=r"on cuda:0; it was prepared for float64 of shape \(3,\):"):
        prepared.gradient(cupy.array(X))
    with pytest.raises(difflab.PreparationMismatch, match=r"it was prepared for float64 of shape \(3,\) on cuda:0"):
        difflab.prepare(np.sum, cupy.array(X)).gradient(X)


def test_a_function_that_writes_into_a_view_of_its_argument_is_told_so(arrays: Any) -> None:
    def written(x: Any) -> Any:
        part = x[:2]
        part *= 2
        return np.sum(x)

    with pytest.raises(difflab.NotDifferentiable):
        difflab.gradient(written, X)
    with pytest.raises(difflab.NotDifferentiable):
        difflab.gradient(written, arrays.array(X))


def test_results_share_no_memory_with_arguments(cupy: FakeCuPy) -> None:
    x = cupy.array(X)
    value, tangent = difflab.jvp(lambda x: x, x, tangents=x)
    assert not any(difflab.arrays.share_memory(x, each) for each in (tangent,))
    before = back(value).copy()
    x *= 0
    assert np.array_equal(back(tangent), before)


def test_a_missing_function_is_named_where_a_numerical_method_calls_it(cupy: FakeCuPy) -> None:
    with pytest.raises(difflab.UnsupportedFunction, match=r"needs numpy\.linalg\.svdvals, or an option of it"):
        difflab.gradient(lambda a: np.sum(np.linalg.svdvals(a)), cupy.array(A), method="central_difference")


@pytest.mark.parametrize("method", ["central_difference", "forward", "symbolic"])
def test_a_constant_of_the_cpu_is_named(method: str, cupy: FakeCuPy) -> None:
    constant = np.ones(3)
    with pytest.raises(difflab.InvalidArgument, match=r"arrays on cuda:0 .*cpu: .*np\.ones_like"):
        difflab.gradient(lambda x: np.sum(x * constant), cupy.array(X), method=method)


@pytest.mark.parametrize("method", ["central_difference", "complex_step", "forward", "reverse", "symbolic"])
def test_a_number_is_named_where_cupy_takes_arrays_only(method: str, cupy: FakeCuPy) -> None:
    with pytest.raises(difflab.InvalidArgument, match=r"a float together with arrays on cuda:0.*np\.full_like"):
        difflab.gradient(lambda x: np.sum(np.stack([x[0], 2.0])), cupy.array(X), method=method)
    found = difflab.gradient(lambda x: np.sum(np.stack([x[0], np.full_like(x[0], 2.0)])), cupy.array(X), method=method)
    assert np.allclose(back(found), [1.0, 0.0, 0.0])


@pytest.mark.parametrize("method", ["complex_step", "forward", "reverse", "symbolic"])
def test_what_is_written_into_an_array_of_a_device_is_refused_as_on_the_cpu(method: str, cupy: FakeCuPy) -> None:
    def total(x: Any) -> Any:
        entries = np.zeros(3, like=place_of(x))
        entries += x
        return np.sum(entries)

    with pytest.raises(difflab.NotDifferentiable, match=r"into an array on cuda:0.* a = a \+ x in place of a \+= x"):
        difflab.gradient(total, cupy.array(X), method=method)


@pytest.mark.parametrize("method", ["central_difference", "complex_step"])
def test_a_constant_in_linear_algebra_is_named(method: str, cupy: FakeCuPy) -> None:
    with pytest.raises(difflab.InvalidArgument, match=r"arrays on cuda:0 .*arrays on cpu: .*np\.ones_like"):
        difflab.gradient(lambda x: np.linalg.solve(np.diag(x), np.ones(3))[0], cupy.array(X), method=method)


@pytest.mark.parametrize("values", [np.array([1.0, 2.0, 3.0, 4.0]), np.array(5.0), np.array([[7.0]])])
def test_the_last_value_of_several_stays(values: np.ndarray, arrays: Any) -> None:
    index, expected = np.array([2, 0, 2, 2]), np.zeros(4)
    found = arrays.array(expected)
    assign(found, (arrays.array(index),), arrays.array(values))
    expected[index] = values
    assert np.array_equal(back(found), expected)


def test_the_last_value_of_several_stays_beside_slices(arrays: Any) -> None:
    expected, values = np.zeros((3, 2, 2)), np.arange(8.0).reshape(2, 2, 2)
    found = arrays.array(expected)
    repeated = np.array([[1, 1]])
    assign(found, (slice(0, 2), arrays.array(repeated), 0), arrays.array(values[:, :1]))
    expected[0:2, repeated, 0] = values[:, :1]
    assert np.array_equal(back(found), expected)
