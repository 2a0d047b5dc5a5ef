"""What a function does besides giving a result is noticed and said in a sentence; what looks like it is not."""

import builtins
import io
import os
import random
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from difflab.engines import taps
from difflab.engines.side_effects import WHOLE
from difflab.engines.surroundings import Surroundings
from tests.engines.test_surroundings import program


def noticed(module: ModuleType) -> list[str]:
    """Run the program's function once under watch."""
    with Surroundings.of(module.f).watched() as sentences:
        module.f(1.0)
    return sentences


def drawn(source: str, name: str = "f") -> str:
    return (
        f"`{name}` draws random numbers ({source}): a replay would repeat the same ones. Draw them outside and pass "
        f"them as an argument."
    )


def printed(stream: str) -> str:
    return f"`f` prints to {stream}: a replay would not. Return what is to be shown, and print it outside."


def changed(what: str, values: str = "", name: str = "f") -> str:
    which = f", which {values}" if values else ""
    return f"`{name}` changes {what}{which}: a replay would not. Return what is new, and keep it outside."


ENTROPY = drawn("of the operating system, as a generator made without a seed does")
WRITTEN = "`f` writes into the array `w`: a replay would not. Write into a copy, and return it."
OPENED = "`f` opens a file to write: a replay would not. Return what is to be written, and write it outside."
COUNTER = """
count = 0
def f(x):
    global count
    count += 1
    return x
"""
CLOSURE = """
def make():
    count = 0
    def f(x):
        nonlocal count
        count = count + {step}
        return x
    return f
f = make()
"""
MODEL = """
class Model:
    def __init__(self): self.calls, self.scale = 0, 2.0
    def f(self, x):
        self.{written} = {value}
        return self.scale * x
model = Model()
f = model.f
"""

EFFECTS = [
    ("def f(x): return x * np.random.normal()", drawn("numpy.random's global state")),
    ("from numpy.random import rand\ndef f(x): return x * rand()", drawn("numpy.random's global state")),
    ("import random\ndef f(x): return x * random.random()", drawn("the global state of Python's random")),
    ("rng = np.random.default_rng(1)\ndef f(x): return x * rng.random()", drawn("`rng`")),
    ("rng = np.random.default_rng(1)\ndef f(x): return rng.spawn(1)[0].random()", drawn("`rng`")),
    ("draw = np.random.default_rng(1).random\ndef f(x): return x * draw()", drawn("`draw.__self__`")),
    ("rng = np.random.RandomState(1)\ndef f(x): return x * rng.rand()", drawn("`rng`")),
    ("import random\nrng = random.Random(1)\ndef f(x): return x * rng.random()", drawn("`rng`")),
    (
        "class Noise:\n  def __init__(self): self.rngs = [np.random.default_rng(1)]\n"
        "  def __call__(self, x): return x * self.rngs[0].random()\nf = Noise()",
        drawn("`self.rngs[0]`", "Noise"),
    ),
    ("def f(x): return x * np.random.default_rng().random()", ENTROPY),
    ("def f(x): return x * np.random.RandomState().rand()", ENTROPY),
    ("import random\ndef f(x): return x * random.Random().random()", ENTROPY),
    ("import random\ndef f(x): return x * random.SystemRandom().random()", ENTROPY),
    ("import secrets\ndef f(x): return x * secrets.randbelow(9)", ENTROPY),
    ("import uuid\ndef f(x): return x * len(str(uuid.uuid4()))", ENTROPY),
    ("def f(x): print(x); return x", printed("sys.stdout")),
    ("import sys\ndef f(x): print(x, file=sys.stderr); return x", printed("sys.stderr")),
    ("import sys\nout = sys.stdout\ndef f(x): out.writelines(['x']); return x", printed("sys.stdout")),
    ("def f(x): np.show_config(); return x", printed("sys.stdout")),
    (COUNTER, changed("the global `count`", "was 0 and is 1")),
    (
        "def f(x):\n  global last\n  last = x\n  return x\nlast = None",
        changed("the global `last`", "was None and is 1.0"),
    ),
    ("def f(x):\n  global later\n  later = x\n  return x", changed("the global `later`")),
    (CLOSURE.format(step=1), changed("the closure variable `count`", "was 0 and is 1", name="make.<locals>.f")),
    (MODEL.format(written="calls", value="self.calls + 1"), changed("`self.calls`", "was 0 and is 1", name="Model.f")),
    (MODEL.format(written="last", value="x"), changed("`self.last`", name="Model.f")),
    ("class A: n = 0\ndef f(x):\n  A.n += 1\n  return x", changed("`A.n`", "was 0 and is 1")),
    ("def f(x):\n  f.calls += 1\n  return x\nf.calls = 0", changed("`f.calls`", "was 0 and is 1")),
    ("seen = []\ndef f(x): seen.append(x); return x", changed("the content of `seen`")),
    ("seen = [0] * 8\ndef f(x): seen.append(x); return x", changed("the content of `seen`")),
    ("seen = [0] * 5000\ndef f(x): seen.append(x); return x", changed("the content of `seen`")),
    ("seen = {}\ndef f(x): seen['a', x] = x; return x", changed("the content of `seen`")),
    ("seen = {'n': 0}\ndef f(x): seen['n'] += 1; return x", changed("`seen['n']`", "was 0 and is 1")),
    ("seen = [[]]\ndef f(x): g(x); return x\ndef g(x): seen[0].append([x])", changed("the content of `seen[0]`")),
    ("def f(x, seen=[]): seen.append(x); return x", changed("the content of `f.__defaults__[0]`")),
    ("def f(x): seen.add(x); return x\nseen = set()", changed("the content of `seen`")),
    ("append = [].append\ndef f(x): append(x); return x", changed("the content of `append.__self__`")),
    ("w = np.zeros(3)\ndef f(x): w[1] = x; return x", WRITTEN),
    ("w = np.zeros((3, 3)).T\ndef f(x): w[1, 2] = x; return x", WRITTEN),
    (f"w = np.zeros({WHOLE})\ndef f(x): w[:] = x; return x", WRITTEN),
    (
        "batches = (n for n in range(9))\ndef f(x): return next(batches) * x",
        "`f` reads from the iterator `batches`, which moves on: a replay would repeat what it gave. Call next(batches) "
        "outside, and pass the result as an argument.",
    ),
    (
        "import io\nlog = io.StringIO()\ndef f(x): log.write('x'); return x",
        "`f` reads or writes the file `log`: a replay would not. Do so outside.",
    ),
]
"""A program with a function f, and what is said of it."""


@pytest.mark.parametrize(("text", "sentence"), EFFECTS)
def test_a_side_effect_is_noticed(text: str, sentence: str) -> None:
    assert noticed(program(text)) == [sentence]


NO_EFFECTS = [
    "def f(x): return x * np.random.default_rng(1).random()",
    "import random\ndef f(x): return x * random.Random(1).random()",
    "rng = np.random.default_rng(1)\ndef f(x): return x * rng.bit_generator.state['has_uint32']",
    "import io\ndef f(x): print(x, file=io.StringIO()); return x",
    "import io, contextlib\ndef f(x):\n  with contextlib.redirect_stdout(io.StringIO()): print(x)\n  return x",
    "import sys\ndef f(x): return x if sys.stdout.writable() else 0",
    "count = 0\ndef f(x):\n  count = 1\n  return x + count",
    "count = 1\ndef f(x):\n  global count\n  count = int('1')\n  return x",
    CLOSURE.format(step=0),
    MODEL.format(written="calls", value="0"),
    "seen = []\ndef f(x):\n  seen = []\n  seen.append(x)\n  return x",
    "seen = []\ndef f(x):\n  seen.append(x)\n  return seen.pop()",
    "seen = [1.0]\ndef f(x):\n  own = list(seen)\n  own.append(x)\n  return sum(own)",
    "def f(x, w=np.zeros(3)): return x + w",
    "w = np.zeros(3)\ndef f(x):\n  own = w.copy()\n  own[1] = x\n  return own",
    "w = np.zeros(3)\nw.flags.writeable = False\ndef f(x): return np.sort(w) + x",
    "def f(x):\n  from email.mime import text\n  return x",
    "batches = [1.0]\ndef f(x): return x * next(iter(batches))",
    "import io\nlog = io.StringIO('a')\ndef f(x): return x * len(log.getvalue())",
    "def f(x): return [x for _ in range(3)][0] if isinstance(x, float) else max(x, 0)",
]
"""Programs with a function f that does nothing that a replay would not."""


@pytest.mark.parametrize("text", NO_EFFECTS)
def test_nothing_else_is(text: str) -> None:
    assert noticed(program(text)) == []


WARNING = """
import warnings
from difflab.engines.surroundings import Surroundings
def f(x):
    warnings.warn("odd")
    return x
with Surroundings.of(f).watched() as sentences:
    f(1.0)
print(sentences)
"""


def test_warnings_are_not_taken_for_printing() -> None:
    """In a process of its own, for pytest has warnings go elsewhere."""
    found = subprocess.run([sys.executable, "-c", WARNING], check=True, capture_output=True, text=True)
    assert "UserWarning: odd" in found.stderr
    assert found.stdout == "[]\n"


def test_what_is_printed_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(noticed(program("import sys\ndef f(x): print('a'); print('b', file=sys.stderr); return x"))) == 2
    assert capsys.readouterr() == ("a\n", "b\n")


@pytest.mark.parametrize("how", ["open(path, 'a').close()", "pathlib.Path(path).write_text('x')", "np.save(path, x)"])
def test_files_that_are_written_are_noticed(how: str, tmp_path: Path) -> None:
    module = program(f"import pathlib\npath = ''\ndef f(x): {how}; return x")
    module.path = str(tmp_path / "file.npy")
    assert noticed(module) == [OPENED]
    assert Path(module.path).exists()
    module = program("path = ''\ndef f(x): open(path).close(); return x")
    module.path = str(tmp_path / "file.npy")
    assert noticed(module) == []


def test_what_compilers_keep_on_disk_is_not_the_functions_doing(tmp_path: Path) -> None:
    compiler = program("import pathlib, uuid\ndef keep(path): pathlib.Path(path).write_text(str(uuid.uuid4()))")
    module = program("def f(x): keep(path); return x")
    module.keep, module.path = compiler.keep, str(tmp_path / "kept")
    assert len(noticed(module)) == 2
    compiler.__name__ = "numba.caching"
    assert noticed(module) == []


@pytest.mark.parametrize(("package", "count"), [("scipy.interpolate", 1), ("numba.core", 0)])
def test_callable_objects_of_libraries_are_looked_into_but_for_compiled_functions(package: str, count: int) -> None:
    module = program(
        """
        class Callable:
            def __init__(self): self.calls, self._calls = 0, 0
            def __call__(self, x):
                self.calls += 1
                return x
        g = Callable()
        def f(x): return g(x)
        """
    )
    import_module(package)
    module.Callable.__module__ = package
    assert len(noticed(module)) == count


def test_several_things_are_all_said() -> None:
    module = program(COUNTER.replace("return x", "print(np.random.rand()); return x"))
    assert [sentence.split()[1] for sentence in noticed(module)] == ["draws", "prints", "changes"]


def originals() -> list[object]:
    streams = [vars(stream).get("write") for stream in (sys.stdout, sys.stderr)]
    return [os.urandom, random._urandom, random.Random.seed, io.open, open, *streams]


def test_taps_are_removed_after_an_exception_too() -> None:
    before = originals()
    module = program("def f(x): print(x); raise KeyError")
    watch = Surroundings.of(module.f).watched()
    sentences = watch.__enter__()
    assert originals() != before
    with pytest.raises(KeyError) as error:
        module.f(1.0)
    assert not watch.__exit__(KeyError, error.value, None)
    assert sentences == [printed("sys.stdout")]
    assert originals() == before


def test_what_someone_else_put_in_place_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(*args: object, **kwargs: object) -> io.StringIO:
        return io.StringIO()

    monkeypatch.setattr(builtins, "open", open)  # to be put back at the end
    with Surroundings.of(lambda x: x).watched():
        builtins.open = other
    assert builtins.open is other


def test_each_thread_is_told_of_its_own_and_taps_last_as_long_as_any_needs_them() -> None:
    before = originals()
    printing, silent = program("def f(x): print(x); return x"), program("def f(x): return x")
    first_is_in, second_is_done = threading.Event(), threading.Event()
    found = []

    def first() -> None:
        with Surroundings.of(silent.f).watched() as sentences:
            first_is_in.set()
            assert second_is_done.wait(30)
        found.extend(sentences)

    thread = threading.Thread(target=first)
    thread.start()
    assert first_is_in.wait(30)
    assert len(noticed(printing)) == 1
    assert originals() != before
    second_is_done.set()
    thread.join()
    assert found == []
    assert originals() == before
    assert not taps._watchers


def test_watches_may_be_nested() -> None:
    module = program("def f(x): print(x); return x")
    with Surroundings.of(module.f).watched() as outer:
        assert len(noticed(module)) == 1
    assert len(outer) == 1


def test_large_arrays_are_compared_by_a_sample() -> None:
    module = program(f"w = np.zeros({WHOLE})\ndef f(x): w[i] = x; return x\ni = 1")
    assert noticed(module) == []  # as is said where WHOLE is
    module.i = -1
    assert len(noticed(module)) == 1


def test_draws_are_still_what_they_were() -> None:
    module = program("def f(x): return np.random.default_rng().random(), np.random.rand()")
    np.random.seed(1)  # noqa: NPY002
    expected = np.random.rand()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    with Surroundings.of(module.f).watched():
        assert module.f(1.0)[1] == expected
