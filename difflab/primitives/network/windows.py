"""Windows that slide over images: their size, their steps, and the padding around the images.

Everything here is static: it knows lengths, not entries. Lengths, steps and so on are tuples of a number for each axis
that the windows slide along.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import index as as_integer
from typing import Any

import numpy as np

from ...errors import InvalidArgument

Lengths = tuple[int, ...]


@dataclass(frozen=True)
class Windows:
    """Windows of `kernel` entries that lie `dilation` apart, `stride` from one window to the next.

    `padding` entries are added at both ends of an axis.

    >>> Windows(kernel=(3, 3), stride=(2, 2), padding=(1, 1), dilation=(1, 1)).outputs((28, 28))
    (14, 14)
    """

    kernel: Lengths
    stride: Lengths
    padding: Lengths
    dilation: Lengths

    @property
    def spans(self) -> Lengths:
        """How many entries a window reaches over, from its first to its last."""
        return tuple(dilation * (kernel - 1) + 1 for kernel, dilation in zip(self.kernel, self.dilation, strict=True))

    def padded(self, lengths: Lengths) -> Lengths:
        """Give the lengths of images with their padding."""
        return tuple(length + 2 * padding for length, padding in zip(lengths, self.padding, strict=True))

    def outputs(self, lengths: Lengths) -> Lengths:
        """Count the windows along each axis of images of given lengths; below 1 where none fits."""
        return tuple(
            (padded - span) // stride + 1
            for padded, span, stride in zip(self.padded(lengths), self.spans, self.stride, strict=True)
        )

    def interior(self, lengths: Lengths) -> tuple[slice, ...]:
        """Give where an image lies in its padding, as an index of the last axes."""
        return tuple(slice(padding, padding + length) for length, padding in zip(lengths, self.padding, strict=True))

    def places(self, lengths: Lengths) -> Iterator[tuple[Lengths, tuple[slice, ...]]]:
        """Go through the entries of a window in order, each with where all windows have it in the padded images."""
        counts = self.outputs(lengths)
        for offset in np.ndindex(*self.kernel):
            yield (
                offset,
                tuple(
                    slice(start := each * dilation, start + stride * (count - 1) + 1, stride)
                    for each, dilation, stride, count in zip(offset, self.dilation, self.stride, counts, strict=True)
                ),
            )


def per_axis(function: str, name: str, value: Any, axes: int, least: int) -> Lengths:
    """Give a parameter as a whole number for each axis; raises `InvalidArgument` where one is below `least`, or none.

    >>> per_axis("conv2d", "stride", 2, axes=2, least=1)
    (2, 2)
    """
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes
    try:
        numbers = tuple(as_integer(each) for each in values)
    except TypeError:
        numbers = ()
    if len(numbers) != axes or min(numbers) < least:
        example = max(least, 1)
        pair = f" or {name}={(example,) * axes}, one for each of {axes} axes" if axes > 1 else ""
        raise InvalidArgument(
            f"{function} was given {name}={value!r}: write a whole number of at least {least}, "
            f"such as {name}={example}{pair}."
        )
    return numbers


def check_fit(function: str, windows: Windows, shape: Lengths) -> None:
    """Raise `InvalidArgument` where images of this shape, with their padding, are smaller than a window."""
    lengths = shape[-len(windows.kernel) :]
    if min(windows.outputs(lengths)) < 1:
        raise InvalidArgument(
            f"{function} was given x of shape {shape}: with padding={windows.padding} its images are "
            f"{windows.padded(lengths)} long, and a window of kernel {windows.kernel} and dilation={windows.dilation} "
            f"reaches over {windows.spans}, which does not fit: pad by more, or take a smaller kernel."
        )


def check_images(function: str, name: str, x: Any, axes: int) -> None:
    """Raise `InvalidArgument` unless an operand is a batch of images, none of them empty, of an inexact dtype."""
    layout = "(batch, channels, " + ("length)" if axes == 1 else "height, width)")
    if len(x.shape) != axes + 2:
        raise InvalidArgument(
            f"{function} takes {name} of shape {layout} and was given one of shape {tuple(x.shape)}: add what is "
            f"missing, such as {name}[None] for a batch of one, or reshape."
        )
    if min(x.shape[1:]) < 1:
        raise InvalidArgument(
            f"{function} takes {name} of shape {layout} and was given one of shape {tuple(x.shape)}, which is empty: "
            f"only the batch may have length 0."
        )
    check_inexact(function, name, x)


def check_inexact(function: str, name: str, x: Any) -> None:
    """Raise `InvalidArgument` for whole numbers, which have no derivative and would be rounded."""
    if x.dtype.kind in "iub":
        raise InvalidArgument(
            f"{function} was given {name} of dtype {x.dtype}: convert whole numbers first, {name}.astype(np.float32)."
        )
