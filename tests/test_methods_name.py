"""`difflab.methods` is a function, the table of what each method can do, and the subpackage of its name."""

import subprocess
import sys

import pytest

LINES = {
    "table": "assert difflab.methods().loc['reverse', 'gradient'] == 'native'",
    "class": "from difflab.methods import Reverse; assert Reverse().name == 'reverse'",
    "module": "import difflab.methods.reverse; assert callable(difflab.methods)",
    "lookup": "from difflab.methods import get; assert get('forward').name == 'forward'",
}


@pytest.mark.parametrize("order", [("table", "class", "module", "lookup"), ("lookup", "module", "class", "table")])
@pytest.mark.parametrize("first", ["import difflab", "from difflab.methods import Forward; import difflab"])
def test_both_are_there_whatever_is_imported_first(first: str, order: tuple[str, ...]) -> None:
    code = "\n".join([first, *(LINES[name] for name in order), *(LINES[name] for name in order)])
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
