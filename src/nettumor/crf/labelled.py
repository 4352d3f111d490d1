"""Columns whose values have words: value labels of SPSS, Stata and R.

Which question: what does a code stand for? A labelled value is its word, whatever else stands in the
column: the words of roles, states and visits are read by their readers, and -99 "Not done" beside
sizes is a word and never a size. A value without a label stays what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nettumor.crf.cell_text import number_text
from nettumor.crf.columns import Column


def with_labels(column: Column, labels: Mapping[Any, str]) -> Column:
    """The column with words in place of the values that have one.

    Parameters
    ----------
    column : Column
    labels : mapping of float or str to str
        Value to word; an empty word is none.

    Examples
    --------
    >>> import numpy as np
    >>> with_labels(Column(floats=np.array([31.0, -99.0])), {-99.0: "NE"}).cells.tolist()
    ['31', 'NE']
    """
    word_of = {
        (value if isinstance(value, str) else number_text(float(value))): " ".join(word.split())
        for value, word in labels.items()
        if word.strip()
    }
    word_of.pop("", None)
    if not any(word in word_of for word in column.words.tolist()):
        return column
    return Column.of_distinct([word_of.get(w, w) for w in column.words.tolist()], column.codes)
