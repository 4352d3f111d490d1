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
from nettumor.assessment.result import Assessment
from nettumor.crf.came_as import as_text
from nettumor.errors import InputError, choose, did_you_mean
from nettumor.profile import AXES, ResponseProfile, cohens_kappa, cross_table
from nettumor.tables import Table
from nettumor.terminology import Response, parse_responses


def discordance(done: Assessment, first: str, second: str) -> Table:
    """Best responses of two evaluators against each other."""
    known = list(dict.fromkeys(as_text(done.subjects["evaluator"]).tolist()))
    for name in (first, second):
        if name not in known:
            raise InputError(
                f"`evaluator` names none of those assessed: {name!r}. {did_you_mean(name, known)}",
                argument="evaluator",
            )
    return cross_table(
        *(_best(done)[as_text(done.subjects["evaluator"]) == name] for name in (first, second))
    )


def profile_of(done: Assessment, evaluator: str | None, of: str) -> ResponseProfile:
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


def agreement(done: Assessment) -> Table:
    """Kappa of each pair of evaluators, for best response, overall response and progression."""
    evaluators = list(dict.fromkeys(as_text(done.subjects["evaluator"]).tolist()))
    rows: list[dict[str, Any]] = []
    for first, second in combinations(evaluators, 2):
        for of, pair in _pairs(done, first, second).items():
            found = cohens_kappa(*pair)
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
                }
            )
    types = {
        "first": np.str_,
        "second": np.str_,
        "of": np.str_,
        "count": np.int64,
        "excluded": np.int64,
    }
    names = ("first", "second", "of", "count", "excluded", "observed", "expected", "kappa")
    return Table({n: np.array([r[n] for r in rows], dtype=types.get(n, np.float64)) for n in names})


def _best(done: Assessment) -> Codes:
    return np.asarray(done.outcome.best.response)


def _pairs(done: Assessment, first: str, second: str) -> dict[str, tuple[Codes, Codes]]:
    evaluator = as_text(done.subjects["evaluator"])
    one, other = evaluator == first, evaluator == second
    best = _best(done)
    progressed = np.where(done.outcome.progressed, np.int8(Response.PD), np.int8(Response.SD))
    progressed = np.where(best <= Response.NE, best, progressed)
    return {
        "best": (best[one], best[other]),
        "overall": _at_visits(done, first, second),
        "progression": (progressed[one], progressed[other]),
    }


def _at_visits(done: Assessment, first: str, second: str) -> tuple[Codes, Codes]:
    """Overall responses at the visits of either, matched by subject and visit (date where visits
    have no name).
    """
    table = done.timepoints
    judged = table["overall"] != "MISSING"
    visit: npt.NDArray[Any] = table["visit"].astype(np.str_)
    when = np.where((visit == "") | (visit == "nan"), as_text(table["date"]), visit)
    when = np.where(when == "", table["day"].astype(np.str_), when)
    pairs = np.stack([as_text(table["subject"]), when])
    key = np.unique(pairs, axis=1, return_inverse=True)[1].ravel()
    codes = parse_responses(table["overall"])
    out = []
    for name in (first, second):
        column = np.zeros(int(key.max(initial=-1)) + 1, dtype=np.int8)
        rows = judged & (as_text(table["evaluator"]) == name)
        column[key[rows]] = codes[rows]
        out.append(column)
    either = (out[0] != Response.MISSING) | (out[1] != Response.MISSING)
    return out[0][either], out[1][either]
