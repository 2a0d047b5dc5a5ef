"""Descriptions of values are equal where the values are the same, now and later."""

import numpy as np
import pytest

from difflab.engines.content import content


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (np.arange(3), np.arange(3), True),
        (np.arange(3), np.arange(3.0), False),
        (np.zeros((1, 2)), np.zeros((2, 1)), False),
        (0.0, -0.0, False),
        (2 + 1j, 2 + 1j, True),
        (complex(-1, 0.0), complex(-1, -0.0), False),
        (1, 1.0, False),
        (1, True, False),
        ([1, (2.5, None)], [1, (2.5, None)], True),
        ([1, 2], (1, 2), False),
        (slice(0, 3), slice(0, 3), True),
        ({"a": [1.0]}, {"a": [1.0]}, True),
        (np.float32, np.float32, True),
        (np.array([{}], object), np.array([{}], object), False),
        (bytearray(b"x"), bytearray(b"x"), False),
    ],
)
def test_content_tells_what_is_the_same(one, other, same):
    assert (content(one) == content(other)) is same
    hash(content(one))
