"""Recurrent networks: against PyTorch and their definitions, cells as sequences of one step, and what they refuse."""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import InvalidArgument
from difflab.primitives.network.gru import gru, gru_cell
from difflab.primitives.network.lstm import lstm, lstm_cell
from difflab.primitives.network.rnn import rnn, rnn_cell
from tests.primitives.network.agreement import check_against_torch, check_loops, each_precision

KINDS: dict[str, tuple[Any, int, int, dict[str, str]]] = {
    "lstm": (lstm, 4, 2, {}),
    "gru": (gru, 3, 1, {}),
    "rnn": (rnn, 1, 1, {}),
    "rnn of relu": (rnn, 1, 1, {"activation": "relu"}),
}
"""The function, how many blocks its weights have, how many states it has, and its parameters."""
each_kind = pytest.mark.parametrize("kind", KINDS)
each_bias = pytest.mark.parametrize("biases", [True, False], ids=["with biases", "without biases"])


def operands(kind: str, *, biases: bool, steps: int = 4) -> list[Any]:
    """Draw the operands: x, the initial states, the weights, and biases if asked for."""
    examples, inputs, units = 3, 2, 5
    _, blocks, states, _ = KINDS[kind]
    rows = blocks * units
    shapes = [(steps, examples, inputs), *[(examples, units)] * states, (rows, inputs), (rows, units)]
    shapes += [(rows,)] * 2 * biases
    generator = np.random.default_rng(3)
    return [generator.normal(size=shape) for shape in shapes]


def module_of(torch: ModuleType, kind: str, states: int) -> Callable[..., Any]:
    """Give PyTorch's network of a kind as a function of the same operands."""

    def function(x: Any, *rest: Any) -> Any:
        initial, parameters = rest[:states], rest[states:]
        name, _, activation = kind.partition(" of ")
        module = getattr(torch.nn, name.upper())(
            x.shape[2],
            initial[0].shape[1],
            bias=len(parameters) == 4,
            **({"nonlinearity": activation} if activation else {}),
        )
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        given = tuple(state[None] for state in initial)
        outputs, last = torch.func.functional_call(
            module.to(x.dtype), dict(zip(names, parameters, strict=False)), (x, given if states == 2 else given[0])
        )
        return (outputs, *(state[0] for state in (last if states == 2 else (last,))))

    return function


@pytest.mark.peers
@each_precision
@each_kind
@each_bias
def test_networks_are_those_of_torch(torch: ModuleType, kind: str, biases: bool, dtype: Any) -> None:
    function, _, states, parameters = KINDS[kind]
    theirs = module_of(torch, kind, states)
    check_against_torch(torch, function, theirs, operands(kind, biases=biases), dtype, **parameters)


@each_precision
@each_kind
@each_bias
def test_loops(kind: str, biases: bool, dtype: Any) -> None:
    function, *_, parameters = KINDS[kind]
    check_loops(function, operands(kind, biases=biases), dtype, **parameters)


@each_kind
def test_loops_take_any_order_of_memory(kind: str) -> None:
    function, *_, parameters = KINDS[kind]
    turned = [np.asfortranarray(x) for x in operands(kind, biases=True)]
    check_loops(function, turned, np.float64, **parameters)


@pytest.mark.parametrize("output", [0, 1, 2])
@each_kind
def test_a_cotangent_may_arrive_at_one_result_alone(kind: str, output: int) -> None:
    function, _, states, parameters = KINDS[kind]
    if output > states:
        pytest.skip("There is no such result.")
    given = operands(kind, biases=True)
    everything = tuple(range(len(given)))

    def loss(*args: Any) -> Any:
        return np.sum(np.sin(function(*args, **parameters)[output]))

    found = difflab.gradient(loss, *given, argnums=everything)
    expected = difflab.gradient(loss, *given, argnums=everything, method="forward")
    for ours, reference in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, reference, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(("cell", "kind"), [(lstm_cell, "lstm"), (gru_cell, "gru"), (rnn_cell, "rnn")])
def test_a_cell_is_a_sequence_of_one_step(cell: Any, kind: str) -> None:
    function, *_ = KINDS[kind]
    x, *rest = operands(kind, biases=True, steps=1)
    expected = function(x, *rest)[1:]
    found = cell(x[0], *rest)
    for ours, reference in zip(found if kind == "lstm" else [found], expected, strict=True):
        np.testing.assert_array_equal(ours, reference)


@each_precision
@each_kind
def test_far_out_gates_are_shut_or_open(kind: str, dtype: Any) -> None:
    function, *_, parameters = KINDS[kind]
    if parameters:
        pytest.skip("It has nothing that saturates.")
    x, *rest = operands(kind, biases=True)
    check_loops(function, [1e4 * x, *rest], dtype, **parameters)


@each_kind
def test_a_nan_stays_in_its_example(kind: str) -> None:
    function, *_, parameters = KINDS[kind]
    given = operands(kind, biases=True)
    given[0][1, 0, 0] = np.nan
    outputs = function(*given, **parameters)[0]
    assert np.all(np.isnan(outputs[1:, 0]))
    assert np.all(np.isfinite(outputs[:, 1:]))


@each_kind
@pytest.mark.parametrize(
    ("place", "shape", "sentence"),
    [
        (0, (3, 2), "has the axes (steps, examples, inputs), one step or more; x has the shape (3, 2)"),
        (0, (0, 3, 2), "one step or more; x has the shape (0, 3, 2)"),
        (
            1,
            (2, 5),
            "states of 3 examples have the axes (examples, units), and all the same shape; one was given with",
        ),
        (-4, (7, 2), "the weight of the input has the shape"),
        (-3, (5,), "the weight of the hidden state has the shape"),
        (-1, (2,), "a bias has the shape"),
        (-1, None, "has two biases, of input and of hidden state, or none"),
    ],
)
def test_shapes_that_do_not_fit_are_a_sentence(kind: str, place: int, shape: Any, sentence: str) -> None:
    function, *_, parameters = KINDS[kind]
    given = operands(kind, biases=True)
    given[place] = None if shape is None else np.ones(shape)
    with pytest.raises(InvalidArgument, match=re.escape(sentence)):
        function(*given, **parameters)


def test_an_activation_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(InvalidArgument, match="is 'tanh' or 'relu', not 'sine'"):
        rnn(*operands("rnn", biases=True), activation="sine")
