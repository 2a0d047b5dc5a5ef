"""Training steps as people write them: compiled and as written, from the same state, with the same data."""

import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import difflab
from difflab import Tensor, grad, models, nn, no_grad, optim

Make = Callable[[], tuple[Any, Callable[[], list[Any]], Callable[[np.random.Generator], tuple[Any, ...]]]]
"""Gives a step, what it changes (as arrays), and draws of its arguments."""


def entries(*parts: Any) -> list[Any]:
    """Copy all that modules and tensors hold."""
    found = []
    for part in parts:
        tensors = [*part.parameters(), *(b for _, b in part.named_buffers())] if isinstance(part, nn.Module) else [part]
        found += [np.array(tensor.data) for tensor in tensors]
        found += [np.array(tensor.grad.data) for tensor in tensors if tensor.grad is not None]
    return found


def labelled(*shape: int, classes: int = 3) -> Callable[[np.random.Generator], tuple[Any, ...]]:
    return lambda generator: (
        Tensor(generator.standard_normal(shape)),
        Tensor(generator.integers(classes, size=shape[0])),
    )


def clipped() -> Any:
    model = models.mlp(4, 6, 3, rng=0)
    for parameter in model.parameters():
        parameter.data = parameter.data.astype(float)
    optimizer = optim.AdamW(model.parameters(), rate=0.05, weight_decay=0.1)

    def step(x: Any, labels: Any) -> Any:
        optimizer.zero_grad()
        loss = nn.cross_entropy(model(x), labels)
        loss.backward()
        norm = optim.clip_by_norm(model.parameters(), 0.1)
        optimizer.step()
        return loss, norm

    return step, lambda: entries(model), labelled(5, 4)


def two_halves_of_a_batch() -> Any:
    weight = Tensor(np.linspace(-1, 1, 12).reshape(4, 3), requires_grad=True)
    optimizer = optim.SGD([weight], rate=0.1, momentum=0.9)

    def step(x: Any, labels: Any) -> Any:
        optimizer.zero_grad()
        total = 0.0
        for half in (slice(0, 3), slice(3, None)):
            loss = nn.cross_entropy(np.tanh(x[half]) @ weight, labels[half])
            loss.backward()
            total = total + loss.detach()
        optimizer.step()
        return total

    return step, lambda: entries(weight), labelled(6, 4)


def penalty_on_gradients() -> Any:
    weight = Tensor(np.linspace(-1, 1, 8).reshape(4, 2), requires_grad=True)
    optimizer = optim.Adam([weight], rate=0.05)

    def step(x: Any, labels: Any) -> Any:
        optimizer.zero_grad()
        y = np.sum(np.tanh(x @ weight) ** 2)
        (slope,) = grad(y, [weight], create_graph=True)
        loss = y + np.sum(slope**2)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: entries(weight), labelled(5, 4)


def two_players() -> Any:
    first, second = (Tensor(np.linspace(-1, n, 4), requires_grad=True) for n in (1, 2))
    optimizers = optim.SGD([first], rate=0.1), optim.Adam([second], rate=0.1)

    def step(x: Any, labels: Any) -> Any:
        losses = []
        for sign, optimizer in zip((1, -1), optimizers, strict=True):
            for each in optimizers:
                each.zero_grad()
            loss = sign * np.mean(np.sin(x @ first) * (x @ second))
            loss.backward()
            optimizer.step()
            losses.append(loss)
        return losses

    return step, lambda: entries(first, second), labelled(5, 4)


def a_frozen_layer() -> Any:
    layers = nn.Linear(4, 5, rng=0, dtype=float), nn.Linear(5, 3, rng=1, dtype=float)
    layers[0].weight.requires_grad = False
    model = nn.Sequential(layers[0], nn.Tanh(), layers[1])
    optimizer = optim.RMSprop([p for p in model.parameters() if p.requires_grad], rate=0.01)

    def step(x: Any, labels: Any) -> Any:
        optimizer.zero_grad()
        loss = nn.cross_entropy(model(x), labels, smoothing=0.1)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: entries(model), labelled(5, 4)


def a_moving_average() -> Any:
    weight = Tensor(np.ones(4), requires_grad=True)
    average = Tensor(np.ones(4))
    optimizer = optim.SGD([weight], rate=optim.StepDecay(0.1, every=2, factor=0.5))

    def step(x: Any, labels: Any) -> Any:
        optimizer.zero_grad()
        loss = np.mean((x @ weight) ** 2)
        loss.backward()
        optimizer.step()
        with no_grad():
            moved = average
            moved *= 0.9
            moved += 0.1 * weight
        return loss

    return step, lambda: entries(weight, average), labelled(5, 4)


def a_state_that_is_passed_on() -> Any:
    cells = nn.GRU(2, 3, rng=0, dtype=float)
    optimizer = optim.SGD(cells.parameters(), rate=0.1)
    state: list[Any] = [Tensor(np.zeros((1, 5, 3)))]

    def train(x: Any, hidden: Any) -> Any:
        optimizer.zero_grad()
        outputs, hidden = cells(x, hidden)
        loss = np.mean(outputs**2)
        loss.backward()
        optimizer.step()
        return loss, hidden.detach()

    compiled = [train]

    def step(x: Any) -> Any:
        loss, state[0] = compiled[0](x, state[0])
        return loss

    step.inner = compiled  # type: ignore[attr-defined]
    return step, lambda: entries(cells, state[0]), lambda generator: (Tensor(generator.standard_normal((4, 5, 2))),)


def words() -> Any:
    embedding, last = nn.Embedding(7, 4, rng=0, dtype=float), nn.Linear(4, 3, rng=1, dtype=float)
    norm = nn.LayerNorm(4, dtype=float)
    model = nn.Sequential(embedding, norm)
    parameters = [*model.parameters(), *last.parameters()]
    optimizer = optim.Adagrad(parameters, rate=0.1)

    def step(text: Any, labels: Any) -> Any:
        optimizer.zero_grad()
        loss = nn.cross_entropy(last(np.mean(model(text), axis=1)), labels)
        loss.backward()
        optimizer.step()
        return {"loss": loss, "labels": labels}

    def draw(generator: np.random.Generator) -> Any:
        return Tensor(generator.integers(7, size=(5, 6))), Tensor(generator.integers(3, size=5))

    return step, lambda: entries(model, last), draw


def constant_gradients_clipped() -> Any:
    weights = [Tensor(np.ones(3), requires_grad=True), Tensor(np.ones((2, 2)), requires_grad=True)]
    optimizer = optim.SGD(weights, rate=0.1)

    def step(x: Any, labels: Any) -> Any:
        optimizer.zero_grad()
        loss = np.sum(weights[0]) + 2 * np.sum(weights[1])
        loss.backward()
        norm = optim.clip_by_norm(weights, 0.5)
        optimizer.step()
        return loss, norm

    return step, lambda: entries(*weights), labelled(5, 4)


def tensors_made_of_arguments() -> Any:
    weight = Tensor(np.ones((4, 3)), requires_grad=True)
    optimizer = optim.Adam([weight], rate=0.1)

    def step(x: Any, labels: Any) -> Any:
        optimizer.zero_grad()
        inputs = Tensor(x, dtype=np.float64)
        inputs *= 0.5
        loss = nn.cross_entropy(inputs @ weight, Tensor(labels, copy=False))
        loss.backward()
        optimizer.step()
        return loss.item()

    def draw(generator: np.random.Generator) -> Any:
        return generator.standard_normal((5, 4), np.float32), generator.integers(3, size=5)

    return step, lambda: entries(weight), draw


def a_model_as_an_argument() -> Any:
    model = nn.Sequential(nn.Linear(4, 3, rng=0, dtype=float), nn.Tanh())
    optimizer = optim.Adam(model.parameters(), rate=0.1)

    def step(model: Any, optimizer: Any, x: Any, labels: Any) -> Any:
        optimizer.zero_grad()
        loss = nn.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss

    def draw(generator: np.random.Generator) -> Any:
        return model, optimizer, generator.standard_normal((5, 4)), generator.integers(3, size=5)

    return step, lambda: entries(model), draw


SCENARIOS: list[Make] = [
    clipped,
    two_halves_of_a_batch,
    penalty_on_gradients,
    two_players,
    a_frozen_layer,
    a_moving_average,
    a_state_that_is_passed_on,
    words,
    constant_gradients_clipped,
    tensors_made_of_arguments,
]


@pytest.mark.parametrize("tier", ["automatic", "native", "source"])
@pytest.mark.parametrize("make", SCENARIOS, ids=lambda make: make.__name__)
def test_a_compiled_step_does_what_is_written(make: Make, tier: Any) -> None:
    (mine, state, draw), (theirs, wanted_state, _) = make(), make()
    compiled = difflab.compile(getattr(mine, "inner", [mine])[0], tier=tier)
    if hasattr(mine, "inner"):
        mine.inner[0] = compiled
    run = mine if hasattr(mine, "inner") else compiled
    generator = np.random.default_rng(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(6):
            arguments = draw(generator)
            found, wanted = run(*arguments), theirs(*arguments)
            for one, other in zip(leaves(found), leaves(wanted), strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)
            for one, other in zip(state(), wanted_state(), strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)
    assert compiled.step is not None
    assert len(compiled.step.recordings) == 1


def leaves(result: Any) -> list[Any]:
    return [np.asarray(getattr(x, "data", x)) for x in difflab.structure.flatten(result)[0]]


def test_a_model_may_be_an_argument() -> None:
    (mine, state, draw), (theirs, wanted, other) = a_model_as_an_argument(), a_model_as_an_argument()
    compiled = difflab.compile(mine, tier="native")
    generators = np.random.default_rng(0), np.random.default_rng(0)
    for _ in range(4):
        compiled(*draw(generators[0]))
        theirs(*other(generators[1]))
        for one, expected in zip(state(), wanted(), strict=True):
            np.testing.assert_allclose(one, expected, rtol=1e-10, atol=1e-12)
    assert compiled.step is not None
    assert len(compiled.step.recordings) == 1


class Options:
    """An object that a person passes on."""

    scale = 1.0


def test_objects_among_the_arguments_are_watched() -> None:
    weight, options = Tensor(np.ones(3), requires_grad=True), Options()
    compiled = difflab.compile(lambda options, x: (np.sum(weight * x) * options.scale).detach(), tier="native")
    for scale in (1.0, 1.0, 2.0, 2.0, 0.5):
        options.scale = scale
        assert compiled(options, np.ones(3)).item() == 3 * scale


def test_a_constant_gradient_is_the_person_s_own() -> None:
    weight = Tensor(np.ones(3), requires_grad=True)

    @difflab.compile(tier="native")
    def step() -> None:
        weight.grad = None
        np.sum(weight).backward()

    for _ in range(4):
        step()
        assert weight.grad is not None
        np.testing.assert_array_equal(weight.grad.data, np.ones(3))
        weight.grad.data[...] = 7


OFFSETS = np.array([1.0, np.nan])


def test_arrays_that_a_step_sees_are_compared_by_bits() -> None:
    weight = Tensor(np.ones(3), requires_grad=True)
    compiled = difflab.compile(lambda x: (np.sum(weight * x) + OFFSETS[0]).detach(), tier="native")
    for _ in range(3):
        assert compiled(np.ones(3)).item() == 4.0
    assert compiled.step is not None
    assert len(compiled.step.recordings) == 1
    OFFSETS[0] = 2.0
    try:
        assert compiled(np.ones(3)).item() == 5.0
    finally:
        OFFSETS[0] = 1.0


def test_numbers_are_python_s() -> None:
    weight = Tensor(np.ones(3, np.float32), requires_grad=True)
    compiled = difflab.compile(lambda x: np.sum(weight * x).item(), tier="native")
    assert [type(compiled(np.ones(3, np.float32))) for _ in range(3)] == [float] * 3


def test_threads_wait_for_each_other() -> None:
    model = models.mlp(4, 8, 3, rng=0)

    def predict(x: Any) -> Any:
        with no_grad():
            return model(x)

    inputs = np.random.default_rng(0).standard_normal((20, 5, 4)).astype(np.float32)
    expected = [predict(x).data for x in inputs]
    compiled = difflab.compile(predict)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(compiled, inputs))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.data, other, rtol=1e-5, atol=1e-6)


def test_batches_of_two_sizes_are_two_records() -> None:
    (mine, state, _), (theirs, wanted, _) = a_frozen_layer(), a_frozen_layer()
    compiled = difflab.compile(mine, tier="native")
    generator = np.random.default_rng(0)
    for size in (5, 5, 3, 5, 3, 3, 5):
        arguments = labelled(size, 4)(generator)
        compiled(*arguments)
        theirs(*arguments)
        for one, other in zip(state(), wanted(), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)
    assert compiled.step is not None
    assert len(compiled.step.recordings) == 2


def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from difflab.steps.plan import Plan

    original = Plan._effect

    def forgets(self: Plan, equation: Any) -> Any:
        instruction = original(self, equation)
        return instruction._replace(run=lambda values: None)

    monkeypatch.setattr(Plan, "_effect", forgets)
    with pytest.raises((AssertionError, TypeError, AttributeError)):
        test_a_compiled_step_does_what_is_written(a_frozen_layer, "native")
