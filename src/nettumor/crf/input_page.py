"""The page that documents the input: every table and column that is read, as Markdown.

Input: `LAYOUTS` and the relatives of their names. Output: the text of docs/input.md, which a test
holds to this; nothing is said there that the readers do not read from the same data.
"""

from __future__ import annotations

from nettumor.crf.column_names import spellings
from nettumor.crf.layouts import LAYOUTS, ColumnLayout, TableLayout
from nettumor.crf.limits import LIMITS, MEANINGS

_HEAD = """# Input: the tables and their columns

Made from `nettumor.crf.LAYOUTS` by `nettumor.crf.input_page.input_page()`.

A study is a folder of tables, files, or frames in a mapping. A table is recognised by its name (`lesions.csv`, the
key `"lesions"`), an SDTM domain by its DOMAIN variable or its name; `TU`, `TR`, `RS`, `DM`, `DS` and `LB` are mapped.
Column names are read in any case, with blanks, hyphens or underscores, with a unit behind them ("Size (mm)",
`size_cm`). The other names in the last column are read where no better column is there, and the intake says so. A
column that is not named here is kept and not read, and the intake says that too: `nettumor intake PATH`. What is called
otherwise, and exports with a column for each lesion or a file for each form, are told in a [study file](study_file.md).

Dates are ISO 8601 or any form that is certain; where two orders fit the whole column, say which (`dates="DMY"`,
`--dates DMY`). A numeric column `day` (from the reference date, which is day 0) may stand for `date`; `study_day`
(CDISC --DY) is converted where it stands alone.
"""

_FILES = """## Which files

| files | suffix | extra |
|---|---|---|
| text, and clinical files of cBioPortal | `.csv` `.tsv` `.txt` | |
| SAS | `.xpt` `.sas7bdat` | `sas` for sas7bdat |
| CDISC Dataset-JSON 1.0 and 1.1 | `.json` `.ndjson` `.jsonl` `.dsjc` | |
| CDISC ODM-XML 1.3.2 and 2.0, Dataset-XML 1.0 | `.xml` | |
| R | `.rds` `.rda` `.RData` | `r` |
| SPSS, Stata | `.sav` `.zsav` `.por` `.dta` | `sas` |
| Parquet | `.parquet` | `frames` |
| Excel | `.xlsx` `.xls` | `excel` |
| compressed: one of the others, or an archive of them | `.gz` `.zip` | |

- **ODM-XML**: a table a form, with subject, visit and the items by their names; the words of code lists; units as
  `ITEM_UN`. The last transaction counts; audit records and what vendors add are passed over. A value that is said to be
  null (`IsNull`) is NULL. A file that declares an entity is refused.
- **R**: a table a data frame; factors and labelled values are their words, moments those of their own time zone. A
  column that cannot be read is named and left out.
- **SPSS, Stata**: labelled values are their words; what the file declares as missing is its label or blank, and never a
  number; dates by their formats.
- **cBioPortal**: the lines behind `#` are no rows; PREFIX_STATUS and PREFIX_MONTHS are a time of the table `times`.

SDTM domains and ADaM data sets are known in each of them. ADRS gives the responses of each visit, ADTR the sums, ADTTE
the table `times`, ADSL the subjects; beside SDTM domains or tables of the same they are not needed. Parameters that sum
up a course (best response), and imputed rows (DTYPE), are not read.

Lesions come of no ADaM data set, and without them nothing is assessed: give TU and TR. ADTR may hold the diameters of
single targets (LDIAMn), but has no parameter for non-target and new lesions, and an overall response without them would
be that of another study; NLDIAMn is the diameter of a node in one source and the perpendicular in another. What is in
ADTR can be judged as an array, by `nettumor.target_response` ([from arrays](from_arrays.md)): sums and responses of the
targets, and no more.
"""

_LIMITS = """## How large

A file is held against these limits before it is opened, by what its own structure states; what is larger is refused in
one sentence. They are set by `limits={"rows": 50_000_000}`, by `--limit rows=50000000` (once for each), or by a table
`[limits]` with `rows = 50_000_000` in the study file or the configuration of the edit checks. Frames and arrays are in
memory already: only `visits` and `places`, of which arrays are made, hold for them too.

| limit | of what | at most |
|---|---|---|"""


def input_page() -> str:
    """The page on the input as Markdown.

    >>> print(input_page().splitlines()[0])
    # Input: the tables and their columns
    """
    return "\n".join([_HEAD, _FILES, _limits(), *(_section(layout) for layout in LAYOUTS.values())])


def _limits() -> str:
    rows = (f"| `{n}` | {meaning} | {getattr(LIMITS, n):,} |" for n, meaning in MEANINGS.items())
    return "\n".join([_LIMITS, *rows, ""])


def _section(layout: TableLayout) -> str:
    needed = [*layout.required(), *(" or ".join(group) for group in layout.either)]
    lines = [
        f"## {layout.name}",
        "",
        f"A row is {layout.meaning}. Required: {', '.join(needed)}.",
        "",
        "| column | holds | unit or words | CDISC | other names |",
        "|---|---|---|---|---|",
        *(_row(layout.name, column) for column in layout.columns),
        "",
    ]
    return "\n".join(lines)


def _row(table: str, column: ColumnLayout) -> str:
    others = dict.fromkeys([*column.aliases, *spellings(table, column.name)])
    cells = (
        f"`{column.name}`",
        column.meaning,
        column.unit or ", ".join(column.permitted) or column.kind,
        column.cdisc,
        " ".join(others),
    )
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"
