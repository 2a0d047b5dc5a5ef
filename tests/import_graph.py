"""Which module of a package imports which, read from the source: at module level and inside functions alike."""

import ast
from collections.abc import Iterator
from pathlib import Path

Graph = dict[str, set[str]]
"""From a module's dotted name to the dotted names of the package's modules that it imports."""


def import_graph(package: Path) -> Graph:
    """Read the imports of every module of the package in the folder `package`."""
    files = {_dotted_name(file, package): file for file in sorted(package.rglob("*.py"))}
    return {module: set(_imports(module, file, files)) - {module} for module, file in files.items()}


def reachable(graph: Graph, start: str) -> set[str]:
    """List all that `start` imports, by any number of steps."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def _dotted_name(file: Path, package: Path) -> str:
    parts = file.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(module: str, file: Path, files: dict[str, Path]) -> Iterator[str]:
    """Yield the modules that are imported; `from package import name` imports a submodule if there is one.

    A string that is a module's dotted name counts too, as it may be given to `import_module`; and
    `import_module` of a name that is put together while running counts as all modules beside this one.
    """
    here = module.split(".") if file.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names if alias.name in files)
            case ast.ImportFrom():
                origin = _origin(node, here)
                for alias in node.names:
                    if (submodule := f"{origin}.{alias.name}") in files:
                        yield submodule
                    elif origin in files:
                        yield origin
            case ast.Constant(value=str(text)) if text in files:
                yield text
            case ast.Call(
                func=ast.Name("import_module") | ast.Attribute(attr="import_module"), args=[ast.JoinedStr(), *_]
            ):
                yield from (other for other in files if other.split(".")[:-1] == here)


def _origin(node: ast.ImportFrom, here: list[str]) -> str:
    """Resolve the dots of a relative import inside the package `here`."""
    name = [node.module] if node.module else []
    return ".".join(here[: len(here) + 1 - node.level] + name) if node.level else ".".join(name)
