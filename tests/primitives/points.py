"""Points for the cases: arrays whose entries are well apart, so that no small step makes a tie or changes a sign."""

import math
from typing import Any

import numpy as np


def spread(*shape: int, seed: int = 0, low: float = -1.0) -> Any:
    """Give an array of distinct numbers, each at least 0.05 from every other and from 0, in random order."""
    generator = np.random.default_rng(seed)
    size = math.prod(shape)
    numbers = low + 0.1 * (np.arange(size) + generator.uniform(0.3, 0.7, size)) * max(1.0, 20 / max(size, 1))
    return generator.permutation(np.where(np.abs(numbers) < 0.05, numbers + 0.07, numbers)).reshape(shape)


def positive(*shape: int, seed: int = 0) -> Any:
    """Give `spread` numbers above 0.3."""
    return spread(*shape, seed=seed, low=0.3)
