"""MNIST and its like: found where they are, checked, and refused where they are not what they are called."""

from hashlib import md5
from pathlib import Path
from typing import Any

import numpy as np
import pooch
import pytest

from difflab import data
from difflab.data import published
from difflab.data.files import Published
from difflab.errors import DataUnavailable, InvalidArgument
from tests.data.idx_files import idx_bytes, write_set
from tests.data.real_files import real_folder

LOADERS = {"mnist": data.mnist, "fashion_mnist": data.fashion_mnist, "kmnist": data.kmnist}


@pytest.fixture(autouse=True)
def _no_folder_and_no_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIFFLAB_DATA", raising=False)

    def retrieve(*args: Any, **options: Any) -> str:
        raise OSError("no network")

    monkeypatch.setattr(pooch, "retrieve", retrieve)


def check(dataset: data.Dataset, arrays: tuple[Any, ...]) -> None:
    """Check that a data set is what `write_set` wrote."""
    for examples, images, labels in ((dataset.training, *arrays[:2]), (dataset.test, *arrays[2:])):
        np.testing.assert_allclose(examples.inputs[:, 0] * 255, images, rtol=1e-6)
        assert examples.inputs.dtype == np.float32
        np.testing.assert_array_equal(examples.labels, labels.astype(np.int64), strict=True)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("in_subfolder", [True, False])
@pytest.mark.parametrize("by_variable", [True, False])
def test_files_are_found(
    name: str, packed: bool, in_subfolder: bool, by_variable: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrays = write_set(tmp_path / name if in_subfolder else tmp_path, packed=packed)
    if by_variable:
        monkeypatch.setenv("DIFFLAB_DATA", str(tmp_path))
    dataset = LOADERS[name](*([] if by_variable else [tmp_path]))
    check(dataset, arrays)
    assert (dataset.name, dataset.classes) == (name, 10)


def test_the_folder_given_goes_before_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_set(tmp_path / "variable", training=7)
    monkeypatch.setenv("DIFFLAB_DATA", str(tmp_path / "variable"))
    arrays = write_set(tmp_path / "given", training=5)
    check(data.mnist(tmp_path / "given"), arrays)


def test_files_are_downloaded_once_and_by_their_sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = write_set(tmp_path / "internet")
    asked = []

    def retrieve(url: str, known_hash: str, fname: str, path: Path) -> str:
        asked.append((url, known_hash, path))
        return str(tmp_path / "internet" / fname)

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    monkeypatch.setenv("DIFFLAB_DATA", str(tmp_path))
    check(data.kmnist(), arrays)
    address = "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"
    expected = ("train-labels-idx1-ubyte.gz", "md5:e144d726b3acfaa3e44228e80efcd344")
    assert (address + expected[0], expected[1], tmp_path / "kmnist") in asked
    assert len(asked) == 4


@pytest.mark.parametrize("reason", [OSError("no network"), ValueError("MD5 hash of downloaded file does not match")])
def test_a_failed_download_says_where_to_get_the_files(reason: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def retrieve(*args: Any, **options: Any) -> str:
        raise reason

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    with pytest.raises(
        DataUnavailable, match=f"mnist could not be downloaded: {reason}. Get train-images.* DIFFLAB_DATA"
    ):
        data.mnist()


def remove(folder: Path) -> None:
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()


def swap(folder: Path) -> None:
    (folder / "train-labels-idx1-ubyte.gz").replace(folder / "train-images-idx3-ubyte.gz")
    (folder / "train-labels-idx1-ubyte.gz").write_bytes(idx_bytes(np.zeros(6, np.uint8)))


def put(array: Any) -> Any:
    return lambda folder: (folder / "train-labels-idx1-ubyte.gz").write_bytes(idx_bytes(array))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (remove, "lacks t10k-labels-idx1-ubyte.gz of mnist: get the rest from https"),
        (swap, "array of 1 dimensions, .* one of 3 was expected.* were the two mixed up"),
        (put(np.zeros(5, np.uint8)), "has 6 images and .* has 5 labels"),
        (put(np.full(6, 10, np.uint8)), "training labels of mnist run from 10 to 10: of 10 classes they are 0 to 9"),
        (put(np.zeros(6)), "entries of dtype float64: those of this data set are bytes"),
    ],
)
def test_wrong_files_are_refused(damage: Any, sentence: str, tmp_path: Path) -> None:
    write_set(tmp_path)
    damage(tmp_path)
    with pytest.raises(InvalidArgument, match=sentence):
        data.mnist(tmp_path)


def test_the_files_of_another_data_set_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_set(tmp_path)
    sums = {path.name: md5(path.read_bytes(), usedforsecurity=False).hexdigest() for path in tmp_path.iterdir()}
    monkeypatch.setattr(published, "_EVERY", (Published("other", "https://example.org/", sums), published.MNIST))
    with pytest.raises(InvalidArgument, match=r"is the file of other, not of mnist: .* a folder of their own"):
        data.mnist(tmp_path)


def test_a_missing_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidArgument, match="nowhere does not exist"):
        data.mnist(tmp_path / "nowhere")
    with pytest.raises(InvalidArgument, match="has no files of mnist: put train-images"):
        data.mnist(tmp_path)
    monkeypatch.setenv("DIFFLAB_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(InvalidArgument, match="nowhere, which DIFFLAB_DATA names, does not exist"):
        data.mnist()


def test_the_real_mnist() -> None:
    dataset = data.mnist(real_folder())
    assert dataset.training.inputs.shape == (60000, 1, 28, 28)
    assert dataset.test.inputs.shape == (10000, 1, 28, 28)
    assert list(np.bincount(dataset.training.labels)) == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert list(dataset.training.labels[:5]) == [5, 0, 4, 1, 9]
    assert dataset.training.inputs.mean() == pytest.approx(0.1307, abs=5e-5)
    assert dataset.training.inputs.std() == pytest.approx(0.3081, abs=5e-5)
    with pytest.raises(InvalidArgument, match="is the file of mnist, not of kmnist"):
        data.kmnist(real_folder())
