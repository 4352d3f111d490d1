"""What fulfils an expectation that is no value of its cell: "a reason", "one row per subject".

A repair changes the reject tables of a check so that what a finding expects is there. `REPAIRS` has
one for every such expectation of every check, told apart by the row of the finding where several
rows are meant by one sentence. A list holds alternatives ("PD, or a reason"): each is enough.
"""


def _table(tables, finding, name):
    name = name or finding["table"]
    return next(t for n, t in tables.items() if n.upper() == name.upper())


def length(table):
    """How many rows a table of columns has."""
    return len(next(iter(table.values())))


def cell(value):
    """A value in the cell of the finding."""
    return lambda tables, finding: beside(**{finding["column"]: value})(tables, finding)


def beside(**cells):
    """Values in other cells of the row of the finding."""
    return lambda tables, finding: at(finding["row"], **cells)(tables, finding)


def at(row, of="", **cells):
    """Values in the cells of a row of a table."""

    def repair(tables, finding):
        table = _table(tables, finding, of)
        for column, value in cells.items():
            table.setdefault(column, [""] * length(table))[row] = value

    return repair


def column(**cells):
    """A column with one value throughout."""

    def repair(tables, finding):
        table = _table(tables, finding, "")
        table.update({name: [value] * length(table) for name, value in cells.items()})

    return repair


def again(of="", like=None, **cells):
    """One more row: like that of the finding, or like another, but for some cells."""

    def repair(tables, finding):
        table = _table(tables, finding, of)
        row = finding["row"] if like is None else like
        for name, values in table.items():
            values.append(cells.get(name, values[row]).format(**finding))

    return repair


def gone(*rows):
    """Without the row of the finding, or without others."""

    def repair(tables, finding):
        for row in sorted(rows or [finding["row"]], reverse=True):
            for values in _table(tables, finding, "").values():
                del values[row]

    return repair


def together(*repairs):
    def repair(tables, finding):
        for one in repairs:
            one(tables, finding)

    return repair


def every(name, changed, rows=None):
    """Each cell of a column, or of some rows of it, as a function of its row's number and cell."""

    def repair(tables, finding):
        cells = _table(tables, finding, "")[name]
        for row in range(len(cells)) if rows is None else rows:
            cells[row] = changed(row, cells[row])

    return repair


def _not_rounded(row, size):
    """A size that ends in 0 or 5 with another last digit, of each the same share."""
    return str(int(size) + row % 5) if size.isdigit() and size[-1] in "05" else size


_PRESENT = {"size": "", "perpendicular": "", "state": "PRESENT"}
_UNEQUIVOCAL = {"size": "", "perpendicular": "", "state": "UNEQUIVOCAL"}
_NEW = {"lesion": "NEW01", "role": "NEW", **_UNEQUIVOCAL}
_LESION = {"role": "TARGET", "size": "20", "perpendicular": "", "state": "", "reason": ""}
_RESPONSE = "CR, PR, SD, PD, NE, NON-CR/NON-PD or another response"

REPAIRS = {
    "A01": {
        "one assessor of all lesions": cell("INVESTIGATOR"),
        "one assessor of all lesions, or an accepted flag": [
            cell("INVESTIGATOR"),
            beside(accepted="Y"),
        ],
    },
    "A02": {
        "INVESTIGATOR or INDEPENDENT ASSESSOR": [
            cell("INVESTIGATOR"),
            cell("INDEPENDENT ASSESSOR"),
        ],
        "an assessor": cell("INVESTIGATOR"),
        "a column of roles": column(RSEVAL="INDEPENDENT ASSESSOR"),
    },
    "A03": {
        ("one accepted assessor", 1): together(cell(""), at(2, accepted="")),
        ("one accepted assessor", 4): together(cell(""), at(5, accepted="")),
        "one accepted assessor": cell(""),
        "Y for one assessor": cell("Y"),
    },
    "A05": {
        ("2 target(s) in 1 organ(s)", 2): gone(5, 6),
        "2 target(s) in 1 organ(s)": at(11, organ="LIVER"),
        "1 target(s) in 1 organ(s)": beside(role="TARGET", size="30"),
    },
    "A07": {"within 14 days": cell("2024-01-17")},
    "A08": {"a central reading": again(evaluator="READER 1")},
    "D01": {
        "a date as 2024-01-31, or the part of it that is known": [
            cell("2024-01-31"),
            cell("2024-01"),
            cell("2024"),
        ]
    },
    "D02": {"a full date": cell("2014-03-15")},
    "D09": {
        "another date": cell("2024-05-20"),
    },
    "D13": {
        ("scans within 14 days", 1): every("date", lambda row, _: "2024-03-05", (1, 2)),
        "scans within 14 days": cell("2024-03-11"),
    },
    "D17": {
        "one visit flagged": cell(""),
        "the flag on 2024-01-08": together(cell(""), at(4, TRLOBXFL="Y")),
    },
    "D19": {"a date": cell("2024-03-01")},
    "K02": {"a number above 0": cell("100")},
    "K06": {"a number": cell("2")},
    "K09": {"a sample on or before the first dose": cell("2024-01-08")},
    "K10": {"CR, PR, SD, PD, NE, response or no response": cell("PR")},
    "K12": {
        ("within 28 days of the scan", 1): cell("2024-03-20"),
        ("within 28 days of the scan", 4): cell("2024-01-03"),
        "within 28 days of the sample": cell("2024-05-01"),
    },
    "K14": {
        "about 231": every("value", lambda _, value: f"{float(value) / 1000:g}", (72, 73, 74)),
        "about 200": every("value", lambda _, value: f"{float(value) * 1000:g}", (75, 76)),
    },
    "L01": {"at most 5": beside(role="NON-TARGET")},
    "L02": {"at most 2": beside(role="NON-TARGET")},
    "L05": {"a target, if it can be measured again": beside(role="TARGET")},
    "L06": {
        "a size above 0": together(cell("30"), beside(state="", reason="")),
    },
    "L07": {
        "a target or non-target lesion": [beside(role="TARGET"), beside(role="NON-TARGET")],
        "lesions at baseline": again("lesions", 0, subject="{subject}"),
    },
    "L08": {"a target lesion": beside(role="TARGET", size="30")},
    "L09": {"a target in each organ, if one can be measured again": beside(role="TARGET")},
    "L10": {"a measurable site": cell("LIVER")},
    "L11": {
        "a soft-tissue component of 10 mm or more": beside(soft_tissue="Y"),
        "a lesion that is not cystic": cell("LIVER"),
    },
    "L12": {"progression since irradiation": beside(irradiated_progression="Y")},
    "L14": {
        "a record at baseline, or the role NEW": [again(visit="0"), beside(role="NEW")],
    },
    "L17": {"a location": cell("LIVER")},
    "L19": {
        ("a target with the number left out", 1): again(lesion="T02"),
        ("a target with the number left out", 8): again(lesion="T01"),
    },
    "L20": {"two lesions, or one name": [beside(size="28"), gone()]},
    "L21": {
        "a row of T03": again(lesion="T03"),
        "two parts or more": again(lesion="T02.2"),
        "sizes of the parts only": every("size", lambda row, _: "", (1, 4)),
        ("a size of the merged lesion", 15): at(14, size="30", state=""),
        "a size of the merged lesion": again(lesion="T09", size="30", state=""),
    },
    "M01": {f"a row of T0{n}": again(lesion=f"T0{n}", **_LESION) for n in (1, 2, 3)},
    "M02": {
        "a value, or a state with a reason": [
            cell("14"),
            beside(state="NOT EVALUABLE", reason="MOTION"),
        ],
        "a value, or a reason why it was not measured": [
            beside(perpendicular="14"),
            beside(reason="MOTION"),
        ],
        "a reason": cell("MOTION"),
    },
    "M03": {"one of the two": [cell(""), beside(state="", reason="")]},
    "M06": {
        "a number, NE, ABSENT or TOO SMALL": [
            cell("20"),
            cell("NE"),
            cell("ABSENT"),
            cell("TOO SMALL"),
        ]
    },
    "M10": {
        ("sizes in mm", 3): every("size", lambda _, size: f"{10 * float(size):g}", (3, 4, 5)),
        "sizes in mm": every("size", lambda _, size: f"{10 * float(size):g}", (13, 14)),
    },
    "M11": {"less than 5 times as large or small": cell("20")},
    "M13": {
        "the short axis": beside(perpendicular="12"),
        "the longest diameter": beside(size="20"),
    },
    "M14": {
        ("5 mm or more, or TOO SMALL", 5): [cell("0.5"), cell("TOO SMALL")],
        "5 mm or more, or TOO SMALL": [cell("5"), cell("TOO SMALL")],
    },
    "M16": {
        ("gone, or measured at both visits", 3): [cell("8"), at(5, size="0")],
        ("gone, or measured at both visits", 8): [
            beside(perpendicular="9", state=""),
            at(10, state="ABSENT", size="", perpendicular=""),
        ],
        ("gone, or measured at both visits", 12): [cell("PRESENT"), at(13, state="ABSENT")],
        "gone, or measured at both visits": [cell("8"), at(16, size="0")],
    },
    "M17": {"sizes measured at this visit": cell("23")},
    "M18": {"about one in five": every("size", _not_rounded)},
    "M21": {"CT, MRI or caliper": [cell("CT"), cell("MRI"), cell("CALIPER")]},
    "M22": {"a method": cell("CT")},
    "M23": {"as at baseline": cell("1"), "a slice thickness": cell("3")},
    "M33": {"sizes measured at this visit": cell("23")},
    "N03": {"less than CR": [cell("NON-CR/NON-PD"), cell("NE")]},
    "N04": {
        ("NON-CR/NON-PD, or the lesion that is worse", 10): [
            cell("NON-CR/NON-PD"),
            at(34, "lesions", state="UNEQUIVOCAL PROGRESSION"),
        ],
        "NON-CR/NON-PD, or the lesion that is worse": cell("NON-CR/NON-PD"),
    },
    "N06": {
        ("a status, or NE with a reason", 53): [
            beside(state="PRESENT"),
            beside(state="NE", reason="MOTION"),
        ],
        "a status, or NE with a reason": [
            again(lesion="NT02", role="NON-TARGET", **_PRESENT),
            again(lesion="NT02", role="NON-TARGET", size="", state="NE", reason="MOTION"),
        ],
        ("a status, or NE with a reason", 56): [
            again(lesion="NT01", role="NON-TARGET", **_PRESENT),
            again(lesion="NT01", role="NON-TARGET", size="", state="NE", reason="MOTION"),
        ],
    },
    "N07": {"a non-target response": cell("NON-CR/NON-PD")},
    "N08": {
        ("PD, or a reason", 35): [
            at(11, "responses", non_target="PD"),
            beside(reason="NOT SEEN BEFORE: MOTION"),
        ],
        "PD, or a reason": beside(reason="NOT SEEN BEFORE: MOTION"),
    },
    "N10": {"PRESENT, or no lesion": [cell("PRESENT"), gone()]},
    "O03": {"a reason for PD": beside(reason="CLINICAL PROGRESSION")},
    "O06": {
        ("PD, or no CR before", 12): [cell("PD"), at(11, overall="PR")],
        ("PD, or no CR before", 21): [cell("PD"), at(19, overall="PR")],
        ("PD, or no CR before", 24): [cell("PD"), at(23, overall="PR")],
    },
    "O12": {"a reason": cell("NO CONTRAST")},
    "O14": {
        "a visit with PD": at(11, "responses", overall="PD"),
        "within 28 days of a PD": cell("2024-05-27"),
    },
    "P05": {
        "the date of death": cell("2024-06-01"),
        "a date in DTHDTC of DM": at(2, "dm", DTHDTC="2024-06-01", DTHFL="Y"),
    },
    "Q01": {"at most 10": beside(role="NON-TARGET"), "at most 5": beside(role="NON-TARGET")},
    "Q03": {"a longest diameter": beside(size="25")},
    "Q06": {"a viable diameter above 0": cell("18")},
    "Q11": {"a perpendicular diameter": cell("20"), "a longest diameter": cell("30")},
    "Q13": {
        ("a second CR or PR at least 28 days later", 0): [at(1, overall="PR"), at(1, overall="CR")],
        ("a second CR or PR at least 28 days later", 2): at(3, date="2024-02-28"),
        ("a second CR or PR at least 28 days later", 8): at(9, overall="CR"),
    },
    "Q14": {"28 to 56 days after iUPD": beside(date="2024-02-10")},
    "R01": {
        "a volume in mL": cell("1500"),
        "a duration in hours": cell("24"),
        "a complete collection": cell("N"),
    },
    "R04": {"mg/g creat": cell("mg/g creat")},
    "R05": {
        "a restricted diet": cell("none"),
        "stopped 14 days before": cell("pantoprazole stopped 14 days before"),
    },
    "S01": {
        "lesion": column(lesion="T01"),
        "visit or date": [column(visit="1"), column(date="2024-03-01")],
        "unit": column(unit="ng/mL"),
        "size": column(size="20"),
    },
    "S02": {
        "a value": cell("TARGET"),
        "visit or date": [beside(visit="1"), beside(date="2023-05-09")],
        "visit": cell("1"),
    },
    "S03": {"one row per lesion and visit": gone(), "one row per subject": gone()},
    "S04": {"one overall response per visit": gone()},
    "S05": {
        ("a lesion identified in TU", 1): again("TU", 0, TULNKID="T06"),
        "a lesion identified in TU": again("TU", 1, TUEVALID="RADIOLOGIST 2"),
    },
    "S06": {
        ("a result", 1): beside(size="20"),
        "a result": beside(state="PRESENT"),
    },
    "S07": {"a subject of the subjects table": again("subjects", 0, subject="{subject}")},
    "S08": {
        "lesion rows": again("lesions", 1, evaluator="READER 1"),
        ("lesion rows at this visit", 2): again("lesions", 2, visit="4"),
        "lesion rows at this visit": again("lesions", 4, visit="2"),
    },
    "S09": {
        "a response row at this visit": again("responses", 4, visit="3"),
        "response rows": again("responses", 0, evaluator="READER 1"),
    },
    "S11": {
        _RESPONSE: [cell(w) for w in ("CR", "PR", "SD", "PD", "NE", "NON-CR/NON-PD")],
        "an imaging method": cell("CT"),
    },
    "S12": {"a response of these criteria": cell("SD")},
    "T02": {"no CR": [cell("PR"), cell("SD"), cell("NE")]},
    "T04": {"no PD": [cell("SD"), cell("NE")]},
    "T06": {
        ("the same response, measured again", 1): cell("190"),
        ("the same response, measured again", 12): cell("80"),
        ("the same response, measured again", 8): cell("100"),
        ("the same response, measured again", 10): cell("27"),
        ("the same response, measured again", 14): cell("27"),
    },
    "U06": {
        ("a sum above 0 of all targets", 0): every("size", lambda row, _: "20", (0, 1)),
        ("a sum above 0 of all targets", 2): at(3, size="20", state=""),
        ("a sum above 0 of all targets", 7): gone(8),
    },
    "W02": {
        ("the new lesion among the lesions", 10): again("lesions", 35, **_NEW),
        ("the new lesion among the lesions", 14): again("lesions", 45, **_NEW),
        ("the new lesion among the lesions", 15): at(48, "lesions", state="UNEQUIVOCAL"),
    },
    "W06": {
        ("a row with its state", 37): again(**_NEW),
        "a row with its state": cell("UNEQUIVOCAL"),
    },
    "X04": {
        "a code of C96779": beside(TRTESTCD="LDIAM", TRTEST="Longest Diameter"),
        "a code of C96782": beside(RSTESTCD="OVRLRESP", RSTEST="Overall Response"),
    },
    "X06": {"a TRLNKGRP of the subject": cell("A2"), "an RSLNKGRP of the subject": cell("A3")},
    "X07": {
        "TRSTAT NOT DONE": beside(TRSTAT="NOT DONE"),
        "RSSTAT NOT DONE": beside(RSSTAT="NOT DONE"),
    },
    "X08": {("one record", 2): gone(2, 3), "one record": gone()},
    "X09": {
        "a result in TR": again("tr", 4, USUBJID="{subject}", TREVAL="INVESTIGATOR"),
        "a record in TU": again(
            "tu", 1, USUBJID="{subject}", TULNKID="{lesion}", TUEVAL="{evaluator}"
        ),
    },
    "X12": {
        "a mark that it was collected, or no such rows": [
            every("TRORIG", lambda row, _: "COLLECTED"),
            gone(1, 3, 4),
        ]
    },
    "X13": {"a standard result": [beside(TRSTRESN="20", TRSTRESC="20"), beside(TRSTRESC="20")]},
    "X14": {"a number of its own": cell("8")},
    "Y02": {("4 or more", 4): again(date="2024-01-11")},
    "Y03": {"one entry a day": gone()},
    "Y04": {"a number": cell("4"), "a whole number": cell("4")},
    "Y06": {("3", 3): cell("3")},
    "Y07": {
        ("an entry on the day", 0): every(
            "entered", lambda row, _: f"2024-03-0{row + 1}T20:00", range(7)
        ),
        "an entry on the day": cell("2024-03-09"),
    },
    "Y09": {
        ("numbers that vary", 7): at(20, count="5"),
        "numbers that vary": at(70, count="5"),
    },
    "Y10": {
        ("a baseline above 0 of at least 4 days", 5): beside(date="2024-01-10"),
        ("a baseline above 0 of at least 4 days", 10): again(like=9, date="2024-01-13"),
        ("a baseline above 0 of at least 4 days", 1): at(0, per_day="3"),
        "a baseline above 0 of at least 4 days": again(date="2024-01-10", visit="BASELINE"),
    },
}
