"""The accept and the reject example of each check: the tables that its tests run on.

In an installed package they lie in ``edit_checks/examples``; in a source checkout in
``tests/edit_checks``, from where the wheel takes them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from nettumor.errors import InputError

Rows = list[list[str]]


def folder_of(id: str) -> Traversable | None:
    """Where the examples of a check lie, None where it has none."""
    inside = resources.files("nettumor.edit_checks").joinpath("examples")
    checkout = Path(__file__).parents[4] / "tests" / "edit_checks"
    for folder in (inside, checkout):
        found = folder.joinpath(id)
        if found.is_dir():
            return found
    return None


def example(id: str, which: str) -> Mapping[str, Rows]:
    """The tables of an example, heading first; empty where the check has none.

    Parameters
    ----------
    id : str
        Of a check.
    which : {"accept", "reject", "expected"}
        The tables that pass, those that do not, and (one table "findings") what is found in these.

    Raises
    ------
    InputError
        For another ``which``.

    Examples
    --------
    >>> example("S02", "reject")["lesions"][0]
    ['subject', 'lesion', 'role', 'visit', 'date', 'size']
    """
    if which not in ("accept", "reject", "expected"):
        raise InputError(
            f"`which` must be accept, reject or expected; got {which!r}.", argument="which"
        )
    folder = folder_of(id)
    if folder is None:
        return {}
    one = folder.joinpath(f"{which}.csv")
    if one.is_file():
        return {"findings" if which == "expected" else "lesions": _rows(one)}
    several = folder.joinpath(which)
    files = sorted(several.iterdir(), key=lambda f: f.name) if several.is_dir() else []
    return {f.name.removesuffix(".csv"): _rows(f) for f in files if f.name.endswith(".csv")}


def _rows(file: Traversable) -> Rows:
    return list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
