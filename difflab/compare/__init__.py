"""The main job: every method on real functions, compared by accuracy, swell, run time and memory.

`python -m difflab.compare` writes a report; `difflab.compare.run` gives the same figures as a
pandas frame.
"""

from .job import run

__all__ = ["run"]
