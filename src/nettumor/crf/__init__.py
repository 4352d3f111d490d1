"""CRF tables in: CSV folders, SDTM, frames; every cell kept as it came, and read on demand.

`read` takes a folder, files, or a mapping of frames and gives `Tables`: up to six tables
(subjects, lesions, responses, markers, symptoms, times), each a frozen mapping of column name to array.
`LAYOUTS` says what they may hold.

Files: CSV, TSV (comma, semicolon, tab, pipe; decimal comma), SAS XPORT versions 5 and 8, CDISC
Dataset-JSON 1.0 and 1.1 (JSON, NDJSON, DSJC), CDISC ODM-XML 1.3.2 and 2.0, Dataset-XML (`odm`) with
nothing but NumPy, compressed with gzip or in a ZIP archive too; Parquet (extra ``frames``), Excel
(extra ``excel``), sas7bdat, SPSS and Stata (extra ``sas``), files of R (extra ``r``). ADaM data sets
are read as what they hold (`adam`).
`limits.Limits` says how large they may be. SDTM domains TU, TR, SUPPTR, RS, DM, DS, LB are mapped;
`sdtm_lesions`, `sdtm_responses` and `sdtm` say how. Exports of data capture systems are taken apart
by `edc`, `wide` and `forms`, as a study file (`load_study`) says or where it is certain; `parts` puts
all together. Any bytes give a table, an `InputError`, or a `MissingExtraError`.

A reader of another format gives `CrfTable` objects named for what they hold (`files.read_file`); the
rest is the same for all.

What a reader of the tables (`assess`, the edit checks) builds on:

=====================================
================================================================
``tables["lesions"]``                 a `CrfTable`; ``"lesions" in tables``; ``tables.table(name)`` raises
                                      with the names there are; ``tables.missing_columns(name)``
``tables.days``                       the study has days in place of dates; ``subjects`` columns are then
                                      read with ``table.dates(name, days=True)``
``tables.inputs()``                   names, kinds, paths and digests of what was read (provenance)
``tables.frame_kind``                 "pandas", "polars", "pyarrow", "duckdb", or "": the kind to give
                                      back
``table[name]``                       the cells as they came: float, or str objects ("" is blank)
``table.text(name)``, ``.blank``      as text, whether blank; blanks where there is no such column
``table.numbers(name)``               `Numbers`: value (NaN if none), blank, word, below and above of
                                      ``<5`` and ``>5``
``table.dates(name)``, ``.when()``    `Dates`: day (from 1970-01-01, or the day given; NaN unless full),
                                      status (`DateStatus`), earliest and latest day it allows;
                                      `iso` back
``table.keys_of(name)``               codes and words of a key; outer blanks do not count, "1" and 1 are
                                      one; the codes follow the first appearance, not the alphabet
``table.track()``                     number of each row's track (subject and evaluator), and the first
                                      row of each track
``table.lesions``                     `LesionCells`: ``role``, ``state`` (codes, -1 for an unknown word),
                                      ``contradiction``, ``not_evaluable``, ``present``, ``nodal``,
                                      ``merged_into``, ``parent``
``table.lesions.measure("size")``     `Measure`: value (0 if absent or merged, NaN if not measured),
                                      too_small (its value is NaN), unreadable
``table.rows``, ``.rows_of(name)``    row numbers in the user's file, of a row and of one of its cells
``parse_response_cells(column)``      codes of `nettumor.Response`; ``table.column(name)`` is the column;
                                      `parse_new_lesions`, `parse_flags`, `parse_roles` likewise
``grid(track, lesion, visit)``        `Places`: ``shape``, ``to_array(values, fill)``, ``from_array(array)``,
                                      ``repeated()``, ``conflicts(values)``; give visit codes that
                                      ascend in time, and equal duplicates or one row per place: of
                                      several the last stays
``rank_within``, ``number_rows``      ranks within a track; numbers of distinct combinations
=====================================
================================================================

Nothing is dropped: repeated rows, lesions identified in TU without a result, and unknown words are
there for the checks. Which row counts, and which day is day 0, is not decided here.
"""

from __future__ import annotations

from nettumor.crf.arrays import Places, grid
from nettumor.crf.cells import (
    UNKNOWN,
    NewLesion,
    Numbers,
    Role,
    State,
    parse_flags,
    parse_new_lesions,
    parse_numbers,
    parse_response_cells,
    parse_roles,
    parse_states,
)
from nettumor.crf.columns import Column
from nettumor.crf.dates import Dates, DateStatus, iso, parse_dates
from nettumor.crf.layouts import LAYOUTS, ColumnLayout, TableLayout
from nettumor.crf.lesion_cells import LesionCells, Measure, is_node
from nettumor.crf.reading import read
from nettumor.crf.study_file.loading import load_study
from nettumor.crf.study_file.record import StudyFile
from nettumor.crf.study_file.writing import study_text
from nettumor.crf.tables import CrfTable, Source, Tables
from nettumor.rows import number_rows, occurrence, rank_within

__all__ = [
    "LAYOUTS",
    "UNKNOWN",
    "Column",
    "ColumnLayout",
    "CrfTable",
    "DateStatus",
    "Dates",
    "LesionCells",
    "Measure",
    "NewLesion",
    "Numbers",
    "Places",
    "Role",
    "Source",
    "State",
    "StudyFile",
    "TableLayout",
    "Tables",
    "grid",
    "is_node",
    "iso",
    "load_study",
    "number_rows",
    "occurrence",
    "parse_dates",
    "parse_flags",
    "parse_new_lesions",
    "parse_numbers",
    "parse_response_cells",
    "parse_roles",
    "parse_states",
    "rank_within",
    "read",
    "study_text",
]
