"""The experiment about checkpoints: its claims hold, and fail where there are none."""

import pytest

from experiments import checkpoint_memory


def test_its_claims_hold() -> None:
    assert checkpoint_memory.run(quick=True).unmet == []


def test_they_fail_without_checkpoints_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint_memory, "isqrt", lambda length: length)
    unmet = checkpoint_memory.run(quick=True).unmet
    assert len(unmet) == 1
    assert unmet[0].startswith("checkpoints every √L layers: 2√L arrays at the peak, to 8")
