"""The tables in the form of analysis data sets: ADTR (sums), ADRS (responses), ADTTE (times to
events).

Sources: CDISC ADaM (BDS, time to event) and admiralonco 1.4 for parameter codes (SDIAM, OVR, BOR,
CBOR, RSP, CRSP, PFS, OS, RSD). Study day 1 is the reference date, and a time counts both its first
and its last day: one more than the days of `Assessment.subjects`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor.assessment.result import Assessment
from nettumor.crf import iso
from nettumor.crf.came_as import as_text
from nettumor.tables import Table
from nettumor.terminology import Response, labels

_TIMES = {"OS": ("OS", "Overall Survival"), "PFS": ("PFS", "Progression Free Survival"),
          "TTP": ("TTP", "Time to Progression"), "DOR": ("RSD", "Duration of Response"),
          "TTR": ("TTR", "Time to Response"), "TTNT": ("TTNT", "Time to New Therapy"),
          "OSMET": ("OSMET", "Overall Survival from the First Metastasis")}  # fmt: skip
_SUMS = {"product": ("SUMPPD", "Target Lesions Sum of Products of Diameters"),
         "viable diameter": ("SUMVDIAM", "Target Lesions Sum of Viable Diameters"),
         "viable product": ("SUMVPPD", "Target Lesions Sum of Products of Viable Diameters"),
         "volume": ("SUMVOL", "Target Lesions Sum of Volumes")}  # fmt: skip
"""Parameters of sums that are not of diameters: the test codes of TR (CDISC C96779), and one for
viable products.
"""


def adam(done: Assessment) -> dict[str, Table]:
    """ADTR, ADRS and ADTTE."""
    return {"ADTR": adtr(done), "ADRS": adrs(done), "ADTTE": adtte(done)}


def _study_day(day: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """CDISC study day: the reference date is 1, the day before it -1."""
    return np.where(day >= 0, day + 1, day)


def _keys(table: Table) -> dict[str, npt.NDArray[Any]]:
    lesion = {"TRLNKID": as_text(table["lesion"])} if "lesion" in table else {}
    return {
        "USUBJID": as_text(table["subject"]),
        "PARCAT2": as_text(table["evaluator"]),
        **lesion,
    }


def adtr(done: Assessment) -> Table:
    """A row for each timepoint with a sum: AVAL, BASE, CHG, PCHG, NADIR, CHGNAD, PCHGNAD."""
    table = done.timepoints
    rows = ~np.isnan(table["sum"])
    total, base, nadir = (table[n][rows] for n in ("sum", "baseline", "nadir"))
    baseline = done._place()[1][rows] == 0
    code, name = _SUMS.get(done.criteria.measure, ("SDIAM", "Target Lesions Sum of Diameters"))
    columns = {n: c[rows] for n, c in _keys(table).items()}
    columns |= {
        "PARAMCD": _constant(code, total.size),
        "PARAM": _constant(name, total.size),
        "VISIT": table["visit"][rows],
        "ADT": as_text(table["date"])[rows],
        "ADY": _study_day(table["day"][rows]),
        "AVAL": total,
        "BASE": base,
        "CHG": np.where(baseline, np.nan, total - base),
        "PCHG": table["percent_from_baseline"][rows],
        "NADIR": nadir,
        "CHGNAD": total - nadir,
        "PCHGNAD": table["percent_from_nadir"][rows],
        "ABLFL": np.where(baseline, "Y", ""),
        "NMISS": table["n_missing"][rows],
    }
    return Table(columns)


def adrs(done: Assessment) -> Table:
    """A row for each overall response, and per subject the best response, without and with
    confirmation.
    """
    table, subjects = done.timepoints, done.subjects
    judged = done.judgement.overall[done._place()] != Response.MISSING
    parts = [
        _long(
            _keys(table),
            "OVR",
            "Overall Response",
            table["overall"],
            table["day"],
            as_text(table["date"]),
            judged,
        )
    ]
    both = (
        ("BOR", "Best Overall Response (confirmation not required)", done.outcome.unconfirmed),
        ("CBOR", "Best Confirmed Overall Response", done.outcome.best),
    )
    every = np.ones(subjects.n_rows, dtype=np.bool_)
    for code, name, best in both:
        date = _dates(done, best.day)
        parts.append(
            _long(
                _keys(subjects),
                code,
                name,
                labels(best.response, done.criteria),
                best.day,
                date,
                every,
            )
        )
    for code, name, best in (
        ("RSP", "Response (confirmation not required)", both[0][2]),
        ("CRSP", "Confirmed Response", both[1][2]),
    ):
        first = best.first_response_day
        said = np.where(np.isnan(first) & (best.response < Response.PR), "N", "Y")
        parts.append(_long(_keys(subjects), code, name, said, first, _dates(done, first), every))
    progression = np.where(done.outcome.progressed, "Y", "N")
    parts.append(
        _long(
            _keys(subjects),
            "PD",
            "Disease Progression",
            progression,
            subjects["progression_day"],
            as_text(subjects["progression_date"]),
            every,
        )
    )
    return Table({name: np.concatenate([p[name] for p in parts]) for name in parts[0]})


def _long(
    keys: dict[str, npt.NDArray[Any]],
    code: str,
    name: str,
    said: npt.NDArray[Any],
    day: npt.NDArray[np.float64],
    date: npt.NDArray[Any],
    rows: npt.NDArray[np.bool_],
) -> dict[str, npt.NDArray[Any]]:
    n = int(rows.sum())
    return {
        **{k: v[rows] for k, v in keys.items()},
        "PARAMCD": _constant(code, n),
        "PARAM": _constant(name, n),
        "AVALC": said[rows],
        "ADT": date[rows],
        "ADY": _study_day(day[rows]),
    }


def adtte(done: Assessment) -> Table:
    """A row for each time: AVAL in days with both ends, CNSR 0 for an event and 1 for a censored
    time.
    """
    table = done.events
    rows = ~np.isnan(table["time"])
    code = np.array([_TIMES[p][0] for p in table["parameter"].tolist()], dtype=np.str_)
    name = np.array([_TIMES[p][1] for p in table["parameter"].tolist()], dtype=np.str_)
    event = table["event"]
    n = len(done.outcome.times)
    start = table["start"]
    end = (
        start + table["time"]
    )  # not before the start: who was last seen before day 0 is censored on it
    columns = {
        **_keys(table),
        "PARAMCD": code,
        "PARAM": name,
        "STARTDT": _dates(done, start, n),
        "ADT": _dates(done, end, n),
        "ADY": _study_day(end),
        "AVAL": table["time"] + 1,
        "CNSR": np.where(event, 0, 1),
        "EVNTDESC": np.where(event, table["description"], ""),
        "CNSDTDSC": np.where(event, "", table["description"]),
    }
    return Table({k: v[rows] for k, v in columns.items()})


def _dates(done: Assessment, day: npt.NDArray[np.float64], repeats: int = 1) -> npt.NDArray[Any]:
    """ISO dates of days of the units (each unit ``repeats`` times); "" in a study of days."""
    if done.counts_days:
        return np.full(len(day), "", dtype=np.str_)
    return iso(day + np.repeat(done.reference, repeats)).astype(np.str_)


def _constant(word: str, n: int) -> npt.NDArray[np.str_]:
    return np.full(n, word)  # a dtype of str without a width would keep one letter
