"""Points where a function has no derivative, or where a method says another one: what each method then says."""

from dataclasses import replace

import numpy as np

from ..types import Array
from .control_flow import MAXIMUM
from .losses import ABSOLUTE_LOSS, HINGE_LOSS, ZERO_ONE_LOSS
from .problem import Problem


def _first_margin(margin: float, size: int) -> tuple[Array, Array]:
    scores, labels = HINGE_LOSS.arguments(size)
    scores[0] = margin * labels[0]
    return scores, labels


def _first_residual_zero(size: int) -> tuple[Array, Array]:
    scores, targets = ABSOLUTE_LOSS.arguments(size)
    scores[0] = targets[0]
    return scores, targets


def _tied(size: int) -> tuple[Array, Array]:
    x, y = MAXIMUM.arguments(size)
    y[0] = x[0]
    return x, y


HINGE_LOSS_KINK = replace(
    HINGE_LOSS,
    name="hinge_loss_kink",
    title="hinge loss with a margin of exactly 1",
    arguments=lambda size: _first_margin(1.0, size),
    smooth=False,
    tags=HINGE_LOSS.tags | {"kink"},
    notes="The first margin lies on the kink, where any slope from −y/n to 0 is a subgradient. The forward difference "
    "gives one end of that interval, depending on the label; the complex step gives the end 0, of the first operand "
    "of np.maximum; the other methods and the closed form give the middle, −y/(2n).",
)
ZERO_ONE_LOSS_KINK = replace(
    ZERO_ONE_LOSS,
    name="zero_one_loss_kink",
    title="0-1 loss with a margin of exactly 0",
    arguments=lambda size: _first_margin(0.0, size),
    smooth=False,
    tags=ZERO_ONE_LOSS.tags | {"kink"},
    notes="The first margin lies on a jump, where no subgradient exists. The closed form, complex step, "
    "forward, reverse and symbolic see a constant on each side and say 0; differences divide the jump by the step "
    "and give a huge number (the forward difference only if it steps across the jump).",
)
ABSOLUTE_LOSS_KINK = replace(
    ABSOLUTE_LOSS,
    name="absolute_loss_kink",
    title="absolute loss with a residual of exactly 0",
    arguments=_first_residual_zero,
    smooth=False,
    tags=ABSOLUTE_LOSS.tags | {"kink"},
    notes="The first residual lies on the kink, where any slope from −1/n to 1/n is a subgradient. The forward "
    "difference and the complex step give 1/n; the other methods and the closed form give the middle, 0.",
)
MAXIMUM_TIE = replace(
    MAXIMUM,
    name="maximum_tie",
    title="sum of max(x, y) with a tie",
    arguments=_tied,
    source="teaching example: a tie has no derivative",
    known=(),
    smooth=False,
    tags=MAXIMUM.tags | {"kink"},
    notes="The first entries are equal. The forward difference says 1 for both, since it moves one of them up; the "
    "complex step says 1 for x and 0 for y, as np.maximum takes its first operand; the other methods and the closed "
    "form say a half for each.",
)


def branch_at_point(x: Array) -> Array:
    """Square x, with 1² looked up."""
    if x == 1:
        return np.ones_like(x)
    return x**2


def _branch_at_point_derivative(x: Array) -> Array:
    return 2 * x


BRANCH_AT_POINT = Problem(
    name="branch_at_point",
    title="x², with the value at 1 looked up",
    function=branch_at_point,
    arguments=lambda size: (1.0,),
    operator="derivative",
    source="T. Beck, H. Fischer, The if-problem in automatic differentiation, Journal of Computational and Applied "
    "Mathematics 50 (1994)",
    sizes=(1,),
    size=1,
    closed_forms={"derivative": _branch_at_point_derivative},
    smooth=False,
    tags=frozenset({"literature", "control flow", "trap"}),
    notes="The function is x², smooth everywhere, with derivative 2 at 1, as the closed form and the differences say. "
    "The branch taken at 1 is a constant, so the complex step, forward, reverse and symbolic say 0: they differentiate "
    "the program, not the function.",
)
