"""Every worked example of ``data/worked_examples.csv``: inputs in, the expected answer out, row by
row.

A row without a check fails, unless it stands in `LEFT_OUT` with its reason. "GAP" in the file is SD
with the reason that the review leaves the change without a class.
"""

import csv
import json
import pathlib
import re

import attrs
import numpy as np
import pytest

import nettumor as nt

R, C, Reason, NAN = nt.Response, nt.criteria, nt.Reason, np.nan
RECIST, NON, MISSING = C.RECIST_1_1, R.NON_CR_NON_PD, R.MISSING
BY_LIMITS = attrs.evolve(RECIST, sustained_response=False)
with open(
    pathlib.Path(__file__).parent / "data" / "worked_examples.csv", encoding="utf-8", newline=""
) as file:
    ROWS = list(csv.DictReader(file))

LEFT_OUT = {
    "M09": "irRC is not built",
    "V12": "treatment guidance, not a response", "V14": "treatment guidance, not a response",
}  # fmt: skip
CHECKS = {}


def checks(*names):
    """Registers the check of rows by their column ``criteria``, or by their id."""

    def register(function):
        CHECKS.update(dict.fromkeys(names, function))
        return function

    return register


def words(codes):
    return [R(int(code)).label for code in np.atleast_1d(codes)]


def near(value, digits=2):
    """Equal to a printed number, as far as it is printed."""
    return pytest.approx(value, abs=0.5001 * 10**-digits)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_worked_example(row):
    """The row's inputs give its expected answer."""
    if row["id"] in LEFT_OUT:
        assert row["id"] not in CHECKS
        assert row["criteria"] not in CHECKS
        return
    check = CHECKS.get(row["id"]) or CHECKS.get(row["criteria"])
    assert check, f"no check for {row['id']} ({row['criteria']})"
    check(json.loads(row["inputs"]), json.loads(row["expected"]))


def test_no_exemption_and_no_check_is_idle():
    """All that is registered or left out is in the file."""
    known = {row["id"] for row in ROWS} | {row["criteria"] for row in ROWS}
    assert set(CHECKS) | set(LEFT_OUT) <= known
    assert len(ROWS) == 118


# Target lesions


@checks("RECIST1.1-target")
def target(given, expected):
    lesions = [[given["baseline_sum_mm"], given["nadir_sum_mm"], given["current_sum_mm"]]]
    nodes = [False]
    if given["all_targets_cr"] and given["current_sum_mm"]:  # what is left are normal nodes
        nodes = [True]
    found = nt.target_response(lesions, nodal=nodes, criteria=BY_LIMITS)
    assert R(found.response[2]).label == expected["target_response"]
    for name in ("baseline", "nadir"):
        if expected.get(f"pct_from_{name}") is not None:
            assert getattr(found, f"percent_from_{name}")[2] == near(expected[f"pct_from_{name}"])


@checks("R16")
def a_node_of_ten_millimetres(given, expected):
    found = nt.target_response(
        [[30, 0], [given["baseline_sum_mm"] - 30, given["current_sum_mm"]]], nodal=[False, True]
    )
    assert R(found.response[1]).label == expected["target_response"]
    assert found.percent_from_baseline[1] == near(expected["pct_from_baseline"])


@checks("S01", "S02")
def node(given, expected):
    short = given["node_short_axis_mm"]
    assert expected["classification"] == "target-eligible node"
    assert str(nt.node_class(short)) == "target"
    assert nt.lesion_size(given.get("node_ld_mm", 30), short, nodal=True) == expected.get(
        "recorded_mm", short
    )


@checks("S05")
def choice(given, expected):
    sizes = np.array(given["measurable_lesions_mm"], dtype=float)
    chosen = nt.select_targets(sizes, given["organ"])
    assert (chosen.sum(), sizes[chosen].sum()) == (
        expected["n_targets"],
        expected["baseline_sum_mm"],
    )


@checks("S06")
def slices(given, expected):
    answer = nt.is_measurable(given["lesion_ld_mm"], slice_thickness=given["slice_thickness_mm"])
    assert answer is expected["measurable"]


@checks("S08")
def gone(given, expected):
    assert given["lesion_visible"] is False
    assert nt.size_in_state([NAN], ["ABSENT"]) == [expected["recorded_mm"]]


@checks("S09")
def fragments(given, expected):
    parts = [[30, NAN], *([NAN, size] for size in given["fragments_mm"])]
    whole = nt.sum_parts(parts, [-1, *[0] * len(given["fragments_mm"])])
    assert whole[0, 1] == expected["recorded_mm"]


@checks("S11")
def lesions_and_a_node(given, expected):
    sizes = given["lesions_mm"]
    found = nt.target_response(list(sizes.values()), nodal=[name.startswith("N") for name in sizes])
    assert found.sum.tolist() == [expected["baseline_sum_mm"], expected["followup_sum_mm"]]
    assert found.percent_from_baseline[1] == near(expected["pct"])
    assert R(found.response[1]).label == expected["target_response"]


@checks("RECIST1.1-missing")
def a_target_not_measured(given, expected):
    lesions = [[20, 40], [15, 40], [15, NAN]]
    found = nt.target_response(lesions)
    assert (found.sum.tolist(), len(lesions)) == (
        [given["baseline_sum_mm"], given["assessed_sum_mm"]],
        3,
    )
    assert R(found.response[1]).label == expected["target_response"]
    assert nt.overall_response(found.response[1], R.CR, False).label == expected["overall"]


@checks("O17")
def reappearance_before_a_cr(given, expected):
    rest = given["sum_nadir_mm"]
    lesions = [
        [2 * rest - 20, rest, given["sum_now_mm"] - given["target_lesion_now_mm"]],
        [20, given["target_lesion_previous_mm"], given["target_lesion_now_mm"]],
    ]
    found = nt.target_response(lesions)
    assert words(found.response[1:]) == [given["previous_overall"], expected["overall"]]
    assert found.percent_from_nadir[2] == 20


@checks("O19")
def reappearance_after_a_cr(given, expected):
    for criteria in (RECIST, attrs.evolve(RECIST, reappearance="PD")):
        found = nt.target_response([[20, 0, given["target_lesion_now_mm"]]], criteria=criteria)
        assert words(found.response[1:]) == ["CR", expected["overall"]]
    other = nt.target_response([[20, 0, 3]], criteria=attrs.evolve(RECIST, reappearance="PD"))
    assert words(other.response[2]) == ["PD"]


@checks("RECIST1.1-PR-drift")
def drift(given, expected):
    criteria = BY_LIMITS if given["convention"] == "threshold_only" else RECIST
    assert (
        words(nt.target_response([given["sums_mm"]], criteria=criteria).response[1:])
        == expected["responses"]
    )


@checks("W01")
def who(given, expected):
    before, after = (
        10 * np.array(given[key], dtype=float) for key in ("baseline_cm", "followup_cm")
    )
    sizes = nt.lesion_size(
        *np.stack([before, after], axis=-1).transpose(1, 0, 2), criteria=C.WHO_1981
    )
    found = nt.target_response(sizes, criteria=C.WHO_1981)
    assert (found.sum / 100).tolist() == [
        expected["spd_baseline_cm2"],
        expected["spd_followup_cm2"],
    ]
    assert found.percent_from_baseline[1] == expected["pct"]
    assert R(found.response[1]).label == expected["response"]


@checks("W02")
def who_any_lesion(given, expected):
    before, after = (
        10 * np.array(given[key], dtype=float) for key in ("baseline_cm", "followup_cm")
    )
    sizes = nt.lesion_size(
        *np.stack([before, after], axis=-1).transpose(1, 0, 2), criteria=C.WHO_1981
    )
    found = nt.target_response(sizes, criteria=C.WHO_1981)
    assert found.percent_from_baseline[1] == near(expected["spd_pct"])
    assert nt.percent_change(*sizes[1]) == near(expected["lesion2_pct"])
    assert R(found.response[1]).label == expected["response"]


@checks("W04")
def who_overall(given, expected):
    parts = [nt.parse_responses(given[part]) for part in ("measurable", "nonmeasurable")]
    assert (
        nt.overall_response(*parts, given["new"], criteria=C.WHO_1981).label == expected["overall"]
    )


@checks("SWOG1992")
def swog(given, expected):
    course = [[100.0 * given["nadir_spd_cm2"], 100.0 * given["current_spd_cm2"]]]
    assert nt.percent_change(*course[0]) == near(expected["increase_pct"])
    for criteria, key in ((C.SWOG_1992, "swog"), (C.WHO_1981, "who")):
        assert R(nt.target_response(course, criteria=criteria).response[1]).label == expected[key]


@checks("mRECIST")
def mrecist(given, expected):
    viable, whole = (
        np.stack([given[f"{what}_baseline_mm"], given[f"{what}_now_mm"]], axis=-1)
        for what in ("viable", "whole")
    )
    for criteria, key in ((C.MRECIST_2010, "mrecist"), (RECIST, "recist11")):
        found = nt.target_response(
            nt.lesion_size(whole, viable=viable, criteria=criteria), criteria=criteria
        )
        assert R(found.response[1]).label == expected[key]
        assert found.percent_from_baseline[1] == near(expected[f"{key}_pct"])


@checks("mRECIST-selection")
def porta_hepatis(given, expected):
    sizes = [given["porta_hepatis_node_short_axis_mm"], given["other_node_short_axis_mm"]]
    found = nt.node_class(sizes, porta_hepatis=[True, False], criteria=C.MRECIST_2010)
    said = ["not malignant" if word == "normal" else "malignant" for word in found]
    assert said == [expected["porta_hepatis"], expected["other"]]


@checks("EASL")
def easl(given, expected):
    sizes = 100 * np.stack([given["enhancing_products_baseline_cm2"], given["now_cm2"]], axis=-1)
    found = nt.target_response(sizes, criteria=C.EASL_2001)
    assert (R(found.response[1]).label, found.percent_from_baseline[1]) == (
        expected["response"],
        expected["pct"],
    )


@checks("Choi")
def choi(given, expected):
    sums, density = [100, 100 + given["size_change_pct"]], [given["hu_baseline"], given["hu_now"]]
    assert nt.percent_change(*density) == near(expected["hu_change_pct"])
    for criteria, key in ((C.CHOI_2007, "choi"), (C.MODIFIED_CHOI_2010, "mchoi")):
        if key in expected:
            assert R(nt.choi_response(sums, density, criteria=criteria)[1]).label == expected[key]
    if "recist" in expected:
        assert R(nt.target_response([sums]).response[1]).label == expected["recist"]


@checks("PERCIST")
def percist(given, expected):
    course = [given["sulpeak_baseline"], given["sulpeak_now"]]
    assert nt.percent_change(*course) == near(expected["pct"])
    assert (
        f"{R(nt.percist_response(course)[1]).label[0]}M{R(nt.percist_response(course)[1]).label[1]}"
        == (expected["response"])
    )  # SMD: stable metabolic disease


@checks("Volume")
def volume(given, expected):
    for change, cubed in zip(
        given["diameter_change_pct"], expected["volume_change_pct"], strict=True
    ):
        before, after = nt.ellipsoid_volume(
            [10.0, 10 * (1 + change / 100)], [10.0, 10 * (1 + change / 100)]
        )
        assert nt.percent_change(before, after) == near(cubed, 6)
    limits = [C.VOLUME_RECIST.pr.signed, C.VOLUME_RECIST.pd.signed]
    assert limits == expected["volume_change_pct"]


# The timepoint and the course


@checks("RECIST1.1-overall")
def overall(given, expected):
    parts = ["" if given[part] == "NONE" else given[part] for part in ("target", "non_target")]
    answer = nt.overall_response(*nt.parse_responses(parts), given["new_lesion"] == "Y")
    assert answer.label == expected["overall"]


@checks("RECIST1.1-nontarget")
def yardstick(given, expected):
    grown = 1 + given["nontarget_volume_increase_pct"] / 100
    assert 100 * (grown ** (1 / 3) - 1) == near(expected["diameter_equivalent_pct"], 1)
    larger = nt.target_response([[100, 100 * grown]], criteria=C.VOLUME_RECIST_PRINTED).response[1]
    assert words(nt.non_target_response([[NON, larger]])[1]) == [expected["non_target"]]


@checks("RECIST1.1-new-lesion")
def first_seen(given, expected):
    first, sure = (
        np.datetime64(given[key]) for key in ("equivocal_new_lesion_date", "confirmed_new_on")
    )
    found = nt.first_sighting([["EQUIVOCAL", "UNEQUIVOCAL"]], np.array([first, sure]) - first)
    assert str(first + np.timedelta64(int(found.day), "D")) == expected["progression_date"]


@checks("RECIST1.1-BOR-confirmed", "RECIST1.1-BOR-unconfirmed")
def best_response(given, expected):
    asked = given.get("confirmation_required", True)
    rule = attrs.evolve(
        RECIST.best_response,
        sd_minimum_days=given["sd_minimum_days"],
        confirmation_days=given.get("confirm_min_days", 28) if asked else None,
        max_ne_between=given.get("max_ne_between", 1),
        accept_sd_between=given.get("accept_sd_between", False),
    )
    codes = nt.parse_responses(given["responses"])
    assert (
        nt.best_overall_response(codes, given["study_days"], rule=rule).response.label
        == expected["bor"]
    )
    if "accept_sd_between" in given:  # "with accept_sd=True -> PR (protocol choice)"
        accepted = attrs.evolve(rule, accept_sd_between=True)
        assert nt.best_overall_response(codes, given["study_days"], rule=accepted).response == R.PR


@checks("iRECIST-iBOR")
def ibor(given, expected):
    codes = nt.parse_responses(given["responses"])
    rule = C.IRECIST_2017.best_response
    assert (rule.confirmation_days is None) is not given["confirmation_of_response_required"]
    found = nt.best_overall_response(codes, 56 * np.arange(1, 6), rule=rule)
    assert nt.labels(found.response, C.IRECIST_2017) == expected["ibor"]


@checks("I11")
def the_bar_is_reset(given, expected):
    target = nt.target_response([given["sums_mm"]], criteria=C.IRECIST_2017).response
    non_target = nt.parse_responses(["", *given["nontarget"]])
    parts = target, non_target, [False, *given["new"]]
    grown = nt.further_increase(*parts, sums=given["sums_mm"])
    found = nt.labels(nt.irecist_response(*parts, grown), C.IRECIST_2017).tolist()
    assert found == ["MISSING", expected["tp1"], expected["tp2"]]


@checks("I12")
def one_more_new_lesion(given, expected):
    measured = [float(number) for number in re.findall(r"(\d+) mm", given["tp1"] + given["tp2"])]
    parts = [R.SD] * 2, [NON] * 2, [True, True]
    grown = nt.further_increase(*parts, new_lesion_sums=measured, new_lesion_count=[1, 2])
    found = nt.labels(nt.irecist_response(*parts, grown), C.IRECIST_2017).tolist()
    assert found == [expected["tp1"], expected["tp2"]]


@checks("I13")
def dated_at_the_first_iupd_of_its_block(given, expected):
    ttp = nt.time_to_progression(nt.parse_responses(given["sequence"]), given["days"])
    assert (ttp.time, ttp.event) == (expected["i_pd_day"], True)


# Before and after: the review's axes


@checks("REVIEW-morphological")
def review(given, expected):
    after = 0.0 if not given["lesion_visible"] else 100 + given["size_change_pct"]
    found = nt.MorphologicalResponse.assess(100.0, after)
    assert found.response.label == expected["response"].replace("GAP", "SD")
    assert (Reason.GAP in found.reason) is (expected["response"] == "GAP")


@checks("REVIEW-timing")
def window(given, expected):
    assert nt.in_assessment_window(given["days_after_completion"]).tolist() == expected["in_window"]


@checks("REVIEW-prognostic-5HIAA")
def bands(given, expected):
    values = given["u5hiaa_umol_per_day"]
    assert nt.prognostic_band_5hiaa(values, "umol/24h").tolist() == expected["band"]
    mg = nt.markers.convert(np.array(values, float), "umol/24h", "mg/24h", marker="5-HIAA")
    assert mg.round(1).tolist() == expected["mg_per_day"]


@checks("REVIEW-rates", "ORR/DCR/CBR")
def rates(given, expected):
    counts = given.get("bor", given)
    best = np.concatenate([[code] * counts[code.label] for code in R if code.label in counts])
    stable = np.where(best == R.SD, 100, NAN)
    stable[np.flatnonzero(best == R.SD)[: given.get("sd_ge_24wk", 0)]] = 168
    found = {
        "n": len(best),
        "orr_pct": 100 * nt.objective_response_rate(best).estimate,
        "dcr_pct": 100 * nt.disease_control_rate(best).estimate,
        "pd_pct": 100 * np.mean(best == R.PD),
        "cbr_pct": 100 * nt.clinical_benefit_rate(best, stable).estimate,
    }
    for name, value in expected.items():
        assert found[name.replace("_incl_MR", "")] == near(value, 1)


@checks("units")
def units(given, expected):
    named = {
        "umol_per_24h": "umol/24h",
        "mg_per_24h": "mg/24h",
        "ng_per_mL": "ng/mL",
        "nmol_per_L": "nmol/L",
        "U_per_L": "U/L",
        "ug_per_L": "ug/L",
    }
    ((unit, value),) = ((named[key], v) for key, v in given.items() if key in named)
    for key, wanted in expected.items():
        if wanted is None:
            with pytest.raises(nt.InputError, match="`to` must be a unit"):
                nt.markers.convert(value, unit, named[key], marker=given["marker"])
        else:
            found = nt.markers.convert(value, unit, named[key], marker=given["marker"])
            assert found == pytest.approx(wanted, rel=5e-4)


@checks("biochemical NET-WHO")
def marker(given, expected):
    found = nt.BiologicalResponse.assess(
        given["baseline"],
        given["followup"],
        upper_limit=given["uln"],
        criteria=C.BIOLOGICAL_NET_WHO,
    )
    assert found.response.label == expected["response"]
    if "change_pct" in expected:
        assert found.percent == near(expected["change_pct"])


@checks("biochemical REVIEW")
def marker_of_the_review(given, expected):
    assert expected["response"] == "not PR"
    assert nt.marker_response(given["baseline"], given["followup"]) != R.PR


@checks("biochemical mean residual")
def residual(given, expected):
    assert nt.percent_change(100, given["mean_residual_pct"]) == near(
        -expected["mean_reduction_pct"]
    )


@checks("TELESTAR durable response")
def durable(given, expected):
    base, low = given["baseline_bm_per_day"], given["days_with_bm_le_4_2"]
    counts = [4.2] * low + [base] * (given["days"] - low)
    assert nt.durable_symptom_response(counts, base).responder is expected["responder"]


@checks("symptom frequency")
def symptom(given, expected):
    for criteria, key in (
        (C.SYMPTOMATIC_CLASSIC, "response"),
        (C.SYMPTOMATIC_VOGL_2008, "review_strict_gt50"),
    ):
        found = nt.symptom_response(
            given["baseline_flush_per_week"], given["followup"], criteria=criteria
        )
        assert [word if word in ("CR", "PR") else "NR" for word in words(found)] == expected[key]


@checks("CTCAE5 diarrhoea")
def diarrhoea(given, expected):
    assert (
        nt.diarrhoea_grade(given["baseline_stools"], given["now_stools"]).tolist()
        == expected["grade"]
    )
    assert (np.array(given["now_stools"]) - given["baseline_stools"]).tolist() == expected[
        "increase"
    ]


@checks("liver burden class")
def burden_class(given, expected):
    assert nt.liver_burden_class(given["pct"]).tolist() == expected["cls"]


@checks("liver burden")
def burden(given, expected):
    share = nt.liver_burden(given["lesion_diameters_mm"], given["liver_volume_ml"])
    assert share == near(expected["burden_pct"])
    assert share * given["liver_volume_ml"] / 100 == near(expected["tumour_ml"], 1)


# Endpoints and summaries


@checks("proportion CI 95%")
def interval(given, expected):
    best = [R.PR] * given["x"] + [R.SD] * (given["n"] - given["x"])
    for method in ("clopper-pearson", "wilson"):
        rate = nt.objective_response_rate(best, method=method)
        printed = expected[f"{method.replace('-', '_')}_pct"]
        assert [100 * rate.low, 100 * rate.high] == [near(value) for value in printed]
        assert 100 * rate.estimate == near(expected["pct"])


@checks("Kaplan-Meier")
def curve(given, expected):
    found = nt.kaplan_meier(given["times"], np.array(given["events"], bool))
    times = [int(time) for time in expected["S"]]
    assert found.survival_at(times).tolist() == [near(value, 4) for value in expected["S"].values()]
    errors = found.standard_error_at([int(time) for time in expected["greenwood_se"]])
    assert errors.tolist() == [near(value, 4) for value in expected["greenwood_se"].values()]
    assert found.median == expected["median"]


@checks("OS two origins")
def origins(given, expected):
    death, start, first = (
        np.datetime64(given[key]) for key in ("death", "first_intervention", "first_metastasis")
    )
    os = nt.overall_survival(
        death - start, NAN, origin=np.array([np.timedelta64(0, "D"), first - start])
    )
    for place, origin in enumerate(("intervention", "metastasis")):
        assert os.time[place] == expected[f"os_days_from_{origin}"]
        assert os.months[place] == near(expected[f"os_months_from_{origin}"])
    assert (os.months[0] > np.array([12, 24, 60])).tolist() == expected[
        "alive_1_2_5y_from_intervention"
    ]


@checks("PFS censoring FDA-A", "PFS FDA-A", "PFS vs TTP")
def censoring(given, expected):
    seen = [(day, R.SD) for day in given.get("assessments", [])]
    seen += [(given["pd_day"], R.PD)] if "pd_day" in given else []
    rule = attrs.evolve(
        C.FDA_2018_CENSORING,
        visit_interval_days=given.get("interval_days"),
        window_days=given.get("window_days", 0),
    )
    keywords = {
        "death": given.get("death_day"),
        "new_therapy": given.get("new_therapy_day"),
        "censoring": rule,
        "baseline_assessed": given.get("baseline_assessment", True),
    }
    course = [code for _, code in seen], [day for day, _ in seen]
    pfs = nt.progression_free_survival(*course, **keywords)
    wanted = expected.get("pfs", expected)
    assert (pfs.time, pfs.event) == (wanted["time"], wanted["event"])
    if "ttp" in expected:
        ttp = nt.time_to_progression(*course, **keywords)
        assert (ttp.time, ttp.event) == (expected["ttp"]["time"], expected["ttp"]["event"])


@checks("DoR")
def duration(given, expected):
    start, end = (np.datetime64(given[key]) for key in ("first_response", "pd"))
    dor = nt.duration_of_response([R.PR, R.PD], np.array([start, end]) - start, 0)
    assert (dor.time, dor.event, round(dor.months, 2)) == (
        expected["days"],
        True,
        expected["months"],
    )


@checks("hepatic PFS")
def hepatic(given, expected):
    days = [given["extrahepatic_pd_day"], given["hepatic_pd_day"]]
    for codes, key in (([R.SD, R.PD], "hpfs"), ([R.PD, R.PD], "pfs")):
        found = nt.progression_free_survival(codes, days, death=given["death"])
        assert (found.time, found.event) == (expected[key]["time"], expected[key]["event"])


@checks("TTR")
def to_response(given, expected):
    course = sorted((int(day), word) for day, word in given["responses"].items())
    codes, days = nt.parse_responses([word for _, word in course]), [day for day, _ in course]
    best = nt.best_overall_response(codes, days)
    found = nt.time_to_response(codes, days, best.first_response_day)
    assert (found.time, best.confirmed) == (
        expected["ttr_days"] - given["treatment_start_day"],
        True,
    )


@checks("TGR")
def growth(given, expected):
    rate = nt.tumour_growth_rate(given["d1_mm"], given["d2_mm"], given["months"] * 30.4375)
    assert rate == near(expected["tgr_pct_per_month"])
    assert np.log1p(rate / 100) == near(expected["tg_per_month"], 5)


@checks("TGR doubling")
def doubling(given, expected):
    days = nt.volume_doubling_time(given["d1_mm"], given["d2_mm"], given["days"])
    assert days == near(expected["tvdt_days"], 4)
    assert (given["d2_mm"] / given["d1_mm"]) ** 3 == near(expected["volume_ratio"], 5)


@checks("TGR3m class")
def growth_class(given, expected):
    assert nt.tgr_class(given["tgr3m"]).tolist() == expected["cls"]


@checks("ETS")
def early(given, expected):
    found = nt.early_tumour_shrinkage(given["baseline"], given["first_fu"], cut=given["cut"])
    assert found.tolist() == expected["ets"]


@checks("DpR")
def depth(given, expected):
    found = nt.target_response([given["sums"]])
    assert words(found.response[1:]) == expected["responses"]
    assert nt.depth_of_response(given["sums"], found.response) == expected["dpr_pct"]


@checks("WHO2019 NET grade")
def grade(given, expected):
    found = nt.net_grade(given["ki67_pct"], given["mitoses_per_2mm2"], given["differentiation"])
    assert found.grade == expected["grade"]


@checks("Y04", "Y06")
def questionnaire(given, expected):
    answers = [NAN if a is None else a for a in given["items"]]
    scale = nt.Scale(items=range(len(answers)), lowest=1, highest=1 + given.get("range", 3))
    score = nt.questionnaire_score(answers, scale=scale)
    if expected["score"] is None:
        assert np.isnan(score)
    else:
        assert score == near(expected["score"])
        assert np.nanmean(answers) == near(expected["raw"], 4)
