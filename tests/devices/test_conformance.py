"""The suite that every method passes, put to methods whose arguments are on a device."""

from typing import Any

import pytest

from difflab.conformance.scenario import mapped
from difflab.conformance.suite import cases
from difflab.interface import Differentiator
from difflab.methods import CentralDifference, ComplexStep, Forward, Reverse
from difflab.structure import flatten
from tests.conformance.test_methods import REFUSED
from tests.devices.fake_cupy import FakeCuPy
from tests.devices.stand_in import DeviceArray


class OnDevice(Differentiator):
    """A method that computes on a device, of arguments that are given on the CPU; results go back there."""

    summary = "another one, on a device"
    reads_rules = True

    def __init__(self, method: Differentiator):
        self.method = method
        self.name = method.name  # type: ignore[misc]
        self.accuracy = method.accuracy  # type: ignore[misc]

    @property
    def operators(self) -> Any:
        return self.method.operators

    def kernel(self, signature: Any, at: Any) -> Any:
        raise AssertionError

    def prepare(self, function: Any, *args: Any, argnums: Any = 0, device: str | None = None) -> Any:
        found = "cuda" if device in (None, "cpu") else device
        return Results(self.method.prepare(function, *args, argnums=argnums, device=found))


class Results:
    """Prepared derivatives, whose results are copied to the CPU."""

    def __init__(self, prepared: Any):
        self.prepared = prepared

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.prepared, name)
        return (lambda *args, **options: on_the_cpu(found(*args, **options))) if callable(found) else found

    def __repr__(self) -> str:
        return repr(self.prepared)


def on_the_cpu(tree: Any) -> Any:
    leaves, structure = flatten(tree)
    return structure.unflatten([leaf.get()[()] if isinstance(leaf, DeviceArray) else leaf for leaf in leaves])


METHODS = [Reverse(), Forward(), CentralDifference(), ComplexStep()]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_suite_on_a_device(method: Differentiator, dtype: str, cupy: FakeCuPy) -> None:
    outcomes = [(case.name, case.outcome()) for case in cases(OnDevice(method), dtypes=[dtype])]
    refused = REFUSED.get(method.name, set()) if dtype == "float64" else set()
    assert {name for name, outcome in outcomes if outcome.status == "refuses"} == refused  # as on the CPU
    assert {outcome.status for _, outcome in outcomes} <= {"works", "not measured", "refuses"}
    assert len([each for each in outcomes if each[1].status == "works"]) > 240
    assert cupy.uploads > len(outcomes)


class Planted(OnDevice):
    """Gives gradients of the wrong sign."""

    def prepare(self, function: Any, *args: Any, argnums: Any = 0, device: str | None = None) -> Any:
        prepared = super().prepare(function, *args, argnums=argnums, device=device)
        right = prepared.prepared.gradient
        prepared.gradient = lambda *args: on_the_cpu(mapped(lambda leaf: -leaf, right(*args)))
        return prepared


def test_a_planted_fault_is_seen_on_a_device(cupy: FakeCuPy) -> None:
    planted = [case for case in cases(Planted(Reverse()), groups=["arrays"]) if case.operator == "gradient"]
    assert planted
    assert {case.outcome().status for case in planted} == {"wrong"}
