"""Files in the format of MNIST, written for a test."""

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np

TYPES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx_bytes(array: Any) -> bytes:
    """Lay an array out as the content of an IDX file."""
    header = struct.pack(f">HBB{array.ndim}I", 0, TYPES[array.dtype.str[1:]], array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write_set(folder: Path, training: int = 6, test: int = 4, packed: bool = True) -> tuple[Any, ...]:
    """Write four files of a data set with random images of 28 × 28 pixels, and give the arrays in them."""
    random = np.random.default_rng(1998)
    folder.mkdir(parents=True, exist_ok=True)
    arrays = []
    for part, count in (("train", training), ("t10k", test)):
        images = random.integers(0, 256, (count, 28, 28), np.uint8)
        labels = random.integers(0, 10, count, np.uint8)
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            path = folder / f"{part}-{kind}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(idx_bytes(array)) if packed else idx_bytes(array))
            arrays.append(array)
    return tuple(arrays)
