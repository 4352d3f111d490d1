"""Finding an edition by name, and reading a protocol's own variant from a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs

from nettumor._toml import TomlFile, read_toml
from nettumor.criteria._parts import Rules
from nettumor.criteria._types import Citation, Criteria, Threshold
from nettumor.criteria._variants import editions
from nettumor.errors import InputError, InputTypeError, did_you_mean


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
    return tuple(sorted(editions()))


def _key(name: str) -> str:
    return name.strip().casefold().replace("_", "-").replace(" ", "-").replace(".", "-")


def get(name: str, *, argument: str = "name") -> Criteria:
    """The edition of that name.

    Parameters
    ----------
    name : str
        One of `names`, in any case, with "_", "." or blanks for "-" (``RECIST_1_1``).
    argument : str
        What the error calls it.

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
            f"`{argument}` must be the name of an edition; got {name!r:.60}. "
            f"{did_you_mean('', names())}",
            argument=argument,
        )
    for known, edition in editions().items():
        if _key(known) == _key(name):
            found: Criteria = edition
            return found
    raise InputError(
        f"`{argument}` must be a known edition; got {name!r:.60}. {did_you_mean(name, names())}",
        argument=argument,
    )


def as_criteria(criteria: Any, argument: str = "criteria") -> Any:
    """Criteria, or those of a name; an `InputTypeError` for anything else."""
    if isinstance(criteria, str):
        return get(criteria, argument=argument)
    if not isinstance(criteria, Rules):
        raise InputTypeError(
            f"`{argument}` must be criteria or their name; got {criteria!r:.60}. Write "
            f'{argument}="recist-1.1".',
            argument=argument,
        )
    return criteria


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
    if isinstance(path, str) and _key(path) in map(_key, names()) and not Path(path).exists():
        raise InputError(
            f"`path` must be the path of a TOML file; got {path!r}, the name of an edition. Write "
            f"criteria.get({path!r}).",
            argument="path",
        )
    file = read_toml(path)
    content = dict(file.content)
    if not isinstance(base := content.pop("base", None), str):
        raise InputError(
            f'{file.name} must have a line such as base = "recist-1.1"; got {base!r}. '
            "It says which edition the protocol starts from.",
            argument="base",
        )
    edition = get(base, argument="base")
    name = Path(path).stem.strip() or edition.name
    content = {"name": name, "title": f"{name} (after {edition.title})", **content}
    loaded: Criteria = _override(edition, content, file, ())
    return loaded


def _override(start: Any, content: dict[str, Any], file: TomlFile, path: tuple[str, ...]) -> Any:
    """``start`` with the fields of ``content``; a table overrides the object that stands in that
    field.
    """
    fields = {f.name: f for f in attrs.fields(type(start))}
    changed: dict[str, Any] = {}
    for key, value in content.items():
        where = file.place(*path, key)
        if key == "family":
            raise InputError(
                f"`family` ({where}) must not be given: it is that of the base. Leave it out.",
                argument="family",
            )
        if key not in fields:
            raise InputError(
                f"`{key}` ({where}) must be a field of {type(start).__name__}; there is no such "
                f"key. {did_you_mean(key, fields)}",
                argument=key,
            )
        current = getattr(start, key)
        if isinstance(value, dict):
            if current is None:
                current = _empty(key, start, value, where)
            if not attrs.has(type(current)):
                raise InputError(
                    f"`{key}` ({where}) must be one value, not a table; got {sorted(value)}. "
                    f"Write {key} = {_toml(current)}.",
                    argument=key,
                )
            value = _override(current, value, file, (*path, key))
        elif value == "none":
            value = None
        elif attrs.has(type(current)):
            raise InputError(
                f"`{key}` ({where}) must be a table, [{'.'.join((*path, key))}]; got {value!r}. "
                "Write its fields below that line.",
                argument=key,
            )
        changed[key] = value
    try:
        return attrs.evolve(start, **changed)
    except InputError as error:
        place = file.place(*path, error.argument)
        raise InputError(f"{place}: {error}", argument=error.argument) from None


def _toml(value: object) -> str:
    """A value as TOML writes it."""
    return {True: "true", False: "false", None: '"none"'}.get(value, repr(value))  # type: ignore[call-overload, no-any-return]


def _empty(key: str, owner: Any, content: dict[str, Any], where: str) -> Any:
    """A limit to start from where the edition has none (``mr``, ``sd_limit``), or the censoring."""
    if key == "censoring":
        return get("fda-2018-censoring")
    called = getattr(owner, "name", type(owner).__name__)
    if key not in ("mr", "sd_limit", "pd"):
        raise InputError(
            f"`{key}` ({where}) must not be a table here; {called} has no {key}. Leave it out.",
            argument=key,
        )
    if "value" not in content:
        raise InputError(
            f"`{key}` ({where}) must have a value, the percent of the limit; {called} has none to "
            "start from. Write value = 25 or the protocol's.",
            argument=key,
        )
    direction = "increase" if key == "pd" else "decrease"
    return Threshold(100, direction, Citation("protocol", key, "", "library choice"))  # type: ignore[arg-type]
