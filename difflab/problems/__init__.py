"""Functions to differentiate, from the teaching texts and from the literature.

>>> from difflab.problems import get
>>> get("rosenbrock").title
"Rosenbrock's function"
"""

from difflib import get_close_matches

from ..errors import InvalidArgument
from . import classics, graphs, polynomials, swell
from .problem import Known, Problem

__all__ = ["Known", "Problem", "all_problems", "get"]

_PROBLEMS = (
    polynomials.FIRST_POLYNOMIAL,
    polynomials.SECOND_POLYNOMIAL,
    polynomials.CHAIN_RULE,
    graphs.TWO_PATHS,
    graphs.SIGMOID_CHAIN,
    graphs.EVALUATION_TRACE,
    swell.LOGISTIC_MAP,
    classics.SPEELPENNING,
    classics.SPEELPENNING_ZERO,
    classics.ROSENBROCK,
    classics.ROSENBROCK_LOOP,
    classics.SQUIRE_TRAPP,
)
_BY_NAME = {problem.name: problem for problem in _PROBLEMS}


def all_problems() -> tuple[Problem, ...]:
    """Give every problem, the teaching ones first."""
    return _PROBLEMS


def get(name: str) -> Problem:
    """Find a problem by its name; raises `InvalidArgument`, with near names, if there is none.

    >>> get("squire_trap")
    Traceback (most recent call last):
        ...
    difflab.errors.InvalidArgument: There is no problem 'squire_trap'. Did you mean 'squire_trapp'?
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = get_close_matches(name, _BY_NAME, n=3)
    hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else f"There are: {', '.join(_BY_NAME)}."
    raise InvalidArgument(f"There is no problem {name!r}. {hint}")
