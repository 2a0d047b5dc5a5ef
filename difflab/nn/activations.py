"""Activations as layers, of entries of any shape."""

from ..primitives.network.activations import elu, gelu, leaky_relu, relu, sigmoid, silu, softplus, tanh
from ..primitives.network.softmax import softmax
from ..types import Array
from .module import Module


class ReLU(Module):
    """max(x, 0), with slope 0 at 0."""

    def forward(self, x: Array) -> Array:
        return relu(x)


class LeakyReLU(Module):
    """x where it is positive, else `slope` times x (Maas, Hannun and Ng, ICML 2013)."""

    def __init__(self, slope: float = 0.01):
        self.slope = slope

    def forward(self, x: Array) -> Array:
        return leaky_relu(x, slope=self.slope)

    def settings(self) -> str:
        return f"slope={self.slope}"


class ELU(Module):
    """x where it is positive, else alpha (exp(x) - 1) (Clevert, Unterthiner and Hochreiter, ICLR 2016)."""

    def __init__(self, alpha: float = 1.0):
        self.alpha = alpha

    def forward(self, x: Array) -> Array:
        return elu(x, alpha=self.alpha)

    def settings(self) -> str:
        return f"alpha={self.alpha}"


class GELU(Module):
    """x Φ(x), Φ the normal distribution function or an approximation (Hendrycks and Gimpel, arXiv:1606.08415)."""

    def __init__(self, approximate: bool = False):
        self.approximate = approximate

    def forward(self, x: Array) -> Array:
        return gelu(x, approximate=self.approximate)

    def settings(self) -> str:
        return "approximate=True" if self.approximate else ""


class SiLU(Module):
    """x σ(x), σ the logistic function (Elfwing, Uchibe and Doya, Neural Networks 107, 2018)."""

    def forward(self, x: Array) -> Array:
        return silu(x)


class Sigmoid(Module):
    """σ(x) = 1 / (1 + exp(-x))."""

    def forward(self, x: Array) -> Array:
        return sigmoid(x)


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, x: Array) -> Array:
        return tanh(x)


class Softplus(Module):
    """log(1 + exp(x))."""

    def forward(self, x: Array) -> Array:
        return softplus(x)


class Softmax(Module):
    """exp(x) / Σ exp(x) along an axis. Losses such as cross_entropy take what goes into it, not what comes out."""

    def __init__(self, axis: int = -1):
        self.axis = axis

    def forward(self, x: Array) -> Array:
        return softmax(x, axis=self.axis)

    def settings(self) -> str:
        return f"axis={self.axis}"
