"""The reprojection residuals of bundle adjustment: a camera with radial distortion looks at points."""

import numpy as np

from ..types import Array
from .problem import Known, Problem


def rotate(rotation: Array, points: Array) -> Array:
    """Rotate points (n, 3) about the axis `rotation` (3,) by its length in radians: Rodrigues' formula."""
    square = np.sum(rotation**2)
    if square == 0:
        return points + np.cross(rotation, points)
    angle = np.sqrt(square)
    axis = rotation / angle
    along = (points @ axis)[:, None] * axis
    return points * np.cos(angle) + np.cross(axis, points) * np.sin(angle) + along * (1 - np.cos(angle))


def reprojection(camera: Array, points: Array, weights: Array, features: Array) -> Array:
    """Give the weighted residuals (n, 2) of points seen by a camera.

    Args:
        camera: rotation (3), centre (3), focal length (1), principal point (2), radial distortion (2).
        points: in space, (n, 3).
        weights: one for each point, (n,).
        features: where the points were seen in the image, (n, 2).
    """
    rotation, centre, focal, principal, radial = np.split(camera, [3, 6, 7, 9])
    seen = rotate(rotation, points - centre)
    image = seen[:, :2] / seen[:, 2:]
    square = np.sum(image**2, axis=1, keepdims=True)
    distorted = image * (1 + radial[0] * square + radial[1] * square**2)
    return weights[:, None] * (focal * distorted + principal - features)


def _cross_matrix(v: Array) -> Array:
    """The matrix [v]× with [v]× u = v × u."""
    return np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])


def _rotation_matrix(v: Array) -> Array:
    angle = np.sqrt(v @ v)
    K = _cross_matrix(v / angle)
    return np.eye(3) + np.sin(angle) * K + (1 - np.cos(angle)) * K @ K


def _rotated_by_rotation(v: Array, R: Array, u: Array) -> Array:
    """∂(R(v)u)/∂v = −R [u]× (v vᵀ + (Rᵀ − 1) [v]×)/|v|²: Gallego and Yezzi's compact formula."""
    return -R @ _cross_matrix(u) @ (np.outer(v, v) + (R.T - np.eye(3)) @ _cross_matrix(v)) / (v @ v)


def _reprojection_jacobian(camera: Array, points: Array, weights: Array, features: Array) -> tuple[Array, ...]:
    v, centre, focal, radial = camera[:3], camera[3:6], camera[6], camera[9:]
    R = _rotation_matrix(v)
    by_camera, by_points = np.zeros((len(points), 2, 11)), np.zeros((len(points), 2, len(points), 3))
    by_weights = np.zeros((len(points), 2, len(points)))
    for n, (point, weight) in enumerate(zip(points, weights, strict=True)):
        x, y, z = R @ (point - centre)
        image = np.array([x, y]) / z
        square = image @ image
        distortion = 1 + radial[0] * square + radial[1] * square**2
        by_image = distortion * np.eye(2) + 2 * (radial[0] + 2 * radial[1] * square) * np.outer(image, image)
        by_seen = focal * by_image @ np.array([[1, 0, -x / z], [0, 1, -y / z]]) / z
        by_radial = focal * np.outer(image, [square, square**2])
        columns = [by_seen @ _rotated_by_rotation(v, R, point - centre), -by_seen @ R, distortion * image[:, None]]
        by_camera[n] = weight * np.hstack([*columns, np.eye(2), by_radial])
        by_points[n, :, n] = weight * by_seen @ R
        by_weights[n, :, n] = focal * distortion * image + camera[7:9] - features[n]
    return by_camera, by_points, by_weights


def _scene(size: int) -> tuple[Array, Array, Array, Array]:
    random = np.random.default_rng(2018)
    camera = np.array([0.1, -0.2, 0.3, 0.2, 0.1, -4.0, 1.5, 0.05, -0.02, 0.1, -0.05])
    points = random.uniform(-1, 1, (size, 3))
    weights = random.uniform(0.5, 1.5, size)
    return camera, points, weights, random.uniform(-0.5, 0.5, (size, 2))


_QUARTER_TURN = np.array([0.0, 0, np.pi / 2, 0, 0, 0, 2, 0, 0, 0, 0])

BUNDLE_ADJUSTMENT = Problem(
    name="bundle_adjustment",
    title="reprojection residuals of bundle adjustment",
    function=reprojection,
    arguments=_scene,
    operator="jacobian",
    source="F. Šrajer, Z. Kúkelová, A. Fitzgibbon, A benchmark of selected algorithmic differentiation tools on some "
    "problems in computer vision and machine learning, Optimization Methods and Software 33 (2018); "
    "the rotation's derivative from G. Gallego, A. Yezzi, A compact formula for the derivative of a 3-D rotation in "
    "exponential coordinates, Journal of Mathematical Imaging and Vision 51 (2015)",
    sizes=(1, 2, 4, 8, 16),
    size=2,
    argnums=(0, 1, 2),
    closed_forms={"jacobian": _reprojection_jacobian},
    known=(
        Known(
            "value",
            np.array([[-1.0, 0.5]]),
            "a quarter turn about the line of sight takes (1, 2, 4) to (−2, 1, 4)",
            arguments=(_QUARTER_TURN, np.array([[1.0, 2.0, 4.0]]), np.ones(1), np.zeros((1, 2))),
        ),
    ),
    tags=frozenset({"literature", "vector"}),
    notes="The size is the number of points, seen by one camera. A Jacobian by the camera's 11 parameters, by the "
    "points and by the weights; by the points it is sparse.",
)
