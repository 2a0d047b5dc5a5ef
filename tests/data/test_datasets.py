"""Data sets: parts that do not overlap, labels that fit, sequences of characters that continue each other."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from difflab.data import Dataset, Examples, Vocabulary, arrays, characters, digits
from difflab.errors import InvalidArgument

TEXT = "the quick brown fox jumps over the lazy dog. " * 8


def test_digits_are_the_real_ones_divided_by_class() -> None:
    dataset = digits(test_fraction=0.25)
    inputs = np.concatenate([dataset.training.inputs, dataset.test.inputs])
    assert inputs.shape == (1797, 1, 8, 8)
    assert (inputs.dtype, inputs.min(), inputs.max()) == (np.float32, 0, 1)
    assert len(np.unique(inputs.reshape(1797, 64), axis=0)) == 1797
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert list(np.bincount(dataset.test.labels)) == [round(count / 4) for count in counts]
    assert list(np.bincount(dataset.training.labels) + np.bincount(dataset.test.labels)) == counts


def test_the_division_is_that_of_the_seed() -> None:
    one, same, other = digits(seed=3), digits(seed=3), digits(seed=4)
    np.testing.assert_array_equal(one.test.inputs, same.test.inputs)
    assert not np.array_equal(one.test.inputs, other.test.inputs)


@pytest.mark.parametrize("labels", [np.arange(20) % 4, np.arange(20) / 2, np.arange(40.0).reshape(20, 2)])
def test_arrays_are_divided_into_parts_that_keep_inputs_and_labels_together(labels: Any) -> None:
    dataset = arrays(np.arange(20), labels, test_fraction=0.2)
    assert len(dataset.test) == 4
    assert sorted([*dataset.training.inputs, *dataset.test.inputs]) == list(range(20))
    for part in (dataset.training, dataset.test):
        np.testing.assert_array_equal(part.labels, labels[part.inputs], strict=True)
    assert dataset.classes == (4 if labels.dtype.kind == "i" else None)


def test_test_examples_may_be_given() -> None:
    dataset = arrays([[1.0], [2.0]], [0, 1], test=([[3.0]], [4]))
    assert (dataset.test.inputs.tolist(), dataset.test.labels.tolist(), dataset.classes) == ([[3.0]], [4], 5)


def test_standardised_by_the_training_inputs_alone() -> None:
    random = np.random.default_rng(5)
    dataset = arrays(random.normal(3, 2, (50, 2)), np.zeros(50, int), test=(np.full((1, 2), 5.0), [0])).standardised()
    assert dataset.training.inputs.mean() == pytest.approx(0, abs=1e-12)
    assert dataset.training.inputs.std() == pytest.approx(1)
    inputs = np.random.default_rng(5).normal(3, 2, (50, 2))
    np.testing.assert_allclose(dataset.test.inputs, (5 - inputs.mean()) / inputs.std())


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: arrays([1.0, 2.0], [0]), "There are 2 inputs and 1 labels"),
        (lambda: arrays([[1.0], [2.0, 3.0]], [0, 1]), "The inputs are no array: .* Give rows of one length"),
        (lambda: arrays(["a", "b"], [0, 1]), "The inputs are an array of shape .* give an array of numbers"),
        (lambda: arrays([1.0, np.nan], [0, 1]), "Some inputs are NaN or infinite"),
        (lambda: arrays(np.ones(4), [0, 0, -1, -1], test_fraction=0.5), "run from -1 to 0: of 1 classes"),
        (lambda: arrays(np.ones(4), np.arange(4)), "leaves none to test on"),
        (lambda: arrays(np.ones(4), np.ones(4), test_fraction=0.9), "leaves none to train on"),
        (lambda: arrays(np.ones(4), np.ones(4), test_fraction=1), "test_fraction=1: give a share between 0 and 1"),
        (lambda: arrays(np.ones(4), np.ones(4), test=(np.ones((2, 3)), np.ones(2))), "give them one shape"),
        (lambda: arrays(np.ones(4), np.ones(4), test=([], [])), "There are no test examples"),
        (lambda: Examples(3.0, np.ones(1)), "The inputs are of type float"),
        (lambda: Dataset("a", *[Examples(np.ones(2), np.ones(2))] * 2, classes=2), "labels of classes are integers"),
        (lambda: arrays(np.ones(9), np.ones(9)).standardised(), "are the same number: their variance is 0"),
        (lambda: arrays(np.arange(9), np.ones(9)).standardised(), "standardise floats, not integers"),
        (lambda: characters("hello", 0), "length=0 of the sequences: give a whole number"),
        (lambda: characters("hello", 2, stride=1.5), "stride=1.5 of the sequences"),  # type: ignore[arg-type]
        (lambda: characters("hello", 4), "test part of the text has 0 characters.* needs 5 with its labels"),
        (lambda: characters("hello", 9, test_fraction=0.5), "training part of the text has 3 characters"),
        (lambda: characters("hello", 1, test_fraction=0), "test_fraction=0: give a share"),
        (lambda: characters("", 4), "vocabulary of an empty text"),
        (lambda: characters(Path("nowhere.txt"), 4), "nowhere.txt cannot be read: .* text file in UTF-8"),
        (lambda: characters(__file__, 4), r"is the name of a file: give Path\("),
        (lambda: Vocabulary("abc").encode("abd"), "The character 'd' is not in the vocabulary 'abc'"),
        (lambda: Vocabulary("abc").decode([0, 3]), "3 is no character's number: .* run from 0 to 2"),
        (lambda: Vocabulary("abc").decode([-1]), "-1 is no character's number"),
        (lambda: Vocabulary("abc").decode([[0]]), "are no text: give a sequence of integers"),
        (lambda: Vocabulary("abc").decode([0.5]), "are no text: give a sequence of integers"),
    ],
)
def test_what_is_wrong_is_said(make: Any, sentence: str) -> None:
    with pytest.raises(InvalidArgument, match=sentence):
        make()


@pytest.mark.parametrize("from_file", [True, False])
def test_sequences_of_characters_continue_each_other(from_file: bool, tmp_path: Path) -> None:
    (tmp_path / "text").write_text(TEXT, encoding="utf-8")
    dataset = characters(tmp_path / "text" if from_file else TEXT, length=16, test_fraction=0.25)
    vocabulary = dataset.vocabulary
    assert vocabulary is not None
    assert vocabulary.characters == "".join(sorted(set(TEXT)))
    assert dataset.classes == len(vocabulary) == 28
    end = len(TEXT) - len(TEXT) // 4
    for examples, text in ((dataset.training, TEXT[:end]), (dataset.test, TEXT[end:])):
        joined = "".join(vocabulary.decode(sequence) for sequence in examples.inputs)
        following = "".join(vocabulary.decode(sequence) for sequence in examples.labels)
        assert len(joined) == (len(text) - 1) // 16 * 16
        assert (joined, following) == (text[: len(joined)], text[1 : len(joined) + 1])


def test_sequences_may_overlap() -> None:
    dataset = characters("abcdefgh", length=3, stride=1, test_fraction=0.5)
    assert dataset.training.inputs.tolist() == [[0, 1, 2]]
    overlapping = characters("abcdefgh" * 2, length=3, stride=2, test_fraction=0.5)
    assert overlapping.training.inputs.tolist() == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]


def test_encoding_is_undone_by_decoding() -> None:
    vocabulary = Vocabulary(TEXT + "äß漢🙂\n")
    assert vocabulary.decode(vocabulary.encode("漢 äß🙂\n")) == "漢 äß🙂\n"
    assert vocabulary.decode(vocabulary.encode("")) == ""
