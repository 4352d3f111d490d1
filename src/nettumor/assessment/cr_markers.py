"""Tumour markers against a complete response: where one that must be normal is not.

RECIST 1.1 (Eisenhauer et al. 2009), 4.3.3: a marker that was above its upper limit before therapy
must be normal for a CR. Which markers must be is the field ``cr_markers`` of the criteria; which
sample belongs to which scan is the rule of `axis_markers`. A scan without a sample in reach says
nothing against the CR, and that is said.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from nettumor._arrays import Bools, Floats, at_least, more_than
from nettumor.assessment.asked import Asked
from nettumor.assessment.axes import places
from nettumor.assessment.axis_markers import marker_name, marker_of_row, pairs
from nettumor.assessment.judgement import Judgement
from nettumor.assessment.series import Scans, folded, samples, value_at
from nettumor.crf import CrfTable, Tables
from nettumor.crf.columns import Ints
from nettumor.errors import InputError, did_you_mean
from nettumor.study.tracks import Names
from nettumor.terminology import Response

MARKER_AFTER_DAYS = 7.0
"""How long after a scan a sample still serves it: the default of `assess`."""


def asks_for_markers(criteria: Any) -> bool:
    """Whether CR asks for normal markers under these criteria."""
    return getattr(criteria, "cr_markers", "none") != "none"


def has_markers(study: Tables) -> bool:
    """Whether the study has a markers table that can be read."""
    return "markers" in study and not study.missing_columns("markers")


def judged_with_markers(
    judgement: Judgement, table: CrfTable, names: Names, scans: Scans, asked: Asked
) -> Judgement:
    """The responses by the criteria's ``cr_markers``; ``scans`` count as the markers table does."""
    rule, after_days = asked.edition.cr_markers, asked.marker_after_days
    row, above, unknown = against_cr(table, places(table, names), scans, rule, after_days)
    return _with_markers(judgement, row >= 0, above, unknown)


def against_cr(
    table: CrfTable, subject: Ints, scans: Scans, rule: Any, after_days: float
) -> tuple[Ints, dict[str, Bools], Bools]:
    """Where a marker speaks against a CR, each of shape (unit, timepoint).

    Parameters
    ----------
    table : CrfTable
        The markers table.
    subject : ndarray of int, shape (row,)
        The subject of each row; -1 for one that is not in the study.
    scans : Scans
    rule : "all evaluable" or tuple of str
        As ``cr_markers`` of the criteria.
    after_days : float
        As ``marker_after_days`` of `assess`.

    Returns
    -------
    row : ndarray of int
        A row of the markers table that is above its upper limit, of a marker that was so at
        baseline; -1 for none.
    above : dict of str to ndarray of bool
        By marker, where that row is of it.
    unknown : ndarray of bool
        Elsewhere: a marker that must be normal has no sample that belongs to the scan.
    """
    numbers, limits = table.numbers("value"), table.numbers("upper_limit").value
    value = np.where(np.isnan(numbers.value), numbers.above, numbers.value)
    value = np.where(at_least(limits, numbers.below), numbers.below, value)
    units = folded(table, "unit")[0]
    code, names = marker_of_row(table)
    wanted = names if rule == "all evaluable" else _asked(rule, names)
    row = np.full(scans.day.shape, -1, dtype=np.int64)
    unknown = np.zeros(scans.day.shape, dtype=np.bool_)
    same = (value, limits, units)
    day = table.when().day
    of_marker: dict[str, Bools] = {}
    for name in dict.fromkeys(wanted):
        usable = ~np.isnan(value) & (code == names.index(name))
        before, after = pairs(samples(day, subject, usable, same), day, scans, after_days)
        first = before[:, None]
        own = value_at(limits, after)
        # a sample without a limit of its own is held against that of the baseline, in its unit
        shared = value_at(units.astype(np.float64), after) == value_at(
            units.astype(np.float64), first
        )
        limit = np.where(np.isnan(own) & shared, value_at(limits, first), own)
        evaluable = _above(value, numbers.above, first, value_at(limits, first))
        above = evaluable & _above(value, numbers.above, after, limit) & (row < 0)
        row, of_marker[name] = np.where(above, after, row), above
        unknown |= evaluable & ((after < 0) | np.isnan(limit))
    return row, of_marker, unknown & (row < 0)


def _above(value: Floats, at_least_so: Floats, row: Ints, limit: Floats) -> Bools:
    """Whether these rows are above a limit; "> 1000" beside a limit of 1000 is."""
    given = value_at(value, row)
    return np.asarray(more_than(given, limit) | at_least(value_at(at_least_so, row), limit))


def _asked(rule: Any, names: list[str]) -> list[str]:
    """The markers that the rule names, as the table has them."""
    wanted = [marker_name(n) for n in rule]
    for said, name in zip(rule, wanted, strict=True):
        if name not in names:
            raise InputError(
                f"`cr_markers` must name markers of the table; got {said!r}. "
                f"{did_you_mean(said, names)}",
                argument="cr_markers",
            )
    return wanted


def _with_markers(
    judgement: Judgement, hit: Bools, above: dict[str, Bools], unknown: Bools
) -> Judgement:
    """The responses where a CR with a marker above its limit is PR, or NON-CR/NON-PD without
    targets; the course knows that nothing was seen again.
    """
    complete = judgement.overall == Response.CR
    hit, unknown = complete & hit, complete & unknown
    remarks = list(judgement.remarks)
    if unknown.any():
        remarks.append(("a marker that CR asks to be normal was not measured", unknown))
    if not hit.any():
        return attrs.evolve(judgement, remarks=tuple(remarks))
    for name, of_marker in above.items():
        where = hit & of_marker
        if where.any():
            remarks.append((f"{name} is above its upper limit", where))
    targets = judgement.target.response != Response.MISSING
    lesser = np.where(targets, np.int8(Response.PR), np.int8(Response.NON_CR_NON_PD))
    non_target = np.where(
        hit & (judgement.non_target == Response.CR),
        np.int8(Response.NON_CR_NON_PD),
        judgement.non_target,
    )
    return attrs.evolve(
        judgement,
        overall=np.where(hit, lesser, judgement.overall),
        non_target=non_target,
        remarks=tuple(remarks),
        markers_alone=hit,
    )
