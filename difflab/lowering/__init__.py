"""A trace becomes something else to run: NumPy source, SymPy expressions, mpmath numbers.

Each module is imported by those who use it, so that SymPy and mpmath load only when needed.
"""
