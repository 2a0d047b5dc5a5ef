"""What the tensor engine refuses: each in a sentence that says what was wrong, where, and what to write instead."""

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, checkpoint, grad, no_grad
from tests.devices.fake_cupy import FakeCuPy


def leaf(*shape: int) -> Tensor:
    return Tensor(np.ones(shape), requires_grad=True)


def swept(*shape: int) -> Tensor:
    y = (leaf(*shape) ** 2).sum()
    y.backward()
    return y


def overwritten() -> Tensor:
    x = leaf(3)
    y = np.sin(x)
    z = y * y
    y += 1
    return z.sum()


def stale() -> Tensor:
    y = leaf(3) * 2
    row = y[1:]
    y += 1
    return row.sum()


def written_leaf() -> None:
    x = leaf(3)
    x += 1


def written_broadcast() -> None:
    y = np.broadcast_to(leaf(3) * 2, (2, 3))
    y += 1


def computed_frozen() -> None:
    y = leaf(3) * 2
    y.requires_grad = False


def wrong_hook(replacement: Any) -> None:
    x = leaf(3)
    x.register_hook(lambda gradient: replacement)
    x.sum().backward()


def wrong_grad(gradient: Any, **options: Any) -> None:
    Tensor(np.ones(3), **options).grad = gradient


def changing_run() -> None:
    shapes = iter([(3,), (3, 1)])
    checkpoint(lambda x: x.reshape(next(shapes)), leaf(3)).sum().backward()


def argument_changed_between_runs() -> None:
    x = leaf(3)
    y = x * 2
    z = checkpoint(np.sin, y)
    y *= 3
    z.sum().backward()


def unrecorded() -> Tensor:
    with no_grad():
        return leaf(3).sum()


REFUSALS: list[tuple[Callable[[], Any], type[Exception], tuple[str, ...]]] = [
    (lambda: leaf(3).backward(), difflab.InvalidArgument, ("shape (3,) and dtype float64", "y.sum().backward()")),
    (lambda: Tensor([1.0]).backward(), difflab.NotDifferentiable, ("no record", "requires_grad=True")),
    (lambda: unrecorded().backward(), difflab.NotDifferentiable, ("no record", "no_grad")),
    (lambda: swept(3).backward(), difflab.NotDifferentiable, ("sweep came to np.sum", "retain_graph=True")),
    (
        lambda: overwritten().backward(),
        difflab.NotDifferentiable,
        ("np.multiply", "operand number", "y += 1", "shape (3,)"),
    ),
    (stale, difflab.NotDifferentiable, ("another name", "y += 1", "row.sum()", "anew")),
    (written_leaf, difflab.NotDifferentiable, ("changed in place", "x += 1", "no_grad()")),
    (written_broadcast, difflab.InvalidArgument, ("read-only", "y += 1", "copy")),
    (computed_frozen, difflab.InvalidArgument, ("computed tensor", ".detach()")),
    (lambda: leaf(3).backward(np.ones(4)), difflab.InvalidArgument, ("(4,)", "(3,)", "same shape")),
    (lambda: leaf(3).backward(np.ones(3, complex)), difflab.InvalidArgument, ("complex128", "real numbers")),
    (lambda: leaf(3).backward("abc"), difflab.InvalidArgument, ("<U3", "real numbers")),
    (lambda: leaf(3).backward(np.ones(3, bool)), difflab.InvalidArgument, ("dtype bool", "real numbers")),
    (lambda: grad(3.0, leaf(3)), difflab.NotDifferentiable, ("a float", "no record")),
    (lambda: grad(leaf(1), 3.0), difflab.InvalidArgument, ("Input 0, a float", "requires_grad=True")),
    (lambda: grad(leaf(1), Tensor([1.0])), difflab.InvalidArgument, ("Input 0", "shape (1,)", "requires_grad=True")),
    (lambda: grad(leaf(1), [leaf(2)]), difflab.InvalidArgument, ("input 0", "shape (2,)", "allow_unused=True")),
    (
        lambda: grad([leaf(1)], leaf(1), [None, None]),
        difflab.InvalidArgument,
        ("2 entries for 1 outputs", "one for each"),
    ),
    (lambda: Tensor([1, 2], requires_grad=True), difflab.InvalidArgument, ("int64", "astype(np.float32)")),
    (lambda: Tensor([1j]), difflab.InvalidArgument, ("complex128", "real numbers")),
    (lambda: Tensor(["a"]), difflab.InvalidArgument, ("<U1", "real numbers")),
    (
        lambda: Tensor([[1.0], [1.0, 2.0]]),
        difflab.InvalidArgument,
        ("made of this list", "inhomogeneous", "equal lengths"),
    ),
    (lambda: Tensor([leaf(2), leaf(2)]), difflab.InvalidArgument, ("dtype object", "np.stack")),
    (lambda: Tensor([1.0], device="cuda"), difflab.DeviceUnavailable, ("'cuda' cannot be used",)),
    (lambda: Tensor([1.0]).to("tpu"), difflab.DeviceUnavailable, ("no device 'tpu'", "'cpu' or 'cuda'")),
    (lambda: hash(leaf(3)), difflab.NotDifferentiable, ("key of a dictionary", "id(tensor)")),
    (lambda: {Tensor([1.0])}, difflab.NotDifferentiable, ("member of a set", ".item()")),
    (lambda: float(leaf()), difflab.NotDifferentiable, ("plain number", ".item()")),
    (lambda: math.sin(leaf()), difflab.NotDifferentiable, ("plain number", "np.sin")),
    (lambda: leaf(3).numpy(), difflab.NotDifferentiable, (".numpy()", ".detach()")),
    (lambda: np.asarray(leaf(3), float), difflab.NotDifferentiable, ("float",)),
    (lambda: np.from_dlpack(leaf(3)), difflab.NotDifferentiable, ("DLPack", ".detach()")),
    (lambda: Tensor.from_dlpack([1.0]), difflab.InvalidArgument, ("list", "Tensor(data)")),
    (lambda: pickle.dumps(leaf(3) * 2), difflab.NotDifferentiable, ("pickle", ".detach()")),
    (lambda: copy.deepcopy(leaf(3) * 2), difflab.NotDifferentiable, ("deep copy", ".detach()")),
    (lambda: (leaf(3) * 2).to("cuda"), difflab.NotDifferentiable, (".to('cuda')", ".detach()")),
    (lambda: wrong_hook(np.ones(3)), difflab.InvalidArgument, ("hook", "ndarray", "same shape")),
    (lambda: wrong_hook(Tensor(1.0)), difflab.InvalidArgument, ("hook", "shape ()", "shape (3,)")),
    (lambda: wrong_hook(Tensor(np.ones(3), np.float32)), difflab.InvalidArgument, ("hook", "float32", "float64")),
    (lambda: wrong_grad(Tensor(1.0), requires_grad=True), difflab.InvalidArgument, ("shape ()", "shape (3,)", "None")),
    (lambda: wrong_grad(1.0, requires_grad=True), difflab.InvalidArgument, ("a float", "same shape")),
    (lambda: wrong_grad(Tensor(np.ones(3))), difflab.InvalidArgument, ("requires no gradient", "None")),
    (lambda: leaf(3).detach().register_hook(print), difflab.NotDifferentiable, ("no record", "requires_grad=True")),
    (lambda: leaf(3).detach().retain_grad(), difflab.NotDifferentiable, ("no record", "requires_grad=True")),
    (lambda: checkpoint(lambda x: 3.0, leaf(3)), difflab.InvalidArgument, ("checkpoint returned a float", "tensors")),
    (changing_run, difflab.NotDifferentiable, ("shape (3,)", "shape (3, 1)", "same in both runs")),
    (argument_changed_between_runs, difflab.NotDifferentiable, ("checkpoint", "y *= 3")),
    (lambda: np.add(leaf(3), 1.0, out=np.ones(3)), difflab.UnsupportedFunction, ("out=", "bind the result")),
    (lambda: np.ones(3).__iadd__(leaf(3)), difflab.UnsupportedFunction, ("out=", "a = a + b")),
    (lambda: np.copyto(np.ones(3), leaf(3)), difflab.UnsupportedFunction, ("np.copyto",)),
    (lambda: leaf(3).sort(), AttributeError, ("np.sort",)),
]


@pytest.mark.parametrize(("run", "kind", "parts"), REFUSALS)
def test_the_sentence(run: Callable[[], Any], kind: type[Exception], parts: tuple[str, ...]) -> None:
    with pytest.raises(kind) as caught:
        run()
    message = str(caught.value)
    missing = [part for part in parts if part.lower() not in message.lower()]
    assert not missing, message
    assert message.endswith(".")


@pytest.mark.parametrize("give", [float, math.sin, pickle.dumps, np.asarray, copy.deepcopy, lambda x: x.numpy()])
def test_what_requires_no_gradient_may_leave(give: Callable[[Any], Any]) -> None:
    give(Tensor(2.0))
    give(leaf().detach())


def on_a_gpu() -> Any:
    """Give three ones on the second of two GPUs."""
    cupy = FakeCuPy()
    with cupy.cuda.Device(1):
        return cupy.ones(3)


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (lambda x, y: x + y, "np.add"),
        (lambda x, y: x @ y, "np.matmul"),
        (lambda x, y: np.concatenate([x, y]), "np.concatenate"),
        (lambda x, y: x * y.data, "np.multiply"),
    ],
)
@pytest.mark.parametrize("requires_grad", [False, True])
def test_mixed_devices(operation: Callable[[Any, Any], Any], name: str, requires_grad: bool) -> None:
    x, y = Tensor(on_a_gpu(), copy=False), Tensor(np.ones(3), requires_grad=requires_grad)
    assert x.device == "cuda:1"
    with pytest.raises(difflab.InvalidArgument, match=f"{name} was given arrays on cuda:1 and cpu: bring them to one"):
        operation(x, y)


def test_a_gradient_on_another_device() -> None:
    with pytest.raises(difflab.InvalidArgument, match="A sweep was given arrays on cuda:1 and cpu"):
        leaf(3).backward(Tensor(on_a_gpu(), copy=False))
