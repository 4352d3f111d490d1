"""The command ``nettumor``: classify, assess, check, intake, layouts, criteria, demo.

Exit codes: 0 fine; 1 findings at or above a limit, and only that; 2 anything else that went wrong
(input, call, output), in one line on stderr; 130 interrupted. What was not plainly read stands in a
table on stderr, so that no warning of Python's is shown beside it.
"""

from __future__ import annotations

import io
import os
import re
import sys
import warnings
from collections.abc import Sequence

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
        try:
            from nettumor.cli import run
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] not in ("typer", "rich"):
                raise
            raise missing_extra("typer and rich", "cli", "The command line") from None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IntakeWarning)
            return run(list(sys.argv[1:] if arguments is None else arguments))
    except (InputError, MissingExtraError) as error:
        said = getattr(error, "command_line", "") or without_python(str(error))
        print(f"nettumor: {' '.join(said.split())}", file=sys.stderr)
    except KeyboardInterrupt:
        print("nettumor: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"nettumor: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
    except Exception as error:  # a fault of the program: one line, as everything else
        said = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"nettumor: failed ({said[:300]}). This is a fault of nettumor.", file=sys.stderr)
    return 2


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
