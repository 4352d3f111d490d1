"""A waterfall that does not overstate: bars, responses and the patients without a bar.

Twenty invented patients, assessed by RECIST 1.1. Of their bars more reach -30 % than there are
confirmed responses; one progressed by a new lesion while its sum shrank, and two have no value. The
folder is temporary, or the first argument.
"""

import pathlib
import sys
import tempfile

import numpy as np

import nettumor as nt

# 1. A study: four scans of one target lesion, a new lesion, and two who were never scanned again.
change = np.array(
    [-62, -55, -48, -41, -38, -35, -33, -31, -22, -18, -12, -9, -4, 0, 6, 14, 31, 160]
)
rows = {name: [] for name in ("subject", "lesion", "role", "day", "size", "state")}


def add(*cells):
    for name, cell in zip(rows, cells, strict=True):
        rows[name].append(cell)


for i, percent in enumerate(change.tolist()):
    for day, share in ((0, 0), (56, 1), (112, 1 if i % 2 else 0.5), (168, 0.4)):
        add(f"P{i + 1:02d}", "T1", "TARGET", day, round(80 * (1 + share * percent / 100), 1), "")
add("P03", "N1", "NEW", 56, "", "UNEQUIVOCAL")
add("P19", "T1", "TARGET", 0, 45, "")
add("P20", "T1", "TARGET", 0, 62, "")
done = nt.assess({"lesions": rows}, criteria="recist-1.1")
print(done)

# 2. The table behind the figure, and its caption.
bars = nt.plots.data.waterfall(done)
for row in bars.rows():
    if row["cut"] or row["progression"] or row["block"] != "change":
        print(row["subject"], row["block"], row["percent"], row["best"], row["progression"])
print(bars.caption)

# 3. The figures: SVG without any dependency, and, where matplotlib is there, a PDF.
folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
for name in ("waterfall", "spider"):
    (folder / f"{name}.svg").write_text(getattr(nt.plots.svg, name)(done), encoding="utf-8")
nt.plots.save(nt.plots.waterfall(done), folder / "waterfall.pdf")
print(sorted(path.name for path in folder.iterdir() if path.suffix in (".svg", ".pdf")))
# > Assessment(RECIST 1.1: 20 rows of subjects, 74 timepoints; best 4 PR, 11 SD, 3 PD, 2 MISSING)
# > P18 change 160.0 PD
# > P03 change -48.0 PD new lesion
# > P19 no value nan MISSING
# > P20 no value nan MISSING
# > Confirmed objective response rate 20.0 % (4 of 20), 95 % interval 5.7 to 43.7 % (Clopper-Pearson) (RECIST 1.1).
# > 8 of 20 bars reach −30 % (40.0 %): a bar is a best change, not a response. Progression counts from the nadir,
# > the bars from baseline. 2 patients have no value and stand at the right.
# > ['spider.svg', 'waterfall.pdf', 'waterfall.svg']
