"""What is wrong in the review: its figures recomputed, its statements held against its tables.

Every percent of Tables 1 to 4 is recomputed from count and denominator in exact decimals, and
every figure of the text stands beside what the rows give that it sums up. Nothing is corrected in
place; the likely reading stands beside each, with the rows of `nettumor.evidence.inconsistencies`.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from nettumor.evidence._data import numbers_in, read
from nettumor.evidence.tables import TITLES, ranges, table
from nettumor.tables import Table

VERDICTS = ("follows", "does not follow", "cannot be told")
"""What the tables say to a printed figure."""

_OF_STATEMENT = dict(zip(("yes", "no", "cannot tell"), VERDICTS, strict=True))


def audit() -> Table:
    """Every printed percent recomputed, and every statement of the text held against the tables.

    Returns
    -------
    Table
        A row for each of the 161 rows of Tables 1 to 4 (``what`` "figure") and each of the 135
        figures of the text ("statement"). Columns: ``id``, ``what``, ``place`` (table and study,
        or section), ``printed``, ``recomputed`` (text), ``verdict`` ("follows", "does not follow",
        "cannot be told"), ``why``, ``likely`` (the likely reading; blank where nothing is known to
        be wrong), ``rows`` (what the verdict rests on).

    Notes
    -----
    A percent follows where 100 x count / denominator gives it by rounding half up, or lies within
    one unit of its last printed place (a cut or doubly rounded figure).

    References
    ----------
    Vogl et al. 2008, Tables 1 to 4, abstract and sections 1 to 6.

    Examples
    --------
    >>> a = audit()
    >>> [int(np.sum((a["what"] == "statement") & (a["verdict"] == v))) for v in VERDICTS]
    [22, 37, 76]
    >>> row = a.rows()[a["id"].tolist().index("T2-10-1")]
    >>> row["printed"], row["recomputed"], row["verdict"], row["likely"]
    ('75 %', '12/17 = 70.6 %', 'does not follow', '12/16 = 75')
    """
    likely = _likely()
    rows = [_figure(row, likely) for number in TITLES for row in table(number).rows()]
    rows += [_statement(row) for row in ranges().rows()]
    return Table({name: [row[name] for row in rows] for name in rows[0]})


def arithmetic(count: float, denominator: float, percent: str) -> str:
    """How a printed percent fits count and denominator, in exact decimals.

    Parameters
    ----------
    count, denominator : float
        Whole numbers, of patients or lesions; the denominator above 0.
    percent : str
        The percent as printed, with the places printed.

    Returns
    -------
    str
        "ok" by rounding half up, "rounding" within one unit of the last printed place, else
        "mismatch".

    References
    ----------
    Library choice; a cut last place is common in Vogl et al. 2008, Tables 1 to 3.

    Examples
    --------
    >>> arithmetic(2, 12, "17"), arithmetic(2, 12, "16"), arithmetic(12, 17, "75")
    ('ok', 'rounding', 'mismatch')
    """
    printed = Decimal(percent)
    unit = Decimal(1).scaleb(int(printed.as_tuple().exponent))
    exact = 100 * Decimal(count) / Decimal(denominator)
    if exact.quantize(unit, ROUND_HALF_UP) == printed:
        return "ok"
    return "rounding" if abs(exact - printed) <= unit else "mismatch"


_OF_FIGURES = frozenset(
    (
        *("count_against_percent", "denominator", "against_primary", "duplicate"),
        *("reading", "reference", "table_against_table"),
    )
)
"""Kinds of inconsistency that concern a figure itself, and not a statement made of it."""


def _likely() -> dict[str, list[str]]:
    """The likely readings known for each row of the tables."""
    found: dict[str, list[str]] = {}
    for row in read("inconsistencies").rows():
        if row["correct_or_likely"] and row["kind"] in _OF_FIGURES:
            for concerned in numbers_in(row["rows"]):
                found.setdefault(concerned, []).append(str(row["correct_or_likely"]))
    return found


def _figure(row: dict[str, Any], likely: dict[str, list[str]]) -> dict[str, str]:
    """A row of Tables 1 to 4: its percent against its count and denominator."""
    counted = not (np.isnan(row["count"]) or np.isnan(row["denominator"]))
    printed = "" if np.isnan(row["percent"]) else f"{row['percent']:g}"
    recomputed = ""
    if counted:
        share = Decimal(100 * int(row["count"])) / int(row["denominator"])
        shown = share.quantize(Decimal("0.1"), ROUND_HALF_UP)
        recomputed = f"{int(row['count'])}/{int(row['denominator'])} = {shown} %"
    if not printed:
        verdict, why = VERDICTS[2], "no percent is printed for this category"
    elif not counted:
        verdict, why = VERDICTS[2], "count or denominator is not known"
    else:
        fit = arithmetic(row["count"], row["denominator"], printed)
        verdict = VERDICTS[1] if fit == "mismatch" else VERDICTS[0]
        why = {"ok": "", "rounding": "cut or rounded otherwise than half up"}.get(
            fit, "the printed percent does not come out of count and denominator"
        )
        if verdict == VERDICTS[0] and row["denominator_source"] == "inferred from percent":
            verdict, why = VERDICTS[2], "the denominator was inferred from this percent"
        elif verdict == VERDICTS[0] and row["count_source"] == "inferred":
            verdict, why = VERDICTS[2], "the count was inferred from this percent"
    return {
        "id": row["id"],
        "what": "figure",
        "place": f"Table {row['table']}, {row['study']}, {row['response_category']}",
        "printed": f"{printed} %" if printed else "",
        "recomputed": recomputed,
        "verdict": verdict,
        "why": why,
        "likely": "; ".join(likely.get(row["id"], ())),
        "rows": row["id"],
    }


def _statement(row: dict[str, Any]) -> dict[str, str]:
    """A figure of the text against the rows that it sums up."""
    ends = [
        f"{row[name]:g}" for name in ("recomputed_low", "recomputed_high") if row[name] == row[name]
    ]
    section = row["section"]
    place = section if section.startswith(("abstract", "caption")) else f"section {section}"
    return {
        "id": row["id"],
        "what": "statement",
        "place": f"{place}, {row['treatment']}, {row['endpoint']}",
        "printed": row["figure_printed"],
        "recomputed": " to ".join(dict.fromkeys(ends)) + (f" {row['unit']}" if ends else ""),
        "verdict": _OF_STATEMENT[row["follows"]],
        "why": row["recomputed_note"],
        "likely": row["note"],
        "rows": row["checkable_against"],
    }
