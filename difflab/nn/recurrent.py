"""Recurrent networks over sequences. Their parameters begin uniformly between ±1/√units, as PyTorch's do."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ..arrays import place_of
from ..eager import Tensor
from ..errors import InvalidArgument
from ..primitives.network.gru import gru
from ..primitives.network.lstm import lstm
from ..primitives.network.rnn import rnn
from ..types import Array
from .checks import require_input, require_sizes
from .initializers import Rng, generator_of, uniform_by_fan
from .module import Module
from .parameter import Parameter


class RecurrentWeights(Module):
    """The parameters of one layer: of its input and of its state, their gates below each other.

    Args:
        inputs: numbers that come in at each step.
        units: numbers in the state.
        gates: how many blocks of `units` rows the weights have.
        bias: whether there are biases.
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters.
    """

    def __init__(self, inputs: int, units: int, gates: int, bias: bool, rng: Rng, dtype: Any):
        rows = gates * units
        generator = generator_of(rng)

        def draw(*shape: int) -> Parameter:
            return Parameter(uniform_by_fan(shape, units, generator, dtype), copy=False)

        self.weight_input = draw(rows, inputs)
        self.weight_hidden = draw(rows, units)
        self.bias_input = draw(rows) if bias else None
        self.bias_hidden = draw(rows) if bias else None

    def operands(self) -> Sequence[Array]:
        """Give the parameters in the order of the primitives."""
        return [each for each in vars(self).values() if isinstance(each, Parameter)]


class _Recurrent(Module):
    """What recurrent networks have in common: layers, each of which takes the outputs of the one below."""

    gates: ClassVar[int]
    states: ClassVar[int] = 1

    def __init__(
        self,
        inputs: int,
        units: int,
        layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        rng: Rng = None,
        dtype: Any = np.float32,
    ):
        require_sizes(type(self).__name__, inputs=inputs, units=units, layers=layers)
        self.inputs, self.units, self.batch_first = inputs, units, batch_first
        generator = generator_of(rng)
        self.layers = [
            RecurrentWeights(units if number else inputs, units, self.gates, bias, generator, dtype)
            for number in range(layers)
        ]

    @abstractmethod
    def run(self, x: Array, states: Sequence[Array], weights: Sequence[Array]) -> Any:
        """Run one layer: give its outputs, and its states after the last step."""

    def forward(self, x: Array, state: Any = None) -> tuple[Array, Any]:
        axes = ("N", "steps") if self.batch_first else ("steps", "N")
        require_input(self, x, (*axes, self.inputs), self.layers[0].weight_input.dtype)
        x = np.swapaxes(x, 0, 1) if self.batch_first else x
        given = self._initial(x, state)
        last: list[Sequence[Array]] = []
        for number, layer in enumerate(self.layers):
            x, *after = self.run(x, [each[number] for each in given], layer.operands())
            last.append(after)
        final = tuple(np.stack(each) for each in zip(*last, strict=True))
        outputs = np.swapaxes(x, 0, 1) if self.batch_first else x
        return outputs, final if self.states > 1 else final[0]

    def _initial(self, x: Array, state: Any) -> Sequence[Array]:
        """Give the states before the first step, by default zeros; raises `InvalidArgument` if they do not fit."""
        shape = (len(self.layers), x.shape[1], self.units)
        if state is None:
            return [Tensor(np.zeros(shape, x.dtype, like=place_of(x)), copy=False)] * self.states
        given = state if isinstance(state, tuple) else (state,)
        if [np.shape(each) for each in given] != [shape] * self.states:
            wanted = "a tuple (hidden, cell) of arrays" if self.states > 1 else "an array"
            raise InvalidArgument(
                f"{self.title()} was given initial states of shapes {[np.shape(each) for each in given]}: give "
                f"{wanted} of shape {shape}, (layers, N, units)."
            )
        return given

    def settings(self) -> str:
        layers = f", layers={len(self.layers)}" if len(self.layers) > 1 else ""
        bias = "" if self.layers[0].bias_input is not None else ", bias=False"
        return f"{self.inputs}, {self.units}{layers}{bias}{', batch_first=True' if self.batch_first else ''}"


class RNN(_Recurrent):
    """A recurrent network of one state h: at each step, h ← tanh(W x + b + U h + d) (Elman, 1990).

    Called with x and perhaps an initial state, (layers, N, units), it gives the states of the last layer after all
    steps, and those of all layers after the last.

    Args:
        inputs: numbers that come in at each step.
        units: numbers in the state.
        layers: each takes the states of the one below as its input.
        bias: whether to add b and d.
        batch_first: whether x is (N, steps, inputs) and the result (N, steps, units), in place of (steps, N, …).
        rng: a Generator or a seed for the initial values.
        dtype: of the parameters, and so of the inputs.
        activation: "tanh", or "relu" in its place.

    Raises:
        InvalidArgument: a size is no positive whole number; when called, x or the state does not fit.

    >>> outputs, state = RNN(3, 8, rng=0)(np.ones((10, 5, 3), np.float32))
    >>> outputs.shape, state.shape
    ((10, 5, 8), (1, 5, 8))
    """

    gates = 1

    def __init__(
        self,
        inputs: int,
        units: int,
        layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        rng: Rng = None,
        dtype: Any = np.float32,
        activation: str = "tanh",
    ):
        super().__init__(inputs, units, layers, bias, batch_first, rng, dtype)
        if activation not in ("tanh", "relu"):
            raise InvalidArgument(f"activation={activation!r} of RNN: use 'tanh' or 'relu'.")
        self.activation = activation

    def run(self, x: Array, states: Sequence[Array], weights: Sequence[Array]) -> Any:
        return rnn(x, *states, *weights, activation=self.activation)

    def settings(self) -> str:
        return super().settings() + (", activation='relu'" if self.activation == "relu" else "")


class GRU(_Recurrent):
    """A recurrent network whose gates mix the old state and a new one (Cho et al., EMNLP 2014).

    At each step, with (r, z, n) = W x + b, (r', z', n') = U h + d and u = σ(z + z'):
    h ← (1 - u) tanh(n + σ(r + r') n') + u h. Calls, the arguments and the errors raised are those of `RNN`.

    >>> outputs, state = GRU(3, 8, layers=2, batch_first=True, rng=0)(np.ones((5, 10, 3), np.float32))
    >>> outputs.shape, state.shape
    ((5, 10, 8), (2, 5, 8))
    """

    gates = 3

    def run(self, x: Array, states: Sequence[Array], weights: Sequence[Array]) -> Any:
        return gru(x, *states, *weights)


class LSTM(_Recurrent):
    """A recurrent network with a cell that gates write to, keep and read (Hochreiter and Schmidhuber, 1997).

    At each step, with (i, f, g, o) = W x + b + U h + d: c ← σ(f) c + σ(i) tanh(g), and h ← σ(o) tanh(c); the forget
    gate, σ(f), is that of Gers, Schmidhuber and Cummins, 2000. The arguments, and the errors raised, are those of
    `RNN`; a state is a tuple (h, c).

    >>> outputs, (hidden, cell) = LSTM(3, 8, rng=0)(np.ones((10, 5, 3), np.float32))
    >>> outputs.shape, hidden.shape, cell.shape
    ((10, 5, 8), (1, 5, 8), (1, 5, 8))
    """

    gates = 4
    states = 2

    def run(self, x: Array, states: Sequence[Array], weights: Sequence[Array]) -> Any:
        return lstm(x, *states, *weights)
