"""Gradients of plain NumPy functions: difflab's eager and compiled reverse mode, and the engines people use now.

Each function is written once, in plain NumPy; the peers have versions in their own words: autograd the same code with
its `numpy`; PyTorch eager operations (and, apart, functions of its own where it has them); JAX jit(grad), its loops as
`scan`, `fori_loop` or `vmap` (and, apart, traced step by step); CasADi the gradient's graph in its virtual machine.
A gradient that differs from difflab's eager one by more than 1e-9 of its largest entry is not timed. Every call takes
the point as it is and gives a gradient of its own; JAX's points and gradients are its own arrays.

Steady state: bursts of calls, all engines and the function itself in turn and in random order, round after round; the
unit is one evaluation of the function. First calls: of fresh objects, preparation included; each is then called again
and again, and its time noted after 1, 10, 100, 1,000 and 10,000 calls, as far as a budget goes (10 calls in any case);
what lies beyond is counted as steady. No engine finds anything on disk that an earlier process compiled.
"""

import sys

from .findings import Findings, main
from .gradients import claims, gains, plot, tables
from .gradients.budget import QUICK, Budget
from .gradients.engines import OWN, PEERS, WARM_UP
from .gradients.rows import ROWS
from .gradients.settings import same_for_all
from .gradients.timing import timed

PACKAGES = ["autograd", "torch", "jax", "casadi", "llvmlite"]
GAINS = "Gain of each pass: time of a compiled gradient without it, in that with all"


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    budget, engines = QUICK if quick else Budget(), OWN | PEERS
    rows = [row for row in ROWS if row.quick or not quick]
    with same_for_all() as settings:
        timed(WARM_UP, engines, "reverse", QUICK)
        found = {row.name: timed(row, engines, "reverse", budget) for row in rows}
        of_passes = gains.gains(rows, budget)
    text = "\n\n".join([*str(__doc__).strip().split("\n\n")[1:], settings])
    findings = Findings("Gradients of plain NumPy functions", text, packages=PACKAGES)
    findings.tables = tables.tables(found) | {GAINS: of_passes}
    findings.figures["totals"] = plot.totals([figure for each in found.values() for figure in each.figures])
    for sentence, holds in claims.claims(found):
        findings.claim(sentence, holds)
    return findings


if __name__ == "__main__":
    sys.exit(main("compiled_gradients", run))
