#!/usr/bin/env bash
# A 0 in a SAS transport file, version 5, comes out of pandas as 5.4e-79: a lesion that is gone is not 0 any more.
# Expected: 0.0, as the file holds eight zero bytes, which is 0 in the IBM format of the file
# (TS-140, "The Record Layout of a SAS Version 5 or 6 Data Set in SAS Transport (XPORT) Format"), and as pyreadstat reads it.
# Seen: 5.397605346934028e-79, which is 16 to the power of -65: the conversion adds the implied leading bit to a zero.
# A complete response asks that every target lesion has disappeared (RECIST 1.1, 4.3.1): `size == 0` is never true.
# pandas.pydata.org/docs/reference/api/pandas.read_sas.html names no such exception.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 pandas==3.1.1 pyreadstat==1.3.7
"$work/env/bin/python" -W ignore - "$work/tr.xpt" <<'PY'
import sys

import pandas as pd
import pyreadstat

path = sys.argv[1]
written = pd.DataFrame({"TRLNKID": ["T01", "T02", "T03"], "TRSTRESN": [30.0, 0.0, float("nan")]})
pyreadstat.write_xport(written, path, table_name="TR", file_format_version=5)

by_pandas = pd.read_sas(path, format="xport", encoding="ascii")["TRSTRESN"].tolist()
by_pyreadstat = pyreadstat.read_xport(path)[0]["TRSTRESN"].tolist()
print("pandas", pd.__version__, "pyreadstat", pyreadstat.__version__)
print("written:    30.0, 0.0, missing")
print("pandas:    ", by_pandas, " gone:", [size == 0 for size in by_pandas])
print("pyreadstat:", by_pyreadstat, " gone:", [size == 0 for size in by_pyreadstat])
assert by_pyreadstat[:2] == [30.0, 0.0]
sys.exit(0 if by_pandas[:2] == [30.0, 16.0**-65] else 1)
PY
