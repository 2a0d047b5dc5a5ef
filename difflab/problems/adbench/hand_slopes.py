"""The slopes of a posed hand's skin by its pose, in closed form."""

from collections.abc import Sequence

import numpy as np

from ...types import Array
from .hand_model import ABOUT_X, ABOUT_Z, BONES, THETA, HandModel, absolute_transforms
from .rotation import cross_matrix, rotated_by_rotation, rotation_matrix


def position_slopes(theta: Array, model: HandModel, vertices: Array) -> Array:
    """Give ∂`vertex_positions`/∂theta, (n, 3, 26), for a global rotation of at least 1e-4.

    A joint turns all that hangs on its bone about one axis: in the bone's own coordinates, x; or
    for its turn about z, which comes before that about x by an angle α, (0, sin α, cos α).
    """
    absolutes = absolute_transforms(theta, model)
    homogeneous = np.append(model.positions[vertices], np.ones_like(model.positions, shape=(len(vertices), 1)), axis=1)
    carried = np.einsum("nb,bij,nj->nbi", model.weights[vertices], absolutes @ model.inverse_absolutes, homogeneous)
    R = rotation_matrix(theta[:3])
    slopes = np.zeros((len(vertices), 3, THETA), like=theta)
    slopes[:, :, :3] = np.stack([rotated_by_rotation(theta[:3], R, place[:3]) for place in carried.sum(axis=1)])
    slopes[:, :, 3:6] = np.identity(3, like=theta)
    hanging = np.asarray(_hanging(model.parents.tolist()), like=theta)
    none, one = 0 * theta[0], 0 * theta[0] + 1
    for bone, (about_x, about_z) in enumerate(zip(ABOUT_X, ABOUT_Z, strict=True)):
        axes = {about_x: [one, none, none]}
        if about_z < THETA:
            axes[about_z] = [none, np.sin(theta[about_x]), np.cos(theta[about_x])]
        for place, axis in axes.items():
            if place < THETA:
                velocities = carried[:, hanging[:, bone]].sum(axis=1) @ _turning(absolutes[bone], axis).T
                slopes[:, :, place] = velocities[:, :3] @ R.T
    return slopes


def _turning(absolute: Array, axis: Sequence[Array]) -> Array:
    """Give the velocity (4, 4) of places in the hand's coordinates that turn about an axis in the bone's."""
    generator = np.zeros((4, 4), like=absolute)
    generator[:3, :3] = cross_matrix(np.stack(axis))
    return absolute @ generator @ np.linalg.inv(absolute)


def _hanging(parents: Sequence[int]) -> Array:
    """Say of each bone (row) on which bones (columns) it hangs, itself included."""
    hanging = np.eye(len(BONES), dtype=bool)
    for bone, parent in enumerate(parents):
        if parent >= 0:
            hanging[bone] |= hanging[parent]
    return hanging
