"""Files that are there whole or not at all."""

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Put a file in place of what was there, in one go.

    The content is written into another file beside it, brought to the disk, and then that is renamed: whenever the
    process is killed, or the machine fails, the file is the old or the new one, whole.

    Raises `OSError` if the file cannot be written.
    """
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # so that the new name is on the disk, too
    finally:
        os.close(folder)
