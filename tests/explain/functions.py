"""Functions that the explanations are of."""

from typing import Any

import numpy as np

WEIGHTS = np.array([1.0, 2.0, 3.0])


def branch(x: Any) -> Any:
    if x[0] > 0:
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    return np.sum(np.exp(x))


def halved(x: Any) -> Any:
    while np.max(x) > 1:
        x = x / 2
    return np.sum(x**3)


def picked(x: Any) -> Any:
    return x[int(x[0])] * x[1]


def weighted(x: Any) -> Any:
    return np.sum(WEIGHTS * x**2)


def solved(x: Any) -> Any:
    return np.sum(np.linalg.solve(np.outer(x, x) + np.eye(x.size), np.exp(x)) ** 2)


def log_sum_exp(x: Any) -> Any:
    largest = np.max(x)
    return largest + np.log(np.sum(np.exp(x - largest)))


def network(p: Any) -> Any:
    return np.sum(np.tanh(p["weights"] @ np.tanh(p["weights"] @ p["inputs"])) ** 2)


def logistic(x: Any, steps: int = 10) -> Any:
    for _ in range(steps):
        x = 4 * x * (1 - x)
    return x


def pair(a: Any, b: Any) -> Any:
    return a * np.array([b, np.sin(b)])


def chain(x: Any) -> Any:
    """Each turn needs all of the one before: no two share a loop."""
    for _ in range(6):
        x = np.exp(-x[::-1]) * np.sum(x)
    return np.sum(x)


def printing(x: Any) -> Any:
    print("x")
    return np.sum(x)
