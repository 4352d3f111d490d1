"""Curves and log-rank tests beside R's survival package, on invented patients with many ties.

Skipped where Rscript or the package is not there; numbers of R that are stored for everybody stand
in `test_summaries_trials`.
"""

import functools
import io
import shutil
import subprocess

import numpy as np
import pytest

import nettumor as nt

UNTIL, TIMES = 9, [0, 2, 4.5, 7, 12]
SCRIPT = (
    f"times <- c({', '.join(map(str, TIMES))}); until <- {UNTIL}"
    + r"""
library(survival)
d <- read.csv(file("stdin"))
for (k in unique(d$study)) {
  s <- d[d$study == k, ]
  one <- survfit(Surv(time, event) ~ 1, s, conf.type = "log-log")
  at <- summary(one, times, extend = TRUE)
  said <- summary(one, rmean = until)$table
  ends <- quantile(one, c(0.25, 0.5))
  cat(at$surv, at$lower, at$upper, at$n.risk, said[c("rmean", "se(rmean)")],
      unlist(ends), survdiff(Surv(time, event) ~ arm, s)$chisq,
      survdiff(Surv(time, event) ~ arm, s, rho = 1)$chisq,
      survdiff(Surv(time, event) ~ arm + strata(region), s)$chisq, "\n")
}
"""
)


def studies():
    """Twelve studies of 40 to 120 patients in three arms and two regions: study, time, event, arm,
    region, one row a patient.
    """
    random = np.random.default_rng(20081001)
    for study in range(12):
        n = int(random.integers(40, 121))
        arm, region = random.integers(0, 3, n), random.integers(0, 2, n)
        time = np.ceil(2 * random.exponential(6 + 3 * arm, n)) / 2
        censored = random.uniform(1, 30, n) < time
        yield np.column_stack([np.full(n, study), time, ~censored, arm, region])


@functools.cache
def said_by_r():
    """What R says of each study, a row of numbers each."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not there")
    table = io.StringIO()
    np.savetxt(
        table,
        np.vstack(list(studies())),
        "%g",
        ",",
        header="study,time,event,arm,region",
        comments="",
    )
    done = subprocess.run(
        ["Rscript", "-e", SCRIPT],
        input=table.getvalue(),
        capture_output=True,
        text=True,
        check=False,
    )
    if "there is no package called" in done.stderr:
        pytest.skip("R has no package survival")
    assert done.returncode == 0, done.stderr
    return np.array(
        [line.replace("NA ", "nan ").split() for line in done.stdout.splitlines()], dtype=float
    )


def ours(patients):
    """The same numbers in the same order."""
    _, time, event, arm, region = patients.T
    event = event.astype(bool)
    km = nt.kaplan_meier(time, event)
    band, mean = km.confidence_interval(TIMES), km.restricted_mean(UNTIL)
    ends = [km.quantile_interval(share) for share in (0.25, 0.5)]
    groups = [(time[arm == a], event[arm == a]) for a in range(3)]
    strata = [region[arm == a] for a in range(3)]
    return [
        *km.survival_at(TIMES),
        *band.low,
        *band.high,
        *[(time >= t).sum() for t in TIMES],
        mean.estimate,
        mean.standard_error,
        *[km.quantile(share, flat="middle") for share in (0.25, 0.5)],
        *[e.low for e in ends],
        *[e.high for e in ends],
        nt.log_rank(*groups).statistic,
        nt.log_rank(*groups, weights=(1, 0)).statistic,
        nt.log_rank(*groups, strata=strata).statistic,
    ]


@pytest.mark.parametrize("study", range(12))
def test_as_r(study):
    expected, patients = said_by_r()[study], list(studies())[study]
    np.testing.assert_allclose(ours(patients), expected, rtol=2e-6, atol=1e-12)
