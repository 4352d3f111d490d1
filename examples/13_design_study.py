"""How many patients does a trial need? Ten thousand simulated trials for each size of arm.

Progression-free survival with a median of 8 months under control and 12 months under treatment,
response rates of 20 and 40 %, accrual over 12 months, analysis at 30 months. Trials stand on the
leading axis, patients on the last; every summary answers all trials at once, in seconds.
"""

import importlib.util
import shutil
import subprocess
import sys
import warnings

import numpy as np

import nettumor as nt

TRIALS = 10_000
CONTROL, TREATED = 8.0, 12.0  # months, medians of progression-free survival
RATES = 0.20, 0.40


def arm(random, median, rate, patients):
    """Times, events and best responses of one arm in every trial."""
    shape = (TRIALS, patients)
    progression = random.exponential(median / np.log(2), shape)
    followed = 30 - random.uniform(0, 12, shape)
    best = np.where(random.random(shape) < rate, nt.Response.PR, nt.Response.SD)
    return np.minimum(progression, followed), progression <= followed, best.astype(np.int8)


def share(trials):
    """A share of the trials, in whole percent."""
    return f"{100 * np.mean(trials):.0f} %"


def measured_study(random, patients):
    """Subjects with their arm, and a target lesion of each that grows, measured every eight weeks."""
    arm_of = np.where(np.arange(patients) % 2, "treated", "control")
    names = np.array([f"{i + 1:03d}" for i in range(patients)])
    growth = random.normal(np.where(arm_of == "treated", 0.04, 0.07), 0.03)  # each visit
    visit = np.arange(10)
    sizes = np.round(40 * np.exp(growth[:, None] * visit), 1)
    lesions = {
        "subject": np.repeat(names, len(visit)),
        "lesion": np.full(sizes.size, "T1"),
        "role": np.full(sizes.size, "TARGET"),
        "day": np.tile(56 * visit, patients),
        "size": sizes.ravel(),
    }
    return {"subject": names, "arm": arm_of, "treatment_start": np.zeros(patients)}, lesions


def with_lifelines(pfs):
    """The hazard ratio by lifelines, where it is installed."""
    if importlib.util.find_spec("lifelines") is None:
        print("lifelines is not installed: skipped", file=sys.stderr)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own imports
        import lifelines
        import pandas as pd

        frame = pd.DataFrame(pfs).assign(treated=pfs["arm"] == "treated").drop(columns="arm")
        model = lifelines.CoxPHFitter().fit(frame.astype(float), "pfs_days", "pfs_event")
    print(f"hazard ratio by lifelines: {model.hazard_ratios_['treated']:.3f}", file=sys.stderr)


def with_r(pfs):
    """The hazard ratio by R's survival package, where Rscript is there."""
    if shutil.which("Rscript") is None:
        print("Rscript is not there: skipped", file=sys.stderr)
        return
    rows = zip(pfs["pfs_days"], pfs["pfs_event"].astype(int), pfs["arm"] == "treated", strict=True)
    table = "days,event,treated\n" + "".join(f"{d},{e},{int(t)}\n" for d, e, t in rows)
    script = (
        "d <- read.csv(file('stdin')); library(survival); "
        "cat(sprintf('%.3f', exp(coef(coxph(Surv(days, event) ~ treated, d, ties = 'efron')))))"
    )
    done = subprocess.run(
        ["Rscript", "-e", script], input=table, capture_output=True, text=True, check=False
    )
    said = done.stdout or "its package survival is not there: skipped"
    print(f"hazard ratio by R: {said}", file=sys.stderr)


print("arm  log-rank  response  error of log-rank  median covered  restricted mean apart")
for patients in (40, 60, 80, 120):
    random = np.random.default_rng(13)
    time_a, event_a, best_a = arm(random, CONTROL, RATES[0], patients)
    time_b, event_b, best_b = arm(random, TREATED, RATES[1], patients)
    null_time, null_event, _ = arm(random, CONTROL, RATES[0], patients)

    # 1. Power: how often each comparison finds the difference that is there, at 5 %.
    test = nt.log_rank((time_b, event_b), (time_a, event_a))
    responses = nt.rate_difference(
        nt.objective_response_rate(best_b), nt.objective_response_rate(best_a)
    )

    # 2. Error: how often the test finds a difference where there is none.
    null = nt.log_rank((null_time, null_event), (time_a, event_a))

    # 3. How often the interval of the control median holds the true one.
    curve_a, curve_b = nt.kaplan_meier(time_a, event_a), nt.kaplan_meier(time_b, event_b)
    low, high = curve_a.median_interval
    covered = (low <= CONTROL) & ~(high < CONTROL)

    # 4. Months gained within 18 months: an effect that needs no proportional hazards.
    mean_a, mean_b = curve_a.restricted_mean(18), curve_b.restricted_mean(18)
    error = np.hypot(mean_a.standard_error, mean_b.standard_error)
    apart = (mean_b.estimate - mean_a.estimate) / error > 1.96
    print(
        f"{patients:3d}",
        f"{share(test.p_value < 0.05):>9s}",
        f"{share(responses.low > 0):>9s}",
        f"{share(null.p_value < 0.05):>18s}",
        f"{share(covered):>15s}",
        f"{share(apart):>22s}",
    )

# The words say how the axes were read: had the patients stood on the first axis, it would show.
print(nt.objective_response_rate(best_b))
print(curve_b)

# One of the trials by itself, with draws from its own patients beside the formulas.
first = nt.kaplan_meier(time_b[0], event_b[0])
print(first)
print(first.restricted_mean(18))
drawn = nt.bootstrap(
    lambda time, event: nt.kaplan_meier(time, event).restricted_mean(18).estimate,
    time_b[0],
    event_b[0],
    seed=13,
)
print(drawn)
print(nt.median_follow_up(time_b[0], event_b[0]))

# The way back from a study that was measured: `.subjects` has arm, time and event, one row a patient,
# and goes as it is to the libraries that fit models. The hazard ratio is not a number of this
# library; it goes to stderr, for which of the two is installed differs from place to place.
subjects, lesions = measured_study(np.random.default_rng(13), patients=120)
result = nt.assess({"subjects": subjects, "lesions": lesions})
pfs = {name: result.subjects[name] for name in ("arm", "pfs_days", "pfs_event")}
for name in ("control", "treated"):
    own = pfs["arm"] == name
    print(f"{name}: {own.sum()} patients, {pfs['pfs_event'][own].sum()} progressions")
with_lifelines(pfs)
with_r(pfs)

# > arm  log-rank  response  error of log-rank  median covered  restricted mean apart
# >  40      37 %      50 %                5 %            94 %                   32 %
# >  60      52 %      68 %                5 %            96 %                   44 %
# >  80      63 %      80 %                5 %            95 %                   54 %
# > 120      81 %      93 %                5 %            95 %                   72 %
# > objective response rate in 10,000 trials of 120 patients: from 24.2 to 56.7, middle 40.0 %; 95 % intervals
# > (Clopper-Pearson)
# > KaplanMeier(10,000 trials of 120 patients: medians from 6.7593 to 19.7901, middle 11.8879)
# > KaplanMeier(120 patients, 91 events, median 11.3605 (95 % interval 9.2596 to 14.9436))
# > RestrictedMean(11.16 up to 18.0, standard error 0.59, 95 % interval 9.99 to 12.3)
# > Bootstrap(11.16, 95 % interval 10.04 to 12.26; 2,000 draws, seed 13)
# > FollowUp(median 24.3296, 95 % interval 22.2196 to 25.275; 120 patients)
# > control: 60 patients, 60 progressions
# > treated: 60 patients, 48 progressions
