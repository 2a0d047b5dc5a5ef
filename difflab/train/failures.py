"""How a run ends before its time, with what was measured until then."""

from typing import TYPE_CHECKING

from ..errors import DifflabError

if TYPE_CHECKING:
    import pandas as pd


class Diverged(DifflabError, ArithmeticError):
    """A loss became NaN or infinite; `history` and `steps` are those of a `Fit`."""

    def __init__(self, sentence: str, history: "pd.DataFrame", steps: "pd.DataFrame"):
        super().__init__(sentence)
        self.history, self.steps = history, steps


class Interrupted(KeyboardInterrupt):
    """Ctrl-C was pressed during training; `history` and `steps` are those of a `Fit`."""

    def __init__(self, sentence: str, history: "pd.DataFrame", steps: "pd.DataFrame"):
        super().__init__(sentence)
        self.history, self.steps = history, steps
