"""Chainer's steps, timed in a process of its own, which waits while others are measured."""

import subprocess
from pathlib import Path

from .rows import Row

PROGRAM = Path(__file__).with_name("in_chainer.py")


class ChainerProcess:
    """A Python that has Chainer, running `in_chainer.py`; raises `OSError` where it cannot run.

    Args:
        python: the interpreter of a virtual environment with `chainer` and `numpy<1.24`.
    """

    def __init__(self, python: str):
        self.process = subprocess.Popen(
            [python, str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def build(self, row: Row) -> None:
        """Make the network of a row and its optimizer."""
        self._ask(f"{row.name} {row.batch}")

    def seconds(self) -> float:
        """Run one step, and give how long it took."""
        return float(self._ask(""))

    def close(self) -> None:
        """End the process."""
        self.process.communicate()

    def _ask(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        answer = self.process.stdout.readline()
        if not answer:
            raise OSError("Chainer's process ended: run experiments/speed/in_chainer.py by hand to see why.")
        return answer.strip()
