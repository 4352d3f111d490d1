"""`run`: every check over a study's tables, none of which can stop the run.

Input: tables (or whatever `nettumor.crf.read` reads), criteria, the checks wanted, parameters.
Output: `Findings`. A check whose tables or columns are not there is skipped with the reason; one
that raises has failed, with the error; both stand in ``.runs``, so that none that could not run
looks like passed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor import crf
from nettumor._threads import beside
from nettumor._version import __version__
from nettumor.crf import LAYOUTS, Tables
from nettumor.crf.columns import Words
from nettumor.crf.intake import tell
from nettumor.crf.limits import Limits, as_limits
from nettumor.crf.reading import read_quietly
from nettumor.crf.study_dates import Said
from nettumor.criteria import RECIST_1_1, Criteria
from nettumor.criteria._load import as_criteria
from nettumor.edit_checks.engine.causes import causes, places_in_time
from nettumor.edit_checks.engine.columns import COLUMNS, INSIDE, columns_of, joined, keys_of
from nettumor.edit_checks.engine.configuration import Configuration, study_configuration
from nettumor.edit_checks.engine.findings import Findings
from nettumor.edit_checks.engine.found import ranks
from nettumor.edit_checks.engine.parameters import check_order, check_parameters
from nettumor.edit_checks.engine.places import Places, places_of
from nettumor.edit_checks.engine.register import CHECKS, GROUPS, Check, Hits, Skip, in_order
from nettumor.edit_checks.reading.data import Data
from nettumor.edit_checks.reading.numbered_apart import numbered_apart
from nettumor.edit_checks.reading.wrong_dates import without_wrong_dates
from nettumor.errors import InputError, InputTypeError, did_you_mean, text, true_or_false
from nettumor.tables import Table


@frozen(eq=False)
class _State:
    """What became of one check."""

    check: Check
    status: str
    reason: str = ""
    hits: list[Hits] = field(factory=list)
    places: Places = field(factory=lambda: Places(0, 0))

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
        Called before each check with the check, its number from 0, and how many there are; one call
        at a time, of long tables by one thread or another.

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
    ...            "visit": [0, 1], "size": ["9", "10"]}
    >>> run({"lesions": lesions}, checks=["L03"])["message"].tolist()
    ['target T01 is 9 mm at baseline; a target needs 10 mm or more']
    """
    if configuration is not None and not isinstance(configuration, Configuration):
        raise InputTypeError(
            "`configuration` must be a Configuration; "
            f"got {configuration!r:.60}. Read one with load_configuration(path).",
            argument="configuration",
        )
    if progress is not None and not callable(progress):
        raise InputTypeError(
            f"`progress` must be a function of a check, its number, and how many there are; got "
            f"{progress!r:.60}.",
            argument="progress",
        )
    strict = true_or_false("strict", strict)
    allowed = configuration.limits if limits is None and configuration is not None else limits
    tables = read_quietly(source, study=study, dates=dates, incomplete="keep", limits=allowed)
    if tables is not source or strict:
        tell(tables.intake, strict=strict, stacklevel=2)
    edition = as_criteria(criteria)
    settings = study_configuration(tables.study) if configuration is None else configuration
    of_study = None if tables.study is None else tables.study.limits
    settings = attrs.evolve(settings, limits=as_limits(allowed, of_study))
    tables = numbered_apart(_of_evaluator(tables, evaluator))
    wanted = _wanted(checks)
    values = _parameters(wanted, settings, {} if parameters is None else parameters)
    data = _data(tables, edition, settings)
    as_given = [c for c in wanted if c.dates]
    first = _by_two(as_given, data, lambda c: _one(c, data, values[c.id], settings))
    judged = [h for s in first.values() if s.check.dates == "judged" for h in s.hits]
    usable = without_wrong_dates(data, judged)
    if usable is not tables:
        data = _data(usable, edition, settings)
    data.release()

    def state(check: Check) -> _State:
        return first.get(check.id) or _one(check, data, values[check.id], settings)

    states = [*_by_two(wanted, data, state, progress).values()]
    return _findings(data, states, values, edition, settings, tables)


def _by_two(
    checks: list[Check],
    data: Data,
    state: Callable[[Check], _State],
    progress: Callable[[Check, int, int], None] | None = None,
) -> dict[str, _State]:
    """The state of each check, in order; of long tables by two threads that take the next in
    turn.
    """
    left, done, turn = deque(enumerate(checks)), dict[str, _State](), Lock()

    def next_check() -> Check | None:
        with turn:  # one at a time, so that `progress` hears of the checks in their order
            if not left:
                return None
            number, check = left.popleft()
            if progress is not None:
                progress(check, number, len(checks))
            if number and check.group != checks[number - 1].group:
                data.release()
            return check

    def take_turns() -> None:
        try:
            while (check := next_check()) is not None:
                done[check.id] = state(check)
        finally:  # who is interrupted leaves nothing to the other
            left.clear()

    held = (*data.tables.values(), *data.tables.domains.values())
    with beside(take_turns, max((t.n_rows for t in held), default=0)) as other:
        take_turns()
        other()
    return {check.id: done[check.id] for check in checks}


def _data(tables: Tables, edition: Criteria, settings: Configuration) -> Data:
    return Data(
        tables,
        edition,
        organ_map=settings.organ_map,
        method_equivalents=settings.method_equivalents,
        windows=settings.windows,
        schedule=settings.schedule,
        places_at_most=settings.limits.places,
    )


def _of_evaluator(study: Tables, evaluator: str | None) -> Tables:
    """The study with the rows of one evaluator, in the tables and in the SDTM domains that name
    one.
    """
    if evaluator is None:
        return study
    text("evaluator", evaluator)
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
    for id in given:
        if id not in known:
            raise InputError(
                f"`parameters` must name checks; got {id!r}. {did_you_mean(id, known)}",
                argument="parameters",
            )
    told = {id: check_parameters(known[id], values) for id, values in given.items()}
    found = {}
    for check in checks:
        own = {**settings.parameters.get(check.id, {}), **told.get(check.id, {})}
        found[check.id] = {**check.parameters, **own}
        check_order(check, found[check.id], tuple(told.get(check.id, {})))
    return found


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
    reason = _lacking(check, data) or _judged_by_others(check, data)
    if reason:
        return _State(check, "skipped", reason)
    try:
        with np.errstate(
            over="ignore", invalid="ignore", divide="ignore"
        ):  # a number of 1e308 is no reason to stop
            found = check.function(data, parameters)
            hits = [found] if isinstance(found, Hits) else list(found)
            for hit in hits:
                _check_length(hit, data)
            hits = [h for h in hits if len(h.rows)]
        places = places_of(data, check)
    except Skip as skip:
        unread = places_of(data, check).unreadable  # also: its counts are not the next one's
        return _State(check, "skipped", str(skip), [], Places(0, unread))
    except Exception as error:  # the state of the check says so; the run goes on
        return _State(check, "failed", f"{type(error).__name__}: {error}")
    share = settings.allow.get(check.id, 0.0)
    count = sum(len(h.rows) for h in hits)
    if hits and share and count <= share * places.looked_at:
        said = f"{count} of {places.looked_at} places, at most {share:.4g} of them allowed"
        return _State(check, "passed", said, [], places)
    if hits:
        return _State(check, "findings", "", hits, places)
    if not places.looked_at:
        return _State(check, "skipped", f"no {places.lacking}", [], places)
    return _State(check, "passed", "", [], places)


def _check_length(hits: Hits, data: Data) -> None:
    """Raise where a mask or a position does not fit its table: the rows would be others."""
    n = data[hits.table].n if hits.table in data else 0
    wrong = hits.length is not None and hits.length != n
    if wrong:
        raise InputError(
            f"`where` must have one element a row of {hits.table} ({n}); got {hits.length}. Make the "
            "mask from columns of that table.",
            argument="where",
        )
    if len(hits.rows) and int(hits.rows.max()) >= n and n:
        raise InputError(
            f"`rows` must be positions in {hits.table}, 0 to {n - 1}; got {int(hits.rows.max())}.",
            argument="rows",
        )


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


def _judged_by_others(check: Check, data: Data) -> str:
    """Why a check says nothing of a study that was judged by other criteria than those of the run, ""
    if it does.
    """
    named = data.other_families
    if not named or check.serves_families(named):
        return ""
    return (
        f"belongs to {', '.join(check.criteria)}; the responses are given under {', '.join(named)}"
    )


def _findings(
    data: Data,
    states: list[_State],
    values: dict[str, dict[str, Any]],
    edition: Criteria,
    settings: Configuration,
    as_given: Tables,
) -> Findings:
    """The table of all hits, with texts, causes and states; texts are of the tables as given."""
    said = data if as_given is data.tables else _data(as_given, edition, settings)
    parts: list[dict[str, Words]] = []
    keys: list[npt.NDArray[np.int64]] = []
    apart: list[tuple[str, ...]] = [()]
    for place, state in enumerate(states):
        try:
            made = [
                (columns_of(said, state.check, h, settings), places_in_time(data, place, h, apart))
                for h in state.hits
            ]
        except Exception as error:  # a message that cannot be written is a failure of its check
            states[place] = _State(state.check, "failed", f"{type(error).__name__}: {error}")
            continue
        parts += [texts_of for texts_of, _ in made]
        keys += [key for _, key in made]
    columns = joined(parts)
    key = np.concatenate(keys, axis=1) if keys else np.empty((7, 0), dtype=np.int64)
    rank = ranks(columns["severity"])
    checks = [s.check for s in states]
    cause = causes(checks, key[0], rank, *key[1:], n_tracks=data.n_tracks, apart=apart)
    ids = np.array([*(c.id for c in checks), ""], dtype=object)
    columns["caused_by"] = ids[np.where(cause >= 0, key[0][cause] if len(cause) else 0, -1)]
    columns["key"] = keys_of(columns)
    digest: str = getattr(edition, "digest", "")
    return Findings(
        {n: columns[n] for n in (*COLUMNS, *(c for c in columns if c not in INSIDE))},
        runs=_runs(states, settings),
        inputs=data.tables.inputs(),
        parameters=values,
        criteria=edition.name,
        criteria_digest=digest,
        version=__version__,
        cause=cause,
        configuration=settings,
        intake=data.tables.intake,
        subjects=data.subjects,
        groups={c.id: c.group for c in checks},
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
            "looked_at": np.array([s.places.looked_at for s in states], dtype=np.int64),
            "unreadable": np.array([s.places.unreadable for s in states], dtype=np.int64),
        }
    )
