"""One study as the exports of each data capture system, after their published documentation.

Run as a script it writes tests/data/exports/; a test holds the files against it. The study has six
patients with two target lesions, one non-target lesion and some new ones, and a few faults, so that
the exports must agree in their findings too.
"""

import csv
import datetime
import io
import pathlib

HERE = pathlib.Path(__file__).parent / "data" / "exports"
VISITS = ("Screening", "Week 8", "Week 16", "Week 24")
DAYS = (-6, 55, 113, 168)
START = datetime.date(2024, 1, 15)

# subject, sex, age, days from the start of the first to the patient's, day of death or None, and for
# each visit: sizes of T1 and T2, state of NT1, new lesion or "", reported target, non-target, overall
NN, THERE, WORSE = "NON-CR/NON-PD", "PRESENT", "UNEQUIVOCAL PROGRESSION"
PATIENTS = (
    ("101", "F", 61, 0, None, ((50, 22, THERE, "", "", "", ""), (30, 15, THERE, "", "PR", NN, "PR"),
                              (28, 15, THERE, "", "PR", NN, "PR"), (44, 20, THERE, "", "PD", NN, "PD"))),
    ("102", "M", 58, 3, 200, ((33, 18, THERE, "", "", "", ""), (35, 19, THERE, "", "SD", NN, "SD"),
                              (36, 20, THERE, "BONE", "SD", NN, "PD"))),
    ("103", "F", 70, 9, None, ((41, 25, THERE, "", "", "", ""), ("NE", 20, THERE, "", "NE", NN, "NE"),
                              (24, 17, "ABSENT", "", "PR", "CR", "PR"))),
    ("104", "M", 49, 12, None, ((19, 14, THERE, "", "", "", ""), (0, 0, "ABSENT", "", "CR", "CR", "CR"),
                              (0, 0, "ABSENT", "", "CR", "CR", "CR"), (0, 0, "ABSENT", "", "CR", "CR", "CR"))),
    ("105", "F", 66, 20, 90, ((62, 8, THERE, "", "", "", ""), (80, 12, WORSE, "LIVER", "PD", "PD", "PD"))),
    ("106", "M", 73, 24, None, ((38, 21, THERE, "", "", "", ""), (30, 18, THERE, "", "SD", NN, "PR"),
                              (31, 18, THERE, "", "SD", NN, "SD"))),
)  # fmt: skip
ORGANS = {"T1": "LIVER", "T2": "LUNG", "NT1": "BONE"}


def day(shift, days):
    """A date as ISO 8601."""
    return (START + datetime.timedelta(days=shift + days)).isoformat()


def subjects():
    """A row a patient."""
    for subject, sex, age, shift, death, _ in PATIENTS:
        start = day(shift, 0)
        yield {
            "subject": subject,
            "sex": sex,
            "age": age,
            "treatment_start": start,
            "death": "" if death is None else day(shift, death),
        }


def lesions():
    """A row a lesion and visit."""
    for subject, _, _, shift, _, courses in PATIENTS:
        for at, (first, second, state, new, *_) in enumerate(courses):
            key = {"subject": subject, "at": at, "date": day(shift, DAYS[at])}
            for lesion, size in (("T1", first), ("T2", second)):
                yield {
                    **key,
                    "lesion": lesion,
                    "role": "TARGET",
                    "organ": ORGANS[lesion],
                    "size": "" if size == "NE" else size,
                    "state": "NOT EVALUABLE" if size == "NE" else "",
                }
            yield {
                **key,
                "lesion": "NT1",
                "role": "NON-TARGET",
                "organ": "BONE",
                "size": "",
                "state": state,
            }
            if new:
                yield {
                    **key,
                    "lesion": "NEW1",
                    "role": "NEW",
                    "organ": new,
                    "size": "",
                    "state": "UNEQUIVOCAL",
                }


def responses():
    """A row a visit after baseline."""
    for subject, _, _, shift, _, courses in PATIENTS:
        for at, (*_, new, target, non_target, overall) in enumerate(courses):
            if at:
                yield {
                    "subject": subject,
                    "at": at,
                    "date": day(shift, DAYS[at]),
                    "target": target,
                    "non_target": non_target,
                    "new_lesion": "Y" if new else "N",
                    "overall": overall,
                }


def text_of(rows, delimiter=","):
    """Rows as CSV; a cell that a row lacks is blank."""
    rows = list(rows)
    names = list(dict.fromkeys(n for row in rows for n in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, delimiter=delimiter, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def plain():
    """The layout's own tables."""

    def visited(rows):
        return [
            {**{k: v for k, v in r.items() if k != "at"}, "visit": VISITS[r["at"]]} for r in rows
        ]

    return {
        "subjects.csv": text_of(subjects()),
        "lesions.csv": text_of(visited(lesions())),
        "responses.csv": text_of(visited(responses())),
    }


ROLE_OF = {"TARGET": "TARGET", "NON-TARGET": "NON-TARGET", "NEW": "NEW"}


def sdtm():
    """SDTM domains DM, TU, TR and RS."""
    dm = [
        {
            "STUDYID": "X1",
            "DOMAIN": "DM",
            "USUBJID": r["subject"],
            "RFSTDTC": r["treatment_start"],
            "RFXSTDTC": r["treatment_start"],
            "DTHDTC": r["death"],
            "DTHFL": "Y" if r["death"] else "",
            "AGE": r["age"],
            "AGEU": "YEARS",
            "SEX": r["sex"],
        }
        for r in subjects()
    ]
    tu, tr, rs = [], [], []
    seen = set()
    for r in lesions():
        key = {"STUDYID": "X1", "USUBJID": r["subject"]}
        visit = {"VISITNUM": r["at"] + 1, "VISIT": VISITS[r["at"]].upper()}
        if (r["subject"], r["lesion"]) not in seen:
            seen.add((r["subject"], r["lesion"]))
            tu.append(
                {
                    **key,
                    "DOMAIN": "TU",
                    "TUSEQ": len(tu) + 1,
                    "TULNKID": r["lesion"],
                    "TUTESTCD": "TUMIDENT",
                    "TUTEST": "Tumor Identification",
                    "TUORRES": r["role"],
                    "TUSTRESC": r["role"],
                    "TULOC": r["organ"],
                    **visit,
                    "TUDTC": r["date"],
                }
            )
        test = {
            "TARGET": ("DIAMETER", "Diameter"),
            "NON-TARGET": ("TUMSTATE", "Tumor State"),
            "NEW": ("TUMSTATE", "Tumor State"),
        }[r["role"]]
        done = r["state"] != "NOT EVALUABLE"
        result = r["size"] if r["role"] == "TARGET" else r["state"]
        is_size = r["role"] == "TARGET" and done
        tr.append(
            {
                **key,
                "DOMAIN": "TR",
                "TRSEQ": len(tr) + 1,
                "TRGRPID": r["role"],
                "TRLNKID": r["lesion"],
                "TRTESTCD": test[0],
                "TRTEST": test[1],
                "TRORRES": result if done else "",
                "TRORRESU": "mm" if is_size else "",
                "TRSTRESC": result if done else "",
                "TRSTRESN": result if is_size else "",
                "TRSTRESU": "mm" if is_size else "",
                "TRSTAT": "" if done else "NOT DONE",
                "TRREASND": "" if done else "NOT EVALUABLE",
                **visit,
                "TRDTC": r["date"],
            }
        )
    for r in responses():
        tests = {
            "TRGRESP": ("Target Response", r["target"]),
            "NTRGRESP": ("Non-target Response", r["non_target"]),
            "NEWLPROG": ("New Lesion Progression", r["new_lesion"]),
            "OVRLRESP": ("Overall Response", r["overall"]),
        }
        for code, (test, answer) in tests.items():
            rs.append(
                {
                    "STUDYID": "X1",
                    "DOMAIN": "RS",
                    "USUBJID": r["subject"],
                    "RSSEQ": len(rs) + 1,
                    "RSTESTCD": code,
                    "RSTEST": test,
                    "RSCAT": "RECIST 1.1",
                    "RSORRES": answer,
                    "RSSTRESC": answer,
                    "VISITNUM": r["at"] + 1,
                    "VISIT": VISITS[r["at"]].upper(),
                    "RSDTC": r["date"],
                }
            )
    return {
        "dm.csv": text_of(dm),
        "tu.csv": text_of(tu),
        "tr.csv": text_of(tr),
        "rs.csv": text_of(rs),
    }


SEXES = {"F": "1", "M": "2"}


def number_of(row):
    """The number of a lesion within its role."""
    return "".join(c for c in row["lesion"] if c.isdigit())


def event(at, label=False):
    """REDCap's unique name of an event, or its label."""
    return (
        f"{VISITS[at]} (Arm 1: Arm 1)" if label else f"{VISITS[at].lower().replace(' ', '_')}_arm_1"
    )


def redcap_rows():
    """REDCap, longitudinal with repeating instruments, raw: one file with all instruments, in their
    order, each closed by its state.
    """
    header = [
        "record_id",
        "redcap_event_name",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
    ]
    forms = {
        "demographics": ["sex", "age", "treatment_start", "death_date"],
        "imaging": ["scan_date"],
        "assessment": [
            "new_lesions___1",
            "target_response",
            "non_target_response",
            "overall_response",
        ],
        "target_lesions": ["tl_number", "tl_site", "tl_diameter", "tl_status"],
        "non_target_lesions": ["ntl_number", "ntl_site", "ntl_status"],
        "new_lesions": ["nl_number", "nl_site", "nl_status"],
    }
    names = header + [n for form, fields in forms.items() for n in (*fields, f"{form}_complete")]
    reported = {(r["subject"], r["at"]): r for r in responses()}
    by_visit = {}
    for r in lesions():
        by_visit.setdefault((r["subject"], r["at"]), []).append(r)
    people = {r["subject"]: r for r in subjects()}
    rows = []
    for (subject, at), found in by_visit.items():
        base = {
            "record_id": subject,
            "redcap_event_name": event(at),
            "scan_date": found[0]["date"],
            "imaging_complete": 2,
            "new_lesions___1": 0,
        }
        if at == 0:
            p = people[subject]
            base |= {
                "sex": p["sex"],
                "age": p["age"],
                "treatment_start": p["treatment_start"],
                "death_date": p["death"],
                "demographics_complete": 2,
            }
        else:
            r = reported[subject, at]
            base |= {
                "new_lesions___1": int(r["new_lesion"] == "Y"),
                "target_response": r["target"],
                "non_target_response": r["non_target"],
                "overall_response": r["overall"],
                "assessment_complete": 2,
            }
        rows.append(base)
        for form, role, mark in (
            ("target_lesions", "TARGET", "tl"),
            ("non_target_lesions", "NON-TARGET", "ntl"),
            ("new_lesions", "NEW", "nl"),
        ):
            for instance, r in enumerate((r for r in found if r["role"] == role), 1):
                row = {
                    "record_id": subject,
                    "redcap_event_name": event(at),
                    "redcap_repeat_instrument": form,
                    "redcap_repeat_instance": instance,
                    f"{mark}_number": number_of(r),
                    f"{mark}_site": r["organ"],
                    f"{mark}_status": r["state"],
                    f"{form}_complete": 2,
                }
                rows.append(row | ({"tl_diameter": r["size"]} if role == "TARGET" else {}))
    return [{name: row.get(name, "") for name in names} for row in rows]


def redcap():
    """The raw export."""
    return {"X1_DATA_2024-11-29_1021.csv": text_of(redcap_rows())}


LABELS = {
    "record_id": "Record ID",
    "redcap_event_name": "Event Name",
    "redcap_repeat_instrument": "Repeat Instrument",
    "redcap_repeat_instance": "Repeat Instance",
    "sex": "Sex",
    "age": "Age (years)",
    "treatment_start": "Treatment start date",
    "death_date": "Date of death",
    "scan_date": "Scan date",
    "new_lesions___1": "Any new lesions (choice=Yes)",
    "target_response": "Target response",
    "non_target_response": "Non-target response",
    "overall_response": "Overall response",
    "tl_number": "Target lesion number",
    "tl_site": "Target lesion site",
    "tl_diameter": "Target lesion diameter (mm)",
    "tl_status": "Target lesion status",
    "ntl_number": "Non-target lesion number",
    "ntl_site": "Non-target lesion site",
    "ntl_status": "Non-target lesion status",
    "nl_number": "New lesion number",
    "nl_site": "New lesion site",
    "nl_status": "New lesion status",
}
INSTRUMENTS = {
    "target_lesions": "Target Lesions",
    "non_target_lesions": "Non-Target Lesions",
    "new_lesions": "New Lesions",
}


def redcap_labels():
    """The export with labels: headers and choices in words, and a column "Complete?" for each
    instrument.
    """
    rows = redcap_rows()
    names = list(rows[0])
    at_of = {event(at): at for at in range(len(VISITS))}
    out = [[LABELS.get(n, "Complete?") for n in names]]
    for row in rows:
        cells = dict(row)
        cells["redcap_event_name"] = event(at_of[row["redcap_event_name"]], label=True)
        cells["redcap_repeat_instrument"] = INSTRUMENTS.get(row["redcap_repeat_instrument"], "")
        cells["new_lesions___1"] = {0: "Unchecked", 1: "Checked"}.get(row["new_lesions___1"], "")
        for name in names:
            if name.endswith("_complete"):
                cells[name] = "Complete" if row[name] == 2 else ""
        cells["sex"] = {"F": "Female", "M": "Male"}.get(row["sex"], "")
        out.append([cells[n] for n in names])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(out)
    return {"X1_DATA_LABELS_2024-11-29_1021.csv": text.getvalue()}


def redcap_wide():
    """A longitudinal project without repeating instruments: a row an event, a field a lesion, choices
    as codes, and -99 for what was not evaluable.
    """
    rows = {}
    for r in lesions():
        row = rows.setdefault(
            (r["subject"], r["at"]),
            {
                "record_id": r["subject"],
                "redcap_event_name": event(r["at"]),
                "scan_date": r["date"],
            },
        )
        mark = {"TARGET": "t", "NON-TARGET": "nt", "NEW": "new"}[r["role"]]
        n = number_of(r)
        row[f"{mark}{n}_site"] = r["organ"]
        if r["role"] == "TARGET":
            row[f"{mark}{n}_size"] = -99 if r["state"] else r["size"]
        else:
            row[f"{mark}{n}_status"] = r["state"]
    for r in responses():
        rows[r["subject"], r["at"]] |= {
            "tl_response": r["target"],
            "ntl_response": r["non_target"],
            "new_lesions": r["new_lesion"],
            "overall_resp": r["overall"],
        }
    for r in subjects():
        rows[r["subject"], 0] |= {
            "sex": SEXES[r["sex"]],
            "age": r["age"],
            "treatment_start": r["treatment_start"],
            "death_date": r["death"],
        }
    return {"X2_DATA_2024-11-29_1022.csv": text_of(rows.values())}


def dmy(iso):
    """A date as Castor writes it."""
    return "-".join(reversed(iso.split("-"))) if iso else ""


def castor():
    """Castor: the study's data a row a participant, repeating data a file each, with semicolons."""
    key = ("Participant Id", "Participant Status", "Site Abbreviation")

    def head(subject):
        return dict(zip(key, (subject, "Completed", "AMC"), strict=True))

    study = [
        head(r["subject"])
        | {
            "Randomization Id": "",
            "Randomization Group": "",
            "Participant Creation Date": "02-01-2024 09:00:00",
            "sex": r["sex"],
            "age": r["age"],
            "treatment_start": dmy(r["treatment_start"]),
            "death_date": dmy(r["death"]) or "31-12-2996",
        }
        for r in subjects()
    ]

    def repeating(rows, name, fields):
        return text_of(
            (
                head(r["subject"])
                | {
                    "Repeating Data Creation Date": "02-01-2024 09:00:00",
                    "Repeating data Name Custom": name,
                    "Repeating data Parent": VISITS[r["at"]],
                    "scan_date": dmy(r["date"]),
                }
                | fields(r)
                for r in rows
            ),
            ";",
        )

    def lesion(r):
        size = {"diameter": -97 if r["state"] else r["size"]} if r["role"] == "TARGET" else {}
        return {
            "lesion_number": number_of(r),
            "site": r["organ"],
            **size,
            "lesion_status": r["state"],
        }

    files = {"X1_export_20241129.csv": text_of(study, ";")}
    for role, name in (
        ("TARGET", "Target_lesions"),
        ("NON-TARGET", "Non-target_lesions"),
        ("NEW", "New_lesions"),
    ):
        mine = [r for r in lesions() if r["role"] == role]
        files[f"X1_{name}_export_20241129.csv"] = repeating(mine, name.replace("_", " "), lesion)
    files["X1_Tumour_response_export_20241129.csv"] = repeating(
        responses(),
        "Tumour response",
        lambda r: {
            "target_response": r["target"],
            "non_target_response": r["non_target"],
            "new_lesions": r["new_lesion"],
            "overall_response": r["overall"],
        },
    )
    return files


def openclinica():
    """OpenClinica: a row a subject, tab-delimited; event, CRF and row of a group in the name."""
    rows = {}
    for r in subjects():
        rows[r["subject"]] = {
            "Study Subject ID": r["subject"],
            "Protocol ID": "X1",
            "Sex": r["sex"],
            "AGE_E1_C1": r["age"],
            "TRTSTDT_E1_C1": r["treatment_start"],
            "DTHDAT_E1_C1": r["death"],
        }
    for r in lesions():
        row, at, n = rows[r["subject"]], r["at"] + 1, number_of(r)
        row[f"StartDate_E{at}"] = r["date"]
        row[f"SCANDAT_E{at}_C2"] = r["date"]
        mark = {"TARGET": "TL", "NON-TARGET": "NTL", "NEW": "NL"}[r["role"]]
        if r["role"] == "TARGET":
            row[f"TLDIAM_E{at}_C2_{n}"] = r["size"]
        row[f"{mark}STAT_E{at}_C2_{n}"] = r["state"]
        row[f"{mark}LOC_E{at}_C2_{n}"] = r["organ"]
    for r in responses():
        at = r["at"] + 1
        rows[r["subject"]] |= {
            f"TLRESP_E{at}_C3": r["target"],
            f"NTLRESP_E{at}_C3": r["non_target"],
            f"NEWLES_E{at}_C3": r["new_lesion"],
            f"OVRLRESP_E{at}_C3": r["overall"],
        }
    return {"TAB_X1_2024-11-29.tsv": text_of(rows.values(), "\t")}


def rave():
    """Medidata Rave, clinical views: a file a form, with the header information of each record, and
    each date as it was entered beside the date.
    """

    def head(r, form, position=0):
        return {
            "project": "X1",
            "environmentName": "Prod",
            "subjectId": 7000 + int(r["subject"]),
            "Subject": r["subject"],
            "siteid": 12,
            "Site": "Site One",
            "SiteNumber": "001",
            "instanceId": 1,
            "InstanceName": VISITS[r["at"]],
            "FolderSeq": r["at"] + 1,
            "Folder": f"V{r['at'] + 1}",
            "DataPageName": form,
            "RecordPosition": position,
            "MinCreated": "2024-11-01T10:00:00",
        }

    def dated(name, iso):
        entered = datetime.date.fromisoformat(iso).strftime("%d %b %Y").upper() if iso else ""
        return {name: iso and f"{iso} 00:00:00", f"{name}_RAW": entered}

    def form(role, mark):
        for r in lesions():
            if r["role"] == role:
                row = head(r, mark, number_of(r)) | {
                    f"{mark}NUM": number_of(r),
                    f"{mark}LOC": r["organ"],
                    f"{mark}LOC_STD": r["organ"][:2],
                }
                row |= dated(f"{mark}DAT", r["date"])
                if role == "TARGET":
                    row |= {
                        "TLDIAM": r["size"],
                        "TLDIAM_RAW": r["size"],
                        "TLDIAM_UN": "mm" if r["size"] != "" else "",
                    }
                yield row | {f"{mark}STAT": r["state"]}

    people = [
        head({**r, "at": 0}, "DM")
        | {"AGE": r["age"], "SEX": r["sex"]}
        | dated("TRTSTDT", r["treatment_start"])
        | dated("DTHDAT", r["death"])
        for r in subjects()
    ]
    rs = [
        head(r, "RS")
        | dated("RSDAT", r["date"])
        | {
            "TLRESP": r["target"],
            "NTLRESP": r["non_target"],
            "NEWLES": r["new_lesion"],
            "OVRLRESP": r["overall"],
        }
        for r in responses()
    ]
    return {
        "DM.csv": text_of(people),
        "TL.csv": text_of(form("TARGET", "TL")),
        "NTL.csv": text_of(form("NON-TARGET", "NTL")),
        "NL.csv": text_of(form("NEW", "NL")),
        "RS.csv": text_of(rs),
    }


def sheets():
    """The sheets of a workbook as centres keep them: by name, rows of cells."""
    names = {
        "subject": "Patient ID",
        "date": "Scan date",
        "organ": "Location",
        "size": "Longest diameter (mm)",
        "state": "Status",
        "visit": "Visit",
        "number": "Lesion no.",
    }

    def lesion(r):
        row = {
            "subject": r["subject"],
            "visit": VISITS[r["at"]],
            "date": r["date"],
            "number": int(number_of(r)),
            "organ": r["organ"],
            "size": r["size"],
            "state": r["state"],
        }
        if r["role"] != "TARGET":
            del row["size"]
        return {names[k]: v for k, v in row.items()}

    def reported(r):
        return {
            "Patient ID": r["subject"],
            "Visit": VISITS[r["at"]],
            "Scan date": r["date"],
            "Target response": r["target"],
            "Non-target response": r["non_target"],
            "New lesions": r["new_lesion"],
            "Overall response": r["overall"],
        }

    out = {
        "Subjects": [
            {
                "Patient ID": r["subject"],
                "Sex": r["sex"],
                "Age": r["age"],
                "Treatment start date": r["treatment_start"],
                "Date of death": r["death"],
            }
            for r in subjects()
        ]
    }
    for role, name in (
        ("TARGET", "Target Lesions"),
        ("NON-TARGET", "Non-Target Lesions"),
        ("NEW", "New Lesions"),
    ):
        out[name] = [lesion(r) for r in lesions() if r["role"] == role]
    return out | {"Overall Response": [reported(r) for r in responses()]}


def write_workbook(path):
    """The sheets as a workbook."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": datetime.datetime(2024, 11, 29)})
        for name, rows in sheets().items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, list(rows[0]))
            for at, row in enumerate(rows, 1):
                sheet.write_row(at, 0, [None if v == "" else v for v in row.values()])


SYMBOLS = {"MU.MM": "mm"}
SEX_WORDS = {"1": "F", "2": "M"}
ODM_FORMS = {
    "DM": ("Demographics", ("SEX", "AGE", "TRTSTDT", "DTHDAT")),
    "TL": ("Target Lesions", ("TLDAT", "TLNUM", "TLLOC", "TLDIAM", "TLSTAT")),
    "NTL": ("Non-Target Lesions", ("NTLDAT", "NTLNUM", "NTLLOC", "NTLSTAT")),
    "NL": ("New Lesions", ("NLDAT", "NLNUM", "NLLOC", "NLSTAT")),
    "RS": ("Overall Response", ("RSDAT", "TLRESP", "NTLRESP", "NEWLES", "OVRLRESP")),
}
"""Form to its name and items; the first of a form of lesions is asked once, the others in a log."""


def odm_visits():
    """For each subject and visit, each form to what is asked once and the rows of its log."""
    out = {}
    for r in subjects():
        once = {"SEX": SEXES[r["sex"]], "AGE": r["age"], "TRTSTDT": r["treatment_start"]}
        out[r["subject"], 0] = {"DM": (once | {"DTHDAT": r["death"] or None}, [])}
    for r in lesions():
        mark = {"TARGET": "TL", "NON-TARGET": "NTL", "NEW": "NL"}[r["role"]]
        forms = out.setdefault((r["subject"], r["at"]), {})
        once, log = forms.setdefault(mark, ({f"{mark}DAT": r["date"]}, []))
        row = {f"{mark}NUM": number_of(r), f"{mark}LOC": r["organ"], f"{mark}STAT": r["state"]}
        log.append(
            row | ({"TLDIAM": None if r["size"] == "" else r["size"]} if mark == "TL" else {})
        )
    for r in responses():
        out[r["subject"], r["at"]]["RS"] = (
            {
                "RSDAT": r["date"],
                "TLRESP": r["target"],
                "NTLRESP": r["non_target"],
                "NEWLES": r["new_lesion"],
                "OVRLRESP": r["overall"],
            },
            [],
        )
    return out


def odm_metadata(version):
    """The metadata: events, forms, groups, items, a code list, a unit."""
    two = version == "2.0"
    out = ['<Study OID="X1"><MetaDataVersion OID="MDV.1" Name="1">']
    if not two:
        symbol = "<Symbol><TranslatedText>mm</TranslatedText></Symbol>"
        unit = f'<MeasurementUnit OID="MU.MM" Name="Millimetre">{symbol}</MeasurementUnit>'
        out.insert(0, '<Study OID="X1"><BasicDefinitions>' + unit + "</BasicDefinitions>")
        out[1] = out[1].removeprefix('<Study OID="X1">')
    for at, name in enumerate(VISITS):
        out.append(f'<StudyEventDef OID="SE.{at}" Name="{name}" Repeating="No" Type="Scheduled"/>')
    for form, (name, items) in ODM_FORMS.items():
        kind = "FormDef" if not two else 'ItemGroupDef Type="Form"'
        out.append(f'<{kind} OID="F.{form}" Name="{name}" Repeating="No"/>')
        repeats = ("Simple" if two else "Yes") if form.endswith("L") else "No"
        out.append(f'<ItemGroupDef OID="IG.{form}" Name="{form}" Repeating="{repeats}"/>')
        for item in items:
            more = '<CodeListRef CodeListOID="CL.SEX"/>' if item == "SEX" else ""
            out.append(
                f'<ItemDef OID="IT.{form}.{item}" Name="{item}" DataType="text">{more}</ItemDef>'
            )
    out.append('<CodeList OID="CL.SEX" Name="Sex" DataType="text">')
    for code, word in SEX_WORDS.items():
        decode = f'<Decode><TranslatedText xml:lang="en">{word}</TranslatedText></Decode>'
        out.append(f'<CodeListItem CodedValue="{code}">{decode}</CodeListItem>')
    return [*out, "</CodeList></MetaDataVersion></Study>"]


def odm_item(form, name, value, version, change=""):
    """One value as the version writes it: in 1.3 by the kind of element and its attributes."""
    oid = f"IT.{form}.{name}"
    if value is None:
        return f'<ItemData ItemOID="{oid}" IsNull="Yes"/>'
    if version == "2.0":
        return f'<ItemData ItemOID="{oid}"><Value>{value}</Value></ItemData>'
    unit = '<MeasurementUnitRef MeasurementUnitOID="MU.MM"/>' if name == "TLDIAM" else ""
    audit = '<AuditRecord><UserRef UserOID="U"/><DateTimeStamp>2024-11-01T10:00:00</DateTimeStamp></AuditRecord>'
    return f'<ItemData ItemOID="{oid}" Value="{value}"{change}>{audit}{unit}</ItemData>'


def odm_group(form, items, version, key=""):
    """A group of items."""
    inner = "".join(odm_item(form, n, v, version) for n, v in items.items())
    repeat = f' ItemGroupRepeatKey="{key}"' if key else ""
    return f'<ItemGroupData ItemGroupOID="IG.{form}{"" if key else ".1"}"{repeat}>{inner}</ItemGroupData>'


def odm_file(version):
    """A file of ODM-XML with the data of the study."""
    container = ("FormData", "FormOID") if version == "1.3" else ("ItemGroupData", "ItemGroupOID")
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<ODM xmlns="http://www.cdisc.org/ns/odm/v{version}" xmlns:v="http://example.com/vendor" '
        f'ODMVersion="{"1.3.2" if version == "1.3" else version}" FileType="Snapshot" FileOID="X1" '
        'CreationDateTime="2024-11-29T10:21:00">',
        *odm_metadata(version),
        '<ClinicalData StudyOID="X1" MetaDataVersionOID="MDV.1">',
    ]
    before = ""
    for (subject, at), forms in sorted(odm_visits().items()):
        if subject != before:
            out += ["</SubjectData>"] * bool(before)
            out.append(f'<SubjectData SubjectKey="SS_{subject}" v:StudySubjectID="{subject}">')
            before = subject
        out.append(f'<StudyEventData StudyEventOID="SE.{at}" v:StartDate="2024-01-01">')
        for form, (once, log) in forms.items():
            out.append(f'<{container[0]} {container[1]}="F.{form}">')
            out.append(odm_group(form, once, version))
            out += [odm_group(form, row, version, n) for n, row in enumerate(log, 1)]
            out.append(f"</{container[0]}>")
        out.append("<v:Query>none</v:Query></StudyEventData>")
    return "\n".join([*out, "</SubjectData>", "</ClinicalData>", "</ODM>", ""])


def odm():
    """ODM-XML 1.3.2."""
    return {"X1_odm.xml": odm_file("1.3")}


def odm_2():
    """ODM-XML 2.0: groups within groups, values in elements."""
    return {"X1_odm2.xml": odm_file("2.0")}


def dataset_xml():
    """Dataset-XML 1.0: a file a domain, a group a record."""
    out = {}
    for name, text in sdtm().items():
        domain = name[:2].upper()
        records = []
        for seq, row in enumerate(csv.DictReader(io.StringIO(text)), 1):
            items = "".join(
                f'<ItemData ItemOID="IT.{domain}.{n}" Value="{v}"/>' for n, v in row.items() if v
            )
            about = f'ItemGroupOID="IG.{domain}" data:ItemGroupDataSeq="{seq}"'
            records.append(f"<ItemGroupData {about}>{items}</ItemGroupData>")
        out[f"{name[:2]}.xml"] = "\n".join(
            [
                '<?xml version="1.0" encoding="UTF-8"?>',
                '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" '
                'xmlns:data="http://www.cdisc.org/ns/Dataset-XML/v1.0" FileType="Snapshot" '
                'ODMVersion="1.3.2" FileOID="X1" data:DatasetXMLVersion="1.0.0">',
                '<ClinicalData StudyOID="X1" MetaDataVersionOID="MDV.1">',
                *records,
                "</ClinicalData></ODM>",
                "",
            ]
        )
    return out


VENDORS = {
    "plain": plain,
    "odm": odm,
    "odm_2": odm_2,
    "dataset_xml": dataset_xml,
    "sdtm": sdtm,
    "redcap": redcap,
    "redcap_labels": redcap_labels,
    "redcap_wide": redcap_wide,
    "castor": castor,
    "openclinica": openclinica,
    "rave": rave,
}


ROLE_CODES = {1.0: "TARGET", 2.0: "NON-TARGET", 3.0: "NEW"}


def frames():
    """The plain tables as frames with dates and, of the roles, codes."""
    import pandas as pd

    out = {}
    for name, text in plain().items():
        frame = pd.read_csv(io.StringIO(text), dtype={"subject": str})
        for column in frame:
            if column in ("date", "treatment_start", "death"):
                frame[column] = pd.to_datetime(frame[column])
            elif column not in ("size", "age"):
                frame[column] = frame[column].fillna("").astype(object)
        if "role" in frame:
            of_word = {word: code for code, word in ROLE_CODES.items()}
            frame["role"] = frame["role"].map(of_word).astype(float)
            frame["state"] = frame["state"].where(frame["state"] != "NOT EVALUABLE", "")
        out[name.removesuffix(".csv")] = frame
    return out


def write_labelled():
    """SPSS and Stata by pyreadstat: roles as codes with value labels; a size that was not evaluable as
    a value that is declared missing.
    """
    import pyreadstat

    for name, frame in frames().items():
        labels = {"role": ROLE_CODES} if "role" in frame else {}
        (HERE / "spss").mkdir(exist_ok=True)
        (HERE / "stata").mkdir(exist_ok=True)
        stata = {"variable_value_labels": labels}
        spss = {"variable_value_labels": labels}
        of_stata = frame.copy()
        if "size" in frame:
            blank = frame["size"].isna() & (frame["role"] == 1)
            frame.loc[blank, "size"] = -99
            spss = {
                "variable_value_labels": {**labels, "size": {-99: "NOT EVALUABLE"}},
                "missing_ranges": {"size": [-99]},
            }
            of_stata["size"] = of_stata["size"].astype(object)
            of_stata.loc[blank, "size"] = "a"
            stata = {
                "variable_value_labels": {**labels, "size": {"a": "NOT EVALUABLE"}},
                "missing_user_values": {"size": ["a"]},
            }
        pyreadstat.write_sav(frame, str(HERE / "spss" / f"{name}.sav"), **spss)
        pyreadstat.write_dta(of_stata, str(HERE / "stata" / f"{name}.dta"), **stata)


BINARY = ("excel", "r", "spss", "stata")
"""Exports that are no text: `write_workbook`, data/formats/make.R, and `write_labelled`."""

BY_HAND = {
    "castor": {'# site = "organ" ': 'site = "organ"'},
    "redcap_wide": {
        '[words."subjects.sex"]': '[words.size]\n-99 = "NE"\n\n[words."subjects.sex"]',
        '# 1 = "" ': '1 = "F"',
        '# 2 = "" ': '2 = "M"',
    },
}
"""For a vendor what somebody mends in the study file that `nettumor intake --write-study` writes: what
a line begins with, and what stands in its place."""


def mended(vendor, text):
    """The study file of a vendor, from the one that the tool wrote, and how many lines somebody wrote
    by hand.
    """
    out, count = [], 0
    for line in text.splitlines():
        new = next((n for o, n in BY_HAND.get(vendor, {}).items() if line.startswith(o)), None)
        if new is not None:
            count += sum(part not in ("", line) for part in new.split("\n"))
        out.append(line if new is None else new)
    return "\n".join(out) + "\n", count


def write_study_files():
    """A study file beside the folder of each vendor."""
    from nettumor.crf.reading import read_quietly
    from nettumor.crf.study_file.writing import study_text

    for vendor in (*VENDORS, *BINARY):
        text, _ = mended(vendor, study_text(read_quietly(HERE / vendor)))
        (HERE / f"{vendor}.toml").write_text(text, encoding="utf-8", newline="")


def main():
    """Write the files."""
    for vendor, files in VENDORS.items():
        folder = HERE / vendor
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files().items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
    (HERE / "excel").mkdir(exist_ok=True)
    write_workbook(HERE / "excel" / "X1.xlsx")
    write_labelled()
    write_study_files()


if __name__ == "__main__":
    main()
