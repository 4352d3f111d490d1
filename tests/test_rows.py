"""Groups of rows against slow twins that look at one row after the other."""

import collections
import inspect
import itertools
import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nettumor import rows
from nettumor.rows import find_rows, first_of, group, number_rows, order_rows, spread, totals

nan = math.nan
DAYS = np.array([nan, -1.5, 0.0, 2.0, 2.5, 7.0])
COLUMNS = {
    "subject": np.arange(-1, 4),
    "lesion": np.arange(-1, 4),
    "day": DAYS,
    "value": DAYS,
    "flag": np.array([False, True]),
    "taken": np.array([False, True]),
}
EVERY_ROW = math.prod(len(values) for values in COLUMNS.values())


def tables():
    """A short table: two keys (-1: unknown), a day, a value and two flags a row."""
    return st.lists(st.integers(0, EVERY_ROW - 1), max_size=9).map(table_of)


def table_of(numbers):
    """The columns of rows that are drawn as one number each."""
    shape = [len(values) for values in COLUMNS.values()]
    places = np.unravel_index(np.array(numbers, np.int64), shape)
    return {
        name: values[place] for (name, values), place in zip(COLUMNS.items(), places, strict=True)
    }


def in_time(day, *ties):
    """A key to sort by: NaN last."""
    return math.isnan(day), 0.0 if math.isnan(day) else day, *ties


def slow_groups(table, keys, by=None, where=None):
    """Keys to rows in order, row by row."""
    out = collections.defaultdict(list)
    for row in range(len(table["subject"])):
        key = tuple(table[k][row].item() for k in keys)
        unknown = any(math.isnan(k) or (isinstance(k, int) and k < 0) for k in key)
        if not unknown and (where is None or table[where][row]):
            out[key].append(row)
    if by is not None:
        for members in out.values():
            members.sort(key=lambda r: in_time(table[by][r], r))
    return dict(sorted(out.items()))


def per_row(groups, n, answer, fill=-1):
    """A list over rows of ``answer(members, place)``."""
    out = [fill] * n
    for members in groups.values():
        for place, row in enumerate(members):
            out[row] = answer(members, place)
    return out


def same(found, wanted):
    """Equal, NaN to NaN."""
    np.testing.assert_array_equal(np.asarray(found), np.array(wanted, np.asarray(found).dtype))


GROUPINGS = (("subject",), ("subject", "lesion"), ("subject", "day"))


@pytest.mark.parametrize("keys", GROUPINGS, ids="-".join)
@pytest.mark.parametrize("by", [None, "day"])
@given(table=tables(), with_where=st.booleans())
def test_groups_are_those_of_the_twin(keys, by, table, with_where):
    """Members, first and last, previous and following, occurrence, counts: as row by row."""
    where = "taken" if with_where else None
    slow = slow_groups(table, keys, by, where)
    made = group(
        *(table[k] for k in keys),
        by=() if by is None else table[by],
        where=None if where is None else table[where],
    )
    n, flag = len(table["subject"]), table["flag"]
    members = list(slow.values())
    assert [part.tolist() for part in np.split(made.row, made.start[1:-1])][: len(slow)] == members
    assert list(zip(*(k.tolist() for k in made.keys), strict=True)) == list(slow)
    assert len(made) == len(slow)
    same(made.size, [len(m) for m in members])
    same(made.number, per_row(dict(enumerate(members)), n, lambda m, p: members.index(m)))
    same(made.occurrence, per_row(slow, n, lambda m, p: p))
    same(made.of_rows(made.size, 0), per_row(slow, n, lambda m, p: len(m), 0))
    for where_flag in (None, flag):
        so = np.ones(n, np.bool_) if where_flag is None else flag

        def nearest(rows_in_turn, so=so):
            return next((r for r in rows_in_turn if so[r]), -1)

        same(made.first(where_flag), [nearest(m) for m in members])
        same(made.last(where_flag), [nearest(m[::-1]) for m in members])
        itself = so & (made.number >= 0)
        before = per_row(slow, n, lambda m, p: nearest(m[:p][::-1]))
        same(made.previous(where_flag), before)
        same(made.previous(where_flag, own=True), np.where(itself, np.arange(n), before))
        after = per_row(slow, n, lambda m, p: nearest(m[p + 1 :]))
        same(made.following(where_flag), after)
        same(made.following(where_flag, own=True), np.where(itself, np.arange(n), after))
    same(made.any(flag), [any(flag[m]) for m in members])
    same(made.all(flag), [all(flag[m]) for m in members])
    same(made.count(flag), [sum(flag[m]) for m in members])
    earlier, later = made.pairs()
    assert list(zip(earlier.tolist(), later.tolist(), strict=True)) == [
        (a, b) for m in members for i, a in enumerate(m) for b in m[i + 1 :]
    ]
    assert repr(made) == f"Groups({len(slow)} groups of {sum(map(len, members))} of {n} rows)"


@given(table=tables())
def test_values_of_groups_are_those_of_the_twin(table):
    """Smallest, largest, sums, running extremes, unequal and commonest values: as row by row."""
    slow = slow_groups(table, ("subject",), "day")
    made = group(table["subject"], by=table["day"])
    value, flag, code = table["value"], table["flag"], table["lesion"]
    known = [[v for v in value[m].tolist() if v == v] for m in slow.values()]
    same(made.minimum(value), [min(v, default=nan) for v in known])
    same(made.maximum(value), [max(v, default=nan) for v in known])
    same(made.total(value), [sum(v) for v in known])
    flagged = [[v for v in value[m][flag[m]].tolist() if v == v] for m in slow.values()]
    same(made.minimum(value, flag), [min(v, default=nan) for v in flagged])
    same(made.maximum(value, flag), [max(v, default=nan) for v in flagged])
    same(made.total(value, flag), [sum(v) for v in flagged])
    for before in (0, 1):
        for function, extreme in ((made.running_minimum, min), (made.running_maximum, max)):
            same(
                function(value, before=bool(before)),
                per_row(
                    slow,
                    len(value),
                    lambda m, p, extreme=extreme, before=before: extreme(
                        (v for v in value[m[: p + 1 - before]].tolist() if v == v), default=nan
                    ),
                    nan,
                ),
            )
    same(made.differ(value), [len({repr(v) for v in value[m].tolist()}) > 1 for m in slow.values()])
    same(
        made.differ(code, value, where=flag),
        [
            len(
                {
                    (c, repr(v))
                    for c, v, f in zip(code[m].tolist(), value[m].tolist(), flag[m], strict=True)
                    if f
                }
            )
            > 1
            for m in slow.values()
        ],
    )
    positive = code + 1
    middle = [statistics.median(v) if v else nan for v in known]
    same(made.median(value), middle)
    same(
        made.commonest(positive),
        [collections.Counter(positive[m].tolist()).most_common(1)[0][0] for m in slow.values()],
    )


@pytest.mark.parametrize("whole", [False, True])
@given(table=tables(), asked=tables())
def test_rows_of_elsewhere_are_found(whole, table, asked):
    """Groups by their keys; in them the last row until a day, the first from it, those between, and
    sums over windows. Days that are whole numbers are found like those that are not.
    """
    if whole:
        table = table | {"day": np.floor(table["day"])}
    slow = slow_groups(table, ("subject", "lesion"), "day")
    made = group(table["subject"], table["lesion"], by=table["day"])
    number = made.find(asked["subject"], asked["lesion"])
    keys = list(zip(asked["subject"].tolist(), asked["lesion"].tolist(), strict=True))
    same(number, [list(slow).index(k) if k in slow else -1 for k in keys])
    low, high = asked["day"], asked["value"]
    day = table["day"]
    members = [slow.get(k, []) for k in keys]
    for strict in (False, True):
        upto, since = [], []
        for m, d in zip(members, low, strict=True):
            upto.append([r for r in m if day[r] < d or (not strict and day[r] == d)])
            since.append([r for r in m if day[r] > d or (not strict and day[r] == d)])
        same(made.last_until(number, low, strict=strict), [m[-1] if m else -1 for m in upto])
        same(made.first_from(number, low, strict=strict), [m[0] if m else -1 for m in since])
    inside = [
        [r for r in m if a <= day[r] <= b] for m, a, b in zip(members, low, high, strict=True)
    ]
    which, row = made.between(number, low, high)
    assert list(zip(which.tolist(), row.tolist(), strict=True)) == [
        (i, r) for i, m in enumerate(inside) for r in m
    ]
    same(made.count_between(number, low, high), [len(m) for m in inside])
    after = [[r for r in m if day[r] != a] for m, a in zip(inside, low, strict=True)]
    window, value = made.window(number, low, high), np.nan_to_num(table["value"])
    same(window[1] - window[0], [len(m) for m in after])
    same(totals(value[made.row], window), [sum(value[r] for r in m) for m in after])
    ties = [a == b for m in slow.values() for a, b in itertools.pairwise(day[m].tolist())]
    assert made.has_ties() == any(ties)


@pytest.mark.parametrize("keys", GROUPINGS, ids="-".join)
@given(table=tables(), asked=tables())
def test_who_has_and_who_has_not(keys, table, asked):
    """The first row of another table with the same keys, -1 for none and for unknown keys."""
    first = {k: m[0] for k, m in slow_groups(table, keys).items()}
    wanted = [
        first.get(tuple(asked[k][row].item() for k in keys), -1)
        for row in range(len(asked["subject"]))
    ]
    same(find_rows([asked[k] for k in keys], [table[k] for k in keys]), wanted)


@given(table=tables())
def test_bare_arrays_are_those_of_the_twin(table):
    """Order, codes, extremes by number, occurrence: as row by row."""
    n, day, subject = len(table["day"]), table["day"], table["subject"]
    same(
        order_rows(subject, day),
        sorted(range(n), key=lambda r: (subject[r], *in_time(day[r], r))),
    )
    code, distinct = rows.codes_of(day)
    known = sorted({d for d in day.tolist() if d == d})
    assert distinct.tolist() == known
    same(code, [known.index(d) if d == d else -1 for d in day.tolist()])
    same(rows.occurrence(subject), [subject[:r].tolist().count(subject[r]) for r in range(n)])
    number = subject + 1
    held = [[d for d in day[number == k].tolist() if d == d] for k in range(6)]
    same(rows.smallest_at(number, day, 6), [min(h, default=nan) for h in held])
    same(rows.largest_at(number, day, 6, 99.0), [max(h, default=99.0) for h in held])


@pytest.mark.parametrize(
    ("number", "value", "order"),
    [
        ([1, 0, 1], [5.0, 7.0, 2.0], [1, 2, 0]),
        ([0, 0, 1], [2.0, 5.0, -1.0], slice(None)),
        ([0, 1, 0], [2.0, 5.0, 2.0], None),  # two rows are not told apart
        ([0, 1, 0], [2.0, nan, 3.0], None),
        ([0, 2**40, 1], [0.0, 1e6, 3.0], None),  # keys of more digits than a number holds
        ([], [], slice(None)),
    ],
)
def test_distinct_rows_are_ordered_in_one_step(number, value, order):
    """By number, then value, where no two rows share both and all are known; else None."""
    found = rows.order_of_distinct(np.array(number, np.int64), np.array(value))
    assert found == order if isinstance(found, slice) or found is None else found.tolist() == order


SOME = [table_of(numbers) for numbers in (
    [], [700, 311, 905, 12, 700, 433, 120, 608, 77], [3, 890, 51, 402, 402, 13, 999, 640],
)]  # fmt: skip
"""Tables that are no others in any run: none, and some with doubled and unknown keys."""


@pytest.mark.parametrize("keys", GROUPINGS, ids="-".join)
def test_tables_of_old_are_answered_as_by_the_twin(keys):
    """What the twins hold of random tables, of three that stay the same."""
    groups_hold = test_groups_are_those_of_the_twin.hypothesis.inner_test
    for table in SOME:
        for by in (None, "day"):
            for with_where in (False, True):
                groups_hold(keys=keys, by=by, table=table, with_where=with_where)
        test_values_of_groups_are_those_of_the_twin.hypothesis.inner_test(table=table)
        test_bare_arrays_are_those_of_the_twin.hypothesis.inner_test(table=table)
        for asked in SOME:
            for whole in (False, True):
                test_rows_of_elsewhere_are_found.hypothesis.inner_test(
                    whole=whole, table=table, asked=asked
                )
            test_who_has_and_who_has_not.hypothesis.inner_test(keys=keys, table=table, asked=asked)


def test_where_a_group_has_no_order_there_is_no_last_until():
    """Groups as in the file cannot be searched by a day, and say what to give."""
    made = group([0, 0])
    with pytest.raises(TypeError, match=r"the groups have no order to search in. Give `by`"):
        made.last_until(np.array([0]), 3.0)


def test_ties_stand_as_in_the_file_and_several_orders_hold():
    """Of rows of one day the last in the file is found; a further order tells them apart."""
    subject, day, visit = np.zeros(4, np.int64), np.array([5.0, 3.0, 5.0, 5.0]), [2, 0, 1, 2]
    assert group(subject, by=day).last_until(np.array([0]), 5.0).tolist() == [3]
    assert group(subject, by=(day, visit)).row.tolist() == [1, 2, 0, 3]


def test_last_until_takes_one_day_for_all_and_several_for_each():
    """Groups and days are broadcast; infinite days are before and after all."""
    made = group([0, 0, 1], by=[1.0, 4.0, 2.0])
    number = np.array([[0], [1]])
    days = np.array([-np.inf, 1.0, 3.0, np.inf])
    assert made.last_until(number, days).tolist() == [[-1, 0, 0, 1], [-1, -1, 2, 2]]
    assert made.first_from(number, days).tolist() == [[0, 0, 1, -1], [2, 2, -1, -1]]


def test_integer_orders_and_keys_of_any_width():
    """Whole numbers serve as order; keys beyond 31 bits are numbered without overflow."""
    big = np.array([2**40, 5, 2**40])
    made = group(big, big, big, by=np.array([3, 1, 2], np.int32))
    assert made.row.tolist() == [1, 2, 0]
    assert made.last_until(np.array([1]), 2).tolist() == [2]
    far = group([0, 0, 1, 1], by=np.array([0, 2**61, 2**61, 5]))
    assert far.last_until(np.array([0, 1]), 2**61 - 1).tolist() == [0, 3]
    assert far.window(np.array([0, 1]), -1, 2**61)[1].tolist() == [2, 4]
    assert number_rows(big, big)[0].tolist() == [1, 0, 1]


@pytest.mark.parametrize("scale", [1, 2**15, 2**31, 2**47, 2**60])
@pytest.mark.parametrize("kind", [np.int64, np.uint64, np.float64])
def test_rows_far_apart_stand_in_order(scale, kind):
    """Whole numbers near each other and far apart, below 0 too, and floats: in ascending order,
    equal ones as in the file.
    """
    numbers = [7, 3, 7, 0, 3, 1] if kind == np.uint64 else [2, -3, 2, 0, -3, 1]
    column = np.array([scale * v for v in numbers], kind)
    wanted = sorted(range(6), key=lambda r: (column[r], r))
    assert order_rows(column).tolist() == wanted
    assert order_rows(column[wanted]).tolist() == list(range(6))
    assert rows.occurrence(column).tolist() == [0, 0, 1, 0, 1, 0]


@pytest.mark.parametrize("days", [[nan, nan], [2.5, nan, -1.0], [np.inf, 0.0, nan, -np.inf]])
def test_days_stand_in_order_whatever_they_are(days):
    """Unknown days last; halves and endless days as whole ones."""
    wanted = sorted(range(len(days)), key=lambda r: in_time(days[r], r))
    assert order_rows(days).tolist() == wanted


def test_all_rows_of_some_groups_are_found():
    """Each group asked for gives its rows in their order, as often as it is asked; -1 gives none."""
    made = group([4, 7, 4, 4], by=[2.0, 0.0, 1.0, 3.0])
    which, row = made.rows_of(np.array([0, -1, 1, 0]))
    assert which.tolist() == [0, 0, 0, 2, 3, 3, 3]
    assert row.tolist() == [2, 0, 3, 1, 2, 0, 3]
    assert group(np.empty(0, np.int64)).rows_of(np.array([-1]))[1].tolist() == []


def test_first_rows_come_in_the_order_of_the_file():
    """The first of each group by an order, by the file, and of some rows only."""
    key, day = np.array([5, 2, 5, -1, 2]), np.array([4.0, 1.0, 3.0, 0.0, nan])
    assert first_of(key, by=day).tolist() == [1, 2]
    assert first_of(key).tolist() == [0, 1]
    assert first_of(key, by=day, where=np.array([1, 0, 0, 1, 1], bool)).tolist() == [0, 4]
    assert first_of(key, [0, 0, 1, 0, 1]).tolist() == [0, 1, 2, 4]


def test_spread_of_nothing():
    """Where a stop is not after its start nothing lies between."""
    which, place = spread(np.array([4, 2]), np.array([4, 1]))
    assert which.tolist() == place.tolist() == []


def test_text_is_compared_too():
    """Unequal words of a group are told apart, blanks of objects included."""
    made = group([0, 0, 1, 1])
    words = np.array(["CT", "CT", "CT", "MRI"], object)
    assert made.differ(words).tolist() == [False, True]


def test_many_rows_are_numbered_as_few():
    """Rows of more than one stretch: codes numbered already, with a gap, and far apart."""
    n = 3 * rows.numbering._STRETCH + 5
    ready = np.sort(np.arange(n) % 7)
    assert rows.by_appearance(ready)[1].tolist() == np.searchsorted(ready, np.arange(7)).tolist()
    assert rows.by_appearance(ready + 1)[0].tolist() == ready.tolist()
    late = np.zeros(n, np.int64)
    late[-1] = 2
    assert rows.by_appearance(late)[1].tolist() == [0, n - 1]
    far = np.array([2**50, 3, 2**50])
    assert rows.by_appearance(far)[0].tolist() == [0, 1, 0]
    assert number_rows(np.arange(n) % 5)[1].tolist() == [0, 1, 2, 3, 4]


def test_extremes_of_whole_numbers_have_no_nan():
    """Whole numbers stay whole; where no row is the fill stands, however small."""
    number, values = np.array([2, 2, 0]), np.array([7, 9, -4])
    assert rows.smallest_at(number, values, 3, 99).tolist() == [-4, 99, 7]
    assert rows.largest_at(number, values, 3, 99).tolist() == [-4, 99, 9]


def test_inputs_are_never_changed():
    """Read-only arrays come in, and no answer shares their memory."""
    key, day, value = np.array([1, 0, 1]), np.array([2.0, nan, 1.0]), np.array([3.0, 4.0, 5.0])
    for array in (key, day, value):
        array.setflags(write=False)
    made = group(key, by=day)
    answers = [made.running_minimum(value), made.previous(), made.number, made.row, *made.keys]
    assert not any(np.shares_memory(a, b) for a in answers for b in (key, day, value))
    assert key.tolist() == [1, 0, 1]


def test_every_public_name_says_what_it_gives():
    """Functions and methods have a docstring."""
    public = [f for n, f in vars(rows).items() if inspect.isfunction(f) and n[0] != "_"]
    assert all(inspect.getdoc(f) for f in public)


def test_rows_that_stand_in_order_are_left_there():
    """In order: ascending, ties by the next column; a NaN, or a step down at the end of the first
    stretch of rows, is not.
    """
    long = np.arange(1 << 17)
    assert rows.in_order(np.array([0, 0, 1, 1]), np.array([1.0, 1.0, -5.0, 0.0]))
    assert not rows.in_order(np.array([0, 0]), np.array([1.0, 0.5]))
    assert not rows.in_order(np.array([0.0, nan]))
    for few in (np.empty(0), np.array([nan]), long):
        assert rows.in_order(few)
    late = long.copy()
    late[-1] = 3
    assert not rows.in_order(late)
    assert order_rows(late).tolist() == [*range(4), len(late) - 1, *range(4, len(late) - 1)]
    assert order_rows(np.array([2, 2, 5]), np.array([0, 1, 0])).tolist() == [0, 1, 2]


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("width", [3, 700])  # combinations that fill their places, or leave some
def test_long_tables_are_numbered_by_two_threads(width, short, monkeypatch):
    """Half of the rows each, side by side: the same numbers and first rows as of one thread."""
    draw = np.random.default_rng(5)
    codes = draw.integers(0, 40, 2000), draw.integers(0, width, 2000)
    alone, first_alone = number_rows(*codes)
    monkeypatch.setattr("nettumor.rows.numbering.LONG", 1000)
    monkeypatch.setattr("nettumor._threads.LONG", 1000)
    monkeypatch.setattr("nettumor.rows.numbering._STRETCH", 64)
    numbers, first = number_rows(*codes, short=short)
    assert numbers.tolist() == alone.tolist()
    assert first.tolist() == first_alone.tolist()
    assert numbers.dtype == (np.int32 if short and width == 3 else alone.dtype)


@given(st.sets(st.text(st.sampled_from("ab01-\u00e9\u0394"), min_size=1, max_size=11), min_size=1))
def test_words_stand_as_python_sorts_them(words):
    """Where the letters that differ fit a number, the order is Python's; else nothing is said."""
    given_words = list(words)
    spelled = np.array(given_words, dtype=np.str_)
    found = rows.order_of_words(spelled)
    wide = spelled.dtype.itemsize // 4
    differing = sum(len({w.ljust(wide, "\0")[i] for w in given_words}) > 1 for i in range(wide))
    if found is None:
        assert differing > 8 or any("\u0394" in w for w in given_words)
    else:
        assert [given_words[i] for i in found] == sorted(given_words)


@pytest.mark.parametrize(
    "values",
    [
        [1.0, 2.0**31, 1.0],  # beyond 32 bits
        [0.5, nan, 0.5],
        [3.0, nan, -2.0, 3.0],
        [*range(5)] * 30_000,  # all are seen long before the end
        [0.0, 4e9, 1e12],
        [],
    ],
)
def test_distinct_numbers_are_those_of_numpy(values):
    """Ascending, each once, a NaN as the last, with the place of each value among them."""
    found, codes = rows.distinct_numbers(np.array(values, dtype=np.float64))
    expected = np.unique(np.array(values, dtype=np.float64))
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(found[codes] if len(values) else found, values)
