"""Drawing random programs.

A program is run while it is drawn, at several points at once. So it is known of each value which shape it has, and of
each branch which side the points are on; thresholds are put between the points.
"""

import random
import re
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

import difflab
from tests.compiled import steps
from tests.compiled.programs import Block, Branch, Line, Program, Statement

POINTS = 4
"""At which each program is drawn, and called."""
ENTRIES, AXES = 60, 4
"""Of the largest value."""
FORMS = ("vector", "vector", "matrix", "number", "block", "mapping", "nest")
Scope = dict[str, Any]
"""The names of a program and what they stand for at one point."""


def random_program(seed: int, size: int | None = None) -> Program:
    """Draw a program of `size` statements, or of 2 to 9."""
    return _Drawer(seed).program(size)


class _Drawer:
    def __init__(self, seed: int):
        self.seed = seed
        self.choose = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.count = 0
        self.branches: list[Branch] = []

    def program(self, size: int | None) -> Program:
        dtype = np.dtype(np.float32 if self.choose.random() < 0.2 else np.float64)
        form = self.choose.choice(FORMS)
        lengths = [self.choose.choice([1, 2, 3, 3, 4, 5, 9, 17]) for _ in range(3)]
        extras = [0.75, -0.5, 0.75, -0.5]
        points = [(self.argument(form, lengths, dtype), extras[n]) for n in range(POINTS)]
        constants = self.constants()
        scopes: list[Scope] = []
        for x, extra in points:
            scope: Scope = {"np": np, "difflab": difflab, "x": x, "extra": extra}
            exec("\n".join(constants), scope)
            scopes.append(scope)
        statements: list[Statement] = [Line(text) for text in _taken_apart(form)]
        for scope in scopes:
            exec("\n".join(_taken_apart(form)), scope)
        statements += self.statements(scopes, size or self.choose.randint(2, 9), depth=2)
        is_scalar = self.choose.random() < 0.7
        result = self.result(scopes[0], statements, is_scalar=is_scalar)
        return Program(self.seed, constants, statements, result, is_scalar, dtype, points, self.branches)

    def argument(self, form: str, lengths: Sequence[int], dtype: Any) -> Any:
        def array(*shape: int) -> Any:
            return self.numbers.uniform(-2, 2, shape).astype(dtype)

        n, m, _ = lengths
        match form:
            case "vector":
                return array(n)
            case "matrix":
                return array(min(n, 5), min(m, 5))
            case "number":
                return dtype.type(array(1)[0])
            case "block":
                return array(2, 3, min(n, 4))
            case "mapping":
                return {"a": array(n), "b": array(min(m, 5), 2), "c": dtype.type(array(1)[0])}
            case _:
                return [array(n), (array(n), {"c": array(2, 2)})]

    def constants(self) -> list[str]:
        weights = [round(self.choose.uniform(-2, 2), 3) for _ in range(3)]
        return [
            f"weights = np.array({weights})",
            f"rate = {self.constant()}",
            "def helper(t, number):",
            "    return np.sin(t * rate) * number / 2",
        ]

    def constant(self) -> float:
        return self.choose.randint(1, 19) / 10 * self.choose.choice([-1, 1]) + 0.037

    def statements(self, scopes: list[Scope], size: int, depth: int) -> list[Statement]:
        drawn: list[Statement] = []
        for _ in range(size):
            chance = self.choose.random()
            if depth and chance < 0.15:
                drawn += self.branch(scopes, depth)
            elif depth and chance < 0.25:
                drawn += self.loop(scopes)
            elif chance < 0.3:
                drawn += self.change_in_place(scopes)
            else:
                drawn.append(self.step(scopes, self.choose.choice(steps.KINDS)))
        return drawn

    def name(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def step(
        self, scopes: list[Scope], templates: Sequence[str], name: str = "", alike: str = "", finish: str = ""
    ) -> Line:
        """Draw `name = expression`; with `alike`, of the shape of the value of that name, made of it."""
        name = name or self.name()
        for _ in range(1000):
            template = self.choose.choice(templates)
            a = alike or self.value(scopes[0])
            if "{axis}" in template and not np.ndim(scopes[0][a]):
                continue
            expression = self.expression(scopes[0], template, a)
            expression = f"({expression}) {finish}" if finish else expression
            try:
                values = [_run(Line(f"{name} = {expression}"), dict(scope))[name] for scope in scopes]
            except (ValueError, IndexError, TypeError, ArithmeticError, AttributeError, Warning):
                continue
            except np.linalg.LinAlgError:
                continue
            if all(map(_is_good, values)) and (not alike or np.shape(values[0]) == np.shape(scopes[0][alike])):
                for scope, value in zip(scopes, values, strict=True):
                    scope[name] = value
                return Line(f"{name} = {expression}")
        raise AssertionError(f"No step fits the values of program {self.seed}.")

    def expression(self, scope: Scope, template: str, a: str) -> str:
        shape = np.shape(scope[a])
        rank = len(shape)
        axis = self.choose.randrange(rank) if rank else 0
        axes: Any = [None, axis, -1, tuple(range(rank))[:2]] if rank else [None]
        return template.format(
            a=a,
            b=self.value(scope),
            number=self.number(scope),
            c=round(self.constant(), 3),
            n=max(1, int(np.prod(shape))),
            k=self.choose.randint(-2, 2),
            stride=self.choose.randint(1, 2),
            axis=axis,
            length=shape[axis] if rank else 1,
            axes=self.choose.choice(axes),
            keep=self.choose.random() < 0.3,
            order=tuple(self.choose.sample(range(rank), rank)),
            divided=self.choose.choice([(-1,), (-1, 1), (-1, 2), (2, -1), (1, -1, 3)]),
            index=self.index(shape),
        )

    def value(self, scope: Scope) -> str:
        names = [name for name in scope if name[0] == "v"]
        return self.choose.choice(names[-4:] + names)

    def number(self, scope: Scope) -> str:
        """Give an expression of a value without axes."""
        name = self.value(scope)
        shape = np.shape(scope[name])
        place = ", ".join(str(self.choose.randrange(-length, length)) for length in shape)
        return self.choose.choice([f"{name}[{place}]", f"np.mean({name})"]) if shape else name

    def index(self, shape: Sequence[int]) -> str:
        parts = []
        for length in shape:
            begin = self.choose.randrange(length)
            parts.append(
                self.choose.choice(
                    [str(begin), str(begin - length), f"{begin}:", f":{begin + 1}", "::2", "::-1", ":", "None, :"]
                )
            )
        return ", ".join(parts[: self.choose.randint(1, 4)]) or "()"

    def branch(self, scopes: list[Scope], depth: int) -> list[Statement]:
        """Draw an `if` whose sides give values of one shape."""
        number, name, alike = self.number(scopes[0]), self.name(), self.value(scopes[0])
        looked_at = [float(eval(number, scope)) for scope in scopes]
        condition = f"{number} > {_between(looked_at)}"
        outcomes = [bool(eval(condition, scope)) for scope in scopes]
        self.branches.append(Branch(condition, frozenset(outcomes)))
        drawn: list[Statement] = []
        before = [dict(scope) for scope in scopes]
        for side, head in ((True, f"if {condition}:"), (False, "else:")):
            chosen = [scope for scope, outcome in zip(scopes, outcomes, strict=True) if outcome == side]
            inner = [dict(scope) for scope in chosen or before]
            known = len(self.branches)
            body = self.statements(inner, self.choose.randint(0, 2), depth - 1)
            body.append(self.step(inner, steps.ALIKE, name, alike, f"/ 2 + {self.number(inner[0])} / 2"))
            drawn.append(Block(head, body))
            if not chosen:  # no point comes here
                del self.branches[known:]
            for scope, after in zip(chosen, inner, strict=False):
                scope[name] = after[name]
        return drawn

    def loop(self, scopes: list[Scope]) -> list[Statement]:
        """Draw a loop whose length depends on data, or does not."""
        alike, name, number = self.value(scopes[0]), self.name(), self.number(scopes[0])
        begin = Line(f"{name} = {alike} * 1.0")
        largest = [float(np.max(np.abs(scope[alike]))) for scope in scopes]
        heads = (
            "for k in range(3):",
            f"for k in range(int(np.abs({number}) * 2 + 0.137)):",
            f"while np.max(np.abs({name})) > {max(0.05, _between(largest) / 2)}:",
            f"for entry in ({number}, 0.5, {number} / 3):",
        )
        head = self.choose.choice(heads)
        if head.startswith("while"):
            body = Line(f"{name} = {self.choose.choice(['np.sin({0})', '{0}', 'np.flip({0})'])} * 0.7".format(name))
        else:
            inner = [{**scope, name: scope[alike] * 1.0, "k": 0, "entry": 0.5} for scope in scopes]
            body = self.step(inner, steps.ALIKE, name, name, "* 0.9")
        block = Block(head, [body])
        turns = []
        for scope in scopes:
            _run(begin, scope)
            counted = Block(head, [Line("turns.append(0)"), body])
            scope["turns"] = []
            _run(counted, scope)
            turns.append(len(scope.pop("turns")))
        if "range(int" in head or head.startswith("while"):
            self.branches.append(Branch(head, frozenset(turns)))
        return [begin, block]

    def change_in_place(self, scopes: list[Scope]) -> list[Statement]:
        name = self.name()
        begin = Line(f"{name} = {self.value(scopes[0])}.copy()")
        for scope in scopes:
            _run(begin, scope)
        for _ in range(100):
            change = Line(f"{name} {self.choose.choice(['+=', '*=', '-='])} {self.value(scopes[0])} / 4")
            trial = [{**scope, name: scope[name].copy()} for scope in scopes]
            try:
                values = [_run(change, scope)[name] for scope in trial]
            except (ValueError, TypeError):
                continue
            if all(map(_is_good, values)):
                for scope in scopes:
                    _run(change, scope)
                return [begin, change]
        return [begin]

    def result(self, scope: Scope, statements: Sequence[Statement], *, is_scalar: bool) -> str:
        """Give what no statement has used, as a sum or as a nest."""
        lines = [line.strip() for statement in statements for line in statement.lines()]

        def is_used(name: str) -> bool:
            return any(re.search(rf"\b{name}\b", line) and not line.startswith((f"{name} ", "while")) for line in lines)

        names = [name for name in scope if name[0] == "v" and not is_used(name)]
        if is_scalar:
            return " + ".join(f"np.sum({name})" for name in names)
        nests = ["({0}, {1})", "{{'one': {0}, 'two': [{1}, ({2},)]}}", "[{0}, {{'a': {1}}}]", "{0}"]
        return self.choose.choice(nests).format(*names[::-1], *names, *names)


def _taken_apart(form: str) -> list[str]:
    """Name the leaves of the argument."""
    match form:
        case "mapping":
            return ["v01 = x['a']", "v02 = x['b']", "v03 = x['c']"]
        case "nest":
            return ["v01, (v02, rest) = x", "v03 = rest['c']"]
        case _:
            return ["v01 = x"]


def _run(statement: Statement, scope: Scope) -> Scope:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error")
        exec("\n".join(statement.lines()), scope)
    return scope


def _is_good(value: Any) -> bool:
    if getattr(value, "dtype", np.dtype(object)).kind != "f" or value.size > ENTRIES or value.ndim > AXES:
        return False
    return bool(value.size and np.all(np.abs(value) <= steps.BOUND))


def _between(values: Sequence[float]) -> float:
    """Give a threshold of few digits with about as many values above as below."""
    first, second = sorted(values)[len(values) // 2 - 1 :][:2] if len(values) > 1 else (values[0], values[0] + 0.1)
    return round((first + second) / 2, 3)
