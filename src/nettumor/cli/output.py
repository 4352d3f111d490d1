"""Where the commands write: never over what they read, each file whole, all of a set or none."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nettumor._whole_file import check_place, whole_file
from nettumor.crf.files import SUFFIXES
from nettumor.errors import InputError

Writer = Callable[[Path], Any]


def check_outputs(
    outputs: Iterable[Path],
    inputs: Iterable[Path | str],
    *,
    folder_is_made: bool = False,
    option: str = "--output",
) -> None:
    """Refuse before anything is computed: an output that cannot be written (a folder, or in a folder
    that is neither there nor made); one that is a file which is read, by whatever name or link; and
    one that the next run would read, a table in a folder that is read. ``option`` is what named it.
    """
    sources = [Path(source) for source in inputs]
    read = {identity: path for path in _files(sources) for identity in _identities(path)}
    folders = {p.resolve() for p in sources if p.is_dir()}
    for output in outputs:
        if not folder_is_made:
            check_place(output, option)
        same = next((read[i] for i in _identities(output) if i in read), None)
        if same is not None:
            raise InputError(
                f"`{option}` must not be the file that is read; {str(output)!r} is {str(same)!r}. "
                "Name another.",
                argument=option,
            )
        target = Path(output).resolve()
        if target.parent in folders and target.suffix.lower() in SUFFIXES:
            raise InputError(
                f"`{option}` must not lie where the study is read from; got {str(output)!r}. "
                "The next run would read it as a table. Name another folder.",
                argument=option,
            )


def _files(sources: Iterable[Path]) -> Iterator[Path]:
    """The files that may be read: those named, and those in the folders named."""
    for source in sources:
        if source.is_dir():
            yield from (path for path in source.iterdir() if path.is_file())
        else:
            yield source


def _identities(path: Path) -> Iterator[Any]:
    """What a file is known by: its real path, and where it is there its place on the disk, which
    hard links share.
    """
    yield path.resolve()
    with contextlib.suppress(OSError):
        found = path.stat()
        yield found.st_dev, found.st_ino


def write_all(writers: Mapping[Path, Writer]) -> list[Path]:
    """Write a set of files: all are written beside their places before the first is moved; where one
    fails none is moved.
    """
    with contextlib.ExitStack() as stack:
        for path, write in writers.items():
            write(stack.enter_context(whole_file(path, "--output")))
    return list(writers)
