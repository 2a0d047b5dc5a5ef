"""Drawing the record: forward operations and their adjoints, as DOT and as SVG."""

from .drawing import Drawing, graph

__all__ = ["Drawing", "graph"]
