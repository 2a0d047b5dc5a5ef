"""Random programs: compiled derivatives are those of the eager methods, on all sides of their branches."""

from collections import Counter
from collections.abc import Sequence

import pytest

from difflab.interface import Derivatives, Differentiator
from difflab.lowering.replay import Operator
from difflab.methods import ForwardCompiled, ReverseCompiled
from tests.compiled.agreement import disagreements, further_operators_of, operators_of
from tests.compiled.drawing import POINTS, random_program

METHODS = (ReverseCompiled("native"), ForwardCompiled("native"), ReverseCompiled("source"), ForwardCompiled("source"))
MANY, FEW = 2000, 160
FURTHER = 5
"""One program in so many is compared by Hessians, products and batches, too."""


def method_of(seed: int) -> Differentiator:
    return METHODS[seed % len(METHODS)]


def operators(prepared: Derivatives) -> Sequence[Operator]:
    return list(prepared.kernel.replayed.operators.values())  # type: ignore[attr-defined]


def check(seed: int) -> None:
    program = random_program(seed)
    names = [*operators_of(program), *(further_operators_of(program) if seed % FURTHER == 0 else ())]
    found, prepared = disagreements(program, method_of(seed), names)
    assert not found, f"{found[0]}\n{program.source}"
    outcomes = max((len(branch.outcomes) for branch in program.branches), default=1)
    for operator in operators(prepared):
        assert not operator.is_refused, f"{operator.world.fault}\n{program.source}"
        assert operator.paths.count <= POINTS, program.source
    assert outcomes <= max(operator.paths.count for operator in operators(prepared)), program.source


@pytest.mark.parametrize("first", range(0, FEW, 10))
def test_programs_give_what_the_eager_method_gives(first: int) -> None:
    for seed in range(first, first + 10):
        check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(FEW, MANY, 40))
def test_many_programs_give_what_the_eager_method_gives(first: int) -> None:
    for seed in range(first, first + 40):
        check(seed)


DRAWN = [random_program(seed) for seed in range(400)]


def test_the_points_are_on_all_sides() -> None:
    """Of most branches; an inner one may be reached from one point only."""
    branches = [branch for program in DRAWN for branch in program.branches]
    assert len(branches) > len(DRAWN)
    on_several_sides = sum(len(branch.outcomes) > 1 for branch in branches)
    assert on_several_sides > 0.85 * len(branches)
    assert sum(any(len(each.outcomes) > 1 for each in program.branches) for program in DRAWN) > 0.5 * len(DRAWN)


@pytest.mark.parametrize(
    "words",
    [
        *("if ", "while ", "for k in range(int(", "for entry in", "+=", "lambda", "float(extra)", "difflab.gradient"),
        *("helper(", "weights", "rate", "einsum", " @ ", "sort", "[[0, -1", "[:0]", "broadcast_to", "cumsum", "'two'"),
        *("keepdims=True", "reshape", "argmax", "> -0.", "::-", "None", "linalg.solve", "int(np.abs(", "astype"),
    ],
)
def test_what_programs_are_made_of(words: str) -> None:
    assert sum(words in program.source.partition("def program")[2] for program in DRAWN) >= 3


def test_the_same_seed_draws_the_same_program() -> None:
    for seed in range(20):
        assert random_program(seed).source == DRAWN[seed].source
        assert repr(random_program(seed).points) == repr(DRAWN[seed].points)


def test_some_are_one_program_and_others_are_run_in_phases() -> None:
    whole = Counter(
        operator.paths.first is not None and operator.paths.first.program is not None
        for program in DRAWN[:30]
        for operator in operators(disagreements(program, ReverseCompiled("native"), operators_of(program)[:1], 1)[1])
    )
    assert min(whole[True], whole[False]) > 0.2 * whole.total()
