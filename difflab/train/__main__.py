"""Train a model from the command line: `python -m difflab.train`."""

import sys

from .command_line import main

if __name__ == "__main__":
    sys.exit(main())
