#!/usr/bin/env bash
# A column of dates that R holds as whole numbers (data.table's IDate, or a Date made from integers) comes out of
# pyreadr as 1970-01-01 in every row, also where it is missing: a day of death for those who live.
# Expected: the dates, None where NA, as for a Date column of doubles beside it. R does not care which of the two it is
# (help of Dates: "represented as the number of days since 1970-01-01"; data.table, IDateTime: "storage mode integer").
# docs of pyreadr ("Data types") say that Date becomes a date and name no exception.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 pandas==2.3.3 pyreadr==0.5.8
"$work/env/bin/python" -W ignore - "$work/subjects.rds" <<'PY'
import datetime
import gzip
import importlib.metadata
import struct
import sys

import pyreadr

# The bytes that saveRDS(data.frame(death = <IDate>, seen = <Date>), version = 2) writes.
NA = -(2**31)
INTEGER, REAL, STRINGS, LIST = 13, 14, 16, 19
OBJECT_WITH_ATTRIBUTES = 0x300


def integers(*values):
    return struct.pack(f">{len(values)}i", *values)


def letters(text):
    return integers(0x00040009, len(text)) + text.encode()


def strings(*texts):
    return integers(STRINGS, len(texts)) + b"".join(letters(text) for text in texts)


def attributes(**values):
    return b"".join(integers(0x402, 1) + letters(name.replace("_", ".")) + value for name, value in values.items()) + integers(0xFE)


days = [(datetime.date.fromisoformat(day) - datetime.date(1970, 1, 1)).days for day in ("2024-03-01", "2024-05-09")]
death = integers(OBJECT_WITH_ATTRIBUTES | INTEGER, 3, *days, NA) + attributes(**{"class": strings("IDate", "Date")})
seen = integers(OBJECT_WITH_ATTRIBUTES | REAL, 3) + struct.pack(">3d", *days, float("nan")) + attributes(**{"class": strings("Date")})
frame = integers(OBJECT_WITH_ATTRIBUTES | LIST, 2) + death + seen
frame += attributes(names=strings("death", "seen"), row_names=integers(INTEGER, 2, NA, -3), **{"class": strings("data.frame")})
with gzip.open(sys.argv[1], "wb") as file:
    file.write(b"X\n" + integers(2, 0x00030600, 0x00020300) + frame)

table = pyreadr.read_r(sys.argv[1])[None]
as_text = {name: [str(day)[:10] for day in table[name]] for name in ("death", "seen")}
print("pyreadr", importlib.metadata.version("pyreadr"))
print("written: 2024-03-01, 2024-05-09, NA in both columns")
print("whole numbers:", as_text["death"])
print("doubles:      ", as_text["seen"])
assert as_text["seen"] == ["2024-03-01", "2024-05-09", "None"]
sys.exit(0 if as_text["death"] == ["1970-01-01"] * 3 else 1)
PY
