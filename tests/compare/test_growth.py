"""Laws of growth, fitted to sequences whose law is known."""

import numpy as np
import pytest

from difflab.compare.growth import fit_growth

SIZES = np.arange(2, 12)


@pytest.mark.parametrize(
    ("costs", "law", "rate"),
    [
        (np.full(10, 7), "constant", 0.0),
        (4 * SIZES + 3, "linear", 4.0),
        (SIZES**2, "polynomial", 2.0),
        (5 * SIZES**3, "polynomial", 3.0),
        (3 * 2**SIZES, "exponential", 2.0),
        (SIZES * 2**SIZES, "exponential", 2.25),
    ],
)
def test_known_laws_are_found(costs, law, rate):
    growth = fit_growth(list(SIZES), list(costs))
    assert growth.law == law
    assert growth.rate == pytest.approx(rate, rel=0.02)


def test_the_swell_of_the_logistic_map_is_exponential_and_its_shared_form_is_not():
    sizes = range(2, 9)
    assert fit_growth(sizes, [2, 21, 82, 264, 768, 2096, 5472]).law == "exponential"
    assert fit_growth(sizes, [5, 13, 28, 46, 68, 94, 124]).law == "polynomial"


def test_costs_of_zero_are_left_out():
    assert fit_growth([1, 2, 3, 4, 5], [0, 2, 4, 8, 16]).rate == pytest.approx(2.0)


@pytest.mark.parametrize("costs", [[3, 6, 9], [0, 0, 0, 0, 1]])
def test_three_points_have_no_law(costs):
    assert fit_growth(range(len(costs)), costs) is None
