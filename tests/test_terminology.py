"""The words: codes never move, spellings are read and written, the ordering is the only one."""

import numpy as np
import pytest

import nettumor as nt
from nettumor import Response


def test_codes_are_fixed():
    """The codes are as published and never renumbered; larger is better."""
    codes = {r.name: int(r) for r in Response}
    assert codes == {
        "MISSING": 0,
        "NE": 1,
        "IUPD": 2,
        "PD": 3,
        "NON_CR_NON_PD": 4,
        "SD": 5,
        "MR": 6,
        "PR": 7,
        "CR": 8,
    }


def test_reasons_are_single_bits_of_int32():
    """Each reason is one bit, no two share one, and all fit an int32."""
    for flags in (nt.Reason, nt.EventReason):
        values = [int(r) for r in flags]
        assert all(v & (v - 1) == 0 and 0 < v < 2**31 for v in values)
        assert len(set(values)) == len(values)


def test_labels_are_cdisc_submission_values():
    """Codes are written as CDISC writes them; under iRECIST with the i."""
    assert nt.labels(range(9)).tolist() == [
        "MISSING",
        "NE",
        "iUPD",
        "PD",
        "NON-CR/NON-PD",
        "SD",
        "MR",
        "PR",
        "CR",
    ]
    assert nt.labels([3, 5, 8, 4], nt.criteria.IRECIST_2017).tolist() == [
        "iCPD",
        "iSD",
        "iCR",
        "NON-iCR/NON-iUPD",
    ]
    assert nt.labels([3], nt.criteria.RECIST_1_1).tolist() == ["PD"]
    assert nt.labels(np.zeros((2, 0), np.int8)).shape == (2, 0)
    assert str(nt.labels(Response.PR)) == "PR"


def test_labels_round_trip():
    """What is written is read back, with and without the i, in any case."""
    for criteria in (None, nt.criteria.IRECIST_2017):
        codes = np.arange(9, dtype=np.int8)
        written = nt.labels(codes, criteria)
        np.testing.assert_array_equal(nt.parse_responses(written), codes)
        np.testing.assert_array_equal(nt.parse_responses([w.lower() for w in written]), codes)


@pytest.mark.parametrize(
    ("word", "response"),
    [
        ("NC", Response.SD), ("IR/SD", Response.NON_CR_NON_PD), ("Incomplete response/SD", Response.NON_CR_NON_PD),
        ("iCR", Response.CR), ("iPR", Response.PR), ("iSD", Response.SD), ("iUPD", Response.IUPD),
        ("iCPD", Response.PD), ("Not all evaluated", Response.NE), ("", Response.MISSING), (None, Response.MISSING),
        (np.nan, Response.MISSING), ("NA", Response.MISSING), ("ND", Response.MISSING), ("NOT DONE", Response.MISSING),
        ("  pr ", Response.PR), ("Non-CR/Non-PD", Response.NON_CR_NON_PD), ("NE", Response.NE), ("mr", Response.MR),
    ],
)  # fmt: skip
def test_accepted_spellings(word, response):
    """Each spelling of the design is read, alone and in a list."""
    assert nt.parse_responses([word]).tolist() == [response]
    if isinstance(word, str):
        assert nt.parse_responses(word) is response


def test_labels_come_in_any_container():
    """Arrays of str, bytes and objects, pandas and Polars columns, members themselves."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    expected = [7, 0, 3]
    for words in (
        np.array(["PR", "", "PD"]),
        np.array([b"PR", b"", b"PD"]),
        ["PR", None, "PD"],
        ["PR", np.nan, "PD"],
        pandas.Series(["PR", None, "PD"]),
        pandas.Series(["PR", pandas.NA, "PD"], dtype="string"),
        polars.Series(["PR", None, "PD"]),
        [Response.PR, Response.MISSING, Response.PD],
        [Response.PR, None, "PD"],
        ["PR", pandas.NaT, "PD"],
        pandas.Series(pandas.Categorical(["PR", None, "PD"])),
        np.ma.array(["PR", "SD", "PD"], mask=[False, True, False]),
    ):
        assert nt.parse_responses(words).tolist() == expected
    assert nt.parse_responses(np.array([["PR"], ["SD"]])).tolist() == [[7], [5]]
    assert nt.parse_responses(np.array("PR")) is Response.PR
    assert nt.parse_responses([]).dtype == np.int8
    assert nt.parse_responses(["PR", "PR"]).tolist() == [7, 7]
    assert nt.parse_responses(np.array([])).shape == (0,)


@pytest.mark.parametrize(
    "word", ["CHECK", "Partial", "P R", 7, 3.5, True, np.int8(7), np.inf, ["PR"], {}, b"\xff"]
)
def test_unknown_labels_are_refused_with_their_place(word):
    """Anything else is an error that names the word and where it stands."""
    with pytest.raises(
        nt.InputError, match=r"`labels` must be responses such as CR.*got .* at \[1\]"
    ):
        nt.parse_responses(["PR", word])
    with pytest.raises(nt.InputError, match=r"got .* at \[1\]"):
        nt.parse_responses([Response.PR, word])


def test_the_place_of_an_unknown_label_in_a_table():
    """The place is that of the table; codes are told that they need no reading."""
    with pytest.raises(nt.InputError, match=r"got 'bad' at \[1, 0\]"):
        nt.parse_responses([["PR", "SD"], ["bad", "PR"]])
    with pytest.raises(nt.InputError, match=r"got 7 at \[0\]. Codes need no reading"):
        nt.parse_responses([7])


def test_labels_want_an_edition_and_not_its_name():
    """A name in place of the edition would leave the i out in silence: it is refused."""
    with pytest.raises(
        nt.InputTypeError, match="`criteria` must be an edition; got 'irecist-2017'"
    ):
        nt.labels([3], "irecist-2017")


def test_unknown_label_has_a_suggestion():
    """A near miss is suggested."""
    with pytest.raises(nt.InputError, match=r"Did you mean 'NON-CR/NON-PD'\?"):
        nt.parse_responses("NON-CR NON-PD")


def test_best_of_is_the_maximum():
    """The best is the largest code over the last axis; MISSING loses to all; an empty axis is
    MISSING.
    """
    assert nt.best_of([[1, 5, 0], [0, 0, 0]]).tolist() == [5, 0]
    assert nt.best_of([3, 8]) is Response.CR
    assert nt.best_of(Response.SD) is Response.SD
    assert nt.best_of(np.zeros((2, 0), np.int8)).tolist() == [0, 0]


def test_codes_outside_the_enumeration_are_refused():
    """A code that is no response is an error with its place; labels are pointed to
    parse_responses.
    """
    with pytest.raises(
        nt.InputError, match=r"`codes` must be Response codes from 0 to 8; got 9 at \[1\]"
    ):
        nt.best_of([1, 9])
    with pytest.raises(nt.InputTypeError, match="parse_responses"):
        nt.labels(["PR"])


def test_reasons_in_words():
    """Bits become words, of any shape and for a scalar; what is no bit is refused."""
    bits = nt.target_response([[[30, 20]], [[30, 40]]]).reason
    assert nt.reasons(bits).tolist() == [["", "decrease"], ["", "increase"]]
    assert nt.reasons(nt.Reason.GONE | nt.Reason.NORMAL_NODES) == "gone, normal nodes"
    assert nt.reasons(3, nt.EventReason) == "progression, death"
    assert nt.reasons(np.empty((0, 2), np.int32)).shape == (0, 2)
    with pytest.raises(nt.InputTypeError, match="`bits` must be bits of Reason"):
        nt.reasons(["increase"])
    with pytest.raises(
        nt.InputError, match=r"`bits` must be bits of EventReason; got 8192 at \[0\]"
    ):
        nt.reasons([1 << 13], nt.EventReason)


def test_reasons_that_became_floats():
    """Whole floats are bits, NaN is none; anything else is refused."""
    assert nt.reasons([8.0, float("nan")]).tolist() == ["increase", ""]
    for wrong in ([8.5], [float("inf")], ["8"]):
        with pytest.raises(nt.InputTypeError, match="`bits` must be bits of Reason"):
            nt.reasons(wrong)
