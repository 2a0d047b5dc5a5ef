"""Show what a compiled method makes of a function: `python -m difflab.explain`."""

import sys

from .command_line import main

if __name__ == "__main__":
    sys.exit(main())
