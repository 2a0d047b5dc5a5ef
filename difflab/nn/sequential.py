"""Layers one after the other."""

from collections.abc import Iterator, Mapping
from typing import Any, overload

from ..errors import InvalidArgument
from .module import Module


class Sequential(Module):
    """Modules, each applied to what the one before it gives; also a list of them.

    Args:
        layers: modules, or functions of one argument.

    Raises:
        InvalidArgument: one of them cannot be called.

    >>> import numpy as np
    >>> from difflab.nn import Linear, ReLU
    >>> model = Sequential(Linear(4, 8, rng=0), ReLU(), Linear(8, 2, rng=1))
    >>> model(np.ones((3, 4), np.float32)).shape, len(model), model[1]
    ((3, 2), 3, ReLU())
    """

    def __init__(self, *layers: Any):
        self.layers: list[Any] = []
        for layer in layers:
            self.append(layer)

    def append(self, layer: Any) -> None:
        """Add a module, or a function of one argument, at the end; raises `InvalidArgument` if it cannot be called."""
        if not callable(layer) or isinstance(layer, type):
            what = f"the class {layer.__name__}" if isinstance(layer, type) else f"a {type(layer).__name__}"
            raise InvalidArgument(f"A Sequential was given {what}: give modules, as Sequential(Linear(2, 3), ReLU()).")
        self.layers.append(layer)

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def parts(self) -> Mapping[Any, Any]:
        """Give the layers by number, so that their names are those that PyTorch gives."""
        return dict(enumerate(self.layers))

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> "Sequential": ...

    def __getitem__(self, index: int | slice) -> Any:
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]
