"""Where a row of an SDTM domain stands: its track, its place in time, its lesion, as the tables
number them.

A finding in TU, TR or RS can so be the cause of one in the lesions or responses, and the other way
round.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nettumor.crf.columns import Column, Words
from nettumor.crf.sdtm import evaluator, variable, visit
from nettumor.edit_checks.reading.data import Data
from nettumor.edit_checks.reading.made_once import made_once
from nettumor.rows import find_rows

Ints = npt.NDArray[np.int64]

TUMOUR_DOMAINS = ("TU", "TR", "RS")


@made_once
def domain_places(data: Data, name: str) -> Ints:
    """Track, place in time (`Rows.order`) and lesion (`Rows.lesion`) of each row of TU, TR or RS.

    Parameters
    ----------
    data : Data
    name : {"TU", "TR", "RS"}
        A domain that was read.

    Returns
    -------
    ndarray of int, shape (3, rows)
        -1 where unknown: a subject, reader, visit or lesion that the tables do not have.
    """
    table, points = data.tables.domains[name], data.timepoints
    subject, reader, when, lesion = (
        _coded(column.trimmed, data.words(word))
        for column, word in (
            (variable(table, "USUBJID"), "subject"),
            (evaluator(table, name), "evaluator"),
            (visit(table), "visit"),
            (variable(table, f"{name}LNKID"), "lesion"),
        )
    )
    track = find_rows((subject, reader), (data.track_subject, data.track_evaluator))
    point = find_rows((track, when), (points.track, points.visit))
    order = np.append(points.order, -1)[point]
    found = np.full(table.n_rows, -1, dtype=np.int64)
    if "lesions" in data.shared.timepoint:
        rows = data["lesions"]
        row = find_rows((track, lesion), (rows.track, data.coded("lesion").of_table["lesions"]))
        found = np.append(rows.lesion, -1)[row]
    return np.stack([track, order, found])


def _coded(column: Column, words: Words) -> Ints:
    """The code of each cell among words, -1 for one that is not among them."""
    code = {w: i for i, w in enumerate(words.tolist())}
    return np.array([code.get(w, -1) for w in column.words], dtype=np.int64)[column.codes]
