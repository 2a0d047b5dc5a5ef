"""Parameters and gradients at random, the same for an optimizer here and one of PyTorch."""

from typing import Any

import numpy as np

from difflab import Tensor

SMALL = ((3, 4), (4,), ())
"""Shapes for which updates run in NumPy."""
LARGE = ((150, 120), (65600,), (7, 3), ())
"""Shapes for which they run in loops: in several threads, and in one."""


class Twins:
    """The same parameters in both libraries, with gradients that are random, but for a part that follows them."""

    def __init__(self, shapes: Any, dtype: str, torch: Any, seed: int = 0):
        self.random = np.random.default_rng(seed)
        self.torch = torch
        values = [self.random.normal(size=shape).astype(dtype) for shape in shapes]
        self.ours = [Tensor(value, requires_grad=True) for value in values]
        self.theirs = [torch.nn.Parameter(torch.tensor(value)) for value in values]

    def set_gradients(self, without: int | None = None) -> None:
        """Give all parameters but one the same gradient in both."""
        for number, (ours, theirs) in enumerate(zip(self.ours, self.theirs, strict=True)):
            noise = np.asarray(self.random.normal(size=ours.shape), ours.dtype)
            gradient = noise + 0.5 * ours.data
            ours.grad = None if number == without else Tensor(gradient)
            theirs.grad = None if number == without else self.torch.tensor(gradient)

    def step(self, ours: Any, theirs: Any, count: int) -> None:
        """Make steps with both; now and then one parameter has no gradient."""
        for number in range(count):
            self.set_gradients(without=1 if number % 7 == 3 else None)
            ours.step()
            theirs.step()

    def check(self, tolerance: float) -> None:
        """Check that the parameters agree, relative to the largest."""
        for ours, theirs in zip(self.ours, self.theirs, strict=True):
            expected = theirs.detach().numpy()
            np.testing.assert_allclose(ours.data, expected, rtol=0, atol=tolerance * np.max(np.abs(expected)))
