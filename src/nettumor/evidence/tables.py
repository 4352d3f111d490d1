"""Tables 1 to 4 of the review, its references, its statements, as tables.

Source: Vogl et al. 2008, doi 10.1016/j.ejrad.2008.08.008. The columns are explained in
``data/README.md`` of this package. What is printed is kept as printed; readings stand beside it.
"""

from __future__ import annotations

from nettumor.errors import InputError
from nettumor.evidence._data import read
from nettumor.tables import Table

TITLES = {
    1: "Table 1, symptomatic response",
    2: "Table 2, biological response",
    3: "Table 3, morphological response",
    4: "Table 4, survival",
}
"""What each table of the review holds (sections 4.1 to 4.4)."""


def which(number: int, argument: str = "number") -> int:
    """The number of a table, checked."""
    if isinstance(number, bool) or number not in tuple(TITLES):
        raise InputError(
            f"`{argument}` must be 1, 2, 3 or 4, a table of the review; got {number!r}. "
            "Table 1 has symptoms, 2 markers, 3 sizes, 4 survival.",
            argument=argument,
        )
    return int(number)


def table(number: int) -> Table:
    """A table of the review: a row for each category of response of each printed line.

    Parameters
    ----------
    number : {1, 2, 3, 4}
        1 symptomatic, 2 biological, 3 morphological response, 4 survival.

    Returns
    -------
    Table
        Columns of text as printed (``study_printed``, ``response_printed``, ...) and as read:
        ``id``, ``study``, ``reference_no``, ``treatment_as_printed``, ``treatment_class``,
        ``n_patients``, ``response_category``, ``count``, ``denominator`` with
        ``denominator_source``, ``percent`` (printed), ``percent_computed``, ``time_printed``,
        ``months_median`` and further months, ``poolable`` with its reason, ``note``. Numbers are
        float with NaN for what is not printed; a blank is never 0.

    Raises
    ------
    InputError
        For a number that is no table of the review.

    References
    ----------
    Vogl et al. 2008, Tables 1 to 4, doi 10.1016/j.ejrad.2008.08.008.

    Examples
    --------
    >>> t = table(3)
    >>> row = t.rows()[10]
    >>> t.n_rows, row["study"], row["response_category"], row["count"], row["denominator"]
    (60, 'Loewe et al.', 'SD', 5.0, 22.0)
    """
    return read(f"table{which(number)}")


def references() -> Table:
    """The review's list of references, 1 to 63.

    Returns
    -------
    Table
        Columns ``reference_no``, ``authors``, ``title``, ``journal``, ``year``, ``pages``,
        ``same_paper_as`` (three papers are listed twice) and the line as ``printed``.

    References
    ----------
    Vogl et al. 2008, References.

    Examples
    --------
    >>> r = references()
    >>> r.n_rows, r.rows()[29]["authors"], r.rows()[29]["same_paper_as"]
    (63, 'Gupta S, Johnson MM, Murthy R, et al.', '13')
    """
    return read("references")


def ranges() -> Table:
    """Every figure of the abstract and the running text, and whether it follows from the tables.

    Returns
    -------
    Table
        A row for each of 135 statements: ``section``, ``treatment``, ``endpoint``, ``low``,
        ``high``, ``unit``, ``figure_printed``, ``place``, ``checkable_against``, ``follows`` ("yes",
        "no", "cannot tell"), ``recomputed_low``, ``recomputed_high``, ``recomputed_note``.

    References
    ----------
    Vogl et al. 2008, abstract and sections 1 to 6.

    Examples
    --------
    >>> row = ranges().rows()[0]
    >>> row["figure_printed"], row["follows"], row["recomputed_low"], row["recomputed_high"]
    ('60–95%', 'no', 0.0, 100.0)
    """
    return read("ranges")


def inconsistencies() -> Table:
    """Where the review's figures, statements, spellings and references do not fit each other.

    Returns
    -------
    Table
        A row for each of 156: ``where``, ``printed`` (short), ``problem``, ``correct_or_likely``,
        ``evidence``, ``kind``, and the ``rows`` of the tables concerned.

    References
    ----------
    Vogl et al. 2008; the abstracts of the papers it cites, where ``evidence`` says so.

    Examples
    --------
    >>> found = inconsistencies()
    >>> found.n_rows, found.rows()[28]["where"], found.rows()[28]["correct_or_likely"]
    (156, 'Table 2 Kim', '12/16 = 75')
    """
    return read("inconsistencies")
