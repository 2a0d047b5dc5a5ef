"""What is verified, and how: a function at a point, in NumPy, and what was claimed of it, as a callable."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..carrier import refuse_carriers
from ..errors import InvalidArgument
from ..functional import prepare
from ..interface import Differentiator
from ..signature import ArgumentNumbers
from ..structure import flatten
from ..types import Array, Function, Tree
from .claims import Claim, Derivative
from .examined import Direction, Examined, typed
from .foreign import arguments_to_numpy, giving_numpy, in_numpy, like, to_numpy
from .frameworks import own_derivative
from .judgement import Tolerance
from .products import Jvp, Vjp
from .properties import adjointness
from .search import projections
from .verification import Check, Verification
from .verifier import Settings, Verifier

FEW = 16
"""Cotangents or tangents up to which all unit ones are tried."""
SEVERAL = 4
"""Random ones that are tried where there are more."""
Claimed = Any
"""A callable, numbers, the name of a method, a `Differentiator`, or None for the framework's own."""


class Setting:
    """A function and its point, brought over to NumPy."""

    def __init__(self, function: Function, args: Sequence[Tree], argnums: ArgumentNumbers, settings: Settings):
        self.function = function
        self.args = args
        self.argnums = argnums
        self.settings = settings
        if not callable(function):
            raise InvalidArgument(f"The function to verify is {function!r}: pass a callable, then its arguments.")
        refuse_carriers(flatten(args)[0])
        self.examined = Examined(self._in_numpy(), arguments_to_numpy(args), argnums)

    def verify(self, claim: Claim) -> Verification:
        """Run the verification."""
        return Verifier(claim, self.settings).verification()

    def derivative(self, operator: str, claimed: Claimed) -> tuple[Derivative, bool]:
        """Give what was claimed as a callable of NumPy arguments, and whether it is numbers that hold at one point."""
        if claimed is None or callable(claimed) or isinstance(claimed, (str, Differentiator)):
            return self.product(operator, claimed), False
        numbers = to_numpy(claimed)
        if not flatten(numbers)[0]:
            raise InvalidArgument(f"The claimed {operator} holds no numbers: pass a function that gives them.")
        return lambda *_: numbers, True

    def product(self, operator: str, claimed: Claimed) -> Derivative:
        """Give what was claimed as a callable of NumPy arguments, and of directions if the operator has them."""
        if claimed is None:
            with np.errstate(all="ignore"):
                return own_derivative(operator, self.function, self.args, self.argnums)
        if isinstance(claimed, (str, Differentiator)):
            return self._by_method(operator, claimed)
        if not callable(claimed):
            raise InvalidArgument(
                f"The claimed {operator} is {claimed!r}: pass a callable, the name of a method, or a Differentiator."
            )
        return self._callable(operator, claimed)

    def cotangents(self) -> Array:
        """Give the cotangents to try, `(p, m)`."""
        m = self.examined.m
        if m <= FEW:
            return np.eye(m)
        return np.random.default_rng(self.settings.seed).uniform(-1, 1, (SEVERAL, m))

    def tangents(self) -> list[Direction]:
        """Give the tangents to try."""
        n = self.examined.n
        return list(range(n)) if n <= FEW else [*projections(self.examined, self.settings.seed + 1, SEVERAL)]

    def _in_numpy(self) -> Function:
        """Bring results to NumPy, too, where the arguments are NumPy's and the results are not."""
        wrapped = in_numpy(self.function, *self.args)
        return giving_numpy(self.function) if wrapped is self.function else wrapped

    def _callable(self, operator: str, claimed: Derivative) -> Derivative:
        """Bring a person's callable to NumPy: arguments are made like the point, directions like what they match."""
        examples: list[Tree] = list(self.args)
        if operator in ("jvp", "hvp"):
            examples.append(self._moving_args())
        elif operator == "vjp":
            examples.append(self.function(*self.args))
        wrapped = in_numpy(claimed, *examples)
        return lambda *given: to_numpy(wrapped(*given))

    def _by_method(self, operator: str, method: str | Differentiator) -> Derivative:
        prepared = prepare(self.examined.function, *self.examined.args, method=method, argnums=self.argnums)
        call = getattr(prepared, operator)
        if operator == "jvp":
            return lambda *given: call(*given[:-1], tangents=given[-1])[1]
        if operator == "vjp":
            return lambda *given: call(*given[:-1], cotangents=given[-1])[1]
        if operator == "hvp":
            return lambda *given: call(*given[:-1], tangents=given[-1])
        derivative: Derivative = call
        return derivative

    def _moving_args(self) -> Tree:
        if isinstance(self.argnums, int):
            return self.args[self.argnums]
        return tuple(self.args[number] for number in self.argnums)

    def adjointness(self, jvp: Jvp, vjp: Vjp) -> Check:
        """Test that both are products with one Jacobian."""
        examined = self.examined
        generator = np.random.default_rng(self.settings.seed)
        leaves = examined.at.leaves
        with np.errstate(all="ignore"):
            return adjointness(
                lambda tangent: jvp.pushed(leaves, tangent),
                lambda cotangent: vjp.pulled(leaves, cotangent),
                generator.uniform(-1, 1, examined.n),
                generator.uniform(-1, 1, examined.m),
                Tolerance.of(examined.resolution, self.settings.tolerance),
            )

    def scalar(self) -> Function:
        """Give the function ⟨w, f(x)⟩ of the original arguments, w random."""
        w = np.random.default_rng(self.settings.seed).uniform(-1, 1, self.examined.m)

        def weighed(*args: Tree) -> Tree:
            leaves = flatten(self.function(*args))[0]
            weights = typed(w, self.examined.outputs)
            products = [leaf * like(weight, leaf) for leaf, weight in zip(leaves, weights, strict=True)]
            return sum(product.sum() if hasattr(product, "sum") else product for product in products)

        return weighed
