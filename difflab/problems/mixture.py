"""The log likelihood of a Gaussian mixture."""

import math

import numpy as np

from ..types import Array
from .problem import Problem


def mixture_log_likelihood(parameters: dict[str, Array], points: Array) -> Array:
    """Give the log likelihood of points (n, d) under a mixture of k Gaussians.

    The parameters are free of constraints: component j has the weight softmax(alphas)_j, the mean
    means_j, and the inverse covariance QᵀQ, Q lower triangular with the diagonal
    exp(log_diagonals_j) and below it the entries of lowers_j.

    Args:
        parameters: alphas (k,), means (k, d), log_diagonals (k, d), lowers (k, d, d), of which only
            the entries below the diagonal count.
        points: (n, d).
    """
    n, d = points.shape
    alphas, log_diagonals = parameters["alphas"], parameters["log_diagonals"]
    lowers = np.tril(parameters["lowers"], -1)
    centred = points[:, None, :] - parameters["means"]
    scaled = np.exp(log_diagonals) * centred + np.einsum("kij,nkj->nki", lowers, centred)
    terms = alphas + np.sum(log_diagonals, axis=1) - np.sum(scaled**2, axis=2) / 2
    likelihood = np.sum(_log_sum_exp(terms)) - n * _log_sum_exp(alphas)
    return likelihood - n * d / 2 * math.log(2 * math.pi)


def _log_sum_exp(terms: Array) -> Array:
    largest = np.max(terms, axis=-1, keepdims=True)
    return largest[..., 0] + np.log(np.sum(np.exp(terms - largest), axis=-1))


def _softmax(terms: Array) -> Array:
    exponentials = np.exp(terms - terms.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def _mixture_gradient(parameters: dict[str, Array], points: Array) -> dict[str, Array]:
    """Weigh the slopes of each component's logarithm by the responsibilities P(component | point)."""
    alphas, log_diagonals = parameters["alphas"], parameters["log_diagonals"]
    diagonals = np.exp(log_diagonals)
    Q = np.tril(parameters["lowers"], -1) + diagonals[:, :, None] * np.eye(points.shape[1])
    centred = points[:, None, :] - parameters["means"]
    scaled = (Q @ centred[..., None])[..., 0]
    terms = alphas + log_diagonals.sum(axis=1) - (scaled**2).sum(axis=2) / 2
    responsibilities = _softmax(terms)
    weighted = responsibilities[..., None] * scaled
    by_Q = -np.einsum("nki,nkj->kij", weighted, centred)
    total = responsibilities.sum(axis=0)
    return {
        "alphas": total - len(points) * _softmax(alphas),
        "means": np.einsum("kij,nki->kj", Q, weighted),
        "log_diagonals": total[:, None] + np.einsum("kii->ki", by_Q) * diagonals,
        "lowers": np.tril(by_Q, -1),
    }


def _clusters(size: int) -> tuple[dict[str, Array], Array]:
    random = np.random.default_rng(2016)
    k, d = 2, 2
    parameters = {
        "alphas": random.normal(size=k),
        "means": random.normal(size=(k, d)),
        "log_diagonals": 0.3 * random.normal(size=(k, d)),
        "lowers": 0.3 * random.normal(size=(k, d, d)),
    }
    return parameters, 1.5 * random.normal(size=(size, d))


GAUSSIAN_MIXTURE = Problem(
    name="gaussian_mixture",
    title="log likelihood of a Gaussian mixture",
    function=mixture_log_likelihood,
    arguments=_clusters,
    operator="gradient",
    source="F. Šrajer, Z. Kúkelová, A. Fitzgibbon, A benchmark of selected algorithmic differentiation tools on some "
    "problems in computer vision and machine learning, Optimization Methods and Software 33 (2018)",
    sizes=(2, 4, 16, 64, 256, 1024),
    size=4,
    closed_forms={"gradient": _mixture_gradient},
    tags=frozenset({"literature", "vector", "training"}),
    notes="The size is the number of points; two components in two dimensions. Without the benchmark's Wishart "
    "prior. The entries of `lowers` on and above the diagonal are not used: their gradient is zero.",
)
