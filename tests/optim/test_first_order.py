"""Updates against PyTorch's, in NumPy and in compiled loops; what is refused; and how state is saved."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from difflab import Tensor, optim
from difflab.errors import InvalidArgument, NotDifferentiable
from tests.optim.random_problem import LARGE, SMALL, Twins

CASES: list[tuple[Any, dict[str, Any], str, dict[str, Any]]] = [
    (optim.SGD, {}, "SGD", {}),
    (optim.SGD, {"weight_decay": 0.1}, "SGD", {"weight_decay": 0.1}),
    (optim.SGD, {"momentum": 0.9}, "SGD", {"momentum": 0.9}),
    (optim.SGD, {"momentum": 0.9, "weight_decay": 0.1}, "SGD", {"momentum": 0.9, "weight_decay": 0.1}),
    (optim.SGD, {"momentum": 0.8, "nesterov": True}, "SGD", {"momentum": 0.8, "nesterov": True}),
    (optim.Adagrad, {}, "Adagrad", {}),
    (optim.Adagrad, {"weight_decay": 0.1, "epsilon": 1e-3}, "Adagrad", {"weight_decay": 0.1, "eps": 1e-3}),
    (optim.RMSprop, {}, "RMSprop", {}),
    (
        optim.RMSprop,
        {"smoothing": 0.9, "weight_decay": 0.1, "epsilon": 1e-3},
        "RMSprop",
        {"alpha": 0.9, "weight_decay": 0.1, "eps": 1e-3},
    ),
    (optim.Adam, {}, "Adam", {}),
    (
        optim.Adam,
        {"smoothings": (0.7, 0.9), "weight_decay": 0.1, "epsilon": 1e-3},
        "Adam",
        {"betas": (0.7, 0.9), "weight_decay": 0.1, "eps": 1e-3},
    ),
    (optim.AdamW, {}, "AdamW", {}),
    (optim.AdamW, {"weight_decay": 0.5, "smoothings": (0.0, 0.9)}, "AdamW", {"weight_decay": 0.5, "betas": (0.0, 0.9)}),
]
IDS = [f"{case[2]}-{'-'.join(case[1]) or 'default'}" for case in CASES]
ALGORITHMS = (optim.SGD, optim.Adagrad, optim.RMSprop, optim.Adam, optim.AdamW)


@pytest.mark.peers
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
@pytest.mark.parametrize("shapes", [SMALL, LARGE], ids=["numpy", "loops"])
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_steps_are_those_of_pytorch(case: Any, shapes: Any, dtype: str, tolerance: float, torch: ModuleType) -> None:
    make, options, name, their_options = case
    twins = Twins(shapes, dtype, torch)
    ours = make(twins.ours, rate=0.05, **options)
    theirs = getattr(torch.optim, name)(twins.theirs, lr=0.05, **their_options)
    twins.step(ours, theirs, 25)
    twins.check(tolerance)


@pytest.mark.peers
def test_another_setting_would_be_seen(torch: ModuleType) -> None:
    twins = Twins(SMALL, "float64", torch)
    twins.step(optim.Adam(twins.ours, rate=0.05), torch.optim.Adam(twins.theirs, lr=0.05, eps=1e-7), 25)
    with pytest.raises(AssertionError):
        twins.check(1e-10)


def parameters(shapes: Any = SMALL, dtype: str = "float32", seed: int = 0) -> list[Tensor]:
    random = np.random.default_rng(seed)
    return [Tensor(random.normal(size=shape).astype(dtype), requires_grad=True) for shape in shapes]


def run(optimizer: Any, steps: int, begin: int = 0) -> list[Any]:
    """Make steps along gradients that depend on the step and the parameters; gives the parameters."""
    for step in range(begin, begin + steps):
        for parameter in optimizer.parameters:
            parameter.grad = Tensor(np.asarray(parameter.data * np.cos(step) + np.sin(step), parameter.dtype))
        optimizer.step()
    return [parameter.data.copy() for parameter in optimizer.parameters]


@pytest.mark.parametrize("shapes", [SMALL, LARGE], ids=["numpy", "loops"])
@pytest.mark.parametrize("case", CASES, ids=IDS)
@pytest.mark.parametrize("rate", [0.05, optim.CosineDecay(0.05, steps=9)], ids=["rate", "schedule"])
def test_going_on_from_a_saved_state_gives_the_same_bits(case: Any, shapes: Any, rate: Any) -> None:
    make, options = case[:2]
    first = make(parameters(shapes), rate=rate, **options)
    weights = run(first, 4)
    state = first.state_dict()
    expected = run(first, 4, begin=4)
    second = make([Tensor(weight, requires_grad=True) for weight in weights], rate=rate, **options)
    second.load_state_dict(state)
    assert second.rate == pytest.approx(rate if isinstance(rate, float) else rate(4))
    np.testing.assert_equal(run(second, 4, begin=4), expected)
    np.testing.assert_equal(second.state_dict(), first.state_dict())


def test_a_state_is_a_copy_of_arrays_and_numbers() -> None:
    optimizer = optim.Adam(parameters())
    run(optimizer, 2)
    state = optimizer.state_dict()
    assert {name: sorted(entry) for name, entry in state.items() if isinstance(entry, dict)} == {
        "mean": ["0", "1", "2"],
        "square": ["0", "1", "2"],
    }
    assert (state["steps"], state["rate"], state["counts"].tolist()) == (2, 0.001, [2, 2, 2])
    before = state["mean"]["0"].copy()
    run(optimizer, 1)
    np.testing.assert_array_equal(state["mean"]["0"], before)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda state: state.pop("mean"), r"entries \['counts', 'rate', .*, and that of Adam has \['counts', 'mean'"),
        (lambda state: state["mean"].pop("1"), r"\['0', '2'\], and that of Adam, at mean, has \['0', '1', '2'\]"),
        (lambda state: state["mean"].update({"1": np.zeros(5)}), "entry mean.1 of the state of Adam has shape"),
        (lambda state: state["mean"].update({"1": np.zeros(4)}), "float64; .* and float32 are needed"),
        (lambda state: state.update(counts=np.zeros(2, int)), "entry counts of the state of Adam has shape"),
        (lambda state: state.update(rate=-1.0), "rate=-1.0 of Adam"),
    ],
)
def test_the_state_of_something_else_is_refused(change: Any, sentence: str) -> None:
    optimizer = optim.Adam(parameters())
    state = optimizer.state_dict()
    change(state)
    with pytest.raises(InvalidArgument, match=sentence):
        optimizer.load_state_dict(state)


@pytest.mark.parametrize("make", ALGORITHMS)
def test_loops_and_numpy_agree_whatever_the_layout(make: Any) -> None:
    transposed = [Tensor(each.data.T, requires_grad=True, copy=False) for each in parameters(LARGE, "float64")]
    in_loops, in_numpy = make(parameters(LARGE, "float64"), rate=0.1), make(transposed, rate=0.1)
    for one, other in zip(run(in_loops, 3), run(in_numpy, 3), strict=True):
        np.testing.assert_allclose(one, other.T, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("make", ALGORITHMS)
def test_gradients_of_another_layout_are_taken(make: Any) -> None:
    gradient = np.random.default_rng(2).normal(size=(150, 120))
    found = []
    for each in (gradient, np.asfortranarray(gradient)):
        (parameter,) = parameters([(150, 120)], "float64")
        parameter.grad = Tensor(each, copy=False)
        make([parameter], rate=0.1).step()
        found.append(parameter.data)
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("shapes", [SMALL, LARGE], ids=["numpy", "loops"])
@pytest.mark.parametrize("make", ALGORITHMS)
def test_a_nan_in_a_gradient_shows_in_its_parameter_alone(make: Any, shapes: Any) -> None:
    optimizer = make(parameters(shapes), rate=0.1)
    for parameter in optimizer.parameters:
        parameter.grad = Tensor(np.ones_like(parameter.data))
    optimizer.parameters[0].grad.data[1, 2] = np.nan
    optimizer.step()
    assert np.argwhere(np.isnan(optimizer.parameters[0].data)).tolist() == [[1, 2]]
    assert not any(np.isnan(parameter.data).any() for parameter in optimizer.parameters[1:])


@pytest.mark.parametrize("make", ALGORITHMS)
def test_half_precision_is_updated_by_way_of_single(make: Any) -> None:
    half, single = parameters(dtype="float16"), parameters(dtype="float16")
    single = [Tensor(each.data.astype(np.float32), requires_grad=True) for each in single]
    for one, other in zip(run(make(half, rate=0.1), 5), run(make(single, rate=0.1), 5), strict=True):
        assert one.dtype == np.float16
        np.testing.assert_allclose(one, other, atol=0.02)


@pytest.mark.parametrize("shapes", [SMALL, LARGE], ids=["numpy", "loops"])
def test_gradients_stay_as_they_are_and_writes_are_told(shapes: Any) -> None:
    weights = parameters(shapes)
    loss = sum(np.sum(np.sin(weight) * weight) for weight in weights)
    loss.backward(retain_graph=True)
    gradients = [weight.grad.data.copy() for weight in weights]
    optim.SGD(weights, rate=0.1, momentum=0.9, weight_decay=0.1).step()
    np.testing.assert_equal([weight.grad.data for weight in weights], gradients)
    with pytest.raises(NotDifferentiable, match="the step of SGD"):
        loss.backward()


def test_a_schedule_gives_the_rate_of_each_step() -> None:
    weight = Tensor(0.0, requires_grad=True)
    optimizer = optim.SGD([weight], rate=optim.StepDecay(1.0, every=2, factor=0.5))
    changes = []
    for _ in range(5):
        before = weight.item()
        weight.grad = Tensor(1.0)
        optimizer.step()
        changes.append(before - weight.item())
    assert changes == [1.0, 1.0, 0.5, 0.5, 0.25]
    optimizer.rate = 0.125
    assert optimizer.rate == 0.125


@pytest.mark.parametrize("make", ALGORITHMS)
def test_a_closure_computes_the_loss_and_its_gradients(make: Any) -> None:
    weight = Tensor([3.0, -2.0], requires_grad=True)
    weight.grad = Tensor([100.0, 100.0])
    optimizer = make([weight], rate=0.1)
    losses = [optimizer.step(lambda: np.sum(weight**2)) for _ in range(50)]
    assert losses[0] == 13.0
    assert losses[-1] < 13.0 / 2
    assert optimizer.step() is None


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: optim.SGD([]), "There are no parameters to optimize: give at least one"),
        (lambda: optim.SGD(Tensor([1.0], requires_grad=True)), r"are one tensor: give a list of it, \[parameter\]"),
        (lambda: optim.SGD([Tensor([1.0])]), r"Parameter 0 of shape \(1,\) does not require a gradient"),
        (lambda: optim.SGD([np.ones(2)]), "Parameter 0 is of type ndarray: give tensors"),
        (lambda: optim.SGD([Tensor([1.0], requires_grad=True) * 2]), "Parameter 0 .* was computed: give the tensors"),
        (lambda: optim.SGD(parameters()[:1] * 2), "listed twice, and would be changed twice"),
        (lambda: optim.SGD(read_only()), "lies in memory that is read-only: make the tensor of a copy"),
        (lambda: optim.SGD(parameters(), rate=-0.1), "rate=-0.1 of SGD: give 0 or a positive number"),
        (lambda: optim.SGD(parameters(), rate=np.nan), "rate=nan of SGD"),
        (lambda: optim.SGD(parameters(), momentum=1.0), "momentum=1.0 of SGD: give a number from 0 up to, but not, 1"),
        (lambda: optim.SGD(parameters(), nesterov=True), "nesterov=True of SGD without momentum does nothing"),
        (lambda: optim.SGD(parameters(), weight_decay=-1), "weight_decay=-1 of SGD"),
        (lambda: optim.Adagrad(parameters(), epsilon=0), "epsilon=0 of Adagrad: give a positive number"),
        (lambda: optim.RMSprop(parameters(), smoothing=-0.1), "smoothing=-0.1 of RMSprop"),
        (lambda: optim.Adam(parameters(), smoothings=(0.9, 1.0)), r"smoothings\[1\]=1.0 of Adam: give a number from 0"),
        (lambda: optim.AdamW(parameters(), epsilon=np.inf), "epsilon=inf of AdamW"),
        (lambda: optim.Adam(parameters()).step(), r"Adam has nothing to step along, .* call loss.backward\(\)"),
        (
            lambda: optim.Adam(parameters()).step(lambda: 3.0),
            "step of Adam returned a float: let it return the loss",
        ),
        (lambda: optim.Adam(parameters()).step(lambda: Tensor(3.0)), "returned a tensor without a record"),
        (lambda: optim.Adam(parameters()).step(lambda: Tensor([3.0, 1.0])), r"returned a tensor of shape \(2,\)"),
    ],
)
def test_what_is_wrong_is_said(make: Any, sentence: str) -> None:
    with pytest.raises(InvalidArgument, match=sentence):
        make()


def read_only() -> list[Tensor]:
    array = np.ones(3)
    array.flags.writeable = False
    return [Tensor(array, requires_grad=True, copy=False)]


def test_gradients_are_forgotten() -> None:
    weights = parameters()
    np.sum(weights[0] ** 2).backward()
    optim.SGD(weights).zero_grad()
    assert [weight.grad for weight in weights] == [None] * 3
