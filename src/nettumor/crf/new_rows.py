"""What a row of a new lesion says where it says neither size nor state, and by which method it was
seen.

RECIST 1.1 (Eisenhauer et al. 2009), 4.3.5: a new lesion is one that was seen. A row that names what
only a seen lesion has (organ, location, method) is one; a row with nothing beside its keys is an
unused line of the form. Input: rows of the lesions table. Output: a flag for each, and the lines of
the intake that say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Floats, at_least
from nettumor.crf import CrfTable, Role, State
from nettumor.crf.intake import Line
from nettumor.words import organs
from nettumor.words.methods import read as read_method
from nettumor.words.missing import is_missing, tidy
from nettumor.words.states import enhances_typically

_SEEN = ("organ", "location", "method", "vascular_pattern")
"""What only a lesion that was seen has in its row."""

_FEW = 3
"""Subjects that a line names; the count says how many there are."""


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


@frozen(eq=False)
class NoduleRows:
    """What each row says of a new nodule of the liver (mRECIST; Lencioni and Llovet 2010).

    Attributes
    ----------
    liver : ndarray of bool
        The lesion lies in the liver.
    typical : ndarray of bool
        It enhances as hepatocellular carcinoma does.
    by_word : ndarray of bool
        The state says what it is, whatever the size.
    all_typical : bool
        No enhancement was collected: the size alone decides.
    """

    liver: Bools
    typical: Bools
    by_word: Bools
    all_typical: bool

    def doubtful(self, size: Floats, least: float) -> Bools:
        """Rows of nodules that are measured and not yet new lesions, seen once."""
        large = at_least(size, least) & self.typical
        return np.asarray(self.liver & ~np.isnan(size) & ~self.by_word & ~large)


def nodule_rows(table: CrfTable) -> NoduleRows:
    """What the rows of a table with the column ``organ`` say of new nodules of the liver."""
    unsaid = "vascular_pattern" not in table
    typical = np.ones(table.n_rows, dtype=np.bool_)
    if not unsaid:
        typical = table.column("vascular_pattern").map(enhances_typically, np.bool_)
    return NoduleRows(
        liver=table.column("organ").map(lambda w: organs.read(w) == "LIVER", np.bool_),
        typical=typical,
        by_word=~table.blank("state") if "state" in table else np.zeros(table.n_rows, np.bool_),
        all_typical=unsaid,
    )


def wordless_line(count: int, who: str, criteria: Any) -> Line:
    """The line of the intake for new lesions that are there by ``new_without_words``, or are not."""
    return Line(
        "row",
        "lesions.state",
        "new lesions without size or state",
        "there" if criteria.new_without_words == "PD" else "not known",
        count,
        "ambiguous",
        f"of {who}; state PRESENT, UNEQUIVOCAL or EQUIVOCAL, or set the field "
        "new_without_words of the criteria",
    )


def unused_lines(lesions: CrfTable) -> Iterator[Line]:
    """The line of the intake for the unused lines of the form; none where there is none."""
    count = int(np.count_nonzero(silent_rows(lesions)))
    if count:
        yield Line(
            "row",
            "lesions",
            "lines for new lesions with nothing in them",
            count=count,
            status="not needed",
            note="unused lines of the form: no lesion",
        )


def subjects_named(names: Iterable[Any]) -> str:
    """How many subjects, and the first of them by name.

    >>> subjects_named(["01", "02"])
    '2 subjects (01, 02)'
    """
    words = [str(n) for n in names]
    return f"{len(words)} subject{'' if len(words) == 1 else 's'} ({some(words)})"


def some(words: list[str]) -> str:
    """The first few words, and whether there are more."""
    return ", ".join(words[:_FEW]) + (", ..." if len(words) > _FEW else "")
