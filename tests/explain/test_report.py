"""The text: titles, tables and sentences, whole or shortened."""

import re

import numpy as np
import pytest

import difflab
from difflab.errors import InvalidArgument
from difflab.explain import Explanation
from difflab.explain.report import SECTIONS, USUAL
from tests.explain import functions


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    return difflab.explain(functions.branch, np.array([0.5, 0.3, 1.2]))


def section(text: str, title: str) -> list[str]:
    """Give the lines below a title."""
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(title)) + 1
    return lines[first : lines.index("", first) if "" in lines[first:] else None]


def test_the_text_has_all_sections_but_llvm(explanation: Explanation) -> None:
    text = str(explanation)
    assert text.startswith("The gradient of `branch` by reverse_compiled\n\ngradient: one program of this machine\n")
    assert [
        title for title in ("Graph", "Guards", "Passes", "Stages", "Memory", "Source") if f"\n{title}: " in text
    ] == [name.capitalize() for name in USUAL]
    assert "define i64 @run" not in text


def test_sections_are_chosen(explanation: Explanation) -> None:
    text = explanation.text(["llvm"], longest=None)
    assert "define i64 @run" in text
    assert "Graph: " not in text


def test_each_pass_is_a_row_of_numbers(explanation: Explanation) -> None:
    lines = section(str(explanation), "Passes")
    (compilation,) = explanation.compilations
    for step, line in zip(compilation.steps, lines[1:], strict=False):
        counts = step.counts
        assert re.split(r"  +", line.strip())[:-1] == [
            step.name,
            f"{counts.equations:,}",
            f"{counts.operations:,}",
            f"{counts.entries:,}",
        ]


def test_the_graph_is_a_line_an_equation(explanation: Explanation) -> None:
    lines = section(str(explanation), "Graph")
    equations = explanation.compilations[0].steps[0].graph.equations
    assert [line.split()[0] for line in lines[: len(equations)]] == [f"v{each.outputs[0].number}" for each in equations]
    assert re.fullmatch(r"  v1 = x\[0\] +float64", lines[0])
    assert lines[len(equations)].startswith("  return v")
    assert "  c0 is float64[2], all 1.0" in lines


def test_guards_are_numbered(explanation: Explanation) -> None:
    (line,) = section(str(explanation), "Guards")
    assert line.startswith("  1. x[0] > 0 is True   (functions.py, line ")


def test_many_lines_are_shortened_unless_all_are_asked_for() -> None:
    found = difflab.explain(functions.logistic, 0.3, 100)
    equations = len(found.compilations[0].steps[0].graph.equations)
    short = section(found.text(["graph"], longest=10), "Graph")
    assert len(short) == 11
    assert f"  … {equations + 1 - 10} lines more …" in short
    assert len(section(found.text(["graph"], longest=None), "Graph")) == equations + 1


def test_numpy_phases_say_why() -> None:
    text = difflab.explain(functions.solved, np.array([0.5, 0.3])).text(["stages"])
    assert re.search(r"^gradient: \d programs of this machine, and NumPy in turn$", text, re.MULTILINE)
    phase = r"^  phase 2, NumPy:\n    because programs have no np\.linalg\.solve\n    v7 = np\.linalg\.solve\(v5, v6\)$"
    assert re.search(phase, text, re.MULTILINE)


def test_an_unknown_section_is_refused(explanation: Explanation) -> None:
    with pytest.raises(InvalidArgument, match=f"no section 'loops': show some of {', '.join(SECTIONS)}"):
        explanation.text(["loops"])
