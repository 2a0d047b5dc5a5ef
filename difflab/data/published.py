"""MNIST, and the data sets that were published in its format to take its place."""

from collections.abc import Mapping
from hashlib import md5
from pathlib import Path

import numpy as np

from ..errors import InvalidArgument
from .dataset import Dataset, Examples
from .files import Published, located
from .idx import read_idx

_TRAINING = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
_TEST = ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")


def _published(name: str, address: str, *md5: str) -> Published:
    return Published(name, address, dict(zip(_TRAINING + _TEST, md5, strict=True)))


MNIST = _published(
    "mnist",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "d53e105ee54ea40749a09fcbcd1e9432",
    "9fb629c4189551a2d022fa330f9573f3",
    "ec29112dd5afa0611ce80d1b7f02629c",
)
FASHION_MNIST = _published(
    "fashion_mnist",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "25c81989df183df01b3e8a0aad5dffbe",
    "bef4ecab320f06d8554ea6380940ec79",
    "bb300cfdad3c16e7a12a480ee83cd310",
)
KMNIST = _published(
    "kmnist",
    "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    "bdb82020997e1d708af4cf47b453dcf7",
    "e144d726b3acfaa3e44228e80efcd344",
    "5c965bf0a639b31b8f53240b1b52f4d7",
    "7320c461ea6c1c855c0b718fb2a4b134",
)
_EVERY = (MNIST, FASHION_MNIST, KMNIST)


def mnist(folder: str | Path | None = None) -> Dataset:
    """Give MNIST: 60,000 handwritten digits to train on, 10,000 to test on.

    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", *Proceedings
    of the IEEE* 86 (1998). Inputs are float32 (N, 1, 28, 28), ink from 0 to 1 (the published 0 … 255, divided by 255);
    labels int64 (N,).

    Args:
        folder: where the four IDX files are, compressed by gzip or not. Without it, the folder that the environment
            variable DIFFLAB_DATA names, or its subfolder `mnist`; else they are downloaded once.

    Raises:
        InvalidArgument: a file is missing, damaged, or not what its name says.
        DataUnavailable: the files could not be downloaded.
    """
    return _load(MNIST, folder)


def fashion_mnist(folder: str | Path | None = None) -> Dataset:
    """Give Fashion-MNIST: 60,000 pictures of clothes of 10 kinds to train on, 10,000 to test on.

    H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms"
    (2017), arXiv:1708.07747. The classes are T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag and
    ankle boot. Arrays, `folder` (subfolder `fashion_mnist`) and errors are as for `mnist`.
    """
    return _load(FASHION_MNIST, folder)


def kmnist(folder: str | Path | None = None) -> Dataset:
    """Give Kuzushiji-MNIST: 60,000 handwritten Japanese characters of 10 classes to train on, 10,000 to test on.

    T. Clanuwat et al., "Deep learning for classical Japanese literature" (2018), arXiv:1812.01718. The classes are o,
    ki, su, tsu, na, ha, ma, ya, re and wo. Arrays, `folder` (subfolder `kmnist`) and errors are as for `mnist`.
    """
    return _load(KMNIST, folder)


def _load(published: Published, folder: str | Path | None) -> Dataset:
    paths = located(published, folder)
    _refuse_another(published, paths)
    training, test = (_examples(*(paths[name] for name in names)) for names in (_TRAINING, _TEST))
    return Dataset(published.name, training, test, classes=10, normalisation="ink 0 … 255 divided by 255")


def _refuse_another(published: Published, paths: Mapping[str, Path]) -> None:
    """Data sets of this format have files of the same names: see that these are not known to be another's."""
    for name in (_TRAINING[1], _TEST[1]):
        found = md5(paths[name].read_bytes(), usedforsecurity=False).hexdigest()
        for other in _EVERY:
            if other is not published and other.md5[name] == found:
                raise InvalidArgument(
                    f"{paths[name]} is the file of {other.name}, not of {published.name}: put the files of "
                    f"{published.name} into a folder of their own called {published.name}."
                )


def _examples(images: Path, labels: Path) -> Examples:
    pixels, numbers = read_idx(images, dimensions=3), read_idx(labels, dimensions=1)
    for path, entries in ((images, pixels), (labels, numbers)):
        if entries.dtype != np.uint8:
            raise InvalidArgument(f"{path} has entries of dtype {entries.dtype}: those of this data set are bytes.")
    if len(pixels) != len(numbers):
        raise InvalidArgument(
            f"{images} has {len(pixels)} images and {labels} has {len(numbers)} labels: take both from one data set."
        )
    return Examples(np.divide(pixels, 255, dtype=np.float32)[:, None], numbers.astype(np.int64))
