"""Functions with the constructs of Python in them: a dictionary, a maximum, a branch, a loop that depends on data."""

import numpy as np

from ..types import Array
from .problem import Known, Problem

_TAGS = frozenset({"teaching", "control flow"})


def dictionary_lookup(d: dict[str, Array]) -> Array:
    """Look up "cat", and square it."""
    b = d["cat"]
    return b * b


def _dictionary_lookup_gradient(d: dict[str, Array]) -> dict[str, Array]:
    return {key: 2 * entry if key == "cat" else 0 * entry for key, entry in d.items()}


def maximum(x: Array, y: Array) -> Array:
    """Add up the larger entries of x and y, both of shape (n,)."""
    return np.sum(np.maximum(x, y))


def _maximum_gradient(x: Array, y: Array) -> tuple[Array, Array]:
    """Give the larger entry the slope 1, and equal ones a half each."""
    share = (1 + np.sign(x - y)) / 2
    return share, 1 - share


def branch(x: Array) -> Array:
    """Add up the squares of x, of shape (n,), if its sum is positive; else the sines."""
    if np.sum(x) > 0:
        return np.sum(x**2)
    return np.sum(np.sin(x))


def _branch_gradient(x: Array) -> Array:
    return 2 * x if x.sum() > 0 else np.cos(x)


def data_dependent_loop(x: Array, limit: Array) -> Array:
    """Multiply by x until the limit is passed: the smallest power of x > 1 above it."""
    power = x
    while power < limit:
        power = power * x
    return power


def _factors(x: Array, limit: Array) -> Array:
    return np.maximum(1, np.ceil(np.log(limit) / np.log(x)))


def _data_dependent_loop_derivative(x: Array, limit: Array) -> Array:
    n = _factors(x, limit)
    return n * x ** (n - 1)


def _data_dependent_loop_hessian(x: Array, limit: Array) -> Array:
    n = _factors(x, limit)
    return n * (n - 1) * x ** (n - 2)


def _animals(size: int) -> tuple[dict[str, float]]:
    named = {"cat": 3.0, "dog": 5.0}
    return (named | {f"animal {i}": float(i) for i in range(3, size + 1)},)


def _pair(size: int) -> tuple[Array, Array]:
    random = np.random.default_rng(2)
    x = random.normal(size=size)
    gap = random.uniform(0.1, 1.0, size) * (-1.0) ** np.arange(size)
    return x, x + gap


DICTIONARY_LOOKUP = Problem(
    name="dictionary_lookup",
    title='b = d["cat"]',
    function=dictionary_lookup,
    arguments=_animals,
    operator="gradient",
    source="teaching example: the adjoint of a dictionary is a dictionary",
    sizes=(2, 4, 16, 64),
    size=4,
    closed_forms={"gradient": _dictionary_lookup_gradient},
    known=(Known("gradient", {"cat": 6.0, "dog": 0.0}, "2b at cat, zero at other keys", size=2),),
    tags=_TAGS,
    notes="The keys that were not looked up have the adjoint zero.",
)
MAXIMUM = Problem(
    name="maximum",
    title="sum of max(x, y)",
    function=maximum,
    arguments=_pair,
    operator="gradient",
    source="teaching example: the adjoint goes to the larger operand",
    sizes=(1, 4, 16, 64, 256),
    size=4,
    argnums=(0, 1),
    closed_forms={"gradient": _maximum_gradient},
    known=(
        Known(
            "gradient", (np.array([0.0]), np.array([1.0])), "max(2, 5)", arguments=(np.full(1, 2.0), np.full(1, 5.0))
        ),
    ),
    tags=_TAGS | {"piecewise"},
    notes="No two entries are within 0.1 of each other, so all methods agree. A textbook complex step fails: "
    "complex numbers have no order; it must compare real parts.",
)
BRANCH = Problem(
    name="branch",
    title="a branch: squares if the sum is positive, else sines",
    function=branch,
    arguments=lambda size: (np.random.default_rng(3).uniform(-0.5, 1.0, size) + 0.5,),
    operator="gradient",
    source="teaching example: a program is differentiated along the path that it takes",
    sizes=(1, 4, 16, 64, 256),
    size=4,
    closed_forms={"gradient": _branch_gradient},
    known=(Known("gradient", np.cos([-1.0, 0.5]), "the other path", arguments=(np.array([-1.0, 0.5]),)),),
    tags=_TAGS,
    notes="Only the branch taken is differentiated; a method that traces must check that a new point takes it too.",
)
DATA_DEPENDENT_LOOP = Problem(
    name="data_dependent_loop",
    title="smallest power of x above a limit",
    function=data_dependent_loop,
    arguments=lambda size: (1.5, 1.5 ** (size - 0.5)),
    operator="derivative",
    source="teaching example: a loop whose length depends on the data",
    sizes=(2, 4, 8, 16, 32, 64),
    size=8,
    closed_forms={"derivative": _data_dependent_loop_derivative, "hessian": _data_dependent_loop_hessian},
    known=(Known("derivative", 8 * 1.5**7, "the eighth power"),),
    tags=_TAGS | {"scalar", "loop"},
    notes="The size is the number of factors at the default point, which lies half-way between two lengths.",
)
