"""Classic test functions of the automatic-differentiation and optimization literature."""

from dataclasses import replace

import numpy as np

from ..types import Array
from .problem import Known, Problem


def speelpenning(x: Array) -> Array:
    """Multiply the entries of x, of shape (n,)."""
    return np.prod(x)


def _speelpenning_gradient(x: Array) -> Array:
    """Multiply the product of what stands before each entry by the product of what stands after it."""
    one = np.ones_like(x[:1])
    before = np.concatenate([one, np.cumprod(x[:-1])])
    after = np.concatenate([np.cumprod(x[:0:-1])[::-1], one])
    return before * after


def _speelpenning_hessian(x: Array) -> Array:
    """Multiply all entries but two."""
    same = np.identity(len(x), bool, like=x)
    products = np.prod(np.where(same[:, None, :] | same[None, :, :], 1, x), axis=2)
    return np.where(same, 0, products)


def _speelpenning_point(size: int) -> tuple[Array]:
    i = np.arange(1, size + 1)
    return (i / (i + 1),)


SPEELPENNING = Problem(
    name="speelpenning",
    title="Speelpenning's product",
    function=speelpenning,
    arguments=_speelpenning_point,
    operator="gradient",
    source="B. Speelpenning, Compiling fast partial derivatives of functions given by algorithms (1980); "
    "A. Griewank, A. Walther, Evaluating Derivatives (2008)",
    sizes=(2, 4, 8, 16, 32, 64, 128, 256),
    size=16,
    closed_forms={"gradient": _speelpenning_gradient, "hessian": _speelpenning_hessian},
    known=(Known("value", 1 / 17, "x_i = i/(i + 1): the product telescopes to 1/(n + 1)", size=16),),
    tags=frozenset({"literature", "vector", "polynomial"}),
    notes="The gradient has n entries of n − 1 factors each, yet costs about three times the product itself.",
)


def _speelpenning_zero_point(size: int) -> tuple[Array]:
    (x,) = _speelpenning_point(size)
    x[size // 2] = 0.0
    return (x,)


SPEELPENNING_ZERO = replace(
    SPEELPENNING,
    name="speelpenning_zero",
    title="Speelpenning's product with a zero factor",
    arguments=_speelpenning_zero_point,
    known=(Known("value", 0.0, "a zero factor"),),
    tags=SPEELPENNING.tags | {"trap"},
    notes="The function is smooth, and only the derivative by the zero factor is not zero. A rule that divides the "
    "product by the factor says NaN there.",
)


def rosenbrock(x: Array) -> Array:
    """Sum 100·(x[i+1] − x[i]²)² + (1 − x[i])² over x, of shape (n,)."""
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_loop(x: Array) -> Array:
    """Sum the same terms as `rosenbrock`, one by one."""
    total = 0
    for i in range(len(x) - 1):
        total = total + 100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total


def _rosenbrock_gradient(x: Array) -> Array:
    residual = x[1:] - x[:-1] ** 2
    zero = np.zeros_like(x[:1])
    return np.concatenate([-400 * x[:-1] * residual - 2 * (1 - x[:-1]), zero]) + np.concatenate([zero, 200 * residual])


def _rosenbrock_hessian(x: Array) -> Array:
    diagonal = np.zeros_like(x)
    diagonal[:-1] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    diagonal[1:] += 200
    beside = -400 * x[:-1]
    return np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)


def _rosenbrock_point(size: int) -> tuple[Array]:
    return (np.random.default_rng(1960).uniform(-1.5, 1.5, size),)


ROSENBROCK = Problem(
    name="rosenbrock",
    title="Rosenbrock's function",
    function=rosenbrock,
    arguments=_rosenbrock_point,
    operator="gradient",
    source="H. H. Rosenbrock, An automatic method for finding the greatest or least value of a function, The Computer "
    "Journal 3 (1960); in n variables as scipy.optimize.rosen",
    sizes=(2, 4, 16, 64, 256, 1024, 4096),
    size=16,
    closed_forms={"gradient": _rosenbrock_gradient, "hessian": _rosenbrock_hessian},
    known=(
        Known("value", 76.56, "SciPy's documentation of rosen", arguments=(0.1 * np.arange(10),)),
        Known(
            "gradient",
            np.array([-2.0, 10.6, 15.6, 13.4, 6.4, -3.0, -12.4, -19.4, 62.0]),
            "SciPy's documentation of rosen_der",
            arguments=(0.1 * np.arange(9),),
        ),
        Known(
            "hessian",
            np.array([[-38.0, 0, 0, 0], [0, 134, -40, 0], [0, -40, 130, -80], [0, 0, -80, 200]]),
            "SciPy's documentation of rosen_hess",
            arguments=(0.1 * np.arange(4),),
        ),
        Known("gradient", np.zeros(6), "the minimum", arguments=(np.ones(6),)),
    ),
    tags=frozenset({"literature", "vector", "polynomial", "optimization"}),
    notes="Vectorized: the number of NumPy calls does not depend on n.",
)

ROSENBROCK_LOOP = replace(
    ROSENBROCK,
    name="rosenbrock_loop",
    title="Rosenbrock's function by a Python loop",
    function=rosenbrock_loop,
    sizes=(2, 4, 16, 64, 256, 1024),
    tags=ROSENBROCK.tags | {"loop"},
    notes="The same function as `rosenbrock`, entry by entry: the cost of Python itself, in every method.",
)


def squire_trapp(x: Array) -> Array:
    """Give eˣ/(sin³x + cos³x)."""
    return np.exp(x) / (np.sin(x) ** 3 + np.cos(x) ** 3)


def _squire_trapp_derivative(x: Array) -> Array:
    sine, cosine = np.sin(x), np.cos(x)
    below = sine**3 + cosine**3
    return np.exp(x) * (below - 3 * sine * cosine * (sine - cosine)) / below**2


SQUIRE_TRAPP = Problem(
    name="squire_trapp",
    title="eˣ/(sin³x + cos³x)",
    function=squire_trapp,
    arguments=lambda size: (1.5,),
    operator="derivative",
    source="W. Squire, G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40 "
    "(1998)",
    sizes=(1,),
    size=1,
    closed_forms={"derivative": _squire_trapp_derivative},
    known=(Known("derivative", 3.62203370071632604, "Squire and Trapp (1998)"),),
    tags=frozenset({"literature", "scalar"}),
    notes="The function on which the complex step was shown to be accurate to the last digit.",
)
