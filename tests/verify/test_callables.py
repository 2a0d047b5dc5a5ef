"""Whatever can be called can be verified: a right derivative passes, a wrong one fails."""

import ctypes
import math
import shutil
import subprocess
import sys
from collections.abc import Callable
from ctypes.util import find_library
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab.verify import Command, verify_gradient, verify_jacobian, verify_jvp, verify_rule, verify_vjp
from tests.devices.fake_cupy import FakeCuPy

X = np.array([0.5, -1.0, 2.0])


def holds(function: Any, *args: Any, right: Any, wrong: Any) -> bool:
    """Say whether the right gradient passes and the wrong one fails."""
    return (
        verify_gradient(function, *args, gradient=right).verdict == "pass"
        and verify_gradient(function, *args, gradient=wrong).verdict == "fail"
    )


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_functions_of_tensors(torch: ModuleType, dtype: str) -> None:
    x = torch.tensor(X, dtype=getattr(torch, dtype), requires_grad=True)
    assert holds(lambda x: (x**3).sum(), x, right=lambda x: 3 * x**2, wrong=lambda x: 3 * x)


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_functions_of_jax_arrays(jax: ModuleType, dtype: str) -> None:
    x = jax.numpy.asarray(X, dtype)
    assert holds(jax.jit(lambda x: (x**3).sum()), x, right=lambda x: 3 * x**2, wrong=lambda x: 3 * x)


@pytest.mark.peers
def test_functions_of_jax_of_numpy_arguments(jax: ModuleType) -> None:
    assert holds(lambda x: jax.numpy.sum(x**3), X, right=lambda x: 3 * x**2, wrong=lambda x: 3 * x)


def test_functions_of_arrays_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    cupy = FakeCuPy()
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    x = cupy.array(X)
    assert holds(lambda x: (x**3).sum(), x, right=lambda x: 3 * x**2, wrong=lambda x: x**2)


@pytest.mark.peers
def test_a_network_with_its_parameters_in_a_dict(torch: ModuleType) -> None:
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)).double()
    with torch.no_grad():
        for number, parameter in enumerate(network.parameters()):
            parameter.copy_(torch.sin(torch.arange(parameter.numel()) + number).reshape(parameter.shape))

    def loss(parameters: Any, x: Any) -> Any:
        return torch.func.functional_call(network, parameters, (x,)).square().sum()

    args = (dict(network.named_parameters()), torch.tensor(X))
    assert verify_gradient(loss, *args).verdict == "pass"
    gradient = torch.func.grad(loss)
    assert verify_gradient(loss, *args, gradient=gradient).verdict == "pass"

    def forgotten(parameters: Any, x: Any) -> Any:
        return {**gradient(parameters, x), "2.bias": torch.zeros(1)}

    wrong = verify_gradient(loss, *args, gradient=forgotten)
    assert wrong.verdict == "fail"
    assert "2.bias" in str(wrong)


@pytest.mark.peers
@pytest.mark.parametrize(("factor", "verdict"), [(2, "pass"), (3, "fail")])
def test_a_rule_of_an_autograd_function(torch: ModuleType, factor: int, verdict: str) -> None:
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: Any, cotangent: Any) -> Any:
            return factor * ctx.saved_tensors[0] * cotangent

    x = torch.tensor(X)
    assert verify_gradient(lambda x: Square.apply(x).sum(), x).verdict == verdict
    assert verify_vjp(Square.apply, x).verdict == verdict
    assert verify_jacobian(Square.apply, x).verdict == verdict
    rule = verify_rule(Square.apply, x)
    assert rule.verdict == verdict
    assert "PyTorch has no forward mode" in rule.remarks[0]


@pytest.mark.peers
@pytest.mark.parametrize(("factor", "verdict"), [(2, "pass"), (3, "fail")])
def test_a_rule_of_a_custom_jvp(jax: ModuleType, factor: int, verdict: str) -> None:
    @jax.custom_jvp
    def square(x: Any) -> Any:
        return x * x

    square.defjvp(lambda primals, tangents: (primals[0] ** 2, factor * primals[0] * tangents[0]))
    x = jax.numpy.asarray(X)
    assert verify_jvp(square, x).verdict == verdict
    assert verify_rule(square, x).verdict == verdict
    assert verify_gradient(lambda x: square(x).sum(), x).verdict == verdict


def test_a_function_compiled_by_numba() -> None:
    import numba

    @numba.njit
    def norm(x: Any) -> Any:
        total = 0.0
        for entry in x:
            total += entry * entry
        return math.sqrt(total)

    assert holds(norm, X, right=lambda x: x / norm(x), wrong=lambda x: x / norm(x) ** 2)


def test_a_function_of_the_mathematical_library_in_c() -> None:
    cosine = ctypes.CDLL(find_library("m") or "libm.so.6").cos
    cosine.argtypes, cosine.restype = [ctypes.c_double], ctypes.c_double
    assert holds(cosine, 0.7, right=lambda x: -math.sin(x), wrong=math.sin)


SOURCE = """
double rosenbrock(const double *x, int n) {
    double total = 0.0;
    for (int i = 0; i + 1 < n; i++) {
        double bend = x[i + 1] - x[i] * x[i], off = 1.0 - x[i];
        total += 100.0 * bend * bend + off * off;
    }
    return total;
}
void gradient(const double *x, int n, double *g) {
    for (int i = 0; i < n; i++) g[i] = 0.0;
    for (int i = 0; i + 1 < n; i++) {
        double bend = x[i + 1] - x[i] * x[i];
        g[i] += -400.0 * x[i] * bend - 2.0 * (1.0 - x[i]);
        g[i + 1] SIGN= 200.0 * bend;
    }
}
"""


@pytest.fixture
def compiled(tmp_path: Path) -> Callable[[str], ctypes.CDLL]:
    """Give what compiles C source into a library, where there is a compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler, cc, on the PATH")

    def library(source: str) -> ctypes.CDLL:
        path = tmp_path / f"library{len(list(tmp_path.iterdir()))}.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-xc", "-", "-o", path], input=source, text=True, check=True)
        return ctypes.CDLL(str(path))

    return library


def test_a_library_compiled_from_c(compiled: Callable[[str], ctypes.CDLL]) -> None:
    vector = np.ctypeslib.ndpointer(np.float64, 1, flags="C_CONTIGUOUS")

    def derivative(sign: str) -> tuple[Any, Any]:
        library = compiled(SOURCE.replace("SIGN", sign))
        library.rosenbrock.argtypes, library.rosenbrock.restype = [vector, ctypes.c_int], ctypes.c_double
        library.gradient.argtypes, library.gradient.restype = [vector, ctypes.c_int, vector], None

        def gradient(x: Any) -> Any:
            g = np.empty_like(x)
            library.gradient(x, len(x), g)
            return g

        return lambda x: library.rosenbrock(x, len(x)), gradient

    function, right = derivative("+")
    _, wrong = derivative("-")
    assert holds(function, X, right=right, wrong=wrong)


@pytest.mark.skipif(shutil.which("awk") is None, reason="no awk on the PATH")
def test_a_program_verified_by_a_program() -> None:
    def program(formula: str) -> Command:
        return Command(["awk", f"""{{ for (i = 1; i <= NF; i++) {formula} }} END {{ printf "%.17g", sum }}"""])

    def gradient(entry: str) -> Command:
        return Command(["awk", f"""{{ for (i = 1; i <= NF; i++) printf "%.17g ", {entry} }}"""], like=X)

    cubes = program("sum += $i ^ 3;")
    assert cubes(X) == 7.125
    assert holds(cubes, X, right=gradient("3 * $i ^ 2"), wrong=gradient("2 * $i ^ 2"))


def test_a_function_of_python_alone() -> None:
    assert holds(math.sin, 0.3, right=math.cos, wrong=lambda x: -math.cos(x))
