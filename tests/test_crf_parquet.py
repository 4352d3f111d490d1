"""Parquet: every writer's files pass the look at their structure, and what contradicts itself or is
too large is refused before Polars sees it.
"""

import io

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nettumor.crf.files import read_file
from nettumor.crf.limits import Limits
from nettumor.errors import InputError

TABLE = pa.table(
    {
        "subject": [f"S-{i // 3:03d}" for i in range(600)],
        "visit": list(range(600)),
        "size": [None if i % 7 == 0 else i / 10 for i in range(600)],
        "state": [None] * 600,
    }
)


def by_duckdb(path):
    """A file of DuckDB."""
    duckdb.connect().from_arrow(TABLE).write_parquet(str(path))


WRITERS = {
    "Polars": lambda path: pl.from_arrow(TABLE).write_parquet(path),
    "Polars in groups": lambda path: pl.from_arrow(TABLE).write_parquet(path, row_group_size=100),
    "Polars as it is": lambda path: pl.from_arrow(TABLE).write_parquet(
        path, compression="uncompressed"
    ),
    "PyArrow": lambda path: pq.write_table(TABLE, path),
    "PyArrow, pages of version 2": lambda path: pq.write_table(
        TABLE, path, data_page_version="2.0", row_group_size=50, write_page_index=True,
        compression="gzip", data_page_size=64,
    ),
    "pandas": lambda path: TABLE.to_pandas().to_parquet(path),
    "DuckDB": by_duckdb,
}  # fmt: skip


@pytest.mark.parametrize("writer", WRITERS)
def test_files_of_every_writer_are_read(tmp_path, writer):
    """The structure that each writes agrees with itself; the cells are those of the table."""
    path = tmp_path / "lesions.parquet"
    WRITERS[writer](path)
    (table,) = read_file(path)
    assert table["subject"].tolist() == TABLE["subject"].to_pylist()
    np.testing.assert_array_equal(table["size"], TABLE["size"].to_numpy())
    assert table.blank("state").all()
    assert table.rows[[0, -1]].tolist() == [1, 600]
    assert (table.source.name, table.source.kind) == ("lesions.parquet", "parquet")


def test_a_file_without_rows_and_one_without_columns_of_values(tmp_path):
    """No row is a table of no rows."""
    path = tmp_path / "lesions.parquet"
    for table in (TABLE.slice(0, 0), pa.table({"subject": pa.array([], pa.string())})):
        pq.write_table(table, path)
        assert read_file(path)[0].n_rows == 0


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"rows": 599}, "at most 599 rows; got 600 rows"),
        ({"columns": 3}, "at most 3 columns; got 4 columns"),
        ({"cells": 2399}, "at most 2,399 cells; got 2,400 cells"),
        ({"bytes_unpacked": 9000}, "at most 9,000 bytes unpacked; got"),
    ],
)
def test_what_is_too_large_is_refused_by_its_footer(tmp_path, monkeypatch, limits, message):
    """Rows, columns and bytes are known before Polars is asked."""
    path = tmp_path / "lesions.parquet"
    pq.write_table(TABLE, path, compression="gzip")
    assert path.stat().st_size < 9000
    monkeypatch.setattr(pl, "read_parquet", None)
    with pytest.raises(InputError, match=message):
        read_file(path, limits=Limits(**limits))


def compact(value):
    """A value in Thrift's compact protocol: int (64 bits), dict (a structure) or list of dicts."""
    if isinstance(value, dict):
        fields = b"".join(
            bytes([{int: 6, dict: 12, list: 9, float: 7, bool: 1}[type(v)]]) + compact(2 * n) + compact(v)
            for n, v in value.items()
        )  # fmt: skip
        return fields + b"\x00"
    if isinstance(value, list):
        return bytes([len(value) << 4 | 12]) + b"".join(map(compact, value))
    if isinstance(value, bool):
        return b""
    if isinstance(value, float):
        return bytes(8)
    out = []
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def file_of(footer, body=b""):
    """A file of a body and a footer."""
    return b"PAR1" + body + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def meta(**changed):
    """What a column says of itself: 2 values in 20 bytes from byte 4 on; numbers twice as large, as
    the protocol writes them.
    """
    about = {"values": 4, "unpacked": 40, "packed": 40, "start": 8, **changed}
    numbers = dict(zip((5, 6, 7, 9), about.values(), strict=True))
    return {1: 4, 3: 4, 4: [{1: [{3: numbers}], 3: 4}], 7: 1.5, 8: True}


def page(size, packed, values):
    """A page's header and content."""
    header = compact({1: 0, 2: 2 * size, 3: 2 * packed, 5: {1: 2 * values}})
    return (header + bytes(packed)).ljust(24, b"\x00")


BODY = page(1, 1, 2)
DAMAGED = {
    "a footer longer than the file": (b"PAR1" + b"\xff" * 4 + b"PAR1", "footer is longer"),
    "a footer of nothing": (file_of(b"\x00"), "it does not state its rows"),
    "a footer that is cut off": (file_of(b"\x16"), "its structure is cut off"),
    "a text beyond the end": (file_of(b"\x18\x7f"), "its structure is cut off"),
    "a list beyond the end": (file_of(b"\x19\xfc\x7f"), "its structure is cut off"),
    "a value of no type": (file_of(b"\x1e\x00"), "a value of an unknown type"),
    "a number too long": (file_of(b"\x16" + b"\xff" * 11), "more than 64 bits"),
    "structures without end": (file_of(b"\x1c" * 60), "nested too deep"),
    "rows of no group": (file_of(compact({3: 10})), "its row groups are not as long"),
    "groups that are none": (file_of(compact({3: 0, 4: 8})), "a part of its footer is missing"),
    "a column without description": (file_of(compact({3: 0, 4: [{1: [{1: 2}], 3: 0}]})), "is missing"),
    "fewer than no rows": (file_of(compact({3: 3})), "it does not state its rows"),
    "a column outside": (file_of(compact(meta(packed=400)), BODY), "a column lies outside"),
    "a column at the mark": (file_of(compact(meta(start=2)), BODY), "a column lies outside"),
    "a page outside": (file_of(compact(meta()), page(1, 19, 2)), "a page lies outside of its column"),
    "a page too large": (file_of(compact(meta()), page(21, 1, 2)), "a page lies outside of its column"),
    "too few values": (file_of(compact(meta()), page(1, 1, 1)), "does not state its page sizes|do not hold the values"),
    "a page that is none": (file_of(compact(meta()), b"\x00" * 24), "does not state its page sizes"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGED)
def test_what_contradicts_itself_is_refused(tmp_path, monkeypatch, kind):
    """Each contradiction has its reason, and Polars is not asked."""
    data, message = DAMAGED[kind]
    monkeypatch.setattr(pl, "read_parquet", None)
    path = tmp_path / "lesions.parquet"
    path.write_bytes(data)
    with pytest.raises(InputError, match=rf"`lesions.parquet` is not a readable.*{message}"):
        read_file(path)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_a_changed_footer_is_refused_or_stated(tmp_path, monkeypatch, data):
    """Whatever stands in the footer, the look at it ends in an answer, without Polars."""
    out = io.BytesIO()
    pq.write_table(TABLE.slice(0, 9), out)
    whole = bytearray(out.getvalue())
    start = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(start, len(whole) - 9))] = data.draw(st.integers(0, 255))
    monkeypatch.setattr(pl, "read_parquet", lambda _: pl.DataFrame({"subject": ["01"]}))
    path = tmp_path / "lesions.parquet"
    path.write_bytes(whole)
    try:
        answer = f"{read_file(path)[0].n_rows} row of lesions.parquet"
    except InputError as error:
        answer = str(error)
    assert "lesions.parquet" in answer
