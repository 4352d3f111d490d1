"""What a row of a new lesion says where it says neither size nor state, and by which method it was
seen.

RECIST 1.1 (Eisenhauer et al. 2009), 4.3.5: a new lesion is one that was seen. A row that names what
only a seen lesion has (organ, location, method) is one; a row with nothing beside its keys is an
unused line of the form. Rows of the lesions table come in; a flag for each comes out.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from nettumor._arrays import Bools
from nettumor.crf import CrfTable, Role, State
from nettumor.words.methods import read as read_method
from nettumor.words.missing import is_missing, tidy

_SEEN = ("organ", "location", "method", "vascular_pattern")
"""What only a lesion that was seen has in its row."""


def wordless_rows(table: CrfTable) -> Bools:
    """Rows of new lesions that say neither size nor state, but name what only a seen lesion has."""
    nothing = _nothing_said(table)
    return np.asarray(nothing & _shown(table)) if nothing.any() else nothing


def silent_rows(table: CrfTable) -> Bools:
    """Rows of new lesions with nothing beside their keys, visit, date and reader: unused lines of
    the form.
    """
    nothing = _nothing_said(table)
    return np.asarray(nothing & ~_shown(table)) if nothing.any() else nothing


def _nothing_said(table: CrfTable) -> Bools:
    cells = table.lesions
    new = cells.role == Role.NEW
    if not new.any():
        return np.asarray(new)
    return np.asarray(new & (cells.state == State.BLANK) & ~cells.contradiction)


def _shown(table: CrfTable) -> Bools:
    shown = np.zeros(table.n_rows, dtype=np.bool_)
    for name in _SEEN:
        if name in table:
            shown |= ~table.blank(name)
    return shown


def by_other_method(table: CrfTable, methods: Any) -> Bools:
    """Rows seen by a method whose new lesions do not count; ``methods`` as ``new_lesion_methods`` of
    the criteria. A row that names none counts.
    """
    if methods is None or "method" not in table:
        return np.zeros(table.n_rows, dtype=np.bool_)
    wanted = {_key(m) for m in methods}

    def other(word: str) -> bool:
        return _key(word) not in {"", *wanted} and read_method(word) not in wanted

    return table.column("method").map(other, np.bool_)


def _key(word: str) -> str:
    """A method as it compares; "" where it is missing.

    >>> _key("SSTR-PET"), _key("sstr pet"), _key("NA")
    ('SSTR PET', 'SSTR PET', '')
    """
    return "" if is_missing(word) else re.sub(r"[^A-Z0-9]+", " ", tidy(word)).strip()
