"""The distributions of random arrays to begin with."""

import math
from typing import Any

import numpy as np
import pytest

from difflab.errors import InvalidArgument
from difflab.nn import initializers
from difflab.nn.initializers import fans, he_normal, he_uniform, orthogonal, xavier_normal, xavier_uniform

SHAPE = (256, 64, 3, 3)
FAN_IN, FAN_OUT = 64 * 9, 256 * 9

DEVIATIONS: list[tuple[Any, dict[str, float], float]] = [
    (initializers.uniform, {}, 0.05 / math.sqrt(3)),
    (initializers.uniform, {"bound": 2.0}, 2 / math.sqrt(3)),
    (initializers.normal, {}, 0.05),
    (initializers.normal, {"deviation": 3.0}, 3.0),
    (xavier_uniform, {}, math.sqrt(2 / (FAN_IN + FAN_OUT))),
    (xavier_normal, {}, math.sqrt(2 / (FAN_IN + FAN_OUT))),
    (xavier_normal, {"gain": 5 / 3}, 5 / 3 * math.sqrt(2 / (FAN_IN + FAN_OUT))),
    (he_uniform, {}, math.sqrt(2 / FAN_IN)),
    (he_normal, {}, math.sqrt(2 / FAN_IN)),
    (he_uniform, {"slope": math.sqrt(5)}, math.sqrt(1 / FAN_IN / 3)),
]
each_distribution = pytest.mark.parametrize(
    ("draw", "options", "deviation"),
    DEVIATIONS,
    ids=[f"{draw.__name__}{options or ''}" for draw, options, _ in DEVIATIONS],
)


@each_distribution
def test_mean_deviation_and_shape_are_as_stated(draw: Any, options: dict[str, float], deviation: float) -> None:
    drawn = draw(SHAPE, 0, np.float64, **options)
    assert drawn.shape == SHAPE
    assert abs(np.mean(drawn)) < 5 * deviation / math.sqrt(drawn.size)
    assert np.std(drawn) == pytest.approx(deviation, rel=0.01)


@each_distribution
def test_the_form_is_uniform_or_normal(draw: Any, options: dict[str, float], deviation: float) -> None:
    drawn = draw(SHAPE, 0, np.float64, **options) / deviation
    kurtosis, largest = np.mean(drawn**4), np.max(np.abs(drawn))
    if "uniform" in draw.__name__:
        assert kurtosis == pytest.approx(9 / 5, rel=0.01)
        assert largest <= math.sqrt(3)
    else:
        assert kurtosis == pytest.approx(3, rel=0.03)
        assert 3.5 < largest < 6


@each_distribution
def test_a_seed_repeats_and_the_dtype_is_kept(draw: Any, options: dict[str, float], deviation: float) -> None:
    first, second = (draw((4, 5), rng, np.float32, **options) for rng in (3, np.random.default_rng(3)))
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, draw((4, 5), 4, np.float32, **options))


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (6, 2, 2, 2)])
def test_orthogonal_rows_or_columns(shape: tuple[int, ...]) -> None:
    matrix = orthogonal(shape, 0, np.float64, gain=2.0).reshape(shape[0], -1) / 2
    small = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(small, np.eye(len(small)), atol=1e-14)


def test_orthogonal_matrices_are_drawn_evenly() -> None:
    rng = np.random.default_rng(0)
    traces = np.array([np.trace(orthogonal((3, 3), rng, np.float64)) for _ in range(2000)])
    assert abs(np.mean(traces)) < 0.1
    assert np.var(traces) == pytest.approx(1, rel=0.1)


def test_zeros() -> None:
    assert initializers.zeros((2, 3), dtype=np.float64).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_fans_of_a_convolution_count_the_kernel() -> None:
    assert fans(SHAPE) == (FAN_IN, FAN_OUT)
    with pytest.raises(InvalidArgument, match=r"A weight of shape \(3,\) has no fans: it needs two axes"):
        xavier_uniform((3,))


@pytest.mark.parametrize("rng", ["seed", -1, 1.5])
def test_what_gives_no_random_numbers_is_refused(rng: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"gives no random numbers: give numpy\.random\.default_rng\(seed\)"):
        initializers.normal((2,), rng)
