"""Waterfall: a bar for every treated patient, ordered by the best change of the sum.

A bar is a best change, not a response: it needs no confirmation and knows neither new nor
non-target lesions, so that a waterfall shows more responses than there are (by 6 to 12 points in the
trials of Mittal et al. 2019, doi 10.1001/jamanetworkopen.2019.3981). Patients without a value stand
in a block of their own, and the caption has the rate beside the number of bars.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, as_numbers, at_least, more_than
from nettumor.errors import InputError, refuse
from nettumor.plots.data.figure_table import FigureTable, Limit
from nettumor.plots.data.sources import (
    Texts,
    codes_of,
    column,
    edition_of,
    end_of_axis,
    flags_of,
    in_order,
    is_assessment,
    is_table,
    label_of,
    left_out,
    names_of,
    of_evaluator,
    of_one_reader,
    same_length,
    subjects_of,
    texts,
)
from nettumor.plots.marks import signed
from nettumor.rows import order_rows
from nettumor.summaries import objective_response_rate
from nettumor.terminology import Reason, Response, labels, parse_responses

NO_PATIENTS = "No patients: there is nothing to draw."


@frozen(eq=False)
class Bars:
    """What is known of each patient, in the order it came; ``asks`` whether a confirmation was asked
    for (None: not known), ``known`` whether responses were given.
    """

    subject: Texts
    percent: Floats
    best: Codes
    unconfirmed: Codes
    confirmed: Bools
    progression: Texts
    criteria: Any
    known: bool
    asks: bool | None


def waterfall(
    source: Any,
    *,
    best: Any = None,
    confirmed: Any = None,
    progression: Any = None,
    subject: Any = None,
    criteria: Any = None,
    evaluator: str | None = None,
    highest: float = 100,
    title: str | None = None,
) -> FigureTable:
    """A row for every patient: the best change of the sum, in the order of the bars.

    Parameters
    ----------
    source : Assessment, table, or array_like of float, shape (patient,)
        What `nettumor.assess` returns; a mapping or frame with a column ``percent`` (or
        ``best_percent``) and, where there are, ``subject``, ``best``, ``confirmed``,
        ``progression``; or the best change of each patient, percent, NaN without a value.
    best : array_like of int or str, shape (patient,), optional
        Best responses, codes or labels; not for an Assessment.
    confirmed : array_like of bool, shape (patient,), optional
        Whether a CR or PR was confirmed. Without it the caption says that this is not known.
    progression : array_like of str, shape (patient,), optional
        What showed the progression of a patient whose best response is PD: words with "new" for a
        new, with "non-target" for a non-target lesion; "" for the sum.
    subject : array_like of str, shape (patient,), optional
        Names; else 1, 2, 3.
    criteria : criteria or str, optional
        Whose limits are drawn; that of the Assessment by default. None with arrays: no limits are
        drawn, and the caption says so.
    evaluator : str, optional
        Whose assessments; needed where an Assessment has several.
    highest : float
        Upper end of the axis, percent; longer bars are cut there and carry their number.
    title : str, optional
        In place of "Best change from baseline".

    Returns
    -------
    FigureTable
        place (0, 1, ... from the left), block ("change", or "no value"), subject, percent (NaN
        without a value), drawn (cut to the axis), cut, best, response (the unconfirmed one where the
        best was not confirmed), confirmed, progression. Largest change first; ties by response (the
        worse first) and subject.

    Raises
    ------
    InputError
        For columns that are missing or of unequal length, and an axis that ends at 0 or below.

    References
    ----------
    Gillespie 2012, Ochsner J 12:203; Mittal et al. 2019, doi 10.1001/jamanetworkopen.2019.3981.

    Examples
    --------
    >>> bars = waterfall([-40.0, 150.0, float("nan")], best=["PR", "PD", "NE"], criteria="recist-1.1")
    >>> bars["subject"].tolist(), bars["drawn"].tolist()[:2], bars["block"].tolist()[-1]
    (['2', '1', '3'], [100.0, -40.0], 'no value')
    >>> print(bars.notes[1])
    1 of 3 bars reaches −30 % (33.3 %): a bar is a best change, not a response.
    """
    given = {"best": best, "confirmed": confirmed, "progression": progression, "subject": subject}
    bars = _read(source, given, edition_of(criteria), evaluator)
    highest = end_of_axis(highest)
    possible_changes(bars.percent)
    limits = size_limits(bars.criteria)
    order = _order(bars)
    valued = ~np.isnan(bars.percent[order])
    percent = bars.percent[order]
    cut = more_than(percent, highest)
    columns = {
        "place": np.arange(order.size),
        "block": np.where(valued, "change", "no value").astype(np.str_),
        "subject": bars.subject[order],
        "percent": percent,
        "drawn": np.where(cut, float(highest), percent),
        "cut": cut,
        "best": labels(bars.best[order]),
        "response": labels(bars.unconfirmed[order]),
        "confirmed": bars.confirmed[order],
        "progression": bars.progression[order],
    }
    return FigureTable(
        columns,
        figure="waterfall",
        title="Best change from baseline" if title is None else title,
        notes=_notes(bars, limits),
        missing="" if order.size else NO_PATIENTS,
        limits=limits,
        facts={
            "highest": float(highest),
            "axis": f"Best change of {_measured(bars.criteria)}, %",
            "known": bars.known,
            "asks": bars.asks,
            "criteria": bars.criteria,
        },
    )


def _read(source: Any, given: dict[str, Any], criteria: Any, evaluator: str | None) -> Bars:
    """What is known of each patient, from any source."""
    if is_assessment(source):
        return _of_assessment(source, given, criteria, evaluator)
    if is_table(source):
        source = of_one_reader(source, evaluator)
        percent = column(source, "percent")
        if percent is None:
            percent = column(source, "best_percent", "the bars")
        rest = {k: column(source, k) if v is None else v for k, v in given.items()}
        unconfirmed = column(source, "best_unconfirmed")
    else:
        percent, rest, unconfirmed = source, given, None
    numbers = as_numbers(percent, "source")
    if numbers.ndim != 1:
        raise InputError(
            f"`source` must be one change for each patient; got shape {numbers.shape}. Pass the "
            "best change, or what `assess` returns.",
            argument="source",
        )
    n = numbers.size
    best = codes_of(rest["best"], "best", n)
    asks = None if rest["confirmed"] is None else True
    shown = best if unconfirmed is None else codes_of(unconfirmed, "best_unconfirmed", n)
    progression = np.full(n, "") if rest["progression"] is None else texts(rest["progression"])
    same_length(n, progression=progression)
    return Bars(
        subject=subjects_of(rest["subject"], n),
        percent=numbers,
        best=best,
        unconfirmed=np.where(shown >= Response.PR, shown, best),
        confirmed=flags_of(rest["confirmed"], "confirmed", n) & (best >= Response.PR),
        progression=np.where(best == Response.PD, progression, ""),
        criteria=criteria,
        known=rest["best"] is not None,
        asks=asks,
    )


def possible_changes(percent: Floats) -> None:
    """Refuse what no size and no marker can do: fall by more than all of it."""
    wrong = (percent < -100) | np.isinf(percent)
    refuse(
        "source",
        "changes of -100 % or more",
        percent,
        wrong,
        "Pass percent, negative where the size fell; NaN where there is no value.",
    )


def _of_assessment(done: Any, given: dict[str, Any], criteria: Any, evaluator: str | None) -> Bars:
    left_out("an Assessment", **given)
    rows = of_evaluator(done, done.subjects, evaluator)
    best = np.asarray(done.outcome.best.response)[rows]
    shown = np.asarray(done.outcome.unconfirmed.response)[rows]
    subject = names_of(done.subjects)[rows]
    words = _progressed_by(done, evaluator)
    progression = np.array([words.get(name, "") for name in subject.tolist()], dtype=np.str_)
    return Bars(
        subject=subject,
        percent=done.subjects["best_percent"][rows],
        best=best,
        unconfirmed=np.where(shown >= Response.PR, shown, best),
        confirmed=np.asarray(done.outcome.best.confirmed)[rows],
        progression=np.where(best == Response.PD, progression, ""),
        criteria=done.criteria if criteria is None else criteria,
        known=True,
        asks=done.outcome.best.rule.confirmation_days is not None,
    )


def _progressed_by(done: Any, evaluator: str | None) -> dict[str, str]:
    """What showed the first progression of each subject: "new lesion", "non-target", "" for the
    sum.
    """
    table = done.timepoints
    rows = of_evaluator(done, table, evaluator)
    rows &= parse_responses(table["overall"]) == Response.PD
    names = names_of(table)[rows]
    subject, first = np.unique(names, return_index=True)  # the rows of a track stand in its order
    reason = table["reason"][rows][first]
    by_new = (reason & np.int32(Reason.NEW_LESION)) != 0
    by_other = (reason & np.int32(Reason.NON_TARGET)) != 0
    words = np.select(
        [by_new & by_other, by_new, by_other],
        ["new lesion and non-target", "new lesion", "non-target"],
        "",
    )
    return dict(zip(subject.tolist(), words.tolist(), strict=True))


def size_limits(criteria: Any) -> tuple[Limit, ...]:
    """The limits of an edition on a change from baseline."""
    out = []
    for name in ("pr", "pd"):
        threshold = getattr(criteria, name, None)
        if threshold is not None:
            more = " from nadir" if threshold.reference == "nadir" else ""
            value = float(threshold.signed)
            out.append(Limit(value, f"{name.upper()} {signed(value, _digits(value))} %{more}"))
    return tuple(out)


def _measured(criteria: Any) -> str:
    measure = getattr(criteria, "measure", "")
    if measure.endswith("product"):
        return "the sum of products"
    return "the sum of volumes" if measure == "volume" else "the sum"


def _order(bars: Bars) -> Any:
    """The total order of the bars: values first, the largest change first; then the worse response,
    the name, the place it came at.
    """
    rank = in_order(bars.subject.tolist())
    missing = np.isnan(bars.percent)
    return order_rows(missing, np.where(missing, 0, -bars.percent), bars.best, bars.confirmed, rank)


def _notes(bars: Bars, limits: tuple[Limit, ...]) -> list[str]:
    """The caption: the rate, the bars beyond the limit, what is left to say."""
    n = bars.percent.size
    if not n:
        return []
    notes = [_rate_in_words(bars)]
    notes += reaching(bars.percent, bars.criteria)
    if not limits:
        notes.append("No limits are drawn: the criteria were not given.")
    elif any(limit.words.endswith("nadir") for limit in limits):
        notes.append("Progression counts from the nadir, the bars from baseline.")
    without = int(np.count_nonzero(np.isnan(bars.percent)))
    if without:
        are = "patient has" if without == 1 else "patients have"
        notes.append(
            f"{without} {are} no value and stand{'s' if without == 1 else ''} at the right."
        )
    return notes


def reaching(percent: Floats, criteria: Any) -> list[str]:
    """How many bars reach the limit of a partial response, in a sentence."""
    threshold = getattr(criteria, "pr", None)
    if threshold is None or not percent.size:
        return []
    level = float(threshold.signed)
    strict = bool(threshold.strict)
    beyond = more_than(level, percent) if strict else at_least(level, percent)
    count, n = int(np.count_nonzero(beyond)), percent.size
    verb = "reach" if not strict else "lie beyond"
    if count == 1:
        verb = "reaches" if not strict else "lies beyond"
    share = f"{100 * count / n:.1f} %"
    return [
        f"{count} of {n} bars {verb} {signed(level, _digits(level))} % ({share}): a bar is a best "
        "change, not a response."
    ]


def _digits(value: float) -> int:
    return 0 if value == round(value) else 1


def _rate_in_words(bars: Bars) -> str:
    """The objective response rate as the caption has it."""
    if not bars.known:
        return "No response rate: best responses were not given."
    title = getattr(bars.criteria, "title", "")
    by = f" ({title})" if title else ""
    if bars.asks:
        counted = np.where(bars.confirmed, bars.best, np.int8(Response.NE))
        return f"Confirmed {objective_response_rate(counted)}{by}."
    rate = str(objective_response_rate(bars.best))
    rate = rate[0].upper() + rate[1:]
    if bars.asks is None:
        return f"{rate}{by}; whether responses were confirmed was not given."
    return f"{rate}{by}; the rule asks for no confirmation."


def responses_shown(table: FigureTable) -> list[tuple[Response, str]]:
    """The responses that occur in a table of bars, the best first, with their labels."""
    codes = parse_responses(table["response"])
    criteria = table.facts.get("criteria")
    return [
        (r, label_of(r, criteria)) for r in sorted(Response, reverse=True) if (codes == r).any()
    ]
