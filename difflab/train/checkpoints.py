"""Checkpoints: the state of a run as a safetensors file, which is there whole or not at all.

The file holds numbers and text alone, nothing that is run when it is read: arrays under dotted names
("optimizer.moments.0"), everything else as JSON in the metadata.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InvalidArgument
from ..types import Array
from .writing import write_atomically

FORMAT = "difflab.train checkpoint 1"
_ARRAY = "array of the file"
"""In the JSON, the key of what stands for an array: its dotted name."""

State = Mapping[str, Any]
"""Nested dicts (with text as keys) and lists of arrays, numbers, text and None."""


def save(path: Path, state: State) -> None:
    """Write a state into a file, in place of what was there, in one go.

    Raises:
        InvalidArgument: the file cannot be written, or the state holds something that is not to be saved.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save(Path(folder, "state"), {"weights": [np.arange(3)], "rate": 0.1})
    ...     load(Path(folder, "state"))
    {'weights': [array([0, 1, 2])], 'rate': 0.1}
    """
    from safetensors.numpy import save as to_bytes

    arrays: dict[str, Array] = {}
    document = json.dumps(_encoded(state, "", arrays))
    content = to_bytes(arrays, {"format": FORMAT, "state": document})
    try:
        write_atomically(path, content)
    except OSError as error:
        raise InvalidArgument(f"{path}: cannot write a checkpoint there: {error.strerror}.") from error


def load(path: Path) -> State:
    """Read the state in a file.

    Raises:
        InvalidArgument: there is no such file, it is damaged, or not a checkpoint of difflab.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a dict
    except OSError as error:
        raise InvalidArgument(f"{path}: cannot read a checkpoint there: {error.strerror or error}.") from error
    except SafetensorError as error:
        raise InvalidArgument(
            f"{path} is no whole checkpoint ({error}): it was cut short, or is another kind of file. Name another, or "
            f"train from the beginning."
        ) from error
    if metadata.get("format") != FORMAT:
        raise InvalidArgument(
            f"{path} is a safetensors file, but no checkpoint of this version of difflab.train: name one that it wrote."
        )
    state: State = _decoded(json.loads(metadata["state"]), arrays)
    return state


def _encoded(value: Any, name: str, arrays: dict[str, Array]) -> Any:
    """Give a state as JSON has it, after putting its arrays into `arrays` under their dotted names."""
    if isinstance(value, np.ndarray):
        if name in arrays:
            raise InvalidArgument(f"Two arrays of the state are called {name}: give their keys other names.")
        arrays[name] = np.asarray(value, order="C")  # the file format takes memory as it lies
        return {_ARRAY: name}
    if isinstance(value, Mapping):
        return {_text(key, name): _encoded(one, _joined(name, key), arrays) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_encoded(one, _joined(name, str(place)), arrays) for place, one in enumerate(value)]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise InvalidArgument(f"{name} of the state is a {type(value).__name__}: a checkpoint holds numbers and text.")


def _decoded(value: Any, arrays: Mapping[str, Array]) -> Any:
    if isinstance(value, list):
        return [_decoded(one, arrays) for one in value]
    if isinstance(value, dict):
        if value.keys() == {_ARRAY}:
            return arrays[value[_ARRAY]]
        return {key: _decoded(one, arrays) for key, one in value.items()}
    return value


def _joined(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key


def _text(key: Any, name: str) -> str:
    if not isinstance(key, str):
        raise InvalidArgument(f"{name} of the state has the key {key!r}: the keys of a checkpoint are text.")
    return key
