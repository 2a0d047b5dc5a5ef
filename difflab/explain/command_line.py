"""`python -m difflab.explain`: a function and a point, and what compiling makes of its derivative."""

import argparse
import sys
from collections.abc import Sequence

from ..command_line import BAD_INPUT, Parser, status
from ..errors import DifflabError, InvalidArgument
from ..named_function import every, load, read_arguments
from ..user_code import described
from .explaining import ASKED, explain
from .explanation import Explanation
from .report import SECTIONS, SHOWN, USUAL

EPILOG = f"Exit status: 0 explained, {BAD_INPUT} bad input."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status: 0, 2 for bad input, 130 after Ctrl-C."""
    given = sys.argv[1:] if arguments is None else arguments
    return status("difflab.explain", lambda: _main(_parser().read(given)))


def _main(options: argparse.Namespace) -> int:
    show = USUAL if options.show is None else tuple(options.show.split(","))
    unknown = [name for name in show if name not in SECTIONS]
    if unknown:
        raise InvalidArgument(
            f"--show {options.show}: there is no {', '.join(map(repr, unknown))}: choose from {', '.join(SECTIONS)}."
        )
    explanation = _explained(options)
    sys.stdout.write(f"{explanation.text(show, SHOWN if options.show is None else None)}\n")
    return 0


def _parser() -> Parser:
    parser = Parser(
        "python -m difflab.explain",
        "Show what a compiled method makes of a function: graph, guards, passes, stages, memory and generated code.",
        EPILOG,
    )
    parser.add_argument("function", metavar="FUNCTION", help="module:f or path/file.py:f")
    parser.add_argument("--at", required=True, metavar="POINT", help="0.3,1.2 or a .npy or .npz file")
    parser.add_argument(
        "--method",
        choices=("reverse_compiled", "forward_compiled"),
        default="reverse_compiled",
        help="default: reverse_compiled",
    )
    parser.add_argument(
        "--operator",
        choices=ASKED,
        help="what is computed (default: gradient, and jacobian where the function does not give one number)",
    )
    parser.add_argument(
        "--show",
        metavar="SECTIONS",
        help=f"which sections, in full, with commas between: {', '.join(SECTIONS)} (default: all but llvm, shortened)",
    )
    return parser


def _explained(options: argparse.Namespace) -> Explanation:
    function = load(options.function)
    arguments = read_arguments(function, options.function, options.at)
    try:
        return explain(function, *arguments, method=options.method, operator=options.operator, argnums=every(arguments))
    except DifflabError:
        raise
    except Exception as error:
        raise InvalidArgument(f"{options.function} at {options.at}: a call raised {described(error)}.") from error
