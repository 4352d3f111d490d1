"""The five CRF tables as data: columns, which are required, types, units, permitted words, keys,
CDISC names.

Which columns a table may have is what the readers, `assess` and the edit checks agree on; they all
read it here. A column not named here is kept and ignored. `day` (a number, counted from the
reference date, which is day 0) may stand for `date` in every table; then the date columns of
`subjects` are days too.

Sources: the CRF layout of this library; CDISC SDTMIG 3.4 (TU, TR, RS, DM, DS, LB) for the names
beside; controlled terminology TUIDRS (C123650), TRPROPRS (C124309), ONCRSR (C96785); CDASH field
names of the tumour eCRF for the other spellings of a column.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

from nettumor.words.flags import NEW_LESION, SEXES
from nettumor.words.flags import SPELLINGS as FLAGS
from nettumor.words.roles import SPELLINGS as ROLES
from nettumor.words.states import SPELLINGS as STATES


@frozen(repr=False)
class ColumnLayout:
    """One column of a CRF table.

    Parameters
    ----------
    name : str
        The column's name.
    kind : {"text", "number", "date", "visit", "word", "flag", "response"}
        How its cells are read. A "visit" is a number or a name; a "word" is one of ``permitted``.
    meaning : str
        What it holds.
    required : bool
        Whether the table is of no use without it.
    unit : str
        The unit of its numbers.
    permitted : mapping of str to tuple of str
        The permitted words, each with its other spellings; any case.
    cdisc : str
        The SDTM variable, or the variable and its test code.
    aliases : tuple of str
        Other column names that are taken for it (CDASH, SDTM), where it is absent.
    """

    name: str
    kind: str
    meaning: str
    required: bool = False
    unit: str = ""
    permitted: Mapping[str, tuple[str, ...]] = field(factory=lambda: MappingProxyType({}))
    cdisc: str = ""
    aliases: tuple[str, ...] = ()

    def __repr__(self) -> str:
        what = f"{self.kind}, {self.unit}" if self.unit else self.kind
        needed = "; required" if self.required else ""
        words = f" ({', '.join(self.permitted)})" if self.permitted else ""
        cdisc = f" [{self.cdisc}]" if self.cdisc else ""
        return f"{self.name} ({what}{needed}): {self.meaning}{words}{cdisc}"


@frozen(repr=False)
class TableLayout:
    """One CRF table: its columns, its keys, and of which columns one is enough.

    Parameters
    ----------
    name, meaning : str
        The table's name and what a row of it is.
    columns : tuple of ColumnLayout
        Its columns, in order.
    keys : tuple of str
        The columns that tell its rows apart.
    either : tuple of tuple of str
        Groups of columns of which at least one is required.
    """

    name: str
    meaning: str
    columns: tuple[ColumnLayout, ...]
    keys: tuple[str, ...]
    either: tuple[tuple[str, ...], ...] = ()

    def __getitem__(self, name: str) -> ColumnLayout:
        return next(c for c in self.columns if c.name == name)

    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(c.name for c in self.columns)

    def required(self) -> tuple[str, ...]:
        """The names of the columns that must be there."""
        return tuple(c.name for c in self.columns if c.required)

    def missing(self, present: object) -> list[str]:
        """What is required and not among the ``present`` column names, as one would say it.

        >>> LAYOUTS["lesions"].missing(["subject", "lesion", "role"])
        ['visit or date']
        """
        have = set(present)  # type: ignore[call-overload]
        groups = [(g, {*g, "day", "study_day"} if "date" in g else {*g}) for g in self.either]
        alternatives = [" or ".join(g) for g, any_of in groups if not have & any_of]
        return [c for c in self.required() if c not in have] + alternatives

    def __repr__(self) -> str:
        heads = [f"{self.name}: {self.meaning}; a row is told apart by {', '.join(self.keys)}"]
        either = [" or ".join(group) for group in self.either]
        needed = [*self.required(), *either]
        heads.append(f"  required: {', '.join(needed)}")
        return "\n".join([*heads, *(f"  {column!r}" for column in self.columns)])


def _c(
    name: str, kind: str, meaning: str, cdisc: str = "", aliases: str = "", **more: object
) -> ColumnLayout:
    return ColumnLayout(name, kind, meaning, cdisc=cdisc, aliases=tuple(aliases.split()), **more)  # type: ignore[arg-type]


_SUBJECT = _c(
    "subject", "text", "Patient, unique in the study", "USUBJID", "USUBJID SUBJID", required=True
)
_EVALUATOR = _c(
    "evaluator",
    "text",
    "Who assessed: a track is subject and evaluator",
    "--EVALID, else --EVAL",
    "TREVALID RSEVALID TREVAL RSEVAL",
)
_VISIT = _c("visit", "visit", "Visit number, or name", "VISITNUM", "VISITNUM VISIT")
_DATE = _c(
    "date",
    "date",
    "Date of the scan, sample or report (ISO 8601; partial dates as far as known)",
    "--DTC",
    "TRDTC TRDAT TUDTC TUDAT RSDTC RSDAT LBDTC LBDAT",
)
_DAY_COLUMN = _c(
    "day",
    "number",
    "Days from the reference date (day 0), in place of the date",
    "--DY less 1",
    unit="days",
)
_VISIT_NAME = _c("visit_name", "text", "Visit name, where `visit` is its number", "VISIT")
_STUDY_DAY = _c(
    "study_day",
    "number",
    "Study day as reported: 1 on the reference date, -1 the day before it, no 0",
    "--DY",
    "TRDY RSDY TUDY LBDY",
    unit="days",
)
_ROLE_OF_EVALUATOR = _c(
    "evaluator_role",
    "text",
    "Role of who assessed (INVESTIGATOR, INDEPENDENT ASSESSOR), where `evaluator` names the reader",
    "--EVAL",
    "TREVAL RSEVAL TUEVAL",
)
_ACCEPTED = _c(
    "accepted",
    "flag",
    "The record that counts, where several readers assessed",
    "--ACPTFL",
    permitted=FLAGS,
)
_REASON = _c(
    "reason",
    "text",
    "Why something was not done or not evaluable",
    "--REASND",
    "TRREASND TRREASNE RSREASND",
)


def _date(name: str, meaning: str, cdisc: str = "", aliases: str = "") -> ColumnLayout:
    return _c(name, "date", meaning, cdisc, aliases)


def _mm(name: str, meaning: str, cdisc: str, aliases: str = "") -> ColumnLayout:
    return _c(name, "number", meaning, cdisc, aliases, unit="mm")


SUBJECTS = TableLayout(
    "subjects",
    "a patient",
    (
        _SUBJECT,
        _date(
            "treatment_start",
            "First day of the treatment under study",
            "RFXSTDTC, else RFSTDTC",
            "RFXSTDTC RFSTDTC",
        ),
        _date(
            "randomized", "Day of randomisation", "DSSTDTC where DSDECOD is RANDOMIZED", "RANDDT"
        ),
        _date("first_metastasis", "Day of the first metastasis (an origin of survival)"),
        _c("arm", "text", "Planned arm", "ARM", "ARM"),
        _c("arm_code", "text", "Code of the planned arm", "ARMCD", "ARMCD"),
        _c("arm_reason", "text", "Why there is no arm, or not the planned one", "ARMNRS", "ARMNRS"),
        _c("treatment", "text", "Actual treatment", "ACTARM", "ACTARM"),
        _date("therapy_completed", "Last day of the treatment under study", "RFXENDTC", "RFXENDTC"),
        _date("new_therapy", "First day of another anticancer therapy"),
        _date("death", "Day of death", "DTHDTC", "DTHDTC"),
        _date(
            "last_known_alive", "Last day known alive", "RFPENDTC, else RFENDTC", "RFPENDTC RFENDTC"
        ),
        _date("data_cutoff", "Day of the data cut-off"),
        _date("birth", "Date of birth, as far as known", "BRTHDTC", "BRTHDTC BRTHDAT"),
        _date("consent", "Day of informed consent", "RFICDTC", "RFICDTC"),
        _c("age", "number", "Age", "AGE", "AGE", unit="years"),
        _c("sex", "word", "Sex", "SEX", "SEX", permitted=SEXES),
        _c("primary_site", "text", "Site of the primary tumour"),
        _c("ki67", "number", "Ki-67 index", unit="%"),
        _c("grade", "text", "Tumour grade (G1, G2, G3)"),
        _c("extrahepatic", "flag", "Disease outside the liver", permitted=FLAGS),
        _c("site", "text", "Study site", "SITEID", "SITEID"),
        _date(
            "study_end",
            "Day of the end of the study for the patient",
            "DSSTDTC of the last disposition event",
        ),
        _date("progression_date", "Day of progression as reported"),
        _c(
            "end_reason",
            "text",
            "Why treatment or study ended",
            "DSDECOD where DSCAT is DISPOSITION EVENT",
        ),
        _date(
            "end_date", "Day treatment or study ended", "DSSTDTC where DSCAT is DISPOSITION EVENT"
        ),
        _c("baseline_regions", "text", "Regions of the body imaged at baseline, with ; between"),
    ),
    keys=("subject",),
)

LESIONS = TableLayout(
    "lesions",
    "a lesion at a visit",
    (
        _SUBJECT,
        _c(
            "lesion",
            "text",
            "Lesion, unique in subject and evaluator",
            "TRLNKID",
            "TRLNKID TULNKID",
            required=True,
        ),
        _c(
            "role",
            "word",
            "What it was identified as",
            "TUSTRESC",
            "TUIDENT_TUORRES LESIDENT_TUORRES TUSTRESC TUORRES",
            required=True,
            permitted=ROLES,
        ),
        _VISIT,
        _DATE,
        _DAY_COLUMN,
        _EVALUATOR,
        _c("organ", "text", "Where it is", "TULOC", "TULOC"),
        _c(
            "nodal",
            "flag",
            "Whether it is a lymph node; if absent or blank, read from `organ`",
            permitted=FLAGS,
        ),
        _mm(
            "size",
            "Longest diameter (a node's short axis, if it is the only diameter)",
            "TRTESTCD=LDIAM",
            "LDIAM LDIAM_TRORRES DIAMETER DIAMETER_TRORRES",
        ),
        _mm(
            "perpendicular",
            "Greatest diameter perpendicular to it; a node's short axis",
            "TRTESTCD=LPERP",
            "LPERP LPERP_TRORRES",
        ),
        _mm("viable", "Diameter of the enhancing part", "TRTESTCD=VDIAM", "VDIAM VDIAM_TRORRES"),
        _mm("viable_perpendicular", "Greatest perpendicular diameter of the enhancing part", ""),
        _c("volume", "number", "Volume", "TRTESTCD=VOLUME", "VOLUME", unit="mL"),
        _c("attenuation", "number", "Mean attenuation", "TRTESTCD=RADIODEN", "RADIODEN", unit="HU"),
        _c(
            "state",
            "word",
            "What was seen of it",
            "TRTESTCD=TUMSTATE, LNSTATE; TRSTAT",
            "TUMSTATE TUMSTATE_TRORRES LNSTATE",
            permitted=STATES,
        ),
        _REASON,
        _c("method", "text", "Imaging method", "TRMETHOD", "TRMETHOD TUMETHOD"),
        _c("slice_thickness", "number", "Slice thickness", "", unit="mm"),
        _mm(
            "diameter",
            "The one diameter collected for the sum (long axis, or a node's short axis), where it "
            "was "
            "collected beside `size` and `perpendicular`; it then goes into the sum of diameters",
            "TRTESTCD=DIAMETER",
        ),
        _c(
            "unit",
            "word",
            "Unit of the diameters, if not mm",
            "TRSTRESU",
            permitted={"mm": (), "cm": ()},
        ),
        _c(
            "part_of",
            "text",
            "Lesion that this one is a part of, where the name (T04.1) does not say it",
            "TUGRPID where TUTESTCD is TUSPLIT",
        ),
        _c(
            "merged_from",
            "text",
            "Lesions that this mass took in, with / between, where the name (T1/T2) does not say it",
            "TUGRPID where TUTESTCD is TUMERGE",
        ),
        _VISIT_NAME,
        _ACCEPTED,
        _ROLE_OF_EVALUATOR,
        _STUDY_DAY,
        _c(
            "baseline_flag",
            "flag",
            "The last row of a lesion before treatment",
            "TRLOBXFL",
            "TRLOBXFL TRBLFL",
            permitted=FLAGS,
        ),
        _date(
            "local_therapy",
            "First day of surgery, irradiation or ablation of this lesion outside the treatment "
            "under study",
        ),
        _c("infiltrative", "flag", "Infiltrative growth (mRECIST)", permitted=FLAGS),
        _c(
            "vascular_pattern",
            "text",
            "TYPICAL: it enhances in the arterial phase and washes out later (mRECIST)",
        ),
        _c(
            "cytology",
            "text",
            "POSITIVE or NEGATIVE: cytology of an effusion or of ascites (mRECIST)",
        ),
        _c(
            "contrast",
            "flag",
            "Whether contrast medium was given (for viable tumour: an arterial phase)",
            permitted=FLAGS,
        ),
    ),
    keys=("subject", "evaluator", "lesion", "visit", "date"),
    either=(("visit", "date"),),
)

RESPONSES = TableLayout(
    "responses",
    "a visit as the evaluator reported it",
    (
        _SUBJECT,
        _VISIT,
        _DATE,
        _DAY_COLUMN,
        _EVALUATOR,
        _c("sum", "number", "Sum of the target lesions", "TRTESTCD=SUMDIAM", unit="mm"),
        _c(
            "percent_from_baseline",
            "number",
            "Change of the sum from baseline",
            "TRTESTCD=PCBSD",
            unit="%",
        ),
        _c(
            "percent_from_nadir",
            "number",
            "Change of the sum from its smallest earlier value",
            "TRTESTCD=PCNSD",
            unit="%",
        ),
        _c("target", "response", "Target response", "RSTESTCD=TRGRESP", "TRGRESP"),
        _c("non_target", "response", "Non-target response", "RSTESTCD=NTRGRESP", "NTRGRESP"),
        _c(
            "new_lesion",
            "word",
            "New lesion",
            "RSTESTCD=NEWLPROG, NEWLIND",
            "NEWLPROG NEWLIND",
            permitted=NEW_LESION,
        ),
        _c("overall", "response", "Overall response", "RSTESTCD=OVRLRESP", "OVRLRESP"),
        _c("best", "response", "Best overall response", "RSTESTCD=BESTRESP", "BESTRESP"),
        _c("criteria", "text", "Criteria the response was given under", "RSCAT", "RSCAT"),
        _c("status", "text", "NOT DONE where nothing was assessed", "RSSTAT", "RSSTAT"),
        _c(
            "deterioration",
            "flag",
            "Symptomatic deterioration (clinical progression)",
            "RSTESTCD=SYMPTDTR",
            "SYMPTDTR",
            permitted=FLAGS,
        ),
        _REASON,
        _VISIT_NAME,
        _ACCEPTED,
        _ROLE_OF_EVALUATOR,
        _STUDY_DAY,
    ),
    keys=("subject", "evaluator", "criteria", "visit", "date"),
    either=(("visit", "date"),),
)

MARKERS = TableLayout(
    "markers",
    "a marker in a sample",
    (
        _SUBJECT,
        _c("date", "date", "Date of the sample (ISO 8601)", "LBDTC", "LBDTC LBDAT"),
        _DAY_COLUMN,
        _c("marker", "text", "Marker", "LBTEST", "LBTEST LBTESTCD", required=True),
        _c(
            "value",
            "number",
            "Value; below or above the range of the assay as <x, >x",
            "LBSTRESN",
            "LBSTRESN LBORRES",
            required=True,
        ),
        _c(
            "unit",
            "text",
            "Unit of the value and its upper limit",
            "LBSTRESU",
            "LBSTRESU LBORRESU",
            required=True,
        ),
        _c("upper_limit", "number", "Upper limit of normal", "LBSTNRHI", "LBSTNRHI LBORNRHI"),
        _c("assay", "text", "Assay", "LBMETHOD", "LBMETHOD"),
        _c("specimen", "text", "Specimen", "LBSPEC", "LBSPEC"),
        _c("confounder", "text", "What may have changed the value (proton-pump inhibitor, diet)"),
        _VISIT,
        _VISIT_NAME,
        _STUDY_DAY,
        _c("lab", "text", "Laboratory", "LBNAM", "LBNAM"),
        _c("upper_limit_unit", "text", "Unit of the upper limit, if not that of the value"),
        _c("response", "text", "Marker response as reported"),
        _c(
            "diet_restricted",
            "flag",
            "Whether serotonin-rich food was avoided before the collection",
            permitted=FLAGS,
        ),
        _c("duration", "number", "Duration of a urine collection", "LBENDTC less LBDTC", unit="h"),
        _c("volume", "number", "Volume of a urine collection", "LBTESTCD=VOLUME", unit="mL"),
        _c("missed_voids", "flag", "Whether urine was lost in the collection", permitted=FLAGS),
        _c(
            "concentration",
            "number",
            "Concentration in the collected urine, per L, in the value's unit of mass or "
            "amount unless `concentration_unit` says another",
        ),
        _c("concentration_unit", "text", "Unit of the concentration"),
        _c(
            "creatinine",
            "number",
            "Creatinine in the collection, in g/24h unless `creatinine_unit` says another",
            "LBTESTCD=CREAT",
        ),
        _c("creatinine_unit", "text", "Unit of the creatinine"),
        _c("weight", "number", "Body weight", "VSTESTCD=WEIGHT", unit="kg"),
    ),
    keys=("subject", "marker", "date"),
    either=(("date",),),
)

SYMPTOMS = TableLayout(
    "symptoms",
    "a symptom in a period",
    (
        _SUBJECT,
        _c("date", "date", "Date (ISO 8601)"),
        _DAY_COLUMN,
        _c("symptom", "text", "Symptom", "", required=True),
        _c("per_day", "number", "Mean number a day", unit="1/day"),
        _c("days_recorded", "number", "Days with a record in the period", unit="days"),
        _c("grade", "number", "Grade"),
        _c("score", "number", "Score"),
        _VISIT,
        _c(
            "count",
            "number",
            "Number on one day, where a row is a day of a diary (`visit` names its period)",
        ),
        _c("total", "number", "Number in the whole period"),
        _c("period_days", "number", "Length of the period", unit="days"),
        _c("entered", "date", "When the entry was made (ISO 8601, with its time)"),
    ),
    keys=("subject", "symptom", "date"),
    either=(("date",),),
)

TIMES = TableLayout(
    "times",
    "a time to an event, or to its censoring",
    (
        _SUBJECT,
        _c("parameter", "text", "Which time (PFS, OS)", "PARAMCD", "PARAMCD", required=True),
        _c(
            "time",
            "number",
            "Time from the start to the event or the censoring",
            "AVAL",
            unit="days",
            required=True,
        ),
        _c(
            "event",
            "number",
            "1 where the event was seen, 0 where the time is censored",
            "CNSR inverted",
            required=True,
        ),
        _c("evaluator", "text", "Who assessed", "PARQUAL"),
        _c("start", "date", "Day from which the time counts", "STARTDT", "STARTDT"),
        _c("reason", "text", "What ended the time", "EVNTDESC", "EVNTDESC CNSDTDSC"),
    ),
    keys=("subject", "parameter"),
)

LAYOUTS: Mapping[str, TableLayout] = MappingProxyType(
    {t.name: t for t in (SUBJECTS, LESIONS, RESPONSES, MARKERS, SYMPTOMS, TIMES)}
)
"""The tables by name."""


def words(permitted: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Every spelling in upper case, with the permitted word it stands for.

    >>> words(STATES)["TSTM"]
    'TOO SMALL'
    """
    return {s.upper(): word for word, spellings in permitted.items() for s in (word, *spellings)}
