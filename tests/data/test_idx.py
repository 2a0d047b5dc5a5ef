"""IDX files: what was written is read, and what is wrong with a file is said."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from difflab.data import read_idx
from difflab.errors import InvalidArgument
from tests.data.idx_files import TYPES, idx_bytes

BYTES = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
CONTENT = idx_bytes(BYTES)
PACKED = gzip.compress(CONTENT, mtime=0)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 2, 3), (0, 28, 28)])
def test_what_was_written_is_read(tmp_path: Path, shape: tuple[int, ...], dtype: str, pack: Any) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    path = tmp_path / "file"
    path.write_bytes(pack(idx_bytes(array)))
    found = read_idx(path, dimensions=len(shape))
    np.testing.assert_array_equal(found, array, strict=True)
    assert found.dtype.isnative
    assert found.flags.writeable


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", r"is no IDX file: it begins with the bytes \(none\)"),
        (b"\x89PNG\r\n", "is no IDX file: it begins with the bytes 89 50 4e 47"),
        (b"\0\0\x07\x01\0\0\0\0", "is no IDX file: it begins with the bytes 00 00 07 01"),
        (CONTENT[:6], "cut short: it ends within the header"),
        (CONTENT[:-1], r"cut short: its header announces entries \(1, 2, 3\) of 6 bytes, and 5 follow"),
        (CONTENT + b"\0", "too long: .* and 7 follow"),
        (PACKED[:-9], "damaged, and gzip cannot unpack it: .* Get the file again"),
        (PACKED[:-8] + bytes(8), "damaged, and gzip cannot unpack it: CRC"),
        (b"\x1f\x8b\x08\0" + bytes(6) + b"\xff" * 9, "damaged, and gzip cannot unpack it: .*invalid"),
        (idx_bytes(np.zeros(3, np.uint8)), r"array of 1 dimensions, \(3,\); one of 3 was expected"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(InvalidArgument, match=sentence):
        read_idx(path, dimensions=3)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match=r"nowhere cannot be read: .* Give the path of an IDX file"):
        read_idx(tmp_path / "nowhere")
