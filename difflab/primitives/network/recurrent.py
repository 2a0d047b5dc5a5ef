"""What recurrent networks share: the product [x, 1, h] J that each step begins with, and what their arguments must be.

J holds all weights and biases, so that a step is one product, and the cotangent of all weights one over all steps.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from ...errors import InvalidArgument
from ...pool import copied, empty, zeros, zeros_like
from ...types import Array

Weights = tuple[Array, Array, Array | None, Array | None]
"""Of the input, (rows, inputs), and of the hidden state, (rows, units); two biases, (rows,) or None."""


def check(x: Array, states: Sequence[Array], weights: Weights, blocks: int) -> None:
    """Check shapes; `blocks` is how many blocks of rows the weights have, a gate each.

    Raises:
        InvalidArgument: the shapes do not fit together.
    """
    weight_input, weight_hidden, *biases = weights
    if np.ndim(x) != 3 or np.shape(x)[0] == 0:
        raise InvalidArgument(
            f"A sequence has the axes (steps, examples, inputs), one step or more; x has the shape {np.shape(x)}."
        )
    _, examples, inputs = np.shape(x)
    units = np.shape(states[0])[-1] if np.ndim(states[0]) else 0
    for state in states:
        if np.shape(state) != (examples, units):
            raise InvalidArgument(
                f"The initial states of {examples} examples have the axes (examples, units), and all the same shape; "
                f"one was given with shape {np.shape(state)}."
            )
    rows = blocks * units
    for name, array, shape in (
        ("the weight of the input", weight_input, (rows, inputs)),
        ("the weight of the hidden state", weight_hidden, (rows, units)),
        *(("a bias", bias, (rows,)) for bias in biases if bias is not None),
    ):
        if np.shape(array) != shape:
            raise InvalidArgument(
                f"With {units} units and {inputs} inputs, {name} has the shape {shape}; it was given with shape "
                f"{np.shape(array)}."
            )
    if (biases[0] is None) != (biases[1] is None):
        raise InvalidArgument("A recurrent network has two biases, of input and of hidden state, or none: give both.")


def joined(weights: Weights) -> Array:
    """Give J, (inputs + 1 + units, blocks · units), the sum of the biases in the row between."""
    weight_input, weight_hidden, bias_input, bias_hidden = weights
    rows, inputs = weight_input.shape
    result = zeros((inputs + 1 + weight_hidden.shape[1], rows), weight_input.dtype)
    result[:inputs] = weight_input.T
    result[inputs + 1 :] = weight_hidden.T
    if bias_input is not None and bias_hidden is not None:
        np.add(bias_input, bias_hidden, out=result[inputs])
    return result


def rows_of_steps(x: Array, hidden: Array) -> Array:
    """Give [x, 1, h] of all steps and of one more, (steps + 1, examples, inputs + 1 + units), with the first h."""
    steps, examples, inputs = x.shape
    result = empty((steps + 1, examples, inputs + 1 + hidden.shape[1]), x.dtype)
    result[:-1, :, :inputs] = x
    result[:, :, inputs] = 1
    result[0, :, inputs + 1 :] = hidden
    return result


def parts_of(examples: int) -> int:
    """Say into how many parts, for a thread each, examples are divided."""
    import numba

    return max(1, min(int(numba.get_num_threads()), examples))


def back_to_weights(rows: Array, cotangents: Array) -> Array:
    """Give the cotangent of Jᵀ from the rows of all steps and the cotangents of their products."""
    from ...native.products import multiply_transposed

    width = rows.shape[2]
    return multiply_transposed(cotangents.reshape(-1, cotangents.shape[2]), rows[:-1].reshape(-1, width))


def split_weights(joint: Array, inputs: int, needed: Collection[int], first: int) -> list[Array | None]:
    """Cut the cotangent of Jᵀ into those of the weights and biases, whose positions begin at `first`."""
    parts = [joint[:, :inputs], joint[:, inputs + 1 :], joint[:, inputs], joint[:, inputs]]
    return [copied(part) if position in needed else None for position, part in enumerate(parts, first)]


def wants_weights(needed: Collection[int], first: int) -> bool:
    """Say whether any weight's cotangent is needed."""
    return any(position >= first for position in needed)


def back_to_inputs(cotangents: Array, joint: Array, inputs: int) -> Array:
    """Give the cotangent of x from those of the products."""
    steps, examples, width = cotangents.shape
    return (cotangents.reshape(-1, width) @ joint[:inputs].T).reshape(steps, examples, inputs)


def cotangent_or_zeros(cotangent: Array | None, like: Any) -> Array:
    """Give a cotangent to write into: a copy, or zeros where none arrived."""
    return zeros_like(like) if cotangent is None else copied(cotangent)
