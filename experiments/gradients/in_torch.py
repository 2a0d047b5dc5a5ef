"""Gradients by PyTorch's eager backward.

`build` keeps to the operations of the function as it stands, loops over components included; `build_own` takes a
function of PyTorch's own where it has one for a part, and computes with arrays where that saves a loop.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from difflab.types import Function

from .retarget import retargeted
from .rows import Call, NotApplicable, Row

Tensor = Any
_ROOT = 2**0.5


def helmholtz(x: Tensor, a: Tensor, b: Tensor, RT: float) -> Tensor:
    """Give the free energy of a mixed fluid."""
    bx = b @ x
    mixing = torch.sum(x * torch.log(x / (1 - bx)))
    attraction = torch.log((1 + (1 + _ROOT) * bx) / (1 + (1 - _ROOT) * bx))
    return RT * mixing - x @ a @ x / ((2 * _ROOT) * bx) * attraction


def log_sum_exp(x: Tensor) -> Tensor:
    """Give ln Σ exp(x), operation by operation."""
    largest = torch.amax(x, dim=-1, keepdim=True)
    return largest[..., 0] + torch.log(torch.sum(torch.exp(x - largest), dim=-1))


def log_posterior(
    log_normalizer: Function, alphas: Tensor, means: Tensor, factors: Tensor, points: Tensor, gamma: float, m: int
) -> Tensor:
    """Give the log posterior of a Gaussian mixture but for constants."""
    n, d = points.shape
    k = len(alphas)
    log_diagonals = factors[:, :d]
    diagonals = torch.exp(log_diagonals)
    columns, rows = np.triu_indices(d, 1)
    Q = torch.diag_embed(diagonals)
    Q[:, rows, columns] = factors[:, d:]
    scaled = (points @ Q.reshape(k * d, d).T).reshape(n, k, d) - torch.einsum("kij,kj->ki", Q, means)
    log_determinants = torch.sum(log_diagonals, dim=1)
    terms = alphas + log_determinants - torch.sum(scaled**2, dim=2) / 2
    likelihood = torch.sum(log_normalizer(terms)) - n * log_normalizer(alphas)
    squares = torch.sum(diagonals**2) + torch.sum(factors[:, d:] ** 2)
    return likelihood + gamma**2 / 2 * squares - m * torch.sum(log_determinants)


def log_loss(scores: Tensor, labels: Tensor) -> Tensor:
    """Average ln(1 + exp(−y·f)), operation by operation."""
    return torch.mean(torch.log1p(torch.exp(-labels * scores)))


def rnn(recurrent: Tensor, entry: Tensor, bias: Tensor, head: Tensor, inputs: Tensor, targets: Tensor) -> Tensor:
    """Give the mean squared error of a recurrent network."""
    state, total = torch.zeros_like(bias), 0.0
    for x, target in zip(inputs, targets, strict=True):
        state = torch.tanh(recurrent @ state + entry @ x + bias)
        total = total + (head @ state - target) ** 2
    return total / len(inputs)


_FUNCTIONS: dict[str, Function] = {
    "helmholtz": helmholtz,
    "log_sum_exp": log_sum_exp,
    "log_posterior": partial(log_posterior, log_sum_exp),
    "log_loss": log_loss,
    "rnn": rnn,
}
"""By the name of the function that they stand for. Those left out differ by nothing but the module's name."""


def own_rosenbrock(x: Tensor) -> Tensor:
    """Sum the terms of Rosenbrock's function as arrays."""
    return torch.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def own_log_sum_exp(x: Tensor) -> Tensor:
    """Give ln Σ exp(x)."""
    return torch.logsumexp(x, dim=-1)


def own_log_density(covariance: Tensor, deviation: Tensor) -> Tensor:
    """Give the log density of a Gaussian but for the constant."""
    symmetric = torch.tril(covariance) + torch.tril(covariance, -1).T
    lower = torch.linalg.cholesky(symmetric)
    solved = torch.linalg.solve_triangular(lower, deviation[:, None], upper=False)
    return -torch.sum(torch.log(torch.diagonal(lower))) - torch.sum(solved**2) / 2


def own_decay_fit(parameters: Tensor, times: Tensor, values: Tensor) -> Tensor:
    """Sum the squared residuals as arrays."""
    return torch.sum((parameters[0] * torch.exp(-parameters[1] * times) + parameters[2] - values) ** 2)


def own_log_loss(scores: Tensor, labels: Tensor) -> Tensor:
    """Average ln(1 + exp(−y·f))."""
    return torch.mean(torch.nn.functional.softplus(-labels * scores))


def own_rnn(recurrent: Tensor, entry: Tensor, bias: Tensor, head: Tensor, inputs: Tensor, targets: Tensor) -> Tensor:
    """Give the mean squared error of a recurrent network, by PyTorch's own."""
    weights = [entry, recurrent, bias, torch.zeros_like(bias)]
    start = torch.zeros((1, 1, len(bias)), dtype=bias.dtype)
    states, _ = torch.rnn_tanh(inputs[None], start, weights, True, 1, 0.0, False, False, True)
    return torch.mean((states[0] @ head - targets) ** 2)


_OWN: dict[str, Function] = {
    "rosenbrock_loop": own_rosenbrock,
    "log_sum_exp": own_log_sum_exp,
    "log_posterior": partial(log_posterior, own_log_sum_exp),
    "gaussian_log_density": own_log_density,
    "decay_fit": own_decay_fit,
    "log_loss": own_log_loss,
    "rnn": own_rnn,
}


def build(row: Row, arguments: tuple[Any, ...]) -> Call:
    """Make the call that gives the gradient, operation by operation."""
    name = row.function.__name__
    return _call(_FUNCTIONS[name] if name in _FUNCTIONS else retargeted(row.function, torch), row, arguments)


def build_own(row: Row, arguments: tuple[Any, ...]) -> Call:
    """Make the call that gives the gradient, by PyTorch's own functions; `NotApplicable` where it has none."""
    name = row.function.__name__
    if name not in _OWN:
        raise NotApplicable("PyTorch has nothing of its own for it")
    return _call(_OWN[name], row, arguments)


def _call(function: Callable[..., Any], row: Row, arguments: tuple[Any, ...]) -> Call:
    tensors = [torch.tensor(each) if isinstance(each, np.ndarray | np.floating) else each for each in arguments]
    moving = [tensor.requires_grad_() for tensor in tensors[: row.moving]]

    def call() -> Any:
        for tensor in moving:
            tensor.grad = None
        function(*tensors).backward()
        gradients = tuple(tensor.grad for tensor in moving)
        return gradients if row.several else gradients[0]

    return call
