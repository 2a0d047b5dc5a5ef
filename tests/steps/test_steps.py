"""A compiled step makes of a model what the step as it is written makes of its twin."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, models, nn, no_grad, optim
from difflab.compiled_function import CompiledFunction
from difflab.types import Array

TIERS = ["automatic", "native", "source"]
STEPS = 6


@pytest.fixture(autouse=True)
def _no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


class Convolutional(nn.Module):
    """Convolutions with batch normalisation and dropout."""

    def __init__(self) -> None:
        self.first = nn.Conv2d(2, 4, 3, padding=1, bias=False, rng=0)
        self.norm = nn.BatchNorm2d(4)
        self.second = nn.Conv2d(4, 3, 3, rng=1)
        self.dropout = nn.Dropout(0.3, rng=2)
        self.last = nn.Linear(12, 3, rng=3)

    def forward(self, x: Any) -> Any:
        x = np.tanh(self.second(self.norm(self.first(x))))
        return self.last(self.dropout(np.reshape(x, (len(x), -1))))


def images(generator: np.random.Generator) -> Array:
    return generator.standard_normal((5, 2, 4, 4)).astype(np.float32)


def rows(generator: np.random.Generator) -> Array:
    return generator.standard_normal((5, 6)).astype(np.float32)


def sequences(generator: np.random.Generator) -> Array:
    return generator.standard_normal((5, 4, 3)).astype(np.float32)


class Recurrent(nn.Module):
    """A recurrent network of a kind, and a linear layer on its last output."""

    def __init__(self, kind: Any) -> None:
        self.cells = kind(3, 4, batch_first=True, rng=0)
        self.last = nn.Linear(4, 3, rng=1)

    def forward(self, x: Any) -> Any:
        return self.last(self.cells(x)[0][:, -1])


class Attending(nn.Module):
    """Attention with layer normalisation."""

    def __init__(self) -> None:
        self.block = nn.TransformerBlock(4, 2, rng=0)
        self.into = nn.Linear(3, 4, rng=1)
        self.last = nn.Linear(4, 3, rng=2)

    def forward(self, x: Any) -> Any:
        return self.last(np.mean(self.block(self.into(x)), axis=1))


MODELS: dict[str, tuple[Callable[[], nn.Module], Callable[[np.random.Generator], Array]]] = {
    "mlp": (lambda: models.mlp(6, 5, 3, rng=0), rows),
    "convolution": (Convolutional, images),
    "lstm": (lambda: Recurrent(nn.LSTM), sequences),
    "gru": (lambda: Recurrent(nn.GRU), sequences),
    "attention": (Attending, sequences),
}
OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "sgd": lambda parameters: optim.SGD(parameters, rate=0.1, momentum=0.9),
    "adam": lambda parameters: optim.Adam(parameters, rate=optim.CosineDecay(0.05, 10)),
    "rmsprop": lambda parameters: optim.RMSprop(parameters, rate=0.01),
}


def training(model: nn.Module, optimizer: Any) -> Callable[[Tensor, Tensor], Any]:
    def step(x: Tensor, labels: Tensor) -> Any:
        optimizer.zero_grad()
        loss = nn.losses.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return {"loss": loss, "number": loss.item()}

    return step


def state_of(model: nn.Module) -> list[Array]:
    gradients = [np.array(p.grad.data) for p in model.parameters() if p.grad is not None]
    return [np.array(each) for each in model.state_dict().values()] + gradients


def require_alike(one: nn.Module, other: nn.Module) -> None:
    found, wanted = state_of(one), state_of(other)
    assert len(found) == len(wanted)
    for mine, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_models_and_optimizers(tier: Any, name: str, optimizer: str) -> None:
    make, draw = MODELS[name]
    generator = np.random.default_rng(0)
    mine, theirs = make(), make()
    compiled = difflab.compile(training(mine, OPTIMIZERS[optimizer](list(mine.parameters()))), tier=tier)
    written = training(theirs, OPTIMIZERS[optimizer](list(theirs.parameters())))
    for _ in range(STEPS):
        x, labels = draw(generator), generator.integers(3, size=5)
        found, wanted = compiled(Tensor(x), Tensor(labels)), written(Tensor(x), Tensor(labels))
        np.testing.assert_allclose(found["loss"].data, wanted["loss"].data, rtol=1e-5)
        assert found["number"] == pytest.approx(wanted["number"], rel=1e-5)
        require_alike(mine, theirs)
    assert recordings(compiled) == 1


def recordings(compiled: Any) -> int:
    assert isinstance(compiled, CompiledFunction)
    assert compiled.step is not None
    return 0 if compiled.step.is_left else len(compiled.step.recordings)


def line() -> tuple[Tensor, Any]:
    weight = Tensor([1.0, -2.0, 0.5], requires_grad=True)
    return weight, optim.SGD([weight], rate=0.1)


def test_a_descent_written_by_hand() -> None:
    weight, twin = Tensor([1.0, 2.0], requires_grad=True), Tensor([1.0, 2.0], requires_grad=True)

    def descent(parameters: list[Tensor]) -> Any:
        def step(x: Any) -> Any:
            for parameter in parameters:
                parameter.grad = None
            loss = np.sum((parameters[0] * x) ** 2)
            loss.backward()
            with no_grad():
                for parameter in parameters:
                    parameter -= 0.1 * parameter.grad
            return loss

        return step

    compiled, written = difflab.compile(descent([weight]), tier="native"), descent([twin])
    memory = weight.data
    for x in ([1.0, 0.5], [0.2, -1.0], [2.0, 1.0]):
        found, wanted = compiled(Tensor(x)), written(Tensor(x))
        assert found.item() == pytest.approx(wanted.item(), rel=1e-12)
        np.testing.assert_allclose(weight.data, twin.data, rtol=1e-12)
        np.testing.assert_allclose(weight.grad.data, twin.grad.data, rtol=1e-12)
    assert weight.data is memory
    assert recordings(compiled) == 1


def test_gradients_that_add_up_over_steps() -> None:
    weight, _ = line()

    @difflab.compile(tier="native")
    def accumulate(x: Any) -> Any:
        loss = np.sum(weight * x)
        loss.backward()
        return loss

    for count in (1, 2, 3):
        accumulate(Tensor(np.ones(3)))
        np.testing.assert_array_equal(weight.grad.data, np.full(3, count))
    weight.grad = None
    accumulate(Tensor(np.full(3, 5.0)))
    np.testing.assert_array_equal(weight.grad.data, np.full(3, 5.0))


def test_gradients_of_earlier_steps_are_not_written_over() -> None:
    weight, optimizer = line()

    @difflab.compile(tier="native")
    def step(x: Any) -> Any:
        optimizer.zero_grad()
        np.sum(weight * x).backward()
        optimizer.step()

    kept = []
    for n in range(4):
        step(Tensor(np.full(3, float(n))))
        kept.append(weight.grad)
    for n, gradient in enumerate(kept):
        np.testing.assert_array_equal(gradient.data, np.full(3, float(n)))


def test_both_sides_of_a_branch() -> None:
    weight, optimizer = line()
    twin, other = line()

    def branching(weight: Tensor, optimizer: Any) -> Any:
        def step(x: Any) -> Any:
            optimizer.zero_grad()
            loss = np.sum((weight * x) ** 2)
            if loss > 1.0:
                loss = np.sqrt(loss)
            loss.backward()
            optimizer.step()
            return loss

        return step

    compiled, written = difflab.compile(branching(weight, optimizer), tier="native"), branching(twin, other)
    for x in (np.ones(3), np.full(3, 0.1), np.full(3, 2.0), np.full(3, 0.2), np.ones(3)):
        assert compiled(Tensor(x)).item() == pytest.approx(written(Tensor(x)).item(), rel=1e-12)
        np.testing.assert_allclose(weight.data, twin.data, rtol=1e-12)
    assert recordings(compiled) == 2


def test_dropout_draws_anew() -> None:
    dropout = nn.Dropout(0.5, rng=0)
    weight = Tensor(np.ones(50, np.float32), requires_grad=True)

    @difflab.compile(tier="native")
    def step() -> Any:
        weight.grad = None
        y = dropout(weight)
        np.sum(y).backward()
        return y.detach()

    seen = {step().data.tobytes() for _ in range(4)}
    assert len(seen) == 4


def test_training_and_evaluation_are_two_paths() -> None:
    model = nn.Sequential(nn.Linear(3, 3, rng=0), nn.Dropout(0.5, rng=0))

    @difflab.compile(tier="native")
    def predict(x: Any) -> Any:
        with no_grad():
            return model(x)

    x = Tensor(np.ones((2, 3), np.float32))
    predict(x)
    model.eval()
    np.testing.assert_allclose(predict(x).data, model(x).data, rtol=1e-6)
    model.train()
    predict(x)
    assert recordings(predict) == 2


def test_what_changes_from_call_to_call_is_seen() -> None:
    weight, optimizer = line()
    settings = {"scale": 2.0}

    @difflab.compile(tier="native")
    def step(x: Any, power: int) -> Any:
        return (np.sum(weight * x) ** power * settings["scale"]).detach()

    x = Tensor(np.array([1.0, 2.0, 3.0]))
    value = float(weight.data @ x.data)
    assert step(x, 2).item() == pytest.approx(2 * value**2)
    assert step(x, 3).item() == pytest.approx(2 * value**3)
    settings["scale"] = 5.0
    assert step(x, 2).item() == pytest.approx(5 * value**2)
    weight.data = np.array([1.0, 1.0, 1.0])
    assert step(x, 2).item() == pytest.approx(5 * 36.0)
    optimizer.zero_grad()


def test_two_runs_are_the_same_to_the_bit() -> None:
    states = []
    for _ in range(2):
        model = Convolutional()
        step = difflab.compile(training(model, optim.Adam(model.parameters(), rate=0.01)))
        generator = np.random.default_rng(0)
        for _ in range(5):
            step(Tensor(images(generator)), Tensor(generator.integers(3, size=5)))
        states.append(state_of(model))
    for one, other in zip(*states, strict=True):
        np.testing.assert_array_equal(one, other)
