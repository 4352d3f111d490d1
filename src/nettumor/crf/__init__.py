"""CRF tables in: CSV folders, SDTM, frames; every cell kept as it came, and read on demand.

`read` takes a folder, files, or a mapping of frames and gives `Tables`: up to five tables (subjects,
lesions, responses, markers, symptoms), each a frozen mapping of column name to array. `LAYOUTS` says what
they may hold; `CrfTable.lesions` reads the rows of lesions (number, absent, too small, not evaluable,
present, merged, contradiction), `CrfTable.numbers`, `.dates`, `.keys_of` and `.track` read other columns,
and `grid` carries long records to arrays (track, lesion, timepoint) and back.

Files: CSV, TSV (comma, semicolon, tab; decimal comma), SAS XPORT version 5, CDISC Dataset-JSON 1.1 (JSON,
NDJSON) with nothing but NumPy; Parquet (extra ``frames``), Excel (extra ``excel``), XPORT version 8 and
sas7bdat (extra ``sas``). SDTM domains TU, TR, SUPPTR, RS, DM, DS, LB are mapped; `sdtm_lesions`,
`sdtm_responses` and `sdtm` say how.
"""

from __future__ import annotations

from nettumor.crf.arrays import Places, grid, number_rows, occurrence, rank_within
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
from nettumor.crf.tables import CrfTable, Source, Tables

__all__ = [
    "LAYOUTS", "UNKNOWN", "Column", "ColumnLayout", "CrfTable", "DateStatus", "Dates", "LesionCells", "Measure",
    "NewLesion", "Numbers", "Places", "Role", "Source", "State", "TableLayout", "Tables", "grid", "is_node", "iso",
    "number_rows", "occurrence", "parse_dates", "parse_flags", "parse_new_lesions", "parse_numbers",
    "parse_response_cells", "parse_roles", "parse_states", "rank_within", "read",
]  # fmt: skip
