"""`read`: whatever holds a study's tables, to `Tables`.

A folder, files, or frames in a mapping come in. Each data set is recognised as one of the CRF
tables (by its name) or as an SDTM domain (by its DOMAIN variable, or by a name such as tu_onco);
columns are renamed as the user says; domains are mapped to tables where the table itself was not
given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from attrs import evolve

from nettumor.crf import sdtm, sdtm_lesions, sdtm_responses
from nettumor.crf.adam import KIND, adam_named
from nettumor.crf.columns import constant
from nettumor.crf.files import OFTEN_OTHER, SUFFIXES, read_file
from nettumor.crf.forms import role_of_form
from nettumor.crf.frames import is_frame, read_frame
from nettumor.crf.impossible import refuse_impossible
from nettumor.crf.inspection import inspect
from nettumor.crf.intake import Line, intake_table, tell
from nettumor.crf.key_words import with_one_visit
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.limits import Limits, as_limits
from nettumor.crf.own_outputs import own_output
from nettumor.crf.parts import layout_named, nearest_table, recognise
from nettumor.crf.recognition import domain_lines
from nettumor.crf.sdtm_presence import presence_domain
from nettumor.crf.sdtm_unread import unread_lines
from nettumor.crf.study_dates import Said, decide, with_days
from nettumor.crf.study_file.applying import (
    check_dates,
    dates_said,
    decided_lines,
    use_named,
    with_units,
    with_words,
)
from nettumor.crf.study_file.loading import study_of
from nettumor.crf.study_file.record import IGNORE, FileUse, StudyFile
from nettumor.crf.tables import CrfTable, Tables
from nettumor.errors import (
    InputError,
    InputTypeError,
    MissingExtraError,
    choose,
    did_you_mean,
    listed,
    true_or_false,
)
from nettumor.rows import number_rows

Mappings = Mapping[str, Mapping[str, str]]

OTHERS = ("leave", "dates")
"""What is done with SDTM domains that hold nothing but dates for the tables."""


def read(
    source: Any,
    *,
    study: Any = None,
    strict: bool = False,
    dates: Said = None,
    mapping: Mappings | None = None,
    incomplete: str = "raise",
    limits: Limits | Mapping[str, int] | None = None,
    others: str = "leave",
) -> Tables:
    """A study's CRF tables from files or frames.

    Parameters
    ----------
    source : path, sequence of paths, or mapping of str to frame, dict of arrays, Table or path
        A folder is read file by file (not its folders). The file's name without suffix, the sheet,
        the SAS data set or the key says which table it is: ``subjects``, ``lesions``,
        ``responses``, ``markers``, ``symptoms``, ``times``, or an SDTM domain (``tu``, ``tr_onco``,
        ``supptr``, ``rs``, ``dm``, ``ds``, ``lb``), for which the DOMAIN variable counts first.
        ADaM data sets (``adsl``, ``adrs``, ``adtr``, ``adtte``) are read as what they hold. CSV, XPORT,
        sas7bdat, Dataset-JSON, ODM-XML, Parquet, Excel, files of R, SPSS and Stata are read; frames are
        pandas, Polars, PyArrow, or any that narwhals knows. Columns may have the layout's names,
        those of CDISC, or well-known relatives of them (``diam``, "Size (mm)"; `LAYOUTS`).
    study : path or StudyFile, optional
        A study file (TOML): which file is which table, what columns and words are called, how dates
        and units are written, columns of wide exports (`load_study`). What the call says goes
        before it.
    strict : bool
        Refuse what is not plainly read, in place of a warning.
    dates : {"DMY", "MDY", "YMD", "excel", "sas"}, or a mapping, optional
        How dates are written, for all columns or for some by "table.column" or "column". Without it
        every column is read by what is certain, and refused where two orders fit.
    mapping : mapping of str to mapping of str to str, optional
        For a table or domain, its columns by their names in the source, with the names they get
        here: ``{"lesions": {"patient": "subject"}}``. A name that begins with "=" is a constant for
        every row: ``{"lesions": {"=TARGET": "role"}}``. The only data set that is not recognised is
        taken for the only table of the mapping that is not there.
    incomplete : {"raise", "keep"}
        What to do with a table that lacks a required column or can only be wrong (no row with a
        role, no size, a column of which no date can be read): refuse it, or keep it (for the edit
        checks, which report it).
    limits : Limits, or mapping of str to int, optional
        The largest file and table that are read, by default `nettumor.crf.limits.LIMITS`:
        ``limits={"rows": 50_000_000}`` for more rows.
    others : {"leave", "dates"}
        SDTM domains that hold nothing for the tables (AE, EX, VS, ...): leave them aside, or keep
        those whose dates show a subject alive (`nettumor.crf.sdtm_presence.PRESENCE`), for
        ``assess(last_known_alive="all dates")``.

    Returns
    -------
    Tables
        Every cell as it came; ``.intake`` says of everything how it was taken.

    Raises
    ------
    InputError
        Where a file cannot be read, nothing is recognised, one table is given twice, a required
        column is missing, or a table or a column of dates can only be wrong; with ``strict`` where
        anything is not plainly read.
    MissingExtraError
        Where the reader of a file's format is not installed; the message says what to install.

    Warns
    -----
    IntakeWarning
        Once, where anything is not plainly read.

    References
    ----------
    SDTMIG 3.4 (TU, TR, RS, DM, DS, LB); SAS TS-140 (XPORT); CDISC Dataset-JSON 1.1;
    CDISC ODM 1.3.2 and 2.0; CDISC ADaMIG 1.3.

    Examples
    --------
    >>> tables = read({"lesions": {"patient": ["01", "01"], "day": [0, 56], "mm": ["31", "TSTM"]}},
    ...               mapping={"lesions": {"patient": "subject", "mm": "size", "=T01": "lesion", "=TARGET": "role"}})
    >>> tables["lesions"].lesions.measure("size").too_small.tolist()
    [False, True]
    """
    strict = true_or_false("strict", strict)
    tables = read_quietly(
        source,
        study=study,
        dates=dates,
        mapping=mapping,
        incomplete=incomplete,
        limits=limits,
        others=others,
    )
    if tables is not source or strict:
        tell(tables.intake, strict=strict, stacklevel=2)
    return tables


def read_quietly(
    source: Any,
    *,
    study: Any = None,
    dates: Said = None,
    mapping: Mappings | None = None,
    incomplete: str = "raise",
    used: Collection[str] = (),
    limits: Limits | Mapping[str, int] | None = None,
    others: str = "leave",
) -> Tables:
    """As `read`, without the warning; columns of the user's own that are ``used`` (to select, to
    carry) count as read.
    """
    choose("incomplete", incomplete, ("raise", "keep"))
    choose("others", others, OTHERS)
    file = study_of(study)
    if isinstance(source, Tables) and not mapping:
        _refuse_too_late(source, file, dates)
        _check_visits(
            source, as_limits(limits, None if source.study is None else source.study.limits)
        )
        return source
    wanted = _checked_mapping(mapping)
    allowed = as_limits(limits, None if file is None else file.limits)
    files = {} if file is None else dict(file.files)
    if file is not None:  # it may lie beside the tables
        files.setdefault(file.name, FileUse(IGNORE))
    given, lines, kind, named = _gather(source, allowed, files, others)
    found = recognise(given, wanted, lines, file, named=named, others=others)
    tables, domains = found.tables, found.domains
    for name, table in _mapped(domains, tables).items():
        tables.setdefault(name, table)
    if not tables:
        got = ", ".join([*(t.name for t in given), *(line.found for line in lines)]) or "nothing"
        raise InputError(
            f"No CRF table was found; got {got}. Name a table {', '.join(LAYOUTS)}, give SDTM "
            "domains (TU and TR, RS, DM, LB), or say in [files] of a study file which file is "
            "which table.",
            argument="source",
        )
    if file is not None:
        check_dates(file, {**tables, **domains})
        tables = with_units(with_words(tables, file), file)
        used = (*used, *file.population.where)
    read_as = Tables(
        tables,
        domains=domains,
        ignored=found.ignored,
        frame_kind=kind,
        study=file,
        others=tuple(found.others),
    )
    if incomplete == "raise":
        for name in read_as:
            _complete(read_as, name)
    said = dates_said(file, dates)
    taken = _taken(read_as, found.lines, said, used, refuse=incomplete == "raise")
    _check_visits(taken, allowed)
    return taken


def unrecognised(source: Any, limits: Limits | None = None) -> Tables:
    """What was read and not recognised: no tables, and an intake that says what there is. For the
    first version of a study file where nothing else can be said.
    """
    given, lines, _, _ = _gather(source, as_limits(limits), {})
    found = recognise(given, {}, lines, None, named=False)
    return Tables({}, ignored=found.ignored, intake=intake_table(found.lines))


def _refuse_too_late(tables: Tables, study: StudyFile | None, dates: Said) -> None:
    """Tables are read: how they are to be read was said, or comes too late."""
    if dates is not None:
        raise InputError(
            "`dates` must be given where the tables are read; got Tables, whose dates are "
            "decided. Pass it to nettumor.crf.read.",
            argument="dates",
        )
    if study is not None and (tables.study is None or study.file != tables.study.file):
        raise InputError(
            "`study` must be given where the tables are read; got Tables that were read "
            f"{'by another' if tables.study else 'without one'}. Pass it to nettumor.crf.read.",
            argument="study",
        )


def _taken(
    study: Tables, lines: list[Line], said: Said, used: Collection[str], *, refuse: bool
) -> Tables:
    """The study with its dates decided and its intake written; refused where it can only be wrong."""
    others = {f"{other.name} ({i})": other for i, other in enumerate(study.others)}
    decided = decide(study, {**study.domains, **others}, said, days=study.days)
    domains = {name: t for name, t in decided.domains.items() if name not in others}
    dated = study.with_tables(decided.tables, domains)
    dated, of_days, unknown = with_days(dated)
    visits, of_visits = with_one_visit({n: dated[n] for n in dated})
    dated = dated.replace(**visits) if visits else dated
    refusals = [*decided.refusals, *unknown]
    if refuse and refusals:
        raise refusals[0]
    try:
        if "lesions" in dated:
            refuse_impossible(dated["lesions"])
    except InputError as error:
        if refuse and dated["lesions"].source.kind != "sdtm":  # TR may hold nothing but sums
            raise
        impossible = [
            Line("table", "lesions", error.argument, status="unreadable", note=str(error))
        ]
    else:
        impossible = []
    impossible += [line for name in dated for line in _lack(dated, name)]
    of_tables = [n for t in dated.values() for n in t.notes]
    of_domains = [n for d in dated.domains.values() for n in (*d.notes, *domain_lines(d))]
    lines = [
        *lines,
        *of_tables,
        *(n for n in of_domains if n not in of_tables),  # a table made of domains has their notes
        *unread_lines(dated.domains),
        *decided.lines,
        *of_days,
        *of_visits,
        *impossible,
        *inspect(dated),
    ]
    lines = [
        evolve(n, status="read", note="used by name")
        if n.kind == "column" and n.status == "ignored" and n.found in used
        else n
        for n in lines
    ]
    lines = lines if study.study is None else decided_lines(lines, study.study)
    return Tables(
        dict(dated),
        domains=dated.domains,
        ignored=study.ignored,
        frame_kind=study.frame_kind,
        intake=intake_table(lines),
        decided=decided.orders,
        study=study.study,
        others=tuple(decided.domains[name] for name in others),
    )


def _check_visits(study: Tables, limits: Limits) -> None:
    """Refuse a subject with more visits than the limit, before there is a place for each."""
    for name in ("lesions", "responses"):
        if name not in study or study[name].n_rows <= limits.visits:
            continue
        table = study[name]
        subject, subjects = table.keys_of("subject")
        date, _ = table.keys_of("day" if table.has_days else "date")
        # a visit without a name is its date
        unnamed = np.where(table.blank("visit"), date + 1, 0)
        _, first = number_rows(subject, table.keys_of("visit")[0], unnamed)
        visits = np.bincount(subject[first])
        most = int(visits.argmax())
        if visits[most] > limits.visits:
            said = (
                f"`{name}` must have at most {limits.visits:,} visits of one subject; got "
                f"{visits[most]:,} of subject {subjects[most]}. Name the column that says the "
                "visit, or set the limit"
            )
            raise InputError(
                f"{said} `visits`.",
                argument=name,
                command_line=f"{said}: --limit visits=NUMBER.",
            )


def _complete(study: Tables, name: str) -> None:
    missing = study.missing_columns(name)
    if missing:
        table = study[name]
        raise _lacking(name, "column", missing, table)


def _lack(study: Tables, name: str) -> list[Line]:
    """A line for a table that is kept without a column that it needs."""
    missing = study.missing_columns(name)
    if not missing:
        return []
    said = ", ".join(missing)
    note = f"it lacks {said}: add it, or name its column in [columns.{name}] of a study file"
    where, rows = study[name].source.name, study[name].n_rows
    return [Line("table", name, where, "", rows, "unreadable", note)]


def _lacking(name: str, what: str, missing: list[str], table: CrfTable) -> InputError:
    first = missing[0].split(" ")[0]
    said = (
        f"`{name}` lacks the {what}{'s' * (len(missing) > 1)} {', '.join(missing)}; "
        f"{table.source.name} has {listed(table)}. {_told_as_wide(name, table)}"
    )
    return InputError(
        f"{said}Add it, or pass mapping={{{name!r}: {{'its name there': {first!r}}}}}.",
        argument=missing[0],
        command_line=f"{said}Add it, or name its column in a study file (--study): "
        f'[columns.{name}] "its name there" = "{first}".',
    )


_DIGITS = re.compile(r"\d+")


def _told_as_wide(name: str, table: CrfTable) -> str:
    """The repair of a table that has a column for each lesion or visit; "" for another."""
    known = LAYOUTS[name].names() if name in LAYOUTS else ()
    first: dict[str, str] = {}
    for column in (n for n in table if n not in known and _DIGITS.search(n)):
        other = first.setdefault(_DIGITS.sub("{n}", column), column)
        if other != column:
            return (
                f"A column for each lesion or visit, such as {other!r} and {column!r}, is told in "
                "[wide] of a study file. "
            )
    return ""


def _checked_mapping(mapping: Mappings | None) -> dict[str, Mapping[str, str]]:
    if mapping is None:
        return {}
    if not isinstance(mapping, Mapping) or not all(
        isinstance(v, Mapping) for v in mapping.values()
    ):
        raise InputTypeError(
            "`mapping` must be a mapping of table to a mapping of column to column; "
            f"got {mapping!r:.60}. Write {{'lesions': {{'patient': 'subject'}}}}.",
            argument="mapping",
        )
    out: dict[str, Mapping[str, str]] = {}
    for table, renames in mapping.items():
        name = str(table).casefold() if str(table).casefold() in LAYOUTS else str(table).upper()
        if name not in LAYOUTS and name not in sdtm.DOMAINS:
            known = [*LAYOUTS, *sdtm.DOMAINS]
            raise InputError(
                f"`mapping` names no table {table!r}. {did_you_mean(table, known)}",
                argument="mapping",
            )
        for theirs, to in renames.items() if name in LAYOUTS else ():
            if to not in LAYOUTS[name].names():
                repair = did_you_mean(to, LAYOUTS[name].names())
                if theirs in LAYOUTS[name].names() and repr(theirs) not in repair:
                    repair = f"Write it the other way round: {{{to!r}: {theirs!r}}}."
                raise InputError(
                    f"`mapping` renames a column of `{name}` to {to!r}, which is none of its "
                    f"columns. {repair}",
                    argument="mapping",
                )
        out[name] = renames
    return out


def _gather(
    source: Any, limits: Limits, files: Mapping[str, FileUse], others: str = "leave"
) -> tuple[list[CrfTable], list[Line], str, bool]:
    """The data sets in a source, lines for what was left aside, the kind of frame, whether each was
    named on purpose; ``files`` is what a study file says of them.
    """
    if isinstance(source, Mapping) and not is_frame(source):
        tables, kind = _from_mapping(source, limits)
        return tables, [], kind, True
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        if path.is_dir():
            return *_from_folder(path, limits, files, others), "", False
        return read_file(path, limits=limits), [], "", True
    if isinstance(source, Mapping) and any(str(k).casefold() in LAYOUTS for k in source):
        name, held = next((k, v) for k, v in source.items() if str(k).casefold() in LAYOUTS)
        raise InputTypeError(
            f"`source[{name!r}]` must be a frame or a mapping of columns; got {type(held).__name__}. "
            f"Make a frame of the records: read({{{name!r}: pandas.DataFrame(records)}}).",
            argument="source",
        )
    if is_frame(source) or not isinstance(source, Iterable):
        raise InputTypeError(
            "`source` must be a folder, files, or a mapping of table names to frames; got "
            f"{type(source).__name__}. "
            "Say which table it is: read({'lesions': frame}).",
            argument="source",
        )
    tables = []
    for item in source:
        if not isinstance(item, (str, os.PathLike)):
            raise InputTypeError(
                f"`source` must hold paths; got {type(item).__name__}. Name frames in a mapping: "
                "read({'lesions': frame}).",
                argument="source",
            )
        tables += read_file(Path(item), limits=limits)
    return tables, [], "", True


def _from_mapping(source: Mapping[Any, Any], limits: Limits) -> tuple[list[CrfTable], str]:
    tables: list[CrfTable] = []
    kind = ""
    for key, value in source.items():
        name = str(key)
        if isinstance(value, (str, os.PathLike)):
            found = read_file(Path(value), limits=limits)
            tables += [_renamed(t, name) for t in found] if len(found) == 1 else found
            continue
        table = read_frame(value, name)
        kind = kind or (table.source.kind if table.source.kind not in ("arrays", "table") else "")
        tables.append(table)
    return tables, kind


def _renamed(table: CrfTable, name: str) -> CrfTable:
    return evolve(table, name=name, origin=constant(name, table.n_rows))


_OTHER = re.compile(
    r"(?!(?:tu|tr|rs|dm|ds|lb|tv|sv)(?![a-z]))"
    r"(?:[a-z]{2}|supp[a-z]+|ad[a-z]{1,6}|relrec|relsub)(?:[^a-z].*)?"
)
"""Names of SDTM and ADaM data sets that hold nothing for the tables; not opened in a folder. A name
that begins with a domain that is read ("dm2") is none of them."""


_NO_FILE = frozenset({"thumbs.db", "desktop.ini"})
"""What systems put into folders."""


def _from_folder(
    folder: Path, limits: Limits, files: Mapping[str, FileUse], others: str
) -> tuple[list[CrfTable], list[Line]]:
    """The tables in a folder's files, and a line for every file and folder that is left aside."""
    tables: list[CrfTable] = []
    lines: list[Line] = []

    def left(path: Path, status: str, why: str) -> None:
        lines.append(Line("file", str(path.name), path.name, "", 1, status, why))

    stems = {p.name.split(".")[0].casefold() for p in folder.iterdir()}
    analysed = not any(layout_named(s) or sdtm.domain_by_name(s) for s in stems)
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~")) or path.name.casefold() in _NO_FILE:
            continue
        stem = path.name.split(".")[0].casefold()
        known = bool(layout_named(stem) or sdtm.domain_by_name(stem) or role_of_form(stem))
        use = use_named(files, (path.name, path.stem, stem))
        known = known or use is not None or (analysed and bool(adam_named(stem)))
        wanted = others == "dates" and presence_domain(stem) != ""
        near = nearest_table(stem)
        if use is not None and use.table == IGNORE:
            left(path, "not needed", "as the study file says")
        elif use is None and (what := own_output(path)):
            left(path, "not needed", f"{what} that this library wrote")
        elif path.is_dir():
            left(path, "ignored", f"a folder in the folder is not read{near}")
        elif not is_readable(path):
            suffix = path.suffix.lower() or "no suffix"
            left(path, "ignored", f"of a kind that is not read ({suffix}){near}")
        elif not (known or wanted) and _OTHER.fullmatch(stem):
            left(path, "not needed", "holds nothing that the tables need")
        else:
            try:
                tables += read_file(path, limits=limits)
            except (InputError, MissingExtraError) as error:
                if known or path.suffix.lower() not in OFTEN_OTHER:
                    raise
                left(path, "ignored", f"{error}{near}")
    if not tables:
        raise InputError(
            f"`{folder}` holds no table{_left_out(lines)}. Put "
            f"{', '.join(f'{n}.csv' for n in LAYOUTS)}, or SDTM domains, there.",
            argument="source",
        )
    return tables, lines


def _left_out(lines: list[Line]) -> str:
    """Which files lie there, as a half-sentence."""
    names = [line.found for line in lines]
    more = ", ..." if len(names) > 5 else ""
    return f", but {', '.join(names[:5])}{more}" if names else ""


def is_readable(path: Path) -> bool:
    """Whether a file is of a kind that is read, by its name."""
    return path.suffix.lower() in SUFFIXES


def _mapped(domains: Mapping[str, CrfTable], given: Mapping[str, CrfTable]) -> dict[str, CrfTable]:
    """The CRF tables that the domains hold and that were not given themselves."""
    for domain, table in domains.items():
        needed = {
            "TU": ("USUBJID", "TULNKID"),
            "TR": ("USUBJID", "TRTESTCD"),
            "RS": ("USUBJID", "RSTESTCD"),
            "DM": ("USUBJID",),
            "LB": ("USUBJID",),
        }.get(domain, ())
        missing = [v for v in needed if v not in table]
        if missing:
            raise _lacking(domain, "variable", missing, table)
    out: dict[str, CrfTable | None] = {}
    if "DM" in domains and "subjects" not in given:
        out["subjects"] = sdtm.subjects(domains)
    measured = "TR" in domains and domains["TR"].source.kind != KIND  # ADTR has sums alone
    if ("TU" in domains or measured) and "lesions" not in given:
        out["lesions"] = sdtm_lesions.lesions(domains)
    if ("RS" in domains or "TR" in domains) and "responses" not in given:
        out["responses"] = sdtm_responses.responses(domains)
    if "LB" in domains and "markers" not in given:
        out["markers"] = sdtm.markers(domains)
    return {name: table for name, table in out.items() if table is not None}
