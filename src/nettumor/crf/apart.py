"""Outside readers, kept from doing harm: in a process of their own, or with their last words kept
back.

What cannot be checked from a file's own structure is read where a crash, a hang or a lack of memory
ends nothing but the reading: the answer, or one sentence. In go a short program and the bytes of
the file; out comes what the program has pickled.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any

from nettumor.crf.limits import Limits
from nettumor.errors import InputError

SECONDS = 600
"""How long a reader may take."""
_ROOM = 2 * 2**30
"""Bytes for the program itself, beside what is unpacked."""
_BEGIN = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
except (ImportError, ValueError, OSError):
    pass
data = sys.stdin.buffer.read()
"""
_END = """
import pickle
pickle.dump(found, sys.stdout.buffer)
"""


def read_apart(
    program: str,
    data: bytes,
    where: str,
    what: str,
    limits: Limits,
    *,
    repair: str = "Save it again as .xlsx, or as CSV UTF-8.",
) -> Any:
    """What a program makes of the bytes of a file, in a process of its own.

    Parameters
    ----------
    program : str
        Python that makes ``found`` of ``data``; what it imports is found as here.
    data : bytes
        The file.
    where, what : str
        Its name, and what it should be ("Excel workbook"); errors name both.
    limits : Limits
        ``bytes_unpacked`` bounds the memory of the process, where the system allows that.
    repair : str
        The sentence that ends an error.

    Returns
    -------
    object
        ``found``.

    Raises
    ------
    InputError
        Where the program fails, dies, or takes longer than `SECONDS`.

    Examples
    --------
    >>> from nettumor.crf.limits import LIMITS
    >>> read_apart("found = len(data)", b"abc", "a.xls", "Excel workbook", LIMITS)
    3
    """
    command = [sys.executable, "-c", _BEGIN + program + _END, str(limits.bytes_unpacked + _ROOM)]
    found = {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=SECONDS, env={**os.environ, **found}
        )
    except subprocess.TimeoutExpired:
        why = f"its reader took more than {SECONDS} seconds"
    except OSError as error:
        why = f"its reader cannot be started ({error.strerror})"
    else:
        if done.returncode == 0:
            return pickle.loads(done.stdout)  # what this module's own program has written
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        is_answer = done.returncode == 1 and said
        why = said[-1][:120] if is_answer else "its reader came to an end"
    raise InputError(f"`{where}` is not a readable {what}: {why}. {repair}", argument=where)


@contextlib.contextmanager
def last_words_kept_back() -> Iterator[None]:
    """What the block writes to the screen (file descriptor 2) is dropped where it fails, and written
    after it where it does not: a reader in another language tells of its panic there, beside the
    error that it raises.

    The descriptor is one for all threads; where others of Python's are running, nothing is kept
    back, so that no word of theirs is lost.
    """
    if threading.active_count() > 1:
        yield
        return
    try:
        screen = os.dup(2)
    except OSError:  # there is none
        yield
        return
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            os.dup2(screen, 2)
            os.close(screen)
            if not failed and kept.seek(0, os.SEEK_END):
                kept.seek(0)
                os.write(2, kept.read())
