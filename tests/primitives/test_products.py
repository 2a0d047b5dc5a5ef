"""Products of any shapes; Einstein summation with any subscripts; chains of products; what is refused."""

import string
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

import difflab
from difflab.engines.transforms import pullback
from difflab.primitives.einsum import canonical
from tests.primitives.case import Case
from tests.primitives.checks import check_batch, check_differences, check_modes_agree, check_values


@st.composite
def summations(draw: st.DrawFn) -> Case:
    """Draw subscripts and operands: repeated indices, indices of one operand alone, axes of length 1, ellipses."""
    letters = string.ascii_letters[: draw(st.integers(1, 4))]
    lengths = {letter: draw(st.integers(1, 3)) for letter in letters}
    behind = draw(st.lists(st.integers(1, 2), max_size=2))
    terms = draw(st.lists(st.text(letters, max_size=3), min_size=1, max_size=3))
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    operands = []
    for position, term in enumerate(terms):
        shape = [lengths[letter] for letter in term]
        if behind and draw(st.booleans()):
            place = draw(st.integers(0, len(term)))
            kept = behind[draw(st.integers(0, len(behind))) :]
            shape[place:place] = kept
            terms[position] = term[:place] + "..." + term[place:]
        operands.append(np.asarray(generator.uniform(-1, 1, shape)))
    subscripts = ",".join(terms)
    if draw(st.booleans()):
        used = sorted(set("".join(terms)) & set(letters))
        result = draw(st.permutations(used).map(lambda order: order[: draw(st.integers(0, len(order)))]))
        subscripts += "->" + ("..." if "..." in subscripts else "") + "".join(result)
    return Case(
        np.einsum, tuple(operands), call=lambda *xs: np.einsum(subscripts, *xs), note=subscripts, value_tolerance=1e-15
    )


@given(case=summations())
def test_any_summation(case: Case) -> None:
    for check in (check_values, check_modes_agree, check_differences, check_batch):
        check(case)


GENERALIZED = [
    function
    for name in ("matmul", "vecdot", "matvec", "vecmat")
    if (function := getattr(np, name, None))  # the last two since NumPy 2.2
]


@pytest.mark.parametrize("function", GENERALIZED, ids=lambda function: function.__name__)
@given(data=st.data())
def test_any_shapes_that_broadcast(function: Any, data: st.DataObject) -> None:
    shapes = mutually_broadcastable_shapes(signature=function.signature, min_side=0, max_side=3, max_dims=2)
    check_all(function, data.draw(shapes).input_shapes)


SIDES = st.integers(0, 3)
SHAPES = st.lists(SIDES, max_size=3).map(tuple)


@given(left=SHAPES, right=SHAPES, length=SIDES)
def test_dot_and_inner_of_any_ranks(left: tuple[int, ...], right: tuple[int, ...], length: int) -> None:
    check_all(np.dot, [(*left, length), (*right[:-1], length, *right[-1:])])
    check_all(np.inner, [(*left, length), (*right, length)])


@given(left=SHAPES, right=SHAPES, summed=st.lists(SIDES, max_size=2), seed=st.integers(0, 9))
def test_tensordot_over_any_axes(left: tuple[int, ...], right: tuple[int, ...], summed: list[int], seed: int) -> None:
    generator = np.random.default_rng(seed)
    order_a, order_b = generator.permutation(len(left) + len(summed)), generator.permutation(len(right) + len(summed))
    a, b = np.transpose(np.ones((*left, *summed)), order_a), np.transpose(np.ones((*summed, *right)), order_b)
    axes = [
        [int(np.argmax(order_a == len(left) + n)) for n in range(len(summed))],
        [int(np.argmax(order_b == n)) for n in range(len(summed))],
    ]
    check_all(np.tensordot, [a.shape, b.shape], axes=axes)


@given(left=SHAPES, right=SHAPES)
def test_kron_and_outer_of_any_ranks(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    for function in (np.kron, np.outer):
        check_all(function, [left, right])


def check_all(function: Any, shapes: Sequence[tuple[int, ...]], **parameters: Any) -> None:
    """Check a product of random arrays of given shapes."""
    generator = np.random.default_rng(0)
    operands = tuple(np.asarray(generator.uniform(-1, 1, shape)) for shape in shapes)
    case = Case(function, operands, parameters, value_tolerance=1e-15)
    for check in (check_values, check_modes_agree, check_differences, check_batch):
        check(case)


@pytest.mark.parametrize(
    ("subscripts", "ranks", "expected"),
    [
        ("ij,jk", [2, 2], "ij,jk->ik"),
        ("ba", [2], "ba->ab"),
        ("bB", [2], "bB->Bb"),
        ("ii", [2], "ii->"),
        (" i j , j -> i ", [2, 1], "ij,j->i"),
        ("...i,...i->...", [3, 2], "ABi,Bi->AB"),
        ("A...,A", [2, 1], "AB,A->B"),
        ("...,...", [0, 0], ",->"),
    ],
)
def test_subscripts_are_spelt_out(subscripts: str, ranks: list[int], expected: str) -> None:
    assert canonical(subscripts, ranks) == expected


@pytest.mark.parametrize(
    ("subscripts", "operands", "message"),
    [
        ("ij,j", 1, "one term for each operand"),
        ("ij", 2, "one term for each operand"),
        ("i", 1, "one letter for each axis"),
        ("ijk", 1, "one letter for each axis"),
        ("...i->i", 1, r"write '\.\.\.' there"),
    ],
)
def test_subscripts_that_do_not_fit_are_refused(subscripts: str, operands: int, message: str) -> None:
    with pytest.raises(difflab.InvalidArgument, match=message):
        difflab.jacobian(lambda x: np.einsum(subscripts, *[x] * operands), np.ones((2, 2)))


def test_the_transpose_of_a_summation_of_one_matrix_product_is_exact() -> None:
    """Z = XW: X̄ = Z̄Wᵀ, W̄ = XᵀZ̄, entry for entry, for whole numbers."""
    x, w = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    z_bar = np.arange(8.0).reshape(2, 4) - 3
    for product in (lambda leaves: [np.einsum("ij,jk->ik", *leaves)], lambda leaves: [leaves[0] @ leaves[1]]):
        x_bar, w_bar = pullback(product, [x, w])[1]([z_bar[None]])
        np.testing.assert_array_equal(x_bar[0], z_bar @ w.T)
        np.testing.assert_array_equal(w_bar[0], x.T @ z_bar)


def test_a_chain_is_multiplied_in_the_cheapest_order() -> None:
    """(1000 by 1) (1 by 1000) (1000 by 1): from the left, a million entries would arise; and in the transpose too."""
    a, b, c = np.ones((1000, 1)), np.ones((1, 1000)), np.ones((1000, 1))
    shapes: list[tuple[int, ...]] = []

    def recorded(*args: Any) -> Any:
        result = np.linalg.multi_dot(args)
        shapes.extend(np.shape(operand) for operand in result.node.operands)
        return np.sum(result)

    gradients = difflab.gradient(recorded, a, b, c, argnums=(0, 1, 2))
    assert shapes == [(1000, 1), (1, 1)]
    np.testing.assert_array_equal(gradients[1], np.full((1, 1000), 1000.0))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: np.cross(x[:2], x[1:]), "is for three"),
        (lambda x: np.linalg.outer(np.stack([x, x]), x), "use np.outer"),
        (lambda x: np.tensordot(x, np.ones((2, 2)), 1), "choose axes of equal lengths"),
        (lambda x: np.matmul(x, x, out=np.zeros(())), "bind the result to a name"),
    ],
)
def test_what_has_no_rule_is_refused_with_a_remedy(function: Any, message: str) -> None:
    with pytest.raises(difflab.DifflabError, match=message):
        difflab.jacobian(function, np.ones(3))
