"""The losses of linear, logistic and softmax regression, and of a two-layer perceptron, by their parameters."""

import numpy as np

from ..types import Array, Tree
from .problem import Problem

_EXAMPLES = 8
_TAGS = frozenset({"teaching", "vector", "training"})


def linear_regression(weights: Array, X: Array, targets: Array) -> Array:
    """Average the squared errors of X·w; weights (d,), X (m, d), targets (m,)."""
    return np.mean((X @ weights - targets) ** 2)


def _linear_regression_gradient(weights: Array, X: Array, targets: Array) -> Array:
    return 2 / len(targets) * X.T @ (X @ weights - targets)


def _linear_regression_hessian(weights: Array, X: Array, targets: Array) -> Array:
    return 2 / len(targets) * X.T @ X


def logistic_regression(weights: Array, bias: Array, X: Array, targets: Array) -> Array:
    """Average the cross-entropies of σ(X·w + b); weights (d,), bias a number, X (m, d), targets 0 or 1 (m,)."""
    p = 1 / (1 + np.exp(-(X @ weights + bias)))
    return -np.mean(targets * np.log(p) + (1 - targets) * np.log(1 - p))


def _logistic_regression_gradient(weights: Array, bias: Array, X: Array, targets: Array) -> tuple[Array, Array]:
    residual = 1 / (1 + np.exp(-(X @ weights + bias))) - targets
    return X.T @ residual / len(targets), np.mean(residual)


def _logistic_regression_hessian(weights: Array, bias: Array, X: Array, targets: Array) -> Tree:
    p = 1 / (1 + np.exp(-(X @ weights + bias)))
    curvature = p * (1 - p) / len(targets)
    mixed = X.T @ curvature
    return (X.T @ (curvature[:, None] * X), mixed), (mixed, np.sum(curvature))


def softmax_regression(W: Array, bias: Array, X: Array, labels: Array) -> Array:
    """Average −ln softmax(X·W + b) at the labels; W (d, k), bias (k,), X (m, d), labels 0 … k−1 (m,)."""
    scores = X @ W + bias
    scores = scores - np.max(scores, axis=1, keepdims=True)
    log_probabilities = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(log_probabilities[np.arange(len(labels), like=labels), labels])


def _softmax_regression_gradient(W: Array, bias: Array, X: Array, labels: Array) -> tuple[Array, Array]:
    exponentials = np.exp(X @ W + bias)
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    is_label = labels[:, None] == np.arange(W.shape[1], like=labels)
    residual = (probabilities - is_label) / len(labels)
    return X.T @ residual, residual.sum(axis=0)


def perceptron(parameters: dict[str, Array], X: Array, targets: Array) -> Array:
    """Average half the squared errors of tanh(X·W1 + b1)·W2 + b2.

    W1 (d, h), b1 (h,), W2 (h, k), b2 (k,); X (m, d), targets (m, k).
    """
    hidden = np.tanh(X @ parameters["W1"] + parameters["b1"])
    outputs = hidden @ parameters["W2"] + parameters["b2"]
    return np.sum((outputs - targets) ** 2) / (2 * len(targets))


def _perceptron_gradient(parameters: dict[str, Array], X: Array, targets: Array) -> dict[str, Array]:
    hidden = np.tanh(X @ parameters["W1"] + parameters["b1"])
    delta2 = (hidden @ parameters["W2"] + parameters["b2"] - targets) / len(targets)
    delta1 = delta2 @ parameters["W2"].T * (1 - hidden**2)
    return {"W1": X.T @ delta1, "b1": delta1.sum(axis=0), "W2": hidden.T @ delta2, "b2": delta2.sum(axis=0)}


def _linear_data(size: int) -> tuple[Array, Array, Array]:
    random = np.random.default_rng(1805)
    X = random.normal(size=(_EXAMPLES, size))
    return random.normal(size=size), X, X @ random.normal(size=size) + 0.1 * random.normal(size=_EXAMPLES)


def _logistic_data(size: int) -> tuple[Array, float, Array, Array]:
    random = np.random.default_rng(1958)
    X = random.normal(size=(_EXAMPLES, size))
    targets = random.integers(0, 2, _EXAMPLES).astype(float)
    return random.normal(size=size) / np.sqrt(size), 0.3, X, targets


def _softmax_data(size: int) -> tuple[Array, Array, Array, Array]:
    random = np.random.default_rng(1959)
    X = random.normal(size=(_EXAMPLES, size))
    W = random.normal(size=(size, 3)) / np.sqrt(size)
    return W, random.normal(size=3), X, random.integers(0, 3, _EXAMPLES)


def _perceptron_data(size: int) -> tuple[dict[str, Array], Array, Array]:
    random = np.random.default_rng(1986)
    parameters = {
        "W1": random.normal(size=(3, size)) / np.sqrt(3),
        "b1": 0.1 * random.normal(size=size),
        "W2": random.normal(size=(size, 2)) / np.sqrt(size),
        "b2": 0.1 * random.normal(size=2),
    }
    return parameters, random.normal(size=(_EXAMPLES, 3)), random.normal(size=(_EXAMPLES, 2))


LINEAR_REGRESSION = Problem(
    name="linear_regression",
    title="mean squared error of linear regression",
    function=linear_regression,
    arguments=_linear_data,
    operator="gradient",
    source="T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning (2009), equations 3.3 and 3.4",
    sizes=(1, 2, 4, 16, 64, 256),
    size=2,
    closed_forms={"gradient": _linear_regression_gradient, "hessian": _linear_regression_hessian},
    tags=_TAGS | {"polynomial"},
    notes="The size is the number of weights. The Hessian 2XᵀX/m does not depend on them.",
)
LOGISTIC_REGRESSION = Problem(
    name="logistic_regression",
    title="cross-entropy of logistic regression",
    function=logistic_regression,
    arguments=_logistic_data,
    operator="gradient",
    source="C. M. Bishop, Pattern Recognition and Machine Learning (2006), equations 4.90, 4.91 and 4.97",
    sizes=(1, 2, 4, 16, 64, 256),
    size=2,
    argnums=(0, 1),
    closed_forms={"gradient": _logistic_regression_gradient, "hessian": _logistic_regression_hessian},
    tags=_TAGS,
    notes="Differentiated by the weights and the bias: an array and a number.",
)
SOFTMAX_REGRESSION = Problem(
    name="softmax_regression",
    title="cross-entropy of softmax regression",
    function=softmax_regression,
    arguments=_softmax_data,
    operator="gradient",
    source="C. M. Bishop, Pattern Recognition and Machine Learning (2006), equations 4.108 and 4.109",
    sizes=(1, 2, 4, 16, 64, 256),
    size=2,
    argnums=(0, 1),
    closed_forms={"gradient": _softmax_regression_gradient},
    tags=_TAGS,
    notes="Three classes. The largest score is subtracted against overflow, which does not change the value: what the "
    "methods say of the maximum cancels. The labels are whole numbers, used as an index.",
)
PERCEPTRON = Problem(
    name="perceptron",
    title="two-layer perceptron",
    function=perceptron,
    arguments=_perceptron_data,
    operator="gradient",
    source="C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 5.3.2",
    sizes=(2, 4, 16, 64, 256),
    size=2,
    closed_forms={"gradient": _perceptron_gradient},
    tags=_TAGS,
    notes="The size is the width of the hidden layer. The parameters are a dictionary, and so is the gradient.",
)
