"""The library whose threads run Numba's parallel loops: oneTBB, where it is installed.

Its threads wait for work awake for a moment, so that a loop after another starts in some 7 microseconds, then sleep.
Those of Numba's own work queue sleep at once and take 60 to 150 to wake; the thread that asks does no part itself, so
that on two processors two threads of three may share one: a step of LeNet-5 took 15 ms and not 8. OpenMP's threads spin
for long and keep processors from those of BLAS: a product after a loop took ten times as long.
"""

import ctypes
import importlib.metadata

import numba

LIBRARY = "libtbb.so.12"


def choose_threading_layer() -> None:
    """Let parallel loops run on oneTBB, else on the work queue; threads that were started before stay."""
    numba.config.THREADING_LAYER = "tbb" if _load() else "workqueue"


def _load() -> bool:
    """Load oneTBB from where the package installer put it, which is not where the dynamic linker looks."""
    try:
        files = importlib.metadata.files("tbb") or []
        (path,) = (str(file.locate()) for file in files if file.name == LIBRARY)
        ctypes.CDLL(path, ctypes.RTLD_GLOBAL)
        from numba.np.ufunc import tbbpool  # type: ignore[attr-defined]  # noqa: F401
    except (importlib.metadata.PackageNotFoundError, ValueError, OSError, ImportError):
        return False
    return True
