"""An export of a data capture system, and the study file that takes it in.

A row an event, a column for each lesion, choices as codes: as REDCap exports a longitudinal project.
The tool writes the first version of the study file; what it could not know is mended by hand.
"""

import pathlib
import tempfile
import warnings

import nettumor as nt

warnings.simplefilter("ignore", nt.IntakeWarning)  # what is not plainly read is shown below

EXPORT = """\
record_id,redcap_event_name,scan_date,t1_size,t1_site,t2_size,t2_site,nt1_status,new1_site,resp,sexcode
001,baseline_arm_1,2024-01-08,52,LIVER,21,LUNG,PRESENT,,,1
001,week_8_arm_1,2024-03-04,30,LIVER,14,LUNG,PRESENT,,3,
001,week_16_arm_1,2024-04-29,31,LIVER,14,LUNG,PRESENT,BONE,5,
002,baseline_arm_1,2024-01-15,40,LIVER,18,LIVER,PRESENT,,,2
002,week_8_arm_1,2024-03-11,39,LIVER,-99,LIVER,PRESENT,,9,
"""

folder = tempfile.TemporaryDirectory()
export = pathlib.Path(folder.name, "DATA_2024-11-29.csv")
export.write_text(EXPORT, encoding="utf-8")

# 1. Without a study file: the lesions are certain, two columns and a code are not, and are told.
first = nt.crf.read(export.parent)
print(first)
# > Tables: 1 number unreadable, 2 columns ignored, 1 column renamed
# >   lesions: 16 rows, 8 columns, from DATA_2024-11-29.csv

# 2. The first version of the study file (nettumor intake PATH --write-study study.toml).
text = nt.crf.study_text(first)
print(text[text.index("[") : text.index("[population]")])
# > [columns]
# > # resp = "reason"                   # the nearest column is `reason`
# > # sexcode = "sex"                   # the nearest column is `sex`
# > scan_date = "date"
# > [wide]
# > "t{n}_size" = "TARGET size"
# > "t{n}_site" = "TARGET organ"
# > "nt{n}_status" = "NON-TARGET state"
# > "new{n}_site" = "NEW organ"
# > [decided]
# > # "lesions.size: -99" = ""          # to say that this is known
# > # "DATA_2024-11-29.csv.resp: resp" = "" # to say that this is known
# > # "DATA_2024-11-29.csv.sexcode: sexcode" = "" # to say that this is known

# 3. Mended: what the two columns are, and what the codes mean (-99: not evaluable).
text = text.replace("# resp = ", 'resp = "overall"  # ').replace(
    "# sexcode = ", 'sexcode = "sex"  # '
)
text += """
[words.response]
3 = "PR"
5 = "PD"
9 = "NE"
[words.sex]
1 = "F"
2 = "M"
[words.size]
-99 = "NE"
"""
study = pathlib.Path(folder.name, "study.toml")
study.write_text(text, encoding="utf-8")
tables = nt.crf.read(export.parent, study=study, strict=True)
print(list(tables), tables["responses"].text("overall").tolist())
# > ['subjects', 'lesions', 'responses'] ['PR', 'PD', 'NE']

# 4. The same file serves the assessment and the checks.
done = nt.assess(export.parent, study=study)
for row in done.timepoints.rows():
    print(row["subject"], row["visit"], row["sum"], row["overall"], sep=", ")
found = nt.edit_checks.run(export.parent, study=study)
for row in found.rows():
    print(f"{row['check']} subject {row['subject']}, {row['visit']}: {row['message']}")
# > 001, baseline, 73.0, MISSING
# > 001, week 8, 44.0, PR
# > 001, week 16, 45.0, PD
# > 002, baseline, 58.0, MISSING
# > 002, week 8, 39.0, NE
# > L17 subject 001, baseline: NT1 has no location: limits per organ and rules for nodes cannot be checked
# > L17 subject 002, baseline: NT1 has no location: limits per organ and rules for nodes cannot be checked
# > W04 subject 001, week 16: new lesion NEW1 at visit week 16 is neither equivocal nor unequivocal
folder.cleanup()
