"""Dataset-JSON, Parquet, Excel: what they hold, and what is refused; files and folders that are
none of a study's.
"""

import builtins
import datetime
import json
import zipfile
from xml.sax.saxutils import escape

import numpy as np
import polars as pl
import pytest

import nettumor
from nettumor import crf
from nettumor.crf.files import read_file
from nettumor.crf.limits import Limits
from nettumor.errors import InputError, MissingExtraError

COLUMNS = [
    {"itemOID": "IT.TR.USUBJID", "name": "USUBJID", "label": "Subject", "dataType": "string"},
    {"itemOID": "IT.TR.TRSTRESN", "name": "TRSTRESN", "label": "Result", "dataType": "float"},
    {"itemOID": "IT.TR.TRORRES", "name": "TRORRES", "label": "Original", "dataType": "string"},
    {"itemOID": "IT.TR.TRDEC", "name": "TRDEC", "label": "Decimal", "dataType": "decimal"},
]
ROWS = [["01", 0, "NE", "1.5"], ["02", 12.5, "", None], ["03", None, "NA", "2"]]
HEAD = {
    "datasetJSONCreationDateTime": "2024-03-01T00:00:00",
    "datasetJSONVersion": "1.1.0",
    "name": "TR",
    "label": "Results",
    "records": 3,
    "columns": COLUMNS,
}


def dataset_json(tmp_path, lines=False):
    """One table as Dataset-JSON 1.1 or its NDJSON form."""
    path = tmp_path / ("tr.ndjson" if lines else "tr.json")
    text = (
        "\n".join(json.dumps(v) for v in (HEAD, *ROWS))
        if lines
        else json.dumps({**HEAD, "rows": ROWS})
    )
    path.write_text(text)
    return path


@pytest.mark.parametrize("lines", [False, True])
def test_dataset_json_and_ndjson_are_one_table(tmp_path, lines):
    """Text stays text, null is blank, 0 is 0, decimals written as text are numbers."""
    (table,) = read_file(dataset_json(tmp_path, lines))
    assert table.name == "TR"
    assert table["USUBJID"].tolist() == ["01", "02", "03"]
    np.testing.assert_array_equal(table["TRSTRESN"], [0, 12.5, np.nan])
    assert table["TRORRES"].tolist() == ["NE", "", "NA"]
    np.testing.assert_array_equal(table["TRDEC"], [1.5, np.nan, 2.0])
    assert table.rows.tolist() == [1, 2, 3]
    assert table.source.kind == "dataset-json"


def test_plain_json_rows(tmp_path):
    """An array of objects is a table; a key that a row lacks is blank there."""
    path = tmp_path / "lesions.json"
    path.write_text('[{"subject": "1", "size": 3}, {"subject": "2", "visit": "W8"}]')
    (table,) = read_file(path)
    np.testing.assert_array_equal(table["size"], [3, np.nan])
    assert table.text("visit").tolist() == ["", "W8"]


def test_ndjson_of_objects(tmp_path):
    """A line per object is a table too."""
    path = tmp_path / "lesions.ndjson"
    path.write_text('{"subject": "1", "size": 3}\n\n{"subject": "2", "size": "NE"}\n')
    (table,) = read_file(path)
    assert table["size"].tolist() == ["3", "NE"]


def test_dataset_json_without_rows(tmp_path):
    """A table without rows keeps its columns."""
    path = tmp_path / "tr.json"
    for rows in ({"rows": []}, {}):
        path.write_text(json.dumps({**HEAD, "records": 0, **rows}))
        (table,) = read_file(path)
        assert list(table) == [c["name"] for c in COLUMNS]
        assert table.n_rows == 0


BAD_JSON = [
    ("", "is not a readable JSON table"),
    ("[1, 2", "is not a readable JSON table"),
    ("3", "it holds one value"),
    ("[]", "it is not an array of objects"),
    ("[3]", "it is not an array of objects"),
    ('{"clinicalData": {}}', "of version 1.0, it holds 0 data sets in place of one"),
    ("{}", "it has no `columns` with names"),
    ('{"columns": [{"name": 3}]}', "it has no `columns` with names"),
    ('{"columns": [{"name": "A"}], "rows": 3}', "its `rows` are no array"),
    (
        '{"columns": [{"name": "A"}], "records": 2}',
        r"must have the 2 records that it says; got 0 rows: the file is truncated",
    ),
    (
        '{"columns": [{"name": "A"}], "records": 1, "rows": [[1], [2]]}',
        r"must have the 1 records that it says; got 2 rows",
    ),
    ('{"columns": [{"name": "A"}], "records": "1", "rows": [[1]]}', "no whole number but '1'"),
    ('{"columns": [{"name": "A"}], "records": true, "rows": [[1]]}', "no whole number but True"),
    ('[{"size": 10, "size": 12}]', "an object has the key 'size' twice"),
    ('{"columns": [{"name": "A"}], "rows": [[1]], "rows": []}', "has the key 'rows' twice"),
    (
        '{"columns": [{"name": "A"}], "rows": [[1], [1, 2]]}',
        "row 2 has 2 values; there are 1 columns",
    ),
    ('{"columns": [{"name": "A"}], "rows": ["A"]}', "row 1 has 'A'; there are 1 columns"),
    ('{"columns": [{"name": "A"}, {"name": "a"}], "rows": []}', "has the column 'a' twice"),
    ('{"columns": [{"name": "A"}], "rows": [[[1]]]}', "`A` must hold one value a cell"),
    ("[" * 100_000, "it is nested too deep|is not a readable JSON table"),
]


@pytest.mark.parametrize(("text", "message"), BAD_JSON)
def test_json_that_is_no_table(tmp_path, text, message):
    """Each way of being no table has its reason."""
    path = tmp_path / "lesions.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_file(path)


def test_an_empty_ndjson_and_json_in_latin_1(tmp_path):
    """An empty file, and bytes that are not UTF-8, say so."""
    path = tmp_path / "lesions.ndjson"
    path.write_bytes(b"\n")
    with pytest.raises(InputError, match=r"`lesions.ndjson` is empty"):
        read_file(path)
    path.write_bytes(b'{"a": "\xe4"}')
    with pytest.raises(InputError, match=r"it is not UTF-8 \(byte 0xe4\)"):
        read_file(path)


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # a row has no subject
def test_parquet(tmp_path):
    """Text, numbers, nulls and dates of a Parquet file; row numbers count records from 1."""
    path = tmp_path / "lesions.parquet"
    pl.DataFrame(
        {
            "subject": ["1", None],
            "lesion": ["T1", "T2"],
            "role": "TARGET",
            "size": [0.0, None],
            "date": [datetime.date(2024, 3, 1), None],
            "visit": [1, 2],
        }
    ).write_parquet(path)
    table = crf.read(path)["lesions"]
    assert table["subject"].tolist() == ["1", ""]
    np.testing.assert_array_equal(table["size"], [0, np.nan])
    assert table["date"].tolist() == ["2024-03-01", ""]
    assert table.rows.tolist() == [1, 2]
    assert table.source.kind == "parquet"
    assert table.source.sha256


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"x" * 40 + b"PAR1", b"nothing"])
def test_a_parquet_file_that_is_none(tmp_path, data):
    """Foreign and cut files are refused, whatever the library raises."""
    path = tmp_path / "lesions.parquet"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"`lesions.parquet` is not a (readable )?Parquet file"):
        read_file(path)


def workbook(path, sheets, *, epoch_1904=False):
    """An Excel workbook written by hand: text inline, numbers as numbers, ("date", number) in a
    date format.
    """

    def cell(value):
        if value is None:
            return "<c/>"
        if isinstance(value, tuple):
            return f'<c s="1"><v>{value[1]}</v></c>'
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    names = "".join(
        f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="r{i}" Type="{rel}/worksheet" Target="worksheets/s{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
        'Extension="xml" '
        f'ContentType="{sheet}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{rel}"><workbookPr '
        f'date1904="{int(epoch_1904)}"/>'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}<Relationship '
        f'Id="rs" Type="{rel}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf '
        'numFmtId="14"/></cellXfs></styleSheet>',
    }
    for i, rows in enumerate(sheets.values(), 1):
        body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/s{i}.xml"] = (
            f"<worksheet {main}><sheetData>{body}</sheetData></worksheet>"
        )
    with zipfile.ZipFile(path, "w") as book:
        for name, text in parts.items():
            book.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return path


HEAD_ROW = ["subject", "lesion", "role", "date", "size"]


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # of T3, which has no date
@pytest.mark.parametrize(("epoch_1904", "number"), [(False, 45352), (True, 43890)])
def test_excel_dates_numbers_and_words(tmp_path, epoch_1904, number):
    """Dates by both epochs, numbers, words among numbers, blanks; a column of mixed cells
    is text.
    """
    rows = [
        HEAD_ROW,
        ["001", "T1", "TARGET", ("date", number), 12.5],
        ["001", "T2", "TARGET", "2024-03", "NE"],
        [None] * 5,
        ["001", "T3", "TARGET", None, 0],
    ]
    table = crf.read(workbook(tmp_path / "lesions.xlsx", {"Sheet1": rows}, epoch_1904=epoch_1904))[
        "lesions"
    ]
    assert table["subject"].tolist() == ["001"] * 3
    assert table["date"].tolist() == ["2024-03-01", "2024-03", ""]
    assert table["size"].tolist() == ["12.5", "NE", "0"]
    np.testing.assert_array_equal(table.numbers("size").value, [12.5, np.nan, 0])
    assert table.rows.tolist() == [2, 3, 5]


def test_excel_that_turned_an_identifier_into_a_date_is_refused(tmp_path):
    """Lesion 1-2 that Excel made 2 January is not guessed back: the cell is named, with the
    repair.
    """
    rows = [
        HEAD_ROW,
        ["001", "1-1a", "TARGET", None, 12],
        ["001", ("date", 45293), "TARGET", None, 12],
    ]
    with pytest.raises(
        InputError,
        match=r"`lesion` must hold identifiers; got the date 2024-01-02.* at row 3 of "
        r"lesions.xlsx, sheet lesions: Excel has turned an identifier such as 1-2",
    ):
        crf.read(workbook(tmp_path / "lesions.xlsx", {"Sheet1": rows}))


def test_excel_sheets_are_tables(tmp_path):
    """Each sheet that is not empty is a table by its name."""
    path = workbook(
        tmp_path / "study.xlsx",
        {
            "subjects": [["subject", "age"], ["001", 61]],
            "lesions": [HEAD_ROW, ["001", "T1", "TARGET", "2024-03-01", 1]],
            "Empty": [],
        },
    )
    tables = crf.read(path)
    assert list(tables) == ["subjects", "lesions"]
    assert tables["subjects"].source.name == "study.xlsx, sheet subjects"


def test_excel_columns_without_name(tmp_path):
    """A column with values and without a name is refused; one of blanks is nothing."""
    with pytest.raises(InputError, match="a column with values and without a name"):
        crf.read(workbook(tmp_path / "lesions.xlsx", {"s": [["subject", ""], ["1", "x"]]}))
    tables = crf.read(
        workbook(tmp_path / "subjects.xlsx", {"s": [["subject", "", "age"], ["1", None, 3]]})
    )
    assert list(tables["subjects"]) == ["subject", "age"]


def test_an_empty_workbook_and_a_broken_one(tmp_path):
    """A workbook without cells, and bytes that are no workbook, are refused."""
    with pytest.raises(InputError, match=r"`lesions.xlsx` is empty"):
        crf.read(workbook(tmp_path / "lesions.xlsx", {"s": []}))
    (tmp_path / "lesions.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(InputError, match=r"`lesions.xlsx` is not a readable Excel workbook"):
        crf.read(tmp_path / "lesions.xlsx")


@pytest.mark.parametrize(
    ("name", "package", "message"),
    [("a.parquet", "polars", r"Reading Parquet needs polars: pip install 'nettumor\[frames\]'"),
     ("a.xlsx", "python_calamine", r"Reading Excel needs python-calamine: pip install "
                                   r"'nettumor\[excel\]'"),
     ("a.sas7bdat", "pyreadstat", r"Reading sas7bdat needs pyreadstat: pip install "
                                  r"'nettumor\[sas\]'")],
)  # fmt: skip
def test_absent_readers_are_named(tmp_path, monkeypatch, name, package, message):
    """Without the reader of a format the message says what to install."""
    real = builtins.__import__

    def absent(wanted, *args, **keywords):
        if wanted == package:
            raise ImportError(wanted)
        return real(wanted, *args, **keywords)

    (tmp_path / name).write_bytes(b"x")
    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingExtraError, match=message):
        read_file(tmp_path / name)


def test_files_that_are_not_there_or_of_another_kind(tmp_path):
    """A missing file, a folder in place of a file, and an unknown suffix are input errors."""
    with pytest.raises(
        InputError, match=r"cannot be opened: No such file or directory. Check the path"
    ):
        crf.read(tmp_path / "none.csv")
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(InputError, match=r"`a.pdf` is of a kind that cannot be read \(.pdf\)"):
        crf.read(tmp_path / "a.pdf")
    with pytest.raises(InputError, match=r"nothing` is not there. Give a folder, or files."):
        crf.read(tmp_path / "nothing")
    (tmp_path / "plain").write_text("a")
    with pytest.raises(InputError, match=r"cannot be read .no suffix."):
        crf.read(tmp_path / "plain")


def test_a_reader_may_be_told_the_kind(tmp_path):
    """A file of another suffix is read as the kind that is told."""
    (tmp_path / "lesions.dat").write_text("subject,size\n1,2\n")
    (table,) = read_file(tmp_path / "lesions.dat", suffix=".csv")
    assert list(table) == ["subject", "size"]


def test_version_1_0_of_dataset_json(tmp_path):
    """`items` and `itemData` under `clinicalData`; the number of the record is no variable."""
    items = [{"name": "ITEMGROUPDATASEQ", "type": "integer"}] + [
        {"name": c["name"], "type": c["dataType"]} for c in COLUMNS
    ]
    group = {"records": 3, "name": "TR", "items": items}
    group["itemData"] = [[i, *row] for i, row in enumerate(ROWS, 1)]
    path = tmp_path / "x.json"
    for key in ("clinicalData", "referenceData"):
        path.write_text(json.dumps({key: {"itemGroupData": {"IG.TR": group}}}))
        (table,) = read_file(path)
        assert table.name == "TR"
        assert list(table) == [c["name"] for c in COLUMNS]
        np.testing.assert_array_equal(table["TRDEC"], [1.5, np.nan, 2.0])
        assert [(n.found, n.status) for n in table.notes] == [("ITEMGROUPDATASEQ", "not needed")]
    columns = [{"name": c["name"], "dataType": c["type"]} for c in items]
    path.write_text(json.dumps({"name": "TR", "columns": columns, "rows": group["itemData"]}))
    assert read_file(path)[0].text("ITEMGROUPDATASEQ").tolist() == ["1", "2", "3"]  # version 1.1
    for wrong in ({"IG.TR": {**group, "records": 4}}, {"IG.TR": group, "IG.TU": group}):
        path.write_text(json.dumps({"clinicalData": {"itemGroupData": wrong}}))
        with pytest.raises(InputError, match=r"truncated|2 data sets in place of one"):
            read_file(path)


def test_ndjson_ends_lines_at_line_ends_alone(tmp_path):
    """U+2028 and U+0085 may stand in a text; CR, LF and both end a line; .jsonl is the same."""
    path = tmp_path / "lesions.jsonl"
    for end in ("\n", "\r\n", "\r"):
        rows = [{"subject": "1", "organ": "a\u2028b\x85"}, {"subject": "2", "organ": "c"}]
        path.write_bytes(end.join(json.dumps(r, ensure_ascii=False) for r in rows).encode())
        (table,) = read_file(path)
        assert table["organ"].tolist() == ["a\u2028b\x85", "c"]


def test_a_truncated_ndjson_is_refused(tmp_path):
    """The head says 3 records, two lines follow."""
    path = tmp_path / "tr.ndjson"
    path.write_text("\n".join(json.dumps(v) for v in (HEAD, *ROWS[:2])))
    with pytest.raises(InputError, match=r"`tr.ndjson` must have the 3 records.*got 2 rows"):
        read_file(path)


def test_compressed_dataset_json(tmp_path):
    """.dsjc is NDJSON under zlib; cut off, foreign or too large it is refused."""
    import zlib

    packed = zlib.compress("\n".join(json.dumps(v) for v in (HEAD, *ROWS)).encode())
    path = tmp_path / "tr.dsjc"
    path.write_bytes(packed)
    assert read_file(path)[0]["USUBJID"].tolist() == ["01", "02", "03"]
    with pytest.raises(InputError, match=r"at most 300 bytes unpacked; got more than 300"):
        read_file(path, limits=Limits(bytes_unpacked=300))
    path.write_bytes(packed[:-20])
    with pytest.raises(InputError, match="it is cut off"):
        read_file(path)
    path.write_bytes(b"{}")
    with pytest.raises(InputError, match="it is not compressed with zlib"):
        read_file(path)


def test_long_identifiers_of_json_keep_every_digit(tmp_path):
    """Whole numbers above 2**53 are text, as integers and as decimals in quotes, beside others."""
    path = tmp_path / "dm.json"
    columns = [{"name": "ID", "dataType": "integer"}, {"name": "DEC", "dataType": "decimal"}]
    rows = [[2**53 + 1, str(2**53 + 1)], [2**53, str(2**53)], [None, None]]
    path.write_text(json.dumps({"columns": columns, "rows": rows}))
    (table,) = read_file(path)
    for name in ("ID", "DEC"):
        assert table[name].tolist() == ["9007199254740993", "9007199254740992", ""]


LESIONS_CSV = b"subject,size\n01,10\n"


def test_a_gzip_file_is_opened(tmp_path):
    """lesions.csv.gz is lesions.csv; in two members too; the digest is that of the file."""
    import gzip
    import hashlib

    path = tmp_path / "lesions.csv.gz"
    for data in (
        gzip.compress(LESIONS_CSV),
        gzip.compress(LESIONS_CSV[:9]) + gzip.compress(LESIONS_CSV[9:]) + bytes(8),
    ):
        path.write_bytes(data)
        (table,) = read_file(path)
        assert (table.name, table.source.name) == ("lesions", "lesions.csv.gz")
        assert table["size"].tolist() == ["10"]
        assert table.source.sha256 == hashlib.sha256(data).hexdigest()
    with pytest.warns(nettumor.IntakeWarning, match="it lacks lesion, role, visit or date"):
        assert "lesions" in crf.read(tmp_path, incomplete="keep")


def test_gzip_files_that_are_refused(tmp_path):
    """Not gzip, cut off, too large, and a file of an unknown kind inside."""
    import gzip

    path = tmp_path / "lesions.csv.gz"
    for data, message in (
        (b"", "it is cut off"),
        (LESIONS_CSV, "it is not compressed with gzip"),
        (gzip.compress(LESIONS_CSV)[:-9], "it is cut off"),
    ):
        path.write_bytes(data)
        with pytest.raises(InputError, match=rf"`lesions.csv.gz` cannot be unpacked: {message}"):
            read_file(path)
    path.write_bytes(gzip.compress(LESIONS_CSV * 40))
    with pytest.raises(InputError, match=r"at most 400 bytes unpacked; got more than 400"):
        read_file(path, limits=Limits(bytes_unpacked=400))
    other = path.rename(tmp_path / "lesions.pdf.gz")
    with pytest.raises(InputError, match=r"holds a file of a kind that cannot be read \(.pdf\)"):
        read_file(other)


def test_the_files_of_an_archive_are_read(tmp_path):
    """Each table of a ZIP archive by its name, in folders too; what is none is said."""
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.pdf", b"%PDF")
        archive.writestr("data/lesions.csv", LESIONS_CSV)
        archive.writestr("data/subjects.json", '[{"subject": "01", "age": 61}]')
        archive.writestr("__MACOSX/data/._lesions.csv", b"\x00")
        archive.writestr("old.zip", b"PK")
    lesions, subjects = read_file(path)
    assert (lesions.name, lesions.source.name) == ("lesions", "study.zip/data/lesions.csv")
    assert subjects["age"].tolist() == [61]
    assert [(n.kind, n.place, n.status) for n in lesions.notes] == [
        ("file", "study.zip/old.zip", "ignored"),
        ("file", "study.zip/readme.pdf", "ignored"),
    ]
    with pytest.raises(InputError, match=r"`study.zip` must have at most 50 bytes unpacked"):
        read_file(path, limits=Limits(bytes_unpacked=50))


def test_what_is_no_table_in_an_archive_is_left_aside(tmp_path):
    """As in a folder: notes, a define.xml; a study file may say so. A table that is broken is refused."""
    path = tmp_path / "study.zip"
    others = {"README.txt": "Please read, and\nanswer", "define.xml": "<a/>", "a.json": '{"a": 1}'}
    lesions = "subject,lesion,role,day,size\n1,T1,TARGET,0,31\n"
    for name, text in others.items():
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, text)
            archive.writestr("data/lesions.csv", lesions)
        with pytest.warns(nettumor.IntakeWarning, match=rf"1 file ignored.*{name}"):
            assert list(crf.read(path)) == ["lesions"]
    study = tmp_path / "study.toml"
    study.write_text('[files]\n"a.json" = "ignore"\n"lesions.csv" = "lesions"\n')
    tables = crf.read(path, study=study, strict=True)
    assert (
        dict(zip(tables.intake["found"], tables.intake["status"], strict=True))["a.json"]
        == "not needed"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lesions.txt", "a,b\n1,2,3\n")
    with pytest.raises(InputError, match=r"`study.zip/lesions.txt` row 2 has 3 cells"):
        crf.read(path)


def test_archives_that_are_refused(tmp_path):
    """No archive, one without a table, one with a damaged file, one under a password."""
    path = tmp_path / "study.zip"
    path.write_bytes(b"PK no archive")
    with pytest.raises(InputError, match=r"`study.zip` cannot be unpacked: File is not a zip"):
        read_file(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.pdf", b"%PDF")
    with pytest.raises(InputError, match=r"`study.zip` holds no table, but a.pdf"):
        read_file(path)
    book = workbook(tmp_path / "book.xlsx", {"lesions": [["subject"], ["1"]]})
    path.write_bytes(book.read_bytes())
    with pytest.raises(InputError, match=r"`study.zip` is a workbook.*Name it .xlsx"):
        read_file(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lesions.csv", LESIONS_CSV)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"01,10", b"02,10"))
    with pytest.raises(InputError, match=r"`study.zip/lesions.csv` cannot be unpacked: Bad CRC"):
        read_file(path)
    flagged = bytearray(whole)
    flagged[6] |= 1
    flagged[whole.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(flagged)
    with pytest.raises(InputError, match=r"cannot be unpacked: .*password"):
        read_file(path)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"bytes_unpacked": 10}, r"at most 10 bytes unpacked; got 25 bytes unpacked"),
        ({"rows": 1}, r"at most 1 rows; got 2 rows. Divide it, or set the limit `rows`"),
        ({"columns": 1}, r"at most 1 columns; got 2 columns"),
        ({"cells": 3}, r"at most 3 cells; got 4 cells"),
        ({"letters": 1}, r"`lesions.csv column subject` must have at most 1 letters; got 2 in a"),
    ],
)
def test_limits_of_a_file(tmp_path, limits, message):
    """Each limit has its sentence, with what was found and how to set it."""
    path = tmp_path / "lesions.csv"
    path.write_bytes(b"subject,size\n01,10\n02,11\n")
    with pytest.raises(InputError, match=message):
        read_file(path, limits=Limits(**limits))
    assert read_file(path)[0].n_rows == 2


def formulas(path, cells, *, later=False):
    """A workbook with these cells, written as XML, in its second row."""
    workbook(path, {"lesions": [["subject", "size"], ["#"]]})
    whole = {}
    with zipfile.ZipFile(path) as book:
        whole = {n: book.read(n).decode() for n in book.namelist()}
    sheet = "xl/worksheets/s1.xml"
    old = whole[sheet]
    start = old.rindex("<row>")
    whole[sheet] = old[:start] + f"<row>{cells}</row></sheetData></worksheet>"
    if later:
        whole["xl/workbook.xml"] = whole["xl/workbook.xml"].replace(
            "</workbook>", '<calcPr calcId="0" fullCalcOnLoad="1"/></workbook>'
        )
    with zipfile.ZipFile(path, "w") as book:
        for name, text in whole.items():
            book.writestr(name, text)
    return path


SUBJECT = '<c r="A2" t="inlineStr"><is><t>01</t></is></c>'


@pytest.mark.parametrize(
    ("cells", "later", "message"),
    [
        ('<c r="B2"><f>1+1</f></c>', False, r"never calculated \(cell B2\). Open it in Excel and"),
        ('<c r="B2"><f>1+1</f><v></v></c>', False, r"never calculated \(cell B2\)"),
        ('<c r="B2"><f>1+1</f><v/></c>', False, r"never calculated \(cell B2\)"),
        ('<c r="B2"><f t="shared" si="0"/></c><c r="C2"/>', False, r"calculated \(cell B2\)"),
        ("<c><f>1+1</f></c>", False, r"never calculated. Open"),
        ('<c r="B2"><f>1+1</f><v>0</v></c>', True, r"never calculated \(cell B2\)"),
        ('<c r="B2" t="str"><f>A2</f><v></v></c>', True, r"never calculated"),
    ],
)
def test_formulas_that_were_never_calculated_are_refused(tmp_path, cells, later, message):
    """No value, or one that the workbook says is still to be calculated: 0 would be CR."""
    path = formulas(tmp_path / "lesions.xlsx", SUBJECT + cells, later=later)
    with pytest.raises(InputError, match=message):
        read_file(path)


def test_sheets_beside_the_tables_are_left_aside(tmp_path):
    """A README (Viedoc writes one first) is no reason to refuse the tables beside it; a workbook
    without any is refused.
    """
    rows = [["subject", "lesion", "role", "day", "size"], ["1", "T1", "TARGET", "0", 31]]
    notes = [["Please read"], ["a"], ["b"]]
    path = workbook(
        tmp_path / "x.xlsx", {"README": notes, "lesions": rows, "Items": [["ID"], ["A"]]}
    )
    with pytest.warns(nettumor.IntakeWarning, match=r"2 tables ignored.*x.xlsx, sheet README"):
        assert list(crf.read(path)) == ["lesions"]
    with pytest.raises(InputError, match="`README` is no CRF table"):
        crf.read(workbook(tmp_path / "y.xlsx", {"README": notes, "Items": [["ID"], ["A"]]}))


def test_a_cell_with_an_error_of_excel_is_said(tmp_path):
    """It is a blank one to the reader of workbooks; #N/A says what people mean by it: no value."""
    cells = (
        '<c r="B2" t="e"><v>#N/A</v></c>', '<c r="B2" t="e"><f>A9</f><v>#REF!</v></c>',
        "<c s='1' t='e'><v>#DIV/0!</v></c>",
    )  # fmt: skip
    found = []
    for cell in cells:
        (table,) = read_file(formulas(tmp_path / "lesions.xlsx", SUBJECT + cell))
        assert not table.text("size")[0]
        found.append([(n.status, n.found, n.count, n.note) for n in table.notes])
    note = "an error of Excel is a blank cell"
    expected = [
        [],
        [("unreadable", "#REF!", 1, f"{note}; the first is B2")],
        [("unreadable", "#DIV/0!", 1, note)],
    ]
    assert found == expected


def test_formulas_with_a_value_are_read(tmp_path):
    """A value that Excel has saved is read, an empty text too; a blank cell before it is none."""
    for cell, value in (
        ('<c r="B2"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="B2" t="str"><f>A2</f><v>x</v></c>', "x"),
        ('<c r="B2" t="str"><f>A2</f><v></v></c>', ""),
    ):
        path = formulas(tmp_path / "lesions.xlsx", SUBJECT + cell)
        assert read_file(path)[0]["size"].tolist() == [value]


def test_a_workbook_of_xlsxwriter_with_a_formula_is_refused(tmp_path):
    """XlsxWriter writes 0 for what Excel has not calculated yet."""
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "lesions.xlsx") as book:
        sheet = book.add_worksheet("lesions")
        sheet.write_column(0, 0, ["subject", "01"])
        sheet.write_column(0, 1, ["size", "=5+5"])
    with pytest.raises(InputError, match=r"`lesions.xlsx` holds a formula .*\(cell B2\)"):
        read_file(tmp_path / "lesions.xlsx")


def test_a_sheet_that_is_read_in_pieces(tmp_path, monkeypatch):
    """A piece that ends within a cell is looked at whole."""
    from nettumor.crf import workbooks

    good = SUBJECT + '<c r="B2"><f>1+1</f><v>2</v></c>'
    bad = SUBJECT + '<c r="B2"><f>1+1</f></c>'
    for piece in range(20, 60, 7):
        monkeypatch.setattr(workbooks, "_PIECE", piece)
        assert read_file(formulas(tmp_path / "lesions.xlsx", good))[0]["size"].tolist() == [2]
        with pytest.raises(InputError, match="never calculated"):
            read_file(formulas(tmp_path / "lesions.xlsx", bad))


@pytest.mark.parametrize(
    ("place", "limits", "message"),
    [
        ("B200", {"rows": 150}, r"\(xl/worksheets/s1.xml\)` must have at most 150 rows; got 200"),
        ("AB2", {"columns": 20, "rows": 9}, r"at most 20 columns; got 28 columns"),
        ("Z50", {"cells": 1000}, r"at most 1,000 cells; got 1,300 cells"),
        ("AAA2", {"columns": 700}, r"at most 700 columns; got 703 columns"),
        ("B100000", {"rows": 99_999}, r"at most 99,999 rows; got 100,000 rows"),
        ("A1", {"bytes_unpacked": 1900}, r"at most 1,900 bytes unpacked"),
    ],
)
def test_how_far_a_sheet_reaches_is_known_before_it_is_opened(
    tmp_path, monkeypatch, place, limits, message
):
    """A cell far away makes a small file large: refused by its place alone."""
    import python_calamine

    path = formulas(tmp_path / "lesions.xlsx", f'{SUBJECT}<c r="{place}"><v>1</v></c>')
    monkeypatch.setattr(python_calamine.CalamineWorkbook, "from_filelike", None, raising=False)
    with pytest.raises(InputError, match=message):
        read_file(path, limits=Limits(**limits))


def test_titles_labels_totals_and_row_numbers_of_a_sheet(tmp_path):
    """What stands around the records of a sheet is left out and said, with its row; the rows keep
    their numbers.
    """
    rows = [
        ["Lesions of study 1"],
        [],
        ["", "subject", "lesion", "visit", "size"],
        [None, "Subject Identifier", "Lesion", "Visit number", "Size (mm)"],
        [1, "01", "T1", 1, 12],
        ["# checked by hand"],
        [2, "01", "T1", 2, 10.5],
        [None, "Total", None, None, 2],
    ]
    (table,) = read_file(workbook(tmp_path / "lesions.xlsx", {"s": rows}))
    assert list(table) == ["subject", "lesion", "visit", "size"]
    assert table["size"].tolist() == [12, 10.5]
    assert table["visit"].tolist() == [1, 2]
    assert table.rows.tolist() == [5, 7]
    assert [(n.kind, n.place.split("lesions ")[-1], n.note) for n in table.notes] == [
        ("row", "row 1", "a title above the header"),
        ("row", "row 4", "labels under the header"),
        ("row", "row 6", "a comment"),
        ("row", "row 8", "a total below the records"),
        ("column", "lesions.xlsx, sheet lesions", "row numbers without a name"),
    ]


def test_archives_in_a_folder_that_hold_no_table_are_left_aside(tmp_path):
    """Pictures in a ZIP archive beside the study stop nothing, and are named."""
    (tmp_path / "lesions.csv").write_text("subject,lesion,role,visit,size\n01,T1,TARGET,1,20\n")
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        archive.writestr("a.png", b"")
    with pytest.warns(nettumor.IntakeWarning, match="pictures.zip"):
        tables = crf.read(tmp_path)
    assert list(tables) == ["lesions"]
    assert "holds no table" in tables.intake["note"][tables.intake["found"] == "pictures.zip"][0]
