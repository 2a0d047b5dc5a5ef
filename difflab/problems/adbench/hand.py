"""ADBench's hand tracking: how far measured points are from the skin of a posed hand."""

from typing import NamedTuple

import numpy as np

from ...types import Array
from ..problem import Problem
from .hand_generator import random_model, random_pose
from .hand_model import HandModel, vertex_positions
from .hand_slopes import position_slopes
from .source import ADBENCH


class SimpleHand(NamedTuple):
    """The arguments of `distances_to_vertices`, in order."""

    theta: Array
    model: HandModel
    correspondences: Array
    points: Array


class ComplicatedHand(NamedTuple):
    """The arguments of `distances_to_triangles`, in order."""

    theta: Array
    us: Array
    model: HandModel
    correspondences: Array
    points: Array


def distances_to_vertices(theta: Array, model: HandModel, correspondences: Array, points: Array) -> Array:
    """Give the vectors (n, 3) from vertices of the posed hand to measured points: the simple problem.

    Args:
        theta: the pose, (26,): global rotation (3), global translation (3), four angles for each finger.
        model: the hand.
        correspondences: to which vertex each point belongs, integers (n,).
        points: measured, (n, 3).
    """
    return points - vertex_positions(theta, model, correspondences)


def distances_to_triangles(theta: Array, us: Array, model: HandModel, correspondences: Array, points: Array) -> Array:
    """Give the vectors (n, 3) from places in triangles of the posed hand to measured points: the complicated problem.

    Args:
        theta: the pose, as in `distances_to_vertices`.
        us: where in its triangle the place of each point is: the shares of the first two corners, (n, 2).
        model: the hand.
        correspondences: to which triangle each point belongs, integers (n,).
        points: measured, (n, 3).
    """
    corners = vertex_positions(theta, model, np.reshape(model.triangles[correspondences], -1))
    return points - np.sum(_shares(us)[:, :, None] * np.reshape(corners, (-1, 3, 3)), axis=1)


def _shares(us: Array) -> Array:
    return np.concatenate([us, 1 - np.sum(us, axis=1, keepdims=True)], axis=1)


def _jacobian(theta: Array, model: HandModel, correspondences: Array, points: Array) -> Array:
    del points  # its slope by the pose is zero
    return -position_slopes(theta, model, correspondences)


def _complicated_jacobian(
    theta: Array, us: Array, model: HandModel, correspondences: Array, points: Array
) -> tuple[Array, Array]:
    n = len(points)
    vertices = model.triangles[correspondences].reshape(-1)
    corners = vertex_positions(theta, model, vertices).reshape(n, 3, 3)
    slopes = position_slopes(theta, model, vertices).reshape(n, 3, 3, -1)
    each, by_us = np.arange(n, like=us), np.zeros((n, 3, n, 2), like=us)
    by_us[each, :, each] = -np.swapaxes(corners[:, :2] - corners[:, 2:], 1, 2)
    return -np.einsum("nc,ncij->nij", _shares(us), slopes), by_us


def random_simple_hand(points: int, vertices: int, seed: int) -> SimpleHand:
    """Draw a hand, a pose, and points near vertices of another pose."""
    random = np.random.default_rng(seed)
    model = random_model(vertices, seed)
    correspondences = random.integers(0, vertices, points)
    measured = vertex_positions(random_pose(seed + 1), model, correspondences)
    return SimpleHand(random_pose(seed), model, correspondences, measured)


def random_complicated_hand(points: int, vertices: int, seed: int) -> ComplicatedHand:
    """Draw a hand, a pose, and points near places in triangles of another pose."""
    random = np.random.default_rng(seed)
    model = random_model(vertices, seed)
    correspondences, us = random.integers(0, vertices, points), random.dirichlet(np.ones(3), points)[:, :2]
    none = np.zeros((points, 3))
    measured = -distances_to_triangles(random_pose(seed + 1), us, model, correspondences, none)
    return ComplicatedHand(random_pose(seed), us, model, correspondences, measured)


_TAGS = frozenset({"literature", "vector"})
_SIZES = (1, 2, 4, 8, 16)

HAND_SIMPLE = Problem(
    name="hand_simple",
    title="hand tracking, points at vertices",
    function=distances_to_vertices,
    arguments=lambda size: tuple(random_simple_hand(size, vertices=24, seed=2014)),
    operator="jacobian",
    source=f"{ADBENCH}, objective HT (simple)",
    sizes=_SIZES,
    size=1,
    closed_forms={"jacobian": _jacobian},
    tags=_TAGS,
    notes="The size is the number of points, on a drawn hand of 22 bones and 24 vertices. A dense Jacobian by 26 "
    "pose parameters.",
)

HAND_COMPLICATED = Problem(
    name="hand_complicated",
    title="hand tracking, points in triangles",
    function=distances_to_triangles,
    arguments=lambda size: tuple(random_complicated_hand(size, vertices=24, seed=2015)),
    operator="jacobian",
    source=f"{ADBENCH}, objective HT (complicated)",
    sizes=_SIZES,
    size=1,
    argnums=(0, 1),
    closed_forms={"jacobian": _complicated_jacobian},
    tags=_TAGS,
    notes="The size is the number of points. By the pose a dense Jacobian; by where each point is in its triangle a "
    "sparse one, of which ADBench keeps two columns: `difflab.problems.adbench` gives that layout.",
)
