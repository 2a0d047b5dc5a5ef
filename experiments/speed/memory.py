"""What a training step takes of memory, beyond what is there before it."""

import gc
import tracemalloc

import numpy as np
import pandas as pd
from torch.profiler import ProfilerActivity, profile

from . import in_difflab, in_torch
from .rows import ROWS, Row, Step

WARM_UP = 4
"""Steps before the one that counts."""
KIB = 1024


def table(rows: tuple[Row, ...] = ROWS) -> pd.DataFrame:
    """Give the peak of each network's step in each engine, in KiB."""
    found = []
    for row in rows:
        examples = row.examples()
        peaks = {
            "difflab, compiled": peak_of_arrays(in_difflab.build_compiled(row.name, *examples)),
            "difflab": peak_of_arrays(in_difflab.build(row.name, *examples)),
            "PyTorch": peak_of_torch(in_torch.build(row.name, *examples)),
        }
        found.append({"row": f"{row.name}, batch {row.batch}", **{name: peak / KIB for name, peak in peaks.items()}})
    return pd.DataFrame(found)


def peak_of_arrays(step: Step) -> int:
    """Measure how many bytes NumPy and Python hold at most during a step, beyond what they held before."""
    for _ in range(WARM_UP):
        step()
    gc.collect()
    tracemalloc.start()
    try:
        step()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        step()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def peak_of_torch(step: Step) -> int:
    """Add up what PyTorch's profiler says of each tensor that is made and freed; gives the largest sum."""
    for _ in range(WARM_UP):
        step()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
        step()
    events = profiled.profiler.kineto_results.events()
    changes = [event.nbytes() for event in events if event.name() == "[memory]"]
    return int(np.max(np.cumsum(changes), initial=0))
