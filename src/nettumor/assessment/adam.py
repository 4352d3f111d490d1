"""The tables in the form of analysis data sets: ADTR (sums) and ADRS (responses); ADTTE stands in
`adam_times`.

Sources: CDISC ADaM (BDS, time to event) and admiralonco 1.4 for parameter codes (SDIAM, OVR, BOR,
CBOR, RSP, CRSP, BCP, CBCP, LSTA, MDIS, DEATH, PD) and for the order of AVAL; docs/adam.md has the
conventions beside admiralonco's. Study day 1 is the reference date. A date that is not known to the
day is never ADT: it stands as it was written in TRDTC.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Codes, Floats
from nettumor.assessment.assessed import Assessed
from nettumor.crf import iso
from nettumor.crf.came_as import as_text
from nettumor.rows import occurrence
from nettumor.tables import Table
from nettumor.terminology import Response, labels

_SUMS = {"product": ("SUMPPD", "Target Lesions Sum of Products of Diameters"),
         "viable diameter": ("SUMVDIAM", "Target Lesions Sum of Viable Diameters"),
         "viable product": ("SUMVPPD", "Target Lesions Sum of Products of Viable Diameters"),
         "volume": ("SUMVOL", "Target Lesions Sum of Volumes")}  # fmt: skip
"""Parameters of sums that are not of diameters: the test codes of TR (CDISC C96779), and one for
viable products.
"""

_R = Response
_ORDER = {_R.CR: 1.0, _R.PR: 2.0, _R.MR: 2.5, _R.SD: 3.0, _R.NON_CR_NON_PD: 4.0, _R.PD: 5.0,
          _R.NE: 6.0, _R.MISSING: 7.0}  # fmt: skip
"""AVAL of a response: admiralonco's aval_resp, with a place for MR."""
_IMMUNE = {_R.CR: 1.0, _R.PR: 2.0, _R.SD: 3.0, _R.NON_CR_NON_PD: 4.0, _R.IUPD: 5.0, _R.PD: 6.0,
           _R.NE: 7.0, _R.MISSING: 8.0}  # fmt: skip
"""AVAL of a response of iRECIST: the order of admiralonco's vignette on iRECIST."""

Columns = dict[str, npt.NDArray[Any]]


def study_day(day: Floats) -> Floats:
    """CDISC study day: the reference date is 1, the day before it -1."""
    return np.where(day >= 0, day + 1, day)


def identity(done: Assessed, table: Table, unit: npt.NDArray[np.int64] | None = None) -> Columns:
    """Keys and carried columns of rows with a unit each (None: a row is a unit)."""
    out = {"USUBJID": as_text(table["subject"]), "PARCAT2": as_text(table["evaluator"])}
    if "lesion" in table:
        out["TRLNKID"] = as_text(table["lesion"])
    for name in ("arm", *done.carried):
        values = done.subjects[name]
        if name != "arm" or as_text(values).any():
            out["ARM" if name == "arm" else name] = values if unit is None else values[unit]
    return out


def numbered(columns: Columns) -> Columns:
    """The columns with ASEQ, the number of the row within its subject."""
    _, subject = np.unique(columns["USUBJID"], return_inverse=True)
    return columns | {"ASEQ": occurrence(subject) + 1.0}


def _visits(done: Assessed, rows: Bools) -> Columns:
    """Visit, date and source of the timepoints at ``rows``."""
    table, source = done.timepoints, done.sources()
    baseline = (done._place[1] == 0)[rows]
    name, time = source["visit"][rows], done._place[1][rows].astype(np.float64)
    numbers = np.array([_number(w) for w in as_text(table["visit"])[rows].tolist()])
    number = time if np.isnan(numbers).any() else numbers
    full, day = source["full"][rows], table["day"][rows]
    date = as_text(table["date"])[rows]
    return {
        "AVISIT": np.where(baseline, "BASELINE", name),
        "AVISITN": np.where(baseline, 0.0, number),
        "VISIT": as_text(table["visit"])[rows],
        "ADT": np.where(full, date, ""),
        "TRDTC": date,
        "ADY": study_day(np.where(full, day, np.nan)),
        "SRCDOM": source["domain"][rows],
        "SRCSEQ": source["sequence"][rows],
    }


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return np.nan


def adtr(done: Assessed) -> Table:
    """A row for each timepoint with a sum: AVAL, BASE, CHG, PCHG, NADIR, CHGNAD, PCHGNAD; ANL01FL
    where every target was measured.
    """
    table = done.timepoints
    rows = ~np.isnan(table["sum"])
    total, base, nadir = (table[n][rows] for n in ("sum", "baseline", "nadir"))
    unit, time = done._place
    baseline = time[rows] == 0
    code, name = _SUMS.get(done.criteria.measure, ("SDIAM", "Target Lesions Sum of Diameters"))
    columns = {n: c[rows] for n, c in identity(done, table, unit).items()}
    columns |= {"PARAMCD": constant(code, total.size), "PARAM": constant(name, total.size)}
    columns |= _visits(done, rows)
    columns |= {
        "AVAL": total,
        "AVALC": np.array([f"{v:.10g}" for v in total.tolist()], dtype=np.str_),
        "BASE": base,
        "CHG": np.where(baseline, np.nan, total - base),
        "PCHG": table["percent_from_baseline"][rows],
        "NADIR": nadir,
        "CHGNAD": total - nadir,
        "PCHGNAD": table["percent_from_nadir"][rows],
        "ABLFL": np.where(baseline, "Y", ""),
        "ANL01FL": np.where(table["n_missing"][rows] == 0, "Y", ""),
        "NMISS": table["n_missing"][rows],
    }
    return Table(numbered(columns))


def adrs(done: Assessed) -> Table:
    """A row for each overall response, and for each unit its best responses, responses, progression,
    last adequate assessment, measurable disease and death.
    """
    parts = [_overall(done), *_best(done), *_said(done)]
    columns = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    return Table(numbered(columns))


def _overall(done: Assessed) -> Columns:
    """OVR: ANL01FL marks the response of its day that the course takes (the worse of two), ANL02FL
    those up to the first progression and before a new therapy.
    """
    table, place = done.timepoints, done._place
    rows = done.judgement.overall[place[0], place[1]] != Response.MISSING
    unit, time = place[0][rows], place[1][rows]
    codes = done.judgement.overall[unit, time]
    columns = {n: c[rows] for n, c in identity(done, table, place[0]).items()}
    taken = done.outcome.taken[unit, time]
    counted = done.outcome.best.course[unit, time] != Response.MISSING
    columns |= _response("OVR", "Overall Response", codes, done.criteria)
    columns |= _visits(done, rows)
    return columns | {
        "ANL01FL": np.where(taken, "Y", ""),
        "ANL02FL": np.where(taken & counted, "Y", ""),
    }


def _response(code: str, name: str, codes: Codes, criteria: Any) -> Columns:
    """Parameter and value of responses."""
    order = _IMMUNE if getattr(criteria, "immune", False) else _ORDER
    return {
        "PARAMCD": constant(code, len(codes)),
        "PARAM": constant(name, len(codes)),
        "AVAL": np.array([order[Response(c)] for c in codes.tolist()], dtype=np.float64),
        "AVALC": labels(codes, criteria),
    }


def _best(done: Assessed) -> list[Columns]:
    """BOR, CBOR, and RSP, CRSP, BCP, CBCP: whether there is a response, and since when."""
    both = (
        ("", "(confirmation not required)", done.outcome.unconfirmed),
        ("C", "Confirmed", done.outcome.best),
    )
    out = []
    for letter, words, best in both:
        overall = f"Best {words} Overall Response" if letter else f"Best Overall Response {words}"
        response = f"{words} Response" if letter else f"Response {words}"
        cr_pr = (
            "Best Confirmed Overall Response of CR/PR"
            if letter
            else "Best Overall Response of CR/PR"
        )
        first = best.first_response_day
        responds = ~np.isnan(first) | (best.response >= Response.PR)
        value = _response(f"{letter}BOR", overall, best.response, done.criteria)
        out.append(_of_unit(done, value, best.day))
        out.append(_of_unit(done, _flag(f"{letter}RSP", response, responds), first))
        reached = best.response >= Response.PR
        day = np.where(reached, best.day, np.nan)
        out.append(_of_unit(done, _flag(f"{letter}BCP", cr_pr, reached), day))
    return out


def _said(done: Assessed) -> list[Columns]:
    """PD, LSTA, MDIS, DEATH."""
    outcome = done.outcome
    codes, measurable = outcome.last_response, outcome.measurable
    assessed = codes != Response.MISSING
    value = _response("LSTA", "Last Disease Assessment Censored at First PD", codes, done.criteria)
    value["AVAL"] = np.where(assessed, value["AVAL"], np.nan)
    value["AVALC"] = np.where(assessed, value["AVALC"], "")
    return [
        _of_unit(
            done, _flag("PD", "Disease Progression", outcome.progressed), outcome.progression_day
        ),
        _of_unit(done, value, outcome.last_day),
        _of_unit(
            done,
            _flag("MDIS", "Measurable Disease at Baseline", measurable),
            np.where(measurable, outcome.baseline_day, np.nan),
        ),
        _of_unit(done, _flag("DEATH", "Death", outcome.died), outcome.death, "ADSL"),
    ]


def _flag(code: str, name: str, yes: Bools) -> Columns:
    return {
        "PARAMCD": constant(code, len(yes)),
        "PARAM": constant(name, len(yes)),
        "AVAL": np.where(yes, 1.0, 0.0),
        "AVALC": np.where(yes, "Y", "N"),
    }


def _of_unit(done: Assessed, value: Columns, day: Floats, domain: str = "ADRS") -> Columns:
    """One row for each unit."""
    n = len(day)
    blank = constant("", n)
    return (
        identity(done, done.subjects)
        | value
        | {
            "AVISIT": blank,
            "AVISITN": np.full(n, np.nan),
            "VISIT": blank,
            "ADT": dates(done, day),
            "TRDTC": blank,
            "ADY": study_day(day),
            "SRCDOM": constant(domain, n),
            "SRCSEQ": np.full(n, np.nan),
            "ANL01FL": constant("Y", n),
            "ANL02FL": constant("Y", n),
        }
    )


def dates(done: Assessed, day: Floats, repeats: int = 1) -> npt.NDArray[Any]:
    """ISO dates of days of the units (each unit ``repeats`` times); "" in a study of days, and where
    the day is not known.
    """
    if done.counts_days:
        return np.full(len(day), "", dtype=np.str_)
    return iso(day + np.repeat(done.reference, repeats)).astype(np.str_)


def constant(word: str, n: int) -> npt.NDArray[np.str_]:
    """One word n times."""
    return np.full(n, word)  # a dtype of str without a width would keep one letter
