"""Which line of a person's code is running: what messages point to."""

import linecache
import sys
import traceback
from pathlib import Path
from types import CodeType, FrameType

_PACKAGE = str(Path(__file__).resolve().parent)
_LONGEST_LINE = 100


def calling_line() -> tuple[str, str]:
    """Give the place, in parentheses, and the text of the line that runs, outside difflab, NumPy and SciPy."""
    frame = _calling_frame(sys._getframe(1), None)
    return ("", "") if frame is None else _place(frame, frame.f_lineno)


def calling_place(within: CodeType) -> tuple[str, int] | None:
    """Give file and number of the line that runs, as `calling_line` does, if it was called by `within`."""
    frame = _calling_frame(sys._getframe(1), within)
    return None if frame is None else (frame.f_code.co_filename, frame.f_lineno)


def _calling_frame(frame: FrameType | None, within: CodeType | None) -> FrameType | None:
    while frame and not is_users(frame):
        frame = None if frame.f_code is within else frame.f_back
    return frame


def line_of(error: Exception) -> str:
    """Say, in parentheses, in which line of the differentiated code an error arose."""
    steps = [step for step in traceback.walk_tb(error.__traceback__) if is_users(step[0])]
    return _place(*steps[-1])[0] if steps else ""


def described(error: BaseException) -> str:
    """Give an exception in one line: its type, its message, and where it was raised, in the person's code if there."""
    steps = list(traceback.walk_tb(error.__traceback__))[1:]  # the first is where it was caught
    steps = [step for step in steps if is_users(step[0])] or steps
    message = one_line(f"{type(error).__name__}: {error}")
    if not steps:
        return message
    frame, line = steps[-1]
    return f"{message} ({Path(frame.f_code.co_filename).name}, line {line}, in {frame.f_code.co_name})"


def one_line(text: str) -> str:
    """Put a text into one line."""
    return " ".join(text.split())


def is_users(frame: FrameType) -> bool:
    """Say whether a frame runs neither difflab nor NumPy nor SciPy, nor Python's statistics."""
    module = module_of(frame)
    library = module == "statistics" or module.startswith(("numpy.", "scipy."))
    return not (library or frame.f_code.co_filename.startswith(_PACKAGE))


def _place(frame: FrameType, number: int) -> tuple[str, str]:
    filename = frame.f_code.co_filename
    line = linecache.getline(filename, number, frame.f_globals).strip()
    shown = line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "…"
    return f" ({filename}, line {number}{': ' + shown if shown else ''})", line


def module_of(frame: FrameType) -> str:
    """Give the name of the module that a frame runs in."""
    return str(frame.f_globals.get("__name__", ""))
