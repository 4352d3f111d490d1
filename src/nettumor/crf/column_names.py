"""Which column a name means: the spellings met in exports, normalised, as data.

A layout names its columns, and the CDISC and CDASH names that stand for them (`layouts`). Here are
their relatives: names that exports of data capture systems use for the same thing. They are read
only where the table has no better column, and the intake says so. A name is compared without case,
blanks, underscores, hyphens and the unit behind it: "Size (mm)", "size_mm" and "SizeMM" are one.

Sources: column names of exports of Medidata Rave, Castor, REDCap, OpenClinica, Veeva and Viedoc, of
reading centres, and of ADaM (ADTR, ADRS, ADSL); CDASHIG 2.2; SDTMIG 3.4 for the variables that are known and
not needed.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from nettumor.crf.layouts import LAYOUTS
from nettumor.words import units

_ANY: Mapping[str, str] = MappingProxyType({
    "subject": "SubjectID patient PatientID pt_id PTID record_id participant participant_id subject_no subject_number "
        "patient_no patient_number patient_identifier subject_identifier StudySubjectID PERSON_ID pid "
        "RUSUBJID DSUBJID usubjid subjid subj patid pat_id pat_no patient_nr pat_nr subject_nr subj_no pt_no "
        "unique_subject_identifier study_subject_id",
    "date": "scan_date SCANDT SCANDAT VISDAT VISITDT ASMTDT ASSESSDT assessment_date exam_date examination_date "
        "imaging_date image_date study_date RCDT TLDAT NTLDAT visit_date date_of_scan date_of_assessment date_of_visit "
        "date_of_imaging ADT response_date event_date date_scan date_performed tumor_assessment_date "
        "tumour_assessment_date date_of_tumor_assessment date_of_tumour_assessment scan_dt visit_dt exam_dt "
        "imaging_dt assessment_dt date_of_exam date_of_examination",
    "study_day": "TRDY RSDY TUDY LBDY ADY study_day studydy",
    "visit": "visit_name timepoint time_point EventName event_name FolderName InstanceName redcap_event_name "
        "AVISITN AVISIT VISID visit_id visit_number visit_no visitno visit_nr VISITNUM EVENT "
        "repeating_data_parent report_parent event_label study_event_name event_id study_event Folder",
    "evaluator": "reader reader_id rater assessor observer reviewer radiologist TREVALID RSEVALID TUEVALID "
        "TUEVAL TREVAL RSEVAL evaluator_name",
})  # fmt: skip

_TABLES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "lesions": MappingProxyType({
        "lesion": "lesion_id LESNO LESNUM lesion_no lesion_number lesion_label lesion_name TLNUM TLNO TLESID LSNNUM "
            "TLINK LNKID lesion_identifier tumor_id tumour_id tumor_no tumour_no tumor_number tumour_number "
            "lesion_nr",
        "role": "lesion_type LESTYPE TRGRPID TLNTL target_nontarget lesion_role lesion_category lesion_class "
            "tumor_type tumour_type type_of_lesion lesion_classification lesion_group",
        "size": "longest_diameter diameter LD LDIAM LONGDIAM diam max_diameter maximum_diameter largest_diameter "
            "long_axis long_diameter long_axis_diameter longest_axis lesion_size tumor_size tumour_size "
            "TLDIAM TLLD RCTLDIAM measurement longest_dimension longest_diam longest_diameter_of_lesion "
            "recist_diameter size_in_mm lesion_diameter tumor_diameter tumour_diameter max_diam maximum_diam "
            "maximal_diameter longest_lesion_diameter",
        "perpendicular": "short_axis short_axis_diameter SHORTAX SAXIS SAD short_diameter shortest_diameter LPERP "
            "perpendicular_diameter perp_diameter shortest_axis longest_perpendicular",
        "viable": "viable_diameter VDIAM enhancing_diameter viable_size viable_tumor viable_tumour",
        "volume": "lesion_volume tumor_volume tumour_volume VOL",
        "attenuation": "mean_attenuation density HU mean_hu hounsfield mean_density RADIODEN",
        "organ": "TRLOC TULOC location LOC site_of_lesion organ_site anatomic_site anatomical_site lesion_location "
            "lesion_site RCTLSITE LSNSITE TLSITE anatomical_region anatomic_location anatomical_location "
            "organ_name body_site",
        "nodal": "lymph_node is_node is_nodal node is_lymph_node",
        "method": "modality imaging_method imaging_modality MSMETHOD RCTLMOD scan_type scan_method "
            "assessment_method method_of_assessment TRMETHOD TUMETHOD",
        "state": "lesion_status NTLSTAT status lesion_state TUMSTATE present_absent",
        "unit": "units TRORRESU TRSTRESU size_unit diameter_unit measurement_unit unit_of_measure uom",
        "slice_thickness": "slice SLICETH slice_thick",
    }),
    "responses": MappingProxyType({
        "overall": "overall_response OVRESP ovr_resp OVRLRESP RCRESP timepoint_response visit_response "
            "overall_resp ORRESP response",
        "target": "target_response TLRESP TRGRESP RCTLRESP target_lesion_response tl_response response_target",
        "non_target": "non_target_response NTLRESP NTRGRESP RCNTLRES non_target_lesion_response ntl_response "
            "response_non_target",
        "new_lesion": "new_lesions NEWLES NEWLESYN RCNEW any_new_lesion any_new_lesions new_lesion_yn",
        "sum": "SOD SLD SUMDIAM RCTLSUM sum_diam sum_of_diameters sum_of_longest_diameters sum_diameters "
            "target_sum sum_ld",
        "percent_from_baseline": "PCBSD PCHG pct_change percent_change change_from_baseline_pct "
            "percent_change_from_baseline pct_change_baseline pct_from_baseline",
        "percent_from_nadir": "PCNSD percent_change_from_nadir pct_change_nadir pct_from_nadir",
        "best": "best_response BOR best_overall_response BESTRESP",
        "criteria": "criterion response_criteria RSCAT",
    }),
    "subjects": MappingProxyType({
        "treatment_start": "first_dose first_dose_date TRTSDT TRTSTDT RFXSTDTC start_date treatment_start_date "
            "date_of_first_dose start_of_treatment therapy_start treatment_date first_treatment date_first_dose "
            "date_of_first_treatment first_treatment_date therapy_start_date trt_start tx_start",
        "randomized": "RANDDTC randomization_date randomisation_date RANDDT randomised randomization "
            "randomisation date_of_randomization date_of_randomisation randomized_date rand_date randomized_on",
        "death": "DTHDT DTHDAT death_date date_of_death DTHDTC date_death deceased_date death_dt date_died",
        "birth": "dob DOB birth_date date_of_birth BRTHDT BRTHDAT birthdate",
        "site": "site_id SiteNumber SITENUM center centre study_site site_no center_id centre_id site_code "
            "site_abbreviation "
            "institute_abbreviation redcap_data_access_group",
        "last_known_alive": "last_contact LSTALVDT last_alive last_known_alive_date date_last_known_alive "
            "last_contact_date date_of_last_contact last_follow_up last_alive_date last_follow_up_date "
            "date_of_last_follow_up date_last_follow_up last_fu last_fu_date date_of_last_fu date_last_seen",
        "consent": "icf_date consent_date informed_consent_date informed_consent date_of_consent",
        "therapy_completed": "treatment_end last_dose last_dose_date TRTEDT TRTENDT end_of_treatment "
            "treatment_end_date date_of_last_dose",
        "new_therapy": "new_therapy_date new_treatment new_treatment_date subsequent_therapy NEWTHDT "
            "subsequent_therapy_date new_anticancer_therapy new_anticancer_therapy_date date_of_new_therapy "
            "new_therapy_start new_therapy_start_date new_treatment_start start_of_new_therapy "
            "subsequent_therapy_start start_of_subsequent_therapy subsequent_anticancer_therapy "
            "subsequent_anticancer_therapy_date date_of_subsequent_anticancer_therapy next_therapy_date",
        "data_cutoff": "cutoff cut_off cutoff_date data_cutoff_date data_cut_off DCUTDT",
        "first_metastasis": "first_metastasis_date date_of_first_metastasis",
        "arm": "planned_arm treatment_arm study_arm treatment_group TRT01P randomization_group",
        "treatment": "actual_treatment actual_arm TRT01A",
        "sex": "gender",
        "age": "age_years AAGE",
    }),
    "markers": MappingProxyType({
        "marker": "test analyte PARAM PARAMCD test_name lab_test tumor_marker tumour_marker marker_name parameter",
        "value": "result AVAL lab_result result_value numeric_result marker_value LBORRES",
        "unit": "units result_unit lab_unit LBORRESU AVALU",
        "upper_limit": "uln ANRHI upper_limit_of_normal upper_normal_limit normal_high upper_reference_limit",
        "date": "sample_date sampling_date collection_date date_of_sample lab_date LBDT",
    }),
    "symptoms": MappingProxyType({
        "symptom": "symptom_name",
        "per_day": "mean_per_day episodes_per_day number_per_day",
        "date": "diary_date entry_date",
    }),
})  # fmt: skip

STAND_INS: Mapping[str, str] = MappingProxyType(
    {"visit": "visit_name", "evaluator": "evaluator_role"}
)
"""For a column that is not there, another of the layout that holds the same, in words."""

KEPT = frozenset({"ARMCD", "ARMNRS", "ACTARMCD", "RFSTDTC"})
"""Variables of DM that are kept under their own names: who failed screening, what --DY counts from.
"""

WORKED_OUT: Mapping[str, frozenset[str]] = MappingProxyType(
    {"responses": frozenset({"nadir", "rctlmin", "nadirsum", "sumnadir", "smallestsum"})}
)
"""By table, columns that are known and not read, since the sizes say it."""

_VARIABLES = re.compile(
    r"STUDYID|DOMAIN|RDOMAIN|USUBJID|SUBJID|SITEID|SPDEVID|VISIT|VISITNUM|VISITDY|EPOCH|TAETORD|COUNTRY|"
    r"RACE|ETHNIC|AGE|AGEU|SEX|ARM|ARMCD|ACTARM|ACTARMCD|ARMNRS|ACTARMUD|INVID|INVNAM|DTHFL|DTHDTC|BRTHDTC|"
    r"RF(?:ST|EN|XST|XEN|CST|CEN|IC|PEN)DTC|DMDTC|DMDY|RANDDTC?|IDVAR|IDVARVAL|QNAM|QLABEL|QVAL|QORIG|QEVAL|"
    r"[A-Z]{2}(?:SEQ|GRPID|REFID|SPID|LNKID|LNKGRP|TESTCD|TEST|CAT|SCAT|POS|ORRES|ORRESU|STRESC|STRESN|STRESU|"
    r"STAT|REASND|REASNE|NAM|LOC|LAT|DIR|PORTOT|METHOD|LOBXFL|BLFL|DRVFL|EVAL|EVALID|ACPTFL|REPNUM|DTC|DY|ENDTC|"
    r"ENDY|STDTC|STDY|TPT|TPTNUM|ELTM|TPTREF|RFTDTC|ORNRLO|ORNRHI|STNRLO|STNRHI|STNRC|NRIND|SPEC|SPCCND|SPCUFL|"
    r"STRL|ENRL|PRESP|OCCUR|REASOC|CNTMOD|EPCHGI|UPDES|LOINC|FAST|TOX|TOXGR|ORIG|TERM|DECOD|MODIFY|BODSYS|CLSIG|ANTREG|LLOQ|ULOQ|RSLSCL|RESSCL|RESTYP|COLSRT)"
)  # fmt: skip
"""Variables of the SDTM (SDTMIG 3.4): identifiers, timing, and those of the domains that are read."""

_METADATA = frozenset(
    {
        # Medidata Rave, header information of clinical views
        "project", "projectid", "environmentname", "studyid", "studysiteid", "studyenvsitenumber",
        "siteid", "sitegroup", "subjectid", "instanceid", "instancerepeatnumber", "folder",
        "folderid", "folderseq", "targetdays", "folderoid", "datapageid", "datapagename",
        "pagerepeatnumber", "recordid", "recordposition", "recorddate", "mincreated", "maxupdated",
        "savets", "userid",
        # Castor, export data formats
        "participantstatus", "participantcreationdate", "recordcreationdate", "reportcreationdate",
        "reportcreatingdate", "reportnamecustom", "repeatingdatacreationdate",
        "repeatingdatanamecustom", "randomizationid", "surveyinstanceid",
        # Veeva, study data extracts
        "studyname", "country", "egroup", "eseq", "eventeid", "form", "formeid", "fseq",
        "igseq", "itemgroup", "lastrun",
        # Viedoc, Excel and CSV exports: the places of site, subject, event, activity and form
        "siteseq", "sitename", "subjectseq", "eventseq", "eventid", "activityid", "activityname",
        "formid", "formname", "formseq", "subjectformseq", "originsubjectformseq",
        "sourcesubjectformseq", "itemgroupid", "itemgroupseq", "designversion",
        # CDISC ODM, the keys of a record
        "studyeventoid", "studyeventrepeatkey", "formoid", "formrepeatkey", "itemgroupoid",
        "itemgrouprepeatkey",
        # OpenClinica, dataset files
        "protocolid", "subjectstatus", "uniqueid", "secondaryid", "personid", "secondarylabel",
        # REDCap, the number of an instance
        "redcaprepeatinstance", "repeatinstance",
    }
)  # fmt: skip
"""Columns of data capture systems about the record, the page or the export."""

_RAVE_COPIES = re.compile(r"(.+?)_(?:RAW|INT|STD|STD_UN|UN|YY|MM|DD|YYYY|CV)", re.I)
"""Copies of a column in exports of Rave: as entered, interpolated, coded, its unit, its parts."""


def is_metadata(name: str, others: Iterable[str]) -> bool:
    """Whether a column of an export says nothing of the patient: it is about the record, or a copy of
    another column.

    >>> is_metadata("RecordPosition", []), is_metadata("TLDAT_RAW", ["TLDAT"]), is_metadata("TLDAT", [])
    (True, True, False)
    """
    if key_of(name) in _METADATA:
        return True
    copy = _RAVE_COPIES.fullmatch(name)
    return copy is not None and copy[1].casefold() in {n.casefold() for n in others}


_UNIT_BEHIND = re.compile(r"(.*?)[\s_.\-]*[(\[]\s*([^)\]]*?)\s*[)\]]\s*")
_HEAD = re.compile(r"(.*?)(?:[\s_.\-,]+in)?[\s_.\-,]+([a-z%]{1,11}3?)", re.I)
_TWICE = re.compile(r"(.+?)\s*(?:\((.+?)\)|\[(.+?)\]|\s/\s*(.+?))\s*")
_CAMEL = re.compile(r"(.*[a-z])(MM|CM|ML|HU|Mm|Cm|Ml|Hu)")


def key_of(name: str) -> str:
    """A column's name as it is compared: letters and digits alone, in one case.

    >>> key_of("Lesion ID") == key_of("lesion_id") == key_of("LesionID")
    True
    """
    plain = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return "".join(c for c in plain.casefold() if c.isalnum())


def keys_in(name: str) -> tuple[str, ...]:
    """The keys that must all mean one column: of the name, or of a name and its abbreviation.

    >>> keys_in("Longest diameter (LD)"), keys_in("lesion_id")
    (('longestdiameter', 'ld'), ('lesionid',))
    """
    twice = _TWICE.fullmatch(name)
    parts = [p for p in twice.groups() if p] if twice else [name]
    return tuple(key for part in parts if (key := key_of(part)))


@cache
def relatives(table: str) -> Mapping[str, tuple[str, ...]]:
    """For each column of a table the keys of its relatives, the best first."""
    layout = LAYOUTS[table]
    own = _TABLES.get(table, {})
    out: dict[str, tuple[str, ...]] = {}
    for column in layout.columns:
        said = [column.name, *column.aliases]
        said += own.get(column.name, "").split() + _ANY.get(column.name, "").split()
        out[column.name] = tuple(dict.fromkeys(key_of(n) for n in said))
    return MappingProxyType(out)


def spellings(table: str, column: str) -> list[str]:
    """The relatives of a column as they are written, for the documentation of a layout."""
    said = f"{_TABLES.get(table, {}).get(column, '')} {_ANY.get(column, '')}".split()
    known = {n.casefold() for n in (column, *LAYOUTS[table][column].aliases)}
    return [n for n in dict.fromkeys(said) if n.casefold() not in known]


def unit_in(name: str, unit: str) -> tuple[str, float]:
    """A column's name without the unit behind it, and how many of ``unit`` that unit is.

    Parameters
    ----------
    name : str
        "Size (mm)", "size_cm", "sizeMM".
    unit : str
        The unit of the column in the layout; "" for none.

    Returns
    -------
    tuple of str and float
        The name without the unit; 1 where none is named, NaN where it is another quantity's.

    Examples
    --------
    >>> unit_in("Size (cm)", "mm"), unit_in("size_mm", "mm"), unit_in("lesion_type", "")
    (('Size', 10.0), ('size', 1.0), ('lesion_type', 1.0))
    """
    behind = _UNIT_BEHIND.fullmatch(name)
    if behind:
        return behind[1], units.factor(behind[2], unit) if unit else math.nan
    for pattern in (_HEAD, _CAMEL):
        found = pattern.fullmatch(name) if unit else None
        factor = units.factor(found[2], unit) if found else math.nan
        if found and factor == factor:
            return found[1], factor
    return name, 1.0


def is_known_variable(name: str) -> bool:
    """Whether a name is a variable of the SDTM domains that are read.

    >>> is_known_variable("TRSEQ"), is_known_variable("diam")
    (True, False)
    """
    return bool(_VARIABLES.fullmatch(name.upper()))


_RESULT = re.compile(r"(?:TR|TU|RS|LB)(?:ORRES|STRESC|STRESN)")


def is_result(name: str) -> bool:
    """Whether a variable of the SDTM holds what was found, which no table leaves aside without a word.

    >>> is_result("TRSTRESN"), is_result("TRSEQ")
    (True, False)
    """
    return bool(_RESULT.fullmatch(name.upper()))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is nearest to another, "" where none is near.

    >>> nearest("subject", ["subjects", "lesions"])
    'subjects'
    """
    by_key = {key_of(n): n for n in known}
    found = difflib.get_close_matches(key_of(name), by_key, n=1, cutoff=0.6)
    return by_key[found[0]] if found else ""
