"""Groups of the rows of a table: the first of each, the one before, who has and who has not.

Which rows belong together, in which order do they stand, and what does a row see of the others of
its group? Everything that numbers, sorts or looks up rows does it here, so that ties, unknown keys
and missing values mean the same everywhere. Codes of columns come in (integers from 0 on; floats
such as days are coded here); numbers of groups and rows come out, -1 for none.

`group` makes the groups of some keys and keeps them as `Groups`; `find_rows` looks up the rows of
one table in another; `order_rows`, `number_rows`, `occurrence` and `rank_within` give bare arrays.
`numbering` holds what needs no group, `groups` the rest. Pure NumPy: tables, subjects and visits
are not known here, and must not be.

Words: a *row* is a row of the table, a *key* a code by which rows belong together, a *group* the
rows of one combination of keys, a *member* a row that stands in a group.
"""

from __future__ import annotations

from nettumor.rows.groups import Groups, find_rows, first_of, group, spread, totals
from nettumor.rows.numbering import (
    by_appearance,
    codes_of,
    distinct_numbers,
    distinct_whole,
    fills,
    in_order,
    largest_at,
    number_rows,
    occurrence,
    order_of_distinct,
    order_of_words,
    order_rows,
    rank_within,
    smallest,
    smallest_at,
    stretches,
    values_at,
)

__all__ = [
    "Groups",
    "by_appearance",
    "codes_of",
    "distinct_numbers",
    "distinct_whole",
    "fills",
    "find_rows",
    "first_of",
    "group",
    "in_order",
    "largest_at",
    "number_rows",
    "occurrence",
    "order_of_distinct",
    "order_of_words",
    "order_rows",
    "rank_within",
    "smallest",
    "smallest_at",
    "spread",
    "stretches",
    "totals",
    "values_at",
]
