"""Investigator against central reader: the overall responses that were reported, visit by visit, as
one table.

`nettumor.assess` compares what it recomputes (``.agreement()``, ``.discordance(first, second)``);
check A04 names each visit at which the reported responses differ. Input: tables. Output: the counts
of every pair of responses.
"""

from __future__ import annotations

from typing import Any

from nettumor import crf
from nettumor.criteria import RECIST_1_1, Criteria
from nettumor.criteria._load import as_criteria
from nettumor.edit_checks.engine.register import Skip
from nettumor.edit_checks.reading.data import Data
from nettumor.errors import InputError
from nettumor.profile import cross_table
from nettumor.tables import Table


def discordance(tables: Any, criteria: Criteria | str = RECIST_1_1) -> Table:
    """Reported overall responses of the investigator against the central reader's at the visits of
    both.

    Parameters
    ----------
    tables : Tables, path, or mapping of str to frame
        What `nettumor.crf.read` reads, with ``evaluator`` and ``overall`` in the responses. Of the
        central readers the accepted record of a visit counts, else the adjudicator's, else each
        one's.
    criteria : criteria object or str
        The criteria the study was assessed by, or their name.

    Returns
    -------
    Table
        As `nettumor.cross_table`: a row for each response of the investigator, a column for each of
        the central reader, counts of visits.

    Raises
    ------
    InputError
        For tables that cannot be read, and where not both an investigator and a central reader gave
        responses.

    References
    ----------
    Cancer Imaging 2018, doi:10.1186/s40644-018-0186-0.

    Examples
    --------
    >>> responses = {"subject": ["01"] * 4, "visit": [1, 1, 2, 2], "overall": ["PR", "SD", "PD", "PD"],
    ...              "evaluator": ["INVESTIGATOR", "INDEPENDENT ASSESSOR"] * 2}
    >>> print(discordance({"responses": responses}).to_csv(), end="")
    response,PR,SD,PD
    PR,0,1,0
    SD,0,0,0
    PD,0,0,1
    """
    from nettumor.edit_checks.rules.assessor import both_sides

    edition = as_criteria(criteria)
    data = Data(crf.read(tables, incomplete="keep"), edition)
    wanted = ("subject", "evaluator", "overall")
    lacking = [c for c in wanted if "responses" not in data or c not in data["responses"]]
    if lacking:
        raise InputError(
            f"`tables` must hold responses with {', '.join(lacking)}. Say who gave each response.",
            argument="tables",
        )
    codes = data["responses"].responses("overall")
    try:
        _, _, central, own = both_sides(data, codes)
    except Skip as skip:
        raise InputError(
            f"`tables` cannot be compared: {skip}. Name them INVESTIGATOR and INDEPENDENT "
            "ASSESSOR.",
            argument="tables",
        ) from None
    return cross_table(codes[own], codes[central])
