"""Whose code it is: a person's own, which may change between two calls, or a library's, which stays as it is."""

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any


def package_of(module: Any) -> str:
    """Give the package that a module belongs to, by its name: "scipy" of "scipy.special"."""
    return str(module).partition(".")[0]


DIFFLAB = package_of(__name__)
_LIBRARIES = frozenset(("numpy", "scipy", DIFFLAB))


def is_numerical_or_standard(package: str) -> bool:
    """Say whether a package is NumPy, SciPy, difflab or one that comes with Python.

    >>> is_numerical_or_standard("random"), is_numerical_or_standard("__main__")
    (True, False)
    """
    return package in _LIBRARIES or package in sys.stdlib_module_names


def is_library(package: str) -> bool:
    """Say whether a package is one of those, or was installed; "__main__" is a person's own."""
    if package == "__main__":  # its file may be an installed program that runs the person's code
        return False
    return is_numerical_or_standard(package) or (package in sys.modules and _is_installed(package))


@lru_cache(1024)
def _is_installed(package: str) -> bool:
    """Say whether a package that is loaded was installed."""
    module = sys.modules[package]
    place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
    return not {"site-packages", "dist-packages"}.isdisjoint(Path(str(place)).parts)
