"""`run`: every check over a study's tables, none of which can stop the run.

Input: tables (or whatever `nettumor.crf.read` reads), criteria, the checks wanted, parameters.
Output: `Findings`. A check whose tables or columns are not there is skipped with the reason; one
that raises has failed, with the error; both stand in ``.runs``, so that none that could not run
looks like passed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

import nettumor
from nettumor import crf
from nettumor import criteria as editions
from nettumor.crf import LAYOUTS, Tables
from nettumor.crf.columns import Words
from nettumor.crf.intake import tell
from nettumor.crf.limits import Limits
from nettumor.crf.reading import read_quietly
from nettumor.crf.study_dates import Said
from nettumor.criteria import RECIST_1_1, Criteria
from nettumor.edit_checks.engine.configuration import Configuration, study_configuration
from nettumor.edit_checks.engine.findings import COLUMNS, Findings, causes, ranks, texts, written
from nettumor.edit_checks.engine.register import CHECKS, GROUPS, Check, Hits, Skip, in_order
from nettumor.edit_checks.reading.data import Data, visit_words
from nettumor.edit_checks.reading.domains import TUMOUR_DOMAINS, domain_places
from nettumor.errors import InputError, InputTypeError, did_you_mean
from nettumor.tables import Table


@frozen(eq=False)
class _State:
    """What became of one check."""

    check: Check
    status: str
    reason: str = ""
    hits: list[Hits] = field(factory=list)

    @property
    def count(self) -> int:
        return sum(len(h.rows) for h in self.hits)


def run(
    source: Any,
    criteria: Criteria | str = RECIST_1_1,
    *,
    study: Any = None,
    strict: bool = False,
    dates: Said = None,
    limits: Limits | Mapping[str, int] | None = None,
    checks: Iterable[str | Check] | str | None = None,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    evaluator: str | None = None,
    configuration: Configuration | None = None,
    progress: Callable[[Check, int, int], None] | None = None,
) -> Findings:
    """Check a study's tables.

    Parameters
    ----------
    source : Tables, path, or mapping of str to frame
        What `nettumor.crf.read` reads; a table that lacks a required column is reported, not
        refused.
    criteria : criteria object or str
        The criteria the study was assessed by, or their name.
    study : path or StudyFile, optional
        A study file, as in `nettumor.crf.read`; its ``[checks]`` and ``[schedule]`` configure the
        checks.
    strict : bool
        Refuse what is not plainly read, in place of a warning.
    dates : {"DMY", "MDY", "YMD", "excel", "sas"}, or a mapping, optional
        How dates are written, as in `nettumor.crf.read`.
    limits : Limits, or mapping of str to int, optional
        The largest file and table that are read, as in `nettumor.crf.read`; by default those of the
        ``configuration``.
    checks : iterable of str or Check, optional
        Identifiers, names or groups of checks, or `Check` objects; all that are registered by
        default.
    parameters : mapping of str to mapping, optional
        By identifier, parameters in place of the defaults: ``{"U01": {"tol_mm": 1}}``.
    evaluator : str, optional
        Only the rows of this evaluator.
    configuration : Configuration, optional
        A study's own configuration (`load_configuration`), in place of that of the study file;
        ``parameters`` go before it.
    progress : callable, optional
        Called before each check with the check, its number from 0, and how many there are.

    Returns
    -------
    Findings

    Raises
    ------
    InputError
        For tables that cannot be read, and unknown checks, parameters, criteria or evaluators; with
        ``strict`` where anything is not plainly read.

    Warns
    -----
    IntakeWarning
        Once, where anything that is read here is not plainly read; Tables were read before.

    References
    ----------
    Each check names its source in ``CHECKS[id].source``.

    Examples
    --------
    >>> lesions = {"subject": ["01", "01"], "lesion": ["T01", "T01"], "role": ["TARGET", "TARGET"],
    ...            "visit": [0, ""], "size": ["22", "10"]}
    >>> run({"lesions": lesions}, checks=["S02"])["message"].tolist()
    ['visit blank']
    """
    if configuration is not None and not isinstance(configuration, Configuration):
        raise InputTypeError(
            "`configuration` must be a Configuration; "
            f"got {configuration!r:.60}. Read one with load_configuration(path).",
            argument="configuration",
        )
    allowed = configuration.limits if limits is None and configuration is not None else limits
    tables = read_quietly(source, study=study, dates=dates, incomplete="keep", limits=allowed)
    if tables is not source or strict:
        tell(tables.intake, strict=strict, stacklevel=2)
    edition = editions.get(criteria) if isinstance(criteria, str) else criteria
    if not hasattr(edition, "digest"):
        raise InputTypeError(
            f"`criteria` must be criteria or their name; got {criteria!r:.60}.", argument="criteria"
        )
    settings = study_configuration(tables.study) if configuration is None else configuration
    tables = _of_evaluator(tables, evaluator)
    wanted = _wanted(checks)
    values = _parameters(wanted, settings, parameters or {})
    data = Data(
        tables,
        edition,
        organ_map=settings.organ_map,
        method_equivalents=settings.method_equivalents,
        windows=settings.windows,
    )
    states = []
    for number, check in enumerate(wanted):
        if progress is not None:
            progress(check, number, len(wanted))
        if number and check.group != wanted[number - 1].group:
            data.release()
        states.append(_one(check, data, values[check.id], settings))
    return _findings(data, states, values, edition, settings)


def _of_evaluator(study: Tables, evaluator: str | None) -> Tables:
    """The study with the rows of one evaluator, in the tables and in the SDTM domains that name
    one.
    """
    if evaluator is None:
        return study
    names: set[str] = set()

    def taken(table: crf.CrfTable, columns: tuple[str, ...]) -> crf.CrfTable:
        held = [c for c in columns if c in table]
        if not held:
            return table
        who = np.full(table.n_rows, "", dtype=object)
        for column in held:
            codes, words = table.keys_of(column)
            who = np.where(who == "", words[codes], who) if len(words) else who
        names.update(who.tolist())
        return table.take(np.flatnonzero(who == evaluator))

    domains = {n: taken(t, (f"{n}EVALID", f"{n}EVAL")) for n, t in study.domains.items()}
    tables = {n: taken(t, ("evaluator",)) for n, t in study.items()}
    if evaluator not in names:
        raise InputError(
            f"`evaluator` must be one of the tables; got {evaluator!r}. "
            f"{did_you_mean(evaluator, names - {''})}",
            argument="evaluator",
        )
    return study.with_tables(tables, domains)


def _wanted(checks: Iterable[str | Check] | str | None) -> list[Check]:
    """The checks asked for, in the order in which they run."""
    if checks is None:
        return in_order(CHECKS.values())
    found: dict[str, Check] = {}
    if not isinstance(checks, (str, Check, Iterable)):
        raise InputTypeError(
            f"`checks` must be names of checks or groups; got {checks!r:.60}. Write ['U01'].",
            argument="checks",
        )
    for word in [checks] if isinstance(checks, (str, Check)) else checks:
        if isinstance(word, Check):
            found[word.id] = word
            continue
        these = [c for c in CHECKS.values() if word in (c.id, c.name, c.group)]
        if not these:
            raise InputError(
                f"`checks` must name checks or groups; got {word!r}. "
                f"{did_you_mean(word, [*CHECKS, *GROUPS])}",
                argument="checks",
            )
        found |= {c.id: c for c in these}
    return in_order(found.values())


def _parameters(
    checks: list[Check], settings: Configuration, given: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The parameters of each check: the call's, else the configuration's, else the defaults."""
    known = {c.id: c for c in (*CHECKS.values(), *checks)}
    if not isinstance(given, Mapping) or not all(
        isinstance(values, Mapping) for values in given.values()
    ):
        raise InputTypeError(
            f"`parameters` must map checks to their parameters; got {given!r:.60}. "
            "Write {'U01': {'tol_mm': 1}}.",
            argument="parameters",
        )
    for id, values in given.items():
        if id not in known:
            raise InputError(
                f"`parameters` must name checks; got {id!r}. {did_you_mean(id, known)}",
                argument="parameters",
            )
        check_parameters(known[id], values)
    return {
        c.id: {**c.parameters, **settings.parameters.get(c.id, {}), **given.get(c.id, {})}
        for c in checks
    }


def check_parameters(check: Check, values: Mapping[str, Any]) -> None:
    """Raise unless a check has parameters of these names, and numbers stand where numbers do."""
    for name, value in values.items():
        if name not in check.parameters:
            raise InputError(
                f"{check.id} has no parameter {name!r}. {did_you_mean(name, check.parameters)}",
                argument=name,
            )
        default = check.parameters[name]
        must = _kind_of(default)
        if not _fits(value, default):
            raise InputTypeError(
                f"`{name}` of {check.id} must be {must}; got {value!r:.60}. Its default is "
                f"{default!r:.60}.",
                argument=name,
            )


def _kind_of(default: object) -> str:
    """What a parameter must be, by its default, in words."""
    if isinstance(default, bool):
        return "True or False"
    if isinstance(default, (int, float)):
        return "a number"
    return "text" if isinstance(default, str) else 'a list of texts, such as ["ASCITES"]'


def _fits(value: object, default: object) -> bool:
    """Whether a value is of the kind of a default; a text is no list of its letters."""
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, (int, float)):
        return (
            isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _FINITE
        )
    if isinstance(default, str):
        # A date of TOML stands for its text, a number for a day of the study.
        return isinstance(value, (str, datetime.date, int, float)) and not isinstance(value, bool)
    if isinstance(default, (tuple, list)):
        return isinstance(value, (tuple, list, set, frozenset)) and all(
            isinstance(item, (str, int)) and not isinstance(item, bool) for item in value
        )
    return True


_FINITE = 1e300
"""Numbers from here on are no limits, and no floats where they are whole."""


def _one(
    check: Check, data: Data, parameters: Mapping[str, Any], settings: Configuration
) -> _State:
    """Run one check; whatever it raises is its own state, never the run's end."""
    if check.id in settings.off:
        return _State(check, "skipped", f"switched off: {settings.off[check.id]}")
    if not check.serves(data.criteria):
        return _State(
            check,
            "skipped",
            f"belongs to {', '.join(check.criteria)}, not to {data.criteria.title}",
        )
    reason = _lacking(check, data)
    if reason:
        return _State(check, "skipped", reason)
    try:
        with np.errstate(
            over="ignore", invalid="ignore", divide="ignore"
        ):  # a number of 1e308 is no reason to stop
            found = check.function(data, parameters)
            hits = [h for h in ([found] if isinstance(found, Hits) else list(found)) if len(h.rows)]
    except Skip as skip:
        return _State(check, "skipped", str(skip))
    except Exception as error:  # the state of the check says so; the run goes on
        return _State(check, "failed", f"{type(error).__name__}: {error}")
    return _State(check, "findings" if hits else "passed", "", hits)


def _lacking(check: Check, data: Data) -> str:
    """Why a check cannot run on these tables, "" if it can."""
    for name, columns in check.needs.items():
        if name not in data:
            return f"there is no table {name}"
        table = data[name].table
        implied = tuple(LAYOUTS[name].missing(table)) if name in LAYOUTS else ()
        for column in (*implied, *columns):
            options = [o.strip() for o in column.replace(" or ", "|").split("|")]
            held = [o for o in options if o in table]
            what = " or ".join(options)
            if not held:
                return f"{name} has no column {what}"
            if table.n_rows and not check.blank_allowed and all(table.blank(o).all() for o in held):
                return f"{name} has nothing in column {what}"
        if not table.n_rows:
            return f"{name} has no rows"
    return ""


def _findings(
    data: Data,
    states: list[_State],
    values: dict[str, dict[str, Any]],
    edition: Criteria,
    settings: Configuration,
) -> Findings:
    """The table of all hits, with texts, causes and states."""
    parts: dict[str, list[Words]] = {n: [] for n in COLUMNS if n != "caused_by"}
    keys: list[npt.NDArray[np.int64]] = []
    apart: list[tuple[str, ...]] = [()]
    for place, state in enumerate(states):
        try:
            made = [
                (_columns(data, state.check, h, settings), _keys(data, place, h, apart))
                for h in state.hits
            ]
        except Exception as error:  # a message that cannot be written is a failure of its check
            states[place] = _State(state.check, "failed", f"{type(error).__name__}: {error}")
            continue
        for texts_of, key in made:
            for name, column in texts_of.items():
                parts[name].append(column)
            keys.append(key)
    columns: dict[str, Words] = {
        n: np.concatenate(p) if p else np.empty(0, object) for n, p in parts.items()
    }
    key = np.concatenate(keys, axis=1) if keys else np.empty((6, 0), dtype=np.int64)
    rank = ranks(columns["severity"])
    checks = [s.check for s in states]
    cause = causes(checks, key[0], rank, *key[1:], n_tracks=data.n_tracks, apart=apart)
    columns["row"] = columns["row"].astype(np.int64)
    ids = np.array([*(c.id for c in checks), ""], dtype=object)
    columns["caused_by"] = ids[np.where(cause >= 0, key[0][cause] if len(cause) else 0, -1)]
    digest: str = getattr(edition, "digest", "")
    return Findings(
        {n: columns[n] for n in COLUMNS},
        runs=_runs(states, settings),
        inputs=data.tables.inputs(),
        parameters=values,
        criteria=edition.name,
        criteria_digest=digest,
        version=nettumor.__version__,
        cause=cause,
        configuration=settings,
        intake=data.tables.intake,
    )


def _runs(states: list[_State], settings: Configuration) -> Table:
    return Table(
        {
            "check": np.array([s.check.id for s in states], dtype=object),
            "name": np.array([s.check.name for s in states], dtype=object),
            "severity": np.array(
                [settings.severities.get(s.check.id, s.check.severity) for s in states],
                dtype=object,
            ),
            "status": np.array([s.status for s in states], dtype=object),
            "reason": np.array([s.reason for s in states], dtype=object),
            "count": np.array([s.count for s in states], dtype=np.int64),
        }
    )


_VARIABLES = {
    "subject": ("USUBJID",), "evaluator": ("--EVALID", "--EVAL"), "visit": ("VISITNUM", "VISIT"),
    "lesion": ("--LNKID",), "date": ("--DTC",),
}  # fmt: skip
"""The SDTM variables of the columns, where a finding stands in a domain."""


def _cells(data: Data, hits: Hits, column: str) -> Words:
    """A column's text at the hits, "" for a finding without a row."""
    if hits.table in data and hits.table not in LAYOUTS:
        named = _VARIABLES.get(column, ())
        column = next(
            (v for v in (w.replace("--", hits.table) for w in named) if v in data[hits.table]),
            column,
        )
    if hits.table not in data or column not in data[hits.table] or not data[hits.table].n:
        return written("", len(hits.rows))
    return np.where(hits.rows < 0, "", data[hits.table].table.text(column)[hits.rows])


def _columns(data: Data, check: Check, hits: Hits, settings: Configuration) -> dict[str, Words]:
    """The columns of the findings table for one check's hits."""
    count = len(hits.rows)
    table = data[hits.table].table if hits.table in data else None
    names = {n: _cells(data, hits, n) for n in ("subject", "evaluator", "visit", "lesion", "date")}
    if table is not None and table.has_days:
        names["date"] = _cells(data, hits, "day")
    names |= {n: written(v, count) for n, v in hits.names.items()}
    value = _cells(data, hits, hits.column) if hits.value is None else written(hits.value, count)
    fields = {
        "value": value,
        "expected": written(hits.expected, count),
        "column": written(hits.column, count),
        **names,
    }
    said = visit_words(names["visit"], names["date"], table is not None and table.has_days)
    own = written(settings.severities.get(check.id, ""), count)
    severity = np.where(own != "", own, written(hits.severity, count))
    where, rows = _places(table, hits.table, hits.column, hits.rows)
    related = written("", count)
    if hits.related is not None:
        other = np.asarray(hits.related, dtype=np.int64)
        name = hits.related_table or hits.table
        at, numbers = _places(data[name].table, name, "", other)
        related = np.where(
            other < 0, "", at + np.array(" ", dtype=object) + written(numbers, count)
        )
    return {
        "check": written(check.id, count),
        "severity": np.where(severity == "", check.severity, severity),
        "table": where,
        "row": rows,
        **{
            n: fields[n]
            for n in ("subject", "evaluator", "visit", "lesion", "column", "value", "expected")
        },
        "message": texts(hits, {**fields, "visit": said}),
        "date": names["date"],
        "related": related,
    }


def _places(
    table: crf.CrfTable | None, name: str, column: str, rows: npt.NDArray[np.int64]
) -> tuple[Words, npt.NDArray[np.int64]]:
    """The user's table and row number of each position; -1 where there is no row."""
    if table is None or not table.n_rows:
        return written(name, len(rows)), np.full(len(rows), -1, dtype=np.int64)
    none = rows < 0
    return np.where(none, name, table.origin_of(column).text[rows]), np.where(
        none, -1, table.rows_of(column)[rows]
    )


def _keys(
    data: Data, place: int, hits: Hits, apart: list[tuple[str, ...]]
) -> npt.NDArray[np.int64]:
    """Check, track, time, lesion and subject of each hit, -1 where there is none; then its place in
    ``apart``.
    """
    if hits.apart_from not in apart:
        apart.append(hits.apart_from)
    out = np.full((6, len(hits.rows)), -1, dtype=np.int64)
    out[0], out[5] = place, apart.index(hits.apart_from)
    here = hits.rows >= 0
    at = hits.rows[here]
    if hits.table in data.places:
        rows = data[hits.table]
        out[1, here], out[2, here] = rows.track[at], rows.order[at]
        if hits.table == "lesions":
            out[3, here] = rows.lesion[at]
    elif hits.table in TUMOUR_DOMAINS:
        out[1:4, here] = domain_places(data, hits.table)[:, at]
    elif hits.table in data.tables and "subject" in data.tables[hits.table]:
        # samples and diaries are in no track: findings of one row belong together
        place = data.n_tracks + (*data.tables,).index(hits.table) * len(data.subjects)
        out[1, here], out[2, here], out[3, here] = place + data[hits.table].subject[at], 0, at
    if hits.table in data.tables and "subject" in data.tables[hits.table]:
        out[4, here] = data[hits.table].subject[at]
    for row, name in ((2, "visit"), (3, "lesion"), (4, "subject")):
        if name in hits.names:
            out[row] = -1
    return out
