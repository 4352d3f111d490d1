"""Tumour markers: values, units, limits and assays that cannot be compared, and responses that do
not fit them.

Sources: CDISC CORE rules on laboratory results; practice in neuroendocrine tumours (one assay, one
laboratory); Vogl et al. 2008, 4.2, for the response of a marker; RECIST 1.1, 4.3.3 (a marker alone
is no progression). Input: the markers table, with the subjects and the responses where a check asks
for them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor import criteria as editions
from nettumor import markers
from nettumor._arrays import Bools, Floats, more_than, risen_by
from nettumor.crf import UNKNOWN, DateStatus
from nettumor.crf.cells import tidy
from nettumor.criteria import MarkerCriteria
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints
from nettumor.edit_checks.reading.dated import day_text
from nettumor.edit_checks.reading.marker_rows import (
    Markers,
    baseline_rows,
    course_responses,
    dose_day,
    folded,
    marker_name,
    markers_of,
    unit_key,
)
from nettumor.edit_checks.reading.reported import under_own_criteria
from nettumor.edit_checks.rules.marker_slips import short_number
from nettumor.errors import InputError, did_you_mean
from nettumor.rows import Groups, group, number_rows
from nettumor.terminology import Response, labels


@check("K01", needs={"markers": ()})
def marker_negative(data: Data, parameters: Parameters) -> Hits:
    """A value below 0."""
    rows = data["markers"]
    at = np.flatnonzero(rows.number("value") < 0)
    return Hits(
        table="markers",
        rows=at,
        column="value",
        message="{marker} is {value} at visit {visit}",
        expected="0 or more",
        parts={"marker": rows.text("marker", at)},
    )


@check("K02", needs={"markers": ("upper_limit",)}, blank_allowed=True)
def marker_uln_missing(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A value whose upper limit of normal is missing, no number, or not above 0."""
    rows, given = data["markers"], markers_of(data).given
    limit, blank = rows.number("upper_limit"), rows.blank("upper_limit")
    for where, message in (
        (
            blank,
            "no upper limit of normal is given for {marker} at visit {visit}",
        ),
        (
            ~blank & ~(limit > 0),
            "the upper limit of normal of {marker} is {value} at visit {visit}",
        ),
    ):
        at = np.flatnonzero(given & where)
        yield Hits(
            table="markers",
            rows=at,
            column="upper_limit",
            message=message,
            expected="a number above 0",
            parts={"marker": rows.text("marker", at)},
        )


@check("K03", needs={"markers": ()})
def marker_unit_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Another unit than in the subject's first sample of the marker, or than the upper limit's; one
    finding a unit. Where the first sample alone has another unit it is at fault.

    Spellings of one unit do not differ; amounts in 24 h beside amounts per creatinine are R04's.
    """
    read = markers_of(data)
    rows = read.rows
    blank = np.asarray(read.unit_words == "")[read.unit]
    among = read.series
    if read.per_creatinine.any():
        mixed = read.samples.any(read.per_creatinine) & read.samples.any(read.per_day)
        apart = read.samples.of_rows(mixed, False) & read.per_creatinine
        among, _ = number_rows(read.series, apart)
    row, first = read.changed(np.where(blank, -1, read.unit), among)
    alone = np.zeros(len(row), dtype=np.bool_)
    if len(row):
        alike, series = group(among, read.unit, where=~blank), group(among, where=~blank)
        of_unit, of_all = alike.of_rows(alike.size, 0), series.of_rows(series.size, 0)
        alone = (of_unit[first] == 1) & (of_all[row] - of_unit[row] == 1) & (of_all[row] > 2)
    row, first = np.where(alone, first, row), np.where(alone, row, first)
    name, unit, was = rows.text("marker", row), rows.text("unit", row), rows.text("unit", first)
    why = [_comparison(*w) for w in zip(name, unit, was, strict=True)]
    yield Hits(
        table="markers",
        rows=row,
        column="unit",
        expected=was,
        related=first,
        message="{marker} is in {value} at visit {visit}, in {expected} {side}; {why}",
        parts={
            "marker": name,
            "side": np.where(alone, "after", "before"),
            "why": np.array(why, dtype=object),
        },
    )
    if "upper_limit_unit" in rows:
        limit = np.array([unit_key(str(w))[0] for w in rows.text("upper_limit_unit")], dtype=object)
        differs = (limit != "") & ~blank & (limit != read.unit_words[read.unit])
        other = np.sort(group(read.series, where=differs).first())
        yield Hits(
            table="markers",
            rows=other,
            column="upper_limit_unit",
            expected=rows.text("unit", other),
            message="the upper limit of {marker} is in {value}, its value in {expected}",
            parts={"marker": rows.text("marker", other)},
        )


def _comparison(marker: str, unit: str, to: str) -> str:
    """Whether values in two units can be compared, as a sentence."""
    try:
        factor = markers.convert(1.0, unit, to, marker=marker)
    except InputError as error:
        about = markers.get(marker).assay if marker_name(marker) in markers.names() else ""
        return f"they cannot be compared ({about or str(error).split('. ')[0]})"
    return f"1 {unit} is {factor:.4g} {to}"


@check("K04", needs={"markers": ("assay|specimen|lab",)})
def marker_assay_or_lab_changed(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Another assay, specimen or laboratory than in the first sample; one finding a change, the
    first that fits.
    """
    read = markers_of(data)
    seen = np.zeros(read.rows.n, dtype=np.bool_)
    for column in ("assay", "specimen", "lab"):
        if column in read.rows:
            row, first = read.changed(folded(read.rows, column))
            row, first = row[~seen[row]], first[~seen[row]]
            seen[row] = True
            yield Hits(
                table="markers",
                rows=row,
                column=column,
                expected=read.rows.text(column, first),
                related=first,
                message="{column} of {marker} is {value} at visit {visit}, {expected} before",
                parts={"marker": read.rows.text("marker", row)},
            )


@check("K05", needs={"markers": ("upper_limit",)})
def uln_changed(data: Data, parameters: Parameters) -> Hits:
    """Another upper limit than in the sample before, of the same marker, unit, laboratory and
    assay.

    Where laboratory or assay changed openly the limit may (K04).
    """
    read = markers_of(data)
    limit = read.rows.number("upper_limit")
    keys = read.series, folded(read.rows, "lab"), folded(read.rows, "assay"), read.unit
    before = read.by_time(*keys, use=read.uneven(limit, limit > 0)).previous()
    here = np.flatnonzero((before >= 0) & (limit != limit[before]))
    was = before[here]
    return Hits(
        table="markers",
        rows=here,
        column="upper_limit",
        expected=limit[was],
        related=was,
        message="the upper limit of {marker} is {value} {unit} at visit {visit}, {expected} "
        "before: did the "
        "assay change?",
        parts={
            "marker": read.rows.text("marker", here),
            "unit": read.rows.text("unit", here),
        },
    )


_NO_RESULT = (
    "NE",
    "ND",
    "NA",
    "N/A",
    "NOT DONE",
    "NOT EVALUABLE",
    "NOT AVAILABLE",
    "UNKNOWN",
    "PENDING",
)


@check("K06", needs={"markers": ()})
def marker_censored_text(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A value below or above the range of the assay; other text that is neither a number nor a
    known word (warning).
    """
    rows = data["markers"]
    read = rows.numbers("value")
    censored = ~np.isnan(read.below) | ~np.isnan(read.above)
    known = rows.table.column("value").map(lambda w: tidy(w) in _NO_RESULT, np.bool_)
    for where, severity, message, expected in (
        (
            censored,
            "",
            "{marker} is {value} at visit {visit}: kept as a limit, not read as a number",
            "a number",
        ),
        (
            read.word & ~censored & ~known,
            "warning",
            '{marker} is "{value}" at visit {visit}, which is no number',
            "a number",
        ),
    ):
        at = np.flatnonzero(where)
        yield Hits(
            table="markers",
            rows=at,
            column="value",
            message=message,
            expected=expected,
            severity=severity,
            parts={"marker": rows.text("marker", at)},
        )


@cache
def ranges() -> list[dict[str, str]]:
    """The rows of ``marker_ranges.csv``: marker, unit, low, high, provenance."""
    text = (
        resources.files("nettumor.edit_checks.rules")
        .joinpath("marker_ranges.csv")
        .read_text(encoding="utf-8")
    )
    return list(csv.DictReader(text.splitlines()))


def _range(marker: str, unit: str) -> tuple[float, float]:
    """The plausible range of a marker in a unit (a spelling), NaN where none is known."""
    for row in ranges():
        if row["marker"] != marker:
            continue
        low, high = float(row["low"]), float(row["high"])
        try:
            return tuple(markers.convert(v, row["unit"], unit, marker=marker) for v in (low, high))
        except InputError:
            continue
    return np.nan, np.nan


@check("K08", needs={"markers": ()}, follows=("K01", "K07", "K14"))
def marker_out_of_physiologic_range(data: Data, parameters: Parameters) -> Hits:
    """A value that is not 0 outside the range of ``marker_ranges.csv``: wide ranges, a library
    choice from memory.
    """
    read = markers_of(data)
    rows = read.rows
    unit, words = rows.codes("unit")
    pair, first = number_rows(read.marker, unit)
    found = [
        _range(str(read.marker_words[read.marker[i]]), str(words[unit[i]])) for i in first.tolist()
    ]
    low, high = np.array(found or [(np.nan, np.nan)]).T[:, pair]
    known = (read.value > 0) & ~np.isnan(low)
    looked(data, known, known)
    bad = known & (more_than(low, read.value) | more_than(read.value, high))
    at = np.flatnonzero(bad)
    expected = [
        f"{short_number(a)} to {short_number(b)}" for a, b in zip(low[at], high[at], strict=True)
    ]
    return Hits(
        table="markers",
        rows=at,
        column="value",
        expected=np.array(expected, dtype=object),
        message="{marker} is {value} {unit} at visit {visit}; {expected} is plausible: is the "
        "unit right?",
        parts={"marker": rows.text("marker", at), "unit": rows.text("unit", at)},
    )


_BASELINE = ("BASELINE", "SCREENING")


@check(
    "K09",
    needs={"markers": ()},
    follows=("=D01", "=D03", "=D04", "=D05", "D06", "D08", "K12"),
)
def marker_baseline_missing(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Samples of a marker after the first dose and none before it; a sample on the day of the dose
    counts as before.

    The first dose is subjects.treatment_start, else randomized, else day 0 of a study that counts
    days.
    """
    read = markers_of(data)
    rows, dose = read.rows, dose_day(data)[read.rows.subject]
    if np.isnan(dose).all():
        raise Skip(
            "the day of the first dose is not known: subjects has no treatment_start and no "
            "randomized"
        )
    dated = read.given & np.isfinite(read.time)
    looked(data, dated & ~np.isnan(dose), read.given & (rows.when.status != DateStatus.BLANK))
    has_early = read.samples.any(dated & (read.time <= dose))
    has_undated = read.samples.any(read.given & ~np.isfinite(read.time))
    first = read.samples.first(dated & (rows.when.earliest > dose))
    at = np.sort(first[(first >= 0) & ~has_early & ~has_undated])
    named = np.array(
        [
            visit.upper() in (*_BASELINE, "0") or name.upper() in _BASELINE
            for visit, name in zip(rows.text("visit", at), rows.text("visit_name", at), strict=True)
        ],
        dtype=np.bool_,
    )
    started = day_text(data, dose[at])
    for where, message in (
        (
            ~named,
            "the first {marker} is of {date}, after the first dose ({started}): there is no "
            "baseline value",
        ),
        (named, "the baseline {marker} is of {date}, after the first dose ({started})"),
    ):
        yield Hits(
            table="markers",
            rows=at[where],
            column="day" if rows.table.has_days else "date",
            message=message,
            expected="a sample on or before the first dose",
            parts={"marker": rows.text("marker", at[where]), "started": started[where]},
        )


_RESPONDS = {
    "RESPONSE": True,
    "RESPONDER": True,
    "RESPONDED": True,
    "Y": True,
    "YES": True,
    "NO RESPONSE": False,
    "NON-RESPONDER": False,
    "NONRESPONDER": False,
    "NON-RESPONSE": False,
    "N": False,
    "NO": False,
}


def _after_baseline(read: Markers, base: Ints) -> Bools:
    """Numbers after the baseline sample, in its unit and by its assay."""
    assay = folded(read.rows, "assay")
    later = (base >= 0) & (base != np.arange(read.rows.n)) & ~np.isnan(read.value)
    later &= (read.time > read.time[base]) & (read.unit == read.unit[base])
    later &= (assay == assay[base]) | (assay < 0) | (assay[base] < 0)
    return np.asarray(later)


def _edition_of_markers(name: str, value: object) -> None:
    """The reader of ``criteria``: names of editions of markers."""
    known = [n for n in editions.names() if isinstance(editions.get(n), MarkerCriteria)]
    try:
        found = editions.get(str(value))
    except InputError:
        found = None
    if not isinstance(found, MarkerCriteria):
        raise InputError(
            f"`{name}` must be an edition of markers; got {value!r:.60}. "
            f"{did_you_mean(value, known)}",
            argument=name,
        )


@check(
    "K10",
    needs={"markers": ("response",)},
    follows=("K01", "K07", "K08", "K14"),
    readers={"criteria": _edition_of_markers},
    criteria="biological-vogl-2008",
)
def marker_response_mismatch(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A reported marker response that is not the one of `marker_course` from the baseline sample.

    Judged by ``criteria``: "biological-vogl-2008" (a decrease of more than 50 %),
    "biological-net-who" (50 % and more, 25 % for MR), or any other edition of markers, such as
    "ca125-gcig-2011"; those of the run where they are of markers. A response need not be confirmed
    later. PCWG3 (PSA) is not in the library. "Response" means CR or PR, "no response" anything
    else. A change of unit or assay, and CR without an upper limit, are not judged.
    """
    edition: Any = (
        data.criteria
        if isinstance(data.criteria, MarkerCriteria)
        else editions.get(parameters["criteria"])
    )
    read = markers_of(data)
    rows = read.rows
    base = baseline_rows(data, read)
    later = _after_baseline(read, base)
    limit = rows.number("upper_limit")
    judged = course_responses(data, read, base, later, limit, edition)
    limit = np.where(np.isnan(limit), limit[base], limit) if rows.n else limit
    said = rows.word("response")
    reported = rows.responses("response").astype(np.int64)
    answer = rows.table.column("response").map(
        lambda w: {None: -1, True: 1, False: 0}[_RESPONDS.get(tidy(w))], np.int8
    )
    good = np.isin(judged, (Response.CR, Response.PR))
    wrong = np.where(answer >= 0, (answer == 1) != good, reported != judged)
    asked = later & (said != "") & ((answer >= 0) | (reported > Response.MISSING))
    # without a limit there is no CR, and some editions judge nothing
    needed = bool(getattr(edition, "needs_course", False))
    open_ = np.isnan(limit) & (needed | ((reported == Response.CR) & good))
    bad = asked & wrong & ~open_
    at = np.flatnonzero(bad)
    yield Hits(
        table="markers",
        rows=at,
        column="response",
        expected=np.array(labels(judged[at]), dtype=object),
        related=base[at],
        message="{marker} went from {before} to {after} {unit} (upper limit {limit}); by {rule} "
        "that is {expected}, and {value} was reported at visit {visit}",
        parts={
            "marker": rows.text("marker", at),
            "before": read.value[base[at]],
            "after": read.value[at],
            "unit": rows.text("unit", at),
            "rule": edition.title,
            "limit": _limits(limit[at], rows.number("upper_limit")[base[at]]),
        },
    )
    unknown = (reported == UNKNOWN) & (answer < 0)
    yield flag(
        "markers",
        unknown,
        '"{value}" is no word for the response of {marker}',
        "response",
        expected="CR, PR, SD, PD, NE, response or no response",
        severity=np.full(rows.n, "warning"),
        marker=rows.text("marker"),
    )


def _limits(own: Floats, baseline: Floats) -> npt.NDArray[Any]:
    """The upper limit of each sample, with that of the baseline where it is another."""
    said = ["not known" if v != v else f"{v:g}" for v in own.tolist()]
    for place in np.flatnonzero(~np.isnan(baseline) & (own != baseline)).tolist():
        said[place] += f", {baseline[place]:g} at baseline"
    return np.array(said, dtype=object)


@check(
    "K11",
    needs={"responses": ("overall",), "lesions": (), "markers": ()},
    follows=("K01", "K07", "K08", "K14"),
    rise_percent=25.0,
    days_before=42,
    days_after=7,
)
def marker_pd_used_as_recist_pd(data: Data, parameters: Parameters) -> Hits:
    """An overall PD at which the lesions show none and a marker rose: by RECIST 1.1 a marker alone
    is no PD.

    A marker rose if it is more than ``rise_percent`` above its smallest earlier value and above its
    upper limit, where one is known, in a sample from ``days_before`` before the response to
    ``days_after`` after it.
    """
    under_own_criteria(data)
    rows, read = data["responses"], markers_of(data)
    point = rows.timepoint
    overall = rows.responses("overall")
    lesions = data.chain.overall[point]
    held = (
        (overall == Response.PD) & (lesions > Response.PD) & data.own_criteria & ~np.isnan(rows.day)
    )
    sampled = np.zeros(len(data.subjects), np.bool_)
    sampled[read.rows.subject[np.isfinite(read.time) & read.given]] = True
    known = (overall > Response.MISSING) & (lesions > Response.MISSING) & sampled[rows.subject]
    known &= ~np.isnan(rows.day)
    looked(data, known, known | (overall < Response.MISSING))
    asked = np.zeros(len(data.subjects), np.bool_)
    asked[rows.subject[held]] = True
    risen, lowest = _risen(read, parameters["rise_percent"], asked)
    last = risen.last_until(risen.find(rows.subject), rows.day + parameters["days_after"])
    near = (last >= 0) & (read.time[last] >= rows.day - parameters["days_before"])
    at = np.flatnonzero(held & near)
    mark = last[at]
    return Hits(
        table="responses",
        rows=at,
        column="overall",
        expected=np.array(labels(lesions[at]), dtype=object),
        related=mark,
        related_table="markers",
        message="overall PD at visit {visit}; by the lesions it is {expected}, and {marker} rose "
        "from {low} to {high} "
        "{unit}: a marker alone is no progression",
        parts={
            "marker": read.rows.text("marker", mark),
            "low": lowest[mark],
            "high": read.value[mark],
            "unit": read.rows.text("unit", mark),
        },
    )


def _risen(read: Markers, percent: float, asked: Bools) -> tuple[Groups, Floats]:
    """The rows of some subjects whose value rose above the smallest earlier one of its series and
    unit, in time; and that smallest value for each row of the table.
    """
    use = (read.value >= 0) & np.isfinite(read.time) & asked[read.rows.subject]
    lowest = read.by_time(read.series, read.unit, use=use).running_minimum(read.value, before=True)
    limit = read.rows.number("upper_limit")
    rose = risen_by(percent, lowest, read.value, strict=True) & ~(limit >= read.value)
    # of several on one day the last of the series and units
    order = (read.time, read.series, read.unit)
    return group(read.rows.subject, by=order, where=rose), lowest
