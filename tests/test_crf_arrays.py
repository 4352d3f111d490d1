"""Long records to arrays and back, and that no input costs more than in proportion to its rows."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nettumor import crf
from nettumor.crf.arrays import Places
from nettumor.errors import InputError
from nettumor.rows import by_appearance, values_at

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # random sizes stand beside any state


def codes(largest=5, length=30):
    """Three columns of codes of one length."""
    row = st.tuples(*(st.integers(0, largest) for _ in range(3)))
    return st.lists(row, max_size=length).map(
        lambda rows: np.array(rows, dtype=np.int64).reshape(-1, 3).T
    )


@given(codes())
def test_rows_come_back_from_their_array(columns):
    """Each row finds its own value in the array, wherever no other row stands in its place."""
    places = crf.grid(*columns)
    values = np.arange(columns.shape[1], dtype=float)
    alone = ~places.repeated()
    assert places.from_array(places.to_array(values))[alone].tolist() == values[alone].tolist()


@given(codes())
def test_places_by_a_literal_reading(columns):
    """Track, lesion and timepoint are the ranks of the codes within the track, counted one row at a
    time.
    """
    track, lesion, visit = columns.tolist() if columns.size else ([], [], [])
    rows = list(zip(track, lesion, visit, strict=True))
    tracks = sorted(set(track))
    expected = [
        (
            tracks.index(t),
            sorted({b for a, b, _ in rows if a == t}).index(x),
            sorted({c for a, _, c in rows if a == t}).index(v),
        )
        for t, x, v in rows
    ]
    places = crf.grid(*columns)
    assert list(zip(places.track, places.lesion, places.timepoint, strict=True)) == expected
    size = lambda i: max((e[i] for e in expected), default=-1) + 1  # noqa: E731
    assert places.shape == (size(0), size(1), size(2))


@given(codes(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_array(columns, random):
    """Permuted rows without repeats give the same array."""
    _, first = crf.number_rows(*columns)
    rows = columns[:, first]
    order = list(range(len(first)))
    random.shuffle(order)
    values = np.arange(len(first), dtype=float)
    one = crf.grid(*rows).to_array(values)
    two = crf.grid(*rows[:, order]).to_array(values[order])
    np.testing.assert_array_equal(one, two)


@given(codes(largest=3), st.data())
def test_conflicts_are_unequal_values_in_one_place(columns, data):
    """A row conflicts if another row in its place holds another value; equal duplicates do not."""
    n = columns.shape[1]
    values = data.draw(st.lists(st.sampled_from([1.0, 2.0, np.nan]), min_size=n, max_size=n))
    places = crf.grid(*columns)
    text = [repr(v) for v in values]
    flat = places.flat.tolist()
    expected = [any(flat[j] == flat[i] and text[j] != text[i] for j in range(n)) for i in range(n)]
    assert places.conflicts(np.array(values)).tolist() == expected
    assert places.repeated().tolist() == [flat.count(f) > 1 for f in flat]


@given(st.lists(st.lists(st.integers(0, 2**40), min_size=3, max_size=3), max_size=20))
def test_numbers_of_combinations(rows):
    """Combinations are numbered in ascending order, however large the codes."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    numbers, first = crf.number_rows(*columns)
    distinct = sorted({tuple(r) for r in rows})
    assert numbers.tolist() == [distinct.index(tuple(r)) for r in rows]
    assert first.tolist() == [[tuple(r) for r in rows].index(d) for d in distinct]


@given(st.lists(st.integers(0, 4)))
def test_occurrences_count_the_earlier_rows(numbers):
    """0 for the first row of a number, 1 for its first repeat, and so on."""
    expected = [numbers[:i].count(n) for i, n in enumerate(numbers)]
    assert crf.occurrence(np.array(numbers, dtype=np.int64)).tolist() == expected


def test_padding_is_said_by_the_caller():
    """Where no row stands is the fill value, in the type of the values."""
    places = crf.grid([0, 0, 1], [0, 1, 0], [0, 0, 0])
    filled = places.to_array(np.array([1, 2, 3], np.int8), fill=np.int8(0))
    assert filled.dtype == np.int8
    assert filled[:, :, 0].tolist() == [[1, 2], [3, 0]]
    words = places.to_array(np.array(["long", "longer", "x"]), fill="")
    assert words[:, :, 0].tolist() == [["long", "longer"], ["x", ""]]


def test_empty_records():
    """No rows give an array without elements."""
    places = crf.grid([], [], [])
    assert places.to_array([]).size == 0
    assert places.repeated().tolist() == []
    assert crf.rank_within([], [])[0].tolist() == []


def test_places_outside_the_array_are_refused():
    """An index beyond the shape has a message with the repair."""
    one = np.array([0, 2])
    with pytest.raises(
        InputError, match=r"`lesion` must lie from 0 to 0; got 0 to 2. Number the rows"
    ):
        Places(np.zeros(2, np.int64), one, np.zeros(2, np.int64), (1, 1, 1))


def test_tables_to_arrays_to_tables():
    """A lesions table, spread over (track, lesion, timepoint) and read back, is the table."""
    rng = np.random.default_rng(4)
    subject, lesion, visit = (
        a.ravel() for a in np.meshgrid(range(7), range(3), range(4), indexing="ij")
    )
    order = rng.permutation(subject.size)
    size = np.round(rng.uniform(5, 90, subject.size), 1)
    data = {
        "subject": [f"{s:02}" for s in subject],
        "lesion": [f"T{x}" for x in lesion],
        "visit": visit,
        "size": size,
    }
    table = crf.read(
        {
            "lesions": {k: np.asarray(v)[order] for k, v in data.items()}
            | {"role": ["TARGET"] * subject.size}
        }
    )["lesions"]
    track, first = table.track()
    sorted_visits = np.unique(table.numbers("visit").value, return_inverse=True)[1]
    places = crf.grid(track, table.keys_of("lesion")[0], sorted_visits)
    array = places.to_array(table.numbers("size").value)
    assert array.shape == (7, 3, 4)
    assert places.from_array(array).tolist() == table["size"].tolist()
    names = np.array(data["subject"])
    for i, row in enumerate(first):
        assert sorted(array[i].ravel()) == sorted(size[names == table.text("subject")[row]])


def frame(n):
    """A study of n lesion rows as arrays: 5 lesions, 8 visits a subject, shuffled."""
    rng = np.random.default_rng(1)
    i = rng.permutation(n)
    return {
        "subject": np.array([f"{k:07}" for k in range(n // 40 + 1)])[i // 40],
        "role": np.full(n, "TARGET"),
        "lesion": np.array([f"T{k}" for k in range(5)])[i % 5],
        "visit": (i // 5) % 8,
        "date": np.datetime64("2020-01-01") + (i // 5) % 8 * np.timedelta64(56, "D"),
        "size": np.round(rng.uniform(0, 90, n), 1),
        "state": np.array(["", "", "", "ABSENT", "NE"])[rng.integers(0, 5, n)],
    }


def seconds(n):
    """The shortest of three readings of n rows to arrays."""
    data = frame(n)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        table = crf.read({"lesions": data})["lesions"]
        track, _ = table.track()
        places = crf.grid(track, table.keys_of("lesion")[0], table.keys_of("visit")[0])
        places.to_array(table.lesions.measure("size").value)
        table.when()
        times.append(time.perf_counter() - start)
    return min(times)


def test_cost_in_proportion_to_rows():
    """Eight times the rows take at most 24 times the time (in proportion, with room for a busy
    machine).
    """
    assert seconds(160_000) < 24 * seconds(20_000)


def test_no_python_call_per_row():
    """The functions called from Python do not grow in number with the rows of a frame of arrays."""
    import sys

    def calls(n):
        data = frame(n)
        count = 0

        def counted(*_):
            nonlocal count
            count += 1

        sys.setprofile(counted)
        try:
            table = crf.read({"lesions": data})["lesions"]
            table.lesions.measure("size")
            table.track()
        finally:
            sys.setprofile(None)
        return count

    few, many = calls(2_000), calls(20_000)
    assert (
        many - few < 18_000
    )  # one call a row would be 18,000 more; distinct cells grow by 450 subjects


@given(
    given_codes=st.lists(st.one_of(st.integers(0, 9), st.integers(0, 10**6)), max_size=40),
    ready=st.booleans(),
    stretch=st.sampled_from([3, 1000]),
)
def test_numbers_by_appearance(given_codes, ready, stretch):
    """The n-th code that had not been seen before gets the number n, wherever it stands among the
    others.
    """
    distinct = list(dict.fromkeys(given_codes))
    if ready:  # numbered already
        given_codes = [distinct.index(c) for c in given_codes]
        distinct = list(range(len(distinct)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nettumor.rows.numbering._STRETCH", stretch)
        numbers, first = by_appearance(np.array(given_codes, dtype=np.uint32))
        looked = values_at(np.arange(len(distinct)) * 2, numbers)
    assert numbers.tolist() == [distinct.index(c) for c in given_codes]
    assert first.tolist() == [given_codes.index(c) for c in distinct]
    assert looked.tolist() == [2 * n for n in numbers.tolist()]


def test_numbers_of_narrow_codes_do_not_overflow():
    """Codes of few bits whose combinations need more: 70,000 times 70,000 in 32, 100 times 900 in
    8.
    """
    n = 70_000
    numbers, first = crf.number_rows(
        np.arange(n, dtype=np.int32), np.arange(n, dtype=np.int32)[::-1]
    )
    assert (numbers == np.arange(n)).all()
    assert (first == np.arange(n)).all()
    numbers, _ = crf.number_rows(np.arange(100, dtype=np.int8), np.arange(100) * 9)
    assert (numbers == np.arange(100)).all()
