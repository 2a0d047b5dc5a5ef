"""Gradient checkpointing: the same gradients, of every order, with less kept."""

from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, checkpoint, grad, no_grad
from difflab.eager.draws import drawing_from

POINT = np.array([0.3, -0.8, 1.4])


def layer(x: Any, weight: Any, scale: float = 1.0) -> Any:
    return np.tanh(x * weight) * scale + 0.1 * x**3


def network(x: Any, weights: list[Any], between: Any) -> Any:
    for weight in weights:
        x = between(layer, x, weight)
    return np.sum(x**2)


def plainly(function: Any, *args: Any) -> Any:
    return function(*args)


def both() -> list[tuple[Tensor, list[Tensor], Tensor]]:
    """Give inputs, weights and the output, of a plain and of a checkpointed run."""
    runs = []
    for between in (plainly, checkpoint):
        x = Tensor(POINT, requires_grad=True)
        weights = [Tensor(0.5 + n * np.ones(3) / 4, requires_grad=True) for n in range(4)]
        runs.append((x, weights, network(x, weights, between)))
    return runs


def test_values_and_gradients() -> None:
    (x, weights, y), (x_again, weights_again, y_again) = both()
    assert y.item() == y_again.item()
    y.backward()
    y_again.backward()
    for one, other in zip([x, *weights], [x_again, *weights_again], strict=True):
        np.testing.assert_array_equal(one.grad, other.grad)


def test_higher_orders() -> None:
    (x, _, y), (x_again, _, y_again) = both()
    for _ in range(3):
        y = grad(y, x, create_graph=True).sum()
        y_again = grad(y_again, x_again, create_graph=True).sum()
        assert y_again.item() == pytest.approx(y.item(), rel=1e-13)


def test_gradients_of_computed_tensors_and_of_some_inputs_alone() -> None:
    x = Tensor(POINT, requires_grad=True)
    weight = Tensor([0.5, 1.0, 1.5], requires_grad=True)
    hidden = np.exp(x)
    y = checkpoint(layer, hidden, weight).sum()
    found = grad(y, [hidden, weight], retain_graph=True)
    expected = grad(layer(hidden, weight).sum(), [hidden, weight])
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
    (only,) = grad(y, [x])
    np.testing.assert_allclose(only, expected[0] * np.exp(POINT), rtol=1e-15)


def test_parameters_that_are_no_arguments() -> None:
    parameter = Tensor(POINT, requires_grad=True)
    data = Tensor([1.0, 2.0, 3.0])
    checkpoint(lambda x: np.sum(x * parameter**2), data).backward()
    np.testing.assert_array_equal(parameter.grad, 2 * POINT * [1.0, 2.0, 3.0])
    (found,) = grad(checkpoint(lambda x: np.sum(x * parameter**2), data), [parameter])
    np.testing.assert_array_equal(found, parameter.grad)


def test_checkpoints_inside_checkpoints() -> None:
    def outer(x: Any) -> Any:
        return checkpoint(np.sin, checkpoint(np.exp, x)) * x

    x = Tensor(POINT, requires_grad=True)
    checkpoint(outer, x).sum().backward()
    expected = np.sin(np.exp(POINT)) + POINT * np.cos(np.exp(POINT)) * np.exp(POINT)
    np.testing.assert_allclose(x.grad, expected, rtol=1e-15)


def test_arguments_by_keyword_and_nests() -> None:
    def function(pair: dict[str, Any], *, scale: float) -> dict[str, Any]:
        return {"sum": pair["a"] + pair["b"], "product": scale * pair["a"] * pair["b"]}

    a, b = Tensor(POINT, requires_grad=True), Tensor([1.0, 2.0, 3.0], requires_grad=True)
    results = checkpoint(function, {"a": a, "b": b}, scale=2.0)
    (results["sum"] + results["product"]).sum().backward()
    np.testing.assert_allclose(a.grad, 1 + 2 * np.array([1.0, 2.0, 3.0]), rtol=1e-15)
    np.testing.assert_allclose(b.grad, 1 + 2 * POINT, rtol=1e-15)


def test_one_of_several_results_that_is_not_used() -> None:
    x = Tensor(POINT, requires_grad=True)
    first, _ = checkpoint(lambda x: (np.sin(x), np.exp(x)), x)
    first.sum().backward()
    np.testing.assert_array_equal(x.grad, np.cos(POINT))


def test_results_of_integers_are_not_recorded() -> None:
    x = Tensor(POINT, requires_grad=True)
    values, places = checkpoint(lambda x: (x * 2, np.argmax(x)), x)
    assert values.requires_grad
    assert not places.requires_grad
    assert places.item() == 2


class Dropping:
    """Multiplies by random zeros and ones, as dropout does."""

    def __init__(self) -> None:
        self.generator = np.random.default_rng(0)
        self.runs = 0

    def __call__(self, x: Any) -> Any:
        self.runs += 1
        return x * (drawing_from(self.generator).random(x.shape) < 0.5)


def test_draws_are_repeated() -> None:
    drop = Dropping()
    x = Tensor(np.ones(100), requires_grad=True)
    y = checkpoint(drop, x)
    after = drop.generator.bit_generator.state
    y.sum().backward()
    assert drop.runs == 2
    np.testing.assert_array_equal(x.grad, y.detach())
    assert drop.generator.bit_generator.state == after


def test_draws_inside_nested_checkpoints_are_repeated() -> None:
    drop = Dropping()

    def outer(x: Any) -> Any:
        return checkpoint(drop, drop(x) * 1.0)

    x = Tensor(np.ones(200), requires_grad=True)
    y = checkpoint(outer, checkpoint(drop, x))
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, y.detach())


def test_draws_that_are_not_told_of_are_a_wrong_gradient() -> None:
    """Why modules draw by `drawing_from`: another draw in the second run is another function."""
    generator = np.random.default_rng(0)
    x = Tensor(np.ones(100), requires_grad=True)
    y = checkpoint(lambda x: x * (generator.random(100) < 0.5), x)
    y.sum().backward()
    assert np.any(x.grad != y.detach())


def test_an_argument_bound_to_another_tensor_in_between() -> None:
    """The arguments are kept as they were recorded, also where a change in place gave the name another record."""
    x = Tensor(POINT, requires_grad=True)
    y = x * 2
    z = checkpoint(lambda y: y * 3, y)
    y += 1
    with pytest.raises(difflab.NotDifferentiable, match=r"checkpoint needs its operand number 0.*y \+= 1"):
        z.sum().backward()


def test_nothing_is_kept_where_nothing_is_recorded() -> None:
    runs = []

    def function(x: Any) -> Any:
        runs.append(x)
        return np.sin(x)

    with no_grad():
        y = checkpoint(function, Tensor(POINT, requires_grad=True))
    assert not y.requires_grad
    assert len(runs) == 1


def test_two_sweeps_over_a_kept_graph() -> None:
    x = Tensor(POINT, requires_grad=True)
    y = checkpoint(np.sin, x).sum()
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_array_equal(x.grad, 2 * np.cos(POINT))
    with pytest.raises(difflab.NotDifferentiable, match="retain_graph=True"):
        y.backward()
