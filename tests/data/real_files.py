"""The real files of MNIST, where they are at hand."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[2].parent / "shared" / "data"


def real_folder() -> Path:
    """Give the folder of the real MNIST; skip the test where there is none."""
    for root in (Path(os.environ.get("DIFFLAB_DATA", BESIDE)), BESIDE):
        for folder in (root / "mnist", root):
            if any(folder.glob("train-images-idx3-ubyte*")):
                return folder
    pytest.skip("needs the files of MNIST, in the folder that DIFFLAB_DATA names or in ../shared/data/mnist")
