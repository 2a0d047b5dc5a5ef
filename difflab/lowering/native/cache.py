"""Translated programs on disk, so that another process need not translate them again.

Files are named after what they were made from, written whole under another name first, and begin with a digest of what
follows: of two processes that write one at once either may win, and a damaged file counts as none. A folder that cannot
be written to is left alone. DIFFLAB_CACHE names the folder; where it is empty, nothing is kept.
"""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from platformdirs import user_cache_dir

KEPT = 4000
"""Files that are kept: beyond, the half that was read longest ago goes."""
_DIGEST = 32


def folder() -> Path | None:
    """Say where programs are kept; None for nowhere."""
    named = os.environ.get("DIFFLAB_CACHE")
    if named is None:
        return Path(user_cache_dir("difflab-programs"))
    return Path(named) if named else None


def cached(key: str, make: Callable[[], bytes]) -> bytes:
    """Give what is kept of a key, or make and keep it.

    >>> os.environ["DIFFLAB_CACHE"] = tempfile.mkdtemp()
    >>> cached("a", lambda: b"made"), cached("a", lambda: b"made again")
    (b'made', b'made')
    >>> del os.environ["DIFFLAB_CACHE"]
    """
    place = folder()
    if place is None:
        return make()
    file = place / _name(key)
    found = _read(file)
    if found is None:
        found = make()
        with suppress(OSError):
            _write(file, found)
    return found


def is_kept(key: str) -> bool:
    """Say whether something is kept of a key; what is damaged may count."""
    place = folder()
    return place is not None and (place / _name(key)).exists()


def _name(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _read(file: Path) -> bytes | None:
    try:
        content = file.read_bytes()
        os.utime(file)
    except FileNotFoundError:
        return None
    except OSError:  # of a folder that cannot be written to, a file can be read all the same
        content = _read_anyway(file)
    digest, body = content[:_DIGEST], content[_DIGEST:]
    return body if body and sha256(body).digest() == digest else None


def _read_anyway(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as temporary:
        temporary.write(sha256(content).digest() + content)
    Path(name).replace(file)
    _forget_oldest(file.parent)


def _forget_oldest(place: Path) -> None:
    files = list(place.iterdir())
    if len(files) <= KEPT:
        return
    for file in sorted(files, key=lambda each: each.stat().st_mtime)[: KEPT // 2]:
        file.unlink(missing_ok=True)
