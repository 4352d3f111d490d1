"""The demonstration: the review's axes for a synthetic trial that ships with the library."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console

import nettumor as nt
from nettumor import crf
from nettumor.before_after_table import assess_before_after
from nettumor.cli._screen import show_rates, show_table
from nettumor.rows import group
from nettumor.tables import Table

_MONTHS = (12, 24, 60)


def show(console: Console) -> None:
    """Read the demonstration's tables, judge each axis, and show the results."""
    console.print(
        "A SYNTHETIC trial: 60 invented patients with NET liver metastases, treated by TACE."
    )
    with resources.as_file(resources.files("nettumor") / "data" / "demo") as folder:
        tables = crf.read(folder)
        answers = assess_before_after(Path(folder) / "lesions.csv")
    names = answers.patients["subject"]
    symptoms = _symptom(tables["symptoms"], names)
    profile = nt.ResponseProfile(
        morphological=nt.parse_responses(answers.patients["response"]),
        biological=_marker(tables["markers"], names),
        symptomatic=symptoms.response,
        subject=names,
    )
    show_rates(console, answers)
    _axes(console, profile)
    _rates(console, profile, symptoms)
    _survival(console, tables["subjects"])
    console.print(
        "Nothing in this trial is real. See also: nettumor assess FILE.csv, nettumor criteria."
    )


def _pair(table: crf.CrfTable, column: str, names: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The first and the last value of each patient by day, shape (patient, 2)."""
    place = {name: i for i, name in enumerate(names.tolist())}
    number = np.array([place[name] for name in table.text("subject").tolist()], dtype=np.int64)
    of_patient = group(number, by=table.when().day)
    out = np.full((names.size, 2), np.nan)
    value = table.numbers(column).value
    out[of_patient.keys[0], 0] = value[of_patient.first()]
    out[of_patient.keys[0], 1] = value[of_patient.last()]
    return out


def _marker(table: crf.CrfTable, names: npt.NDArray[Any]) -> npt.NDArray[Any]:
    values, limit = _pair(table, "value", names), _pair(table, "upper_limit", names)
    return np.asarray(nt.marker_response(values[:, 0], values[:, 1], upper_limit=limit[:, 0]))


def _symptom(table: crf.CrfTable, names: npt.NDArray[Any]) -> nt.SymptomaticResponse:
    counts = _pair(table, "per_day", names)
    return nt.SymptomaticResponse.assess(counts[:, 0], counts[:, 1], name="flushing")


def _axes(console: Console, profile: nt.ResponseProfile) -> None:
    counts = profile.counts()
    found = np.any([counts[axis] > 0 for axis in profile.axes], axis=0)
    title = "The three axes, patients (NE: normal marker, or no symptom, before therapy)"
    show_table(console, Table({name: column[found] for name, column in counts.items()}), title)
    for row in profile.agreement().rows():
        console.print(
            f"{row['first']} and {row['second']}: kappa {row['kappa']:.2f} ({row['count']} "
            "patients)"
        )


def _rates(console: Console, profile: nt.ResponseProfile, symptoms: nt.SymptomaticResponse) -> None:
    """The objective response rate of each axis; who had no symptom before is not in the denominator
    of the third.
    """
    for axis, codes in profile.axes.items():
        asked = (
            np.asarray(symptoms.symptomatic)
            if axis == "symptomatic"
            else np.ones(codes.shape, dtype=np.bool_)
        )
        whom = " of the patients with the symptom before therapy" if axis == "symptomatic" else ""
        console.print(f"{axis}{whom}: {nt.objective_response_rate(codes[asked])}")


def _survival(console: Console, table: crf.CrfTable) -> None:
    days = {
        name: table.dates(name, days=True).day
        for name in ("death", "last_known_alive", "first_metastasis")
    }
    for origin, name in (
        (0.0, "first intervention"),
        (days["first_metastasis"], "first metastasis"),
    ):
        survival = nt.overall_survival(days["death"], days["last_known_alive"], origin=origin)
        curve = nt.kaplan_meier(survival.months, survival.event)
        low, high = curve.confidence_interval(_MONTHS)
        shares = [
            f"{100 * s:.0f} % ({100 * a:.0f} to {100 * b:.0f})"
            for s, a, b in zip(curve.survival_at(_MONTHS), low, high, strict=True)
        ]
        middle = "{:.1f} months (95 % interval {} to {})".format(
            curve.median, *map(_months, curve.median_interval)
        )
        console.print(
            f"Survival from the {name}: median {middle}; after 1, 2, 5 years {', '.join(shares)}"
        )


def _months(time: float) -> str:
    return "not reached" if np.isnan(time) else f"{time:.1f}"
