"""Foreign arrays come through the boundary as NumPy arrays with the same numbers, and go back as what they were."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import hypothesis.extra.numpy as hypothesis_numpy
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import difflab
from difflab.errors import InvalidArgument, UnsupportedFunction
from difflab.point import describe
from difflab.verify.foreign import arguments_to_numpy, giving_numpy, in_numpy, like, to_numpy
from tests.conftest import peer
from tests.devices.fake_cupy import FakeCuPy

DTYPES = ["float16", "float32", "float64", "int32", "bool", "complex64", "complex128"]


def numbers(dtype: str) -> np.ndarray:
    return np.array([[0.0, 1.5, -2.0], [3.25, 0.0, 1.0]]).astype(dtype)


def awkward(dtype: str = "float64") -> dict[str, np.ndarray]:
    """Arrays that other libraries refuse, or read wrongly if they look at the memory alone."""
    array = numbers(dtype)
    read_only = array.copy()
    read_only.flags.writeable = False
    return {
        "plain": array,
        "transposed": array.T,
        "strided": array[:, ::2],
        "negative strides": array[::-1, ::-1],
        "0-d": np.array(array[0, 1]),
        "scalar": array[0, 1],
        "empty": array[:0],
        "big-endian": array.astype(array.dtype.newbyteorder(">")),
        "read-only": read_only,
        "broadcast": np.broadcast_to(array[0], (4, 3)),
    }


def identical(found: Any, expected: Any) -> bool:
    """Compare value, dtype (byte order aside) and shape."""
    native = np.asarray(expected).dtype.newbyteorder("=")
    return found.dtype == native and found.shape == np.shape(expected) and bool(np.all(found == expected))


@pytest.mark.peers
@pytest.mark.parametrize("dtype", DTYPES)
def test_torch_round_trip_keeps_numbers_dtype_and_shape(torch: ModuleType, dtype: str) -> None:
    example = torch.zeros(1, dtype=getattr(torch, dtype))
    for case, array in awkward(dtype).items():
        made = like(array, example)
        assert isinstance(made, torch.Tensor), case
        assert made.dtype == example.dtype, case
        assert identical(to_numpy(made), array), case


@pytest.mark.peers
@pytest.mark.parametrize("dtype", DTYPES)
def test_jax_round_trip_keeps_numbers_dtype_and_shape(jax: ModuleType, dtype: str) -> None:
    example = jax.numpy.zeros(1, dtype=dtype)
    for case, array in awkward(dtype).items():
        made = like(array, example)
        assert isinstance(made, jax.Array), case
        assert made.dtype == example.dtype, case
        assert identical(to_numpy(made), array), case


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    """Draw an array of any numbers, NaN and infinities among them, laid out in memory in any way."""
    dtype = draw(st.sampled_from(DTYPES))
    array = draw(hypothesis_numpy.arrays(dtype, hypothesis_numpy.array_shapes(min_dims=0, min_side=0)))
    steps = draw(st.tuples(*[st.sampled_from([-2, -1, 1, 2])] * array.ndim))
    axes = draw(st.permutations(range(array.ndim)))
    return array[tuple(slice(None, None, step) for step in steps)].transpose(axes)


@pytest.mark.peers
@given(arrays())
def test_any_array_goes_through_tensors_bit_for_bit(array: np.ndarray) -> None:
    torch = peer("torch")
    found = to_numpy(like(array, torch.zeros(1, dtype=getattr(torch, array.dtype.name))))
    assert (found.dtype, found.shape, found.tobytes()) == (array.dtype, array.shape, array.tobytes())


@pytest.mark.peers
@given(arrays())
def test_any_array_goes_through_jax_bit_for_bit(array: np.ndarray) -> None:
    jax = peer("jax")
    with jax.enable_x64(True):
        found = to_numpy(like(array, jax.numpy.zeros(1, dtype=array.dtype)))
    assert (found.dtype, found.shape, found.tobytes()) == (array.dtype, array.shape, array.tobytes())


@pytest.mark.peers
def test_tensors_that_do_not_lie_plainly_in_memory_are_read_right(torch: ModuleType) -> None:
    base = torch.arange(6.0, dtype=torch.float64).reshape(2, 3)
    expected = np.arange(6.0).reshape(2, 3)
    assert identical(to_numpy(base.T), expected.T)
    assert identical(to_numpy(base[:, ::2]), expected[:, ::2])
    assert identical(to_numpy(base[1, 2]), expected[1, 2])
    assert identical(to_numpy(base.expand(2, 2, 3)), np.broadcast_to(expected, (2, 2, 3)))
    assert identical(to_numpy(torch.conj(base * 1j)), expected * -1j)
    assert identical(to_numpy(base.requires_grad_() * 2), expected * 2)
    assert identical(to_numpy(torch.nn.Parameter(base.detach())), expected)


@pytest.mark.peers
def test_what_is_read_is_a_copy_that_can_be_written_to(torch: ModuleType, jax: ModuleType) -> None:
    for original in (torch.ones(3), jax.numpy.ones(3)):
        copy = to_numpy(original)
        copy[0] = 5.0
        assert float(original[0]) == 1.0


@pytest.mark.peers
def test_a_nest_keeps_its_structure_and_what_is_no_array(torch: ModuleType, jax: ModuleType) -> None:
    tree = {"a": [torch.ones(2), jax.numpy.zeros(1)], "b": (None, "text", 2, 3.5), "c": np.float32(1)}
    read = to_numpy(tree)
    assert identical(read["a"][0], np.ones(2, "float32"))
    assert identical(read["a"][1], np.zeros(1))
    assert read["b"] == tree["b"]
    assert read["c"] is tree["c"]


@pytest.mark.peers
def test_bfloat16_is_refused_in_a_sentence(torch: ModuleType, jax: ModuleType) -> None:
    for array in (torch.ones(2, dtype=torch.bfloat16), jax.numpy.ones(2, dtype="bfloat16")):
        with pytest.raises(InvalidArgument, match="bfloat16, which NumPy lacks: convert it to float32"):
            to_numpy(array)
        with pytest.raises(InvalidArgument, match="bfloat16"):
            in_numpy(lambda x: x, array)(np.ones(2))


@pytest.mark.peers
def test_tensors_without_plain_numbers_are_refused_in_a_sentence(torch: ModuleType) -> None:
    for tensor in (torch.eye(2).to_sparse(), torch.ones(2, device="meta")):
        with pytest.raises(InvalidArgument, match=r"cannot be copied into a NumPy array .*: give a dense array"):
            to_numpy(tensor)


@pytest.mark.peers
def test_a_wrapped_torch_function_computes_the_same(torch: ModuleType) -> None:
    def function(parameters: dict[str, Any], scale: float) -> Any:
        return {"loss": scale * torch.sum(parameters["w"] ** 2), "shifted": parameters["b"] + 1}

    parameters = {"w": torch.tensor([1.0, 2.0], dtype=torch.float64), "b": torch.tensor(3.0, requires_grad=True)}
    wrapped = in_numpy(function, parameters, 0.5)
    result = wrapped({"w": np.array([3.0, 4.0]), "b": np.float32(1.0)}, np.float64(2.0))
    assert identical(result["loss"], np.float64(50.0))
    assert identical(result["shifted"], np.float32(2.0))
    assert describe(wrapped) == describe(function)


@pytest.mark.peers
def test_each_leaf_goes_back_to_its_own_library_dtype_and_flags(torch: ModuleType, jax: ModuleType) -> None:
    seen: list[Any] = []
    examples = (
        torch.ones(2, requires_grad=True),
        [jax.numpy.ones(2, dtype="float32"), np.ones(2), 2],
        torch.ones(1, dtype=torch.int64),
    )
    in_numpy(lambda *args: seen.extend(args), *examples)(np.zeros(2), [np.zeros(2), np.zeros(2), np.int64(3)], [1][0])
    tensor, (array, plain, number), index = seen
    assert (tensor.dtype, tensor.requires_grad, index.dtype) == (torch.float32, True, torch.int64)
    assert isinstance(array, jax.Array)
    assert array.dtype == np.float32
    assert type(plain) is np.ndarray
    assert (number, type(number)) == (3, int)


@pytest.mark.peers
def test_an_imaginary_part_is_never_dropped_in_silence(torch: ModuleType) -> None:
    with pytest.raises(TypeError, match="Cannot cast"):
        in_numpy(torch.sin, torch.ones(2))(np.array([1.0, 2.0]) + 1j)


@pytest.mark.peers
def test_a_function_that_differentiates_inside_still_does(torch: ModuleType) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)

    def by_autograd(x: Any) -> Any:
        return torch.autograd.grad(torch.sum(x**3), x, create_graph=True)[0]

    def by_transformation(x: Any) -> Any:
        return torch.func.grad(lambda z: torch.sum(z**3))(x)

    for function in (by_autograd, by_transformation):
        np.testing.assert_allclose(in_numpy(function, x)(np.array([1.0, 3.0])), [3.0, 27.0])


@pytest.mark.peers
def test_a_function_that_writes_into_its_arguments_harms_nothing(torch: ModuleType) -> None:
    def careless(x: Any, c: Any) -> Any:
        x.mul_(2)
        c *= 0
        return x.sum()

    x, c = np.ones(3), np.ones(3)
    wrapped = in_numpy(careless, torch.ones(3, dtype=torch.float64), np.ones(3))
    assert [float(wrapped(x, c)), float(wrapped(x, c))] == [6.0, 6.0]
    assert x.tolist() == c.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.peers
def test_jax_outside_of_the_mode_that_its_example_was_made_in_says_so(jax: ModuleType) -> None:
    example = jax.numpy.ones(2)
    with jax.enable_x64(False), pytest.raises(InvalidArgument, match=r"64-bit mode .* is off now.*jax_enable_x64"):
        like(np.ones(2), example)


@pytest.mark.peers
def test_random_keys_are_no_arrays_of_numbers(jax: ModuleType) -> None:
    key = jax.random.key(0)
    wrapped = in_numpy(lambda x, key: x + jax.random.normal(key, x.shape), jax.numpy.zeros(3), key)
    assert arguments_to_numpy([key]) == (key,)
    np.testing.assert_array_equal(wrapped(np.zeros(3), key), jax.random.normal(key, (3,)))


@pytest.mark.peers
def test_difflab_is_told_that_it_cannot_trace_through_another_library(torch: ModuleType) -> None:
    wrapped = in_numpy(lambda x: torch.sum(x), torch.ones(2, dtype=torch.float64))
    with pytest.raises(UnsupportedFunction, match="difflab cannot follow the operations of PyTorch"):
        difflab.gradient(wrapped, np.ones(2))
    assert difflab.gradient(wrapped, np.ones(2), method="central_difference").tolist() == pytest.approx([1.0, 1.0])


@pytest.mark.peers
def test_difflab_traces_a_function_whose_foreign_arguments_are_constants(torch: ModuleType) -> None:
    data = torch.tensor([2.0, 3.0], dtype=torch.float64)
    wrapped = in_numpy(lambda x, data: np.sum(x * data.numpy()), np.ones(2), data)
    assert difflab.gradient(wrapped, np.ones(2), to_numpy(data)).tolist() == [2.0, 3.0]


@pytest.mark.parametrize("args", [(np.ones(2),), (1.0, {"a": [2, np.float32(3)]}), ("text", None), ()])
def test_a_function_of_numpy_arguments_is_given_back_itself(args: tuple[Any, ...]) -> None:
    def function(*args: Any) -> Any:
        return args

    assert in_numpy(function, *args) is function


@pytest.mark.peers
def test_results_of_a_function_of_numpy_arguments_can_be_brought_to_numpy_too(jax: ModuleType) -> None:
    function = giving_numpy(jax.numpy.sin)
    assert identical(function(np.array([0.5], dtype="float32")), np.sin(np.array([0.5], dtype="float32")))
    assert describe(function) == describe(jax.numpy.sin)


@pytest.mark.peers
def test_a_value_under_a_transformation_of_jax_serves_as_example(jax: ModuleType) -> None:
    gradient = jax.grad(lambda x: (x * like(np.array([2.0, 3.0]), x)).sum())
    assert identical(to_numpy(gradient(jax.numpy.ones(2))), np.array([2.0, 3.0]))


@pytest.mark.peers
def test_wrong_arguments_are_refused_in_a_sentence(torch: ModuleType) -> None:
    wrapped = in_numpy(lambda x: x["a"], {"a": torch.ones(2)})
    with pytest.raises(InvalidArgument, match="takes 1 arguments here; it was given 2"):
        wrapped({"a": np.ones(2)}, np.ones(2))
    with pytest.raises(InvalidArgument, match=r"has the structure \[one array or number\]; .* \[{'a': \*}\]"):
        wrapped(np.ones(2))


def test_a_float_is_never_cut_to_an_integer_in_silence() -> None:
    example = FakeCuPy().array(np.ones(2, dtype=np.int64))
    with pytest.raises(TypeError, match="Cannot cast"):
        like(np.array([1.5, 2.5]), example)


class OnlyDLPack:
    """An array that speaks DLPack and nothing else."""

    def __init__(self, array: np.ndarray):
        self.array = array

    def __dlpack__(self, **options: Any) -> Any:
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()


class OnDevice(OnlyDLPack):
    """Says that it lives on a CUDA device, and copies to the CPU when it is asked to."""

    def __dlpack__(self, *, dl_device: Any = None, copy: bool | None = None, **options: Any) -> Any:
        assert (tuple(dl_device), copy) == ((1, 0), True)
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return (2, 0)


class OfStandard(OnlyDLPack):
    """Speaks the array API standard."""

    def __init__(self, array: np.ndarray, device: str = "its device"):
        super().__init__(array)
        self.device = device

    @property
    def dtype(self) -> str:
        return f"standard.{self.array.dtype}"

    def __array_namespace__(self) -> Any:
        return SimpleNamespace(asarray=lambda array, device: OfStandard(array, device))


@pytest.mark.parametrize("kind", [OnlyDLPack, OnDevice, OfStandard])
@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_are_read_by_dlpack(kind: Any, dtype: str) -> None:
    assert identical(to_numpy(kind(numbers(dtype))), numbers(dtype))
    assert identical(to_numpy(kind(numbers(dtype).T)), numbers(dtype).T)


def test_an_array_of_the_standard_is_made_in_its_own_namespace_on_its_own_device() -> None:
    made = like(np.arange(3)[::-1], OfStandard(np.ones(1, dtype="float32"), "second device"))
    assert (type(made), made.device, made.array.dtype) == (OfStandard, "second device", np.float32)
    assert made.array.tolist() == [2.0, 1.0, 0.0]


def test_what_can_only_be_read_is_left_for_the_function_to_use() -> None:
    readable = OnlyDLPack(np.ones(2))
    assert arguments_to_numpy((readable, [1.0])) == (readable, [1.0])
    assert identical(to_numpy(readable), np.ones(2))


def test_text_in_an_array_is_refused_in_a_sentence() -> None:
    table = SimpleNamespace(__array__=lambda: np.array(["a"]))
    kind = type("Table", (), {"__array__": lambda self, dtype=None, copy=None: table.__array__()})
    with pytest.raises(InvalidArgument, match="A Table holds <U1 values: give an array of numbers"):
        to_numpy(kind())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_arrays_on_a_gpu_go_to_the_host_and_back_to_their_device(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cupy = FakeCuPy()
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    with cupy.cuda.Device(1):
        example = cupy.array(np.ones(2, dtype=dtype))
    for case, array in awkward(dtype).items():
        made = like(array, example)
        assert identical(made.get(), array), case
        assert identical(to_numpy(made), array), case
        assert made.device.id == 1
    with cupy.cuda.Device(1):
        assert in_numpy(lambda x: x**2, example)(np.array([2.0, 3.0])).tolist() == [4.0, 9.0]


def test_arrays_of_other_gpu_libraries_are_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", FakeCuPy())
    of_numba = SimpleNamespace(__cuda_array_interface__={}, dtype="float64", copy_to_host=lambda: np.ones(2))
    assert identical(to_numpy(of_numba), np.ones(2))
    assert identical(like(np.zeros(2), of_numba).get(), np.zeros(2))
