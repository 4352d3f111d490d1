"""TOML files of a study's own settings, read so that whatever is wrong in one has its key and line.

Which line says a key? ``tomllib`` does not tell; the lines are found again in the text. Read by
`criteria.load`, the study file and the configuration of the edit checks.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from nettumor.errors import InputError, InputTypeError

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = re.compile(rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")
_HEADER = re.compile(rf"\s*\[\[?\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]")
_PART = re.compile(_KEY)

Key = tuple[str, ...]


@frozen
class TomlFile:
    """The content of a TOML file, or of one of its tables, and the line of each of its keys.

    ``above`` is the key of that table: places are said from the top of the file.
    """

    name: str
    content: dict[str, Any]
    lines: Mapping[Key, int]
    above: Key = ()

    def place(self, *below: str) -> str:
        """Where a key stands: "protocol.toml, line 4, pd.absolute"; without a line for one that is
        not in the file.
        """
        key = (*self.above, *below)
        whole = ".".join(key)
        for length in range(len(key), 0, -1):
            if key[:length] in self.lines:
                return f"{self.name}, line {self.lines[key[:length]]}, {whole}"
        return f"{self.name}, {whole}" if whole else self.name

    def under(self, *below: str) -> TomlFile:
        """A table of the file by itself, empty where it is not there; its places stay those of the
        file.
        """
        content: Any = self.content
        for number, key in enumerate(below, 1):
            content = content.get(key, {})
            if not isinstance(content, dict):
                name = ".".join((*self.above, *below[:number]))
                raise InputTypeError(
                    f"`{name}` must be a table; got {content!r:.60} ({self.place(*below[:number])}). "
                    f"Write [{name}].",
                    argument=name,
                )
        return TomlFile(self.name, content, self.lines, (*self.above, *below))


def read_toml(path: str | Path, argument: str = "path") -> TomlFile:
    """The TOML file at ``path``, with or without a byte order mark; one sentence for what is none."""
    if not isinstance(path, (str, os.PathLike)):
        raise InputTypeError(
            f"`{argument}` must be the path of a TOML file; got {path!r}. Give its name.",
            argument=argument,
        )
    where = Path(path)
    try:
        text = where.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:  # also a NUL in the name
        raise InputError(
            f"`{argument}` must be a readable TOML file in UTF-8; got {str(where)!r}: "
            f"{getattr(error, 'strerror', None) or error}.",
            argument=argument,
        ) from None
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise InputError(
            f"`{argument}` must be a TOML file of settings; {str(where)!r} is nested too deep. "
            "Write tables of one or two levels.",
            argument=argument,
        ) from None
    except ValueError as error:  # a TOMLDecodeError, or a number of thousands of digits
        raise InputError(
            f"`{argument}` must be a TOML file; {str(where)!r} is not: {error}.", argument=argument
        ) from None
    return TomlFile(where.name, content, dict(reversed(list(_lines(text)))))


def _lines(text: str) -> Iterator[tuple[Key, int]]:
    """Each key as a path from the top, with its line, from 1."""
    table: Key = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            for length in range(1, len(table) + 1):
                yield table[:length], number
        elif key := _DOTTED.match(line):
            parts = _parts(key[1])
            for length in range(1, len(parts) + 1):
                yield (*table, *parts[:length]), number


def _parts(dotted: str) -> Key:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
