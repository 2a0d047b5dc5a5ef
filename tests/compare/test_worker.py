"""The worker: results, failures as statuses, and runaways that are killed."""

import math
import operator
import os
import signal
import sys
import time

import numpy as np
import pytest

from difflab.compare.worker import Budget, Worker, failure
from difflab.errors import DeviceUnavailable, InvalidArgument, UnsupportedFunction


@pytest.fixture(scope="module")
def worker():
    with Worker(Budget(seconds=30)) as worker:
        yield worker


def test_a_worker_gives_the_value_and_serves_many_tasks_in_one_process(worker):
    assert worker.call(math.sqrt, 16.0).value == 4.0
    assert worker.call(os.getpid).value == worker.call(os.getpid).value != os.getpid()


def test_an_exception_is_an_error_that_says_what_happened(worker):
    outcome = worker.call(operator.truediv, 1, 0)
    assert (outcome.status, outcome.reason) == ("error", "ZeroDivisionError: division by zero")


def test_an_allocation_that_fails_is_out_of_memory(worker):
    assert worker.call(np.ones, 10**17).status == "out of memory"


def test_the_worker_goes_on_after_its_process_died(worker):
    died = worker.call(os._exit, 3)
    assert (died.status, died.reason) == ("error", "the measuring process ended with exit status 3")
    assert "SIGABRT" in worker.call(os.abort).reason
    assert worker.call(os.kill, 0, 0).ok


def test_a_process_killed_by_the_system_is_out_of_memory(worker):
    assert worker.call(signal.raise_signal, signal.SIGKILL).status == "out of memory"


def test_what_cannot_be_sent_is_refused_in_a_sentence(worker):
    with pytest.raises(InvalidArgument, match="top level of a module"):
        worker.call(lambda: 1)
    assert worker.call(math.sqrt, 4.0).value == 2.0


def test_what_only_the_callers_script_defines_is_refused_in_a_sentence(worker, monkeypatch):
    def scripted():
        return 1

    scripted.__module__, scripted.__qualname__ = "__main__", "scripted"
    monkeypatch.setattr(sys.modules["__main__"], "scripted", scripted, raising=False)
    outcome = worker.call(scripted)
    assert outcome.status == "refused"
    assert "define it in a module, not in a script" in outcome.reason


def test_a_task_over_its_time_is_killed_and_the_next_one_runs():
    with Worker(Budget(seconds=0.2)) as worker:
        outcome = worker.call(time.sleep, 1000)
        assert (outcome.status, outcome.reason) == ("timeout", "took longer than the budget of 0.2 s")
        assert worker.call(math.sqrt, 4.0).value == 2.0


def test_a_task_over_its_memory_is_killed():
    with Worker(Budget(seconds=30, memory=64 * 2**20)) as worker:
        outcome = worker.call(np.ones, 10**9)
        assert (outcome.status, outcome.reason) == ("out of memory", "used more than the budget of 0.0625 GiB")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnsupportedFunction("np.foo has no rule"), "refused"),
        (DeviceUnavailable("no GPU"), "not measured"),
        (ModuleNotFoundError("No module named 'jax'", name="jax"), "not measured"),
        (MemoryError(), "out of memory"),
        (KeyError("a"), "error"),
    ],
)
def test_each_failure_has_its_status(error, status):
    assert failure(error)[0] == status


def test_a_call_that_may_compile_has_more_time_than_the_budget():
    with Worker(Budget(seconds=0.2)) as worker:
        assert worker.call(time.sleep, 0.5, seconds=30.0).ok
        assert worker.call(time.sleep, 30.0).reason == "took longer than the budget of 0.2 s"
