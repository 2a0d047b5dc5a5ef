"""Layers, losses, optimizers and training on a device: what the CPU gives, and no loop of Numba among it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, data, models, nn, optim
from difflab.arrays import is_on_gpu
from difflab.primitives.network.attention import scaled_dot_product_attention
from difflab.primitives.primitive import Fused
from difflab.structure import flatten
from difflab.train import EarlyStopping, fit
from difflab.train.command_line import main
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.moving import back

GENERATOR = np.random.default_rng(0)


def draw(*shape: int) -> np.ndarray:
    return GENERATOR.normal(size=shape).astype(np.float32)


IMAGES, SEQUENCES, ROWS, TOKENS = draw(2, 3, 6, 6), draw(5, 2, 3), draw(4, 3), draw(2, 5, 4)
Make = Callable[[], nn.Module]
ACTIVATIONS = (nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Sigmoid, nn.Softmax, nn.Softplus, nn.Tanh)
LAYERS: dict[str, tuple[Make, np.ndarray]] = {
    "Linear": (lambda: nn.Linear(3, 4, rng=0), ROWS),
    "Conv1d": (lambda: nn.Conv1d(3, 4, 3, rng=0, padding=1), draw(2, 3, 7)),
    "Conv2d": (lambda: nn.Conv2d(3, 4, 3, rng=0, stride=2, padding=1), IMAGES),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(3, 2, 3, rng=0, stride=2), IMAGES),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(3), ROWS),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(3), IMAGES),
    "LayerNorm": (lambda: nn.LayerNorm(3), ROWS),
    "MaxPool2d": (lambda: nn.MaxPool2d(2), IMAGES),
    "MaxPool2d, padded": (lambda: nn.MaxPool2d(3, stride=2, padding=1), IMAGES),
    "AvgPool2d": (lambda: nn.AvgPool2d(2, padding=1), IMAGES),
    "AdaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d(2), IMAGES),
    "RNN": (lambda: nn.RNN(3, 4, rng=0), SEQUENCES),
    "GRU": (lambda: nn.GRU(3, 4, rng=0, layers=2), SEQUENCES),
    "LSTM": (lambda: nn.LSTM(3, 4, rng=0, batch_first=True), SEQUENCES),
    "MultiHeadAttention": (lambda: nn.MultiHeadAttention(4, 2, rng=0), TOKENS),
    "TransformerBlock": (lambda: nn.TransformerBlock(4, 2, rng=0), TOKENS),
    "Embedding": (lambda: nn.Embedding(7, 3, rng=0), np.array([[1, 2], [6, 1]])),
    "Dropout": (lambda: nn.Dropout(0.5, rng=0), ROWS),
    "Flatten": (nn.Flatten, IMAGES),
    **{activation.__name__: (activation, ROWS) for activation in ACTIVATIONS},
}


def assert_alike(found: Any, expected: Any, tolerance: float = 2e-5) -> None:
    """Compare what a device gave, all of which must be there, with what the CPU gave."""
    for one, other in zip(flatten(back(found))[0], flatten(expected)[0], strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance / 10)


def run(make: Make, x: np.ndarray, device: str) -> tuple[Any, Any]:
    """Give outputs with the gradients of inputs and parameters, and the state after it."""
    model = make().to(device)
    tensor = Tensor(x, requires_grad=x.dtype.kind == "f", device=device)
    outputs = [each for each in flatten(model(tensor))[0] if isinstance(each, Tensor)]
    total = sum(np.sum(output * output) for output in outputs)
    if total.requires_grad:
        total.backward()
    gradients = [each.grad.data for each in (tensor, *model.parameters()) if each.grad is not None]
    return [[output.detach().data for output in outputs], gradients], model.state_dict()


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_gives_on_a_device_what_it_gives_on_the_cpu(name: str, arrays: Any) -> None:
    (found, state), (expected, expected_state) = run(*LAYERS[name], "cuda"), run(*LAYERS[name], "cpu")
    assert_alike(found, expected)
    for key, array in expected_state.items():
        np.testing.assert_allclose(state[key], array, rtol=1e-5, atol=1e-6)


def test_every_layer_is_among_them() -> None:
    layers = {
        name for name in nn.__all__ if isinstance(getattr(nn, name), type) and issubclass(getattr(nn, name), nn.Module)
    }
    assert {name.partition(",")[0] for name in LAYERS} == layers - {"Module", "Sequential"}


def test_loops_are_for_arrays_of_numpy(cupy: FakeCuPy, monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(*_: Any, **__: Any) -> Any:
        raise AssertionError("a loop of Numba was run")

    for primitive in list(difflab.primitives.TABLE.values()):
        if isinstance(primitive, Fused):
            monkeypatch.setattr(primitive, "forward", planted)
    for name, (make, x) in LAYERS.items():
        run(make, x, "cuda")
        if name in ("Linear", "Conv2d", "LSTM"):
            with pytest.raises(AssertionError, match="a loop of Numba was run"):
                run(make, x, "cpu")


def test_causal_attention_and_masks(arrays: Any) -> None:
    query, mask = draw(2, 5, 4), np.ones((5, 5), bool)
    mask[3, 1] = False
    expected = scaled_dot_product_attention(query, query, query, mask, causal=True)
    there = arrays.array(query)
    assert_alike([scaled_dot_product_attention(there, there, there, arrays.array(mask), causal=True)], [expected])


SCORES, LABELS, SIGNS = draw(4, 3), np.array([0, 2, 1, 1]), np.array([1, -1, 1, 1])
SHARES = np.abs(np.tanh(draw(4, 3)))
LOSSES: dict[str, tuple[Callable[..., Any], np.ndarray, np.ndarray]] = {
    "cross_entropy": (nn.cross_entropy, SCORES, LABELS),
    "cross_entropy, smoothed": (lambda s, y: nn.cross_entropy(s, y, smoothing=0.1), SCORES, LABELS),
    "cross_entropy, of distributions": (nn.cross_entropy, SCORES, SHARES),
    "negative_log_likelihood": (nn.negative_log_likelihood, SCORES, LABELS),
    "kullback_leibler": (nn.kullback_leibler, SCORES, SHARES),
    "binary_cross_entropy_with_logits": (nn.binary_cross_entropy_with_logits, SCORES, SHARES),
    "exponential": (nn.exponential, SCORES[:, 0], SIGNS),
    "hinge": (nn.hinge, SCORES[:, 0], SIGNS),
    "mean_squared_error": (nn.mean_squared_error, SCORES, SHARES),
    "mean_absolute_error": (nn.mean_absolute_error, SCORES, SHARES),
    "huber": (nn.huber, SCORES, SHARES),
    "zero_one": (nn.zero_one, SCORES, LABELS),
    "accuracy": (nn.accuracy, SCORES, LABELS),
}


@pytest.mark.parametrize("as_lists", [False, True], ids=["tensors", "lists"])
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_gives_on_a_device_what_it_gives_on_the_cpu(name: str, as_lists: bool, arrays: Any) -> None:
    loss, scores, target = LOSSES[name]

    def value_and_slope(device: str) -> Any:
        inputs = Tensor(scores, requires_grad=name not in ("zero_one", "accuracy"), device=device)
        value = loss(inputs, target.tolist() if as_lists else Tensor(target, device=device))
        if value.requires_grad:
            value.backward()
        return [each.detach().data for each in (value, inputs.grad) if each is not None]

    assert_alike(value_and_slope("cuda"), value_and_slope("cpu"))


@pytest.mark.parametrize("loss", [nn.cross_entropy, nn.negative_log_likelihood, nn.accuracy])
def test_labels_out_of_range_are_seen(loss: Callable[..., Any], cupy: FakeCuPy) -> None:
    with pytest.raises(difflab.InvalidArgument, match="label 3"):
        loss(Tensor(SCORES, device="cuda"), Tensor([0, 3, 1, 1], device="cuda"))


def test_indices_out_of_range_are_seen(cupy: FakeCuPy) -> None:
    with pytest.raises(difflab.InvalidArgument, match=r"index 7 at \[1\] is no row"):
        nn.Embedding(7, 3, rng=0).to("cuda")(Tensor([0, 7], device="cuda"))


OPTIMIZERS: dict[str, Callable[[Sequence[Tensor]], Any]] = {
    "SGD": lambda w: optim.SGD(w, 0.1),
    "SGD, with momentum": lambda w: optim.SGD(w, 0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    "Adam": lambda w: optim.Adam(w, 0.1),
    "AdamW": lambda w: optim.AdamW(w, 0.1),
    "RMSprop": lambda w: optim.RMSprop(w, 0.1),
    "Adagrad": lambda w: optim.Adagrad(w, 0.1),
    "LBFGS": lambda w: optim.LBFGS(w),
    "Newton": lambda w: optim.Newton(w),
}
START = (draw(3, 4), draw(4, 2), draw(5, 3))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_steps_on_a_device_as_on_the_cpu(name: str, arrays: Any) -> None:
    def stepped(device: str) -> list[Any]:
        first, second, x = (Tensor(array, device=device) for array in START)
        first.requires_grad = second.requires_grad = True
        optimizer = OPTIMIZERS[name]([first, second])

        def closure() -> Any:
            return ((np.tanh(x @ first) @ second) ** 2).mean() + 0.1 * ((first**2).sum() + (second**2).sum())

        for _ in range(2):
            optimizer.step(closure)
            state = optimizer.state_dict()
            assert not any(is_on_gpu(leaf) for leaf in flatten(state)[0])
            optimizer.load_state_dict(state)
        optimizer.step(closure)
        return [first.detach().data, second.detach().data]

    assert_alike(stepped("cuda"), stepped("cpu"), 2e-4)


@pytest.mark.parametrize("clip", [lambda w: optim.clip_by_norm(w, 0.5), lambda w: optim.clip_by_value(w, 0.5)])
def test_gradients_are_clipped_there(clip: Callable[..., Any], arrays: Any) -> None:
    w = Tensor([3.0, -4.0], requires_grad=True, device="cuda")
    here = Tensor([3.0, -4.0], requires_grad=True)
    for each in (w, here):
        (each**2).sum().backward()
    assert clip([w]) == clip([here])
    assert_alike([w.grad.data], [here.grad.data])


def test_a_gradient_that_is_not_finite_is_named(cupy: FakeCuPy) -> None:
    w = Tensor([1.0, 2.0], requires_grad=True, device="cuda")
    (w * np.inf).sum().backward()
    with pytest.raises(difflab.InvalidArgument, match="not finite in 2 of 2 entries"):
        optim.clip_by_norm([w], 1.0)


def test_an_optimizer_that_was_made_before_the_model_moved_says_so(cupy: FakeCuPy) -> None:
    model = nn.Linear(3, 2, rng=0)
    optimizer = optim.Adam(model.parameters())
    model.to("cuda")
    model(Tensor(ROWS, device="cuda")).sum().backward()
    with pytest.raises(difflab.InvalidArgument, match="The step of Adam was given arrays on cuda:0 and cpu"):
        optimizer.step()


def test_a_compiled_step_runs_as_it_is_written(cupy: FakeCuPy) -> None:
    def stepped(device: str, compiled: bool) -> Any:
        model, x = nn.Linear(3, 2, rng=0).to(device), Tensor(ROWS, device=device)
        optimizer = optim.Adam(model.parameters())

        def step(x: Tensor) -> Any:
            optimizer.zero_grad()
            loss = (model(x) ** 2).mean()
            loss.backward()
            optimizer.step()
            return loss

        run = difflab.compile(step) if compiled else step
        for _ in range(4):
            loss = run(x)
        return [loss.detach().data, *(each.detach().data for each in model.parameters())]

    with pytest.warns(UserWarning, match="is not compiled, .* on a CUDA device, and steps are compiled for the CPU"):
        found = stepped("cuda", compiled=True)
    assert_alike(found, stepped("cpu", compiled=False))


# Training


def trained(device: str, folder: Path, resume: bool = False, epochs: int = 2) -> Any:
    dataset = data.digits()
    parts = [data.Examples(part.inputs[:60], part.labels[:60]) for part in (dataset.training, dataset.test)]
    few = data.Dataset("few", *parts, 10)
    folder.mkdir(exist_ok=True)
    model = models.mlp(64, 16, 10, rng=0).to(device)
    return fit(
        model,
        few,
        epochs=epochs,
        batch_size=20,
        clip=1.0,
        early_stopping=EarlyStopping(patience=5),
        checkpoint=folder / "run.safetensors",
        resume=resume,
        progress=False,
    )


def test_training_on_a_device_is_training_on_the_cpu(arrays: Any, tmp_path: Path) -> None:
    found, expected = trained("cuda", tmp_path), trained("cpu", tmp_path / "cpu")
    assert {each.device for each in found.model.parameters()} == {"cuda:0"}
    for name, array in expected.model.state_dict().items():
        np.testing.assert_allclose(found.model.state_dict()[name], array, rtol=1e-4, atol=1e-5)
    columns = ["training loss", "test loss", "test accuracy"]
    np.testing.assert_allclose(found.history[columns], expected.history[columns], rtol=1e-4)


def test_training_goes_on_from_a_checkpoint_on_a_device_and_elsewhere(cupy: FakeCuPy, tmp_path: Path) -> None:
    trained("cuda", tmp_path, epochs=1)
    here = trained("cpu", tmp_path, resume=True)
    whole = trained("cpu", tmp_path / "whole")
    for name, array in whole.model.state_dict().items():
        np.testing.assert_allclose(here.model.state_dict()[name], array, rtol=1e-4, atol=1e-5)


def test_the_command_trains_on_a_device(
    arrays: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--data", "digits", "--epochs", "1", "--device", "cuda", "--output", str(tmp_path)]) == 0
    assert "Test accuracy" in capsys.readouterr().out
    assert ("copy", "copying") in [(what, *map(str, on)) for what, *on in arrays.log]
