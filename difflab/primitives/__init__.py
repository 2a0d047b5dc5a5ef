"""The table of derivative rules: importing this package declares every row of it."""

from . import arithmetic, construction, indexing, metadata, products, reductions, shaping
from .table import TABLE, Composite, composite, constant, elementwise, general, linear, lookup, multilinear

__all__ = [
    "TABLE",
    "Composite",
    "arithmetic",
    "composite",
    "constant",
    "construction",
    "elementwise",
    "general",
    "indexing",
    "linear",
    "lookup",
    "metadata",
    "multilinear",
    "products",
    "reductions",
    "shaping",
]
