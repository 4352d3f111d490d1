"""``nettumor evidence``: the review's tables, what is wrong in them, a cohort beside them;
``nettumor indication``: what the review says of a patient.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from nettumor import evidence as review
from nettumor.cli._screen import screen, show_table, write
from nettumor.errors import InputError
from nettumor.evidence import Comparison
from nettumor.evidence._data import NOTICE, take
from nettumor.evidence.tables import TITLES
from nettumor.indication import recommend
from nettumor.tables import Table

SOURCE = "Vogl et al. 2008, doi 10.1016/j.ejrad.2008.08.008"

_SHOWN = (
    *("study", "reference_no", "treatment_class", "n_patients", "response_category", "count"),
    *("denominator", "percent", "percent_computed", "time_printed", "arithmetic", "poolable"),
)
"""Columns of a table of the review on the screen; all are in the files."""

_STUDIES = ("study", "reference_no", "count", "total", "estimate", "low", "high", "reason")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def evidence(
    table: Annotated[
        int | None,
        typer.Argument(help="Table of the review: 1 symptoms, 2 markers, 3 size, 4 survival."),
    ] = None,
    treatment: Annotated[
        str | None, typer.Option("--treatment", help="One class of treatment, e.g. TACE.")
    ] = None,
    cohort: Annotated[
        str | None,
        typer.Option(
            "--cohort", help="Responders of patients, e.g. 12/20, set beside the studies."
        ),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", help="With --cohort: OR, CR, PR, SD, PD.")
    ] = None,
    criteria: Annotated[
        str | None, typer.Option("--criteria", help="With --cohort: by which it was judged.")
    ] = None,
    audit: Annotated[
        bool, typer.Option("--audit", help="Figures and statements against the tables.")
    ] = False,
    references: Annotated[
        bool, typer.Option("--references", help="The review's list of references.")
    ] = False,
    as_json: Json = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write all columns: .csv or .json.")
    ] = None,
) -> None:
    """The tables of the review (Vogl et al. 2008), what is wrong in them, and a cohort beside them."""
    if cohort is not None:
        found = review.compare(
            _pair(cohort),
            table=3 if table is None else table,
            treatment="TACE" if treatment is None else treatment,
            endpoint=endpoint,
            criteria=criteria,
        )
        _show_comparison(found, as_json, output)
        return
    if endpoint is not None or criteria is not None:
        raise InputError(
            "`--endpoint` and `--criteria` must stand with --cohort; got none. Add --cohort 12/20.",
            argument="--cohort",
        )
    rows, title, columns = _asked(table, treatment, audit=audit, references=references)
    _show(rows, title, columns, as_json, output)


def _asked(
    table: int | None, treatment: str | None, *, audit: bool, references: bool
) -> tuple[Table, str, tuple[str, ...]]:
    """The table that is asked for, its title, and the columns for the screen."""
    columns: tuple[str, ...]
    if references:
        columns = ("reference_no", "authors", "title", "journal", "year", "pages")
        return review.references(), f"References ({SOURCE})", columns
    if audit:
        rows = review.audit()
        if table is not None:
            mine = np.char.startswith(rows["place"], f"Table {table},")
            rows = take(rows, mine)
        columns = ("id", "place", "printed", "recomputed", "verdict", "why", "likely")
        return rows, f"What the tables say to the figures ({SOURCE})", columns
    if table is None:
        counts = [review.table(n) for n in TITLES]
        overview = Table(
            {
                "table": list(TITLES),
                "title": list(TITLES.values()),
                "rows": [t.n_rows for t in counts],
                "poolable": [int(np.sum(t["poolable"] == "true")) for t in counts],
            }
        )
        return overview, SOURCE, tuple(overview)
    rows = review.table(table)
    if treatment is not None:
        known = {str(name).casefold(): str(name) for name in rows["treatment_class"]}
        wanted = treatment.strip().replace(" ", "_").casefold()
        if wanted not in known:
            raise InputError(
                f"`--treatment` must be a class of Table {table}; got {treatment!r}. Known: "
                f"{', '.join(sorted(known.values()))}.",
                argument="--treatment",
            )
        rows = take(rows, rows["treatment_class"] == known[wanted])
    return rows, f"{TITLES[table]} ({SOURCE})", _SHOWN


def _pair(text: str) -> tuple[int, int]:
    """Responders and patients from 12/20."""
    parts = text.split("/")
    if len(parts) != 2 or not all(
        part.strip().isascii() and part.strip().isdigit() for part in parts
    ):
        raise InputError(
            f"`--cohort` must be responders of patients; got {text!r}. Write 12/20.",
            argument="--cohort",
        )
    return int(parts[0]), int(parts[1])


def _show(
    rows: Table, title: str, columns: tuple[str, ...], as_json: bool, output: Path | None
) -> None:
    if output is not None:
        write(rows, output, Path())
    if as_json:
        print(rows.to_json())
        return
    show_table(screen(), Table({name: rows[name] for name in columns}), title)


def _show_comparison(found: Comparison, as_json: bool, output: Path | None) -> None:
    """A cohort beside its studies, on the screen or as JSON."""
    if output is not None:
        write(found.studies, output, Path())
    if as_json:
        estimates = {
            name: {"estimate": e.estimate, "low": e.low, "high": e.high, "method": e.method}
            | {"reason": e.reason}
            for name in ("cohort", "fixed", "random", "prediction")
            for e in [getattr(found, name)]
            if hasattr(e, "reason")
        }
        cohort = {
            n: getattr(found.cohort, n) for n in ("estimate", "low", "high", "count", "total")
        }
        answer = {
            "table": found.table,
            "treatment": found.treatment,
            "endpoint": found.endpoint,
            "cohort": cohort,
            **estimates,
            "heterogeneity": {n: getattr(found.heterogeneity, n) for n in ("tau2", "q", "i2")},
            "studies": json.loads(found.studies.to_json()),
            "choices": list(found.choices),
        }
        print(json.dumps(_without_nan(answer), ensure_ascii=False, indent=1))
        return
    console = screen()
    title = f"{TITLES[found.table]}, {found.treatment}, {found.endpoint} ({SOURCE})"
    shares = {n: 100 * found.studies[n] for n in ("estimate", "low", "high")}
    columns = {n: found.studies[n] for n in _STUDIES}
    show_table(console, Table(columns | shares), title)
    for line in found.explain().splitlines():
        console.print(line)


def _without_nan(value: object) -> object:
    """The value with None for NaN, as JSON has no NaN."""
    if isinstance(value, dict):
        return {name: _without_nan(v) for name, v in value.items()}
    if isinstance(value, list):
        return [_without_nan(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


YesNo = Annotated[str | None, typer.Option(help="yes or no; leave it out where not known.")]
Number = Annotated[float | None, typer.Option(help="Leave it out where not known.")]


def indication(
    n_lesions: Annotated[int | None, typer.Option(help="Liver metastases.")] = None,
    largest_cm: Annotated[float | None, typer.Option(help="Largest diameter, in cm.")] = None,
    lobes: Annotated[int | None, typer.Option(help="Lobes involved, 1 or 2.")] = None,
    extrahepatic: YesNo = None,
    symptomatic: YesNo = None,
    age: Number = None,
    liver_infiltration_percent: Number = None,
    debulkable_percent: Number = None,
    vein_involvement: YesNo = None,
    resectable: YesNo = None,
    recurrence: Annotated[
        str | None, typer.Option(help="none, after resection, after ablation, ...")
    ] = None,
    purpose: Annotated[
        str | None, typer.Option(help="cure, palliation, symptom control, survival, ...")
    ] = None,
    as_json: Json = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write all statements: .csv or .json.")
    ] = None,
) -> None:
    """What the review of 2008 says of a patient, statement by statement. Not medical advice."""
    found = recommend(
        n_lesions=float("nan") if n_lesions is None else n_lesions,
        largest_cm=float("nan") if largest_cm is None else largest_cm,
        lobes=lobes,
        extrahepatic=_yes_no(extrahepatic, "extrahepatic"),
        symptomatic=_yes_no(symptomatic, "symptomatic"),
        age=age,
        liver_infiltration_percent=liver_infiltration_percent,
        debulkable_percent=debulkable_percent,
        vein_involvement=_yes_no(vein_involvement, "vein-involvement"),
        resectable=_yes_no(resectable, "resectable"),
        recurrence=recurrence,
        purpose=purpose,
    )
    if output is not None:
        write(found.options, output, Path())
    if as_json:
        rows = json.loads(found.options.to_json())
        print(json.dumps({"notice": NOTICE, "options": rows}, ensure_ascii=False, indent=1))
        return
    print(found.explain())


def _yes_no(text: str | None, name: str) -> bool | None:
    if text is None:
        return None
    word = text.strip().casefold()
    if word not in ("yes", "no", "y", "n", "true", "false"):
        raise InputError(
            f"`--{name}` must be yes or no; got {text!r}. Leave it out where it is not known.",
            argument=f"--{name}",
        )
    return word in ("yes", "y", "true")
