"""ADTTE: the times to events in the form of an analysis data set.

Sources: CDISC ADaM (time to event: STARTDT, CNSR, EVNTDESC, CNSDTDSC, SRCDOM, SRCVAR, SRCSEQ) and
admiralonco 1.4 for parameter codes and words. A time counts both its first and its last day: one
more than the days of `Assessment.subjects`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor.assessment.adam import Columns, dates, identity, numbered, study_day
from nettumor.assessment.assessed import Assessed
from nettumor.endpoints._time_to_event import _WORDS
from nettumor.tables import Table
from nettumor.terminology import EventReason

_TIMES = {"OS": ("OS", "Overall Survival"), "PFS": ("PFS", "Progression Free Survival"),
          "TTP": ("TTP", "Time to Progression"), "DOR": ("RSD", "Duration of Response"),
          "TTR": ("TTR", "Time to Response"), "TTNT": ("TTNT", "Time to New Therapy"),
          "OSMET": ("OSMET", "Overall Survival from the First Metastasis")}  # fmt: skip

_E = EventReason
_ENDS: tuple[tuple[EventReason, str, str, str, str], ...] = (
    # the first bit that is set: words, domain, variable, parameter of ADRS
    (_E.DEATH, "Death", "ADSL", "DTHDT", ""),
    (_E.PROGRESSION, "Disease Progression", "ADRS", "ADT", "PD"),
    (_E.LAST_ASSESSMENT, "Last Tumor Assessment", "ADRS", "ADT", "LSTA"),
    (_E.LAST_KNOWN_ALIVE, "Alive", "ADSL", "LSTALVDT", ""),
    (_E.NO_ASSESSMENT, "Reference Date", "ADSL", "STARTDT", ""),
    (_E.NO_BASELINE, "Reference Date", "ADSL", "STARTDT", ""),
)
_MORE = (_E.NO_BASELINE, _E.NO_ASSESSMENT, _E.NEW_THERAPY, _E.CUTOFF, _E.MISSED_VISITS)
"""Reasons that say more of a date of censoring."""


def adtte(done: Assessed, responses: Table) -> Table:
    """A row for each time: AVAL in days with both ends, CNSR 0 for an event and 1 for a censored
    time; ``responses`` is ADRS, whose ASEQ is the SRCSEQ.
    """
    table, n = done.events, len(done.outcome.times)
    rows = ~np.isnan(table["time"])
    event, start = table["event"], table["start"]
    unit = np.repeat(np.arange(done.subjects.n_rows), n)
    # not before the start: who was last seen before day 0 is censored on it
    end = start + table["time"]
    named = [_TIMES[p] for p in table["parameter"].tolist()]
    columns: Columns = {
        **identity(done, table, unit),
        "PARAMCD": np.array([code for code, _ in named], dtype=np.str_),
        "PARAM": np.array([name for _, name in named], dtype=np.str_),
        "STARTDT": dates(done, start, n),
        "ADT": dates(done, end, n),
        "ADY": study_day(end),
        "AVAL": table["time"] + 1,
        "CNSR": np.where(event, 0, 1),
    }
    columns = {k: v[rows] for k, v in columns.items()}
    columns |= _ended(table, rows)
    columns["SRCSEQ"] = _sequence(columns, responses)
    del columns["_PARAMCD"]
    return Table(numbered(columns))


def _ended(table: Table, rows: npt.NDArray[np.bool_]) -> Columns:
    """EVNTDESC, CNSDTDSC and the variable that gave the date."""
    parameter, reason = table["parameter"][rows].tolist(), table["reason"][rows].tolist()
    event = table["event"][rows].tolist()
    said = [_end(p, EventReason(r), e) for p, r, e in zip(parameter, reason, event, strict=True)]
    names = ("EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "_PARAMCD")
    return {name: np.array([s[i] for s in said], dtype=np.str_) for i, name in enumerate(names)}


def _end(parameter: str, reason: EventReason, event: bool) -> tuple[str, str, str, str, str]:
    """What ended one time: words of the event, words of the date of censoring, domain, variable and
    parameter.
    """
    if parameter == "TTNT" and event:
        return "New Therapy", "", "ADSL", "NEWTRTDT", ""
    if parameter == "TTR":
        return "Response", "", "ADRS", "ADT", "CRSP"
    found = next((e for e in _ENDS if e[0] in reason), None)
    words, domain, variable, of = found[1:] if found else (_described(reason), "", "", "")
    if event:
        return words, "", domain, variable, of
    more = _described(reason & (_bits(_MORE)))
    return words, f"{words}: {more}" if more else words, domain, variable, of


def _bits(reasons: tuple[EventReason, ...]) -> EventReason:
    out = EventReason(0)
    for reason in reasons:
        out |= reason
    return out


def _described(reason: EventReason) -> str:
    return ", ".join(words for bit, words in _WORDS.items() if bit in reason)


def _sequence(columns: Columns, responses: Table) -> npt.NDArray[np.float64]:
    """ASEQ of the row of ADRS that gave the date, of the same unit; NaN for none."""
    keys = [n for n in ("USUBJID", "PARCAT2", "TRLNKID") if n in columns]

    def key(table: Any, code: str) -> list[tuple[str, ...]]:
        return list(zip(*(table[n].tolist() for n in keys), table[code].tolist(), strict=True))

    wanted = {*columns["_PARAMCD"].tolist()} - {""}
    place = {
        k: number
        for k, number in zip(key(responses, "PARAMCD"), responses["ASEQ"].tolist(), strict=True)
        if k[-1] in wanted
    }
    return np.array([place.get(k, np.nan) for k in key(columns, "_PARAMCD")], dtype=np.float64)
