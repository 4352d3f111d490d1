"""The command ``nettumor``: classify, assess, check, intake, layouts, criteria, demo.

Exit codes: 0 fine; 1 findings at or above a limit, and only that; 2 anything else that went wrong
(input, call, output, a check that failed), in one line on stderr; 130 interrupted. What was not
plainly read stands in a table on stderr, so that no warning of Python's is shown beside it.
"""

from __future__ import annotations

import io
import os
import re
import sys
import warnings
from collections.abc import Sequence

from nettumor._text import printable
from nettumor.errors import InputError, IntakeWarning, MissingExtraError, missing_extra


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the name of the program; those of the process by default.

    Returns
    -------
    int
        The exit code.
    """
    if isinstance(
        sys.stdout, io.TextIOWrapper
    ):  # a name that the terminal cannot write is shown by its code points
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with warnings.catch_warnings():
            # What NumPy warns of in passing (an overflow, an empty mean) is no message to anybody.
            warnings.simplefilter("ignore", RuntimeWarning)
            warnings.simplefilter("ignore", IntakeWarning)
            return _run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        _tell("interrupted")
        return 130
    except (InputError, MissingExtraError) as error:
        _tell(getattr(error, "command_line", "") or without_python(str(error)))
    except BrokenPipeError:  # the reader of the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        _tell(f"{error.strerror or error}: {error.filename or ''}")
    except Exception as error:
        if isinstance(error, MemoryError):
            _tell("There is not enough memory for this.")
        else:
            _tell(f"a fault of nettumor, please report it: {type(error).__name__}: {error}")
    return 2


def _run(arguments: list[str]) -> int:
    try:
        from nettumor.cli import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("typer", "rich"):
            raise
        raise missing_extra("typer and rich", "cli", "The command line") from None
    return run(arguments)


def _tell(text: str) -> None:
    """One line on stderr, without anything that a terminal would obey."""
    print(f"nettumor: {printable(' '.join(text.split()))}", file=sys.stderr)


_PYTHON = re.compile(
    r"\b(?:mapping|invalid|incomplete|strict|dates|study|rule|selection)=|\bread\(|\bnettumor\.\w|"
    r"\bload_configuration\(|\bparse_responses\(|\bcriteria\.(?:get|load)\("
)
"""What only Python has."""


def without_python(message: str) -> str:
    """A message without the sentences that advise what the command line does not have.

    >>> without_python("`size` must be given. Add it, or pass mapping={'lesions': {}}.")
    '`size` must be given. Add it.'
    """
    kept = []
    for part in re.split(r"(?<=[.?!]) (?=[A-Z`])", message):
        if not _PYTHON.search(part):
            kept.append(part)
            continue
        first = re.split(r",? or |; ", part)[0]
        if first != part and not _PYTHON.search(first):
            kept.append(first.rstrip(".,;") + ".")
    return " ".join(kept)


if __name__ == "__main__":
    raise SystemExit(main())
