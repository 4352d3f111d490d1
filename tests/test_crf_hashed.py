"""Words numbered by hashes: the same numbers as by a dictionary, and none where two words may meet."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nettumor._threads import LONG
from nettumor.crf import frames
from nettumor.crf.hashed import by_hash, of_one_length


def numbered(values):
    """The slow twin: a number for each value in the order of appearance, and its first row."""
    first, codes = {}, []
    for row, value in enumerate(values):
        first.setdefault(value, row)
        codes.append(list(first).index(value))
    return codes, list(first.values())


def check(found, values):
    codes, first = numbered(values)
    assert found[0].tolist() == codes
    assert found[0].dtype == np.int32
    assert found[1].tolist() == first


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 3), max_size=30))
def test_hashes_are_numbered_as_they_appear(hashes):
    """Any hashes, those that differ in few bits too; None only where most rows are left."""
    found = by_hash(np.array(hashes, dtype=np.uint64).__getitem__, len(hashes))
    first = {}
    left = sum(first.setdefault(h >> 48, h) != h for h in hashes)
    assert (found is None) == (4 * left > 3 * len(hashes))
    if found is not None:
        check(found, hashes)


@pytest.mark.parametrize("bits", [0, 16, 32, 48])
def test_every_part_of_a_hash_is_looked_at(bits):
    """Hashes that differ in 16 of their bits alone, wherever these are."""
    hashes = [i << 48 for i in range(50)] + [(i % 7) << bits for i in range(20)]
    check(by_hash(np.array(hashes, dtype=np.uint64).__getitem__, len(hashes)), hashes)


def test_too_many_distinct_hashes_are_left_to_a_dictionary():
    """More than three quarters of the rows left after the first look: None."""
    assert by_hash(np.arange(1000, dtype=np.uint64).__getitem__, 1000) is None


@given(
    st.integers(1, 32).flatmap(
        lambda n: st.lists(st.text("ab01-", min_size=n, max_size=n), min_size=1, max_size=30)
    )
)
def test_words_of_one_length_are_numbered_as_they_appear(words):
    """Of 1 to 32 letters, in arrays of either width, and in a part of one."""
    for kind in (pa.string(), pa.large_string()):
        check(of_one_length(pa.array(words, kind)), words)
        check(of_one_length(pa.array(["x", "yy", *words], kind)[2:]), words)


@pytest.mark.parametrize("words", [[], ["a", "bb"], ["a", None], ["", ""], ["x" * 33] * 2])
def test_other_words_are_left_to_a_dictionary(words):
    """None, unequal lengths, missing, empty and long ones."""
    assert of_one_length(pa.array(words, pa.string())) is None


def long_column():
    names = np.array([f"S-{i:04d}" for i in range(3000)], dtype=object)
    return names[np.random.default_rng(1).integers(0, 3000, LONG)].tolist()


def test_long_columns_of_frames_are_what_short_ones_are(monkeypatch):
    """A column above the limit has the cells and the order of words that it has below it, from
    Polars, pandas and PyArrow.
    """
    import pandas as pd

    words = long_column()
    makers = (
        lambda: frames.read_frame(pl.DataFrame({"subject": words}), "lesions"),
        lambda: frames.read_frame(pd.DataFrame({"subject": words}), "lesions"),
        lambda: frames.read_frame(pa.table({"subject": words}), "lesions"),
    )
    for make in makers:
        quick = make().column("subject")
        with monkeypatch.context() as patch:
            patch.setattr(frames, "LONG", 10**9)
            slow = make().column("subject")
        assert quick.text.tolist() == slow.text.tolist() == words
        kept = [w for w in slow.words.tolist() if w]
        assert quick.words.tolist() == kept or quick.words.tolist() == slow.words.tolist()


def test_two_words_of_one_hash_are_told_apart(monkeypatch):
    """Where the hashes of Polars meet, the words are numbered by a dictionary."""
    words = long_column()
    monkeypatch.setattr(
        pl.Series, "hash", lambda s, *_: pl.Series([0], dtype=pl.UInt64).new_from_index(0, len(s))
    )
    read = frames.read_frame(pl.DataFrame({"subject": words}), "lesions").column("subject")
    assert read.text.tolist() == words
