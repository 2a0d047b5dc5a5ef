"""What the inputs of a traced operator are: names for them, and what they stand for."""

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..engines.arguments import Arguments
from ..engines.graph import Graph, Variable
from ..engines.reach.search import reach_of
from ..point import parameter_names
from ..signature import Signature
from ..types import Array

TAKEN = re.compile(r"(v|c|guard)\d+|np|require")
"""Names that generated source uses itself."""


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a graph.

    Args:
        name: that it has in all texts; one that Python can read.
        variable: of the graph.
        meaning: what it stands for.
    """

    name: str
    variable: Variable
    meaning: str


def inputs_of(
    graph: Graph, operator: str, signature: Signature, arguments: Arguments, seen: Sequence[Array]
) -> list[Input]:
    """Name the inputs of a traced operator.

    Args:
        graph: the trace.
        operator: as `Replayed` calls it: "push", "pull" and "curvature" take directions.
        signature: of the function's arguments.
        arguments: how the trace takes them.
        seen: the arrays around the function, which are the last inputs.
    """
    meanings = [*_of_arguments(signature, arguments)]
    directions = len(graph.inputs) - len(meanings) - len(seen)
    meanings += _of_directions(operator, meanings[: arguments.moving], directions)
    meanings += _of_surroundings(signature, seen)
    names = _identifiers([path for path, _ in meanings])
    return [
        Input(name, variable, meaning)
        for name, variable, (_, meaning) in zip(names, graph.inputs, meanings, strict=True)
    ]


def _of_arguments(signature: Signature, arguments: Arguments) -> Iterator[tuple[str, str]]:
    """Give path and meaning of each leaf that may change, the differentiated ones first."""
    parameters = parameter_names(signature.function, len(signature.structures))
    paths = [structure.paths(name) for name, structure in zip(parameters, signature.structures, strict=True)]
    for number in signature.moving:
        yield from ((path, f"{path}, differentiated") for path in paths[number])
    others = [path for number, each in enumerate(paths) if number not in signature.moving for path in each]
    yield from ((others[n], f"{others[n]}, which may change from call to call") for n in arguments.changing)


def _of_directions(operator: str, moving: Sequence[tuple[str, str]], count: int) -> Iterator[tuple[str, str]]:
    """Give the same of tangents, one for each differentiated leaf, or of cotangents, one for each result."""
    for number in range(count):
        if operator == "pull":
            which = f" {number}" if count > 1 else ""
            yield f"cotangents{which}", f"cotangents of the result{which}, one a row"
        else:
            path = moving[number][0]
            yield f"tangents of {path}", f"tangents of {path}, one a row"


def _of_surroundings(signature: Signature, seen: Sequence[Array]) -> Iterator[tuple[str, str]]:
    known = {id(array): path for path, array in reach_of(signature.function).arrays} if seen else {}
    for number, array in enumerate(seen):
        path = known.get(id(array), f"array {number}")
        yield path, f"{path}, which the function sees; a guard looks whether its entries are as they were"


def _identifiers(paths: Sequence[str]) -> list[str]:
    """Make names of paths, each its own.

    >>> _identifiers(["x", "p['a'][0]", "p['a', 0]", "v1", "lambda"])
    ['x', 'p_a_0', 'p_a_0_', 'v1_', 'lambda_']
    """
    names: list[str] = []
    for path in paths:
        name = re.sub(r"\W+", "_", path).strip("_") or "x"
        while name in names or TAKEN.fullmatch(name) or keyword.iskeyword(name) or name[0].isdigit():
            name = f"_{name}" if name[0].isdigit() else f"{name}_"
        names.append(name)
    return names


def named(inputs: Sequence[Input]) -> Mapping[Variable, str]:
    """Give the names by variable."""
    return {each.variable: each.name for each in inputs}
