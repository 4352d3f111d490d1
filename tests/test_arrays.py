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


def narrow_containers():
    """33 and 23.1 as 32 bits, in everything that can hold them."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pyarrow, xarray = pytest.importorskip("pyarrow"), pytest.importorskip("xarray")
    values = [np.float32(33), np.float32(23.1)]
    arrow = pyarrow.array(values, pyarrow.float32())
    return {
        "array": np.array(values),
        "list": values,
        "tuple": tuple(values),
        "list beside wider": [33.0, np.float32(23.1)],
        "rows beside wider": [np.array([33.0]), np.array([23.1], np.float32)],
        "nested": [[np.float32(33), None], [np.float32(23.1), 1.0]],
        "objects": np.array(values, dtype=object),
        "strided": np.array([[33, 0], [23.1, 0]], np.float32)[:, 0],
        "other bytes": np.array(values).astype(">f4"),
        "masked": np.ma.masked_array(values, mask=[False, False], dtype=np.float32),
        "pandas": pandas.Series(values, dtype="float32"),
        "pandas nullable": pandas.Series([*values, None], dtype="Float32"),
        "pandas arrow": pandas.Series([*values, None], dtype=pandas.ArrowDtype(pyarrow.float32())),
        "frame": pandas.DataFrame({"a": np.array(values), "b": [1.0, 2.0]}),
        "polars": polars.Series(values, dtype=polars.Float32),
        "polars frame": polars.DataFrame({"a": polars.Series(values, dtype=polars.Float32)}),
        "arrow": arrow,
        "arrow chunked": pyarrow.chunked_array([arrow]),
        "arrow table": pyarrow.table({"a": arrow, "b": [1.0, 2.0]}),
        "xarray": xarray.DataArray(np.array(values)),
    }


@pytest.mark.parametrize("name", sorted(narrow_containers()))
def test_floats_of_32_bits_are_the_decimals_that_were_written(name):
    """33 and 23.1 in 32 bits are 33 and 23.1 from every container: -30 %, not -29.999999 %."""
    read = arrays.as_numbers(narrow_containers()[name], "sizes")
    first = read if read.ndim == 1 else read[..., 0]
    assert first[:2].ravel().tolist() == [33.0, 23.1]
    assert np.isnan(read.ravel()[2:3]).all() or read.ndim == 2


@given(n=st.integers(1, 10**6), places=st.integers(0, 4), percent=percents, more=st.integers(-1, 1))
def test_limits_are_exact_from_32_bits(n, places, percent, more):
    """A size of up to 7 digits in 32 bits meets a limit as its decimal does; beside it, it does
    not.
    """
    before = Decimal(n) / 10**places
    after = (before * (100 - Decimal(str(percent))) / 100).quantize(Decimal(10) ** -places)
    after += more * Decimal(10) ** -places
    b, a = (arrays.widen(np.array([v], np.float32)) for v in (before, max(after, Decimal(0))))
    exact = max(after, Decimal(0)) <= before * (100 - Decimal(str(percent))) / 100
    assert bool(arrays.fallen_by(percent, b, a)[0]) == exact


def test_widening_is_shortest_and_whole():
    """What `widen` gives is what the number prints, for every kind of float of 32 bits."""
    bits = np.random.default_rng(3).integers(0, 2**32, 20_000, dtype=np.uint32)
    values = np.concatenate([bits.view(np.float32), np.float32([0, -0.0, 1e-45, 3e38, 16777217])])
    with np.errstate(invalid="ignore"):
        wide = arrays.widen(values)
    known = ~np.isnan(values)
    assert wide[known].tolist() == [float(str(v)) for v in values[known]]
    assert np.isnan(wide[~known]).all()
    assert arrays.widen(np.zeros((2, 0), np.float32)).shape == (2, 0)


def test_floats_of_16_bits_are_refused():
    """Three digits are too few for a limit: float16 is refused, from arrays, scalars and lists."""
    for values in (np.array([33], np.float16), np.float16(33), [np.float16(33), 33.0]):
        with pytest.raises(InputTypeError, match="`size` must be"):
            arrays.as_numbers(values, "size")


R_MISSING = np.array([0x7FF00000000007A2], np.uint64).view(np.float64)
"""R's NA_real_, a signalling NaN."""


def test_a_signalling_nan_becomes_plain():
    """R's missing number is an ordinary NaN once it is in, in arrays, lists and objects; the array
    given is as it was.
    """
    values = np.array([20.0, np.nan, 30.0, np.nan])
    values.view(np.uint64)[1] = R_MISSING.view(np.uint64)[0]
    values.setflags(write=False)
    for given_values in (values, values.reshape(2, 2), values.astype(">f8"), values.tolist()):
        read = np.ravel(arrays.as_numbers(given_values, "x"))
        assert np.fmin(read[0], read[1]) == np.fmax(read[1], read[0]) == 20.0
        assert np.nanmin(read) == 20.0
    assert values.view(np.uint64)[1] == 0x7FF00000000007A2
    plain = np.array([1.0, np.nan])
    assert arrays.as_numbers(plain, "x") is plain


def test_flags_and_masked_cells_in_lists_are_no_numbers():
    """NumPy makes 1.0 of a True among numbers: refused with its place; a masked cell is NaN."""
    for values in ([5.0, True], [[5.0, 1.0], [np.True_, 2.0]], (1, False)):
        with pytest.raises(InputTypeError, match=r"got (np\.)?(True|False)_? ?(at \[[01]\])?"):
            arrays.as_numbers(values, "size")
    np.testing.assert_array_equal(arrays.as_numbers([5.0, np.ma.masked], "size"), [5.0, np.nan])


def test_a_mask_is_missing_or_refused():
    """Numbers, days and codes: missing; what lies below the mask is never read; a flag has no
    missing and is refused.
    """
    mask = [False, True]
    below = np.ma.masked_array(np.array([1.0, "UNK"], object), mask=mask)
    np.testing.assert_array_equal(arrays.as_numbers(below, "x"), [1.0, np.nan])
    days = np.ma.masked_array(np.array([5, 7], "m8[D]"), mask=mask)
    np.testing.assert_array_equal(arrays.as_days(days, "d"), [5.0, np.nan])
    for dtype in (np.int8, np.int64, np.float32, object):
        codes = np.ma.masked_array(np.array([7, 3], dtype), mask=mask)
        assert arrays.as_codes(codes, "best").tolist() == [7, 0]
    with pytest.raises(InputTypeError, match="parse_responses"):
        arrays.as_codes(np.ma.masked_array(["PR", "SD"], mask=mask), "best")
    with pytest.raises(InputError, match=r"`event` must be True or False; got 'masked' at \[1\]"):
        arrays.as_flags(np.ma.masked_array([True, False], mask=mask), "event")
    assert arrays.as_flags(np.ma.masked_array([True, False]), "event").tolist() == [True, False]


def test_whole_floats_are_codes():
    """Codes that became floats where a row was not there are codes, NaN is MISSING; halves,
    infinities, flags and labels are none.
    """
    for values in ([7.0, np.nan], np.array([7, np.nan], np.float32), np.array([7, None], object)):
        read = arrays.as_codes(values, "best")
        assert (read.dtype, read.tolist()) == (np.int8, [7, 0])
    for values in ([6.5, 1], [np.inf], [-1.0], [300.0]):
        with pytest.raises(InputError, match="`best` must be Response codes from 0 to 8"):
            arrays.as_codes(values, "best")
    for values in ([True], ["PR"], np.array(["PR", None], object)):
        with pytest.raises(InputTypeError, match="`best` must be Response codes"):
            arrays.as_codes(values, "best")


class Tensor:
    """What a tensor with a gradient, or on another device, does when NumPy asks."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


def test_what_refuses_to_be_an_array_is_named():
    """The reason of another library's array is handed on in our sentence."""
    with pytest.raises(
        InputTypeError, match="`size` must be readable as an array; got Tensor: Can't"
    ):
        arrays.as_numbers(Tensor(), "size")


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
    assert did_you_mean("zzzz", []) == "There are none."
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
