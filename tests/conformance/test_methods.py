"""Every method through the whole suite: what is refused is known by name, and nothing is wrong."""

from functools import partial

import pytest

from difflab.conformance import Conformance, as_test, manual, run
from difflab.conformance.tolerance import TEETH, relative_tolerance
from difflab.interface import Accuracy, Differentiator
from difflab.methods import (
    Forward,
    ForwardCompiled,
    ForwardDifference,
    Reverse,
    ReverseCompiled,
    Richardson,
    Symbolic,
    get,
    names,
)

NESTED = {"two perturbations", "second derivative", "length of the gradient"}
REFUSED = {"complex_step": NESTED, "symbolic": {*NESTED, "norm of zeros"}}
"""Of each method: the cases that it refuses."""

DIFFERENCES = ("forward_difference", "central_difference", "richardson")

test_reverse_over_reverse = as_test(Reverse(second_order="reverse"), dtypes=["float64"])


@pytest.mark.parametrize("name", names())
def test_every_method_conforms(name: str) -> None:
    conformance = run(name)
    assert conformance, str(conformance)
    assert {case.name for case, _ in conformance.of("refuses")} == REFUSED.get(name, set())
    assert_known_to_be_unjudged(conformance, name)


def assert_known_to_be_unjudged(conformance: Conformance, name: str) -> None:
    """Nothing passes for unjudged but what has too few digits: differences of differences, and in half precision."""
    for case, outcome in conformance.of("not measured"):
        assert name in DIFFERENCES
        if case.group != "nesting":
            assert case.dtype == "float16"
            assert relative_tolerance(get(name), case.operator, case.dtype) > TEETH
            assert "is within the accuracy that it declares for float16" in outcome.reason


@pytest.mark.parametrize("method", [Forward(chunk=1), Symbolic(simplify=True), Richardson(levels=15)], ids=repr)
def test_other_settings_conform(method: Differentiator) -> None:
    conformance = run(method, dtypes=["float64"], groups=["numbers", "arrays", "empty", "laws"])
    assert conformance, str(conformance)


@pytest.mark.parametrize(
    "method", [ReverseCompiled("native"), ForwardCompiled("native"), ReverseCompiled("source")], ids=repr
)
def test_programs_conform(method: Differentiator) -> None:
    """By default the eager method answers the first call."""
    conformance = run(method)
    assert conformance, str(conformance)


@pytest.mark.parametrize("form", ["derivative", "gradient"])
def test_closed_forms_of_any_kind_conform(form: str) -> None:
    conformance = run(partial(manual, first_order=form), dtypes=["float64"])
    assert conformance, str(conformance)
    assert not conformance.of("refuses", "not measured")


def test_a_method_is_held_to_the_accuracy_that_it_declares() -> None:
    """A step of 0.01 is not what makes the error of a forward difference as small as ε^(1/2)."""
    assert not run(ForwardDifference(step=1e-2), dtypes=["float64"])


def test_a_method_that_declares_less_is_judged_by_less() -> None:
    class Coarse(ForwardDifference):
        accuracy = Accuracy(1 / 8, 1 / 12)  # 0.01 = ε^(1/8): the rest is left unjudged

    conformance = run(Coarse(step=1e-2), dtypes=["float64"])
    assert conformance.counts()["wrong"] == 0
    assert {case.operator for case, _ in conformance.of("not measured")} >= {"hessian", "hvp"}
