"""One plain NumPy function, its derivatives by every method, and how good each method is."""

__version__ = "0.1.0"
