"""Files written whole: beside their place first, and moved there when nothing is missing.

Whatever stops a write (a full disk, an error, Ctrl-C), the earlier file stands, and nothing half
lies about. Read by everything that writes a file.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from nettumor.errors import InputError


@contextlib.contextmanager
def whole_file(path: str | Path, argument: str = "path") -> Iterator[Path]:
    """A place beside ``path`` to write to; the file is moved to ``path`` where the block ends
    without an error, and taken away where it does not.

    A link is written through; a device (``/dev/stdout``) is written to as it is. A folder, or a
    name in a folder that is not there, is refused; what the system refuses is an `OSError` that
    names the file.
    """
    target = check_place(path, argument)
    device = target.exists() and not target.is_file()
    # A name that readers of folders pass over, should the process be killed.
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        yield target if device else beside
        if not device:
            if target.exists():
                shutil.copymode(target, beside)
            os.replace(beside, target)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def check_place(path: str | Path, argument: str = "path") -> Path:
    """Where a file would be written, links followed; a folder, or a name in a folder that is not
    there, is refused.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise InputError(
            f"`{argument}` must be a file; {str(path)!r} is a folder. Name a file in it.",
            argument=argument,
        )
    if not target.parent.is_dir():
        raise InputError(
            f"`{argument}` must lie in a folder that is there; got {str(path)!r}. Make the folder "
            "first.",
            argument=argument,
        )
    return target


def write_whole(path: str | Path, content: str | bytes, encoding: str = "utf-8") -> None:
    """Write a text or bytes whole, line ends as they are; what is no Unicode (a lone half of a
    character, from a name in another encoding) as a question mark.
    """
    if isinstance(content, str):
        content = content.encode(encoding, errors="replace")
    with whole_file(path) as beside, open(beside, "wb") as out:
        out.write(content)
        out.flush()
        with contextlib.suppress(OSError):  # a device has nothing to be flushed to
            os.fsync(out.fileno())
