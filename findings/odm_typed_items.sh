#!/usr/bin/env bash
# ODM 1.3.2 allows two ways to write a value: ItemData with Value="...", and typed elements (ItemDataFloat, ItemDataDate,
# ...), which several systems of data capture write. odmlib reads the first and leaves out the second without a word.
# Expected: three items of the form, the size among them, or an error ("Specification for the Operational Data Model",
# version 1.3.2, 2.14 "ItemData[TYPE] elements": both carry the data of an item group).
# Seen: one item; size and date of the lesion are not there, in a document that loads without a warning.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check odmlib==0.2.1
"$work/env/bin/python" - "$work/study.xml" <<'PY'
import importlib.metadata
import sys

from odmlib import loader, odm_loader

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="{NAMESPACE}" FileType="Snapshot" FileOID="F" CreationDateTime="2024-01-01T00:00:00" ODMVersion="1.3.2">
  <Study OID="S">
    <GlobalVariables>
      <StudyName>Made up</StudyName><StudyDescription>Made up</StudyDescription><ProtocolName>Made up</ProtocolName>
    </GlobalVariables>
    <MetaDataVersion OID="M" Name="M"/>
  </Study>
  <ClinicalData StudyOID="S" MetaDataVersionOID="M">
    <SubjectData SubjectKey="01"><StudyEventData StudyEventOID="BASELINE"><FormData FormOID="TL">
      <ItemGroupData ItemGroupOID="TL" ItemGroupRepeatKey="1">
        <ItemData ItemOID="LESION" Value="T01"/>
        <ItemDataFloat ItemOID="SIZE">30</ItemDataFloat>
        <ItemDataDate ItemOID="DATE">2024-01-15</ItemDataDate>
      </ItemGroupData>
    </FormData></StudyEventData></SubjectData>
  </ClinicalData>
</ODM>"""
    )

document = loader.ODMLoader(odm_loader.XMLODMLoader(model_package="odm_1_3_2", ns_uri=NAMESPACE))
document.open_odm_document(sys.argv[1])
group = document.root().ClinicalData[0].SubjectData[0].StudyEventData[0].FormData[0].ItemGroupData[0]
items = [item.ItemOID for item in group.ItemData]
anywhere = "SIZE" in group.to_xml_string()
print("odmlib", importlib.metadata.version("odmlib"))
print("written: LESION, SIZE, DATE")
print("read:   ", items, "; SIZE anywhere in the item group:", anywhere)
sys.exit(0 if items == ["LESION"] and not anywhere else 1)
PY
