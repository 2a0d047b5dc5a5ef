"""What all engines are timed with: two threads, float64, and nothing that earlier runs have compiled."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import numba
from threadpoolctl import threadpool_info, threadpool_limits

THREADS = 2


@contextmanager
def same_for_all() -> Iterator[str]:
    """Give every engine that is installed two processors and two threads, and JAX float64; gives it in words.

    What difflab compiles is not kept on disk, so that first calls are first calls.
    """
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, {"DIFFLAB_CACHE": ""}))
        processors = stack.enter_context(_processors())
        stack.enter_context(threadpool_limits(THREADS))
        before = numba.get_num_threads()
        stack.callback(numba.set_num_threads, before)
        numba.set_num_threads(min(THREADS, before))
        stack.enter_context(_torch())
        stack.enter_context(_jax())
        libraries = sorted({f"{each['internal_api']} {each['num_threads']}" for each in threadpool_info()})
        yield f"Processors: {processors}; threads: {', '.join(libraries)}, numba {numba.get_num_threads()}."


@contextmanager
def _processors() -> Iterator[int]:
    """Stay on two processors: JAX starts as many threads as there are."""
    if not hasattr(os, "sched_setaffinity"):
        yield os.cpu_count() or 1
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:THREADS])
    try:
        yield len(os.sched_getaffinity(0))
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _torch() -> Iterator[None]:
    try:
        import torch
    except ImportError:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _jax() -> Iterator[None]:
    try:
        import jax
    except ImportError:
        yield
        return
    with jax.enable_x64(True):
        yield
