"""ADBench's Gaussian mixture: the log likelihood of points, with a Wishart prior on the precisions."""

import math
from typing import NamedTuple

import numpy as np

from ...types import Array
from ..linear_algebra import log_sum_exp, softmax
from ..problem import Known, Problem
from .source import ADBENCH


class GaussianMixture(NamedTuple):
    """The arguments of `log_posterior`, in order."""

    alphas: Array
    means: Array
    factors: Array
    points: Array
    gamma: float
    m: int


def log_posterior(alphas: Array, means: Array, factors: Array, points: Array, gamma: float = 1.0, m: int = 0) -> Array:
    """Give the log likelihood of points under a mixture of k Gaussians in d dimensions, with its prior.

    The parameters are free of constraints: component j has the weight softmax(alphas)_j, the mean
    means_j, and the precision QᵀQ, where Q is lower triangular and read from factors_j: first the
    logarithms of its diagonal, then the entries below the diagonal, column by column.

    Args:
        alphas: (k,).
        means: (k, d).
        factors: (k, d(d + 1)/2); `icf` in ADBench.
        points: (n, d).
        gamma: the scale of the Wishart prior, above 0.
        m: its degrees of freedom beyond d + 1, at least 0.

    >>> one_standard_normal = GaussianMixture(np.zeros(1), np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1)), 1.0, 0)
    >>> round(float(log_posterior(*one_standard_normal)), 12)  # log N(0; 0, 1) + 1/2 + log 2 + log Γ(1)
    0.274208647355
    """
    n, d = points.shape
    k = len(alphas)
    log_diagonals = factors[:, :d]
    diagonals = np.exp(log_diagonals)
    Q = _lower_triangular(diagonals, factors[:, d:], np.asarray(_places(d), like=points))
    # Q(x - mean) as Qx - Q mean: one matrix product for all points and components.
    scaled = np.reshape(points @ np.reshape(Q, (k * d, d)).T, (n, k, d)) - np.einsum("kij,kj->ki", Q, means)
    log_determinants = np.sum(log_diagonals, axis=1)
    terms = alphas + log_determinants - np.sum(scaled**2, axis=2) / 2
    likelihood = np.sum(log_sum_exp(terms)) - n * log_sum_exp(alphas) - n * d / 2 * math.log(2 * math.pi)
    squares = np.sum(diagonals**2) + np.sum(factors[:, d:] ** 2)
    return likelihood + gamma**2 / 2 * squares - m * np.sum(log_determinants) - k * _log_normalizer(d, gamma, m)


def _lower_triangular(diagonals: Array, entries: Array, places: Array) -> Array:
    """Make k matrices (d, d) of their diagonals (k, d) and, column by column, the entries below; see `_places`."""
    padded = np.concatenate([diagonals, entries, np.zeros_like(diagonals[:, :1])], axis=1)
    return padded[:, places]


def _places(d: int) -> Array:
    """Of each entry of a lower triangular matrix: its place in a factor; above the diagonal, one past the last."""
    columns, rows = np.triu_indices(d, 1)
    places = np.full((d, d), d + len(rows))
    places[np.diag_indices(d)] = np.arange(d)
    places[rows, columns] = d + np.arange(len(rows))
    return places


def _log_normalizer(d: int, gamma: float, m: int) -> float:
    """Give the constant of the Wishart density with d + m + 1 degrees of freedom, as ADBench has it."""
    degrees = d + m + 1
    log_gammas = sum(math.lgamma((degrees - j) / 2) for j in range(d))
    return degrees * d * (math.log(gamma) - math.log(2) / 2) - d * (d - 1) / 4 * math.log(math.pi) - log_gammas


def _gradient(
    alphas: Array, means: Array, factors: Array, points: Array, gamma: float, m: int
) -> tuple[Array, Array, Array]:
    """Weigh the slopes of each component's logarithm by the responsibilities P(component | point)."""
    d = points.shape[1]
    rows, columns = (np.asarray(places, like=points) for places in np.triu_indices(d, 1)[::-1])
    diagonals = np.exp(factors[:, :d])
    Q = diagonals[:, :, None] * np.identity(d, like=points)
    Q[:, rows, columns] = factors[:, d:]
    centred = points[:, None, :] - means
    scaled = (Q @ centred[..., None])[..., 0]
    responsibilities = softmax(alphas + factors[:, :d].sum(axis=1) - (scaled**2).sum(axis=2) / 2)
    weighted = responsibilities[..., None] * scaled
    by_Q = gamma**2 * Q - np.einsum("nki,nkj->kij", weighted, centred)
    total = responsibilities.sum(axis=0)
    by_log_diagonals = total[:, None] + np.einsum("kii->ki", by_Q) * diagonals - m
    return (
        total - len(points) * softmax(alphas),
        np.einsum("kij,nki->kj", Q, weighted),
        np.concatenate([by_log_diagonals, by_Q[:, rows, columns]], axis=1),
    )


def random_mixture(d: int, k: int, n: int, seed: int, gamma: float = 1.0, m: int = 0) -> GaussianMixture:
    """Draw k components and n points in d dimensions, from the distributions that ADBench's files are drawn from."""
    random = np.random.default_rng(seed)
    alphas, means = random.normal(size=k), random.uniform(size=(k, d))
    return GaussianMixture(
        alphas, means, random.normal(size=(k, d * (d + 1) // 2)), random.normal(size=(n, d)), gamma, m
    )


_PUBLISHED = GaussianMixture(
    alphas=np.array([-0.649014, 1.181166, -0.758453]),
    means=np.array([[0.092339, 0.186260], [0.345561, 0.396767], [0.538817, 0.419195]]),
    factors=np.array(
        [[0.586443, -0.851887, 0.800321], [-1.509405, 0.875874, -0.242790], [0.166813, -1.965419, -1.270071]]
    ),
    points=np.array([[1.175171, 2.029160]]),
    gamma=1.0,
    m=0,
)
_PUBLISHED_GRADIENT = (
    np.array([1.08662855508652456e-01, -7.41270039523898472e-01, 6.32607184015246071e-01]),
    np.array(
        [
            [1.11692576532787013e00, 1.63333013551455269e-01],
            [-2.19989824071193142e-02, 2.27778292254236098e-01],
            [1.20963025612832187e00, -6.06375920733956339e-02],
        ]
    ),
    np.array(
        [
            [2.58529994051162237e00, 1.12632694524213789e-01, 3.85744309849611777e-01],
            [7.35180573182305508e-02, 5.41836362715595232e00, -3.21494409677446469e-01],
            [1.71892309775004937e00, 8.60091090790866875e-01, -9.94640930466322848e-01],
        ]
    ),
)
_TESTS = "ADBench, the tests of its modules on data/gmm/test.txt"

GAUSSIAN_MIXTURE = Problem(
    name="gaussian_mixture",
    title="log posterior of a Gaussian mixture",
    function=log_posterior,
    arguments=lambda size: tuple(random_mixture(d=2, k=2, n=size, seed=2016, gamma=1.2, m=1)),
    operator="gradient",
    source=f"{ADBENCH}, objective GMM",
    sizes=(2, 4, 16, 64, 256, 1024),
    size=4,
    argnums=(0, 1, 2),
    closed_forms={"gradient": _gradient},
    known=(
        Known("value", 8.07380408004975791, _TESTS, arguments=tuple(_PUBLISHED)),
        Known("gradient", _PUBLISHED_GRADIENT, _TESTS, arguments=tuple(_PUBLISHED)),
    ),
    tags=frozenset({"literature", "vector", "training"}),
    notes="The size is the number of points; two components in two dimensions, with a Wishart prior.",
)
