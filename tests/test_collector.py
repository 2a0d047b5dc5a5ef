"""The collector rests while many objects are made, and works again afterwards, whatever happens inside."""

import gc
import subprocess
import sys

import pytest

from difflab.collector import no_collections

FORKED = """
import gc, os, sys
from difflab.collector import no_collections
with no_collections():
    child = os.fork()
    if not child:
        os._exit(0 if gc.isenabled() else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or not gc.isenabled())
"""


def test_it_works_again_after_an_exception() -> None:
    with pytest.raises(KeyError), no_collections(), no_collections():
        raise KeyError(gc.isenabled())
    assert gc.isenabled()


def test_it_stays_off_where_it_was_off() -> None:
    gc.disable()
    try:
        with no_collections():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.skipif(sys.platform == "win32", reason="There are no forks.")
def test_it_works_in_a_process_forked_inside() -> None:
    assert subprocess.run([sys.executable, "-c", FORKED], check=False).returncode == 0
