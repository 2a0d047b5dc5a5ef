"""Arrays in IDX files, the format that MNIST is published in.

Two bytes of zero, a byte for the type of the entries, a byte for the number of dimensions, their lengths as big-endian
integers of four bytes, then the entries, the last dimension fastest (Y. LeCun, C. Cortes, C. Burges, *The MNIST
database of handwritten digits*).
"""

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np

from ..errors import InvalidArgument
from ..types import Array

ENTRIES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"


def read_idx(path: str | Path, dimensions: int | None = None) -> Array:
    """Read the array in an IDX file, plain or compressed by gzip, in the machine's own byte order.

    Raises `InvalidArgument` if the file cannot be read, is damaged or cut short, holds something else, or has not
    `dimensions` dimensions, where that is given.
    """
    content = _content(Path(path))
    entries, shape = _header(path, content)
    if dimensions not in (None, len(shape)):
        raise InvalidArgument(
            f"{path} holds an array of {len(shape)} dimensions, {shape}; one of {dimensions} was expected. "
            f"Images have 3, labels 1: were the two mixed up?"
        )
    start = 4 + 4 * len(shape)
    expected, found = prod(shape) * entries.itemsize, len(content) - start
    if found != expected:
        raise InvalidArgument(
            f"{path} is {'cut short' if found < expected else 'too long'}: its header announces entries {shape} of "
            f"{expected} bytes, and {found} follow. Get the file again."
        )
    return np.frombuffer(content, entries, offset=start).reshape(shape).astype(entries.newbyteorder("="))


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(_GZIP) else content
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InvalidArgument(f"{path} is damaged, and gzip cannot unpack it: {error}. Get the file again.") from error
    except OSError as error:
        raise InvalidArgument(f"{path} cannot be read: {error}. Give the path of an IDX file.") from error


def _header(path: str | Path, content: bytes) -> tuple[np.dtype[np.generic], tuple[int, ...]]:
    """Give the type of the entries and the shape."""
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in ENTRIES:
        raise InvalidArgument(
            f"{path} is no IDX file: it begins with the bytes {content[:4].hex(' ') or '(none)'}, where two zeros, the "
            f"type of the entries (08 for bytes) and the number of dimensions should stand. Give an IDX file."
        )
    dimensions = content[3]
    lengths = content[4 : 4 + 4 * dimensions]
    if len(lengths) < 4 * dimensions:
        raise InvalidArgument(f"{path} is cut short: it ends within the header. Get the file again.")
    return np.dtype(ENTRIES[content[2]]), tuple(int(length) for length in np.frombuffer(lengths, ">u4"))
