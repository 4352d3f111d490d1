"""Who responded for how long, and how long they lived: lanes, curves and the counts below them.

Thirty invented patients in two arms. The lanes show responses, gaps, progression, new therapy, death
and the cut-off; the curves have their intervals, and counts that add up. The folder is temporary, or
the first argument.
"""

import pathlib
import sys
import tempfile

import numpy as np

import nettumor as nt

random = np.random.default_rng(7)
n = 30
subject = [f"P{i + 1:02d}" for i in range(n)]
arm = np.where(np.arange(n) % 2, "TACE", "control")
death = random.exponential(np.where(arm == "TACE", 600, 350)).round()
cutoff = 700.0
days = {
    "subject": subject,
    "last_known_alive": np.fmin(death, cutoff),
    "death": np.where(death <= cutoff, death, np.nan),
    "data_cutoff": np.full(n, cutoff),
}
visits = {"subject": [], "day": [], "overall": []}
for i in range(n - 1):  # the last was never assessed
    for day, word in ((56, "SD"), (112, "PR" if i % 3 else "NE"), (168, "PR"), (224, "SD")):
        if day < death[i]:
            for name, cell in zip(visits, (subject[i], day, word), strict=True):
                visits[name].append(cell)

# 1. The lanes, as a table: the longest first, nobody left out.
lanes = nt.plots.data.swimmer(days, assessments=visits)
for row in lanes.rows()[:5]:
    print(row["subject"], row["kind"], row["what"], row["start"], row["stop"])
print(lanes.caption)

# 2. Survival by arm: at risk, censored and with the event just before each tick.
curves = {
    a: (days["last_known_alive"][arm == a], ~np.isnan(days["death"][arm == a]))
    for a in ("TACE", "control")
}
steps = nt.plots.data.kaplan_meier(curves, ticks=[0, 6, 12, 18], median=True, landmarks=[12])
for row in steps.more["at_risk"].rows():
    total = row["at_risk"] + row["censored"] + row["events"]
    print(row["group"], row["shown"], row["at_risk"], row["censored"], row["events"], total)
for note in steps.notes[2:]:
    print(note)

# 3. Both as SVG, and the curves on matplotlib's Axes, which take more lines.
folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
(folder / "swimmer.svg").write_text(nt.plots.svg.swimmer(lanes), encoding="utf-8")
(folder / "survival.svg").write_text(nt.plots.svg.kaplan_meier(steps), encoding="utf-8")
ax = nt.plots.kaplan_meier(steps)
ax.axhline(80, linewidth=0.5)
nt.plots.save(ax, folder / "survival.png", dpi=150)
print(sorted(path.name for path in folder.iterdir()))
# > P06 follow-up  0.0 700.0
# > P06 response SD 56.0 112.0
# > P06 response PR 112.0 224.0
# > P06 response SD 224.0 224.0
# > P06 mark cut-off 700.0 nan
# > A response holds until the next assessment. 4 of 30 patients have no assessment and keep their lane.
# > TACE 0.0 15 0 0 15
# > TACE 6.0 11 0 4 15
# > TACE 12.0 9 0 6 15
# > TACE 18.0 5 0 10 15
# > control 0.0 15 0 0 15
# > control 6.0 10 0 5 15
# > control 12.0 4 0 11 15
# > control 18.0 3 0 12 15
# > TACE: median 15.2 months (95 % interval 4.4 to 20.2); at 12 months 60.0 % (31.8 to 79.7 %).
# > control: median 6.5 months (95 % interval 2.4 to 10.3); at 12 months 26.7 % (8.3 to 49.6 %).
# > ['survival.png', 'survival.svg', 'swimmer.svg']
