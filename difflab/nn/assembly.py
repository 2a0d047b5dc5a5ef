"""What a module consists of, found in its attributes, also in lists, tuples and dictionaries there."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..eager import Tensor
from ..errors import InvalidArgument
from .parameter import Buffer, Parameter


class Assembly:
    """Something with named parts."""

    def parts(self) -> Mapping[Any, Any]:
        """Give what may hold parameters, buffers and modules, by name: the attributes."""
        return vars(self)


def members(owner: Any, name: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Any]]:
    """Go through an assembly and the assemblies, parameters, buffers and random generators in it, each once.

    Args:
        owner: where to begin: an assembly, or a list, tuple or dictionary in one.
        name: of `owner`; those of its parts begin with it, such as "layers.0.weight".
        seen: the `id`s of what has been gone through.

    Raises:
        InvalidArgument: a part is a tensor that requires a gradient, but no parameter.
    """
    seen = set() if seen is None else seen
    if id(owner) in seen:
        return
    if isinstance(owner, Tensor) and not isinstance(owner, Parameter | Buffer):
        _refuse_untrained(owner, name)
    elif isinstance(owner, Tensor | Assembly | np.random.Generator):
        seen.add(id(owner))
        yield name, owner
    for key, part in _parts(owner).items():
        yield from members(part, f"{name}.{key}" if name else str(key), seen)


def _parts(owner: Any) -> Mapping[Any, Any]:
    if isinstance(owner, Assembly):
        return owner.parts()
    if isinstance(owner, list | tuple):
        return dict(enumerate(owner))
    return owner if isinstance(owner, dict) else {}


def _refuse_untrained(tensor: Tensor, name: str) -> None:
    if tensor.requires_grad and tensor.is_leaf:
        raise InvalidArgument(
            f"{name} of a module is a tensor that requires a gradient, which no optimizer would find: make it a "
            f"difflab.nn.Parameter, or keep its .detach()."
        )
