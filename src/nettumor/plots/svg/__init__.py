"""Figures as the text of an SVG file, without any dependency: titled, described, text as text.

One function a figure, with the arguments of the function of the same name in `nettumor.plots.data`,
or the table that it returns. The same input has the same bytes; identifiers come from the content.
"""

from __future__ import annotations

from typing import Any

from nettumor.plots import data, drawings
from nettumor.plots.data.figure_table import computed
from nettumor.plots.page import column_width
from nettumor.plots.svg.writer import write

__all__ = [
    "agreement",
    "forest",
    "kaplan_meier",
    "marker_waterfall",
    "profile",
    "spider",
    "swimmer",
    "waterfall",
]


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
    width: float = 174,
) -> str:
    """An SVG of the best change of the sum of every patient, a bar each.

    Parameters
    ----------
    source : see `nettumor.plots.data.waterfall`
        Or the table that it returns.
    best, confirmed, progression, subject, criteria, evaluator, highest, title
        As in `nettumor.plots.data.waterfall`.
    width : {84, 174}
        Width in mm: one or two columns of a journal.

    Returns
    -------
    str
        A whole SVG file: title, description, and text that stays text.

    Raises
    ------
    InputError
        As `nettumor.plots.data.waterfall`, and for another width.

    References
    ----------
    Mittal et al. 2019, doi 10.1001/jamanetworkopen.2019.3981.

    Examples
    --------
    >>> from nettumor.plots import svg
    >>> text = svg.waterfall([-40.0, 10.0], best=["PR", "SD"])
    >>> text.startswith("<svg"), 'role="img"' in text
    (True, True)
    """
    table = computed(
        data.waterfall,
        source,
        best=best,
        confirmed=confirmed,
        progression=progression,
        subject=subject,
        criteria=criteria,
        evaluator=evaluator,
        highest=highest,
        title=title,
    )
    return write(drawings.waterfall(table, column_width(width)), width)


def spider(
    source: Any,
    days: Any = None,
    *,
    overall: Any = None,
    new_lesion: Any = None,
    subject: Any = None,
    best: Any = None,
    criteria: Any = None,
    evaluator: str | None = None,
    highest: float = 100,
    title: str | None = None,
    width: float = 174,
) -> str:
    """An SVG of the change of the sum of every patient over time.

    Parameters
    ----------
    source : see `nettumor.plots.data.spider`
        Or the table that it returns.
    days, overall, new_lesion, subject, best, criteria, evaluator, highest, title
        As in `nettumor.plots.data.spider`.
    width : {84, 174}
        Width in mm: one or two columns of a journal.

    Returns
    -------
    str
        A whole SVG file: title, description, and text that stays text.

    Raises
    ------
    InputError
        As `nettumor.plots.data.spider`, and for another width.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.1.

    Examples
    --------
    >>> from nettumor.plots import svg
    >>> text = svg.spider([[0, -20, -40]], [0, 56, 112])
    >>> text.startswith("<svg"), 'role="img"' in text
    (True, True)
    """
    table = computed(
        data.spider,
        source,
        days=days,
        overall=overall,
        new_lesion=new_lesion,
        subject=subject,
        best=best,
        criteria=criteria,
        evaluator=evaluator,
        highest=highest,
        title=title,
    )
    return write(drawings.spider(table, column_width(width)), width)


def swimmer(
    source: Any,
    *,
    assessments: Any = None,
    evaluator: str | None = None,
    title: str | None = None,
    width: float = 174,
) -> str:
    """An SVG of what happened to every patient when, a lane each.

    Parameters
    ----------
    source : see `nettumor.plots.data.swimmer`
        Or the table that it returns.
    assessments, evaluator, title
        As in `nettumor.plots.data.swimmer`.
    width : {84, 174}
        Width in mm: one or two columns of a journal.

    Returns
    -------
    str
        A whole SVG file: title, description, and text that stays text.

    Raises
    ------
    InputError
        As `nettumor.plots.data.swimmer`, and for another width.

    References
    ----------
    Chia et al. 2016, doi 10.1186/s40169-016-0106-4.

    Examples
    --------
    >>> from nettumor.plots import svg
    >>> text = svg.swimmer({"subject": ["01"], "last_known_alive": [200]})
    >>> text.startswith("<svg"), 'role="img"' in text
    (True, True)
    """
    table = computed(
        data.swimmer, source, assessments=assessments, evaluator=evaluator, title=title
    )
    return write(drawings.swimmer(table, column_width(width)), width)


def kaplan_meier(
    source: Any,
    event: Any = None,
    *,
    group: Any = None,
    parameter: str = "PFS",
    by: str | None = None,
    evaluator: str | None = None,
    unit: str = "months",
    ticks: Any = None,
    level: float = 0.95,
    median: bool = False,
    landmarks: Any = (),
    largest_drop: float = 0.1,
    title: str | None = None,
    width: float = 174,
) -> str:
    """An SVG of Kaplan-Meier curves with their bands and the table of who is at risk.

    Parameters
    ----------
    source : see `nettumor.plots.data.kaplan_meier`
        Or the table that it returns.
    event, group, parameter, by, evaluator, unit, ticks, level, median, landmarks, largest_drop, title
        As in `nettumor.plots.data.kaplan_meier`.
    width : {84, 174}
        Width in mm: one or two columns of a journal.

    Returns
    -------
    str
        A whole SVG file: title, description, and text that stays text.

    Raises
    ------
    InputError
        As `nettumor.plots.data.kaplan_meier`, and for another width.

    References
    ----------
    Morris et al. 2019, doi 10.1136/bmjopen-2019-030215.

    Examples
    --------
    >>> from nettumor.plots import svg
    >>> text = svg.kaplan_meier([100.0, 200.0], [True, False])
    >>> text.startswith("<svg"), 'role="img"' in text
    (True, True)
    """
    table = computed(
        data.kaplan_meier,
        source,
        event=event,
        group=group,
        parameter=parameter,
        by=by,
        evaluator=evaluator,
        unit=unit,
        ticks=ticks,
        level=level,
        median=median,
        landmarks=landmarks,
        largest_drop=largest_drop,
        title=title,
    )
    return write(drawings.kaplan_meier(table, column_width(width)), width)


def forest(
    source: Any,
    *,
    treatment: str = "TACE",
    endpoint: str | None = None,
    lowest: float = 0,
    highest: float = 100,
    title: str | None = None,
    width: float = 174,
) -> str:
    """An SVG of studies beside each other with their intervals.

    Parameters
    ----------
    source : see `nettumor.plots.data.forest`
        Or the table that it returns.
    treatment, endpoint, lowest, highest, title
        As in `nettumor.plots.data.forest`.
    width : {84, 174}
        Width in mm: one or two columns of a journal.

    Returns
    -------
    str
        A whole SVG file: title, description, and text that stays text.

    Raises
    ------
    InputError
        As `nettumor.plots.data.forest`, and for another width.

    References
    ----------
    Vogl et al. 2008, Tables 1 to 4.

    Examples
    --------
    >>> from nettumor.plots import svg
    >>> text = svg.forest(3)
    >>> text.startswith("<svg"), 'role="img"' in text
    (True, True)
    """
    table = computed(
        data.forest,
        source,
        treatment=treatment,
        endpoint=endpoint,
        lowest=lowest,
        highest=highest,
        title=title,
    )
    return write(drawings.forest(table, column_width(width)), width)


def profile(
    source: Any,
    subject: str | None = None,
    *,
    days: Any = None,
    marker: Any = None,
    symptom: Any = None,
    therapy: Any = None,
    evaluator: str | None = None,
    title: str | None = None,
    width: float = 174,
) -> str:
    """An SVG of size, marker, symptom and therapy of one patient on one axis.

    Parameters
    ----------
    source : see `nettumor.plots.data.profile`
        Or the table that it returns.
    subject, days, marker, symptom, therapy, evaluator, title
        As in `nettumor.plots.data.profile`.
    width : {84, 174}
        Width in mm: one or two columns of a journal.

    Returns
    -------
    str
        A whole SVG file: title, description, and text that stays text.

    Raises
    ------
    InputError
        As `nettumor.plots.data.profile`, and for another width.

    References
    ----------
    Vogl et al. 2008, sections 4.1 to 4.4.

    Examples
    --------
    >>> import nettumor as nt
    >>> from nettumor.plots import svg
    >>> text = svg.profile(nt.target_response([[60, 40]]), days=[0, 56])
    >>> text.startswith("<svg"), 'role="img"' in text
    (True, True)
    """
    table = computed(
        data.profile,
        source,
        subject=subject,
        days=days,
        marker=marker,
        symptom=symptom,
        therapy=therapy,
        evaluator=evaluator,
        title=title,
    )
    return write(drawings.profile(table, column_width(width)), width)


def agreement(
    source: Any,
    other: Any = None,
    *,
    first: str | None = None,
    second: str | None = None,
    title: str | None = None,
    width: float = 84,
) -> str:
    """An SVG of how two judgements of the same patients agree, as a matrix.

    Parameters
    ----------
    source : see `nettumor.plots.data.agreement`
        Or the table that it returns.
    other, first, second, title
        As in `nettumor.plots.data.agreement`.
    width : {84, 174}
        Width in mm: one or two columns of a journal.

    Returns
    -------
    str
        A whole SVG file: title, description, and text that stays text.

    Raises
    ------
    InputError
        As `nettumor.plots.data.agreement`, and for another width.

    References
    ----------
    Cohen 1960, doi 10.1177/001316446002000104.

    Examples
    --------
    >>> from nettumor.plots import svg
    >>> text = svg.agreement(["PR", "SD"], ["PR", "PR"])
    >>> text.startswith("<svg"), 'role="img"' in text
    (True, True)
    """
    table = computed(data.agreement, source, other=other, first=first, second=second, title=title)
    return write(drawings.agreement(table, column_width(width)), width)


def marker_waterfall(
    source: Any,
    *,
    best: Any = None,
    confirmed: Any = None,
    normal_before: Any = None,
    subject: Any = None,
    criteria: Any = None,
    highest: float = 100,
    name: str = "the marker",
    title: str | None = None,
    width: float = 174,
) -> str:
    """An SVG of the best change of every patient's marker, a bar each.

    Parameters
    ----------
    source : see `nettumor.plots.data.marker_waterfall`
        Or the table that it returns.
    best, confirmed, normal_before, subject, criteria, highest, name, title
        As in `nettumor.plots.data.marker_waterfall`.
    width : {84, 174}
        Width in mm: one or two columns of a journal.

    Returns
    -------
    str
        A whole SVG file: title, description, and text that stays text.

    Raises
    ------
    InputError
        As `nettumor.plots.data.marker_waterfall`, and for another width.

    References
    ----------
    Vogl et al. 2008, section 4.2 and Table 2.

    Examples
    --------
    >>> from nettumor.plots import svg
    >>> text = svg.marker_waterfall([-60.0, 10.0])
    >>> text.startswith("<svg"), 'role="img"' in text
    (True, True)
    """
    table = computed(
        data.marker_waterfall,
        source,
        best=best,
        confirmed=confirmed,
        normal_before=normal_before,
        subject=subject,
        criteria=criteria,
        highest=highest,
        name=name,
        title=title,
    )
    return write(drawings.marker_waterfall(table, column_width(width)), width)
