"""Finding an edition by name, and reading a protocol's own variant from a TOML file."""

from __future__ import annotations

import os
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from nettumor.criteria._types import Citation, Criteria, Threshold
from nettumor.errors import InputError, InputTypeError, did_you_mean


@cache
def _editions() -> dict[str, Criteria]:
    package = sys.modules["nettumor.criteria"]
    found = (getattr(package, name) for name in package.__all__ if name.isupper())
    return {edition.name: edition for edition in found}


def names() -> tuple[str, ...]:
    """Names of all published editions, in alphabetical order.

    Returns
    -------
    tuple of str
        Each is accepted by `get`.

    Examples
    --------
    >>> "recist-1.1" in names()
    True
    """
    return tuple(sorted(_editions()))


def _key(name: str) -> str:
    return name.strip().casefold().replace("_", "-").replace(" ", "-").replace(".", "-")


def get(name: str) -> Criteria:
    """The edition of that name.

    Parameters
    ----------
    name : str
        One of `names`, in any case, with "_", "." or blanks for "-" (``RECIST_1_1``).

    Returns
    -------
    criteria object, frozen

    Raises
    ------
    InputError
        If there is no such edition, with the nearest name.

    Examples
    --------
    >>> get("recist-1.1").title
    'RECIST 1.1'
    """
    if not isinstance(name, str):
        raise InputError(
            f"`name` must be the name of an edition; got {name!r}. {did_you_mean('', names())}",
            argument="name",
        )
    for known, edition in _editions().items():
        if _key(known) == _key(name):
            return edition
    raise InputError(
        f"`name` must be a known edition; got {name!r}. {did_you_mean(name, names())}",
        argument="name",
    )


def load(path: str | Path) -> Criteria:
    """A protocol's criteria from a TOML file that starts from a named edition and overrides fields.

    Parameters
    ----------
    path : path-like
        The file has ``base = "recist-1.1"`` and any fields of that edition: plain values
        (``gap = "MR"``), tables for limits (``[pr]`` with ``value``, ``strict``, ``absolute``), for
        ``[best_response]``, ``[selection]`` and ``[citation]``. "none" turns an optional field off.

    Returns
    -------
    criteria object, frozen and checked

    Raises
    ------
    InputError
        If the file cannot be read or parsed, or a key or value is wrong; the message names the key.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "protocol.toml"
    >>> _ = file.write_text('base = "vogl-2008"\\ngap = "MR"')
    >>> load(file).gap
    'MR'
    """
    if not isinstance(path, (str, os.PathLike)):
        raise InputTypeError(
            f"`path` must be the path of a TOML file; got {path!r}. Give its name.", argument="path"
        )
    where = Path(path)
    try:
        text = where.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"`path` must be a readable TOML file in UTF-8; got {str(where)!r}: {error}.",
            argument="path",
        ) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"`path` must be a TOML file; {str(where)!r} is not: {error}.", argument="path"
        ) from None
    if not isinstance(base := content.pop("base", None), str):
        raise InputError(
            f'{where.name} must have a line such as base = "recist-1.1"; got {base!r}. '
            "It says which edition the protocol starts from.",
            argument="base",
        )
    if not isinstance(content.get("citation", {}), dict):
        raise InputError(
            f"`citation` in {where.name} must be a table with document, section and doi.",
            argument="citation",
        )
    content.setdefault("name", where.stem)
    return _override(get(base), content, where.name)  # type: ignore[no-any-return]


def _override(start: Any, content: dict[str, Any], path: str) -> Any:
    """``start`` with the fields of ``content``; a table overrides the object that stands in that
    field.
    """
    fields = {f.name: f for f in attrs.fields(type(start))}
    changed: dict[str, Any] = {}
    for key, value in content.items():
        where = f"{path}: {key}"
        if key not in fields:
            raise InputError(
                f"`{where}` must be a field of {type(start).__name__}; there is no such key. "
                f"{did_you_mean(key, fields)}",
                argument=key,
            )
        current = getattr(start, key)
        if value == "none":
            value = None
        elif isinstance(value, dict):
            if current is None:
                current = _empty(key, start, value, where)
            value = _override(current, value, where)
        elif attrs.has(type(current)):
            raise InputError(
                f"`{where}` must be a table, [{key}]; got {value!r}. Write its fields below "
                f"[{key}].",
                argument=key,
            )
        changed[key] = value
    try:
        return attrs.evolve(start, **changed)
    except InputError as error:
        raise InputError(f"{path}: {error}", argument=error.argument) from None


def _empty(key: str, owner: Any, content: dict[str, Any], where: str) -> Any:
    """A limit to start from where the edition has none (``mr``, ``sd_limit``), or the censoring."""
    if key == "censoring":
        return get("fda-2018-censoring")
    if key not in ("mr", "sd_limit", "pd"):
        raise InputError(
            f"`{key}` must not be a table here; {owner.name} has no {key}. Leave it out.",
            argument=key,
        )
    if "value" not in content:
        raise InputError(
            f"`{where}` must have a value, the percent of the limit; {owner.name} has none to "
            "start from. "
            "Write value = 25 or the protocol's.",
            argument=key,
        )
    direction = "increase" if key == "pd" else "decrease"
    return Threshold(100, direction, Citation("protocol", key, "", "library choice"))  # type: ignore[arg-type]
