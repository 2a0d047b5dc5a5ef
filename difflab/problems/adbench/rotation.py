"""Rotations by axis and angle, and their derivative in closed form."""

import numpy as np

from ...types import Array


def rotate(rotations: Array, points: Array) -> Array:
    """Rotate points (n, 3) about the axes `rotations`, (n, 3) or one for all (3,), by their lengths in radians.

    Rodrigues' formula; where there is no rotation, the beginning of its series, which has its first two derivatives.

    >>> rotate(np.array([0.0, 0.0, np.pi / 2]), np.array([[1.0, 2.0, 4.0]])).round(12)
    array([[-2.,  1.,  4.]])
    """
    square = np.sum(rotations**2, axis=-1, keepdims=True)
    resting = square == 0
    angle = np.sqrt(np.where(resting, 1.0, square))
    half = np.sin(angle / 2) / angle  # 2 half² = (1 - cos angle) / angle², without cancellation
    by_point = np.where(resting, 1 - square / 2, np.cos(angle))
    by_cross = np.where(resting, 1 - square / 6, np.sin(angle) / angle)
    by_axis = np.where(resting, 0.5, 2 * half**2) * np.sum(rotations * points, axis=-1, keepdims=True)
    return by_point * points + by_cross * np.cross(rotations, points) + by_axis * rotations


def rotation_matrix(v: Array) -> Array:
    """Give the matrix (3, 3) of the rotation about v (3,), which is not zero."""
    angle = np.sqrt(v @ v)
    K = cross_matrix(v / angle)
    return np.identity(3, like=v) + np.sin(angle) * K + (1 - np.cos(angle)) * K @ K


def cross_matrix(v: Array) -> Array:
    """Give the matrix [v]× with [v]× u = v × u."""
    x, y, z = v
    return np.reshape(np.stack([0 * x, -z, y, z, 0 * x, -x, -y, x, 0 * x]), (3, 3))


def rotated_by_rotation(v: Array, R: Array, u: Array) -> Array:
    """Give ∂(R(v)u)/∂v = −R [u]× (v vᵀ + (Rᵀ − 1) [v]×)/|v|².

    The formula is that of G. Gallego, A. Yezzi, A compact formula for the derivative of a 3-D rotation in exponential
    coordinates, Journal of Mathematical Imaging and Vision 51 (2015).
    """
    return -R @ cross_matrix(u) @ (np.outer(v, v) + (R.T - np.identity(3, like=v)) @ cross_matrix(v)) / (v @ v)
