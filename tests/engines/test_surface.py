"""What people write in NumPy code, in every mode: it works, or the error names it and says what to write instead."""

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import difflab
from difflab.engines.graph import evaluate
from difflab.engines.trace import trace
from difflab.signature import Signature

Function = Callable[[Any], Any]
POINT = np.array([1.5, 2.5, 0.5])
ELSEWHERE = np.array([1.6, 2.4, 0.3])


def augmented(x: Any) -> Any:
    x += 1
    x *= x
    return np.sum(x)


def renamed(x: Any) -> Any:
    y = x
    y *= 2
    return np.sum(x * y)


def renamed_result(x: Any) -> Any:
    history = []
    total = np.zeros_like(x) + x
    for _ in range(2):
        total += x
        history.append(total)
    return np.sum(history[0] * x)


def renamed_number(x: Any) -> Any:
    y = z = x[0]
    y += x[1]
    return y * z


def scaled_after_a_view(x: Any) -> Any:
    x = x * 1.0
    x /= np.linalg.norm(x.reshape(3, 1)[:, 0])
    return np.sum(x**2)


def emptied(x: Any) -> Any:
    y = x * 1.0
    y //= 1.0
    return np.sum(y * x)


def probed(x: Any) -> Any:
    probe = np.zeros(3)
    total = 0.0
    for position in range(3):
        probe[position] = position + 1.0
        total = total + np.sum(x * probe) ** 2
        probe[position] = 0.0
    return total


def indexed(x: Any) -> Any:
    places = np.array([0, 0])
    first = x[places]
    places[:] = 2
    return np.sum(first * x[places])


def listed(x: Any) -> Any:
    return np.sum(np.array([entry * 2 for entry in x]) * x)


def assigned_in_an_object_array(x: Any) -> Any:
    entries = np.zeros(3, dtype=object)
    entries[0] = x[0] * 2
    entries[1:] = x[:2] ** 2
    return np.sum(np.exp(np.stack(list(entries))))


def unpacked(x: Any) -> Any:
    a, b, c = x
    return a * b + c


def rotated(x: Any) -> Any:
    c, s = np.cos(x[0]), np.sin(x[0])
    return np.sum(np.array([[c, -s], [s, c]]) @ x[1:])


def branched(x: Any) -> Any:
    if x[0] > 1 and (x > 0).all() and x[2]:
        return x[0] * x[1]
    return x[2]


def counted(x: Any) -> Any:
    total = 0.0
    while total < 5:
        total = total + x[0]
    return total * len(x)


def added_at_places(x: Any) -> Any:
    return np.sum(np.arange(3.0) * (1 + np.bincount([0, 2, 0], weights=x, minlength=3)))


WORKS: dict[str, tuple[Function, Any]] = {
    "array of entries": (lambda x: np.sum(np.array([x[0] * 2, np.sin(x[1])])), [2, np.cos(2.5), 0]),
    "matrix of entries": (
        rotated,
        [
            (-np.sin(1.5) + np.cos(1.5)) * 2.5 - (np.cos(1.5) + np.sin(1.5)) * 0.5,
            np.cos(1.5) + np.sin(1.5),
            np.cos(1.5) - np.sin(1.5),
        ],
    ),
    "asarray": (lambda x: np.sum(np.asarray(x) ** 2), [3, 5, 1]),
    "asarray of a list": (lambda x: np.sum(np.asarray([x[0], 1.0, 2])), [1, 0, 0]),
    "copy": (lambda x: np.sum(x.copy() * 2), [2, 2, 2]),
    "copy module": (lambda x: np.sum(copy.copy(x) * copy.deepcopy([x])[0]), [3, 5, 1]),
    "zeros like": (lambda x: np.sum(np.zeros_like(x) + x), [1, 1, 1]),
    "ones of a shape": (lambda x: np.sum(np.ones(x.shape, x.dtype) * x), [1, 1, 1]),
    "full": (lambda x: np.sum(np.full(2, x[1])), [0, 2, 0]),
    "augmented assignment": (augmented, [5, 7, 3]),
    "augmented assignment by another name": (renamed, [12, 20, 4]),
    "augmented assignment of what a list holds": (renamed_result, [9, 15, 3]),
    "augmented assignment of a number": (renamed_number, [5.5, 1.5, 0]),
    "augmented assignment after a view": (scaled_after_a_view, [0, 0, 0]),
    "augmented assignment without a derivative": (emptied, [1, 2, 0]),
    "a plain array written to after its use": (probed, [3, 20, 9]),
    "indices written to after their use": (indexed, [1, 0, 3]),
    "list of results": (listed, [6, 10, 2]),
    "object array": (assigned_in_an_object_array, [2 * np.exp(3) + 3 * np.exp(2.25), 5 * np.exp(6.25), 0]),
    "item": (lambda x: x[0].item() * x.item(1), [2.5, 1.5, 0]),
    "tolist": (lambda x: sum(entry * entry for entry in x.tolist()), [3, 5, 1]),
    "unpacking": (unpacked, [2.5, 1.5, 1]),
    "iteration": (lambda x: sum(entry for entry in x) + sum(reversed(x)) + sum(x.flat), [3, 3, 3]),
    "flat entry": (lambda x: x.reshape(3, 1).flat[1], [0, 1, 0]),
    "len": (lambda x: len(x) * x[0] + x.size + x.ndim, [3, 0, 0]),
    "builtin max, min": (lambda x: max(x) + min(x[0], 2.0), [1, 1, 0]),
    "builtin sorted": (lambda x: sum(n * entry for n, entry in enumerate(sorted(x))), [1, 2, 0]),
    "builtin abs, pow, divmod": (lambda x: abs(-x[0]) + pow(x[1], 2) + sum(divmod(x[2], 0.4)), [1, 5, 1]),
    "builtin divmod, reflected": (lambda x: divmod(4.0, x[0])[1], [-2, 0, 0]),
    "builtin round": (lambda x: round(x[0]) * x[1] + round(x[1], 1), [0, 2, 0]),
    "builtin int": (lambda x: int(x[1]) * x[0], [2, 0, 0]),
    "math.floor": (lambda x: math.floor(x[1]) * x[0] + math.ceil(x[0]) * x[1], [2, 2, 0]),
    "int as a loop bound": (lambda x: sum(x[n] for n in range(int(x[1]))), [1, 1, 0]),
    "branches": (branched, [2.5, 1.5, 0]),
    "a loop until a value": (counted, [12, 0, 0]),
    "integers have no derivative": (lambda x: np.sum(x.astype(int) * x), [1, 2, 0]),
    "masks of plain arrays": (lambda x: np.sum(np.arange(3.0)[x > 1]) * x[0], [1, 0, 0]),
    "indices of plain arrays": (lambda x: np.array([2.0, 3.0, 5.0])[x.astype(int)] @ x, [3, 5, 2]),
    "index of an index": (lambda x: x[np.argmax(x)] * x[np.argmin(x)], [0, 0.5, 2.5]),
    "formatting": (lambda x: x[0] * len(f"{x[0]:.3f}"), [5, 0, 0]),
    "printing": (lambda x: x[0] * bool(repr(x)) * bool(str(x)), [1, 0, 0]),
    "methods": (lambda x: x.dot(x) + x.max() + x.T.sum() + x.real.sum() + x.imag.sum() + x.conj()[0], [6, 8, 3]),
    "more methods": (lambda x: x.compress(x > 1).sum() + x[x.nonzero()].sum() + x.searchsorted(1.0), [2, 2, 1]),
    "ufunc methods": (
        lambda x: np.add.reduce(x) + np.multiply.outer(x, x).sum() + np.add.accumulate(x)[1],
        [11, 11, 10],
    ),
    "np.vectorize": (lambda x: np.sum(np.vectorize(lambda t: t**2)(x)), [3, 5, 1]),
    "lists as operands": (lambda x: np.dot([1.0, 2.0, 3.0], x) + np.linalg.norm([3 * x[0], 4 * x[0]]), [6, 2, 3]),
    "bincount in place of np.add.at": (added_at_places, [0, 2, 0]),
    "arrays of another kind of number": (
        lambda x: np.sum(np.arange(3) * x) + np.sum(np.array([True, False, True]) * x),
        [1, 1, 3],
    ),
    "dictionary of values": (lambda x: {"a": x[0], "b": x}["b"][1], [0, 1, 0]),
}


@pytest.mark.parametrize("method", ["forward", "reverse"])
@pytest.mark.parametrize("name", WORKS)
def test_it_works(name: str, method: str) -> None:
    function, expected = WORKS[name]
    x = POINT.copy()
    np.testing.assert_allclose(difflab.gradient(function, x, method=method), expected, rtol=1e-13, atol=1e-13)
    np.testing.assert_array_equal(x, POINT, err_msg="the caller's array was changed")


@pytest.mark.parametrize("name", WORKS)
def test_it_works_traced(name: str) -> None:
    function, _ = WORKS[name]
    graph = trace(Signature.of(function, (POINT,), 0).point((POINT,)))
    for x in (POINT, ELSEWHERE):
        np.testing.assert_allclose(evaluate(graph, [x])[0], function(x.copy()), rtol=1e-14)


def test_a_guard_remembers_what_was_looked_at() -> None:
    graph = trace(Signature.of(branched, (POINT,), 0).point((POINT,)))
    assert len(graph.guards) == 3


def _assign(target: Callable[[Any], Any], index: Any, value: Callable[[Any], Any]) -> Function:
    def function(x: Any) -> Any:
        result = target(x)
        result[index] = value(x)
        return np.sum(result)

    return function


def _scaled_rows(x: Any) -> Any:
    matrix = np.outer(x, x)
    for row in matrix:
        row *= 2
    return np.sum(matrix)


def _scaled_behind_a_view(x: Any) -> Any:
    ahead = x[1:]
    x *= 2
    return np.sum(ahead)


def _outgrown(x: Any) -> Any:
    y = x[:1] * 1.0
    y += x
    return np.sum(y)


def _changed_by_an_inner_derivative(x: Any) -> Any:
    def inner(t: Any) -> Any:
        y = x * 1.0
        y *= t
        return np.sum(y)

    return difflab.derivative(inner, 2.0)


def _added_at(x: Any) -> Any:
    total = np.zeros(3)
    np.add.at(total, [0, 1], x[:2])
    return total


def _accumulated(x: Any) -> Any:
    total = np.zeros(3)
    total += x
    return total


def _filled_diagonal(x: Any) -> Any:
    matrix = np.zeros((3, 3))
    np.fill_diagonal(matrix, x)
    return matrix


ASSIGNMENT = r"result\[index\] = value\(x\)"
REFUSED: dict[str, tuple[Function, type[Exception], str]] = {
    "entry of zeros": (
        _assign(lambda x: np.zeros(3), 0, lambda x: x[0] * 2),
        difflab.NotDifferentiable,
        ASSIGNMENT + r".*np\.stack\(list\(entries\)\)",
    ),
    "slice of zeros": (
        _assign(lambda x: np.zeros(3), slice(2), lambda x: x[:2]),
        difflab.NotDifferentiable,
        ASSIGNMENT + r".*np\.stack\(list\(entries\)\)",
    ),
    "entry of zeros like x": (
        _assign(np.zeros_like, 0, lambda x: x[0]),
        difflab.NotDifferentiable,
        ASSIGNMENT + r".*np\.stack\(list\(entries\)\)",
    ),
    "entry of x": (
        _assign(lambda x: x, 0, lambda x: 3.0),
        difflab.NotDifferentiable,
        r"Item assignment" + r".*" + ASSIGNMENT + r".*np\.where\(mask, value, x\)",
    ),
    "entry of a copy": (
        _assign(lambda x: x.copy(), 0, lambda x: x[1]),
        difflab.NotDifferentiable,
        r"Item assignment.*entries = list\(x\)",
    ),
    "np.add.at": (_added_at, difflab.UnsupportedFunction, r"np\.add\.at .*np\.bincount"),
    "a += b": (_accumulated, difflab.UnsupportedFunction, r"np\.add .*out.*a = a \+ b"),
    "a view *= b": (_scaled_rows, difflab.NotDifferentiable, r"row \*= 2.*shares its entries"),
    "a *= b behind a view": (_scaled_behind_a_view, difflab.NotDifferentiable, r"x \*= 2.*shares its entries"),
    "a += b of another shape": (_outgrown, difflab.NotDifferentiable, r"y \+= x.*shape \(3,\)"),
    "a *= b of an inner derivative": (
        _changed_by_an_inner_derivative,
        difflab.NotDifferentiable,
        r"y \*= t.*outer derivative",
    ),
    "complex exponential": (
        lambda x: np.sum(np.real(np.exp(1j * x))),
        difflab.NotDifferentiable,
        r"complex.*np\.cos\(x\) and np\.sin\(x\)",
    ),
    "complex modulus": (lambda x: abs(x[0] + 1j * x[1]), difflab.NotDifferentiable, r"became complex"),
    "masked array": (
        lambda x: x * np.ma.MaskedArray(POINT, mask=[0, 1, 0]),
        difflab.UnsupportedFunction,
        r"met a MaskedArray .*np\.asarray",
    ),
    "sparse matrix": (
        lambda x: sparse.csr_array(np.eye(3)) @ x,
        difflab.UnsupportedFunction,
        r"sparse.*a\.toarray\(\) @ x",
    ),
    "np.fill_diagonal": (
        _filled_diagonal,
        difflab.NotDifferentiable,
        r"np\.fill_diagonal\(matrix, x\).*np\.where\(np\.eye",
    ),
    "np.fill_diagonal of a value": (
        lambda x: np.fill_diagonal(np.outer(x, x), 0.0),
        difflab.UnsupportedFunction,
        r"np\.fill_diagonal .*'a'.*np\.where\(np\.eye",
    ),
    "np.copyto": (lambda x: np.copyto(np.zeros(3), x), difflab.UnsupportedFunction, r"np\.copyto .*'src'"),
    "np.put": (lambda x: np.put(x, [0], 1.0), difflab.UnsupportedFunction, r"np\.put .*'a'.*np\.where\(mask"),
    "out of a ufunc": (
        lambda x: np.multiply(x, 2, out=np.zeros(3)),
        difflab.UnsupportedFunction,
        r"np\.multiply .*out=…",
    ),
    "out of a function": (lambda x: np.sum(x, out=np.zeros(())), difflab.UnsupportedFunction, r"np\.sum .*out=…"),
    "out of a definition": (
        lambda x: np.mean(x, out=np.zeros(())),
        difflab.UnsupportedFunction,
        r"np\.mean .*out=…",
    ),
    "where of a reduction": (
        lambda x: np.sum(x, where=x > 0),
        difflab.UnsupportedFunction,
        r"np\.sum .*where=….*np\.where\(",
    ),
    "dtype of a ufunc": (lambda x: np.exp(x, dtype=float), difflab.UnsupportedFunction, r"np\.exp .*dtype=….*astype"),
    "initial": (lambda x: np.max(x, initial=0.0), difflab.UnsupportedFunction, r"np\.max .*initial=…"),
    "order A": (lambda x: np.ravel(x, order="A"), difflab.UnsupportedFunction, r"order='A'.*order='C'"),
    "other quantiles": (
        lambda x: np.quantile(x, 0.5, method="lower"),
        difflab.UnsupportedFunction,
        r"method='lower'.*np\.sort",
    ),
    "other padding": (
        lambda x: np.pad(x, 1, "linear_ramp"),
        difflab.UnsupportedFunction,
        r"mode='linear_ramp'.*np\.concatenate",
    ),
    "math.sin": (lambda x: math.sin(x[0]), difflab.NotDifferentiable, r"math\.sin.*np\.sin\(…\) instead of math\.sin"),
    "math.pow": (lambda x: math.pow(x[0], 2), difflab.NotDifferentiable, r"np\.power\(…\) instead of math\.pow"),
    "float": (lambda x: float(x[0]), difflab.NotDifferentiable, r"Leave out float\(\)"),
    "np.float64": (lambda x: np.float64(x[0]), difflab.NotDifferentiable, r"np\.float64.*x\.astype\(dtype\)"),
    "complex": (lambda x: complex(x[0]), difflab.NotDifferentiable, r"real and the imaginary part"),
    "array of floats": (lambda x: np.array(x, dtype=float), difflab.NotDifferentiable, r"Leave out dtype=…"),
    "array of entries as floats": (
        lambda x: np.array([x[0], 1.0], dtype=float),
        difflab.NotDifferentiable,
        r"Leave out dtype=…",
    ),
    "np.fromiter": (lambda x: np.fromiter((a for a in x), float), difflab.NotDifferentiable, r"np\.stack\(list\(…\)\)"),
    "np.arange": (lambda x: np.arange(x[0]), difflab.NotDifferentiable, r"np\.linspace"),
    "range": (lambda x: list(range(x[0])), TypeError, r"write int\(x\)"),
    "random draws": (lambda x: np.random.default_rng(0).normal(x[0]), difflab.NotDifferentiable, r"loc \+ scale \*"),
    "complex dtype": (
        lambda x: x.astype(complex),
        difflab.UnsupportedFunction,
        r"astype\(complex128\).*real and imaginary",
    ),
    "Fourier transform": (np.fft.fft, difflab.UnsupportedFunction, r"np\.fft\.fft .*'a'.*cosine"),
    "np.unique": (np.unique, difflab.UnsupportedFunction, r"np\.unique .*'ar'.*np\.sort"),
    "np.intersect1d": (lambda x: np.intersect1d(POINT, x), difflab.UnsupportedFunction, r"np\.intersect1d .*'ar2'"),
    "np.histogram": (np.histogram, difflab.UnsupportedFunction, r"np\.histogram .*'a'.*counts"),
    "np.roots": (np.roots, difflab.UnsupportedFunction, r"np\.roots .*'p'.*eigvals"),
    "np.nextafter": (
        lambda x: np.nextafter(x, 1.0),
        difflab.UnsupportedFunction,
        r"np\.nextafter .*elementwise\(np\.nextafter",
    ),
    "np.frompyfunc": (lambda x: np.frompyfunc(abs, 1, 1)(x), difflab.UnsupportedFunction, r"\(vectorized\).*np\.stack"),
    "np.add.reduceat": (
        lambda x: np.add.reduceat(x, [0, 1]),
        difflab.UnsupportedFunction,
        r"np\.add\.reduceat .*np\.stack",
    ),
    "np.subtract.reduce": (np.subtract.reduce, difflab.UnsupportedFunction, r"np\.subtract\.reduce .*loop"),
    "np.maximum.accumulate": (np.maximum.accumulate, difflab.UnsupportedFunction, r"np\.maximum\.accumulate .*loop"),
    "x.sort()": (lambda x: x.sort(), AttributeError, r"'sort'.*x = np\.sort\(x\)"),
    "x.fill()": (lambda x: x.fill(0.0), AttributeError, r"'fill'.*np\.full_like"),
    "x.ptp()": (lambda x: x.ptp(), AttributeError, r"'ptp'.*np\.ptp\(x, …\)"),
    "x.nbytes": (lambda x: x.nbytes, AttributeError, r"'nbytes'.*memory"),
    "pickling": (pickle.dumps, difflab.NotDifferentiable, r"pickled"),
    "truth of an array": (lambda x: 1.0 if x else 0.0, ValueError, r"ambiguous"),
    "a key": (lambda x: {x[0]: 1.0}, TypeError, r"unhashable"),
    "len of a number": (lambda x: len(x[0]), TypeError, r"only arrays with an axis"),
}


@pytest.mark.parametrize("method", ["forward", "reverse"])
@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(name: str, method: str) -> None:
    function, error, message = REFUSED[name]
    x = POINT.copy()
    with pytest.raises(error, match="(?s)" + message):
        difflab.jacobian(function, x, method=method)
    np.testing.assert_array_equal(x, POINT, err_msg="the caller's array was changed")


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_traced(name: str) -> None:
    function, error, message = REFUSED[name]
    with pytest.raises(error, match="(?s)" + message):
        trace(Signature.of(function, (POINT,), 0).point((POINT,)))


@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_a_value_is_no_key(method: str) -> None:
    with pytest.raises(difflab.NotDifferentiable, match=r"a key of a dictionary.*test_surface\.py.*Write int\(x\)"):
        difflab.derivative(lambda x: {1.0: 2.0}[x] * x, 1.0, method=method)
