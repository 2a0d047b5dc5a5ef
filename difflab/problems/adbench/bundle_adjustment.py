"""ADBench's bundle adjustment: cameras with radial distortion look at points, each observation with its weight."""

from typing import NamedTuple

import numpy as np

from ...types import Array
from ..problem import Known, Problem
from .rotation import rotate, rotated_by_rotation, rotation_matrix
from .source import ADBENCH

CAMERA = 11
"""Parameters of a camera: rotation (3), centre (3), focal length (1), principal point (2), radial distortion (2)."""


class BundleAdjustment(NamedTuple):
    """The arguments of `residuals`, in order."""

    cameras: Array
    points: Array
    weights: Array
    observations: Array
    features: Array


def reprojection_error(cameras: Array, points: Array, weights: Array, features: Array) -> Array:
    """Give the weighted errors (p, 2) of p observations, of which each has its row in every argument.

    Args:
        cameras: (p, 11); see `CAMERA`.
        points: in space, (p, 3).
        weights: (p,).
        features: where the points were seen in the image, (p, 2).
    """
    seen = rotate(cameras[:, :3], points - cameras[:, 3:6])
    image = seen[:, :2] / seen[:, 2:]
    square = np.sum(image**2, axis=1, keepdims=True)
    distorted = image * (1 + cameras[:, 9:10] * square + cameras[:, 10:] * square**2)
    return weights[:, None] * (cameras[:, 6:7] * distorted + cameras[:, 7:9] - features)


def weight_error(weights: Array) -> Array:
    """Give 1 − w² for each weight, which keeps weights from vanishing (C. Zach, ECCV 2014)."""
    return 1 - weights**2


def residuals(cameras: Array, points: Array, weights: Array, observations: Array, features: Array) -> Array:
    """Give all errors as one vector (3p,): two of reprojection for each observation, then one for each weight.

    Args:
        cameras: (n, 11); see `CAMERA`.
        points: in space, (m, 3).
        weights: one for each observation, (p,).
        observations: which camera saw which point, integers (p, 2).
        features: where it saw it in the image, (p, 2).
    """
    seeing, seen = observations[:, 0], observations[:, 1]
    errors = reprojection_error(cameras[seeing], points[seen], weights, features)
    return np.concatenate([np.reshape(errors, -1), weight_error(weights)])


def _jacobian(
    cameras: Array, points: Array, weights: Array, observations: Array, features: Array
) -> tuple[Array, Array, Array]:
    count = len(weights)
    by_cameras = np.zeros((3 * count, *cameras.shape), like=cameras)
    by_points = np.zeros((3 * count, *points.shape), like=points)
    by_weights = np.vstack([np.zeros((2 * count, count), like=weights), np.diag(-2 * weights)])
    for n, (camera, point) in enumerate(observations.tolist()):
        rows = slice(2 * n, 2 * n + 2)
        block = _block(cameras[camera], points[point], weights[n], features[n])
        by_cameras[rows, camera], by_points[rows, point] = block[:, :CAMERA], block[:, CAMERA:-1]
        by_weights[rows, n] = block[:, -1]
    return by_cameras, by_points, by_weights


def _block(camera: Array, point: Array, weight: Array, feature: Array) -> Array:
    """Give the derivatives (2, 15) of one observation by its camera, its point and its weight."""
    v, centre, focal, radial = camera[:3], camera[3:6], camera[6], camera[9:]
    R = rotation_matrix(v)
    x, y, z = R @ (point - centre)
    unit, image = np.identity(2, like=camera), np.stack([x, y]) / z
    square = image @ image
    distortion = 1 + radial[0] * square + radial[1] * square**2
    by_image = distortion * unit + 2 * (radial[0] + 2 * radial[1] * square) * np.outer(image, image)
    by_seen = focal * by_image @ np.column_stack([unit, -image]) / z
    columns = (
        by_seen @ rotated_by_rotation(v, R, point - centre),
        -by_seen @ R,
        distortion * image[:, None],
        unit,
        focal * np.outer(image, np.stack([square, square**2])),
        by_seen @ R,
    )
    error = focal * distortion * image + camera[7:9] - feature
    return np.hstack([*(weight * column for column in columns), error[:, None]])


def random_scene(cameras: int, points: int, observations: int, seed: int) -> BundleAdjustment:
    """Draw cameras that look at points near the origin from a distance, and what they see, with noise."""
    random = np.random.default_rng(seed)
    looking = np.array([0.1, -0.2, 0.3, 0.2, 0.1, -4.0, 1.5, 0.05, -0.02, 0.1, -0.05])
    pairs = np.stack([np.arange(observations) % cameras, np.arange(observations) % points], axis=1)
    return BundleAdjustment(
        looking * random.uniform(0.9, 1.1, (cameras, CAMERA)),
        random.uniform(-1, 1, (points, 3)),
        random.uniform(0.5, 1.5, observations),
        pairs,
        random.uniform(-0.5, 0.5, (observations, 2)),
    )


_QUARTER_TURN = BundleAdjustment(
    cameras=np.array([[0.0, 0, np.pi / 2, 0, 0, 0, 2, 0, 0, 0, 0]]),
    points=np.array([[1.0, 2.0, 4.0]]),
    weights=np.array([0.5]),
    observations=np.array([[0, 0]]),
    features=np.zeros((1, 2)),
)
_CAMERA = [1.797201, 0.590697, -0.635786, 90.859550, 29.361415, 28.777534]
_CAMERA += [211.628116, -0.284531, -14.762924, 0.058931, 0.069976]
PUBLISHED = BundleAdjustment(
    cameras=np.tile(_CAMERA, (2, 1)),
    points=np.tile([4.173048, 5.586898, 1.403869], (10, 1)),
    weights=np.full(10, 0.417022),
    observations=np.stack([np.arange(10) % 2, np.arange(10)], axis=1),
    features=np.tile([-525.672849, 161.811929], (10, 1)),
)
"""The input of ADBench's own tests, data/ba/test.txt."""

_ERRORS = np.concatenate(
    [np.tile([-2.69048849235189402e-01, 2.59944792677901881e-01], 10), np.full(10, 0.826092651516)]
)

BUNDLE_ADJUSTMENT = Problem(
    name="bundle_adjustment",
    title="residuals of bundle adjustment",
    function=residuals,
    arguments=lambda size: tuple(random_scene(cameras=1 + size // 4, points=size, observations=size, seed=2018)),
    operator="jacobian",
    source=f"{ADBENCH}, objective BA",
    sizes=(1, 2, 4, 8, 16),
    size=2,
    argnums=(0, 1, 2),
    closed_forms={"jacobian": _jacobian},
    known=(
        Known(
            "value",
            np.array([-0.5, 0.25, 0.75]),
            "a quarter turn about the line of sight takes (1, 2, 4) to (−2, 1, 4)",
            arguments=tuple(_QUARTER_TURN),
        ),
        Known("value", _ERRORS, "ADBench, the tests of its modules on data/ba/test.txt", arguments=tuple(PUBLISHED)),
    ),
    tags=frozenset({"literature", "vector"}),
    notes="The size is the number of observations, each of a point of its own, by one camera for every four. The "
    "Jacobian is sparse: `difflab.problems.adbench` puts it together from the block of each observation.",
)
