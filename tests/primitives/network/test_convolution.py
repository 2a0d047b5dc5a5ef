"""Convolution and its transpose: against PyTorch, in every order of memory, to second order, and what they refuse."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.errors import InvalidArgument
from difflab.primitives import TABLE
from difflab.primitives.network import convolution, correlation
from difflab.primitives.network.convolution import conv1d, conv2d
from difflab.primitives.network.transposed_convolution import conv_transpose2d
from tests.primitives.network.agreement import assert_agree, check_against_torch, check_loops, each_precision

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Scene:
    """Shapes of x and weight, how many channels the bias has, and parameters."""

    x: Shape
    weight: Shape
    bias: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def operands(self) -> list[Any]:
        generator = np.random.default_rng(3)
        shapes = [self.x, self.weight, *([(self.bias,)] if self.bias else [])]
        return [generator.normal(size=shape) for shape in shapes]

    def __str__(self) -> str:
        options = ",".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.x},{self.weight}{',bias' if self.bias else ''},{options}".replace(" ", "")


IMAGES = [
    Scene((2, 3, 5, 6), (4, 3, 3, 3)),
    Scene((2, 3, 7, 7), (4, 3, 3, 3), 4, {"padding": 1}),
    Scene((2, 2, 5, 7), (3, 2, 5, 5), 3, {"padding": 2}),
    Scene((2, 3, 8, 9), (4, 3, 3, 2), 4, {"stride": 2, "padding": 1}),
    Scene((2, 4, 9, 8), (6, 2, 3, 2), 6, {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "groups": 2}),
    Scene((2, 3, 9, 9), (3, 1, 3, 3), 0, {"stride": 3, "dilation": 2, "groups": 3}),
    Scene((1, 4, 4, 5), (4, 1, 3, 3), 4, {"padding": 1, "groups": 4}),
    Scene((3, 5, 4, 3), (2, 5, 1, 1), 2),
    Scene((3, 5, 4, 3), (2, 5, 1, 1), 2, {"stride": 2}),
    Scene((1, 1, 3, 3), (2, 1, 3, 3), 2, {"padding": 4}),
    Scene((2, 2, 1, 1), (2, 2, 3, 3), 2, {"padding": 1}),
    Scene((0, 3, 5, 5), (2, 3, 3, 3), 2, {"padding": 1}),
]
LARGE = Scene((23, 6, 18, 18), (4, 3, 3, 3), 4, {"padding": 1, "groups": 2})
LARGE_STRIDED = Scene((23, 3, 17, 18), (4, 3, 5, 5), 4, {"stride": 2})
TRANSPOSED = [
    Scene((2, 3, 5, 6), (3, 4, 3, 3)),
    Scene((2, 3, 4, 4), (3, 2, 3, 3), 2, {"stride": 2, "padding": 1, "output_padding": 1}),
    Scene((2, 4, 5, 3), (4, 3, 3, 2), 6, {"stride": (2, 3), "padding": (1, 2), "output_padding": (0, 2), "groups": 2}),
    Scene((2, 4, 5, 3), (4, 1, 3, 3), 4, {"dilation": (1, 2), "groups": 4}),
    Scene((3, 5, 4, 3), (5, 2, 1, 1), 2),
    Scene((1, 2, 3, 3), (2, 2, 2, 2), 0, {"stride": 2}),
    Scene((0, 3, 5, 5), (3, 2, 3, 3), 2, {"padding": 1}),
]
LARGE_TRANSPOSED = Scene((23, 3, 9, 9), (3, 4, 3, 3), 4, {"stride": 2, "padding": 1})
SEQUENCES = [
    Scene((2, 3, 8), (4, 3, 3)),
    Scene((2, 4, 9), (6, 2, 3), 6, {"stride": 2, "padding": 2, "dilation": 2, "groups": 2}),
    Scene((0, 1, 4), (1, 1, 4), 1),
]
BOTH = [(conv2d, scene) for scene in IMAGES] + [(conv_transpose2d, scene) for scene in TRANSPOSED]
LARGEST = [(conv2d, LARGE), (conv2d, LARGE_STRIDED), (conv_transpose2d, LARGE_TRANSPOSED)]


def shown(value: Any) -> str:
    """Name a function, and describe all else, for the names of tests."""
    return getattr(value, "__name__", str(value))


each_function = pytest.mark.parametrize(("function", "scene"), BOTH, ids=shown)


@pytest.mark.peers
@each_precision
@pytest.mark.parametrize(
    ("name", "function", "scene"),
    [(function.__name__, function, scene) for function, scene in BOTH + LARGEST]
    + [("conv1d", conv1d, scene) for scene in SEQUENCES],
    ids=shown,
)
def test_convolution_is_that_of_torch(torch: ModuleType, name: str, function: Any, scene: Scene, dtype: Any) -> None:
    theirs = getattr(torch.nn.functional, name)
    check_against_torch(
        torch,
        function,
        lambda *tensors: theirs(*tensors, **scene.parameters),
        scene.operands(),
        dtype,
        **scene.parameters,
    )


@each_precision
@each_function
def test_loops(function: Any, scene: Scene, dtype: Any) -> None:
    check_loops(function, scene.operands(), dtype, **scene.parameters)


@pytest.mark.parametrize("name", ["spread", "correlate_with", "sums_of_channels"])
def test_loops_that_are_wrong_by_a_millionth_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = getattr(convolution, name)
    monkeypatch.setattr(convolution, name, lambda *given: right(*given) * (1 + 1e-6))
    with pytest.raises(AssertionError):
        check_loops(conv2d, IMAGES[1].operands(), np.float64, **IMAGES[1].parameters)


@pytest.mark.parametrize(("function", "scene"), LARGEST, ids=shown)
def test_chunks_add_up(function: Any, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven images a chunk, with fewer in the last, or one, or all: the results are the same."""
    expected = values_and_cotangents(function, scene.operands(), scene.parameters)
    per_image = int(np.prod(scene.x[1:])) * 9
    for entries in (7 * per_image, 1, 100 * per_image):
        monkeypatch.setattr(correlation, "BLOCK", entries)
        found = values_and_cotangents(function, scene.operands(), scene.parameters)
        for one, other in zip(found, expected, strict=True):
            assert_agree(one, other, 1e-13)


def by_channel(x: Any) -> Any:
    """Lay images out channel by channel."""
    return np.ascontiguousarray(x.swapaxes(0, 1)).swapaxes(0, 1)


def with_gaps(x: Any) -> Any:
    """Lay an array out with gaps between entries."""
    return np.repeat(x, 2, -1)[..., ::2]


def backwards(x: Any) -> Any:
    """Lay an array out from its end to its beginning."""
    return np.ascontiguousarray(x[::-1, ..., ::-1])[::-1, ..., ::-1]


@pytest.mark.parametrize("order", [by_channel, with_gaps, backwards, np.asfortranarray])
@pytest.mark.parametrize(
    ("function", "scene"), [(conv2d, LARGE), (conv2d, IMAGES[7]), (conv_transpose2d, LARGE_TRANSPOSED)], ids=shown
)
def test_the_order_of_memory_makes_no_difference(function: Any, scene: Scene, order: Any) -> None:
    operands = scene.operands()
    expected = values_and_cotangents(function, operands, scene.parameters)
    x, weight, *bias = operands
    ordered = [order(x), np.asfortranarray(weight), *bias]
    for one, other in zip(values_and_cotangents(function, ordered, scene.parameters, order), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def values_and_cotangents(
    function: Any, operands: Sequence[Any], parameters: Mapping[str, Any], order: Any = np.asarray
) -> list[Any]:
    """Run the loops, with a cotangent in the order of memory asked for."""
    row = TABLE[function]
    y, saved = row.forward(*operands, **parameters)
    cotangent = order(np.random.default_rng(5).normal(size=y.shape))
    return [y, *row.backward(cotangent, saved, {0, 1, 2}, **parameters)]


@each_function
def test_cotangents_are_fresh_and_nothing_is_written_into(function: Any, scene: Scene) -> None:
    row, operands = TABLE[function], scene.operands()
    kept = [x.copy() for x in operands]
    y, saved = row.forward(*operands, **scene.parameters)
    cotangent = np.random.default_rng(5).normal(size=y.shape)
    before = cotangent.copy()
    for result in row.backward(cotangent, saved, {0, 1, 2}, **scene.parameters):
        assert not any(np.shares_memory(result, other) for other in (cotangent, y, *operands))
    for one, other in zip([*operands, cotangent], [*kept, before], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("function", "scene"), [(conv2d, IMAGES[4]), (conv_transpose2d, TRANSPOSED[2])], ids=shown)
def test_second_derivatives_are_those_of_differences(function: Any, scene: Scene) -> None:
    operands = scene.operands()
    directions = [np.random.default_rng(6).normal(size=x.shape) for x in operands]

    def loss(*moved: Any) -> Any:
        return np.sum(np.tanh(function(*moved, **scene.parameters)))

    argnums = tuple(range(len(operands)))

    def gradient(step: float) -> Any:
        moved = [x + step * direction for x, direction in zip(operands, directions, strict=True)]
        return difflab.gradient(loss, *moved, argnums=argnums)

    found = difflab.hvp(loss, *operands, tangents=tuple(directions), argnums=argnums)
    step = 1e-5
    for curvature, above, below in zip(found, gradient(step), gradient(-step), strict=True):
        assert_agree(curvature, (above - below) / (2 * step), 1e-7)


def test_a_convolution_is_bilinear_so_its_transpose_is_its_adjoint() -> None:
    """⟨conv2d(x, w), y⟩ = ⟨x, conv_transpose2d(y, w)⟩, whole numbers exactly."""
    generator = np.random.default_rng(0)
    x, w = generator.integers(-5, 5, (2, 3, 7, 8)) * 1.0, generator.integers(-5, 5, (4, 3, 3, 2)) * 1.0
    y = conv2d(x, w, stride=2, padding=1)
    z = generator.integers(-5, 5, y.shape) * 1.0
    back = conv_transpose2d(z, w, stride=2, padding=1, output_padding=(0, 0))
    assert back.shape == x.shape
    assert np.sum(y * z) == np.sum(x * back)


@pytest.mark.parametrize("function", [conv2d, conv_transpose2d])
def test_a_nan_reaches_the_windows_that_hold_it_and_no_other(function: Any) -> None:
    x = np.zeros((1, 1, 9, 9))
    x[0, 0, 4, 4] = np.nan
    expected = np.zeros((9, 9), bool)
    expected[3:6, 3:6] = True
    np.testing.assert_array_equal(np.isnan(function(x, np.ones((1, 1, 3, 3)), padding=1)[0, 0]), expected)


def test_half_precision_and_mixed_dtypes_go_through_the_definition() -> None:
    x, w = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))
    assert conv2d(x.astype(np.float16), w.astype(np.float16)).dtype == np.float16
    assert conv2d(x.astype(np.float32), w).dtype == np.float64


X, WEIGHT = np.ones((2, 4, 5, 5)), np.ones((6, 4, 3, 3))


@pytest.mark.parametrize("through", ["loops", "definition"])
@pytest.mark.parametrize(
    ("function", "operands", "parameters", "sentence"),
    [
        (
            conv2d,
            (X[0], WEIGHT),
            {},
            "takes x of shape (batch, channels, height, width) and was given one of shape (4, 5, 5)",
        ),
        (conv2d, (X[:, :, :0], WEIGHT), {}, "shape (2, 4, 0, 5), which is empty"),
        (
            conv2d,
            (X, WEIGHT[0]),
            {},
            "takes weight of shape (channels of the output, channels of x in a group, height, width)",
        ),
        (conv2d, (X, WEIGHT[:, :, :0]), {}, "none of them 0, and was given shape (6, 4, 0, 3)"),
        (
            conv2d,
            (X, WEIGHT),
            {"groups": 2},
            "4 channels, and weight of shape (6, 4, 3, 3), which with groups=2 takes 8",
        ),
        (conv2d, (X, WEIGHT[:5, :2]), {"groups": 2}, "whose 5 channels of output do not divide into groups=2"),
        (conv2d, (X, WEIGHT), {"dilation": 3}, "reaches over (7, 7), which does not fit: pad by more"),
        (conv2d, (X, WEIGHT), {"stride": 0}, "conv2d was given stride=0: write a whole number of at least 1"),
        (conv2d, (X, WEIGHT), {"stride": 1.5}, "conv2d was given stride=1.5: write a whole number"),
        (conv2d, (X, WEIGHT), {"padding": (1, 2, 3)}, "such as padding=1 or padding=(1, 1), one for each of 2 axes"),
        (conv2d, (X, WEIGHT), {"padding": -1}, "conv2d was given padding=-1"),
        (conv2d, (X, WEIGHT), {"groups": (1, 1)}, "conv2d was given groups=(1, 1)"),
        (conv2d, (X, WEIGHT, np.ones(5)), {}, "gives 6 channels and was given bias of shape (5,)"),
        (conv2d, (X.astype(int), WEIGHT), {}, "x of dtype int64: convert whole numbers first, x.astype(np.float32)"),
        (conv_transpose2d, (X, WEIGHT), {}, "make weight.shape[0] the number of channels"),
        (conv_transpose2d, (X, WEIGHT.swapaxes(0, 1)), {"groups": 3}, "a multiple of groups"),
        (conv_transpose2d, (X, WEIGHT.swapaxes(0, 1)), {"output_padding": 1}, "make it less than the stride"),
        (conv_transpose2d, (X, WEIGHT.swapaxes(0, 1)), {"padding": 9}, "would have height and width (-11, -11)"),
        (
            conv_transpose2d,
            (X, WEIGHT.swapaxes(0, 1), np.ones(4)),
            {},
            "gives 6 channels and was given bias of shape (4,)",
        ),
    ],
)
def test_what_does_not_fit_is_a_sentence(
    function: Any, operands: Sequence[Any], parameters: Mapping[str, Any], sentence: str, through: str
) -> None:
    called = TABLE[function].definition if through == "definition" else function
    with pytest.raises(InvalidArgument, match=re.escape(sentence)):
        called(*operands, **parameters)


@pytest.mark.parametrize(
    ("operands", "parameters", "sentence"),
    [
        ((X, WEIGHT), {}, "conv1d takes x of shape (batch, channels, length)"),
        ((X[0], WEIGHT[0]), {}, "conv1d was given x of shape (4, 5, 5), 5 channels"),
        (
            (X[0], WEIGHT[0, :, :2]),
            {"stride": (1, 1)},
            "conv1d was given stride=(1, 1): write a whole number of at least 1",
        ),
    ],
)
def test_sentences_about_sequences_speak_of_sequences(
    operands: Sequence[Any], parameters: Mapping[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidArgument, match=re.escape(sentence)):
        conv1d(*operands, **parameters)
