"""A hand of 22 bones under a skin: what poses it, and where its skin then is."""

from typing import NamedTuple

import numpy as np

from ...types import Array
from .rotation import rotate

FINGERS = ("thumb", "index", "middle", "ring", "pinky")
BONES = ("wrist", *(f"{finger}{number}" for finger in FINGERS for number in range(1, 5)), "forearm")
THETA = 26
"""Pose parameters: global rotation (3), global translation (3), four angles for each finger."""


class HandModel(NamedTuple):
    """Bones at rest, in the order of `BONES`, and a skin of v vertices and t triangles; transforms are homogeneous."""

    parents: Array
    """Of each bone the number of the bone that it sits on, which comes before it; -1 if on none. Integers (22,)."""
    relatives: Array
    """From each bone's coordinates to its parent's, (22, 4, 4)."""
    inverse_absolutes: Array
    """From the coordinates of the hand at rest to each bone's, (22, 4, 4)."""
    positions: Array
    """Of the vertices at rest, (v, 3)."""
    weights: Array
    """How far each vertex follows each bone, (v, 22)."""
    triangles: Array
    """Which vertices are the corners, integers (t, 3)."""


def _angle_places() -> tuple[Array, Array]:
    """Of each bone: where in the pose its angles about x and about z are, or THETA if it does not turn."""
    about_x, about_z = np.full(len(BONES), THETA), np.full(len(BONES), THETA)
    for finger in range(len(FINGERS)):
        bones, first = 2 + 4 * finger + np.arange(3), 6 + 4 * finger
        about_x[bones], about_z[bones[0]] = first + np.array([0, 2, 3]), first + 1
    return about_x, about_z


ABOUT_X, ABOUT_Z = _angle_places()
"""Of a finger's four bones, the last three turn about x, and the first of these about z as well."""


def vertex_positions(theta: Array, model: HandModel, vertices: Array) -> Array:
    """Give where the chosen vertices of the skin are, (n, 3), in the pose `theta` (26,).

    Linear blend skinning: a vertex is moved by the weighted mean of the transforms of its bones;
    then the whole hand is rotated about the axis theta[:3] by its length in radians, or not at all
    below 1e-4 (so that its slope there is zero, as in ADBench), and shifted by theta[3:6].
    """
    transforms = absolute_transforms(theta, model) @ model.inverse_absolutes
    blended = np.tensordot(model.weights[vertices], transforms[:, :3], 1)
    posed = np.sum(blended[:, :, :3] * model.positions[vertices][:, None, :], axis=2) + blended[:, :, 3]
    turned = posed if np.sum(theta[:3] ** 2) < 1e-8 else rotate(theta[:3], posed)
    return turned + theta[3:6]


def absolute_transforms(theta: Array, model: HandModel) -> Array:
    """Give the transforms (22, 4, 4) from each bone's coordinates to the hand's, in the pose `theta`."""
    absolutes: list[Array] = []
    for relative, parent in zip(_turned(theta, model.relatives), model.parents.tolist(), strict=True):
        absolutes.append(relative if parent < 0 else absolutes[parent] @ relative)
    return np.stack(absolutes)


def _turned(theta: Array, relatives: Array) -> Array:
    """Turn each bone in its joint: multiply its transform by its rotation about z, then by that about x."""
    cosines = np.concatenate([np.cos(theta), np.ones_like(theta[:1])])
    sines = np.concatenate([np.sin(theta), np.zeros_like(theta[:1])])
    about_x, about_z = np.asarray(ABOUT_X, like=theta), np.asarray(ABOUT_Z, like=theta)
    cx, sx, cz, sz = cosines[about_x], sines[about_x], cosines[about_z], sines[about_z]
    rotations = np.stack([cz, -sz * cx, sz * sx, sz, cz * cx, -cz * sx, np.zeros_like(cx), sx, cx], axis=1)
    turned = relatives[:, :, :3] @ np.reshape(rotations, (-1, 3, 3))
    return np.concatenate([turned, relatives[:, :, 3:]], axis=2)
