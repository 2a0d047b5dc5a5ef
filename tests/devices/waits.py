"""Counting how often it is waited for the device."""

from typing import Any

import pytest

from tests.devices.stand_in import DeviceArray


class Waits:
    """Counts, from now on, what has to know the content of an array on the device."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.count = 0
        for name in ("__bool__", "get", "item", "tolist"):
            monkeypatch.setattr(DeviceArray, name, self._counting(getattr(DeviceArray, name)))

    def _counting(self, method: Any) -> Any:
        def counted(*args: Any) -> Any:
            self.count += 1
            return method(*args)

        return counted
