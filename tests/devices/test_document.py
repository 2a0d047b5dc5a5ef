"""What docs/devices.md shows of CuPy, and what it lists."""

from pathlib import Path

import pytest

from tests.devices.fake_cupy import FakeCuPy
from tests.devices.stand_in import OFFERS
from tests.devices.test_rules import REFUSED, REFUSED_TWICE
from tests.test_documentation import failing_examples

DOCUMENT = (Path(__file__).parents[2] / "docs" / "devices.md").read_text(encoding="utf-8")


def test_its_examples_run_on_the_stand_in(cupy: FakeCuPy) -> None:
    assert failing_examples(DOCUMENT, "devices.md", "cupy") == ""


@pytest.mark.parametrize("name", sorted(REFUSED | REFUSED_TWICE))
def test_it_lists_what_is_refused(name: str) -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.endswith("| refused |")]
    assert any(f"`{name}`" in row or f"`special.{name}`" in row for row in rows)


def test_it_names_the_version_that_was_compared() -> None:
    assert f"CuPy {OFFERS['version']}" in DOCUMENT
