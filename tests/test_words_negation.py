"""Words inside a text: what is denied or left open is not said; and every place that looks for a word
inside a text holds to it.
"""

import re

import pytest

from nettumor import edit_checks
from nettumor.edit_checks.rules.course_of_responses import _for_progression
from nettumor.words import criteria_names, evaluators, methods, organs, regions, roles, visits
from nettumor.words.negation import says, says_surely
from nettumor.words.states import cytology_is_positive, enhances_typically
from nettumor.words.visits import VisitKind

FOUND = re.compile(r"\bFOUND\b")
DENIED = (
    "no found", "not found", "NON-FOUND", "without found", "w/o found", "free of found", "negative for found",
    "absence of found", "ruled out found", "r/o found", "never found", "other than found", "found: no",
    "found not seen",
    "found-free", "found excluded", "found was ruled out", "found is absent", "no sign of any found", "neither found",
)  # fmt: skip
OPEN = (
    "possible found", "possibly found", "probable found", "suspected found", "suspicious for found", "?found", "found?",
    "found (?)", "equivocal found", "questionable found", "history of found", "h/o found", "found is uncertain",
    "may be found", "found to be confirmed", "found pending",
)  # fmt: skip
SAID = (
    "found", "FOUND.", "stopped due to found", "no change, found", "not done; found",
    "no further visit because of found", "found with no change elsewhere", "no bleeding but found",
    "reader no. 2 found",
    "no 2 found", "non-target found", "site not known. found",
)  # fmt: skip


@pytest.mark.parametrize("text", DENIED)
def test_what_is_denied_is_not_said(text):
    """A denial before or behind a word in its clause counts (NegEx)."""
    assert not says(text, FOUND)
    assert not says_surely(text, FOUND)


@pytest.mark.parametrize("text", OPEN)
def test_what_is_left_open_is_said_and_not_sure(text):
    """A doubt, a question or a history leaves it open."""
    assert says(text, FOUND)
    assert not says_surely(text, FOUND)


@pytest.mark.parametrize("text", SAID)
def test_a_denial_reaches_to_the_end_of_its_clause(text):
    """A cause, a "but", a point or a comma ends what is denied."""
    assert says(text, FOUND)
    assert says_surely(text, FOUND)


@pytest.mark.parametrize(
    ("read", "words", "answer"),
    [
        (
            cytology_is_positive,
            "POSITIVE, pos., POS, malignant, malignant cells, positive for adenocarcinoma",
            True,
        ),
        (
            cytology_is_positive,
            "POSSIBLE, possibly positive, no malignant cells, malignant cells: no, not positive, positive?, negative, "
            "negative for malignancy, suspicious for malignancy, r/o malignancy, non-malignant, not done, posterior",
            False,
        ),
        (enhances_typically, "TYPICAL, typical (APHE and washout), Typical HCC", True),
        (enhances_typically, "atypical, a-typical, not typical, typical?, possibly typical", False),
        (
            _for_progression,
            "Progressive disease, PD, disease progression, stopped due to progression, non-target progression, "
            "suspected progression",
            True,
        ),
        (
            _for_progression,
            "no progression, without progression, progression-free, study in progress, progression not confirmed",
            False,
        ),
    ],
)
def test_readers_of_texts(read, words, answer):
    """What each reader of a text makes of words, denials and doubts."""
    assert {word: read(word) for word in words.split(", ")} == dict.fromkeys(
        words.split(", "), answer
    )


@pytest.mark.parametrize(
    ("word", "organ", "region", "side"),
    [
        ("HEAD AND NECK", "HEAD AND NECK", "HEAD AND NECK", ""),
        ("Head & neck", "HEAD & NECK", "HEAD AND NECK", ""),
        ("Head of pancreas", "PANCREAS", "ABDOMEN", ""),
        ("BLADDER NECK", "BLADDER", "PELVIS", ""),
        ("FEMORAL NECK", "FEMORAL NECK", "", ""),
        ("RENAL PELVIS, LEFT", "KIDNEY", "ABDOMEN", "LEFT"),
        ("CRIBRIFORM PLATE", "CRIBRIFORM PLATE", "", ""),
        ("STERNOCLEIDOMASTOID MUSCLE", "MUSCLE", "NECK", ""),
        ("PARA-AORTIC LYMPH NODE", "LYMPH NODE", "ABDOMEN", ""),
        ("SPLENIC HILUM NODE", "LYMPH NODE", "ABDOMEN", ""),
        ("ILIAC BONE", "BONE", "PELVIS", ""),
        ("ILIAC CREST", "BONE", "PELVIS", ""),
        ("ILIAC LYMPH NODE", "LYMPH NODE", "PELVIS", ""),
        ("MEDIASTINAL LNS", "LYMPH NODE", "CHEST", ""),
        ("AXILLARY ADENOPATHY LT.", "LYMPH NODE", "CHEST", "LEFT"),
        ("NON NODAL", "NON NODAL", "", ""),
        ("NOT A LYMPH NODE", "NOT A LYMPH NODE", "", ""),
        ("RUL NODULE", "LUNG", "CHEST", "RIGHT"),
        ("LEFT LOWER LOBE", "LUNG", "CHEST", "LEFT"),
        ("LUNG L.", "LUNG", "CHEST", "LEFT"),
        ("LEFT-SIDED PLEURA", "PLEURA", "CHEST", "LEFT"),
        ("ADRENAL LEFT", "ADRENAL", "ABDOMEN", "LEFT"),
        ("SUPRA-RENAL", "ADRENAL", "ABDOMEN", ""),
        ("SUB-CUTANEOUS", "SUBCUTANEOUS TISSUE", "", ""),
        ("EXTRA-HEPATIC", "EXTRAHEPATIC", "ABDOMEN", ""),
        ("NON-HEPATIC", "NONHEPATIC", "", ""),
        ("OTHER THAN LIVER", "OTHER THAN LIVER", "", ""),
        ("NO LIVER LESION", "NO LIVER LESION", "", ""),
        ("PRE-SACRAL", "PRESACRAL", "", ""),
        ("RETROPERITONEAL", "RETROPERITONEUM", "ABDOMEN", ""),
        ("PELVIC WALL", "PELVIC WALL", "PELVIS", ""),
        ("BONE MARROW", "BONE MARROW", "", ""),
        ("S4a", "S4A", "", ""),  # of the liver, the lung or the sacrum: not guessed
    ],
)
def test_places(word, organ, region, side):
    """A place is the organ it is called by, not one that is only named in it."""
    assert (organs.read(word), regions.read(word), organs.side(word)) == (organ, region, side)


@pytest.mark.parametrize(
    ("organ", "listed", "covered"),
    [
        ("NECK", "Head and neck", True),
        ("BRAIN", "Head and neck; chest", True),
        ("HEAD AND NECK", "NECK; CHEST", True),
        ("HEAD AND NECK", "CHEST", False),
        ("LIVER", "CHEST AND ABDOMEN", True),
        ("BRAIN", "CHEST AND ABDOMEN", False),
        ("LIVER", "CAP", True),
        ("BRAIN", "CT C/A/P", False),
        ("RECTUM", "abdominopelvic", True),
        ("LIVER", "thoraco-abdominal", True),
        ("LIVER", "NECK TO PELVIS", True),
        ("BRAIN", "NECK TO PELVIS", False),
        ("LIVER", "skull base to mid-thigh", True),
        ("PROSTATE", "CHEST; ABDOMEN; NOT PELVIS", False),
        ("PROSTATE", "CHEST, ABDOMEN (NO PELVIS)", False),
        ("LIVER", "CHEST WITH CONTRAST", False),
        ("LIVER", "CHEST; SOMETHING ELSE", True),  # nobody knows what else was imaged
        ("LIVER", "total body", True),
    ],
)
def test_lists_of_regions(organ, listed, covered):
    """A field of view covers what it names, and not what it leaves out."""
    assert regions.imaged(organ, listed) == covered


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("POST-BASELINE 1", VisitKind.NUMBERED),
        ("8 WEEKS AFTER BASELINE", VisitKind.NUMBERED),
        ("BASELINE + 8 WEEKS", VisitKind.NUMBERED),
        ("POST SCREENING 2", VisitKind.NUMBERED),
        ("NON-BASELINE", VisitKind.OTHER),
        ("FOLLOW-UP AFTER SCREENING", VisitKind.OTHER),
        ("PRE-BASELINE", VisitKind.BASELINE),
        ("SCREENING/BASELINE", VisitKind.BASELINE),
    ],
)
def test_a_visit_that_is_counted_from_the_baseline_is_none(word, kind):
    """It stands by its number among visits without dates, not before all others."""
    assert visits.read(word).kind == kind


def test_readers_methods_and_criteria_that_are_denied():
    """Who is called no investigator is none; SPECT and PET written out are no CT; a number is no
    denial.
    """
    assert evaluators.read("NON-INVESTIGATOR") == evaluators.OTHER
    assert evaluators.read("READER NO. 2") == evaluators.INDEPENDENT
    spelled = (
        ("SINGLE PHOTON EMISSION COMPUTED TOMOGRAPHY", "SCINTIGRAPHY"),
        (
            "POSITRON EMISSION TOMOGRAPHY",
            "PET",
        ),
    )
    for word, kind in spelled:
        assert methods.read(word) == kind
    assert methods.read("POSITRON EMISSION TOMOGRAPHY/COMPUTED TOMOGRAPHY") == "PET/CT"
    assert methods.read("CT-GUIDED BIOPSY") == "CT-GUIDED BIOPSY"
    assert methods.read("NON-CONTRAST CT") == "CT"
    assert criteria_names.family("RECIST 1.1 (NOT MRECIST)") == "RECIST 1.1"
    assert criteria_names.family("NOT RECIST 1.1") == ""
    assert [roles.nodal(w) for w in ("TARGET NON-NODAL", "TARGET NODAL")] == [0, 1]


@pytest.mark.parametrize("cytology", ["POSSIBLE", "not malignant", "POSITIVE?", ""])
def test_an_effusion_is_asked_where_its_cytology_is_not_surely_positive(cytology):
    """Q09: "POSSIBLE" was read as positive by its first letters."""
    lesions = {
        "subject": ["1"] * 3,
        "lesion": ["T1", "T1", "N1"],
        "role": ["TARGET", "TARGET", "NEW"],
        "visit": [0, 1, 1],
        "organ": ["LIVER", "LIVER", "ASCITES"],
        "size": [30, 30, ""],
        "viable": [30, 30, ""],
        "state": ["", "", "PRESENT"],
        "cytology": ["", "", cytology],
    }
    found = edit_checks.run({"lesions": lesions}, "mrecist-2010", checks=["Q09"])
    assert found["row"].tolist() == [2]
    lesions["cytology"][2] = "Positive"
    assert edit_checks.run({"lesions": lesions}, "mrecist-2010", checks=["Q09"]).n_rows == 0
