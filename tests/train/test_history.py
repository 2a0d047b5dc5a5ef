"""The history computes its means, keeps its types through a checkpoint, and refuses that of another measurement."""

from pathlib import Path

import pandas as pd
import pytest

from difflab.errors import InvalidArgument
from difflab.train.history import History


def measured(metric: str | None = "accuracy") -> History:
    history = History(metric)
    for epoch in (1, 2):
        for examples, loss in ((100, 2.0), (50, 0.5)):
            history.add_step(epoch, examples, loss / epoch, 0.1)
        history.add_epoch(0.4 / epoch, None if metric is None else 0.75, 1000.0, 1.5 * epoch)
    return history


def test_the_training_loss_weighs_batches_by_their_examples() -> None:
    assert measured().epochs()["training loss"].tolist() == pytest.approx([1.5, 0.75], rel=1e-12)


def test_a_row_an_epoch_and_a_row_a_step() -> None:
    history = measured()
    assert history.epochs()[["epoch", "steps"]].to_numpy().tolist() == [[1, 2], [2, 4]]
    assert history.epochs()["test accuracy"].tolist() == [0.75, 0.75]
    assert history.steps()["step"].tolist() == [1, 2, 3, 4]
    assert history.last()["test loss"] == 0.2


def test_without_a_metric_there_is_no_column_of_it() -> None:
    assert [name for name in measured(None).epochs() if "test" in name] == ["test loss"]


def test_a_restored_history_goes_on_as_if_it_were_the_same() -> None:
    history, restored = measured(), History("accuracy")
    restored.restore(history.state())
    for one in (history, restored):
        one.add_step(3, 100, 0.125, 0.05)
        one.add_epoch(0.1, 0.875, 900.0, 4.0)
    pd.testing.assert_frame_equal(restored.epochs(), history.epochs())
    pd.testing.assert_frame_equal(restored.steps(), history.steps())


@pytest.mark.parametrize("metric", [None, "error"])
def test_another_metric_is_refused(metric: str | None) -> None:
    with pytest.raises(InvalidArgument, match=r"has the columns .*test accuracy.*give the same metric"):
        History(metric).restore(measured().state())


def test_the_file_has_every_digit(tmp_path: Path) -> None:
    history = History("accuracy")
    history.add_step(1, 3, 1 / 3, 0.1)
    history.add_epoch(2 / 3, 1 / 7, 1e9 / 7, 1e-9 / 3)
    history.write(tmp_path / "history.csv")
    names, figures = (line.split(",") for line in (tmp_path / "history.csv").read_text().splitlines())
    assert dict(zip(names, map(float, figures), strict=True)) == history.last()
