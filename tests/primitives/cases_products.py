"""Cases of products of vectors, matrices and tensors."""

from typing import Any

import numpy as np

from tests.primitives.case import Case


def _case(function: Any, *shapes: tuple[int, ...], call: Any = None, note: str = "", **parameters: Any) -> Case:
    generator = np.random.default_rng(len(shapes))
    operands = tuple(np.asarray(generator.uniform(-1, 1, shape)) for shape in shapes)
    return Case(function, operands, parameters, call=call, value_tolerance=1e-15, note=note)


def _einsum(subscripts: str, *shapes: tuple[int, ...], **parameters: Any) -> Case:
    return _case(
        np.einsum,
        *shapes,
        call=lambda *xs, **options: np.einsum(subscripts, *xs, **options),
        note=subscripts,
        **parameters,
    )


_MATMUL = [((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((2, 3), (3, 4))]
_STACKS = [((3,), (2, 3, 4)), ((5, 2, 3), (3,)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 2))]
_DOT = [((), ()), ((), (2, 3)), ((2, 3), ()), ((2, 4, 3), (3,)), ((3,), (2, 3, 4)), ((2, 3), (2, 3, 4))]

CASES = [
    *(_case(np.matmul, *shapes) for shapes in _MATMUL + _STACKS),
    _case(np.linalg.matmul, (2, 3), (3, 4)),
    *(_case(np.dot, *shapes) for shapes in _DOT + _MATMUL),
    *(_case(np.inner, *shapes) for shapes in [((), (3,)), ((3,), (3,)), ((2, 3), (4, 3)), ((2, 1, 3), (4, 3))]),
    *(_case(np.vdot, *shapes) for shapes in [((3,), (3,)), ((2, 3), (3, 2))]),
    *(_case(np.outer, *shapes) for shapes in [((3,), (2,)), ((2, 2), (3,)), ((), (3,))]),
    _case(np.linalg.outer, (3,), (2,)),
    _case(np.tensordot, (2, 3, 4), (3, 4, 5)),
    _case(np.tensordot, (2, 3), (4,), axes=0),
    _case(np.tensordot, (2, 3, 4), (4, 3, 2), axes=([0, 1], [2, 1])),
    _case(np.tensordot, (2, 3, 4), (4, 3), axes=(-1, 0)),
    _case(np.tensordot, (2, 3), (3, 2), axes=((0, 1), (1, 0))),
    _case(np.linalg.tensordot, (2, 3), (3, 4), axes=1),
    *(_case(np.kron, *shapes) for shapes in [((2, 3), (3, 2)), ((3,), (2, 2)), ((2, 1, 2), (3,)), ((), (2,))]),
    *(_case(np.cross, *shapes) for shapes in [((3,), (3,)), ((2, 3), (3,)), ((4, 1, 3), (2, 3))]),
    _case(np.cross, (3, 2), (2, 3), axisa=0, axisc=0),
    _case(np.cross, (3, 2), (3, 2), axis=0),
    _case(np.linalg.cross, (2, 3), (2, 3)),
    *(_case(np.vecdot, *shapes) for shapes in [((3,), (3,)), ((2, 1, 3), (4, 3))]),
    _case(np.vecdot, (3, 2), (3, 2), axis=0),
    _case(np.linalg.vecdot, (2, 3), (3,)),
    *(
        _case(function, *shapes)
        for name, shapes in (("matvec", ((2, 1, 4, 3), (5, 3))), ("vecmat", ((5, 3), (2, 1, 3, 4))))
        if (function := getattr(np, name, None))  # NumPy 2.2
    ),
    *(
        _case(np.linalg.multi_dot, *shapes, call=lambda *xs: np.linalg.multi_dot(xs))
        for shapes in [((2, 3), (3, 4)), ((3,), (3, 2), (2, 4), (4,)), ((6, 2), (2, 5), (5, 1), (1, 4))]
    ),
    _einsum("ij,jk->ik", (2, 3), (3, 4)),
    _einsum("ij,jk", (2, 3), (3, 4)),
    _einsum("ba", (2, 3)),
    _einsum("ij->", (2, 3)),
    _einsum("ii", (3, 3)),
    _einsum("ii->i", (3, 3)),
    _einsum("iij,ijj->ij", (2, 2, 3), (2, 3, 3)),
    _einsum("iii,i->i", (2, 2, 2), (2,)),
    _einsum("iij->", (2, 2, 3)),
    _einsum("ij,k->k", (2, 3), (4,)),
    _einsum("i,j,k,ijk->", (2,), (3,), (4,), (2, 3, 4)),
    _einsum("i, ij, j", (2,), (2, 3), (3,), optimize=True),
    _einsum("ii,ij,j->", (3, 3), (3, 2), (2,), optimize=["einsum_path", (1, 2), (0, 1)]),
    _einsum("...ij,...jk->...ik", (5, 2, 3), (3, 4)),
    _einsum("i...,i...", (3, 2, 4), (3, 4)),
    _einsum("...i,j->j...", (2, 3, 4), (5,)),
    _einsum("...,...->...", (2, 3), ()),
    _einsum("ij,jk->ik", (2, 1), (3, 4)),
    _einsum("ij,jk->ik", (2, 3), (1, 4)),
    _case(np.einsum, (2, 3), (3, 4), call=lambda a, b: np.einsum(a, [0, 1], b, [1, 2]), note="lists"),
    Case(
        np.einsum_path,
        (np.ones((2, 3)), np.ones((3, 4))),
        call=lambda a, b: np.einsum_path("ij,jk", a, b),
        differentiable=False,
    ),
    _case(
        np.einsum, (2, 3), (2, 3), call=lambda a, b: np.einsum(a, [..., 0], b, [..., 0], [..., 0]), note="lists, result"
    ),
]
