"""A run that can be killed at any step, with everything that has a state: running means, random draws, a schedule."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np

from difflab import data, nn, optim, train
from difflab.types import Array

EPOCHS, STEPS = 4, 5
"""Epochs, and steps in each: 90 examples in batches of 20."""
CHECKPOINT = "run.safetensors"


class Mortal(nn.Module):
    """A model with dropout and running statistics, which calls a function in each step."""

    def __init__(self, at_step: Any):
        self.layers = nn.Sequential(
            nn.Linear(8, 16, rng=1),
            nn.BatchNorm1d(16),
            nn.ReLU(),
            nn.Dropout(0.3, rng=2),
            nn.Linear(16, 3, rng=3),
        )
        self.at_step, self.calls = at_step, 0

    def forward(self, x: Array) -> Array:
        if self.training:
            self.calls += 1
            self.at_step(self.calls)
        return self.layers(x)


def dataset() -> data.Dataset:
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 120)
    inputs = random.normal(labels[:, None], 1.0, (120, 8)).astype(np.float32)
    training, test = (data.Examples(inputs[part], labels[part]) for part in (slice(90), slice(90, None)))
    return data.Dataset("clouds", training, test, classes=3)


def run(folder: Path, at_step: Any = lambda step: None, **settings: Any) -> train.Fit:
    """Train, and save the run in a folder after every second step."""
    model = Mortal(at_step)
    arguments = {
        "epochs": EPOCHS,
        "batch_size": 20,
        "optimizer": optim.AdamW(model.parameters(), rate=0.01),
        "schedule": optim.WarmUp(3, then=optim.CosineDecay(0.01, steps=EPOCHS * STEPS)),
        "clip": 1.0,
        "early_stopping": train.EarlyStopping(patience=EPOCHS, watch="metric"),
        "checkpoint": folder / CHECKPOINT,
        "checkpoint_steps": 2,
        "progress": False,
    }
    return train.fit(model, dataset(), **{**arguments, **settings})


def kill() -> None:
    """End this process at once: nothing is cleaned up, nothing is written."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_in_step(number: int, folder: Path) -> None:
    run(folder, lambda step: kill() if step == number else None)


def killed_while_saving(number: int, folder: Path) -> None:
    """Die with the new checkpoint half written."""
    count = 0

    def fsync(descriptor: int) -> None:
        nonlocal count
        count += 1
        if count == 2 * number - 1:  # of the file, then of its folder
            os.truncate(descriptor, os.fstat(descriptor).st_size // 2)
            kill()

    os.fsync = fsync
    run(folder)


if __name__ == "__main__":
    np.seterr(all="raise")
    {"step": killed_in_step, "save": killed_while_saving}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
