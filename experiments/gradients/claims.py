"""What is asked of difflab's methods, row by row, in sentences with numbers."""

from collections.abc import Iterator, Mapping, Sequence

from .engines import OWN, PEERS
from .timing import CALLS, Figure, Timed

Claim = tuple[str, bool]

EAGER, COMPILED = "reverse", "reverse_compiled"
OF_AUTOGRAD = 1 / 3
"""The time that the eager sweep may take, in autograd's; in PyTorch's, 1."""


def claims(found: Mapping[str, Timed]) -> Iterator[Claim]:
    """State what should hold of each row."""
    missing: dict[tuple[str, str], list[str]] = {}
    for row, each in found.items():
        by_engine = {figure.engine: figure for figure in each.figures}
        if EAGER in by_engine:
            yield from _of_the_eager_sweep(row, by_engine)
        if COMPILED in by_engine:
            yield from _of_the_compiled_sweep(row, by_engine)
        for engine, reason in each.reasons.items():
            if engine in OWN:
                missing.setdefault((engine, reason), []).append(row)
    for (engine, reason), rows in missing.items():
        yield f"{engine} is not timed on {'; '.join(rows)}: {reason}", False


def _of_the_eager_sweep(row: str, by_engine: Mapping[str, Figure]) -> Iterator[Claim]:
    own = by_engine[EAGER].ratio
    if autograd := by_engine.get("autograd"):
        share = own / autograd.ratio
        yield f"{row}: {EAGER} takes {share:.2f} of autograd's time, at most a third asked for", share <= OF_AUTOGRAD
    if torch := by_engine.get("torch"):
        share = own / torch.ratio
        yield f"{row}: {EAGER} takes {share:.2f} of PyTorch's time, at most 1 asked for", share <= 1


def _of_the_compiled_sweep(row: str, by_engine: Mapping[str, Figure]) -> Iterator[Claim]:
    own = by_engine[COMPILED]
    peers = [by_engine[name] for name in PEERS if name in by_engine]
    if not peers:
        return
    best = min(peers, key=lambda peer: peer.ratio)
    text = f"{row}: {COMPILED} takes {own.ratio:.3g} evaluations, the best peer, {best.engine}, {best.ratio:.3g}"
    yield text, own.ratio < best.ratio
    if autograd := by_engine.get("autograd"):
        text = f"its first call {1e3 * own.first_call:.3g} ms, autograd's {1e3 * autograd.first_call:.3g} ms"
        yield f"{row}: {text}", own.first_call < autograd.first_call
    shares = [mine / min(theirs) for mine, theirs in zip(own.totals, _by_number(peers), strict=True)]
    shown = ", ".join(f"{share:.2f} (N={number:,})" for share, number in zip(shares, CALLS, strict=True))
    yield f"{row}: N calls of {COMPILED} take less than the best peer's, of which they take {shown}", max(shares) < 1


def _by_number(figures: Sequence[Figure]) -> Iterator[tuple[float, ...]]:
    """Give the totals of all engines for each number of calls."""
    return zip(*(figure.totals for figure in figures), strict=True)
