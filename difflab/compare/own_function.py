"""A person's own function, named on the command line, and the point to differentiate it at."""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..errors import InvalidArgument
from ..problems.problem import Operator, Problem
from ..signature import ArgumentNumbers, Signature
from ..structure import flatten
from ..types import Array, Function, Tree
from .worker import described

TOLERANCE = 1e-9
"""Relative agreement asked of methods without truncation error: the function's condition is not known."""


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """A function by where it is defined, with its arguments."""

    specification: str
    """`module:function` or `path/file.py:function`."""
    arguments: tuple[Tree, ...] = field(compare=False)
    argnums: ArgumentNumbers = 0
    operator: Operator = "gradient"

    def __call__(self, *args: Tree) -> Tree:
        """Import the function and call it."""
        return load(self.specification)(*args)

    def problem(self) -> Problem:
        """State the function, which is not imported yet, as a problem without a closed form."""
        location, _, name = self.specification.rpartition(":")
        size = sum(np.size(leaf) for leaf in flatten(self.arguments)[0])
        return Problem(
            name=f"{Path(location).stem}:{name}",
            title=f"your function {self.specification}",
            function=self,
            arguments=lambda _: self.arguments,
            operator=self.operator,
            source=self.specification,
            argnums=self.argnums,
            sizes=(size,),
            size=size,
            closed_forms={},
            tolerance=TOLERANCE,
        )


@lru_cache(maxsize=16)
def load(specification: str) -> Function:
    """Import the function that `module:function` or `path/file.py:function` names.

    Raises `InvalidArgument` if there is no such file, module or function, or if importing it fails.
    """
    location, colon, name = specification.rpartition(":")
    if not colon or not location or not name:
        raise InvalidArgument(
            f"--function {specification}: name a function as module:function or path/file.py:function."
        )
    try:
        module = _from_file(Path(location)) if location.endswith(".py") else importlib.import_module(location)
    except Exception as error:
        raise InvalidArgument(f"--function {specification}: {_why(error, location)}") from error
    function: Function | None = getattr(module, name, None)
    if not callable(function):
        found = [n for n, value in vars(module).items() if inspect.isfunction(value) and not n.startswith("_")]
        raise InvalidArgument(
            f"--function {specification}: {location} has no function {name!r}"
            + (f"; it has {', '.join(sorted(found)[:8])}." if found else ".")
        )
    return function


def read_point(text: str) -> list[float] | Array | dict[str, Array]:
    """Read what `--at` says: numbers with commas between, or a `.npy` or `.npz` file.

    >>> read_point("0.3, 1.2")
    [0.3, 1.2]
    """
    path = Path(text)
    if path.suffix in (".npy", ".npz"):
        try:
            loaded = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise InvalidArgument(f"--at {text}: {_why(error, text)}") from error
        return loaded if isinstance(loaded, np.ndarray) else dict(loaded)
    try:
        return [float(number) for number in text.rstrip(",").split(",")]
    except ValueError:
        raise InvalidArgument(
            f"--at {text}: give numbers with commas between (--at 0.3,1.2) or a .npy or .npz file."
        ) from None


def examine(specification: str, point: str) -> OwnFunction:
    """Load a function, call it twice at the point, and choose the operator that fits it.

    Raises `InvalidArgument` if the point does not fit, the function raises, or its value is no finite number, or not
    the same both times.
    """
    function = load(specification)
    arguments = _arguments(function, specification, point)
    argnums = 0 if len(arguments) == 1 else tuple(range(len(arguments)))
    at = Signature.of(function, arguments, argnums).point(arguments)
    try:
        outputs, again = (at.call([leaf.copy() for leaf in at.leaves]) for _ in range(2))
    except InvalidArgument:
        raise
    except Exception as error:
        raise InvalidArgument(f"--function {specification} at {point}: {_raised(error)}") from error
    if not all(np.all(np.isfinite(output)) for output in outputs):
        raise InvalidArgument(f"--function {specification}: its value at {point} is not finite: choose another point.")
    if not all(map(np.array_equal, outputs, again)):
        raise InvalidArgument(
            f"--function {specification}: called twice at {point} it gives two values: draw random numbers from a "
            f"generator that it seeds itself, np.random.default_rng(0)."
        )
    return OwnFunction(specification, arguments, argnums, _operator(at.leaves, outputs))


def _arguments(function: Function, specification: str, text: str) -> tuple[Tree, ...]:
    point = read_point(text)
    names, least = _parameters(function)
    if isinstance(point, Mapping):
        return _named(point, names, specification, text)
    if isinstance(point, np.ndarray):
        return (point,)
    if len(names) == 1 and (len(point) > 1 or text.endswith(",")):
        return (np.array(point),)
    if names and not least <= len(point) <= len(names):
        wanted = str(least) if least == len(names) else f"{least} to {len(names)}"
        raise InvalidArgument(
            f"--at {text}: {specification} takes {wanted} numbers ({', '.join(names)}), and these are {len(point)}."
        )
    return tuple(point)


def _named(point: Mapping[str, Array], names: list[str], specification: str, text: str) -> tuple[Tree, ...]:
    unknown = set(point) - set(names)
    if unknown and names:
        raise InvalidArgument(
            f"--at {text}: holds {', '.join(sorted(point))}; {specification} takes {', '.join(names)}: "
            f"save each array under its parameter's name, np.savez(file, {names[0]}=...)."
        )
    given = [name for name in names if name in point] or list(point)
    return tuple(point[name] for name in given)


def _parameters(function: Function) -> tuple[list[str], int]:
    """Name the positional parameters, and count those without default; no names if any number may be given."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return [], 0
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return [], 0
    return [p.name for p in positional], sum(p.default is p.empty for p in positional)


def _operator(inputs: list[Array], outputs: list[Array]) -> Operator:
    if len(outputs) > 1 or np.shape(outputs[0]) != ():
        return "jacobian"
    return "derivative" if len(inputs) == 1 and np.shape(inputs[0]) == () else "gradient"


def _from_file(path: Path) -> object:
    if not path.is_file():
        raise FileNotFoundError(2, "No such file", str(path))
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules.setdefault(path.stem, module)  # dataclasses look their module up
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        specification.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    return module


def _why(error: Exception, location: str) -> str:
    match error:
        case FileNotFoundError():
            return f"there is no file {location}."
        case ModuleNotFoundError() if error.name and location.startswith(error.name):
            return f"there is no module {error.name} here. A file is named by its path, as in path/file.py:function."
        case SyntaxError():
            return f"line {error.lineno} of {error.filename} is not Python: {error.msg}."
        case _:
            return f"reading it {_raised(error)}"


def _raised(error: Exception) -> str:
    return f"raised {described(error)}."
