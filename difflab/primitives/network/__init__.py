"""Primitives of neural networks: functions of difflab's own, one idea a file.

Each has a definition in NumPy functions, for every transformation and every order, and loops of its own for plain
arrays. A module declares its rows when it is imported; `import difflab` imports none.
"""
