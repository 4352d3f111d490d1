"""How numbers come in, and that a comparison with a limit is the one exact arithmetic gives."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nettumor import _arrays as arrays
from nettumor.errors import InputError, InputTypeError, choose, did_you_mean, place

decimals = st.builds(
    lambda n, places: Decimal(n) / 10**places, st.integers(0, 10**10 - 1), st.just(4)
)
percents = st.sampled_from([10, 15, 20, 25, 30, 50, 65, 65.7, 72.8, 73])


@given(before=decimals, after=decimals, percent=percents, strict=st.booleans())
def test_limits_are_exact(before, after, percent, strict):
    """Risen and fallen are what fractions of the written decimals say, up to 4 decimals
    below 1e6.
    """
    b, a, p = Fraction(before), Fraction(after), Fraction(str(percent)) / 100
    floats = np.float64(before), np.float64(after)
    fallen = a < b * (1 - p) if strict else a <= b * (1 - p)
    risen = a > b * (1 + p) if strict else a >= b * (1 + p)
    assert bool(arrays.fallen_by(percent, *floats, strict=strict)) == fallen
    assert bool(arrays.risen_by(percent, *floats, strict=strict)) == risen


@given(n=st.integers(1, 10**7), percent=percents)
def test_values_exactly_on_a_limit(n, percent):
    """On the limit itself "at least" holds and "more than" does not, however the floats fall."""
    before = Decimal(n) / 10
    for sign, change in ((-1, arrays.fallen_by), (1, arrays.risen_by)):
        after = before * (1 + sign * Decimal(str(percent)) / 100)
        assert change(percent, np.float64(before), np.float64(after))
        assert not change(percent, np.float64(before), np.float64(after), strict=True)


@given(a=decimals, b=decimals)
def test_pair_of_comparisons(a, b):
    """At least and more than agree with exact comparison and exclude each other the other way
    round.
    """
    x, y = np.float64(a), np.float64(b)
    assert bool(arrays.at_least(x, y)) == (a >= b)
    assert bool(arrays.more_than(x, y)) == (a > b)


def test_nan_and_infinity_meet_nothing_by_accident():
    """NaN meets no limit; infinity compares as usual without warnings."""
    nan, inf = np.nan, np.inf
    assert arrays.at_least([nan, 1, inf, inf], [1, nan, 1, inf]).tolist() == [
        False,
        False,
        True,
        True,
    ]
    assert arrays.more_than([nan, 1, inf, inf], [1, nan, 1, inf]).tolist() == [
        False,
        False,
        True,
        False,
    ]


def test_guard_follows_the_coarsest_input():
    """float64 and integers: 1e-14; float32 and float16: 4 eps of that type."""
    assert arrays.guard(np.zeros(1), [1, 2]) == 1e-14
    assert arrays.guard(np.zeros(1, np.float32), np.zeros(1)) == 4 * np.finfo(np.float32).eps
    assert arrays.guard(np.zeros(1, np.float16)) == 4 * np.finfo(np.float16).eps


def test_numbers_come_in_any_container():
    """None, pandas NA, masked values and blanks of frames are NaN; integers and floats are
    float64.
    """
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    for values in (
        [1, None],
        pandas.Series([1, None], dtype="Int64"),
        pandas.Series([1.0, np.nan]),
        polars.Series([1, None]),
        np.ma.masked_array([1.0, 5.0], mask=[False, True]),
        np.array([1, None], dtype=object),
        (Decimal(1), None),
        np.array([1, np.nan], dtype=np.float32),
    ):
        out = arrays.as_numbers(values, "x")
        assert out.dtype == np.float64
        np.testing.assert_array_equal(out, [1.0, np.nan])
    assert arrays.as_numbers([], "x").shape == (0,)
    assert arrays.as_numbers(np.zeros((0, 2), bool), "x").shape == (0, 2)
    given_array = np.ones(3)
    assert arrays.as_numbers(given_array, "x") is given_array


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (["1O"], "text such as '1O'"),
        ([b"1"], "bytes"),
        (np.array(["2020-01-01"], "M8[D]"), "dates"),
        ([True], "booleans"),
        ([1j], "complex numbers"),
        ([1, "x", None], r"got 'x'|text"),
        ([object()], "object"),
        ([None, True], r"got True at \[1\]"),
        (np.array([], "U3"), "text"),
        (np.array([1, 2], "m8[D]"), "durations"),
    ],
)
def test_what_is_not_a_number_is_refused(values, what):
    """Text, bytes, dates, booleans and complex numbers are refused by name, as ValueError and
    TypeError.
    """
    with pytest.raises(InputTypeError, match=what) as caught:
        arrays.as_numbers(values, "size")
    assert caught.value.argument == "size"
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, TypeError)


def test_flags():
    """Booleans, 0 and 1 are flags; NaN, text and other numbers are refused with the repair."""
    assert arrays.as_flags([True, False], "f").tolist() == [True, False]
    assert arrays.as_flags([1, 0], "f").tolist() == [True, False]
    assert arrays.as_flags(np.array([True, 0], dtype=object), "f").tolist() == [True, False]
    assert arrays.as_flags([], "f").dtype == np.bool_
    with pytest.raises(InputError, match=r"`f` must be True or False; got 2"):
        arrays.as_flags([0, 2], "f")
    with pytest.raises(InputError, match="missing flag"):
        arrays.as_flags([0.0, np.nan], "f")
    with pytest.raises(InputTypeError, match="Compare the column"):
        arrays.as_flags(["Y"], "f")


def test_days():
    """Days are numbers or timedelta64; dates are refused with the repair, infinite days too."""
    assert arrays.as_days(np.array([1, "NaT"], "m8[D]"), "d").tolist()[0] == 1.0
    assert np.isnan(arrays.as_days(np.array(["NaT"], "m8[D]"), "d")).all()
    assert arrays.as_days(np.array([36], "m8[h]"), "d").tolist() == [1.5]
    assert arrays.as_days([1, None], "d").tolist()[0] == 1.0
    with pytest.raises(InputTypeError, match="Subtract the reference date"):
        arrays.as_days(np.array(["2020-01-01"], "M8[D]"), "d")
    with pytest.raises(InputError, match="finite days"):
        arrays.as_days([1.0, np.inf], "d")


def test_days_increase_where_known():
    """Known days must increase strictly, unknown ones are passed over, padding does not count."""
    arrays.check_increasing(np.array([1.0, np.nan, 3.0]), "days")
    arrays.check_increasing(np.array([[1.0, 1.0]]), "days", np.array([[True, False]]))
    arrays.check_increasing(np.zeros((3, 0)), "days")
    arrays.check_increasing(np.array(5.0), "days")
    for days in ([1.0, 1.0], [3.0, np.nan, 2.0]):
        with pytest.raises(InputError, match="strictly increasing"):
            arrays.check_increasing(np.array(days), "days")


def test_broadcast_names_the_shapes():
    """Shapes that do not broadcast are an error with each argument's shape."""
    a, b = arrays.broadcast(a=np.zeros((2, 1)), b=np.zeros(3))
    assert a.shape == b.shape == (2, 3)
    with pytest.raises(InputError, match=r"`before` \(2,\), `after` \(3,\)"):
        arrays.broadcast(before=np.zeros(2), after=np.zeros(3))


def test_pieces_of_messages():
    """A scalar has no place; a word near a known one is suggested, else all are listed."""
    assert place(()) == ""
    assert place((0, 2)) == " at [0, 2]"
    assert did_you_mean("recist-11", ["recist-1.1", "who"]) == "Did you mean 'recist-1.1'?"
    assert did_you_mean("zzzz", ["b", "a"]) == "Known: a, b."
    with pytest.raises(
        InputError, match=r"must be one of 'raise', 'NE'; got 'ne'. Did you mean 'NE'"
    ):
        choose("invalid", "ne", ("raise", "NE"))
    with pytest.raises(InputError) as caught:
        arrays.refuse("x", "good", np.array([1.0, 2.0]), np.array([False, True]), "Mend it.")
    assert (caught.value.argument, caught.value.index, caught.value.count) == ("x", (1,), 1)


@pytest.mark.parametrize(
    "read", [arrays.as_numbers, arrays.as_flags, arrays.as_codes, arrays.as_days]
)
def test_rows_of_unequal_length_are_refused(read):
    """Ragged lists are named with the repair."""
    with pytest.raises(
        InputError, match="`sizes` must have rows of one length; got list of unequal ones"
    ):
        read([[1, 0], [1]], "sizes")
