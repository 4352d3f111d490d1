"""Evaluators compared: how often two readers of the same patients agree, and where they do not.

Investigator against central reader, or reader against reader: best responses, overall responses
visit by visit, and progression. Cohen's kappa (Cohen 1960) is that of `nettumor.cohens_kappa`.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Codes
from nettumor.assessment.adam import Columns
from nettumor.assessment.assessed import Assessed
from nettumor.crf import Tables
from nettumor.crf.came_as import as_text
from nettumor.errors import InputError, choose, did_you_mean
from nettumor.profile import AXES, ResponseProfile, cohens_kappa, cross_table
from nettumor.rows import number_rows
from nettumor.tables import Table
from nettumor.terminology import Response, labels, parse_responses
from nettumor.words import flags


def discordance(done: Assessed, first: str, second: str) -> Table:
    """Best responses of two evaluators against each other, and in each row the subjects of whom the
    second says otherwise.
    """
    _check_names(done, first, second)
    who = as_text(done.subjects["evaluator"])
    one, other = (_best(done)[who == name] for name in (first, second))
    subject = as_text(done.subjects["subject"])[who == first]
    table = cross_table(one, other)
    rows = parse_responses(table["response"])
    said = [_joined(subject[(one == code) & (other != code)]) for code in rows.tolist()]
    return Table({**table, "discordant": np.array(said, dtype=np.str_)})


def _check_names(done: Assessed, *names: str) -> None:
    known = list(dict.fromkeys(as_text(done.subjects["evaluator"]).tolist()))
    for name in names:
        if name not in known:
            raise InputError(
                f"`evaluator` names none of those assessed: {name!r}. {did_you_mean(name, known)}",
                argument="evaluator",
            )


def _joined(names: npt.NDArray[Any]) -> str:
    return ", ".join(dict.fromkeys(names.tolist()))


def discordant(done: Assessed, first: str, second: str, of: str) -> Table:
    """The subjects of whom two evaluators differ, with what each says."""
    choose("of", of, ("best", "overall", "progression"))
    _check_names(done, first, second)
    pair = _pairs(done, first, second)[of]
    differ = pair["first"] != pair["second"]
    said = _progressed if of == "progression" else labels
    one, other = (said(pair[name][differ]) for name in ("first", "second"))
    return Table(
        {
            "subject": pair["subject"][differ],
            "visit": pair["visit"][differ],
            "first": one,
            "second": other,
        }
    )


def _progressed(codes: Codes) -> npt.NDArray[np.str_]:
    return np.where(
        codes == Response.PD, "yes", np.where(codes <= Response.NE, labels(codes), "no")
    )


def accepted_evaluators(study: Tables) -> dict[str, tuple[str, ...]]:
    """The evaluators of each subject whose rows are flagged as accepted (--ACPTFL), in the responses,
    else the lesions; empty where none is.
    """
    for name in ("responses", "lesions"):
        if name not in study or "accepted" not in study[name]:
            continue
        table = study[name]
        yes = np.flatnonzero(table.column("accepted").map(lambda w: flags.read(w) == 1, np.bool_))
        if not len(yes):
            continue
        subject, words = table.keys_of("subject")
        evaluator, readers = table.keys_of("evaluator")
        rows = yes[np.sort(number_rows(subject[yes], evaluator[yes])[1])]  # who comes first, first
        found: dict[str, tuple[str, ...]] = {}
        for who, by in zip(words[subject[rows]], readers[evaluator[rows]], strict=True):
            found[str(who)] = (*found.get(str(who), ()), str(by))
        return found
    return {}


def adjudicated(done: Assessed) -> Table:
    """For each subject the row of the evaluator who was accepted."""
    accepted = done.accepted()
    if not accepted:
        raise InputError(
            "The study names no accepted assessments (the column accepted, --ACPTFL). Take one "
            "evaluator: assess(..., evaluator=...).",
            argument="accepted",
        )
    table = done.subjects
    subject, evaluator = as_text(table["subject"]), as_text(table["evaluator"])
    place = {pair: row for row, pair in enumerate(zip(subject, evaluator, strict=True))}
    names = list(dict.fromkeys(subject.tolist()))
    said = [accepted.get(name, ()) for name in names]
    rows = np.array(
        [
            place.get((name, who[0]), -1) if len(who) == 1 else -1
            for name, who in zip(names, said, strict=True)
        ],
        dtype=np.int64,
    )
    columns = {name: _taken(column, rows) for name, column in table.items()}
    columns["subject"] = np.array(names, dtype=np.str_)
    columns["best"] = np.where(rows < 0, "MISSING", columns["best"])
    note = [_note(who, row) for who, row in zip(said, rows.tolist(), strict=True)]
    return Table(columns | {"note": np.array(note, dtype=np.str_)})


def _note(who: tuple[str, ...], row: int) -> str:
    if not who:
        return "nobody was accepted"
    if len(who) > 1:
        return f"several were accepted: {', '.join(who)}"
    return f"{who[0]} was accepted and not assessed" if row < 0 else ""


def _taken(column: npt.NDArray[Any], rows: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """The column at these rows; nothing where -1."""
    kind = column.dtype.kind
    if kind == "U":
        return np.append(column, "")[rows]
    if kind == "f":
        return np.append(column, np.nan)[rows]
    if kind in "biu":
        return np.append(column, column.dtype.type(0))[rows]
    return np.append(column, np.array([None], dtype=object))[rows]


def profile_of(done: Assessed, evaluator: str | None, of: str) -> ResponseProfile:
    """The axes of one evaluator's patients, at their best or at every timepoint after baseline."""
    choose("of", of, ("best", "timepoints"))
    table = done.subjects if of == "best" else done.timepoints
    known = list(dict.fromkeys(as_text(done.subjects["evaluator"]).tolist()))
    if evaluator is None and len(known) > 1:
        raise InputError(
            f"`evaluator` must be given: there are {', '.join(map(str, known))}. Evaluators are "
            "never mixed.",
            argument="evaluator",
        )
    if evaluator is not None and evaluator not in known:
        raise InputError(
            f"`evaluator` names none of those assessed: {evaluator!r}. "
            f"{did_you_mean(evaluator, known)}",
            argument="evaluator",
        )
    own = (
        np.ones(table.n_rows, np.bool_)
        if evaluator is None
        else as_text(table["evaluator"]) == evaluator
    )
    size = "best" if of == "best" else "overall"
    if of == "timepoints":
        own = own & (table["overall"] != "MISSING")
    names = {"morphological": size} | {n: n for n in AXES[1:] if n in table}
    codes = {name: parse_responses(table[column][own]) for name, column in names.items()}
    subject = as_text(table["subject"])[own]
    if of == "best":
        time, event = table["pfs_days"][own], table["pfs_event"][own]
        return ResponseProfile(**codes, subject=subject, time=time, event=event)
    at = [f"{s}, day {d:g}" for s, d in zip(subject, table["day"][own], strict=True)]
    return ResponseProfile(**codes, subject=np.array(at, dtype=np.str_))


def agreement(done: Assessed) -> Table:
    """Kappa of each pair of evaluators, for best response, overall response and progression."""
    evaluators = list(dict.fromkeys(as_text(done.subjects["evaluator"]).tolist()))
    rows: list[dict[str, Any]] = []
    for first, second in combinations(evaluators, 2):
        for of, pair in _pairs(done, first, second).items():
            found = cohens_kappa(pair["first"], pair["second"])
            rows.append(
                {
                    "first": first,
                    "second": second,
                    "of": of,
                    "count": found.count,
                    "excluded": found.excluded,
                    "observed": found.observed,
                    "expected": found.expected,
                    "kappa": found.estimate,
                    "discordant": _joined(pair["subject"][pair["first"] != pair["second"]]),
                }
            )
    types = {
        "first": np.str_,
        "second": np.str_,
        "of": np.str_,
        "count": np.int64,
        "excluded": np.int64,
        "discordant": np.str_,
    }
    numbers = ("count", "excluded", "observed", "expected", "kappa")
    names = ("first", "second", "of", *numbers, "discordant")
    return Table({n: np.array([r[n] for r in rows], dtype=types.get(n, np.float64)) for n in names})


def _best(done: Assessed) -> Codes:
    return np.asarray(done.outcome.best.response)


def _pairs(done: Assessed, first: str, second: str) -> dict[str, Columns]:
    """Of each kind of response the subjects (and visits), and the codes of the first and the second
    evaluator.
    """
    evaluator = as_text(done.subjects["evaluator"])
    one, other = evaluator == first, evaluator == second
    best = _best(done)
    progressed = np.where(done.outcome.progressed, np.int8(Response.PD), np.int8(Response.SD))
    progressed = np.where(best <= Response.NE, best, progressed)
    subject = as_text(done.subjects["subject"])[one]
    who = {"subject": subject, "visit": np.full(len(subject), "", dtype=np.str_)}
    return {
        "best": {**who, "first": best[one], "second": best[other]},
        "overall": _at_visits(done, first, second),
        "progression": {**who, "first": progressed[one], "second": progressed[other]},
    }


def _at_visits(done: Assessed, first: str, second: str) -> Columns:
    """Overall responses at the visits of either, matched by subject and visit (date where visits
    have no name).
    """
    table = done.timepoints
    judged = table["overall"] != "MISSING"
    visit: npt.NDArray[Any] = table["visit"].astype(np.str_)
    when = np.where((visit == "") | (visit == "nan"), as_text(table["date"]), visit)
    when = np.where(when == "", table["day"].astype(np.str_), when)
    pairs = np.stack([as_text(table["subject"]), when])
    found, key = np.unique(pairs, axis=1, return_inverse=True)
    key = key.ravel()
    codes = parse_responses(table["overall"])
    out = []
    for name in (first, second):
        column = np.zeros(int(key.max(initial=-1)) + 1, dtype=np.int8)
        rows = judged & (as_text(table["evaluator"]) == name)
        column[key[rows]] = codes[rows]
        out.append(column)
    either = (out[0] != Response.MISSING) | (out[1] != Response.MISSING)
    return {
        "subject": found[0][either],
        "visit": found[1][either],
        "first": out[0][either],
        "second": out[1][either],
    }
