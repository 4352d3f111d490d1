"""Structure: are the columns, values and keys there that everything else stands on?

Sources: CDISC CORE and SDTMIG rules on keys and required variables, NCI edit checks of tumour forms.
Input: all tables. Output: missing columns and values, rows that share a key, rows without a partner in
another table, spellings, unknown words.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor.crf import LAYOUTS
from nettumor.edit_checks._data import Data
from nettumor.edit_checks._types import Hits, Parameters, check, flag


@check("S01", needs={}, blank_allowed=True)
def missing_required_column(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A column without which a table is of no use, one finding a column."""
    for name in data.tables:
        for column in data.tables.missing_columns(name):
            yield Hits(table=name, rows=[-1], column=column, value="", expected=column,
                       message=f"{name} has no column {column}; checks that need it are skipped")  # fmt: skip


@check("S02", needs={}, blank_allowed=True)
def missing_required_value(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A blank where a required column must say something."""
    for name, table in data.tables.items():
        layout = LAYOUTS[name]
        for column in layout.required():
            if column in table and not (name == "markers" and column == "value"):
                yield flag(name, table.blank(column), "{column} is blank", column, expected="a value")
        for group in layout.either:
            held = [c for c in (*group, *(["day"] if "date" in group else [])) if c in table]
            if held:
                blank = np.logical_and.reduce([table.blank(c) for c in held])
                yield flag(name, blank, " and ".join(held) + " blank", held[0], expected=" or ".join(held))
