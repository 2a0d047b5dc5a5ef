"""A layered layout: operands above the operations on them, few crossings, straight lines.

After Sugiyama, Tagawa and Toda, Methods for visual understanding of hierarchical system structures, IEEE Transactions
on Systems, Man, and Cybernetics 11 (1981): layers by the longest path, order by barycentres, then places by averages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .picture import Picture

SWEEPS = 12
LONG = 24
"""Edges over so many layers are drawn straight, without points between."""
BEND = 18.0
"""The width of a place where an edge passes a layer."""
GAP = 22.0


@dataclass(slots=True)
class Layout:
    """Where everything is: points count on from the vertices, and lie on edges where these pass a layer."""

    x: list[float]
    layer: list[int]
    routes: list[list[int]]
    """For each edge, the points that it passes, from its source to its target."""


def layout(picture: Picture, widths: Sequence[float]) -> Layout:
    """Lay out a picture whose vertices have the given widths; x is the middle of each."""
    layer = _layers(picture)
    routes = _routes(picture, layer)
    width = [*widths, *[BEND] * (len(layer) - len(widths))]
    above: list[list[int]] = [[] for _ in layer]
    below: list[list[int]] = [[] for _ in layer]
    for route in routes:
        for upper, lower in pairwise(route):
            above[lower].append(upper)
            below[upper].append(lower)
    rows: list[list[int]] = [[] for _ in range(max(layer) + 1)]
    for point, number in enumerate(layer):
        rows[number].append(point)
    _order(rows, above, below)
    return Layout(_places(rows, above, below, width), layer, routes)


def _layers(picture: Picture) -> list[int]:
    """Put operations one below the lowest of their operands, then inputs and constants close to where they are used."""
    layer = [0] * len(picture.vertices)
    for source, target in sorted(picture.edges, key=lambda edge: edge[1]):
        layer[target] = max(layer[target], layer[source] + 1)
    first_use: dict[int, int] = {}
    for source, target in picture.edges:
        first_use[source] = min(first_use.get(source, layer[target]), layer[target])
    return [
        first_use.get(place, 1) - 1 if vertex.kind != "operation" else layer[place]
        for place, vertex in enumerate(picture.vertices)
    ]


def _routes(picture: Picture, layer: list[int]) -> list[list[int]]:
    """Give edges over several layers a point in each; adds the points' layers to `layer`."""
    routes = []
    for source, target in picture.edges:
        between = range(layer[source] + 1, layer[target])
        first = len(layer)
        if len(between) < LONG:
            layer.extend(between)
        routes.append([source, *range(first, len(layer)), target])
    return routes


def _order(rows: list[list[int]], above: list[list[int]], below: list[list[int]]) -> None:
    """Order each row by the mean place of its neighbours in the row above, then below, and so on."""
    place = [0.0] * len(above)
    for row in rows:
        _note(row, place)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        neighbours = above if down else below
        for row in rows if down else reversed(rows):
            means = {point: _mean(neighbours[point], place, place[point]) for point in row}
            row.sort(key=means.__getitem__)
            _note(row, place)


def _note(row: list[int], place: list[float]) -> None:
    for number, point in enumerate(row):
        place[point] = number - len(row) / 2


def _mean(neighbours: Sequence[int], place: Sequence[float], otherwise: float) -> float:
    return sum(place[each] for each in neighbours) / len(neighbours) if neighbours else otherwise


def _places(
    rows: list[list[int]], above: list[list[int]], below: list[list[int]], width: Sequence[float]
) -> list[float]:
    """Move points towards their neighbours, as far as those beside them in the row allow."""
    x = [0.0] * len(width)
    for sweep in range(2 * SWEEPS):
        neighbours = above if sweep % 2 == 0 else below
        both = sweep >= SWEEPS
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = [_mean(neighbours[p] + (below[p] if both and neighbours is above else []), x, x[p]) for p in row]
            for point, found in zip(row, _apart(wanted, [width[p] for p in row]), strict=True):
                x[point] = found
    least = min(place - size / 2 for place, size in zip(x, width, strict=True))
    return [place - least for place in x]


def _apart(wanted: Sequence[float], widths: Sequence[float]) -> list[float]:
    """Give the places closest to those wanted, in this order, at which nothing overlaps.

    Least squares under x[i+1] - x[i] ≥ distance: isotonic regression, by pooling adjacent violators.
    """
    offsets = [0.0]
    for left, right in pairwise(widths):
        offsets.append(offsets[-1] + (left + right) / 2 + GAP)
    blocks: list[list[float]] = []  # the sum of what is wanted, and how many
    for place, offset in zip(wanted, offsets, strict=True):
        blocks.append([place - offset, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    levels = [total / count for total, count in blocks for _ in range(int(count))]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]
