"""What a function sees of the world is found without running it; each change there is noticed, and nothing else is."""

import gc
import sys
import textwrap
import weakref
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import difflab
from difflab.engines.reach.libraries import is_library
from difflab.engines.reach.places import LARGE
from difflab.engines.reach.search import LIMIT, reach_of
from difflab.engines.surroundings import Surroundings
from difflab.problems import all_problems


def program(text: str) -> ModuleType:
    """Run a text as a person's module, which has NumPy."""
    module = ModuleType("program")
    module.np = np  # type: ignore[attr-defined]
    run(text, module)
    return module


def run(text: str, module: ModuleType) -> None:
    exec(textwrap.dedent(text), vars(module))


GLOBAL = "rate = 0.5\ndef f(x): return rate * x"
CLOSURE = """
def make():
    rate = 0.5
    def f(x): return rate * x
    def change(value):
        nonlocal rate
        rate = value
    return f, change
f, change = make()
"""
MODEL = """
class Base:
    scale = 2.0
    def scaled(self, x): return self.scale * x
class Model(Base):
    def __init__(self): self.rate, self.steps = 0.5, 0
    def loss(self, x): return self.rate * self.scaled(x)
    def __call__(self, x): return self.loss(x)
model = Model()
f = model.loss
"""
HELPERS = """
rate = 0.5
def helper(x): return inner(x)
def inner(x): return rate * x
def f(x): return helper(x)
"""
NEST = "settings = {'rates': [0.5, [1.0]], 'name': 'a'}\ndef f(x): return settings['rates'][1][0] * x"
SUPER = """
class A:
    def __init__(self): self.rate, self.steps = 0.5, 0
    def g(self, x): return self.rate * x
class B(A):
    def f(self, x): return super().g(x)
b = B()
f = b.f
"""
DATACLASS = """
from dataclasses import dataclass
@dataclass
class Settings:
    rate: float
    steps: int = 0
settings = Settings(0.5)
def f(x): return settings.rate * x
"""
MODULE = """
import types
params = types.ModuleType('params')
params.rate = params.other = 0.5
def f(x): return params.rate * x
"""
LONG = f"weights = [1.0] * {LARGE}\ndef f(x): return sum(weights) * x"

CHANGES = [
    (GLOBAL, "rate = 2.0", "The global `rate` was 0.5 and is 2.0."),
    (GLOBAL, "rate = np.float64(0.25)", "The global `rate` has changed."),
    ("n = 1\ndef f(x): return type(n)(x)", "n = 1.0", "The global `n` was 1 and is 1.0."),
    ("z = 0.0\ndef f(x): return np.copysign(x, z)", "z = -0.0", "The global `z` was 0.0 and is -0.0."),
    (
        "name = 'sin'\ndef f(x): return getattr(np, name)(x)",
        "name = 'cos'",
        "The global `name` was 'sin' and is 'cos'.",
    ),
    (
        "rate = 0.5\ndef f(x): return (lambda: [rate * y for y in [x]])()[0]",
        "rate = 2",
        "The global `rate` was 0.5 and is 2.",
    ),
    (CLOSURE, "change(2.0)", "The closure variable `rate` was 0.5 and is 2.0."),
    (CLOSURE, "change(None); f = lambda x: None", "The closure variable `rate` was 0.5 and is None."),
    ("def f(x, rate=0.5): return rate * x", "f.__defaults__ = (2.0,)", "`f.__defaults__` has changed."),
    (
        "def f(x, w=[1.0]): return sum(w) * x",
        "f.__defaults__[0].append(2.0)",
        "The content of `f.__defaults__[0]` has changed.",
    ),
    (
        "def f(x, *, rate=0.5): return rate * x",
        "f.__kwdefaults__['rate'] = 2.0",
        "`f.__kwdefaults__['rate']` was 0.5 and is 2.0.",
    ),
    ("def f(x): return f.rate * x\nf.rate = 0.5", "f.rate = 2.0", "`f.rate` was 0.5 and is 2.0."),
    ("def f(x): return x\ndef g(x): return 2 * x", "f.__code__ = g.__code__", "The code of `f` has changed."),
    (MODEL, "model.rate = 2.0", "`self.rate` was 0.5 and is 2.0."),
    (MODEL, "model.scale = 3.0", "`self.scale` is new."),
    (MODEL, "Base.scale = 3.0", "`Base.scale` was 2.0 and is 3.0."),
    (MODEL, "Base.scaled = lambda self, x: x", "`Base.scaled` has changed."),
    (MODEL + "f = model", "model.rate = 2.0", "`self.rate` was 0.5 and is 2.0."),
    (MODEL + "f = lambda x: model(x)", "model.rate = 2.0", "`model.rate` was 0.5 and is 2.0."),
    (MODEL + "f = Model.__call__.__get__(model)", "model.rate = 2.0", "`self.rate` was 0.5 and is 2.0."),
    (
        "class A: pass\na = A()\na.rate = 0.5\ndef f(x): return getattr(a, 'ra' + 'te') * x",
        "a.rate = 2.0",
        "`a.rate` was 0.5 and is 2.0.",
    ),
    (
        "class A:\n  @property\n  def rate(self): return rate\na = A()\nrate = 0.5\ndef f(x): return a.rate * x",
        "rate = 2.0",
        "The global `rate` was 0.5 and is 2.0.",
    ),
    (
        "class A:\n  __slots__ = 'rate', 'unset'\na = A()\na.rate = 0.5\ndef f(x): return a.rate * x",
        "a.rate = 2.0",
        "`a.rate` was 0.5 and is 2.0.",
    ),
    (
        "class Unit:\n  def __rmul__(self, x): return x * size\nsize = 1.0\nunit = Unit()\ndef f(x): return x * unit",
        "size = 2.0",
        "The global `size` was 1.0 and is 2.0.",
    ),
    (
        "import types\na = types.SimpleNamespace(rate=0.5)\ndef f(x): return a.rate * x",
        "a.rate = 2.0",
        "`a.rate` was 0.5 and is 2.0.",
    ),
    (
        "import functools\nf = functools.partial(lambda x, w, k: w[0] * k * x, w=[1.0], k=0.5)",
        "f.keywords['w'][0] = 2.0",
        "`<lambda>.keywords['w'][0]` was 1.0 and is 2.0.",
    ),
    (
        "import functools\nrate = 0.5\n@functools.cache\ndef helper(): return rate\ndef f(x): return helper() * x",
        "rate = 2.0; helper.cache_clear()",
        "The global `rate` was 0.5 and is 2.0.",
    ),
    (
        "rate = 0.5\ng = np.vectorize(lambda x: rate * x)\ndef f(x): return g(x)",
        "rate = 2.0",
        "The global `rate` was 0.5 and is 2.0.",
    ),
    (
        "import difflab\nrate = 0.5\ng = difflab.prepare(lambda x: rate * x**2, 1.0)\ndef f(x): return g.gradient(x)",
        "rate = 2.0",
        "The global `rate` was 0.5 and is 2.0.",
    ),
    (DATACLASS, "settings.rate = 2.0", "`settings.rate` was 0.5 and is 2.0."),
    (
        DATACLASS + "def f(x): return Settings(x).steps",
        "Settings.__init__ = lambda self, x: None; Settings.steps = 1",
        "`Settings.steps` was 0 and is 1; `Settings.__init__` has changed.",
    ),
    (
        DATACLASS + "def f(x): return type(settings)(x).rate",
        "Settings.__init__ = lambda self, x: setattr(self, 'rate', 2 * x)",
        "`Settings.__init__` has changed.",
    ),
    (HELPERS, "rate = 2.0", "The global `rate` was 0.5 and is 2.0."),
    (
        HELPERS,
        "inner = lambda x: x",
        "The global `inner` has changed.",
    ),
    (MODULE, "params.rate = 2.0", "`params.rate` was 0.5 and is 2.0."),
    ("w = [1.0, 2.0]\ndef f(x): return sum(w) * x", "w.append(3.0)", "The content of `w` has changed."),
    ("w = [1.0, 2.0]\ndef f(x): return sum(w) * x", "w[1] = 3.0", "`w[1]` was 2.0 and is 3.0."),
    ("w = [1.0, 2.0]\ndef f(x): return sum(w) * x", "w = [1.0, 3.0]", "`w[1]` was 2.0 and is 3.0."),
    (
        "w = [1.0, 2.0]\ndef f(x): return sum(w) * x",
        "w = (1.0, 2.0, 3.0)",
        "The global `w` has changed.",
    ),
    ("w = [1.0] * 20\ndef f(x): return sum(w) * x", "w[7] = 3.0", "The content of `w` has changed."),
    (LONG, "weights[7] = 3.0", "The content of `weights` has changed."),
    (LONG + "\nweights.append(1.0)", "weights.append(2.0)", "The content of `weights` has changed."),
    (LONG + "\nweights.append(1.0)", "weights = [2.0] * len(weights)", "The global `weights` has changed."),
    (NEST, "settings['rates'][1][0] = 2.0", "`settings['rates'][1][0]` was 1.0 and is 2.0."),
    (NEST, "settings = {'rates': [0.5, [2.0]], 'name': 'a'}", "`settings['rates'][1][0]` was 1.0 and is 2.0."),
    ("w = ([1.0], 2.0)\ndef f(x): return w[0][0] * x", "w[0][0] = 2.0", "`w[0][0]` was 1.0 and is 2.0."),
    ("w = {1.0}\ndef f(x): return sum(w) * x", "w.add(2.0)", "The content of `w` has changed."),
    (
        "import collections\nw = collections.deque([1.0])\ndef f(x): return w[-1] * x",
        "w.append(2.0)",
        "The content of `w` has changed.",
    ),
    (
        "import collections\nw = collections.defaultdict(float, a=1.0)\ndef f(x): return w['a'] * x",
        "w['b'] = w.pop('a')",
        "The content of `w` has changed.",
    ),
    (
        "class Settings(dict):\n  __getattr__ = dict.__getitem__\ns = Settings(rate=0.5)\ndef f(x): return s.rate * x",
        "s['rate'] = 2.0",
        "The content of `s` has changed.",
    ),
    (
        "w = np.array([1.0, None], object)\ndef f(x): return w[0] * x",
        "w[0] = 2.0",
        "The content of `w` has changed.",
    ),
    (
        "w = np.ones(2)\ndef f(x): return np.sum(w) * x",
        "w = np.ones(3)",
        "The global `w` has changed.",
    ),
    (
        "w = np.ones(2)\ndef f(x): return np.sum(w) * x",
        "w.resize(3, refcheck=False); w[2] = 2",
        "The shape or dtype of `w` has changed.",
    ),
    (
        "a = np.ones(1)\nb = np.zeros(1)\ndef f(x): return a * x - b",
        "b = a",
        "The global `b` has changed.",
    ),
]
"""A program with a function f, a change that gives f another value, and the sentence that says so."""


@pytest.mark.parametrize(("text", "change", "sentence"), CHANGES)
def test_a_change_is_seen(text: str, change: str, sentence: str) -> None:
    module = program(text)
    function = module.f
    around = Surroundings.of(function)
    assert around.unchanged()
    assert around.difference() == ""
    before = function(3.0)
    run(change, module)
    assert not around.unchanged()
    assert not around.unchanged()
    assert around.difference() == sentence
    assert not same(module.f(3.0), before)  # or else the case shows nothing


NO_CHANGES = [
    (GLOBAL, "rate = float('0.5')"),
    (GLOBAL, "other = 2.0"),
    ("n = 10**9\ndef f(x): return n * x", "n = int('1000000000')"),
    ("rate = np.float32(0.5)\ndef f(x): return rate * x", "rate = np.float32(0.5)"),
    ("rate = float('nan')\ndef f(x): return rate * x", "rate = float('nan')"),
    ("T = 1.0\ndef f(x): return np.asarray(x).T", "T = 2.0"),
    ("rate = 0.5\ndef f(x, rate=1.0): return rate * x", "rate = 2.0"),
    ("rate = 0.5\ndef f(x):\n  rate = 2.0\n  return (lambda: rate * x)()", "rate = 2.0"),
    (MODEL, "model.steps += 1"),
    (MODEL, "model.later = 1"),
    (SUPER, "b.steps = 1"),
    (DATACLASS, "settings.steps = 1"),
    (DATACLASS, "Settings.__repr__ = lambda self: ''"),
    (MODEL, "Model.later = 1"),
    (MODULE, "params.other = 2.0"),
    ("import fractions\ndef f(x): return fractions.Fraction(1, 2) * x", "fractions.later = 1; del fractions.later"),
    ("w = [1.0, 2.0]\ndef f(x): return sum(w) * x", "w = [float('1'), float('2')]"),
    ("w = (1.0, [2.0] * 20)\ndef f(x): return w[0] * x", "w = (1.0, [2.0] * 20)"),
    (NEST, "settings = {'rates': [0.5, [1.0]], 'name': 'a'}"),
    (NEST, "settings['rates'][1] = [1.0]"),
    (LONG, "weights = list(weights)"),
]
"""A program with a function f, and a change that leaves its value as it was."""


@pytest.mark.parametrize(("text", "change"), NO_CHANGES)
def test_nothing_else_is(text: str, change: str) -> None:
    module = program(text)
    around = Surroundings.of(module.f)
    before = module.f(3.0)
    run(change, module)
    assert around.unchanged()
    assert around.difference() == ""
    assert same(module.f(3.0), before)


def same(one: Any, other: Any) -> bool:
    """Say whether two results are the same to the last bit, signs of zeros and types aside from None included."""
    return type(one) is type(other) and np.asarray(one).tobytes() == np.asarray(other).tobytes()


def test_a_change_back_is_no_change() -> None:
    module = program(GLOBAL)
    around = Surroundings.of(module.f)
    module.rate = 2.0
    assert not around.unchanged()
    module.rate = 0.5
    assert around.unchanged()


def test_what_is_gone_is_a_change() -> None:
    module = program(GLOBAL)
    around = Surroundings.of(module.f)
    del module.rate
    assert not around.unchanged()
    assert around.difference() == "The global `rate` is gone."


def test_an_import_inside_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, package = ModuleType("own.settings"), ModuleType("own")
    settings.rate = 0.5  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "own", package)
    monkeypatch.setitem(sys.modules, "own.settings", settings)
    module = program("__package__ = 'own'\ndef f(x):\n  from .settings import rate\n  return rate * x")
    around = Surroundings.of(module.f)
    assert around.unchanged()
    settings.rate = 2.0  # type: ignore[attr-defined]
    assert around.difference() == "`own.settings.rate` was 0.5 and is 2.0."
    assert not around.unchanged()


def test_libraries_are_taken_to_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    module = program("import statistics\nfrom statistics import mean\ndef f(x): return mean([x, statistics.later])")
    around = Surroundings.of(module.f)
    monkeypatch.setattr("statistics.later", 1.0, raising=False)
    assert around.unchanged()
    assert {place.words for place in reach_of(module.f).places} == {
        "the code of `f`",
        "the global `mean`",
        "the code of `mean`",
    }


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of an installed package, with a function that looks at a global."""
    module = program("rate = 0.5\ndef g(x): return rate * x\ndef f(x): return g(x)")
    package = ModuleType("installed")
    package.__file__ = "/usr/lib/python3/dist-packages/installed/__init__.py"
    module.__name__ = "installed.rates"
    module.g.__module__ = module.f.__module__ = "installed.rates"
    monkeypatch.setitem(sys.modules, "installed", package)
    return module


def test_installed_packages_are_libraries(installed: ModuleType) -> None:
    module = program("def f(x): return g(x)")
    module.g = installed.g  # type: ignore[attr-defined]
    around = Surroundings.of(module.f)
    installed.rate = 2.0  # type: ignore[attr-defined]
    assert around.unchanged()


def test_but_not_to_functions_of_their_own(installed: ModuleType) -> None:
    around = Surroundings.of(installed.f)
    installed.rate = 2.0  # type: ignore[attr-defined]
    assert around.difference() == "The global `rate` was 0.5 and is 2.0."
    assert not around.unchanged()


def test_the_main_module_is_the_persons_whatever_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("__main__.__file__", "/usr/lib/python3/site-packages/kernel.py", raising=False)
    assert not is_library("__main__")


WITH_ARRAYS = """
w, b = np.ones(2), np.zeros(2)
layers = [w, {'bias': b}]
class Model: pass
model = Model()
model.table = np.arange(3)
model.other = np.arange(4)
def f(x, scale=np.full(2, 5.0)): return scale * (layers[0] * x + w + b + model.table[0])
"""


def test_arrays_are_given_each_once_and_as_they_are_now() -> None:
    module = program(WITH_ARRAYS)
    around = Surroundings.of(module.f)
    scale = module.f.__defaults__[0]
    found = around.arrays()
    assert {id(array) for array in found} == {id(array) for array in (module.w, module.b, module.model.table, scale)}
    assert len(found) == 4
    module.w[0] = 7
    assert around.unchanged()
    assert around.arrays()[[array is module.w for array in found].index(True)][0] == 7


def test_arrays_that_took_the_place_of_others_are_taken_up_if_asked() -> None:
    module = program("w, b, n = np.ones(2), np.zeros(2), 1\ndef f(x): return w * x + b * n")
    around = Surroundings.of(module.f)
    module.w = np.full(2, 3.0)
    assert not around.unchanged()
    assert around.follow()
    assert around.unchanged()
    assert any(array is module.w for array in around.arrays())
    assert len(around.arrays()) == 2


@pytest.mark.parametrize(
    "change",
    ["w = np.ones(3)", "w = np.ones(2, np.float32)", "w = [1.0, 1.0]", "w = b", "n = 2", "w = np.ones(2); n = 2"],
)
def test_nothing_else_is_taken_up(change: str) -> None:
    module = program("w, b, n = np.ones(2), np.zeros(2), 1\ndef f(x): return w * x + b * n")
    around = Surroundings.of(module.f)
    before = around.arrays()
    run(change, module)
    assert not around.follow()
    assert not around.unchanged()
    assert all(one is other for one, other in zip(around.arrays(), before, strict=True))


def test_names_of_one_array_must_go_on_being_that() -> None:
    module = program("a, b = np.ones(2), np.zeros(2)\nc = a\ndef f(x): return a * x + b + c")
    around = Surroundings.of(module.f)
    module.a = module.c = np.full(2, 2.0)
    assert around.follow()
    module.c = module.b
    assert not around.follow()


def test_arrays_with_an_arithmetic_of_their_own_are_not_given() -> None:
    module = program("w = np.ma.array([1.0, 2.0])\ndef f(x): return np.sum(w) * x")
    around = Surroundings.of(module.f)
    assert around.arrays() == ()
    module.w = np.ma.array([1.0, 2.0])
    assert not around.follow()


def test_cycles_come_to_an_end() -> None:
    module = program(
        """
        class Node: pass
        node = Node()
        node.next, node.all = node, [node]
        node.all.append(node.all)
        rate = 0.5
        def f(x): return g(x) if x > 9 else rate * x + len(node.next.all)
        def g(x): return f(x - 1)
        node.function = f
        """
    )
    around = Surroundings.of(module.f)
    assert around.unchanged()
    module.node.all.append(1)
    assert not around.unchanged()


def test_the_search_is_not_recursive_and_ends_at_a_limit() -> None:
    module = program(
        f"""
        class Node: pass
        first = node = Node()
        for _ in range({LIMIT}):
            node.next = Node()
            node = node.next
        node.next = None
        def f(x): return x if first.next else -x
        """
    )
    around = Surroundings.of(module.f)
    assert around.unchanged()
    with around.watched() as sentences:
        pass
    assert len(sentences) == 1
    assert f"`f` can see more than {LIMIT} variables" in sentences[0]


def test_no_code_of_the_person_runs_in_the_search() -> None:
    module = program(
        """
        def refuse(*args): raise AssertionError("it ran")
        class Wary(dict):
            __getattr__ = __getattribute__ = __eq__ = __repr__ = __len__ = __iter__ = __bool__ = __getitem__ = refuse
            value = property(refuse)
            values = items = keys = refuse
            __hash__ = refuse
        class Slotted:
            __slots__ = ()
            __getattr__ = refuse
        wary, slotted = Wary(), Slotted()
        def f(x): return x * wary.value * slotted.value
        """
    )
    assert reach_of(module.f).is_whole


def test_memory_comes_back_without_the_collector() -> None:
    module = program(GLOBAL)
    around = Surroundings.of(module.f)
    assert around.unchanged()
    reference = weakref.ref(around)
    gc.disable()
    try:
        del around
        assert reference() is None
    finally:
        gc.enable()


def test_problems_have_nothing_that_changes() -> None:
    """Real functions: all is found, is the same after a derivative, and nothing is said of side effects."""
    for problem in all_problems():
        around = Surroundings.of(problem.function)
        with around.watched() as sentences, np.errstate(all="ignore"):
            difflab.jacobian(problem.function, *problem.at(), argnums=problem.argnums, method="reverse")
        assert sentences == []
        assert around.unchanged()
