"""Lines of LLVM's language: constants are the numbers that they stand for, names are unique, modules are complete."""

from ctypes import CFUNCTYPE, c_bool, c_double, c_float, c_int64
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from difflab.lowering.native.machine import Code
from difflab.lowering.native.text import SIZES, Number, Text, kind_of, literal

KINDS = {"double": (np.float64, c_double), "float": (np.float32, c_float), "i64": (np.int64, c_int64)}


def returned(number: Number) -> Any:
    """Let a compiled function return a constant."""
    text = Text(f"{number.kind} @constant()")
    text.line(f"ret {number.kind} {number.text}")
    code = Code(text.module(), has_loops=False)
    result = c_bool if number.kind == "i1" else KINDS[number.kind][1]
    return CFUNCTYPE(result)(code.address("constant"))()


@pytest.mark.parametrize("kind", ["double", "float"])
@given(value=st.floats())
def test_reals_are_written_bit_by_bit(kind: str, value: float) -> None:
    with np.errstate(over="ignore"):
        expected = KINDS[kind][0](value)
    found = KINDS[kind][0](returned(literal(value, kind)))
    assert found.tobytes() == expected.tobytes() or (np.isnan(found) and np.isnan(expected))


@given(value=st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_are_written(value: int) -> None:
    assert returned(literal(value, "i64")) == value == returned(literal(np.int64(value), "i64"))


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [(True, "i1", True), (np.False_, "i1", False), (2, "i1", True), (True, "double", 1.0), (7, "float", 7.0)],
)
def test_numbers_become_those_of_a_kind(value: Any, kind: str, expected: Any) -> None:
    assert returned(literal(value, kind)) == expected


def test_a_number_that_is_too_large_for_single_precision_is_infinite() -> None:
    """As NumPy has it; and without a warning, which would be an error here."""
    assert returned(literal(1e300, "float")) == np.inf


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "?"])
def test_kinds_are_of_the_size_of_the_dtype(dtype: str) -> None:
    kind = kind_of(dtype)
    assert kind is not None
    assert SIZES[kind] == np.dtype(dtype).itemsize


@pytest.mark.parametrize("dtype", ["f2", "g", "i4", "u8", "c16", "O", "S3", "M8[s]", ">f8", ">i8"])
def test_other_dtypes_are_of_no_kind(dtype: str) -> None:
    assert kind_of(np.dtype(dtype)) is None


def counted(turns: int, lines: int = 0) -> Text:
    text = Text("i64 @run()")
    text.turns = turns
    text.lines += [""] * lines
    return text


def test_loops_count_where_they_take_the_time() -> None:
    assert not counted(0).has_loops
    assert counted(5).has_loops
    assert not counted(5, 5000).has_loops
    assert counted(50_000, 5000).has_loops
    outer = counted(0, 5000)
    Text("i64 @part()", outer).turns = 50_000
    assert outer.has_loops


def test_names_and_blocks_are_unique_and_places_come_first() -> None:
    text = Text("double @run()")
    first = text.assign(f"fadd double {literal(1, 'double').text}, {literal(2, 'double').text}", "double")
    place = text.allocate("double", 3)
    text.line(f"store double {first.text}, ptr {place}")
    block = text.label()
    text.line(f"br label %{block}")
    text.begin(block)
    again = text.assign(f"load double, ptr {place}", "double")
    text.line(f"ret double {again.text}")
    assert len({first.text, place, f"%{block}", again.text}) == 4
    assert text.block == block
    lines = text.written()
    assert lines.index("entry:") + 1 == next(n for n, line in enumerate(lines) if "alloca" in line)
    code = Code(text.module(), has_loops=False)
    assert CFUNCTYPE(c_double)(code.address("run"))() == 3


def test_a_module_declares_what_its_functions_call() -> None:
    """Of two functions, each once; those of vectors for loops alone."""
    outer = Text("double @run(double %x)")
    inner = Text("internal double @part(double %x)", outer)
    for text in (outer, inner):
        result = text.call("exp", [Number("%x", "double")], "double")
        result = text.call("llvm.sqrt.f64", [result], "double")
        text.line(f"ret double {result.text}")
    module = outer.module()
    assert module.count("declare double @exp(double)") == module.count("declare double @llvm.sqrt.f64") == 1
    assert "_ZGV" not in module.replace("vector-function-abi-variant", "").split("attributes")[0]
    code = Code(module, has_loops=False)
    found = CFUNCTYPE(c_double, c_double)(code.address("run"))(3.0)
    np.testing.assert_allclose(found, np.exp(1.5), 1e-15)
    inner.turns = 1
    assert ("_ZGV" in outer.module().split("attributes")[0]) == any("_ZGV" in name for name in outer.declarations)
