"""Comments, titles, labels, totals and row numbers around the records of a text file, and the two
readers of text against each other.
"""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nettumor.crf import plain_text
from nettumor.crf.files import read_file
from nettumor.crf.tables import Source
from nettumor.crf.text_files import read_csv
from nettumor.errors import InputError

HEADER = "subject,lesion,role,visit,date,size"
ROWS = ["01,T1,TARGET,1,2024-01-02,30", "01,T1,TARGET,2,2024-03-01,NE", "S-2,T1,TARGET,1,,12"]
SIZES = ["30", "NE", "12"]


def read(text, name="lesions.csv"):
    """The table in a text."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_csv(data, Source(name, "csv"), "lesions")


def lines(*rows):
    """Lines of a file."""
    return "\n".join(rows) + "\n"


LABELS = "Subject Identifier,Lesion,Role of lesion,Visit number,Date of scan,Size (mm)"
TYPES = "Char,Char,Char,Num,Date,Num"
LENGTHS = "20,4,10,8,10,8"
RECOGNISED = {
    "comments above": (lines("# exported 2024", "# by me, for you", HEADER, *ROWS), [4, 5, 6], ["a comment"] * 2),
    "a comment between": (lines(HEADER, ROWS[0], "#checked", *ROWS[1:]), [2, 4, 5], ["a comment"]),
    "a comment with as many cells": (lines(HEADER, ROWS[0], "# a,b,c,d,e,f", *ROWS[1:]), [2, 4, 5], ["a comment"]),
    "a title above": (lines("Lesions of study 1", "", HEADER, *ROWS), [4, 5, 6], ["a title above the header"]),
    "titles of Excel": (lines("Lesions,,,,,", "as of May,,,,,", HEADER, *ROWS), [4, 5, 6],
                        ["a title above the header"] * 2),
    "labels below": (lines(HEADER, LABELS, *ROWS), [3, 4, 5], ["labels under the header"]),
    "types below": (lines(HEADER, TYPES, *ROWS), [3, 4, 5], ["types under the header"]),
    "labels, types and lengths": (
        lines(HEADER, LABELS, TYPES, LENGTHS, *ROWS), [5, 6, 7],
        ["labels under the header", "types under the header", "lengths under the header"]),
    "formats of SAS below": (lines(HEADER, "$20.,$4.,$10.,8.,YYMMDD10.,BEST12.", *ROWS), [3, 4, 5],
                             ["types under the header"]),
    "the header below": (lines(HEADER, HEADER.upper(), *ROWS), [3, 4, 5], ["the header again"]),
    "the header between": (lines(HEADER, ROWS[0], HEADER, *ROWS[1:]), [2, 4, 5], ["the header again"]),
    "a total below": (lines(HEADER, *ROWS, "Total,,,,,42"), [2, 3, 4], ["a total below the records"]),
    "a count below": (lines(HEADER, *ROWS, "(3 rows)"), [2, 3, 4], ["a total below the records"]),
    "a count below and a blank line": (lines(HEADER, *ROWS, "Total: 3", "", ""), [2, 3, 4],
                                       ["a total below the records"]),
    "everything": (lines("# x", "Lesions", HEADER, LABELS, *ROWS, "Total rows: 3"), [5, 6, 7],
                   ["a comment", "a title above the header", "labels under the header",
                    "a total below the records"]),
}  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("kind", RECOGNISED)
def test_rows_that_are_no_records_are_left_out_and_said(kind, end):
    """The records are those of the bare table, with the numbers that their rows have."""
    text, rows, notes = RECOGNISED[kind]
    table = read(text.replace("\n", end))
    assert list(table) == HEADER.split(",")
    assert table["size"].tolist() == SIZES
    assert table.rows.tolist() == rows
    assert [n.note for n in table.notes] == notes
    assert all(
        n.status == "ignored" and n.place.startswith("lesions.csv row ") for n in table.notes
    )


@pytest.mark.parametrize("unit", ["cm", "(cm)", "[CM]"])
def test_a_row_of_units_is_put_behind_the_names(unit):
    """The unit of a length under its name counts as one in the name; that of another column is said."""
    table = read(lines(HEADER + ",age", f",,,,,{unit},years", *(row + ",61" for row in ROWS)))
    name = unit.strip("()[]")
    assert list(table)[-2:] == [f"size ({name})", "age"]
    assert table.rows.tolist() == [3, 4, 5]
    assert [n.note for n in table.notes] == ["units under the header"]


@pytest.mark.parametrize("row", [",,,,,years", "01,,,,,cm", ",,,,,cm3x"])
def test_a_row_that_is_not_units_alone_is_a_record(row):
    """A length or volume must be among them, and no other word."""
    assert read(lines(HEADER, row, *ROWS)).rows.tolist() == [2, 3, 4, 5]


def test_a_column_alone_may_be_called_as_its_cells():
    """One name that stands below again may be a word of the column."""
    assert read(lines("subject", "subject", "01")).rows.tolist() == [2, 3]


@pytest.mark.parametrize("order", ["utf-16", "utf-16-le", "utf-16-be"])
def test_text_of_utf_16_is_read(order):
    """Excel saves "Unicode text" as UTF-16 with its mark in front, in either order of bytes."""
    mark = "" if order == "utf-16" else "\ufeff"
    text = lines(HEADER, *ROWS).replace(",", "\t").replace("S-2", "Z\u00fcrich")
    table = read((mark + text).encode(order))
    assert table["subject"].tolist() == ["01", "01", "Z\u00fcrich"]


def test_a_total_below_one_record():
    """It is left out there too; without a record above it, it may be one."""
    table = read(lines(HEADER, ROWS[0], "Total,,,,,42"))
    assert (table.rows.tolist(), [n.note for n in table.notes]) == (
        [2],
        ["a total below the records"],
    )
    assert read(lines(HEADER, "Total,,,,,42")).n_rows == 1


def test_the_place_and_the_words_of_what_was_left_out():
    """A line names the row and what stood there."""
    (note,) = read(lines(HEADER, LABELS, *ROWS)).notes
    assert note.place == "lesions.csv row 2"
    assert note.found.startswith("Subject Identifier, Lesion, Role of lesion")
    assert str(note).endswith("was ignored (1): labels under the header")


RECORDS = {
    "one row": lines(HEADER, "A,T1,TARGET,BASELINE,UNK,NE"),
    "a first row of words": lines(HEADER, "A,T1,TARGET,BASELINE,UNK,NE", *ROWS),
    "a first subject without a date": lines(HEADER, "AB,T9,NON-TARGET,first,,", *ROWS),
    "one word twice": lines(HEADER, "AB,T9,NON-TARGET,not known,not known,not known", *ROWS),
    "a subject that is called Total": lines(HEADER, *ROWS, "Total,T1,TARGET,1,2024-01-02,12"),
    "a subject with a mark": lines(HEADER, *ROWS, "#12,T1,TARGET,1,2024-01-02,12"),
    "a single column": lines("subject", "Total of study", "01"),
    "integers under the header": lines("subject,visit,size", "1,1,30", "2,1,20"),
    "codes under the header": lines("subject,age", "1,61", "2,62"),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_records_that_look_alike_stay(kind):
    """What may be a record is one."""
    text = RECORDS[kind]
    table = read(text)
    assert table.n_rows == text.count("\n") - 1
    assert table.notes == ()


def test_a_header_behind_a_mark_of_comment():
    """ "#subject,lesion,..." is the header where the line below has no names."""
    table = read(lines("#" + HEADER, *ROWS))
    assert list(table) == HEADER.split(",")
    assert table["size"].tolist() == SIZES


@pytest.mark.parametrize("first", ['""', '"" '])
def test_row_numbers_of_r_and_pandas(first):
    """The column without a name that R and pandas write in front is left out, and said quietly."""
    rows = [f'"{i}",{row}' for i, row in zip((0, 1, 5), ROWS, strict=True)]
    table = read(lines(f"{first.strip()},{HEADER}", *rows))
    assert list(table) == HEADER.split(",")
    assert table.rows.tolist() == [2, 3, 4]
    assert [(n.kind, n.status, n.count) for n in table.notes] == [("column", "not needed", 3)]


@pytest.mark.parametrize(
    "column", [["1", "1", "2"], ["A", "B", "C"], ["3", "2", "1"], ["1", "", "3"]]
)
def test_a_first_column_without_a_name_that_numbers_nothing_is_refused(column):
    """It may be the patients."""
    with pytest.raises(InputError, match="a column with values and without a name"):
        read(lines("," + HEADER, *(f"{c},{r}" for c, r in zip(column, ROWS, strict=True))))


def test_row_numbers_that_end_late_are_refused():
    """Numbers that ascend for the first hundred rows alone number nothing."""
    rows = [f"{i if i < 150 else 3},{ROWS[0]}" for i in range(200)]
    with pytest.raises(InputError, match="a column with values and without a name"):
        read(lines("," + HEADER, *rows))


REFUSED = {
    "two rows of a title": (lines("Study,A", HEADER, *ROWS), "row 2 has 6 cells; the header has 2"),
    "a total with a record below": (lines(HEADER, "Total: 3", *ROWS), "row 2 has 1 cells; the header has 6"),
    "a line cut off": (lines(HEADER, *ROWS, "01,T1,TAR"), "row 5 has 3 cells; the header has 6"),
    "NUL": (lines(HEADER, ROWS[0], "\x00" + ROWS[1]), r"holds NUL bytes \(line 3\)"),
    "UTF-16 cut off": (lines(HEADER, *ROWS).encode("utf-16")[:-1], "begins as UTF-16 and breaks off"),
    "UTF-32": (lines(HEADER, *ROWS).encode("utf-32"), "is not UTF-8: byte 0xff in line 1"),
    "Latin-1": (lines(HEADER, "Zo\xeb,T1,TARGET,1,,1").encode("latin-1"), "byte 0xeb in line 2"),
    "a header that has fewer cells": (lines("subject,age", "1,61,M", "2,62,F"), "row 2 has 3 cells"),
    "a quote that is not closed": (lines(HEADER, *ROWS, '"01,T1'), "cannot be read as CSV at row 5"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_certain_is_refused_with_its_row(kind):
    """Not guessed: the message has the row."""
    text, message = REFUSED[kind]
    with pytest.raises(InputError, match=message):
        read(text)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separators(mark):
    """Comma, semicolon, tab and pipe, under a title too, and a line that names it."""
    for above in ("", "Lesions\n", f"sep={mark}\n"):
        table = read(above + lines(HEADER, *ROWS).replace(",", mark))
        assert table["size"].tolist() == SIZES
        assert len(table.notes) == (above == "Lesions\n")


def both(text, monkeypatch):
    """What the reader with Polars and that without it give: cells, rows and notes, or the error."""
    found = []
    for least in (0, 10**9):
        monkeypatch.setattr(plain_text, "LONG", least)
        try:
            table = read(text)
        except InputError as error:
            found.append(str(error))
        else:
            words = [
                (n, table.column(n).words.tolist(), table.column(n).codes.tolist()) for n in table
            ]
            found.append((words, table.rows.tolist(), table.notes))
    return found


AWKWARD = {
    "plain": "a,b\n1,x\n2,y\n",
    "no line end at the end": "a,b\n1,x\n2,y",
    "quoted": 'a,b\n"1","x,y"\n"2","z"\n',
    "doubled quotes": 'a,b\n1,"say ""x"""\n2,y\n',
    "empty quoted cells": 'a,b\n"",""\n"",x\n1,""\n',
    "a line end in quotes": 'a,b\n1,"x\ny"\n2,z\n',
    "a line end in a quoted header": '"a\nb",c\n1,x\n2,y\n',
    "a quote within a cell": 'a,b\n1,5" x\n2,y\n',
    "a quote after a blank": 'a,b\n1, "x"\n2,y\n',
    "letters after a quote": 'a,b\n1,"x"y\n2,z\n',
    "an open quote": 'a,b\n1,"x\n2,y\n',
    "two halves of quotes": 'a,b\n"1,x\n2,"y\n',
    "CRLF": "a,b\r\n1,x\r\n2,y\r\n",
    "CR": "a,b\r1,x\r2,y\r",
    "CR and LF": "a,b\n1,x\r2,y\n3,z\r\n",
    "CR in quotes": 'a,b\n1,"x\ry"\n2,z\n',
    "CRLF in quotes": 'a,b\r\n1,"x\r\ny"\r\n2,z\r\n',
    "too few cells": "a,b\n1,x\n2\n3,z\n",
    "too many cells": "a,b\n1,x\n2,y,z\n",
    "too many blank cells": "a,b\n1,x,\n2,y,\n",
    "one too few and one too many": "a,b\n1\n2,x,y\n",
    "blank lines": "a,b\n\n1,x\n\n2,y\n\n",
    "blank lines above": "\n\na,b\n1,x\n2,y\n",
    "a line of blanks": "a,b\n1,x\n  \n2,y\n",
    "blank cells alone": "a,b\n,\n1,x\n , \n,y\n",
    "a comment": "a,b\n1,x\n# c\n2,y\n",
    "a comment at once": "a,b\n# c,d\n1,x\n",
    "a total": "a,b\n1,2\n2,3\nTotal,5\n",
    "NUL": "a,b\n1,x\x00\n",
    "BOM": "\ufeffa,b\n1,x\n2,y\n",
    "BOM twice": "\ufeff\ufeffa,b\n1,x\n",
    "other separators of lines": "a,b\n1,x\u2028y\x85z\x0b\x0c\n2,y\n",
    "words of missing": "a,b\nNA,null\nNaN,None\n.,\n",
    "numbers and dates": "a,b\n007,1e5\n2024-01-01,1.50\n",
    "blanks kept": "a,b\n x , y\n\tz,  \n",
    "one column": 'a\nx\n""\ny\n',
    "a name for quotes": '"a","b"\n1,x\n2,y\n',
    "no records": "a,b\n",
    "semicolons": "a;b\n1,5;x\n2;y\n",
    "tabs": "a\tb\n1\tx y\n2\t\n",
    "pipes": "a|b\n1|x\n",
    "beyond the basic plane": "a,b\n\U0001f600,é\nZoë,ß\n",
}


@pytest.mark.parametrize("kind", AWKWARD)
def test_both_readers_of_text_give_the_same(kind, monkeypatch):
    """Cells, rows, notes and errors do not depend on whether Polars is there."""
    with_polars, without = both(AWKWARD[kind], monkeypatch)
    assert with_polars == without


def test_plain_files_are_read_by_polars(monkeypatch):
    """The quick reader is at work: what is plain does not go through the other."""
    monkeypatch.setattr(plain_text, "LONG", 0)
    for kind in ("plain", "quoted", "CRLF", "empty quoted cells", "blank cells alone", "BOM"):
        text = AWKWARD[kind].removeprefix("\ufeff")
        assert plain_text.plain_columns(text, ",", 2, 2) is not None
    assert plain_text.plain_columns(AWKWARD["CR"], ",", 2, 2) is None


def test_without_polars_the_other_reader_is_at_work(monkeypatch):
    """Absent, or of another version that refuses: no error."""
    import builtins

    import polars

    real = builtins.__import__

    def absent(wanted, *args, **keywords):
        if wanted == "polars":
            raise ImportError(wanted)
        return real(wanted, *args, **keywords)

    def refusing(*_, **__):
        raise TypeError("no such argument")

    monkeypatch.setattr(plain_text, "LONG", 0)
    monkeypatch.setattr(polars, "read_csv", refusing)
    assert read(AWKWARD["plain"])["a"].tolist() == ["1", "2"]
    monkeypatch.setattr(builtins, "__import__", absent)
    assert read(AWKWARD["plain"])["a"].tolist() == ["1", "2"]


def test_a_cell_that_is_too_long_is_refused_by_both(monkeypatch):
    """The limit of the standard library's reader holds for both."""
    with_polars, without = both(f"a,b\n1,{'x' * 131_073}\n2,y\n", monkeypatch)
    assert with_polars == without
    assert "field larger than field limit" in without


PIECES = [
    "a",
    "1",
    ",",
    ";",
    '"',
    '""',
    "\n",
    "\r\n",
    "\r",
    " ",
    "#",
    "\x00",
    "\ufeff",
    "é",
    "NA",
    "Total",
    "\n\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25), st.integers(1, 3))
@settings(max_examples=300)
def test_any_text_is_read_alike(pieces, width):
    """Texts of separators, quotes and line ends in any order."""
    text = ",".join("abc"[:width]) + "\n" + "".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        with_polars, without = both(text, patch)
    assert with_polars == without


@given(
    st.lists(st.lists(st.text("ab1, \"'é\n\r#", max_size=4), min_size=2, max_size=2), max_size=6),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_writer_writes_is_read_alike(rows, quoting, end):
    """Tables of the csv module."""
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator=end).writerows([["x", "y"], *rows])
    with pytest.MonkeyPatch.context() as patch:
        with_polars, without = both(out.getvalue(), patch)
    assert with_polars == without


def test_a_pipe_file_in_a_folder(tmp_path):
    """A .txt with pipes is a table."""
    (tmp_path / "lesions.txt").write_text(lines(HEADER, *ROWS).replace(",", "|"))
    assert read_file(tmp_path / "lesions.txt")[0]["size"].tolist() == SIZES
