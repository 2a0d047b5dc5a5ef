"""Sums of rows by the number of the row that they belong to."""

from typing import Any

import numba


@numba.njit(cache=True, error_model="numpy")
def add_rows(rows: Any, indices: Any, total: Any) -> None:
    """Add each row, (count, size), to the row of `total` that its index names."""
    for i in range(rows.shape[0]):
        index = indices[i]
        for j in range(rows.shape[1]):
            total[index, j] += rows[i, j]
