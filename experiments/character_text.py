"""Text learned character by character: a recurrent network and a small transformer, beside counting.

The text is Python's own documentation of its language, as it comes with every Python. Models predict each character
from those before it; they are judged by the bits that a character of the last tenth of the text, never trained on,
costs by their probabilities. A table of how often each character follows each other one, smoothed, is what they must
beat.
"""

import pydoc_data.topics
import sys

import numpy as np
import pandas as pd

from difflab import Tensor, data, models, nn, no_grad
from difflab.train import fit

from .findings import Findings, figure, main

LENGTH = 64
"""Characters in a sequence."""


def text(quick: bool) -> str:
    """Give the text, of plain characters alone."""
    whole = "\n".join(pydoc_data.topics.topics[topic] for topic in sorted(pydoc_data.topics.topics))
    plain = "".join(
        character for character in whole if character.isascii() and (character.isprintable() or character == "\n")
    )
    return plain[: 30_000 if quick else 400_000]


def bits_by_counting(dataset: data.Dataset, characters: int) -> float:
    """Give the bits of a test character by how often it followed the one before it in training, plus one."""
    counts = np.ones((characters, characters))
    np.add.at(counts, (dataset.training.inputs.ravel(), dataset.training.labels.ravel()), 1)
    shares = counts / counts.sum(1, keepdims=True)
    return float(-np.mean(np.log2(shares[dataset.test.inputs.ravel(), dataset.test.labels.ravel()])))


def written(model: nn.Module, vocabulary: data.Vocabulary, start: str, count: int) -> str:
    """Let a model write on, each character drawn by its probability."""
    generator = np.random.default_rng(0)
    numbers = list(vocabulary.encode(start))
    model.eval()
    with no_grad():
        for _ in range(count):
            scores = model(Tensor(np.array([numbers[-LENGTH:]]))).numpy()[0, -1].astype(float)
            shares = np.exp(scores - scores.max())
            numbers.append(int(generator.choice(len(shares), p=shares / shares.sum())))
    return vocabulary.decode(np.array(numbers))


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    findings = Findings("Text, character by character", str(__doc__).split("\n\n")[1])
    dataset = data.characters(text(quick), LENGTH)
    vocabulary = data.Vocabulary(text(quick))
    count = len(vocabulary)
    counted = bits_by_counting(dataset, count)
    table = [{"model": "pairs counted", "bits for a test character": counted, "parameters": count**2}]
    plot = figure()
    axes = plot.add_subplot(xlabel="step", ylabel="bits for a character in training")
    samples = []
    for name, model in (
        ("LSTM", models.CharacterLSTM(count, rng=0)),
        ("transformer", models.Transformer(count, length=LENGTH, rng=0)),
    ):
        trained = fit(model, dataset, epochs=1 if quick else 8, batch_size=50, seed=0, metric=None)
        bits = float(trained.history["test loss"].iloc[-1] / np.log(2))
        size = sum(parameter.size for parameter in model.parameters())
        table.append({"model": name, "bits for a test character": bits, "parameters": size})
        axes.plot(trained.steps["loss"] / np.log(2), linewidth=0.8, label=name)
        samples.append({"model": name, "writes on from 'The '": repr(written(model, vocabulary, "The ", 200))})
        if not quick:
            findings.claim(
                f"{name}: {bits:.2f} bits for a test character, under the {counted:.2f} of pairs", bits < counted
            )
    axes.axhline(counted, color="grey", linestyle="--", label="pairs counted (test)")
    axes.legend()
    findings.figures["bits"] = plot
    findings.tables["What a test character costs"] = pd.DataFrame(table)
    findings.tables["What the models write"] = pd.DataFrame(samples)
    return findings


if __name__ == "__main__":
    sys.exit(main("character_text", run))
