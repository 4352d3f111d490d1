"""A clean trial: a study's five tables in which nothing is wrong, of any size, from a plan of what
happens to whom.

`Plan` says what is seen: sizes at baseline and their steps from visit to visit, who is cured, what
was not measured, what the other lesions do, where a new lesion appears. `build` writes the tables,
with sums, percents and responses computed by the library's own functions. `seeded` makes a plan of
any size from a seed; `plans` is the Hypothesis strategy.
"""

import attrs
import hypothesis.strategies as st
import numpy as np
import pandas as pd

import nettumor as nt

ONE_DAY = np.timedelta64(1, "D")

TARGETS = (
    ("T01", "LIVER"),
    ("T02", "LIVER"),
    ("T03", "LUNG, LEFT"),
    ("T04", "AXILLARY LYMPH NODE"),
)
NODE = 3
READERS = ("INVESTIGATOR", "READER 1", "READER 2")
NONE, THERE, GOING, PROGRESSING = range(4)
PRESENT, ABSENT, PROGRESSION = "PRESENT", "ABSENT", "UNEQUIVOCAL PROGRESSION"
CODES = {PRESENT: nt.Response.NON_CR_NON_PD, ABSENT: nt.Response.CR, PROGRESSION: nt.Response.PD}
RULES = (
    nt.criteria.RECIST_1_1
)  # the published table of overall responses, which the others share here
SMALL = 5  # mm, the default of RECIST 1.1 for too small to measure


@attrs.frozen(eq=False)
class Plan:
    """What happens in a trial of S subjects, E evaluators and V visits (0 is baseline).

    first : (S, E, 4) int, mm at baseline, 0 where there is no such target (T01 always is)
    step : (S, E, 4, V) float, the size as a multiple of the visit before
    cured : (S,) int, the visit from which all targets are gone (V: never)
    unmeasured : (S, E, V) bool, T01 was not evaluable
    other : (S,) one of NONE, THERE, GOING (absent once the targets are gone), PROGRESSING (at the
    last visit)
    new : (S, E) int, the visit of a new lesion (V: never); equivocal : (S,) bool
    """

    first: np.ndarray
    step: np.ndarray
    cured: np.ndarray
    unmeasured: np.ndarray
    other: np.ndarray
    new: np.ndarray
    equivocal: np.ndarray
    jitter: np.ndarray  # (S, V) int, days from the planned day


def seeded(subjects=60, visits=6, readers=2, seed=20081001):
    """A plan from a seed."""
    random = np.random.default_rng(seed)
    shape = (subjects, readers)
    first = random.integers(12, 90, (*shape, 4))
    first[..., NODE] = random.integers(16, 30, shape)
    first[..., 1:] *= random.random((subjects, 1, 3)) < (0.8, 0.6, 0.5)
    trend = random.normal(-0.06, 0.12, (subjects, 1, 1, 1))
    step = np.exp(random.normal(trend, 0.05, (*shape, 4, visits)).clip(-0.35, 0.3))
    never = np.full(subjects, visits)
    return Plan(
        first=first,
        step=step,
        cured=np.where(
            random.random(subjects) < 0.08, random.integers(1, visits + 1, subjects), never
        ),
        unmeasured=random.random((*shape, visits)) < 0.02,
        other=random.integers(0, 4, subjects),
        new=np.where(random.random(shape) < 0.15, random.integers(1, visits + 1, shape), visits),
        equivocal=random.random(subjects) < 0.3,
        jitter=random.integers(-3, 4, (subjects, visits)),
    )


@st.composite
def plans(draw, subjects=4, visits=5):
    """Plans of up to so many subjects and visits, drawn number by number so that a counterexample
    shrinks.
    """
    s, e, v = draw(st.integers(1, subjects)), draw(st.integers(1, 2)), draw(st.integers(1, visits))

    def array(elements, *shape):
        count = int(np.prod(shape))
        return np.array(draw(st.lists(elements, min_size=count, max_size=count))).reshape(shape)

    first = array(st.integers(12, 120), s, e, 4)
    first[..., NODE] = 16 + first[..., NODE] % 14
    first[..., 1:] *= array(st.booleans(), s, 1, 3)
    return Plan(
        first=first,
        step=array(st.sampled_from((1.0, 0.7, 0.8, 0.9, 0.97, 1.05, 1.2, 1.3)), s, e, 4, v),
        cured=array(st.integers(1, v + 2), s).clip(max=v),
        unmeasured=array(st.booleans(), s, e, v),
        other=array(st.integers(0, 3), s),
        new=array(st.integers(1, v + 2), s, e).clip(max=v),
        equivocal=array(st.booleans(), s),
        jitter=array(st.integers(-3, 3), s, v),
    )


@attrs.frozen(eq=False)
class _Course:
    """Sizes (S, E, 4, V; NaN where not measured or no such lesion), states of the others, and the
    responses.
    """

    real: np.ndarray
    size: np.ndarray
    other: np.ndarray
    new: np.ndarray
    target: object
    non_target: np.ndarray
    overall: np.ndarray
    visits: np.ndarray


def _course(plan, criteria):
    v = plan.step.shape[-1]
    visit = np.arange(v)
    real = plan.first > 0
    step = np.where(visit == 0, 1.0, plan.step)
    size = np.maximum(np.round(plan.first[..., None] * np.cumprod(step, -1)), SMALL)
    size = np.minimum(size, 200)
    size[:, :, 1, 0] += size[:, :, 0, 0] == size[:, :, 1, 0]  # two lesions of one organ differ
    gone = (visit >= plan.cured[:, None])[:, None, None, :]
    normal = 6.0 if criteria.node_normal is not None else 0.0  # a node returns to normal: 6 mm
    size = np.where(gone, np.array([0, 0, 0, normal])[:, None], size)
    unmeasured = plan.unmeasured & (visit > 0) & ~gone[:, :, 0]
    size[:, :, 0][unmeasured] = np.nan
    size[~real] = np.nan
    nodal = np.broadcast_to(np.arange(4) == NODE, real.shape)
    judged = size * across(size) if criteria.measure == "product" else size
    target = nt.target_response(judged, nodal=nodal, criteria=criteria)
    ends = (
        (plan.other[:, None, None] == PROGRESSING)
        & (visit == v - 1)
        & (target.response < nt.Response.PR)
    )
    absent = (plan.other[:, None] == GOING) & gone[:, 0, 0]
    other = np.where(ends & (visit > 0), PROGRESSION, np.where(absent[:, None], ABSENT, PRESENT))
    codes = (
        np.vectorize(CODES.get, otypes=[np.int8])(other) if other.size else other.astype(np.int8)
    )
    codes = np.where(
        (plan.other[:, None, None] == NONE) | (visit == 0), nt.Response.MISSING, codes
    ).astype(np.int8)
    non_target = np.array(nt.non_target_response(codes[..., None, :]))
    new = visit >= plan.new[..., None]
    counted = new & ~plan.equivocal[:, None, None]
    overall = np.array(nt.overall_response(target.response, non_target, counted, criteria=RULES))
    overall[..., 0] = nt.Response.MISSING
    ended = np.cumsum(overall == nt.Response.PD, axis=-1) - (overall == nt.Response.PD) > 0
    return _Course(real, size, other, new, target, non_target, overall, ~ended)


def across(size):
    """The perpendicular diameter of a lesion, where one is collected."""
    return np.ceil(0.75 * size)


def _dates(plan):
    """Day numbers of randomisation (S,) and of the scans (S, V)."""
    s, v = plan.jitter.shape
    randomized = np.datetime64("2020-01-06", "D") + (np.arange(s) * 7) % 700 * ONE_DAY
    offset = np.where(np.arange(v) == 0, -7 + plan.jitter, 1 + 56 * np.arange(v) + plan.jitter)
    return randomized, randomized[:, None] + offset.astype("timedelta64[D]")


def _text(values):
    return np.asarray(values).astype(str).astype(object)


def _numbers(values, decimals=0):
    """Numbers as a CRF would hold them, "" for NaN."""
    found, codes = np.unique(np.round(values, decimals), return_inverse=True)
    words = np.array(
        ["" if x != x else f"{x + 0:.{decimals}f}" for x in found.tolist()], dtype=object
    )
    return words[codes.reshape(np.shape(values))]


def build(plan, criteria="recist-1.1"):
    """The five tables of a plan, each a dict of arrays of text, as a trial under these criteria
    collects them.
    """
    criteria = nt.criteria.get(criteria)
    course = _course(plan, criteria)
    s = len(course.size)
    names = np.array([f"S-{i:05d}" for i in range(s)], dtype=object)
    randomized, scans = _dates(plan)
    last = course.visits.any(axis=1)  # (S, V): some evaluator looked
    last_day = np.where(last, scans, scans[:, :1]).max(axis=1)
    progressed = (course.overall == nt.Response.PD).any(axis=(1, 2))
    born = np.datetime64("1958-03-02") + 97 * (np.arange(s) % 90) * ONE_DAY
    subjects = {
        "subject": names,
        "randomized": _text(randomized),
        "treatment_start": _text(randomized + ONE_DAY),
        "birth": _text(born),
        "consent": _text(randomized - 14 * ONE_DAY),
        "arm": np.array(["A", "B"], dtype=object)[np.arange(s) % 2],
        "sex": np.array(["F", "M"], object)[np.arange(s) % 2],
        "age": _text(((randomized - born) / ONE_DAY / 365.25).astype(int)),
        "last_known_alive": _text(last_day + 30 * ONE_DAY),
        "death": np.where(progressed & (np.arange(s) % 3 == 0), _text(last_day + 60 * ONE_DAY), ""),
        "data_cutoff": np.full(s, "2024-06-30", dtype=object),
    }
    subjects["last_known_alive"] = np.where(
        subjects["death"] != "", subjects["death"], subjects["last_known_alive"]
    )
    when = _visits(randomized + ONE_DAY, scans)
    return {
        "subjects": subjects,
        "lesions": _lesions(plan, course, names, when, criteria),
        "responses": _responses(plan, course, names, when, criteria),
        "markers": _markers(course, names, when, last),
        "symptoms": _symptoms(course, names, when, last),
    }


def _visits(start, scans):
    """A function of subjects and visits: the columns that say when."""
    v = scans.shape[1]
    date, since = _text(scans), (scans - start[:, None]).astype(int)
    study_day = _text(np.where(since >= 0, since + 1, since))
    number = _text(np.arange(1, v + 1))
    name = np.array(["SCREENING", *(f"WEEK {8 * k}" for k in range(1, v))], dtype=object)

    def columns(i, t, study_days=True):
        found = {
            "visit": number[t],
            "visit_name": name[t],
            "date": date[i, t],
            "study_day": study_day[i, t],
        }
        return found if study_days else {n: found[n] for n in ("visit", "date")}

    return columns


def _lesions(plan, course, names, when, criteria):
    """Targets, the non-target and new lesions, row by row: subject, evaluator, visit, lesion."""
    s, e, _, v = course.size.shape
    use = np.zeros((s, e, v, 6), dtype=bool)
    use[..., :4] = course.real[:, :, None, :]
    use[..., 4] = (plan.other != NONE)[:, None, None]
    use[..., 5] = course.new
    use &= course.visits[..., None]
    i, r, t, k = np.nonzero(use)
    kinds = np.array([n for n, _ in TARGETS] + ["NT01", "NEW01"], dtype=object)
    organs = np.array([o for _, o in TARGETS] + ["BONE", "LIVER"], dtype=object)
    target = k < 4
    value = np.where(target, course.size[i, r, np.minimum(k, 3), t], np.nan)
    state = np.full(len(k), "", dtype=object)
    state[target] = "MEASURED"
    state[target & (value == 0)] = ABSENT
    if criteria.too_small is not None:
        state[target & (value == SMALL)] = "TOO SMALL"
    state[target & np.isnan(value)] = "NOT EVALUABLE"
    other = k == 4
    state[other] = course.other[i, r, t][other]
    state[k == 5] = np.where(plan.equivocal[i], "EQUIVOCAL", "UNEQUIVOCAL")[k == 5]
    if criteria.measure == "product":
        size, perpendicular = _numbers(value), _numbers(across(value))
    else:
        node = (k == NODE) & (criteria.node_normal is not None)  # its short axis counts
        size, perpendicular = (
            np.where(node, "", _numbers(value)),
            np.where(node, _numbers(value), ""),
        )
    viable = {"viable": np.where(organs[k] == "LIVER", size, "").astype(object)}
    viable["contrast"] = np.full(len(k), "Y", dtype=object)
    viable["vascular_pattern"] = np.full(len(k), "TYPICAL", dtype=object)
    return {
        "subject": names[i],
        "evaluator": np.array(READERS, dtype=object)[r],
        **when(i, t),
        "lesion": kinds[k],
        "role": np.array(["TARGET"] * 4 + ["NON-TARGET", "NEW"], dtype=object)[k],
        "organ": organs[k],
        "size": size,
        "perpendicular": perpendicular,
        **(viable if criteria.measure == "viable diameter" else {}),
        "state": state,
        "reason": np.where(state == "NOT EVALUABLE", "POOR SCAN QUALITY", "").astype(object),
        "method": np.full(len(k), "CT SCAN", dtype=object),
        "slice_thickness": np.full(len(k), "5", dtype=object),
        "unit": np.where(np.isnan(value), "", "mm").astype(object),
        "baseline_flag": np.where(t == 0, "Y", "").astype(object),
    }


def _responses(plan, course, names, when, criteria):
    """One row per subject, evaluator and visit; at baseline the sum alone."""
    i, r, t = np.nonzero(course.visits)
    at = (i, r, t)
    target, missing = course.target, course.target.n_missing[at]
    total = np.where(missing > 0, np.nan, target.sum[at])
    v = course.visits.shape[-1]
    best = nt.best_overall_response(
        np.where(course.visits, course.overall, nt.Response.MISSING).astype(np.int8),
        (56.0 * np.arange(v)),
    )
    later = t > 0
    words = np.array(
        [nt.Response(c).label if c else "" for c in range(max(nt.Response) + 1)], dtype=object
    )
    immune = getattr(criteria, "immune", False)
    spoken = (
        np.where(words == "", "", nt.labels(np.arange(len(words)), criteria=criteria))
        if immune
        else words
    )
    spoken = np.where(np.arange(len(words)) == nt.Response.PD, "iUPD", spoken) if immune else spoken
    new = np.where(course.new[at], np.where(plan.equivocal[i], "EQUIVOCAL", "UNEQUIVOCAL"), "N")
    overall = spoken[course.overall[at]].astype(object)
    seen = course.visits.shape[-1] - 1 - course.visits[:, :, ::-1].argmax(axis=-1)
    final = (t == seen[i, r]) & later
    unclear = (words[course.overall[at]] == "NE") | (words[target.response[at]] == "NE")
    return {
        "subject": names[i],
        "evaluator": np.array(READERS, dtype=object)[r],
        **when(i, t),
        "sum": _numbers(total),
        "percent_from_baseline": _numbers(target.percent_from_baseline[at], 1),
        "percent_from_nadir": _numbers(target.percent_from_nadir[at], 1),
        "target": np.where(later, words[target.response[at]], ""),
        "non_target": np.where(later, words[course.non_target[at]], ""),
        "new_lesion": np.where(later, new, "").astype(object),
        "overall": overall,
        "best": np.where(final & ~np.array(immune), words[best.response[i, r]], ""),
        "criteria": np.full(len(i), criteria.title, dtype=object),
        "reason": np.where(unclear & later, "TARGET NOT EVALUABLE", "").astype(object),
    }


def _markers(course, names, when, seen):
    """Chromogranin A and 5-HIAA at each visit; normal throughout where there may be a complete
    response.
    """
    i, t = np.nonzero(seen)
    high = ~((course.overall == nt.Response.CR) | (course.non_target == nt.Response.CR)).any(
        axis=(1, 2)
    )
    drift = 1 + 0.1 * np.sin(i + t)
    out = []
    for marker, unit, limit, level in (
        ("CHROMOGRANIN A", "ng/mL", 100, 310.0),
        ("5-HIAA", "mg/24h", 8, 30.0),
    ):
        value = np.where(high[i], level, 0.4 * limit) * drift
        out.append(
            {
                "subject": names[i],
                **when(i, t),
                "marker": np.full(len(i), marker, dtype=object),
                "value": _numbers(value, 1),
                "unit": np.full(len(i), unit, dtype=object),
                "upper_limit": np.full(len(i), str(limit), dtype=object),
                "assay": np.full(
                    len(i), "LC-MS/MS" if "HIAA" in marker else "KRYPTOR", dtype=object
                ),
                "specimen": np.full(len(i), "URINE" if "HIAA" in marker else "SERUM", dtype=object),
            }
        )
    return {name: np.concatenate([part[name] for part in out]) for name in out[0]}


def _symptoms(course, names, when, seen):
    """Flushing and diarrhoea in the week before each visit."""
    i, t = np.nonzero(seen)
    out = []
    for symptom, level in (("FLUSHING", 4), ("DIARRHOEA", 6)):
        count = level - (i + t) % 4
        out.append(
            {
                "subject": names[i],
                **when(i, t, study_days=False),
                "symptom": np.full(len(i), symptom, dtype=object),
                "per_day": _text(count),
                "days_recorded": _text(7 - (i + t) % 2),
                "grade": np.full(len(i), "1", dtype=object),
            }
        )
    return {name: np.concatenate([part[name] for part in out]) for name in out[0]}


def _frame(columns):
    return pd.DataFrame(columns, dtype=object)


def as_sdtm(tables):
    """The subjects, lesions and responses of a trial as the SDTM domains DM, TU, TR, RS and
    SUPPRS.
    """
    lesions, responses, subjects = (_frame(tables[n]) for n in ("lesions", "responses", "subjects"))
    dm = _frame(
        {
            "STUDYID": "CLEAN",
            "DOMAIN": "DM",
            "USUBJID": subjects["subject"],
            "RFSTDTC": subjects["treatment_start"],
            "RFXSTDTC": subjects["treatment_start"],
            "RFICDTC": subjects["consent"],
            "BRTHDTC": subjects["birth"],
            "RFPENDTC": subjects["last_known_alive"],
            "DTHDTC": subjects["death"],
            "ARM": subjects["arm"],
            "SEX": subjects["sex"],
            "AGE": subjects["age"].astype(float),
        }
    )
    first = lesions.drop_duplicates(["subject", "evaluator", "lesion"])
    tu = _common(first, "TU") | {
        "TULNKID": first["lesion"],
        "TUTESTCD": "TUMIDENT",
        "TUTEST": "Tumor Identification",
        "TUORRES": first["role"],
        "TUSTRESC": first["role"],
        "TULOC": first["organ"],
        "TUMETHOD": first["method"],
    }
    rs = _rs(responses)
    why = rs[rs["why"] != ""]
    supp = _frame(
        {
            "STUDYID": "CLEAN",
            "RDOMAIN": "RS",
            "USUBJID": why["USUBJID"],
            "IDVAR": "RSSEQ",
            "IDVARVAL": why["RSSEQ"].astype(int).astype(str),
            "QNAM": "REASNE",
            "QLABEL": "Reason Not Evaluable",
            "QVAL": why["why"],
        }
    )
    return {
        "DM": dm,
        "TU": _domain(tu),
        "TR": _results(lesions, responses),
        "RS": rs.drop(columns="why"),
        "SUPPRS": supp,
    }


def _common(rows, domain):
    """The identifying and timing variables of rows."""
    reader = rows["evaluator"] != "INVESTIGATOR"
    return {
        "STUDYID": "CLEAN",
        "DOMAIN": domain,
        "USUBJID": rows["subject"],
        f"{domain}SEQ": "",
        f"{domain}EVAL": np.where(reader, "INDEPENDENT ASSESSOR", "INVESTIGATOR"),
        f"{domain}EVALID": np.where(
            reader, rows["evaluator"].str.replace("READER", "RADIOLOGIST"), ""
        ),
        "VISITNUM": rows["visit"].astype(float),
        "VISIT": rows["visit_name"],
        f"{domain}DTC": rows["date"],
        f"{domain}DY": rows["study_day"].astype(float),
    }


def _domain(columns):
    """A domain with its sequence numbers by subject."""
    frame = _frame(columns).reset_index(drop=True)
    sequence = next(c for c in frame if c.endswith("SEQ"))
    frame[sequence] = (frame.groupby("USUBJID").cumcount() + 1).astype(float)
    return frame


def _results(lesions, responses):
    """TR: a diameter for each measured target, a state for each other lesion, a row not done, the
    sums.
    """
    size = lesions["size"].where(lesions["size"] != "", lesions["perpendicular"])
    measured = size != ""
    undone = lesions["state"] == "NOT EVALUABLE"
    test = np.where(
        measured | undone, np.where(lesions["perpendicular"] != "", "LPERP", "LDIAM"), "TUMSTATE"
    )
    said = np.where(undone, "", np.where(measured, size, lesions["state"]))
    names = {
        "LDIAM": "Longest Diameter",
        "LPERP": "Longest Perpendicular",
        "TUMSTATE": "Tumor State",
    }
    rows = _common(lesions, "TR") | {
        "TRGRPID": lesions["role"],
        "TRLNKID": lesions["lesion"],
        "TRLNKGRP": "A" + lesions["visit"],
        "TRTESTCD": test,
        "TRTEST": [names[t] for t in test],
        "TRORRES": said,
        "TRSTRESC": said,
        "TRORRESU": np.where(measured, "mm", ""),
        "TRSTRESU": np.where(measured, "mm", ""),
        "TRSTRESN": pd.to_numeric(size, errors="coerce"),
        "TRSTAT": np.where(undone, "NOT DONE", ""),
        "TRREASND": lesions["reason"],
        "TRMETHOD": lesions["method"],
        "TRLOBXFL": lesions["baseline_flag"],
    }
    summed = responses[responses["sum"] != ""]
    sums = _common(summed, "TR") | {
        "TRGRPID": "TARGET",
        "TRLNKID": "",
        "TRLNKGRP": "A" + summed["visit"],
        "TRTESTCD": "SUMDIAM",
        "TRTEST": "Sum of Diameter",
        "TRORRES": summed["sum"],
        "TRSTRESC": summed["sum"],
        "TRORRESU": "mm",
        "TRSTRESU": "mm",
        "TRSTRESN": summed["sum"].astype(float),
        "TRSTAT": "",
        "TRREASND": "",
        "TRMETHOD": "",
        "TRLOBXFL": np.where(summed["visit"] == "1", "Y", ""),
    }
    return _domain(
        pd.concat([_frame(rows), _frame(sums)]).sort_values(
            ["USUBJID", "TREVALID", "VISITNUM"], kind="stable"
        )
    )


def _rs(responses):
    """RS: target, non-target and overall response, and the new lesions."""
    tests = {
        "target": ("TRGRESP", "Target Response"),
        "non_target": ("NTRGRESP", "Non-target Response"),
        "new_lesion": ("NEWLPROG", "New Lesion Progression"),
        "overall": ("OVRLRESP", "Overall Response"),
        "best": ("BESTRESP", "Best Response"),
    }
    out = []
    for column, (code, name) in tests.items():
        use = responses[(responses[column] != "") & (responses[column] != "N")]
        out.append(
            _frame(
                _common(use, "RS")
                | {
                    "RSLNKGRP": "A" + use["visit"],
                    "RSTESTCD": code,
                    "RSTEST": name,
                    "RSCAT": use["criteria"],
                    "RSORRES": use[column],
                    "RSSTRESC": use[column],
                    "RSSTAT": "",
                    "RSREASND": "",
                    "why": np.where(use[column] == "NE", use["reason"], ""),
                }
            )
        )
    return _domain(pd.concat(out).sort_values(["USUBJID", "RSEVALID", "VISITNUM"], kind="stable"))
