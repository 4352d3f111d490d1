#!/usr/bin/env bash
# Systems of data capture add attributes in a namespace of their own to the elements of ODM; OpenClinica and Rave give the
# number of the subject so. The standard allows it, and what is left without them is the same data. odmlib cannot open
# such a file: it takes the attribute for one of the standard's, which it does not know.
# Expected: the data, with the attribute or without ("Specification for the Operational Data Model", version 1.3.2, 2.4
# "Vendor Extensions": new attributes in distinct namespaces; without them the file is meaningful and accurate).
# Seen: an OdmlibTypeError for the one file, and both items of the same file without the attribute.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check odmlib==0.2.1
"$work/env/bin/python" - "$work" <<'PY'
import importlib.metadata
import pathlib
import sys

from odmlib import loader, odm_loader

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
ATTRIBUTE = ' v:StudySubjectID="001"'


def items(name, attribute):
    """The items of the one subject of a file, or the error that opening it raises."""
    path = pathlib.Path(sys.argv[1]) / name
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="{NAMESPACE}" xmlns:v="http://www.openclinica.org/ns/odm_ext_v130/v3.1" FileType="Snapshot" FileOID="F"
  CreationDateTime="2024-01-01T00:00:00" ODMVersion="1.3.2">
  <Study OID="S">
    <GlobalVariables>
      <StudyName>Made up</StudyName><StudyDescription>Made up</StudyDescription><ProtocolName>Made up</ProtocolName>
    </GlobalVariables>
    <MetaDataVersion OID="M" Name="M"/>
  </Study>
  <ClinicalData StudyOID="S" MetaDataVersionOID="M">
    <SubjectData SubjectKey="SS_1"{attribute}><StudyEventData StudyEventOID="BASELINE"><FormData FormOID="TL">
      <ItemGroupData ItemGroupOID="TL" ItemGroupRepeatKey="1">
        <ItemData ItemOID="LESION" Value="T01"/><ItemData ItemOID="SIZE" Value="30"/>
      </ItemGroupData>
    </FormData></StudyEventData></SubjectData>
  </ClinicalData>
</ODM>""",
        encoding="utf-8",
    )
    document = loader.ODMLoader(odm_loader.XMLODMLoader(model_package="odm_1_3_2", ns_uri=NAMESPACE))
    try:
        document.open_odm_document(str(path))
        subject = document.root().ClinicalData[0].SubjectData[0]
        group = subject.StudyEventData[0].FormData[0].ItemGroupData[0]
        return [item.ItemOID for item in group.ItemData]
    except Exception as error:
        return f"{type(error).__name__}: {error}"


plain, extended = items("plain.xml", ""), items("extended.xml", ATTRIBUTE)
print("odmlib", importlib.metadata.version("odmlib"))
print("without the attribute:", plain)
print("with it:              ", extended)
sys.exit(0 if plain == ["LESION", "SIZE"] and str(extended).startswith("OdmlibTypeError") else 1)
PY
