"""The whole job: planted methods get the verdicts they deserve, and whatever fails is a row that says why."""

from dataclasses import replace

import pytest

from difflab.compare import memory, run
from difflab.compare.case import Case
from difflab.compare.measurement import COLUMNS
from difflab.errors import InvalidArgument
from tests.compare import planted


@pytest.fixture(scope="module")
def accuracy():
    return run([planted.CUBES], [planted.RIGHT, *planted.WRONG, "manual"], metrics=["accuracy"])


def test_the_frame_is_tidy_and_says_where_it_was_measured(accuracy):
    assert tuple(accuracy.columns) == COLUMNS
    assert not accuracy.duplicated(["problem", "size", "method", "operator", "device", "dtype", "metric"]).any()
    assert set(accuracy["dtype"]) == {"float64"}
    assert set(accuracy.attrs["environment"]) >= {"machine", "commit", "python", "numpy"}


def test_right_methods_are_ok(accuracy):
    right = accuracy[accuracy["method"].isin(["right", "manual"])]
    assert set(right["status"]) == {"ok"}
    assert right.loc[right["metric"] == "relative error", "value"].max() < 1e-15


@pytest.mark.parametrize("method", [method.name for method in planted.WRONG])
def test_wrong_methods_are_rejected(accuracy, method):
    rows = accuracy[accuracy["method"] == method]
    assert len(rows) == 4
    assert set(rows["status"]) == {"wrong"}
    assert rows["reason"].str.len().min() > 10


def test_a_method_of_ones_own_is_judged_by_the_accuracy_that_it_declares():
    frame = run([planted.CUBES], [planted.OwnDifference(), planted.Boastful()], metrics=["accuracy"])
    status = frame[frame["metric"] == "relative error"].set_index("method")["status"]
    assert status.to_dict() == {"own_difference": "ok", "boastful": "wrong"}


@pytest.fixture(scope="module")
def failures():
    return run(
        [planted.CUBES],
        [*planted.FAILING.values(), planted.RIGHT],
        metrics=["accuracy", "runtime"],
        budget=4.0,
        memory=100 * 2**20,
    )


@pytest.mark.parametrize("status", list(planted.FAILING))
def test_a_failing_method_is_a_row_that_says_why(failures, status):
    rows = failures[failures["method"] == planted.FAILING[status].name]
    assert rows["value"].isna().all()
    assert rows["reason"].str.len().min() > 5
    assert rows.set_index("metric").loc["correct digits", "status"] == status


@pytest.mark.parametrize("status", ["timeout", "out of memory"])
def test_what_went_over_its_budget_is_not_tried_again(failures, status):
    rows = failures[failures["method"] == planted.FAILING[status].name].set_index("metric")
    assert rows.loc["time ratio", "status"] == "not measured"
    assert "over its budget in accuracy" in rows.loc["time ratio", "reason"]


def test_the_run_goes_on_after_failures(failures):
    rows = failures[failures["method"] == "right"]
    assert set(rows["status"]) == {"ok"}
    assert rows.set_index("metric").loc["time ratio", "value"] > 1


@pytest.mark.parametrize(
    ("method", "calls"),
    [("forward_difference", 5), ("central_difference", 8), ("forward", 1), ("reverse", 1), ("manual", 0)],
)
def test_calls_of_the_function_are_counted(method, calls):
    case = Case("cubes", 4, "gradient", source=planted.CUBES)
    assert memory.calls(case, method) == calls


def test_peak_memory_sees_what_is_allocated():
    case = Case("long", 4, "gradient", source=replace(planted.CUBES, arguments=planted.long_point))
    assert 8e6 <= memory.peak_bytes(case, "manual") <= 40e6


def test_a_missing_device_is_a_row_that_says_why():
    frame = run([planted.CUBES], ["reverse"], metrics=["accuracy"], devices=["cuda"])
    assert frame["status"].tolist() == ["not measured"]
    assert frame["device"].tolist() == ["cuda"]
    assert "CUDA" in frame["reason"].item()


def test_without_a_closed_form_manual_is_refused():
    frame = run([replace(planted.CUBES, name="own", closed_forms={})], ["manual"], metrics=["accuracy"])
    assert frame["status"].tolist() == ["refused"]
    assert "no closed form" in frame["reason"].item()


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"problems": ["rosenbrok"]}, "rosenbrock"),
        ({"methods": ["revers"]}, "reverse"),
        ({"metrics": ["acuracy"]}, "accuracy"),
        ({"operators": ["gradiant"]}, "gradient"),
        ({"devices": ["gpu"]}, "cuda"),
        ({"problems": ["chain_rule"], "sizes": [7]}, "fixed size"),
        ({"problems": ["logistic_map"], "sizes": [-1]}, "too small"),
    ],
)
def test_a_wrong_name_is_refused_with_what_to_write(choice, message):
    with pytest.raises(InvalidArgument, match=message):
        run(**choice)


def test_directions_are_drawn_from_the_seed():
    def errors(seed):
        frame = run(["first_polynomial"], ["forward"], operators=["jvp"], metrics=["accuracy"], seed=seed)
        return frame["value"].tolist()

    assert errors(1) == errors(1)


def test_two_problems_of_one_name_are_refused():
    with pytest.raises(InvalidArgument, match="twice"):
        run([planted.CUBES, planted.CUBES], ["reverse"])


def test_what_is_asked_for_twice_is_measured_once():
    twice = {"methods": ["forward"] * 2, "devices": ["cpu"] * 2, "dtypes": ["float64"] * 2, "sizes": [4] * 2}
    frame = run(["rosenbrock"], operators=["gradient"] * 2, metrics=["memory"], **twice)
    assert not frame.duplicated(["method", "metric"]).any()
