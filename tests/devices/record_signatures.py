"""Write down what CuPy offers of NumPy, for the stand-in: `python -m tests.devices.record_signatures`.

Needs CuPy, but no GPU: what CuPy lacks it refuses before it asks for a device.
"""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scipy.special

FILE = Path(__file__).with_name("cupy_signatures.json")
NAMESPACES = {"numpy": np, "numpy.linalg": np.linalg}
METHODS = ("reduce", "accumulate", "reduceat", "at")
CREATION = ("arange", "array", "asanyarray", "asarray", "ascontiguousarray", "empty", "eye", "full", "identity", "ones")
CREATION += ("tri", "zeros")
"""Those that NumPy hands on where `like` is an array of CuPy."""


def record() -> dict[str, Any]:
    """Give the functions with the names of their parameters (None for any), ufuncs with their methods, attributes."""
    import cupy
    import cupyx.scipy.special

    functions = {}
    for module, namespace in NAMESPACES.items():
        there = cupy if module == "numpy" else cupy.linalg
        for name in sorted(vars(namespace)):
            dispatches = hasattr(getattr(namespace, name), "_implementation") or name in CREATION
            if dispatches and (found := getattr(there, name, None)) is not None:
                functions[f"{module}.{name}"] = _parameters(found)
    ufuncs = {name: list(_methods(getattr(cupy, name), cupy)) for name, _ in _ufuncs(np) if hasattr(cupy, name)}
    special = [name for name, _ in _ufuncs(scipy.special) if hasattr(cupyx.scipy.special, name)]
    attributes = [name for name in dir(cupy.ndarray) if not name.startswith("_")]
    return {
        "version": cupy.__version__,
        "functions": functions,
        "ufuncs": ufuncs,
        "special": special,
        "attributes": attributes,
    }


def _ufuncs(module: Any) -> Iterator[tuple[str, np.ufunc]]:
    return ((name, each) for name, each in sorted(vars(module).items()) if isinstance(each, np.ufunc))


def _parameters(function: Any) -> list[str] | None:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return None if any(each.kind in kinds for each in parameters) else [each.name for each in parameters]


def _methods(ufunc: Any, cupy: Any) -> Iterator[str]:
    """Yield the methods of a ufunc of CuPy that it does not refuse at once; no memory is touched."""
    memory = cupy.cuda.MemoryPointer(cupy.cuda.UnownedMemory(4096, 1024, None, 0), 0)
    array = cupy.ndarray((2, 2), float, memory)
    arguments = {"reduceat": (array, [0]), "at": (array, (0,), 1.0)}
    for method in METHODS if isinstance(ufunc, cupy.ufunc) else ():
        try:
            getattr(ufunc, method)(*arguments.get(method, (array,)))
        except (NotImplementedError, TypeError, ValueError):
            continue
        except cupy.cuda.runtime.CUDARuntimeError:
            pass
        yield method


if __name__ == "__main__":
    FILE.write_text(json.dumps(record(), indent=None, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
