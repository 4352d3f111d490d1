"""Outside readers in a process of their own, which may die.

What cannot be checked from a file's own structure is read where a crash, a hang or a lack of memory
ends nothing but the reading: the answer, or one sentence. In go a short program and the bytes of
the file; out comes what the program has pickled.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
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


def read_apart(program: str, data: bytes, where: str, what: str, limits: Limits) -> Any:
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
        raise _unreadable(where, what, f"its reader took more than {SECONDS} seconds") from None
    except OSError as error:
        raise _unreadable(where, what, f"its reader cannot be started ({error.strerror})") from None
    if done.returncode == 0:
        return pickle.loads(done.stdout)  # what this module's own program has written
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    is_answer = done.returncode == 1 and said
    raise _unreadable(where, what, said[-1][:120] if is_answer else "its reader came to an end")


def _unreadable(where: str, what: str, why: str) -> InputError:
    return InputError(
        f"`{where}` is not a readable {what}: {why}. Save it again as .xlsx, or as CSV UTF-8.",
        argument=where,
    )
