"""What docs/conventions.md says of kinks is what the rules say: each row of its table is a test."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import special

import difflab
from difflab.primitives.network import activations, pooling

TABLE = (Path(__file__).parents[1] / "docs" / "conventions.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(.+?)` \| `(.+?)` \| `(.+?)` \|", TABLE, re.MULTILINE)


def derivative(expression: str, at: Any, method: str) -> Any:
    """Differentiate an expression in x; what NumPy warns of while it evaluates the function is no matter here."""
    function = eval(
        f"lambda x: {expression}", {"np": np, "special": special, "network": activations, "pooling": pooling}
    )
    with np.errstate(all="ignore"):
        return difflab.jacobian(function, np.asarray(at)[()], method=method)


@pytest.mark.parametrize("method", ["forward", "reverse"])
@pytest.mark.parametrize(("expression", "at", "expected"), ROWS, ids=[f"{row[0]} at {row[1]}" for row in ROWS])
def test_convention(expression: str, at: str, expected: str, method: str) -> None:
    found = derivative(expression, eval(at), method)
    np.testing.assert_array_equal(found, eval(expected, {"np": np}))


def test_every_row_is_read() -> None:
    assert len(ROWS) == TABLE.count("\n| `") > 0
