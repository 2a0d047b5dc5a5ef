"""Products summed over axes: what is multiplied with what, in which order of loops; against np.einsum."""

from typing import Any

import numpy as np
import pytest

from difflab.lowering.native.contractions import LARGEST, contraction, is_written_as_loops, loads_of
from difflab.lowering.native.program import Program
from difflab.lowering.native.views import View
from tests.engines.passes.graphs import traced

LENGTHS = {"i": 2, "j": 3, "k": 4, "l": 1}
NUMBERS = np.random.default_rng(0)


def operand(letters: str, dtype: Any = np.float64) -> Any:
    return NUMBERS.uniform(-1, 1, [LENGTHS[letter] for letter in letters]).astype(dtype)


def operands(subscripts: str, dtype: Any = np.float64) -> list[Any]:
    return [operand(term, dtype) for term in subscripts.partition("->")[0].split(",")]


def equation(function: Any, *inputs: Any) -> Any:
    return traced(function, *inputs).equations[-1]


SUBSCRIPTS = ["i,i->", "ij,jk->ik", "ij,kj->ik", "ji,jk->ki", "ij,ij->", "ij,ij->j", "i,j->ij", "i,j,k->kji", "ij->ji"]
SUBSCRIPTS += ["ij->j", "ijk->", "ij,j->i", "ijk,kj->i", "il,lj->ij", "l,l->l", "ij,jk,ki->", "ijk->ki", "li->l"]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("subscripts", SUBSCRIPTS)
def test_sums_of_products_are_numpys(subscripts: str, dtype: Any) -> None:
    inputs = operands(subscripts, dtype)
    turned = [np.ascontiguousarray(x.T) for x in inputs]
    backwards = [np.ascontiguousarray(x[..., ::-1]) for x in inputs]
    expected = np.einsum(subscripts, *inputs)
    for given, function in [
        (inputs, lambda *xs: np.einsum(subscripts, *xs)),
        (turned, lambda *xs: np.einsum(subscripts, *(x.T for x in xs))),
        (backwards, lambda *xs: np.einsum(subscripts, *(x[..., ::-1] for x in xs))),
    ]:
        graph = traced(function, *given)
        assert any(map(is_written_as_loops, graph.equations)) or "einsum" not in repr(graph)
        (found,) = Program(graph)(given)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, 1e-13 if dtype is np.float64 else 1e-5, 1e-6)


SHAPES = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4))]
SHAPES += [((5, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)), ((3,), (5, 3, 4))]
SHAPES += [((5, 2, 3), (3,)), ((1, 1), (1, 1)), ((1, 3), (3, 1)), ((7, 1), (1, 9)), ((17, 19), (19, 23))]


@pytest.mark.parametrize("shapes", SHAPES)
def test_products_of_matrices_are_numpys(shapes: Any) -> None:
    inputs = [NUMBERS.uniform(-1, 1, shape) for shape in shapes]
    graph = traced(np.matmul, *inputs)
    assert is_written_as_loops(graph.equations[-1])
    (found,) = Program(graph)(inputs)
    np.testing.assert_allclose(found, inputs[0] @ inputs[1], 1e-13, 1e-13)


def test_axes_have_letters_and_lengths() -> None:
    found = contraction(equation(np.matmul, np.ones((5, 2, 3)), np.ones((1, 3, 4))))
    assert found is not None
    (left, right), result = found.terms, found.result
    assert found.lengths[left[0]] == 5
    assert left[0] == right[0] == result[0]
    assert left[2] == right[1] not in result
    assert found.multiplications == 5 * 2 * 3 * 4
    assert contraction(equation(np.add, np.ones(2), np.ones(2))) is None


@pytest.mark.parametrize(
    ("function", "inputs", "is_written"),
    [
        (lambda x: np.einsum("ii->", x), [np.ones((2, 2))], False),
        (lambda x: np.einsum("ii->i", x), [np.ones((2, 2))], False),
        (lambda x, n: np.einsum("i,i->", x, n), [np.ones(3), np.arange(3)], True),
        (np.matmul, [np.ones((2, 2), int), np.ones((2, 2), int)], False),
        (np.matmul, [np.ones((128, 128)), np.ones((128, 128))], True),
        (np.matmul, [np.ones((129, 128)), np.ones((128, 128))], False),
    ],
)
def test_what_is_left_to_numpy(function: Any, inputs: list[Any], is_written: bool) -> None:
    assert is_written_as_loops(equation(function, *inputs)) == is_written


def test_products_of_vectors_are_loops_whatever_their_length() -> None:
    long = np.ones(LARGEST + 1)
    assert is_written_as_loops(equation(np.matmul, long, long))
    assert is_written_as_loops(equation(lambda x: np.einsum("i,j->ij", x, np.ones(3)), long))


@pytest.mark.parametrize("subscripts", SUBSCRIPTS)
def test_the_innermost_loop_steps_by_one_entry_where_it_can(subscripts: str) -> None:
    found = contraction(equation(lambda *xs: np.einsum(subscripts, *xs), *operands(subscripts)))
    if found is None:  # a sum or a transpose, by another name
        return
    whole = [View.whole(None, tuple(LENGTHS[x] for x in term)) for term in (*found.terms, found.result)]  # type: ignore[arg-type]
    order = found.order(whole)
    assert sorted(order) == sorted(found.lengths)

    def steps(letter: str) -> set[int]:
        strides = (
            found.strides(view, term, letter)[0] for view, term in zip(whole, (*found.terms, found.result), strict=True)
        )
        return {stride for stride in strides if found.lengths[letter] > 1}

    possible = any(steps(letter) <= {0, 1} for letter in found.lengths)
    assert steps(order[-1]) <= {0, 1} or not possible
    loads = loads_of(found, whole[:-1], order)
    assert {view.shape for view in loads} == {tuple(found.lengths[letter] for letter in order)}
