"""Cases of linear algebra: systems, inverses, determinants, factorizations, eigenvalues, singular values.

Functions that read one triangle of a symmetric matrix are called on A + Aᵀ; vectors that are determined but for their
sign are compared with their first entry positive.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from difflab.primitives.determinants import cofactors, cofactors_derivative
from difflab.primitives.eigenvalues import real_eig, real_eigvals
from difflab.primitives.factorizations import tall_qr
from difflab.primitives.matrices import quotient
from difflab.primitives.singular_values import reduced_svd
from tests.primitives.case import Case


def random(*shape: int) -> Any:
    """Give an array with entries between -1 and 1."""
    return np.random.default_rng(7).uniform(-1, 1, shape)


def regular(*shape: int) -> Any:
    """Give square matrices far from singular, with eigenvalues far from each other."""
    return random(*shape) / 3 + np.diag(np.arange(1.0, shape[-1] + 1))


def _case(function: Any, *operands: Any, call: Any = None, value_tolerance: float = 0.0, **options: Any) -> Case:
    note = options.pop("note", "")
    return Case(function, operands, options, call=call, value_tolerance=value_tolerance, note=note)


def symmetric(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the function of A + Aᵀ."""
    return lambda a, **options: function(a + np.swapaxes(a, -1, -2), **options)


def signed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the results of eigh or eig with the first entry of each eigenvector positive."""

    def call(a: Any, **options: Any) -> Any:
        values, vectors = function(a, **options)
        return values, vectors * np.sign(vectors[..., :1, :])

    return call


def _real(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the real part of the results of eig or eigvals, which NumPy 2.5 makes complex even where they are real."""

    def call(a: Any) -> Any:
        result = function(a)
        return [np.real(part) for part in result] if isinstance(result, tuple) else np.real(result)

    return call


def _signed_svd(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(a: Any, **options: Any) -> Any:
        u, s, vh = function(a, **options)
        signs = np.sign(u[..., :1, :])
        return u * signs, s, vh * np.swapaxes(signs, -1, -2)

    return call


_LSTSQ_PARTS = (0, 1, 3)  # the rank is no array

CASES = [
    _case(np.linalg.solve, regular(3, 3), random(3)),
    _case(np.linalg.solve, regular(3, 3), random(3, 2)),
    _case(np.linalg.solve, regular(2, 3, 3), random(3)),
    _case(np.linalg.solve, regular(2, 3, 3), random(3, 4)),
    _case(np.linalg.solve, regular(3, 3), random(5, 2, 3, 4)),
    _case(np.linalg.solve, regular(2, 1, 3, 3), random(5, 3, 4)),
    *(_case(np.linalg.inv, regular(*shape)) for shape in [(1, 1), (3, 3), (2, 3, 3)]),
    *(_case(np.linalg.pinv, random(*shape)) for shape in [(3, 3), (4, 2), (2, 4), (2, 3, 2)]),
    _case(np.linalg.pinv, random(4, 2), rcond=1e-10),
    _case(np.linalg.pinv, random(4, 2), rtol=1e-10),
    _case(np.linalg.matrix_rank, random(2, 3, 3)),
    *(
        Case(
            np.linalg.lstsq,
            (random(*shape), random(*right)),
            call=lambda a, b: [np.linalg.lstsq(a, b)[part] for part in _LSTSQ_PARTS],
            value_tolerance=1e-14,
        )
        for shape, right in [((5, 3), (5,)), ((5, 3), (5, 2)), ((3, 3), (3,)), ((2, 4), (2,))]
    ),
    _case(np.linalg.tensorsolve, random(2, 3, 6), random(2, 3)),
    _case(np.linalg.tensorsolve, random(2, 6, 3), random(2, 3), axes=(1,)),
    _case(np.linalg.tensorinv, random(2, 3, 6), ind=2),
    _case(np.linalg.tensorinv, random(6, 3, 2), ind=1),
    *(_case(np.linalg.cond, regular(3, 3), p=p, value_tolerance=1e-14) for p in (None, 2, -2, 1, np.inf, "fro")),
    *(_case(np.linalg.matrix_power, regular(2, 2), n=n, value_tolerance=1e-14) for n in (-3, -1, 0, 1, 2, 3, 7)),
    _case(np.linalg.matrix_power, regular(3, 2, 2), n=5, value_tolerance=1e-14),
    _case(np.trace, random(3, 3)),
    _case(np.trace, random(3, 2, 4), offset=1, axis1=0, axis2=2),
    _case(np.linalg.trace, random(2, 3, 4), offset=-1),
    _case(np.linalg.matrix_transpose, random(2, 3, 4)),
    *(_case(np.linalg.det, regular(*shape)) for shape in [(1, 1), (2, 2), (4, 4), (2, 3, 3)]),
    *(_case(np.linalg.slogdet, regular(*shape)) for shape in [(1, 1), (4, 4), (2, 3, 3)]),
    *(_case(cofactors, regular(*shape)) for shape in [(1, 1), (3, 3), (2, 3, 3)]),
    *(_case(cofactors_derivative, regular(*shape), random(*shape)) for shape in [(3, 3), (2, 3, 3)]),
    *(_case(np.linalg.cholesky, regular(*shape), call=symmetric(np.linalg.cholesky)) for shape in [(3, 3), (2, 3, 3)]),
    _case(np.linalg.cholesky, regular(3, 3), call=symmetric(np.linalg.cholesky), upper=True),
    *(_case(np.linalg.qr, random(*shape)) for shape in [(3, 3), (4, 2), (2, 4, 3)]),
    *(_case(np.linalg.qr, random(*shape), value_tolerance=1e-15) for shape in [(2, 4), (2, 2, 3)]),
    _case(np.linalg.qr, random(4, 2), mode="r"),
    _case(np.linalg.qr, random(2, 4), mode="complete", value_tolerance=1e-15),
    _case(tall_qr, random(4, 2)),
    *(_case(np.linalg.eigh, regular(*shape), call=symmetric(signed(np.linalg.eigh))) for shape in [(3, 3), (2, 3, 3)]),
    _case(np.linalg.eigh, regular(3, 3), call=symmetric(signed(np.linalg.eigh)), UPLO="U"),
    *(_case(np.linalg.eigvalsh, regular(*shape), call=symmetric(np.linalg.eigvalsh)) for shape in [(3, 3), (2, 3, 3)]),
    _case(np.linalg.eigvalsh, regular(3, 3), call=symmetric(np.linalg.eigvalsh), UPLO="U"),
    *(_case(function, regular(3, 3), call=signed(_real(function))) for function in (np.linalg.eig, real_eig)),
    _case(np.linalg.eig, regular(2, 3, 3), call=signed(_real(np.linalg.eig))),
    *(_case(function, regular(2, 3, 3), call=_real(function)) for function in (np.linalg.eigvals, real_eigvals)),
    *(
        _case(np.linalg.svd, random(*shape), call=_signed_svd(np.linalg.svd), full_matrices=False)
        for shape in [(3, 3), (4, 2), (2, 4), (2, 3, 2)]
    ),
    _case(np.linalg.svd, random(3, 3), call=_signed_svd(np.linalg.svd)),
    _case(np.linalg.svd, random(3, 2), compute_uv=False),
    _case(reduced_svd, random(3, 2), call=_signed_svd(reduced_svd)),
    *(_case(np.linalg.svdvals, random(*shape)) for shape in [(3, 3), (4, 2), (2, 4), (2, 3, 2)]),
    _case(quotient, random(3, 1), regular(3, 3)),
]
