"""A cohort's survival beside Table 4: 1, 2 and 5 years and the median, by treatment.

The review counts survival from the first metastasis or the first intervention (section 4.4) and
prints for no row from which: the figures stand side by side, and nothing is pooled.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen

from nettumor._arrays import as_days
from nettumor.evidence.tables import table
from nettumor.summaries import KaplanMeier, kaplan_meier
from nettumor.tables import Table

DAYS_IN_YEAR = 365.25
"""12 months of 30.4375 days."""

_YEARS = (1, 2, 5)
"""The points of section 4.4; Table 4 prints 1, 3, 4, 5 and 10 years, and none at 2."""


@frozen
class SurvivalRate:
    """The cohort's survival at a number of years, by Kaplan-Meier.

    Attributes
    ----------
    years : float
        Time point.
    estimate, low, high : float
        Share alive with its interval (log-log Greenwood); NaN where nobody is under observation any
        more and not everybody has died.
    at_risk : int
        Patients still under observation there.
    median_months : float
        Median survival; NaN where it is not reached.
    level : float
        Level of the interval.

    Examples
    --------
    >>> from nettumor.evidence import compare
    >>> compare(None, table=4, treatment="TACE", survival=([400, 2000], [True, False])).cohort.estimate
    0.5
    """

    years: float
    estimate: float
    low: float
    high: float
    at_risk: int
    median_months: float
    level: float

    def __str__(self) -> str:
        median = (
            "not reached" if np.isnan(self.median_months) else f"{self.median_months:.1f} months"
        )
        if np.isnan(self.estimate):
            return f"{self.years:g}-year survival not known (nobody under observation), median {median}"
        return (
            f"{self.years:g}-year survival {100 * self.estimate:.1f} % ({100 * self.level:g} % "
            f"interval {100 * self.low:.1f} to {100 * self.high:.1f} %, {self.at_risk} at risk), "
            f"median {median}"
        )


def survival_rate(time: Any, event: Any, years: float, level: float) -> SurvivalRate:
    """The cohort's survival at ``years``; times are days."""
    curve = kaplan_meier(as_days(time, "survival"), event)
    return _at(curve, years, level)


def _at(curve: KaplanMeier, years: float, level: float) -> SurvivalRate:
    day = years * DAYS_IN_YEAR
    share, at_risk = float(curve.survival_at(day)), int(curve.at_risk_at(day))
    low, high = (float(end) for end in curve.confidence_interval(day, level))
    if at_risk == 0 and share > 0:  # the curve ends before: its last value says nothing of this day
        share, low, high = (float("nan"),) * 3
    return SurvivalRate(
        years=years,
        estimate=share,
        low=low,
        high=high,
        at_risk=at_risk,
        median_months=float(curve.median) * 12 / DAYS_IN_YEAR,
        level=level,
    )


def beside_table_4(time: Any, event: Any, level: float) -> Table:
    """The cohort's figures beside those of Table 4, by treatment, in the order of the review.

    A row for each figure of Table 4 that is a rate at a printed year, or a time in months; and
    first a row for each of 1, 2 and 5 years and the median of the cohort.
    """
    curve = kaplan_meier(as_days(time, "survival"), event)
    own = [_own(curve, years, level) for years in _YEARS]
    months = curve.median_interval
    median = float(curve.median) * 12 / DAYS_IN_YEAR
    ends = [float(end) * 12 / DAYS_IN_YEAR for end in months]
    own.append(_row("median", "", cohort=median, low=ends[0], high=ends[1], unit="months"))
    printed = table(4).rows()
    order = list(dict.fromkeys(row["treatment_class"] for row in printed))
    rows = sorted(printed, key=lambda row: order.index(row["treatment_class"]))
    beside = [_beside(row, curve, median, ends, level) for row in rows]
    found = [*own, *(row for row in beside if row is not None)]
    return Table({name: [row[name] for row in found] for name in found[0]})


def _own(curve: KaplanMeier, years: float, level: float) -> dict[str, Any]:
    rate = _at(curve, years, level)
    return _row(
        f"{years:g}-year survival",
        "nobody of the cohort under observation" if np.isnan(rate.estimate) else "",
        cohort=100 * rate.estimate,
        low=100 * rate.low,
        high=100 * rate.high,
        unit="percent",
    )


def _beside(
    row: dict[str, Any], curve: KaplanMeier, median: float, ends: list[float], level: float
) -> dict[str, Any] | None:
    """A figure of Table 4 with the cohort's; None for a row that is neither rate nor time."""
    years = row["survival_years"]
    if years == years:
        own = _own(curve, years, level)
        return {
            **own,
            **_source(row),
            "printed": row["percent"],
            "note": "not printed (na)" if row["percent"] != row["percent"] else own["note"],
        }
    kinds = ("months_median", "months_mean", "months_unspecified")
    kind = next((name for name in kinds if row[name] == row[name]), None)
    if kind is None:
        return None
    word = {"months_median": "median", "months_mean": "mean"}.get(kind, "months")
    note = {
        "mean": "a mean beside the cohort's median",
        "months": "statistic not printed; beside the cohort's median",
    }.get(word, "")
    if "follow-up" in row["months_meaning"]:
        note = "; ".join(part for part in (note, row["months_meaning"]) if part)
    return {
        **_row(word, "", cohort=median, low=ends[0], high=ends[1], unit="months"),
        **_source(row),
        "printed": row[kind],
        "note": note,
    }


def _source(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "treatment": row["treatment_class"],
        "study": row["study"],
        "reference_no": row["reference_no"],
        "patients": row["n_patients"],
    }


def _row(
    figure: str, note: str, *, cohort: float, low: float, high: float, unit: str
) -> dict[str, Any]:
    """A row of the cohort's own figures, without a study."""
    nan = float("nan")
    return {
        "id": "",
        "treatment": "cohort",
        "study": "",
        "reference_no": "",
        "patients": nan,
        "figure": figure,
        "unit": unit,
        "printed": nan,
        "cohort": cohort,
        "cohort_low": low,
        "cohort_high": high,
        "note": note,
    }
