#!/usr/bin/env bash
# A transactional ODM file says of each item whether it was inserted, updated or removed. Two libraries give all three as values:
# a size that was corrected stands there twice, one that was deleted is there.
# Expected: the size as corrected, 32, and none for the lesion that was removed, or a word that the file is transactional
# ("Specification for the Operational Data Model", version 1.3.2, the attributes FileType and TransactionType).
# Seen: 30, 21, 32 and 21, in a document that loads without a warning; a sum of the lesions' sizes is then 104 mm for 32.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 pandas==2.3.3 odmlib==0.2.1 cdiscbuilder==2.2.0
"$work/env/bin/python" -W ignore - "$work/study.xml" <<'PY'
import sys
from importlib.metadata import version

from cdiscbuilder.sdtm.odm_parser import parse_odm_to_long_df
from odmlib import loader, odm_loader

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"


def visit(*items):
    groups = "".join(
        f'<ItemGroupData ItemGroupOID="TL" ItemGroupRepeatKey="{lesion}" TransactionType="{what}">'
        f'<ItemData ItemOID="SIZE" TransactionType="{what}" Value="{size}"/></ItemGroupData>'
        for lesion, what, size in items
    )
    return (
        '<SubjectData SubjectKey="01" TransactionType="Update"><StudyEventData StudyEventOID="V1" TransactionType="Update">'
        f'<FormData FormOID="TL" TransactionType="Update">{groups}</FormData></StudyEventData></SubjectData>'
    )


history = visit((1, "Insert", 30), (2, "Insert", 21)) + visit((1, "Update", 32), (2, "Remove", 21))
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="{NAMESPACE}" FileType="Transactional" FileOID="F" CreationDateTime="2024-01-01T00:00:00" ODMVersion="1.3.2">
  <Study OID="S">
    <GlobalVariables>
      <StudyName>Made up</StudyName><StudyDescription>Made up</StudyDescription><ProtocolName>Made up</ProtocolName>
    </GlobalVariables>
    <MetaDataVersion OID="M" Name="M"/>
  </Study>
  <ClinicalData StudyOID="S" MetaDataVersionOID="M">{history}</ClinicalData>
</ODM>"""
    )

frame = parse_odm_to_long_df(sys.argv[1])
document = loader.ODMLoader(odm_loader.XMLODMLoader(model_package="odm_1_3_2", ns_uri=NAMESPACE))
document.open_odm_document(sys.argv[1])
subjects = document.root().ClinicalData[0].SubjectData
groups = [g for s in subjects for g in s.StudyEventData[0].FormData[0].ItemGroupData]
sizes = {
    "cdiscbuilder": frame["Value"].tolist(),
    "odmlib": [item.Value for group in groups for item in group.ItemData],
}
print("columns of cdiscbuilder's frame that tell the transaction:", [c for c in frame if "ransaction" in c])
for library, given in sizes.items():
    print(f"{library} {version(library)}: {given}, expected ['32']")
sys.exit(0 if all(given == ["30", "21", "32", "21"] for given in sizes.values()) else 1)
PY
