"""`read`: whatever holds a study's tables, to `Tables`.

A folder, files, or frames in a mapping come in. Each data set is recognised as one of the CRF
tables (by its name) or as an SDTM domain (by its DOMAIN variable, or by a name such as tu_onco);
columns are renamed as the user says; domains are mapped to tables where the table itself was not
given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nettumor.crf import sdtm, sdtm_lesions, sdtm_responses
from nettumor.crf.columns import Column, constant
from nettumor.crf.files import SUFFIXES, read_file
from nettumor.crf.frames import is_frame, read_frame
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.tables import CrfTable, Tables
from nettumor.errors import InputError, InputTypeError, MissingExtraError, choose, did_you_mean

Mappings = Mapping[str, Mapping[str, str]]


def read(source: Any, *, mapping: Mappings | None = None, incomplete: str = "raise") -> Tables:
    """A study's CRF tables from files or frames.

    Parameters
    ----------
    source : path, sequence of paths, or mapping of str to frame, dict of arrays, Table or path
        A folder is read file by file (not its folders). The file's name without suffix, the sheet,
        the SAS data set or the key says which table it is: ``subjects``, ``lesions``,
        ``responses``, ``markers``, ``symptoms``, or an SDTM domain (``tu``, ``tr_onco``,
        ``supptr``, ``rs``, ``dm``, ``ds``, ``lb``), for which the DOMAIN variable counts first.
        CSV, XPORT, Dataset-JSON (JSON and NDJSON), Parquet, Excel and sas7bdat are read; frames are
        pandas, Polars, PyArrow, or any that narwhals knows.
    mapping : mapping of str to mapping of str to str, optional
        For a table or domain, its columns by their names in the source, with the names they get
        here: ``{"lesions": {"patient": "subject"}}``. A name that begins with "=" is a constant for
        every row: ``{"lesions": {"=TARGET": "role"}}``. The only data set that is not recognised is
        taken for the only table of the mapping that is not there.
    incomplete : {"raise", "keep"}
        What to do with a table that lacks a required column: refuse it, or keep it (for the edit
        checks, which report it).

    Returns
    -------
    Tables
        Every cell as it came.

    Raises
    ------
    InputError
        Where a file cannot be read, nothing is recognised, one table is given twice, or a required
        column is missing.
    MissingExtraError
        Where the reader of a file's format is not installed; the message says what to install.

    References
    ----------
    SDTMIG 3.4 (TU, TR, RS, DM, DS, LB); SAS TS-140 (XPORT); CDISC Dataset-JSON 1.1.

    Examples
    --------
    >>> tables = read({"lesions": {"patient": ["01", "01"], "day": [0, 56], "mm": ["31", "TSTM"]}},
    ...               mapping={"lesions": {"patient": "subject", "mm": "size", "=T01": "lesion", "=TARGET": "role"}})
    >>> tables["lesions"].lesions.measure("size").too_small.tolist()
    [False, True]
    """
    choose("incomplete", incomplete, ("raise", "keep"))
    if isinstance(source, Tables) and not mapping:
        return source
    wanted = _checked_mapping(mapping)
    given, ignored, kind, strict = _gather(source)
    tables, domains = _recognise(given, wanted, ignored, strict)
    for name, table in _mapped(domains, tables).items():
        tables.setdefault(name, table)
    if not tables:
        got = ", ".join([*(t.name for t in given), *ignored]) or "nothing"
        raise InputError(
            f"No CRF table was found; got {got}. Name a table {', '.join(LAYOUTS)}, or give SDTM "
            "domains "
            "(TU and TR, RS, DM, LB).",
            argument="source",
        )
    study = Tables(tables, domains=domains, ignored=ignored, frame_kind=kind)
    if incomplete == "raise":
        for name in study:
            _complete(study, name)
    return study


def _complete(study: Tables, name: str) -> None:
    missing = study.missing_columns(name)
    if missing:
        table = study[name]
        raise _lacking(name, "column", missing, table)


def _lacking(name: str, what: str, missing: list[str], table: CrfTable) -> InputError:
    first = missing[0].split(" ")[0]
    return InputError(
        f"`{name}` lacks the {what}{'s' * (len(missing) > 1)} {', '.join(missing)}; "
        f"{table.source.name} has "
        f"{', '.join(table) or 'none'}. Add it, or pass mapping={{{name!r}: {{'its name there': "
        f"{first!r}}}}}.",
        argument=missing[0],
    )


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
        for to in renames.values() if name in LAYOUTS else ():
            if to not in LAYOUTS[name].names():
                raise InputError(
                    f"`mapping` renames a column of `{name}` to {to!r}, which is none of its "
                    "columns. "
                    f"{did_you_mean(to, LAYOUTS[name].names())}",
                    argument="mapping",
                )
        out[name] = renames
    return out


def _gather(source: Any) -> tuple[list[CrfTable], dict[str, str], str, bool]:
    """The data sets in a source, what was left aside and why, the kind of frame, whether each was
    named on purpose.
    """
    if isinstance(source, Mapping) and not is_frame(source):
        return *_from_mapping(source), True
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        if path.is_dir():
            tables, ignored = _from_folder(path)
            return tables, ignored, "", False
        return read_file(path), {}, "", True
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
        tables += read_file(Path(item))
    return tables, {}, "", True


def _from_mapping(source: Mapping[Any, Any]) -> tuple[list[CrfTable], dict[str, str], str]:
    tables: list[CrfTable] = []
    kind = ""
    for key, value in source.items():
        name = str(key)
        if isinstance(value, (str, os.PathLike)):
            found = read_file(Path(value))
            tables += [_renamed(t, name) for t in found] if len(found) == 1 else found
            continue
        table = read_frame(value, name)
        kind = kind or (table.source.kind if table.source.kind not in ("arrays", "table") else "")
        tables.append(table)
    return tables, {}, kind


def _renamed(table: CrfTable, name: str) -> CrfTable:
    columns = {n: table.column(n) for n in table}
    return CrfTable(name, columns, table.source, table.rows, origin=constant(name, table.n_rows))


_OFTEN_OTHER = (".txt", ".json", ".jsonl", ".gz", ".zip")
"""Suffixes of files that often hold no table; in a folder they are left aside where they hold none."""
_OTHER = re.compile(r"(?:[a-z]{2}|supp[a-z]+|ad[a-z]{1,6}|relrec|relsub)(?:[^a-z].*)?")
"""Names of SDTM and ADaM data sets that hold nothing for the tables; not opened in a folder."""


def _from_folder(folder: Path) -> tuple[list[CrfTable], dict[str, str]]:
    tables: list[CrfTable] = []
    ignored: dict[str, str] = {}
    for path in sorted(
        p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", "~"))
    ):
        stem = path.stem.casefold()
        known = _layout_named(stem) or sdtm.domain_by_name(stem)
        if path.suffix.lower() not in SUFFIXES:
            continue
        if not known and _OTHER.fullmatch(stem):
            ignored[path.name] = "holds nothing that the tables need"
            continue
        try:
            tables += read_file(path)
        except (InputError, MissingExtraError) as error:
            if known or path.suffix.lower() not in _OFTEN_OTHER:
                raise
            ignored[path.name] = str(error)
    if not tables:
        raise InputError(
            f"`{folder}` holds no table. Put {', '.join(f'{n}.csv' for n in LAYOUTS)}, or SDTM "
            "domains, there.",
            argument="source",
        )
    return tables, ignored


def _layout_named(name: str) -> str:
    """The CRF table that a name says: "lesions", "Lesions", "study1_lesions_2024"; or ""."""
    said = name.casefold()
    if said in LAYOUTS:
        return said
    parts = [p for p in re.split(r"[^a-z0-9]+", said) if p in LAYOUTS]
    return parts[0] if len(set(parts)) == 1 else ""


def _recognise(
    given: list[CrfTable],
    wanted: dict[str, Mapping[str, str]],
    ignored: dict[str, str],
    strict: bool,
) -> tuple[dict[str, CrfTable], dict[str, CrfTable]]:
    tables: dict[str, CrfTable] = {}
    domains: dict[str, CrfTable] = {}
    unknown: list[CrfTable] = []
    for table in given:
        name = _layout_named(table.name)
        domain = "" if name else sdtm.domain_of(table)
        if name:
            _once(tables, name, table)
            tables[name] = _layout_columns(table, name, wanted.get(name, {}))
        elif domain in sdtm.DOMAINS:
            renamed = sdtm.as_domain(_rename(table, wanted.get(domain, {})), domain)
            if domain == "LB" and domain in domains:
                ignored[table.source.name] = "a second LB data set; put the tumour markers into one"
                continue
            _once(domains, domain, table)
            domains[domain] = renamed
        elif domain:
            ignored[table.source.name] = f"SDTM domain {domain} holds nothing that the tables need"
        else:
            unknown.append(table)
    absent = [n for n in wanted if n in LAYOUTS and n not in tables]
    if len(unknown) == 1 and len(absent) == 1:
        tables[absent[0]] = _layout_columns(unknown.pop(), absent[0], wanted[absent[0]])
    for table in unknown:
        if strict:
            raise InputError(
                f"`{table.name}` is no CRF table and no SDTM domain. "
                f"{did_you_mean(table.name, LAYOUTS)}",
                argument=table.name,
            )
        ignored[table.source.name] = "neither a CRF table nor an SDTM domain"
    return tables, domains


def _once(held: Mapping[str, CrfTable], name: str, table: CrfTable) -> None:
    if name in held:
        raise InputError(
            f"`{name}` is given twice: {held[name].source.name} and {table.source.name}. Give the "
            "tables of one study.",
            argument=name,
        )


def _rename(table: CrfTable, renames: Mapping[str, str]) -> CrfTable:
    """The table with columns under the names the user gives them; constants added."""
    by_name = {n.casefold(): n for n in table}
    to = {}
    columns: dict[str, Column] = {}
    for old, new in renames.items():
        if old.startswith("="):
            columns[new] = constant(old[1:], table.n_rows)
        elif old.casefold() in by_name:
            to[by_name[old.casefold()]] = new
        else:
            raise InputError(
                f"`mapping` renames {old!r}, which {table.source.name} does not have. "
                f"{did_you_mean(old, table)}",
                argument="mapping",
            )
    taken = {n.casefold() for n in (*to.values(), *columns)}
    if len(taken) < len(to) + len(columns):
        raise InputError(
            "`mapping` gives two columns one name. Rename each to a name of its own.",
            argument="mapping",
        )
    for name in table:
        if name in to:
            columns[to[name]] = table.column(name)
        elif name.casefold() not in taken:
            columns[name] = table.column(name)
    return CrfTable(table.name, columns, table.source, table.rows, origin=table.origin)


def _layout_columns(table: CrfTable, name: str, renames: Mapping[str, str]) -> CrfTable:
    """The table with the layout's spelling of its column names, and other names (CDASH, SDTM) taken
    where needed.
    """
    renamed = _rename(table, renames)
    layout = LAYOUTS[name]
    spelled = {n.casefold().replace(" ", "_").replace("-", "_"): n for n in reversed(list(renamed))}
    columns: dict[str, Column] = {}
    used: set[str] = set()
    for column in layout.columns:
        found = next(
            (
                spelled[k]
                for k in (column.name, *(a.casefold() for a in column.aliases))
                if k in spelled
            ),
            None,
        )
        if found is not None and found not in used:
            columns[column.name] = renamed.column(found)
            used.add(found)
    columns |= {n: renamed.column(n) for n in renamed if n not in used and n not in columns}
    return CrfTable(name, columns, table.source, table.rows, origin=constant(name, table.n_rows))


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
    if ("TU" in domains or "TR" in domains) and "lesions" not in given:
        out["lesions"] = sdtm_lesions.lesions(domains)
    if ("RS" in domains or "TR" in domains) and "responses" not in given:
        out["responses"] = sdtm_responses.responses(domains)
    if "LB" in domains and "markers" not in given:
        out["markers"] = sdtm.markers(domains)
    return {name: table for name, table in out.items() if table is not None}
