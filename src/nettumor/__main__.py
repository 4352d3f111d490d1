"""The command ``nettumor``: classify, assess, criteria, demo.

Exit codes: 0 fine; 1 findings at or above a limit; 2 the input or the call is wrong (one line on
stderr).
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from nettumor.errors import InputError, MissingExtraError, missing_extra


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
        return run(list(sys.argv[1:] if arguments is None else arguments))
    except (InputError, MissingExtraError) as error:
        print(f"nettumor: {' '.join(str(error).split())}", file=sys.stderr)
    except BrokenPipeError:  # the reader of the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"nettumor: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
