"""Figures on matplotlib's Axes (extra ``plots``): ``ax=`` in, the Axes out.

One function a figure, with the arguments of the function of the same name in `nettumor.plots.data`,
or the table that it returns. Without ``ax`` a figure of a journal's width is made, without pyplot:
``ax.figure`` shows it in a notebook, `nettumor.plots.save` writes it.
"""

from __future__ import annotations

from typing import Any

from nettumor.plots import data, drawings
from nettumor.plots.axes_writer import draw
from nettumor.plots.data.figure_table import computed
from nettumor.plots.page import column_width


def waterfall(
    source: Any,
    *,
    ax: Any = None,
    best: Any = None,
    confirmed: Any = None,
    progression: Any = None,
    subject: Any = None,
    criteria: Any = None,
    evaluator: str | None = None,
    highest: float = 100,
    title: str | None = None,
    width: float = 174,
) -> Any:
    """Axes with the best change of the sum of every patient, a bar each.

    Parameters
    ----------
    source : see `nettumor.plots.data.waterfall`
        Or the table that it returns.
    ax : Axes, optional
        Where to draw; None: on a figure of its own.
    best, confirmed, progression, subject, criteria, evaluator, highest, title
        As in `nettumor.plots.data.waterfall`.
    width : {84, 174}
        Width in mm: one or two columns of a journal. Without ``ax`` only.

    Returns
    -------
    Axes
        In the coordinates of the data.

    Raises
    ------
    InputError
        As `nettumor.plots.data.waterfall`, and for another width.
    MissingExtraError
        Without matplotlib.

    References
    ----------
    Mittal et al. 2019, doi 10.1001/jamanetworkopen.2019.3981.

    Examples
    --------
    >>> from nettumor import plots
    >>> ax = plots.waterfall([-40.0, 10.0], best=["PR", "SD"])
    >>> ax.get_ylabel()
    'Best change of the sum, %'
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
    return draw(drawings.waterfall(table, column_width(width)), ax, width)


def spider(
    source: Any,
    days: Any = None,
    *,
    ax: Any = None,
    overall: Any = None,
    new_lesion: Any = None,
    subject: Any = None,
    best: Any = None,
    criteria: Any = None,
    evaluator: str | None = None,
    highest: float = 100,
    title: str | None = None,
    width: float = 174,
) -> Any:
    """Axes with the change of the sum of every patient over time.

    Parameters
    ----------
    source : see `nettumor.plots.data.spider`
        Or the table that it returns.
    ax : Axes, optional
        Where to draw; None: on a figure of its own.
    days, overall, new_lesion, subject, best, criteria, evaluator, highest, title
        As in `nettumor.plots.data.spider`.
    width : {84, 174}
        Width in mm: one or two columns of a journal. Without ``ax`` only.

    Returns
    -------
    Axes
        In the coordinates of the data.

    Raises
    ------
    InputError
        As `nettumor.plots.data.spider`, and for another width.
    MissingExtraError
        Without matplotlib.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.1.

    Examples
    --------
    >>> from nettumor import plots
    >>> ax = plots.spider([[0, -20, -40]], [0, 56, 112])
    >>> ax.get_ylabel()
    'Change of the sum from baseline, %'
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
    return draw(drawings.spider(table, column_width(width)), ax, width)


def swimmer(
    source: Any,
    *,
    ax: Any = None,
    assessments: Any = None,
    evaluator: str | None = None,
    title: str | None = None,
    width: float = 174,
) -> Any:
    """Axes with what happened to every patient when, a lane each.

    Parameters
    ----------
    source : see `nettumor.plots.data.swimmer`
        Or the table that it returns.
    ax : Axes, optional
        Where to draw; None: on a figure of its own.
    assessments, evaluator, title
        As in `nettumor.plots.data.swimmer`.
    width : {84, 174}
        Width in mm: one or two columns of a journal. Without ``ax`` only.

    Returns
    -------
    Axes
        In the coordinates of the data.

    Raises
    ------
    InputError
        As `nettumor.plots.data.swimmer`, and for another width.
    MissingExtraError
        Without matplotlib.

    References
    ----------
    Chia et al. 2016, doi 10.1186/s40169-016-0106-4.

    Examples
    --------
    >>> from nettumor import plots
    >>> ax = plots.swimmer({"subject": ["01"], "last_known_alive": [200]})
    >>> len(ax.get_yticks())
    1
    """
    table = computed(
        data.swimmer, source, assessments=assessments, evaluator=evaluator, title=title
    )
    return draw(drawings.swimmer(table, column_width(width)), ax, width)


def kaplan_meier(
    source: Any,
    event: Any = None,
    *,
    ax: Any = None,
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
) -> Any:
    """Axes with Kaplan-Meier curves with their bands and the table of who is at risk.

    Parameters
    ----------
    source : see `nettumor.plots.data.kaplan_meier`
        Or the table that it returns.
    ax : Axes, optional
        Where to draw; None: on a figure of its own.
    event, group, parameter, by, evaluator, unit, ticks, level, median, landmarks, largest_drop, title
        As in `nettumor.plots.data.kaplan_meier`.
    width : {84, 174}
        Width in mm: one or two columns of a journal. Without ``ax`` only.

    Returns
    -------
    Axes
        In the coordinates of the data.

    Raises
    ------
    InputError
        As `nettumor.plots.data.kaplan_meier`, and for another width.
    MissingExtraError
        Without matplotlib.

    References
    ----------
    Morris et al. 2019, doi 10.1136/bmjopen-2019-030215.

    Examples
    --------
    >>> from nettumor import plots
    >>> ax = plots.kaplan_meier([100.0, 200.0], [True, False])
    >>> ax.get_ylabel()
    'Without the event, %'
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
    return draw(drawings.kaplan_meier(table, column_width(width)), ax, width)


def forest(
    source: Any,
    *,
    ax: Any = None,
    treatment: str = "TACE",
    endpoint: str | None = None,
    lowest: float = 0,
    highest: float = 100,
    title: str | None = None,
    width: float = 174,
) -> Any:
    """Axes with studies beside each other with their intervals.

    Parameters
    ----------
    source : see `nettumor.plots.data.forest`
        Or the table that it returns.
    ax : Axes, optional
        Where to draw; None: on a figure of its own.
    treatment, endpoint, lowest, highest, title
        As in `nettumor.plots.data.forest`.
    width : {84, 174}
        Width in mm: one or two columns of a journal. Without ``ax`` only.

    Returns
    -------
    Axes
        In the coordinates of the data.

    Raises
    ------
    InputError
        As `nettumor.plots.data.forest`, and for another width.
    MissingExtraError
        Without matplotlib.

    References
    ----------
    Vogl et al. 2008, Tables 1 to 4.

    Examples
    --------
    >>> from nettumor import plots
    >>> ax = plots.forest(3)
    >>> len(ax.get_yticks())
    4
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
    return draw(drawings.forest(table, column_width(width)), ax, width)


def profile(
    source: Any,
    subject: str | None = None,
    *,
    ax: Any = None,
    days: Any = None,
    marker: Any = None,
    symptom: Any = None,
    therapy: Any = None,
    evaluator: str | None = None,
    title: str | None = None,
    width: float = 174,
) -> Any:
    """Axes with size, marker, symptom and therapy of one patient on one axis.

    Parameters
    ----------
    source : see `nettumor.plots.data.profile`
        Or the table that it returns.
    ax : Axes, optional
        Where to draw; None: on a figure of its own.
    subject, days, marker, symptom, therapy, evaluator, title
        As in `nettumor.plots.data.profile`.
    width : {84, 174}
        Width in mm: one or two columns of a journal. Without ``ax`` only.

    Returns
    -------
    Axes
        With more than one panel, each is one of its ``child_axes``.

    Raises
    ------
    InputError
        As `nettumor.plots.data.profile`, and for another width.
    MissingExtraError
        Without matplotlib.

    References
    ----------
    Vogl et al. 2008, sections 4.1 to 4.4.

    Examples
    --------
    >>> import nettumor as nt
    >>> from nettumor import plots
    >>> ax = plots.profile(nt.target_response([[60, 40]]), days=[0, 56])
    >>> ax.get_ylabel()
    'Sum, mm'
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
    return draw(drawings.profile(table, column_width(width)), ax, width)


def agreement(
    source: Any,
    other: Any = None,
    *,
    ax: Any = None,
    first: str | None = None,
    second: str | None = None,
    title: str | None = None,
    width: float = 84,
) -> Any:
    """Axes with how two judgements of the same patients agree, as a matrix.

    Parameters
    ----------
    source : see `nettumor.plots.data.agreement`
        Or the table that it returns.
    ax : Axes, optional
        Where to draw; None: on a figure of its own.
    other, first, second, title
        As in `nettumor.plots.data.agreement`.
    width : {84, 174}
        Width in mm: one or two columns of a journal. Without ``ax`` only.

    Returns
    -------
    Axes
        In the coordinates of the data.

    Raises
    ------
    InputError
        As `nettumor.plots.data.agreement`, and for another width.
    MissingExtraError
        Without matplotlib.

    References
    ----------
    Cohen 1960, doi 10.1177/001316446002000104.

    Examples
    --------
    >>> from nettumor import plots
    >>> ax = plots.agreement(["PR", "SD"], ["PR", "PR"])
    >>> ax.get_ylabel()
    'first'
    """
    table = computed(data.agreement, source, other=other, first=first, second=second, title=title)
    return draw(drawings.agreement(table, column_width(width)), ax, width)


def marker_waterfall(
    source: Any,
    *,
    ax: Any = None,
    best: Any = None,
    confirmed: Any = None,
    normal_before: Any = None,
    subject: Any = None,
    criteria: Any = None,
    highest: float = 100,
    name: str = "the marker",
    title: str | None = None,
    width: float = 174,
) -> Any:
    """Axes with the best change of every patient's marker, a bar each.

    Parameters
    ----------
    source : see `nettumor.plots.data.marker_waterfall`
        Or the table that it returns.
    ax : Axes, optional
        Where to draw; None: on a figure of its own.
    best, confirmed, normal_before, subject, criteria, highest, name, title
        As in `nettumor.plots.data.marker_waterfall`.
    width : {84, 174}
        Width in mm: one or two columns of a journal. Without ``ax`` only.

    Returns
    -------
    Axes
        In the coordinates of the data.

    Raises
    ------
    InputError
        As `nettumor.plots.data.marker_waterfall`, and for another width.
    MissingExtraError
        Without matplotlib.

    References
    ----------
    Vogl et al. 2008, section 4.2 and Table 2.

    Examples
    --------
    >>> from nettumor import plots
    >>> ax = plots.marker_waterfall([-60.0, 10.0])
    >>> ax.get_ylabel()
    'Best change of the marker, %'
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
    return draw(drawings.marker_waterfall(table, column_width(width)), ax, width)
