"""Images of handwritten digits (MNIST) read row by row by a recurrent network, an LSTM.

Each of the 28 rows is one step of a sequence; after the last, an affine map of the 128 outputs says which digit it
was. Training and testing are those of `mnist_images`.
"""

import sys

from difflab import models

from .findings import Findings, main
from .mnist_images import Task, findings_of

NETWORKS = {"LSTM rows": Task(lambda seed: models.RowLSTM(rng=seed), 0, 0.98)}


def run(quick: bool = False) -> Findings:
    """Carry out the experiment."""
    return findings_of("MNIST: rows by an LSTM", str(__doc__).split("\n\n")[1], NETWORKS, quick)


if __name__ == "__main__":
    sys.exit(main("mnist_rows", run))
