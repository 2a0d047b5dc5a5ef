"""Methods by name."""

from importlib import import_module

import pytest

from difflab.errors import InvalidArgument
from difflab.interface import OPERATORS
from difflab.methods import CentralDifference, get, names

MODULE = import_module("difflab.methods")  # `difflab.methods` itself is the table of what the methods can do


@pytest.mark.parametrize("name", names())
def test_a_method_is_found_under_the_name_that_it_calls_itself(name: str) -> None:
    method = get(name)
    assert method.name == name
    assert getattr(MODULE, type(method).__name__) is type(method)
    assert type(method).__name__ in dir(MODULE)
    assert method.summary
    assert set(method.operators) <= set(OPERATORS)


def test_a_method_with_settings_is_given_back() -> None:
    method = CentralDifference(step=1e-3)
    assert get(method) is method


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("central_diference", "no method 'central_diference': did you mean 'central_difference'"),
        ("?", "no method '\\?': use one of manual, forward_difference"),
        (CentralDifference, "no method <class .*CentralDifference'>: use one of"),
    ],
)
def test_an_unknown_name_is_refused_with_those_like_it(wrong: str, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        get(wrong)


def test_an_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Centrall'"):
        _ = MODULE.Centrall


def test_numerical_methods_declare_that_they_read_no_rules() -> None:
    independent = {name for name in names() if not get(name).reads_rules}
    assert {"manual", "forward_difference", "central_difference", "complex_step", "richardson"} <= independent
    assert independent.isdisjoint({"forward", "reverse"})
