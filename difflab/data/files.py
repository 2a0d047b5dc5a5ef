"""The files of a published data set: in a folder, else downloaded once and checked."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataUnavailable, InvalidArgument

VARIABLE = "DIFFLAB_DATA"
"""The environment variable that names the folder of data sets."""


@dataclass(frozen=True)
class Published:
    """A data set as it was published.

    Args:
        name: what it is called, and the subfolder that its files are looked for in.
        address: the folder on the internet that its files are in, with a slash at the end.
        md5: the names of its files, compressed by gzip, and the MD5 sums of what is published there.
    """

    name: str
    address: str
    md5: Mapping[str, str]


def located(published: Published, folder: str | Path | None = None) -> Mapping[str, Path]:
    """Give the path of each file, by its published name; a file may lie there unpacked, without the `.gz`.

    The files are taken from `folder`, or from its subfolder of the data set's name. Without a folder it is the one
    that the environment variable DIFFLAB_DATA names; and if that holds none of the files, or is not set, they are
    downloaded, into that subfolder or into the user's cache, and their sums compared with the published ones.

    Raises:
        InvalidArgument: the folder is missing, or lacks files.
        DataUnavailable: the files could not be downloaded, or are not those that were published.
    """
    root = folder if folder is not None else os.environ.get(VARIABLE) or None
    if root is None:
        return _downloaded(published, None)
    root = Path(root)
    if not root.is_dir():
        source = "" if folder is not None else f", which {VARIABLE} names,"
        raise InvalidArgument(f"The folder {root}{source} does not exist: make it, or name another.")
    for place in (root / published.name, root):
        found = {name: path for name in published.md5 if (path := _packed_or_not(place / name))}
        if found:
            return _complete(found, published, place)
    if folder is not None:
        raise InvalidArgument(
            f"{root} has no files of {published.name}: put {_listed(list(published.md5))} there, "
            f"from {published.address}."
        )
    return _downloaded(published, root / published.name)


def _packed_or_not(path: Path) -> Path | None:
    return next((candidate for candidate in (path, path.with_suffix("")) if candidate.is_file()), None)


def _complete(found: Mapping[str, Path], published: Published, place: Path) -> Mapping[str, Path]:
    if missing := [name for name in published.md5 if name not in found]:
        raise InvalidArgument(
            f"{place} lacks {_listed(missing)} of {published.name}: get the rest from {published.address}."
        )
    return found


def _downloaded(published: Published, folder: Path | None) -> Mapping[str, Path]:
    import pooch

    folder = folder or Path(pooch.os_cache("difflab-data")) / published.name
    try:
        return {
            name: Path(pooch.retrieve(published.address + name, f"md5:{md5}", fname=name, path=folder))
            for name, md5 in published.md5.items()
        }
    except (OSError, ValueError) as error:  # no network and no space; another file than was published
        raise DataUnavailable(
            f"{published.name} could not be downloaded: {error}. Get {_listed(list(published.md5))} from "
            f"{published.address} in another way, put them into a folder, and name it in {VARIABLE} or as `folder`."
        ) from error


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
