"""The review's statements for one patient, read from the columns of the guidance itself.

A patient is a dict with None for what is not known. Nothing of ``conditions.csv`` is used: each
column of ``guidance.csv`` has its own sentence here.
"""

MET, UNKNOWN, NOT = "met", "not known", "not met"


def below(value, limit, strict):
    if value is None:
        return UNKNOWN
    return MET if value < limit or (value == limit and not strict) else NOT


def yes(value):
    return UNKNOWN if value is None else MET if value else NOT


def no(value):
    return UNKNOWN if value is None else NOT if value else MET


def higher(patient):
    """A higher load: 5 lesions or more, or one of 5 cm or more."""
    many = opposite(below(patient["n_lesions"], 5, True))
    large = opposite(below(patient["largest_cm"], 5, True))
    return MET if MET in (many, large) else UNKNOWN if UNKNOWN in (many, large) else NOT


def opposite(answer):
    return {MET: NOT, NOT: MET}.get(answer, answer)


def over(value, limit):
    return opposite(below(value, limit, False))


PURPOSES = {
    "symptom control": "symptom control", "symptoms": "symptom control", "markers": "marker control",
    "tumour control": "tumour control", "local control": "tumour control", "tumour burden": "tumour control",
    "stabilisation": "tumour control", "survival": "survival", "cure": "cure", "palliation": "palliation",
}  # fmt: skip


def answers(row, p):
    """The answer of each condition of a row of the guidance for the patient ``p``."""
    said = []
    load = row["tumour_load"]
    if load == "oligonodular":
        said.append(below(p["n_lesions"], 5, True))
    elif load == "multinodular, higher":
        said.append(opposite(below(p["n_lesions"], 5, True)))
    elif load in ("higher", "high"):
        said.append(higher(p))
    elif load == "multiple":
        said.append(over(p["n_lesions"], 1))
    elif load:
        said.append(UNKNOWN)  # diffuse, larger: no limit, and nobody is asked
    if row["id"] == "G-17":  # fewer than 3 to 5
        n = p["n_lesions"]
        said.append(UNKNOWN if n is None or n in (3, 4) else MET if n < 3 else NOT)
    elif row["n_lesions_max"] == row["n_lesions_max"]:
        said.append(
            below(p["n_lesions"], row["n_lesions_max"], row["n_lesions_max_strict"] == "true")
        )
    if row["largest_cm_max"] == row["largest_cm_max"]:
        said.append(
            below(p["largest_cm"], row["largest_cm_max"], row["largest_cm_max_strict"] == "true")
        )
    if row["largest_cm_min"] == row["largest_cm_min"]:
        said.append(over(p["largest_cm"], row["largest_cm_min"]))
    if row["lobes"] or row["both_lobes"] == "yes":
        wanted = int(row["lobes"] or 2)
        said.append(UNKNOWN if p["lobes"] is None else MET if p["lobes"] == wanted else NOT)
    if row["extrahepatic"] == "allowed":  # or an unresected primary, which is not asked
        said.append(MET if p["extrahepatic"] else UNKNOWN)
    if row["symptomatic"] == "yes":
        said.append(yes(p["symptomatic"]))
    elif row["symptomatic"]:  # a severe syndrome: not asked, but there is none without symptoms
        said.append(NOT if p["symptomatic"] is False else UNKNOWN)
    if row["age_max"] == row["age_max"]:
        said.append(over(p["age"], row["age_max"]))
    if row["liver_infiltration_percent_max"] == row["liver_infiltration_percent_max"]:
        said.append(over(p["liver_infiltration_percent"], row["liver_infiltration_percent_max"]))
    if row["debulkable_percent_min"] == row["debulkable_percent_min"]:
        said.append(below(p["debulkable_percent"], row["debulkable_percent_min"], False))
    if row["vein_involvement"]:
        said.append(yes(p["vein_involvement"]))
    if row["resectable"] == "yes":
        said.append(yes(p["resectable"]))
    elif row["resectable"] == "no":
        said.append(no(p["resectable"]))
    elif row["resectable"] == "no surgery":  # a resectable patient may still not be operated
        said.append(MET if p["resectable"] is False else UNKNOWN)
    after = {
        "after resection": ["after resection"],
        "after resection or ablation": ["after resection", "after ablation"],
    }
    if row["recurrence"] in after:
        r = p["recurrence"]
        said.append(
            UNKNOWN if r in (None, "other") else MET if r in after[row["recurrence"]] else NOT
        )
    if row["prior_treatment"] or row["proliferation"]:
        said.append(UNKNOWN)
    if "Milan" in row["other_condition"] or "Whipple" in row["other_condition"]:
        said.append(UNKNOWN)
    if row["purpose"]:
        words = [w.strip() for w in row["purpose"].split(";")]
        served = {"downsizing" if w.startswith("downsizing") else PURPOSES.get(w) for w in words}
        if p["purpose"] is None:
            said.append(UNKNOWN if row["direction"] == "not recommended" else MET)
        else:
            said.append(MET if p["purpose"] in served else NOT)
    return said


def status(row, patient):
    """met, not met or not known: the weakest answer decides."""
    said = answers(row, patient)
    return NOT if NOT in said else UNKNOWN if UNKNOWN in said else MET
