#!/usr/bin/env bash
# R's missing number (NA_real_) is a signalling NaN. A reader of R files hands its bits on, isnan() is right, and
# numpy.nanmin, numpy.nanmax and numpy.fmin answer wrongly all the same: the minimum of c(20, NA, 30) is 30.
# Expected: 20, as of any other NaN ("ignoring any NaNs", numpy.org/doc/stable/reference/generated/numpy.nanmin.html).
# R's number: "R Internals", section 1.1.1 and src/main/arithmetic.c (the low word of NA_real_ is 1954).
# A study of survival meets it where a day of death is NA and fmin(death, cut-off) is taken.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 rdata==1.1.0
"$work/env/bin/python" - "$work" <<'PY'
import gzip, pathlib, struct, sys

import numpy as np
import rdata

# an RDS file as saveRDS(c(20, NA, 30), version = 2) writes it: a header, a vector of three doubles
header = b"X\n" + struct.pack(">iii", 2, 0x00030600, 0x00020300)
missing = struct.pack(">II", 0x7FF00000, 1954)
vector = struct.pack(">ii", 14, 3) + struct.pack(">d", 20.0) + missing + struct.pack(">d", 30.0)
path = pathlib.Path(sys.argv[1]) / "times.rds"
path.write_bytes(gzip.compress(header + vector))

times = rdata.read_rds(path)
plain = np.where(np.isnan(times), np.nan, times)
print("numpy", np.__version__, "rdata", rdata.__version__)
with np.errstate(invalid="ignore"):
    seen = (np.isnan(times).tolist(), float(np.nanmin(times)), float(np.fmin(times, 100.0)[1]))
print("seen:    isnan", seen[0], "nanmin", seen[1], "fmin(NA, 100)", seen[2])
print("plain:   nanmin", float(np.nanmin(plain)), "fmin(NaN, 100)", float(np.fmin(plain, 100.0)[1]))
assert seen[0] == [False, True, False]
sys.exit(0 if seen[1] == 30.0 and np.isnan(seen[2]) else 1)
PY
