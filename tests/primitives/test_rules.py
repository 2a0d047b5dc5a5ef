"""Every row of the table of rules, against values, numerical derivatives, and itself in every mode."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from difflab.engines.trace import trace
from difflab.engines.transforms import push
from difflab.primitives import TABLE
from difflab.primitives.layout import name_of
from difflab.primitives.table import Composite, Row
from difflab.signature import Signature
from tests.primitives.case import Case, all_cases, draw, pointwise
from tests.primitives.checks import (
    CHECKS,
    check_batch,
    check_differences,
    check_float32,
    check_modes_agree,
    check_second_order,
    check_values,
    directions,
)

CASES = all_cases()
DIFFERENTIABLE = [case for case in CASES if case.differentiable]
POINTWISE = [case for case in CASES if case.domains]
Check = Callable[[Case], None]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_rule(case: Case, check: Check) -> None:
    check(case)


@pytest.mark.parametrize("case", [case for case in CASES if not case.differentiable], ids=str)
def test_results_that_are_no_arrays_are_those_of_numpy(case: Case) -> None:
    expected = case(case.leaves)
    found: list[Any] = []
    push(lambda duals: found.append(case(duals)) or [np.float64(0)], case.leaves, directions(case.leaves))
    assert found == [expected]


@pytest.mark.parametrize("case", POINTWISE, ids=str)
@settings(max_examples=10)
@given(data=st.data())
def test_broadcasting(case: Case, data: st.DataObject) -> None:
    """Operands of any shapes that NumPy broadcasts, numbers and empty arrays among them."""
    count = len(case.domains)
    shapes = data.draw(mutually_broadcastable_shapes(num_shapes=count, min_dims=0, min_side=0, max_dims=3, max_side=3))
    operands = draw(np.random.default_rng(data.draw(st.integers(0, 99))), case.domains, shapes.input_shapes)
    drawn = Case(case.function, operands, case.parameters, case.call, case.argnums, tolerance=case.tolerance)
    for check in (check_values, check_modes_agree, check_differences, check_float32, check_batch):
        check(drawn)


def rows_without_case(table: Mapping[Any, Row], cases: Iterable[Case]) -> list[str]:
    """Name the rows that no case exercises."""
    exercised = {case.function for case in cases}
    return [name_of(function) for function in table if function not in exercised]


def test_every_row_is_exercised() -> None:
    missing = rows_without_case(TABLE, CASES)
    # Those of networks are declared where they are imported, and have tests of their own beside their files.
    assert [name for name in missing if not name.startswith("difflab.primitives.network.")] == []


def test_a_row_that_no_case_exercises_is_found() -> None:
    assert rows_without_case({np.sin: TABLE[np.sin], np.spacing: TABLE[np.sin]}, [SINE]) == ["np.spacing"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_case_runs_its_row(case: Case) -> None:
    assert runs_its_row(case)


def test_a_case_that_runs_another_row_is_found() -> None:
    assert not runs_its_row(Case(np.cos, (np.ones(3),), call=np.sin))


def runs_its_row(case: Case) -> bool:
    """Say whether a trace of the case holds its row, or, if that is defined by others, whether it runs."""
    row = TABLE[case.function]
    leaves = case.leaves
    signature = Signature.of(lambda *tracers: (case(tracers), np.zeros(()))[1], leaves, tuple(range(len(leaves))))
    with patch.object(Composite, "__call__", autospec=True, side_effect=Composite.__call__) as composites:
        graph = trace(signature.point(leaves))
    ran = [call.args[0] for call in composites.call_args_list]
    return any(each is row for each in [*ran, *(equation.primitive for equation in graph.equations)])


SINE = pointwise(np.sin, (-2, 2))


def test_a_rule_that_is_wrong_by_a_ten_millionth_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TABLE[np.sin], "differentials", (lambda t, y, x: t * np.cos(x) * (1 + 1e-7),))
    with pytest.raises(AssertionError):
        check_differences(SINE)


def test_modes_that_disagree_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TABLE[np.sin], "push", lambda tangents, y, operands, parameters: tangents[0] * y)
    with pytest.raises(AssertionError):
        check_modes_agree(SINE)


def test_a_rule_that_saves_a_value_as_a_constant_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    slope = np.cos(SINE.operands[0])
    monkeypatch.setattr(TABLE[np.sin], "differentials", (lambda t, y, x: t * slope,))
    check_differences(SINE)
    with pytest.raises(AssertionError):
        check_second_order(SINE)


def test_a_change_of_dtype_is_found() -> None:
    with pytest.raises(AssertionError):
        check_float32(
            Case(
                np.sin, SINE.operands, call=lambda x: np.sin(x) if isinstance(x, np.ndarray) else np.sin(x) * np.ones(1)
            )
        )


def test_a_wrong_batch_rule_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TABLE[np.sum], "batch", lambda primitive, operands, batched, parameters: np.sum(operands[0], 0))
    with pytest.raises(AssertionError):
        check_batch(Case(np.sum, (np.arange(9.0).reshape(3, 3),), {"axis": 1}))


def test_a_wrong_value_is_found() -> None:
    with pytest.raises(AssertionError):
        check_values(Case(np.sin, SINE.operands, call=lambda x: np.sin(x) + (not isinstance(x, np.ndarray))))
