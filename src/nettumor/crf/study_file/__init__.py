"""The study file: one small TOML that says how the files of a study are read.

Which file is which table, what columns and words are called there, how dates and units are written,
which columns of wide exports hold which lesion, who belongs to the study, what the intake decided,
and the schedule and the configuration of the checks. `load_study` reads one, ``nettumor intake PATH
--write-study study.toml`` writes a first version, docs/study_file.md says what each section means.

The records are in `record`, which imports nothing of this package's neighbours; `loading` reads,
`applying` applies, `writing` writes.
"""

from __future__ import annotations
