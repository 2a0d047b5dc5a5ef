"""What a framework itself gives as derivative, with a person's own rules in it, right or wrong."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument, UnsupportedOperator
from difflab.interface import OPERATORS
from difflab.verify.foreign import arguments_to_numpy, to_numpy
from difflab.verify.frameworks import own_derivative, own_derivatives
from tests.devices.fake_cupy import FakeCuPy

X = np.array([0.5, -1.0, 2.0])
V = np.array([1.0, 0.25, -3.0])
U = np.array([2.0, -1.0, 0.5])

pytestmark = pytest.mark.peers


@pytest.fixture(params=["torch", "jax", "numpy"])
def library(request: pytest.FixtureRequest) -> Any:
    """Give, in turn, each framework as (its functions, what makes its float64 arrays)."""
    if request.param == "numpy":
        return np, np.array
    module = request.getfixturevalue(request.param)
    if request.param == "torch":
        return module, lambda array: module.tensor(array, dtype=module.float64)
    return module.numpy, lambda array: module.numpy.asarray(array, dtype="float64")


def close(found: Any, expected: Any) -> bool:
    found = np.asarray(found)
    return found.shape == np.shape(expected) and bool(np.allclose(found, expected, rtol=1e-13, atol=1e-15))


def test_gradient_is_right(library: Any) -> None:
    xp, make = library
    assert close(
        own_derivative("gradient", lambda x: xp.sum(xp.sin(x) * x), (make(X),))(make(X)), np.sin(X) + X * np.cos(X)
    )


def test_it_takes_numpy_arguments_too_and_other_points(library: Any) -> None:
    xp, make = library
    gradient = own_derivative("gradient", lambda x: xp.sum(x**3), (make(X),))
    assert close(gradient(2 * X), 12 * X**2)
    assert close(gradient(make(X)), 3 * X**2)


def test_jacobian_jvp_and_vjp_are_right(library: Any) -> None:
    xp, make = library
    args = (make(X),)
    matrix = np.diag(np.exp(X)) + np.full((3, 3), 2.0)

    def function(x: Any) -> Any:
        return xp.exp(x) + 2 * xp.sum(x)

    assert close(own_derivative("jacobian", function, args)(*args), matrix)
    assert close(own_derivative("jvp", function, args)(*args, make(V)), matrix @ V)
    assert close(own_derivative("vjp", function, args)(*args, make(U)), U @ matrix)


def test_hvp_is_right(library: Any) -> None:
    xp, make = library
    hessian = 2 * np.diag(X) + np.ones((3, 3))  # of Σx³/3 + (Σx)²/2
    hvp = own_derivative("hvp", lambda x: xp.sum(x**3) / 3 + xp.sum(x) ** 2 / 2, (make(X),))
    assert close(hvp(make(X), V), hessian @ V)


def test_nests_and_several_arguments_keep_their_structure(library: Any) -> None:
    xp, make = library
    parameters = {"w": make(X), "unused": [make(U), make(2.0)]}

    def function(parameters: Any, scale: float, y: Any) -> Any:
        return {"a": scale * xp.sum(parameters["w"] * y), "b": y}

    args = (parameters, 3.0, make(V))
    of_parameters, of_y = own_derivative("vjp", function, args, argnums=(0, 2))(*args, {"a": make(2.0), "b": make(U)})
    assert set(of_parameters) == {"w", "unused"}
    assert close(of_parameters["w"], 6 * V)
    assert close(of_parameters["unused"][0], np.zeros(3))
    assert close(of_parameters["unused"][1], 0.0)
    assert close(of_y, 6 * X + U)
    jacobian = own_derivative("jacobian", function, args, argnums=2)(*args)
    assert close(jacobian["a"], 3 * X)
    assert close(jacobian["b"], np.eye(3))


@pytest.mark.parametrize("operator", ["gradient", "hvp"])
def test_a_function_that_does_not_depend_on_its_argument_has_derivative_zero(library: Any, operator: str) -> None:
    _, make = library
    directions = [make(V)] if operator == "hvp" else []
    for constant in (lambda x: make(3.0), lambda x: 3.0):
        assert close(own_derivative(operator, constant, (make(X),))(make(X), *directions), np.zeros(3))


def test_a_linear_function_has_second_derivative_zero(library: Any) -> None:
    xp, make = library
    assert close(own_derivative("hvp", lambda x: xp.sum(x * 2), (make(X),))(make(X), make(V)), np.zeros(3))


def test_gradients_of_results_that_are_no_number_are_refused(library: Any) -> None:
    _, make = library
    for operator, directions in {"gradient": [], "hvp": [make(V)]}.items():
        with pytest.raises(InvalidArgument, match=r"returned shape \(3,\); gradients .* use jacobian, or sum"):
            own_derivative(operator, lambda x: x * 2, (make(X),))(make(X), *directions)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("operator", [name for name in OPERATORS if name != "derivative"])
def test_dtypes_are_those_of_the_argument(torch: ModuleType, jax: ModuleType, dtype: str, operator: str) -> None:
    directions = {"hvp": {"tangents": X}, "jvp": {"tangents": X}, "vjp": {"cotangents": 1.0}}.get(operator, {})
    for x, function in (
        (torch.tensor(X, dtype=getattr(torch, dtype)), lambda x: torch.sum(x**3)),
        (jax.numpy.asarray(X, dtype), lambda x: jax.numpy.sum(x**3)),
    ):
        derivatives = own_derivatives(function, (x,))
        result = getattr(derivatives, operator)(to_numpy(x), **directions)
        assert {np.asarray(leaf).dtype for leaf in (result if isinstance(result, tuple) else [result])} == {
            np.dtype(dtype)
        }


def test_a_function_may_change_its_argument_in_place(torch: ModuleType) -> None:
    x = torch.tensor(X)
    assert close(own_derivative("gradient", lambda x: x.mul_(3).sum(), (x,))(x), [3.0, 3.0, 3.0])
    assert close(to_numpy(x), X)


def test_threads_share_the_forward_mode_of_pytorch(torch: ModuleType) -> None:
    x = np.array([0.3, -0.7])
    together = threading.Barrier(4)

    def slow(tensor: Any) -> Any:
        return torch.stack([tensor.sin() for _ in range(50)]).sum(0)

    def pushed(_: int) -> Any:
        jvp = own_derivative("jvp", slow, (torch.tensor(x),))
        together.wait()
        return [jvp(x, np.ones(2)) for _ in range(5)]

    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(pushed, range(4)):
            assert np.allclose(found, 50 * np.cos(x))


def test_parameters_of_a_network_are_an_argument_like_others(torch: ModuleType) -> None:
    network = torch.nn.Linear(3, 1, bias=False, dtype=torch.float64)
    parameters = dict(network.named_parameters())

    def loss(parameters: Any, x: Any) -> Any:
        return torch.func.functional_call(network, parameters, (x,)).square().sum()

    weights = to_numpy(network.weight)
    found = own_derivative("gradient", loss, (parameters, torch.tensor(X)))(parameters, torch.tensor(X))
    assert close(found["weight"], 2 * (weights @ X) * X[None])
    assert network.weight.grad is None


Rule = Callable[..., Any]


def square(torch: ModuleType, backward: Rule, **more: Any) -> Rule:
    """Make x² as an autograd Function with a backward rule of one's own."""

    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        ctx.save_for_forward(x)
        return x * x

    members = {"forward": forward, "backward": backward, **more}
    rules = {name: staticmethod(member) for name, member in members.items()}
    function: Rule = type("Square", (torch.autograd.Function,), rules).apply
    return function


def right(ctx: Any, cotangent: Any) -> Any:
    return 2 * ctx.saved_tensors[0] * cotangent


def wrong(ctx: Any, cotangent: Any) -> Any:
    return 3 * ctx.saved_tensors[0] * cotangent


def test_the_rules_of_an_autograd_function_are_followed_also_where_they_are_wrong(torch: ModuleType) -> None:
    for rule, factor in ((right, 2), (wrong, 3)):
        function = square(torch, rule)
        x = torch.tensor(X)
        assert close(own_derivative("gradient", lambda x, f=function: f(x).sum(), (x,))(x), factor * X)
        assert close(own_derivative("vjp", function, (x,))(x, U), factor * X * U)
        assert close(own_derivative("jacobian", function, (x,))(x), factor * np.diag(X))
        assert close(own_derivative("hvp", lambda x, f=function: f(x).sum(), (x,))(x, V), factor * V)


def test_a_wrong_forward_rule_of_an_autograd_function_is_followed(torch: ModuleType) -> None:
    function = square(torch, right, jvp=lambda ctx, tangent: 7 * ctx.saved_tensors[0] * tangent)
    assert close(own_derivative("jvp", function, (torch.tensor(X),))(X, V), 7 * X * V)


def test_a_saved_value_without_history_gives_the_wrong_second_derivative_that_it_has(torch: ModuleType) -> None:
    function = square(torch, lambda ctx, cotangent: 2 * ctx.saved_tensors[0].detach() * cotangent)
    x = torch.tensor(X)
    assert close(own_derivative("gradient", lambda x: function(x).sum(), (x,))(x), 2 * X)
    assert close(own_derivative("hvp", lambda x: function(x).sum(), (x,))(x, V), np.zeros(3))


def test_what_an_autograd_function_lacks_is_said(torch: ModuleType) -> None:
    x = torch.tensor(X)
    with pytest.raises(
        UnsupportedOperator, match=r"PyTorch has no forward mode for .* \(NotImplementedError: .*give its rule a jvp"
    ):
        own_derivative("jvp", square(torch, right), (x,))(x, V)
    once = square(torch, torch.autograd.function.once_differentiable(right))
    with pytest.raises(UnsupportedOperator, match=r"no second derivatives in PyTorch: .* marked once_differentiable"):
        own_derivative("hvp", lambda x: once(x).sum(), (x,))(x, V)


def test_a_rule_that_fails_is_told_from_one_that_is_not_there(torch: ModuleType) -> None:
    misshapen = square(torch, lambda ctx, cotangent: cotangent[:2], jvp=lambda ctx, tangent: tangent.nonsense)
    x = torch.tensor(X)
    with pytest.raises(InvalidArgument, match=r"PyTorch cannot give the derivative of .* invalid gradient .*: mend"):
        own_derivative("gradient", lambda x: misshapen(x).sum(), (x,))(x)
    with pytest.raises(AttributeError, match="nonsense"):
        own_derivative("jvp", misshapen, (x,))(x, V)


def custom_square(jax: ModuleType, factor: float) -> Rule:
    @jax.custom_vjp
    def square(x: Any) -> Any:
        return x**2

    square.defvjp(lambda x: (x**2, x), lambda x, cotangent: (factor * x * cotangent,))
    function: Rule = square
    return function


@pytest.mark.parametrize("factor", [2.0, 3.0])
def test_the_rules_of_a_custom_vjp_are_followed_also_where_they_are_wrong(jax: ModuleType, factor: float) -> None:
    function = custom_square(jax, factor)
    x = jax.numpy.asarray(X)
    assert close(own_derivative("gradient", lambda x: function(x).sum(), (x,))(x), factor * X)
    assert close(own_derivative("vjp", function, (x,))(x, U), factor * X * U)
    assert close(own_derivative("jacobian", function, (x,))(x), factor * np.diag(X))
    assert close(own_derivative("hvp", lambda x: function(x).sum(), (x,))(x, V), factor * V)


def test_what_a_custom_vjp_lacks_is_said(jax: ModuleType) -> None:
    x = jax.numpy.asarray(X)
    with pytest.raises(UnsupportedOperator, match=r"JAX has no forward mode for .* \(TypeError: .*custom_vjp"):
        own_derivative("jvp", custom_square(jax, 2.0), (x,))(x, V)
    with pytest.raises(InvalidArgument, match=r"JAX cannot give the derivative of .* \(TracerArrayConversionError: "):
        own_derivative("gradient", lambda x: np.asarray(x).sum(), (x,))(x)


def test_a_compiled_function_of_jax_is_followed(jax: ModuleType) -> None:
    function = jax.jit(lambda x, n: jax.numpy.sum(x**3) * n)
    args = (jax.numpy.asarray(X), 2)
    assert close(own_derivative("gradient", function, args)(*args), 6 * X**2)


def test_a_function_of_jax_is_told_by_its_results_where_its_arguments_are_in_numpy(jax: ModuleType) -> None:
    rule = custom_square(jax, 5.0)
    assert close(own_derivative("vjp", lambda x: rule(jax.numpy.asarray(x)), (X,))(X, U), 5 * X * U)


def test_arguments_that_no_framework_differentiates_are_refused(torch: ModuleType, jax: ModuleType) -> None:
    with pytest.raises(InvalidArgument, match=r"JAX and PyTorch, .* give the derivative to verify"):
        own_derivatives(lambda x, y: 0.0, (torch.tensor(X), jax.numpy.asarray(X)), argnums=(0, 1))
    with pytest.raises(InvalidArgument, match="dtype int64: convert it"):
        own_derivatives(lambda x: x, (torch.tensor([1, 2]),))


def test_cupy_has_no_derivatives_of_its_own() -> None:
    with pytest.raises(InvalidArgument, match=r"arrays of CuPy, .* give the derivative to verify"):
        own_derivatives(lambda x: x**2, (FakeCuPy().array(X),))


def test_results_that_no_framework_differentiates_are_refused() -> None:
    class Readable:
        def __init__(self, entries: Any):
            self.entries = entries

        def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
            return self.entries

    with pytest.raises(InvalidArgument, match=r"arrays of another library, .* give the derivative to verify"):
        own_derivatives(Readable, (X,))


def test_looking_at_what_a_function_returns_changes_nothing() -> None:
    def careless(x: Any) -> Any:
        x *= 2
        return np.sum(x)

    x = X.copy()
    assert close(own_derivative("gradient", careless, (x,))(x), [2.0, 2.0, 2.0])
    assert close(x, X)


def test_a_constant_of_another_framework_does_no_harm(torch: ModuleType, jax: ModuleType) -> None:
    args = (torch.tensor(X), jax.numpy.asarray(V))
    gradient = own_derivative("gradient", lambda x, c: (x * torch.tensor(np.array(c))).sum(), args)
    assert close(gradient(*arguments_to_numpy(args)), V)


def test_a_function_from_numpy_to_tensors_has_no_derivative_of_its_own(torch: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"takes NumPy arrays and gives tensors.*pass tensors"):
        own_derivatives(lambda x: torch.sum(torch.as_tensor(x) ** 2), (np.ones(2),))
