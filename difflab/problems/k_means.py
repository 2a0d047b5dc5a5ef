"""The cost of k-means clustering, by its centroids."""

import numpy as np

from ..types import Array
from .problem import Problem

_POINTS_A_CLUSTER = 8


def k_means(centroids: Array, points: Array) -> Array:
    """Give Σ_i min_j ‖p_i − c_j‖²; centroids (k, d), points (n, d).

    The nearest centroid is found by ‖c‖² − 2⟨p, c⟩ and holds still nearby; so the derivative flows
    through n distances, not n·k. Of centroids that are equally near, the first is taken.
    """
    return np.sum((points - centroids[_nearest(centroids, points)]) ** 2)


def _nearest(centroids: Array, points: Array) -> Array:
    return np.argmin(np.sum(centroids**2, axis=1) - 2 * (points @ centroids.T), axis=1)


def _k_means_gradient(centroids: Array, points: Array) -> Array:
    """Of a cluster: twice its size times its centroid, less twice the sum of its points."""
    members = _members(centroids, points)
    return 2 * (members.sum(axis=1, keepdims=True) * centroids - members @ points)


def _k_means_hessian(centroids: Array, points: Array) -> Array:
    """Twice the size of the cluster, on the diagonal."""
    sizes = _members(centroids, points).sum(axis=1)
    diagonal = np.repeat(2 * sizes, centroids.shape[1])
    return np.diag(diagonal).reshape(centroids.shape * 2)


def _members(centroids: Array, points: Array) -> Array:
    """Give (k, n): one where the point belongs to the cluster, found by the distances themselves."""
    distances = np.sum((centroids[:, None, :] - points) ** 2, axis=2)
    nearest = np.argmin(distances, axis=0)
    return (nearest == np.arange(len(centroids), like=centroids)[:, None]).astype(points.dtype)


def _clusters(size: int) -> tuple[Array, Array]:
    """Draw points around whole numbers on the diagonal, and centroids near these: no point is near a boundary."""
    random = np.random.default_rng(1994)
    centres = 1.0 + np.tile(np.arange(float(size))[:, None], (1, 2))
    centroids = centres + random.uniform(-0.1, 0.1, centres.shape)
    points = np.repeat(centres, _POINTS_A_CLUSTER, axis=0)
    return centroids, points + random.uniform(-0.1, 0.1, points.shape)


K_MEANS = Problem(
    name="k_means",
    title="cost of k-means clustering",
    function=k_means,
    arguments=_clusters,
    operator="gradient",
    source="L. Bottou, Y. Bengio, Convergence Properties of the K-Means Algorithms, NIPS (1994); GradBench's kmeans",
    sizes=(1, 2, 4, 8, 16),
    size=2,
    closed_forms={"gradient": _k_means_gradient, "hessian": _k_means_hessian},
    tags=frozenset({"literature", "linear algebra", "piecewise"}),
    notes="The size is the number of clusters, of 8 points in the plane each. The Hessian is diagonal, so its product "
    "with ones is its diagonal, and gradient/diagonal is Newton's direction: to the means of the clusters. No point is "
    "as near to two centroids, where the cost has a kink.",
)
