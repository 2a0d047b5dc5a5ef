"""The order in which arrays lie in memory, for loops over their entries one after the other."""

from collections.abc import Sequence

from ...types import Array


def flat(example: Array, *arrays: Array) -> Sequence[Array]:
    """Give arrays of one shape as flat ones, their entries in the order in which those of the first lie in memory.

    Those that lie in that order and without gaps are given as views; so is the first, if it is without gaps.
    """
    if example.flags.c_contiguous:
        return [array.reshape(-1) for array in (example, *arrays)]
    axes = sorted(range(example.ndim), key=lambda axis: -abs(example.strides[axis]))
    return [array.transpose(axes).reshape(-1) for array in (example, *arrays)]
