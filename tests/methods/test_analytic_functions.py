"""The analytic continuation of NumPy's array functions, against extrapolated real differences."""

from typing import Any

import numpy as np
import pytest

from difflab.errors import UnsupportedFunction
from difflab.methods import ComplexStep, Richardson
from difflab.methods import analytic_functions as table

RNG = np.random.default_rng(7)
V = np.array([0.5, -1.2, 2.0, 0.3, -0.1, 1.4])
M = RNG.normal(size=(3, 4))
S = RNG.normal(size=(3, 3)) + 3 * np.eye(3)
C = RNG.normal(size=(4, 3))
CUBE = RNG.normal(size=(2, 3, 4))
CHOICE = np.array([True, False, True, True, False, False])
PERMUTATION = np.array([2, 0, 1, 5, 4, 3])

# function: calls of it at a point
CASES: dict[Any, list[tuple[Any, Any]]] = {
    np.reshape: [(lambda x: np.reshape(x, (2, 3)), V), (lambda x: x.reshape(3, -1) * V.reshape(3, 2), V)],
    np.ravel: [(lambda x: np.ravel(x, order="F"), M)],
    np.transpose: [(lambda x: np.transpose(x, (2, 0, 1)), CUBE), (lambda x: x.T @ M, M), (lambda x: x.transpose(), M)],
    np.permute_dims: [(lambda x: np.permute_dims(x, (2, 0, 1)), CUBE)],
    np.matrix_transpose: [(np.matrix_transpose, CUBE), (lambda x: x.mT, CUBE)],
    np.moveaxis: [(lambda x: np.moveaxis(x, 0, -1), CUBE)],
    np.swapaxes: [(lambda x: x.swapaxes(0, 2), CUBE)],
    np.rollaxis: [(lambda x: np.rollaxis(x, 2), CUBE)],
    np.squeeze: [(lambda x: np.squeeze(x[:1], 0), CUBE)],
    np.expand_dims: [(lambda x: np.expand_dims(x, 1) * V, V)],
    np.broadcast_to: [(lambda x: np.broadcast_to(x, (2, 6)), V)],
    np.broadcast_arrays: [(lambda x: np.add(*np.broadcast_arrays(x, np.ones((2, 6)))), V)],
    np.atleast_1d: [(lambda x: np.atleast_1d(x[0]), V)],
    np.atleast_2d: [(np.atleast_2d, V)],
    np.atleast_3d: [(np.atleast_3d, V)],
    np.concatenate: [
        (lambda x: np.concatenate([x, [1.0], x**2]), V),
        (lambda x: np.concatenate([x, np.ones_like(x), x**2]), V),
    ],
    np.stack: [(lambda x: np.stack([x, V, 2 * x], axis=1), V)],
    np.vstack: [(lambda x: np.vstack([x, V]), V)],
    np.hstack: [(lambda x: np.hstack([x, V]), V)],
    np.dstack: [(lambda x: np.dstack([x, V]), V)],
    np.column_stack: [(lambda x: np.column_stack([x, V]), V)],
    np.block: [(lambda x: np.block([[x, V], [V, x]]), V)],
    np.append: [(lambda x: np.append(x, 3.0), V)],
    np.copy: [(np.copy, V), (lambda x: x.flatten(), M)],
    np.split: [(lambda x: np.split(x, 3)[1], V)],
    np.array_split: [(lambda x: np.array_split(x, 4)[0], V)],
    np.hsplit: [(lambda x: np.hsplit(x, 2)[1], V)],
    np.vsplit: [(lambda x: np.vsplit(x, 3)[1], M)],
    np.dsplit: [(lambda x: np.dsplit(x, 2)[1], CUBE)],
    np.unstack: [(lambda x: np.unstack(x)[1], M)],
    np.delete: [(lambda x: np.delete(x, [1, 3]), V)],
    np.resize: [(lambda x: np.resize(x, (2, 4)), V)],
    np.meshgrid: [(lambda x: np.multiply(*np.meshgrid(x, V)), V)],
    np.flip: [(np.flip, V)],
    np.fliplr: [(np.fliplr, M)],
    np.flipud: [(np.flipud, M)],
    np.roll: [(lambda x: np.roll(x, 2), V)],
    np.rot90: [(np.rot90, M)],
    np.tile: [(lambda x: np.tile(x, (2, 2)), V)],
    np.repeat: [(lambda x: x.repeat(2), V)],
    np.tril: [(np.tril, S)],
    np.triu: [(np.triu, S)],
    np.diag: [(np.diag, V), (np.diag, S)],
    np.diagonal: [(lambda x: x.diagonal(1), S)],
    np.diagflat: [(np.diagflat, V)],
    np.linalg.diagonal: [(np.linalg.diagonal, S)],
    np.take: [(lambda x: x.take([1, 1, 0]), V)],
    np.take_along_axis: [(lambda x: np.take_along_axis(x, PERMUTATION, 0), V)],
    np.compress: [(lambda x: np.compress(CHOICE, x), V)],
    np.extract: [(lambda x: np.extract(CHOICE, x), V)],
    np.zeros_like: [(lambda x: np.zeros_like(x) + x[0], V)],
    np.ones_like: [(lambda x: np.ones_like(x) * x[0], V)],
    np.empty_like: [(lambda x: 0 * np.nan_to_num(np.empty_like(V)) + x[0], V)],
    np.full_like: [(lambda x: np.full_like(x, fill_value=2.0) * x, V)],
    np.full: [(lambda x: np.full(3, x[1]), V)],
    np.sort: [(np.sort, V), (lambda x: np.sort(x, axis=0), M), (lambda x: np.sort(x, axis=None), M)],
    np.median: [(np.median, V), (lambda x: np.median(x, axis=(0, 2), keepdims=True), CUBE)],
    np.linspace: [(lambda x: np.linspace(x[0], x[1], 5), V)],
    np.diff: [(np.diff, V)],
    np.ediff1d: [(np.ediff1d, V)],
    np.gradient: [(np.gradient, V)],
    np.sum: [(np.sum, V), (lambda x: x.sum(axis=(0, 2), keepdims=True), CUBE), (np.add.reduce, M)],
    np.mean: [(lambda x: x.mean(axis=1), M)],
    np.prod: [(np.prod, V), (lambda x: x.prod(axis=0), M), (np.multiply.reduce, M)],
    np.cumsum: [(lambda x: x.cumsum(axis=1), M), (np.add.accumulate, V)],
    np.cumprod: [(np.cumprod, V), (np.multiply.accumulate, V)],
    np.trapezoid: [(lambda x: np.trapezoid(x, dx=0.1), V)],
    np.trace: [(np.trace, S), (lambda x: x.trace(), S)],
    np.linalg.trace: [(np.linalg.trace, S)],
    np.dot: [(lambda x: np.dot(x, C), M), (lambda x: x.dot(x), V)],
    np.inner: [(lambda x: np.inner(x, x), V)],
    np.outer: [(lambda x: np.outer(x, x), V), (lambda x: np.multiply.outer(x, V), V)],
    np.tensordot: [(lambda x: np.tensordot(x, C, axes=([2], [0])), CUBE)],
    np.einsum: [(lambda x: np.einsum("ij,jk,ki->i", x, C, S), M)],
    np.kron: [(lambda x: np.kron(x, C), M)],
    np.cross: [(lambda x: np.cross(x[:3], x[3:]), V)],
    np.convolve: [(lambda x: np.convolve(x, [1.0, -2.0, 3.0]), V)],
    np.correlate: [(lambda x: np.correlate(x, V[:3]), V), (lambda x: np.correlate(V, x[:2], mode="full"), V)],
    np.polyval: [(lambda x: np.polyval(x, 1.5), V), (lambda x: np.polyval([1.0, 2.0, 3.0], x), V)],
    np.vander: [(lambda x: np.vander(x, 3), V)],
    np.linalg.outer: [(lambda x: np.linalg.outer(x, x), V)],
    np.linalg.matmul: [(lambda x: np.linalg.matmul(x, C), M), (lambda x: x @ C @ x, M), (np.matmul, None)],
    np.linalg.tensordot: [(lambda x: np.linalg.tensordot(x, C, axes=1), M)],
    np.linalg.cross: [(lambda x: np.linalg.cross(x[:3], x[3:]), V)],
    np.linalg.multi_dot: [(lambda x: np.linalg.multi_dot([x, C, x]), M)],
    np.linalg.matrix_power: [(lambda x: np.linalg.matrix_power(x, 3), S), (lambda x: np.linalg.matrix_power(x, -1), S)],
    np.linalg.solve: [(lambda x: np.linalg.solve(x, V[:3]), S), (lambda x: np.linalg.solve(S, x), M)],
    np.linalg.inv: [(np.linalg.inv, S)],
    np.linalg.det: [(np.linalg.det, S)],
    np.linalg.slogdet: [(lambda x: np.linalg.slogdet(x)[1], S), (lambda x: np.linalg.slogdet(-x).logabsdet, S)],
    np.linalg.cholesky: [
        (lambda x: np.linalg.cholesky((x + x.T) / 2 + 5 * np.eye(3)), S),
        (lambda x: np.linalg.cholesky((x + x.T) / 2 + 5 * np.eye(3), upper=True), S),
    ],
    np.max: [(np.max, V), (lambda x: x.max(axis=(0, 2)), CUBE), (lambda x: np.maximum.reduce(x, axis=1), M)],
    np.amax: [(lambda x: np.amax(x, axis=0, keepdims=True), M)],
    np.min: [(lambda x: x.min(axis=1), M), (np.minimum.reduce, V)],
    np.amin: [(np.amin, V)],
    np.ptp: [(lambda x: np.ptp(x, axis=0), M)],
    np.clip: [
        (lambda x: np.clip(x, -0.5, 1.0), V),
        (lambda x: x.clip(max=0.0), V),
        (lambda x: np.clip(V, x[1] / 2, 1), V),
    ],
    np.where: [(lambda x: np.where(x > 0, x**2, -x), V), (lambda x: np.where(x * 0, V, x), V)],
    np.select: [(lambda x: np.select([x < 0, x < 1], [x**2, 3 * x], 5.0), V)],
    np.average: [(lambda x: np.average(x, weights=V**2), V), (lambda x: np.average(x, axis=0), M)],
    np.var: [(lambda x: x.var(axis=1, ddof=1), M), (np.var, V)],
    np.std: [(lambda x: x.std(axis=0, keepdims=True), M), (np.std, CUBE)],
    np.linalg.norm: [
        (np.linalg.norm, V),
        (np.linalg.norm, M),
        (np.linalg.norm, CUBE),
        (lambda x: np.linalg.norm(x, axis=1, keepdims=True), M),
        (lambda x: np.linalg.norm(x, ord=1), V),
        (lambda x: np.linalg.norm(x, 3, axis=0), M),
        (lambda x: np.linalg.norm(x, np.inf), V),
        (lambda x: np.linalg.norm(x, ord=-np.inf), V),
        (lambda x: np.linalg.norm(x, ord=0), V),
        (lambda x: np.linalg.norm(x, "fro", axis=(0, 1)), CUBE),
    ],
    np.linalg.vector_norm: [(np.linalg.vector_norm, M), (lambda x: np.linalg.vector_norm(x, ord=1, axis=0), M)],
    np.linalg.matrix_norm: [(np.linalg.matrix_norm, CUBE)],
    np.vdot: [(lambda x: np.vdot(x, C.T), M)],
    np.linalg.vecdot: [(lambda x: np.linalg.vecdot(x, C.T), M), (lambda x: np.vecdot(x, x), M)],
    np.sinc: [(np.sinc, V), (np.sinc, np.array([0.0, 1.0]))],
    np.real: [(np.real, V), (lambda x: x.real, V)],
    np.insert: [(lambda x: np.insert(V, 1, x[:2]), V)],
    np.pad: [
        (lambda x: np.pad(x, 2), V),
        (lambda x: np.pad(x, 1, mode="edge"), M),
        (lambda x: np.pad(x, 1, constant_values=3.0), V),
    ],
}
FLAT = [(function, call, x) for function, calls in CASES.items() for call, x in calls if x is not None]
CONSTANT = {
    np.argmax: np.argmax,
    np.argmin: lambda x: x.argmin(),
    np.argsort: lambda x: np.concatenate([x.argsort(), np.argsort(x[:, None] * V, axis=None)]),
    np.nonzero: lambda x: np.nonzero(x > 0)[0] + 0 * np.nonzero(x)[0][0],
    np.flatnonzero: np.flatnonzero,
    np.argwhere: np.argwhere,
    np.count_nonzero: np.count_nonzero,
    np.searchsorted: lambda x: np.searchsorted([0.0, 1.0], x),
    np.all: lambda x: x.all(),
    np.any: np.any,
    np.isclose: lambda x: np.isclose(x, 0.5),
    np.allclose: lambda x: np.allclose(x, x),
    np.array_equal: lambda x: np.array_equal(x, x),
    np.digitize: lambda x: np.digitize(x, [0.0, 1.0]),
    np.shape: lambda x: np.shape(x)[0],
    np.ndim: np.ndim,
    np.size: np.size,
    np.round: lambda x: x.round(),
    np.around: lambda x: np.around(x, 1),
    np.fix: np.fix,
    np.isposinf: np.isposinf,
    np.isneginf: np.isneginf,
    np.imag: np.imag,
}


@pytest.mark.parametrize(("function", "call", "x"), FLAT, ids=[f"{f.__name__}-{n}" for n, (f, _, _) in enumerate(FLAT)])
def test_jacobian_agrees_with_real_differences_and_the_value_is_the_functions_own(
    function: Any, call: Any, x: Any
) -> None:
    found = ComplexStep().prepare(call, x)
    value, pushed = found.jvp(x, tangents=np.ones_like(x))
    jacobian = found.jacobian(x)
    expected = Richardson().jacobian_with_error(call, x)
    assert jacobian.shape == expected.value.shape
    assert np.all(np.abs(jacobian - expected.value) <= 1e-14 + expected.error)
    assert np.max(expected.error) < 1e-9
    np.testing.assert_array_equal(value, call(x))
    flat = np.reshape(jacobian, (*np.shape(value), x.size))
    np.testing.assert_allclose(pushed, flat.sum(axis=-1), rtol=1e-12, atol=1e-12)


@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated:DeprecationWarning")  # from NumPy 2.5 on
@pytest.mark.parametrize("call", CONSTANT.values(), ids=[function.__name__ for function in CONSTANT])
def test_piecewise_constant_functions_have_derivative_zero(call: Any) -> None:
    prepared = ComplexStep().prepare(call, V)
    value, pushed = prepared.jvp(V, tangents=V)
    np.testing.assert_array_equal(value, call(V))
    np.testing.assert_array_equal(pushed, np.zeros(np.shape(value)))


def test_every_row_is_exercised() -> None:
    rows = table.STRUCTURAL | table.ANALYTIC | table.EXTENSIONS.keys() | {np.linalg.slogdet}
    assert rows <= CASES.keys()
    assert CONSTANT.keys() >= table.PIECEWISE_CONSTANT


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (np.linalg.eigvalsh, "np.linalg.eigvalsh"),
        (np.linalg.svd, "np.linalg.svd"),
        (np.linalg.pinv, "np.linalg.pinv"),
        (np.fft.fft, "np.fft.fft"),
        (lambda x: np.interp(x, V, V), "np.interp"),
        (np.angle, "np.angle"),
        (lambda x: np.apply_along_axis(np.abs, 0, x), "np.apply_along_axis"),
        (lambda x: np.linalg.norm(x, 2), "the norm of order 2 of a matrix"),
        (lambda x: np.linalg.norm(x, "nuc"), "the norm of order 'nuc' of a matrix"),
        (lambda x: np.full_like(V, x[0, 0]), r"np.copyto: np.full_like .* Write np.full\(shape, value\)"),
        (lambda x: np.sum(x, dtype=np.float32), "np.sum with dtype"),
        (lambda x: np.cumsum(x, 0, float), "np.cumsum with dtype"),
        (lambda x: np.sum(x, out=np.zeros(())), "np.sum with dtype or out"),
        (lambda x: np.max(x, initial=0.0), "np.max with these options .*initial"),
        (np.logaddexp.accumulate, "logaddexp.accumulate"),
        (lambda x: np.add(x, x, where=x > 0), "add.__call__"),
        (lambda x: np.add.reduceat(x, [0]), "add.reduceat"),
    ],
)
def test_what_cannot_be_followed_is_refused_by_name(call: Any, name: str) -> None:
    with pytest.raises(UnsupportedFunction, match=f"complex_step cannot follow {name}"):
        ComplexStep().prepare(call, S).jacobian(S)


@pytest.mark.parametrize("call", [np.sort, lambda x: np.sort(x)[::-1], lambda x: np.stack([np.min(x), np.max(x)])])
def test_ties_keep_their_order_so_that_the_jacobian_is_one_of_a_choice(call: Any) -> None:
    """Each result moves with one entry, in every direction: the columns belong to one linear map."""
    x = np.array([2.0, 2.0])
    prepared = ComplexStep().prepare(call, x)
    jacobian = prepared.jacobian(x)
    np.testing.assert_array_equal(jacobian.sum(axis=1), [1.0, 1.0])
    for v in ([1.0, 0.0], [-1.0, 2.0], [0.5, 0.5]):
        np.testing.assert_allclose(prepared.jvp(x, tangents=np.array(v))[1], jacobian @ v, rtol=1e-15)
