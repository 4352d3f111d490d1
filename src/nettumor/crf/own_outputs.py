"""Which files in a study's folder are this library's own answers: findings and results that were
written there, and are no tables of the study.

Told by how a file begins, whatever it is called: the mark of the page, the first lines of the JSON
and the CSV, the author of the workbook; a folder by the four tables that ``nettumor assess`` writes.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

PAGE_MARK = '<meta name="generator" content="nettumor">'
"""What stands in the head of a page."""

AUTHOR = "nettumor"
"""The author of a workbook."""

RESULTS = ("timepoints.csv", "subjects.csv", "events.csv", "provenance.csv")
"""The tables of `nettumor.assess` in a folder."""

_HEAD = 4096
_JSON = ('{\n"intake": [', '{\n"Conformance_Details": {"library": "nettumor"')
_COLUMNS = "check,severity,table,row,subject,evaluator,visit,lesion,column,value,expected,message"


def own_output(path: Path) -> str:
    """What of this library's a file or folder is ("findings", "results"); "" for anything else."""
    try:
        if path.is_dir():
            held = {p.name for p in path.iterdir()}
            return "results" if held.issuperset(RESULTS) else ""
        with path.open("rb") as file:
            head = file.read(_HEAD)
        ours = _book_is_ours(path) if head.startswith(b"PK") else _text_is_ours(head)
    except OSError:
        return ""
    return "findings" if ours else ""


def _text_is_ours(head: bytes) -> bool:
    text = head.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    line = text.partition("\n")[0].replace('"', "").replace(";", ",").replace("\t", ",")
    return PAGE_MARK in text or text.startswith(_JSON) or line.startswith(_COLUMNS)


def _book_is_ours(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as book:
            core = book.read("docProps/core.xml")
    except (KeyError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return False
    return f"<dc:creator>{AUTHOR}<".encode() in core
