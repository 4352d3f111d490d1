"""A study's own configuration: a TOML file with parameters, switched-off checks, severities and
vocabularies.

.. code-block:: toml

    [parameters.U01]
    tol_mm = 1.0
    [off]                                 # a check by identifier or name, or a whole group,
    M22 = "the method is not collected"   # as in [allow] and [severity]; the reason is in .runs
    diary = "diaries are not collected"
    [allow]
    M19 = "2 %"                           # of the places looked at: up to there it has passed
    [severity]
    M05 = "note"
    [organs]
    "SEGMENT 4" = "LIVER"
    [methods]
    equivalent = [["CT", "SPIRAL CT"]]
    [windows]
    interval = 56                         # days between visits
    window = 7
    baseline = 28
    [limits]
    rows = 50_000_000                     # the largest table that is read

Unknown keys are errors that name the nearest known one. In a study file the same tables stand under
``[checks]``: ``[checks.off]``, ``[checks.parameters.U01]``; its ``[schedule]`` gives the windows that
the file itself does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from attrs import evolve, field, frozen

from nettumor._sealed import Sealed
from nettumor._toml import TomlFile, read_toml
from nettumor.crf import StudyFile, load_study
from nettumor.crf.limits import LIMITS, Limits, limits_from
from nettumor.edit_checks.engine.parameters import check_parameters
from nettumor.edit_checks.engine.register import CHECKS, GROUPS, SEVERITIES
from nettumor.errors import InputError, InputTypeError, choose, did_you_mean
from nettumor.words.missing import tidy

WINDOWS = ("interval", "window", "baseline")


@frozen(slots=False)
class Configuration(Sealed):
    """A study's own configuration of the edit checks.

    Parameters
    ----------
    parameters : mapping of str to mapping
        By check, parameters in place of the defaults.
    off : mapping of str to str
        Checks that are switched off, with the reason.
    severities : mapping of str to str
        By check, "error", "warning" or "note".
    allow : mapping of str to float
        By check, the share of the places it looks at that may be at fault: up to it the check has
        passed.
    organ_map : mapping of str to str
        Locations (upper case) to organs.
    method_equivalents : tuple of tuple of str
        Groups of imaging methods (upper case) that count as one.
    windows : mapping of str to float
        ``interval``, ``window``, ``baseline``: days.
    limits : Limits
        The largest file and table that are read.
    schedule : number, (from day, interval) pairs, or days; None
        The scheduled visits of a study file, where one interval does not say them.
    """

    parameters: Mapping[str, Mapping[str, Any]] = field(factory=lambda: MappingProxyType({}))
    off: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    severities: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    allow: Mapping[str, float] = field(factory=lambda: MappingProxyType({}))
    organ_map: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    method_equivalents: tuple[tuple[str, ...], ...] = ()
    windows: Mapping[str, float] = field(factory=lambda: MappingProxyType({}))
    limits: Limits = LIMITS
    schedule: Any = None


NO_CONFIGURATION = Configuration()
_TABLES = ("parameters", "off", "severity", "allow", "organs", "methods", "windows", "limits")


def load_configuration(path: str | Path) -> Configuration:
    """Read a study's configuration of the edit checks from a TOML file.

    Parameters
    ----------
    path : path
        The file, or a study file with ``[checks]``; see the module's docstring for its tables.

    Returns
    -------
    Configuration

    Raises
    ------
    InputError
        Where the file cannot be read, or names something unknown.

    References
    ----------
    TOML 1.0.
    """
    file = read_toml(path)
    if isinstance(file.content.get("checks"), dict):  # a study file
        return study_configuration(load_study(path))
    return configuration_of(file)


def configuration_of(file: TomlFile, windows: Mapping[str, float] | None = None) -> Configuration:
    """The configuration in a TOML file, or in the table ``[checks]`` of a study file.

    Parameters
    ----------
    file : TomlFile
    windows : mapping of str to float, optional
        Windows that hold where the file has none (of the study's schedule).
    """
    _known(file, (), file.content, _TABLES, "table")
    parts = {name: _table(file, name) for name in _TABLES}
    _known(file, ("parameters",), parts["parameters"], CHECKS, "check in [parameters]")
    for id, word in parts["severity"].items():
        with _at(file, "severity", id):
            choose(f"severity.{id}", word, SEVERITIES)
    _known(file, ("methods",), parts["methods"], ("equivalent",), "key in [methods]")
    _known(file, ("windows",), parts["windows"], WINDOWS, "key in [windows]")
    with _at(file, "methods", "equivalent"):
        groups = _groups(parts["methods"].get("equivalent", []))
    return Configuration(
        parameters=_checked(file, parts["parameters"]),
        off=_by_check(file, "off", _reasons(file, parts["off"])),
        severities=_by_check(file, "severity", parts["severity"]),
        allow=_by_check(file, "allow", _shares(file, parts["allow"])),
        organ_map=_organs(file, parts["organs"]),
        method_equivalents=groups,
        windows=_windows(file, parts["windows"], windows or {}),
        limits=_limits(file, parts["limits"]),
    )


def study_configuration(study: StudyFile | None) -> Configuration:
    """The configuration of the checks in a study file, with the windows of its schedule."""
    if study is None:
        return NO_CONFIGURATION
    found = configuration_of(study.checks, study.schedule.windows())
    return evolve(found, schedule=study.schedule.visits)


def _by_check(file: TomlFile, table: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """What a table says of each check, whether named by identifier, name or group; what it says of a
    check goes before what it says of its group.
    """
    found: dict[str, Any] = {}
    for word in sorted(told, key=lambda w: w not in GROUPS):
        these = [c.id for c in CHECKS.values() if word in (c.id, c.name, c.group)]
        if not these:
            _known(file, (table,), [word], [*CHECKS, *GROUPS], f"check or group in [{table}]")
        found |= dict.fromkeys(these, told[word])
    return found


def _reasons(file: TomlFile, told: Mapping[str, Any]) -> Mapping[str, str]:
    """The reasons for which checks are off; one without is refused."""
    for word, reason in told.items():
        if not isinstance(reason, str) or not reason.strip():
            raise InputError(
                f"`off.{word}` must give the reason; got {reason!r} ({file.place('off', word)}). Say "
                "why it is switched off.",
                argument=word,
            )
    return told


_PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")


def _shares(file: TomlFile, told: Mapping[str, Any]) -> dict[str, float]:
    """Shares of places that may be at fault, from texts such as "2 %"."""
    found = {}
    for id, value in told.items():
        match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        share = float(match[1]) / 100 if match else np.nan
        if not 0 <= share < 1:
            raise InputError(
                f'`allow.{id}` must be a percentage below 100 such as "2 %"; got {value!r} '
                f"({file.place('allow', id)}).",
                argument=id,
            )
        found[id] = share
    return found


@contextmanager
def _at(file: TomlFile, *key: str) -> Iterator[None]:
    """What is wrong with a key, or with one of the keys below it, is said with its place in the
    file.
    """
    try:
        yield
    except InputError as error:
        at = (*key, error.argument)
        place = file.place(*(at if (*file.above, *at) in file.lines else key))
        raise type(error)(f"{place}: {error}", argument=error.argument) from None


def _table(file: TomlFile, name: str) -> dict[str, Any]:
    found = file.content.get(name, {})
    if not isinstance(found, dict):
        raise InputTypeError(
            f"`{name}` must be a table; got {found!r:.60} ({file.place(name)}). Write [{name}].",
            argument=name,
        )
    return found


def _known(
    file: TomlFile, path: tuple[str, ...], found: Iterable[str], known: Iterable[str], what: str
) -> None:
    names = list(known)
    for key in found:
        if key not in names:
            raise InputError(
                f"Unknown {what}: {key!r} ({file.place(*path, key)}). {did_you_mean(key, names)}",
                argument=key,
            )


def _checked(file: TomlFile, parameters: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for id, values in parameters.items():
        if not isinstance(values, dict):
            raise InputTypeError(
                f"`parameters.{id}` must be a table; got {values!r:.60} "
                f"({file.place('parameters', id)}). Write [parameters.{id}].",
                argument=id,
            )
        with _at(file, "parameters", id):
            found[id] = check_parameters(CHECKS[id], values)
    return found


def _organs(file: TomlFile, organs: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for word, organ in organs.items():
        with _at(file, "organs", word):
            found[_upper(word)] = _upper(organ)
    return found


def _windows(
    file: TomlFile, windows: Mapping[str, Any], of_study: Mapping[str, float]
) -> dict[str, float]:
    """The windows of a file over those of the study's schedule."""
    found = {**of_study}
    for name, value in windows.items():
        with _at(file, "windows", name):
            found[name] = _days(name, value)
    told = [name for name in ("window", "interval") if name in windows]
    interval, window = found.get("interval", 0.0), found.get("window", 0.0)
    if told and 0 < interval <= window:
        with _at(file, "windows", told[0]):
            raise InputError(
                f"`windows.window` must be below the interval of {interval:g} days; got {window:g}. "
                "Give the days around a visit that count, e.g. 7.",
                argument="window",
            )
    return found


def _limits(file: TomlFile, limits: Mapping[str, Any]) -> Limits:
    found = LIMITS
    for name, value in limits.items():
        with _at(file, "limits", name):
            found = limits_from({name: value}, found)
    return found


def _upper(word: object) -> str:
    if not isinstance(word, str):
        raise InputTypeError(
            f"A name must be text; got {word!r}. Put it in quotes.", argument="organs"
        )
    return tidy(word)


def _groups(value: object) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list) or not all(isinstance(group, list) for group in value):
        raise InputTypeError(
            f"`methods.equivalent` must be groups of methods; got {value!r:.60}. "
            'Write [["CT", "SPIRAL CT"]].',
            argument="equivalent",
        )
    return tuple(tuple(_upper(method) for method in group) for group in value)


def _days(name: str, value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < 1e5:
        raise InputTypeError(
            f"`windows.{name}` must be a number of days from 0 to 99,999; got {value!r:.60}. Write "
            f"{name} = 28.",
            argument=name,
        )
    if name == "interval" and not value:
        raise InputError(
            "`windows.interval` must be above 0: the days between scheduled visits. Leave it out "
            "where there is no schedule.",
            argument=name,
        )
    return float(value)
