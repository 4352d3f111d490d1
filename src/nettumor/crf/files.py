"""Files on disk: which reader for which file, and what the reader says when it cannot.

CSV, TSV and TXT, Dataset-JSON, ODM-XML and Dataset-XML by the standard library; XPORT by NumPy;
Parquet through Polars (extra ``frames``), Excel through python-calamine (extra ``excel``), files of R
through rdata (extra ``r``), sas7bdat and files of SPSS and Stata through pyreadstat (extra ``sas``),
in a process of its own. A file compressed with gzip is
opened, and of a ZIP archive each file that can be read. Errors of those libraries come out as
`InputError`; what is larger than `Limits` is refused before it is read.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

from attrs import evolve, frozen

from nettumor.crf.archives import archived, gunzipped
from nettumor.crf.cbioportal import clinical_tables, is_clinical, without_attributes
from nettumor.crf.columns import constant
from nettumor.crf.dataset_json import read_json, unpacked
from nettumor.crf.intake import Line
from nettumor.crf.labelled_files import KINDS as LABELLED
from nettumor.crf.labelled_files import read_labelled
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.limits import LIMITS, Limits, too_large
from nettumor.crf.odm import read_odm
from nettumor.crf.parquet import read_parquet
from nettumor.crf.r_data import R_ROWS, read_r
from nettumor.crf.sas7bdat import read_sas7bdat
from nettumor.crf.sdtm import domain_by_name
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.text_files import SHEET_ROWS, read_csv
from nettumor.crf.workbooks import read_excel
from nettumor.crf.xport import RECORD_ROWS, read_xport
from nettumor.errors import InputError, MissingExtraError

SUFFIXES = (
    ".csv",
    ".tsv",
    ".txt",
    ".xpt",
    ".json",
    ".ndjson",
    ".jsonl",
    ".dsjc",
    ".parquet",
    ".xlsx",
    ".xls",
    ".sas7bdat",
    ".xml",
    ".rds",
    ".rda",
    ".rdata",
    *LABELLED,
    ".gz",
    ".zip",
)
"""What a file may be called; with .gz after any of the others, such as .csv.gz."""
_LINES = (".ndjson", ".jsonl", ".dsjc")
OFTEN_OTHER = frozenset(
    {".txt", ".json", ".jsonl", ".xml", ".rds", ".rda", ".rdata", *LABELLED, ".gz", ".zip"}
)
"""Suffixes of files that often hold no table: in a folder or an archive they are left aside where they
hold none.
"""


def read_file(path: Path, *, suffix: str | None = None, limits: Limits = LIMITS) -> list[CrfTable]:
    """The tables in a file: one, or one per data set or sheet.

    Parameters
    ----------
    path : Path
        The file.
    suffix : str, optional
        Read it as a file of this suffix.
    limits : Limits
        The largest file and table that are read.

    Returns
    -------
    list of CrfTable
        Named as the data set, the sheet, or the file without its suffix.

    Raises
    ------
    InputError
        Where the file is not there, of an unknown kind, too large, or cannot be read.
    MissingExtraError
        Where its reader is not installed.
    """
    kind = (suffix or path.suffix).lower()
    if kind not in SUFFIXES:
        if not path.exists():
            raise InputError(f"`{path}` is not there. Give a folder, or files.", argument="source")
        raise InputError(
            f"`{path.name}` is of a kind that cannot be read ({kind or 'no suffix'}). "
            f"Give one of {', '.join(SUFFIXES)}.",
            argument=str(path),
        )
    try:
        limits.check(path.name, unpacked=path.stat().st_size)
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"`{path}` cannot be opened: {error.strerror or error}. Check the path.",
            argument=str(path),
        ) from None
    file = File(path.name, str(path), hashlib.sha256(data).hexdigest())
    if kind == ".zip":
        return _read_archive(data, file, limits)
    if kind == ".gz":
        data = gunzipped(data, file.name, limits)
        kind, path = path.with_suffix("").suffix.lower(), path.with_suffix("")
        _inner_kind(kind, file.name)
    tables = _read_bytes(data, file, path.stem, kind, limits)
    for table in tables:
        _check(table, limits)
    return tables


def _check(table: CrfTable, limits: Limits) -> None:
    """Hold a table that was read against the limits."""
    where = table.source.name
    limits.check(where, rows=table.n_rows, columns=len(table))
    for name in table:
        column = table.column(name)
        longest = max(map(len, column.words), default=0) if column.is_text else 0
        if longest > limits.letters:
            raise too_large(
                f"{where} column {name}", "letters", f"{longest:,} in a cell", limits.letters
            )


def _inner_kind(kind: str, where: str) -> None:
    if kind not in SUFFIXES or kind in (".gz", ".zip"):
        raise InputError(
            f"`{where}` holds a file of a kind that cannot be read ({kind or 'no suffix'}). Name "
            "it as what it holds, such as lesions.csv.gz.",
            argument=where,
        )


@frozen
class File:
    """A file, or one in an archive: its name, its path, the digest of the file's bytes."""

    name: str
    path: str
    sha256: str

    def source(self, kind: str, rows: str) -> Source:
        """Where its table came from."""
        return Source(self.name, kind, rows, self.path, self.sha256)


def _read_bytes(data: bytes, file: File, name: str, kind: str, limits: Limits) -> list[CrfTable]:
    """The tables in the bytes of a file that is neither compressed nor an archive."""
    if kind in (".csv", ".tsv", ".txt"):
        clinical = is_clinical(data)
        data = without_attributes(data) if clinical else data
        table = read_csv(data, file.source("csv", SHEET_ROWS), name)
        return clinical_tables(table) if clinical else [table]
    if kind in (".json", *_LINES):
        source = file.source("dataset-json", RECORD_ROWS)
        if kind == ".dsjc":
            data = unpacked(data, source, limits.bytes_unpacked)
        return _by_the_file([read_json(data, source, name, lines=kind in _LINES)], name)
    if kind == ".parquet":
        return [read_parquet(data, file.source("parquet", RECORD_ROWS), name, limits)]
    if kind in (".xlsx", ".xls"):
        return read_excel(data, file.source("excel", SHEET_ROWS), name, limits)
    if kind == ".xpt":
        return _by_the_file(read_xport(data, file.source("xport", RECORD_ROWS), limits), name)
    if kind == ".xml":
        return read_odm(data, file.source("odm", RECORD_ROWS), name, limits)
    if kind in (".rds", ".rda", ".rdata"):
        return read_r(data, file.source("r", R_ROWS), name, limits)
    if kind in LABELLED:
        what = "stata" if kind == ".dta" else "spss"
        return [read_labelled(data, file.source(what, RECORD_ROWS), name, limits, kind)]
    table = read_sas7bdat(data, file.source("sas7bdat", RECORD_ROWS), name, limits)
    return _by_the_file([table], name)


def _read_archive(data: bytes, file: File, limits: Limits) -> list[CrfTable]:
    """The tables in the files of a ZIP archive; a file that is none is said to be left out."""
    tables: list[CrfTable] = []
    notes = []
    for inner, content in archived(data, file.name, limits, SUFFIXES):
        where = f"{file.name}/{inner}"
        path = PurePosixPath(inner)
        kind = path.suffix.lower()
        if content is None or kind in (".zip", ".gz"):
            note = "unpack it" if kind in (".zip", ".gz") else ""
            notes.append(Line("file", where, path.name, status="ignored", note=note))
            continue
        inside = File(where, file.path, file.sha256)
        try:
            tables += _read_bytes(content, inside, path.stem, kind, limits)
        except (InputError, MissingExtraError) as error:
            if kind not in OFTEN_OTHER or _says_a_table(path.stem):
                raise
            notes.append(Line("file", where, path.name, status="ignored", note=str(error)))
    if not tables:
        names = ", ".join(note.found for note in notes[:5])
        raise InputError(
            f"`{file.name}` holds no table{names and f', but {names}'}. Put files of the kinds "
            f"{', '.join(SUFFIXES[:-2])} there; unpack what is packed within.",
            argument=file.name,
        )
    for table in tables:
        _check(table, limits)
    first = tables[0]
    return [evolve(first, notes=(*notes, *first.notes)), *tables[1:]]


def _by_the_file(tables: list[CrfTable], name: str) -> list[CrfTable]:
    """The only data set of a file under the file's name, where that says which table it is and the
    data set's own (DATASET, WORK) does not.
    """
    if len(tables) > 1 or _says_a_table(tables[0].name) or not _says_a_table(name):
        return tables
    return [evolve(tables[0], name=name, origin=constant(name, tables[0].n_rows))]


def _says_a_table(name: str) -> bool:
    words = re.split(r"[^a-z0-9]+", name.casefold())
    return any(w in LAYOUTS for w in words) or bool(domain_by_name(name))
