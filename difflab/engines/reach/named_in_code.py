"""What compiled Python code names: globals, attributes, and modules that it imports while it runs."""

import dis
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import resolve_name
from types import CodeType, ModuleType
from typing import Any

_GLOBALS = frozenset(
    ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS", "STORE_GLOBAL", "STORE_NAME", "DELETE_GLOBAL")
)
_ATTRIBUTES = frozenset(("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR", "STORE_ATTR", "DELETE_ATTR", "IMPORT_FROM"))

ANY = frozenset(("getattr", "setattr", "hasattr", "vars", "dir", "__dict__", "asdict", "astuple", "attrgetter"))
"""Code that names one of these may read any attribute."""


@dataclass(frozen=True)
class Names:
    """What one function's code names, the code inside it included."""

    globals: tuple[str, ...]
    """In alphabetical order."""
    attributes: frozenset[str]
    """With the globals by which attributes may be found: `type`, and those of `ANY`."""
    imports: tuple[tuple[int, str], ...]
    """Level and name, as of `from ..name import attribute`: 2 and "name"."""

    def modules(self, namespace: Mapping[str, Any]) -> list[ModuleType]:
        """Give the modules that code with these globals imports, as far as they are loaded."""
        found = []
        for level, name in self.imports:
            try:
                full = resolve_name("." * level + name, namespace.get("__package__") or "")
            except ImportError:  # it will fail there too
                continue
            found += [sys.modules.get(full), sys.modules.get(full.partition(".")[0])]
        return [module for module in found if isinstance(module, ModuleType)]


@lru_cache(4096)
def names_in(code: CodeType) -> Names:
    """Read the names from the code's instructions: of its `co_names` alone one could not tell `x.T` from a global `T`.

    >>> names_in((lambda x: scale * x.T).__code__).globals
    ('scale',)
    """
    instructions = list(_instructions(code))
    read = {name for operation, name in instructions if operation in _GLOBALS}
    attributes = {name for operation, name in instructions if operation in _ATTRIBUTES}
    levels = [level for operation, level in instructions if operation == "level"]
    imported = [name for operation, name in instructions if operation == "IMPORT_NAME"]
    return Names(
        tuple(sorted(read)),
        frozenset(attributes | (read & (ANY | {"type"}))),
        tuple(zip(levels, imported, strict=True)),
    )


def _instructions(code: CodeType) -> Iterator[tuple[str, Any]]:
    """Give operations and what they name, of the code inside too; an import's level goes before its name."""
    latest = [0, 0]
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":  # the level was loaded before the last
            yield "level", latest[-2]
        yield instruction.opname, instruction.argval
        latest = [latest[-1], instruction.argval]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _instructions(constant)
