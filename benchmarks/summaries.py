"""Summaries of many trials: rates, survival curves, tests and resampling, as ratios in one run.

Ten thousand trials of 100 patients (exponential times, a third censored), each question asked of
all trials at once and, beside it,
- trial by trial through the library itself, and through `scipy.stats` (what the library called
  before it took leading axes);
- trial by trial through lifelines, where it is installed; scikit-survival for one long cohort.
Slow loops run over some of the trials and are scaled. What is compared must agree: a difference
ends the run with an error. One `numpy.sort` of the same times is the yardstick of the machine.
Run it as ``python benchmarks/summaries.py [trials]``.
"""

import importlib.util
import sys
import time
import warnings

import numpy as np
from records import record
from scipy import stats

import nettumor as nt

PATIENTS = 100
ASKED = (50.0, 100.0)


def once(question):
    start = time.perf_counter()
    question()
    return time.perf_counter() - start


def ratios(ours, theirs, rounds=5):
    """How many times as long theirs takes, round by round, the two in turn."""
    return np.array([once(theirs) / once(ours) for _ in range(rounds)])


class Run:
    """What was measured."""

    def compare(self, what, ours, theirs, scale=1.0):
        """``theirs`` against ``ours``; ``scale``: how much more there would be of theirs."""
        record(what, "the library, all trials at once", scale * ratios(ours, theirs))


def trials_of(count):
    random = np.random.default_rng(20081001)
    shape = (count, PATIENTS)
    event, end = random.exponential(100, shape), random.exponential(250, shape)
    best = random.choice(np.array([3, 5, 7, 8], np.int8), shape)
    return np.minimum(event, end), event <= end, best


def scipy_curve(time, event):
    curve = stats.ecdf(stats.CensoredData.right_censored(time, ~event)).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        band = curve.confidence_interval(0.95, method="log-log")
    return curve.evaluate(ASKED), band.low.evaluate(ASKED)


def curves(time, event):
    km = nt.kaplan_meier(time, event)
    return km.median, km.survival_at(ASKED), km.confidence_interval(ASKED)


def rates(run, best, some):
    def ours():
        return nt.objective_response_rate(best)

    def exact():
        counts = (best[:some] >= nt.Response.PR).sum(axis=1)
        return [stats.binomtest(int(c), PATIENTS).proportion_ci(0.95) for c in counts]

    np.testing.assert_allclose(ours().low[:some], [c.low for c in exact()], atol=1e-12)
    np.testing.assert_allclose(ours().high[:some], [c.high for c in exact()], atol=1e-12)
    run.compare("rates: root search a trial (scipy)", ours, exact, len(best) / some)


def survival(run, time, event, some):
    scale = len(time) / some

    def ours():
        return curves(time, event)

    def loop():
        return [curves(t, e) for t, e in zip(time[:some], event[:some], strict=True)]

    def scipy_loop():
        return [scipy_curve(t, e) for t, e in zip(time[:some], event[:some], strict=True)]

    together = ours()
    for i, alone in enumerate(loop()):
        np.testing.assert_array_equal(together[0][i], alone[0])
        np.testing.assert_array_equal(together[1][i], alone[1])
        np.testing.assert_array_equal(together[2].low[i], alone[2].low)
    np.testing.assert_array_equal(together[1][:some], [c[0] for c in scipy_loop()])
    run.compare("curves, medians, intervals: one sort of the times", lambda: np.sort(time), ours)
    run.compare("curves, medians, intervals: trial by trial", ours, loop, scale)
    run.compare("curves and intervals: scipy.stats.ecdf a trial", ours, scipy_loop, scale)
    mean = nt.kaplan_meier(time, event)
    run.compare(
        "restricted mean with its error: one sort of the times",
        lambda: np.sort(time),
        lambda: nt.kaplan_meier(time, event).restricted_mean(100.0),
    )
    assert not np.isnan(mean.restricted_mean(50.0).estimate).all()
    if importlib.util.find_spec("lifelines"):
        from lifelines import KaplanMeierFitter

        few = max(1, some // 10)

        def lifelines_loop():
            return [
                KaplanMeierFitter().fit(t, e).median_survival_time_
                for t, e in zip(time[:few], event[:few], strict=True)
            ]

        found = np.array(lifelines_loop())
        np.testing.assert_array_equal(np.where(np.isinf(found), np.nan, found), together[0][:few])
        run.compare("curves: lifelines a trial", ours, lifelines_loop, len(time) / few)


def tests(run, time, event, some):
    half = PATIENTS // 2
    a, b = (time[:, :half], event[:, :half]), (time[:, half:], event[:, half:])

    def ours():
        return nt.log_rank(a, b)

    def groups(count):
        return (((a[0][i], a[1][i]), (b[0][i], b[1][i])) for i in range(count))

    def loop():
        return [nt.log_rank(*g).statistic for g in groups(some)]

    def scipy_loop():
        found = []
        for (s, d), (t, e) in groups(some):
            x, y = (stats.CensoredData.right_censored(v, ~w) for v, w in ((s, d), (t, e)))
            found.append(stats.logrank(x, y).statistic ** 2)
        return found

    for theirs in (loop, scipy_loop):
        np.testing.assert_allclose(ours().statistic[:some], theirs(), rtol=1e-9)
    run.compare("log-rank: trial by trial", ours, loop, len(time) / some)
    run.compare("log-rank: scipy.stats.logrank a trial", ours, scipy_loop, len(time) / some)
    if importlib.util.find_spec("lifelines"):
        from lifelines.statistics import logrank_test

        few = max(1, some // 10)

        def lifelines_loop():
            return [logrank_test(x[0], y[0], x[1], y[1]).test_statistic for x, y in groups(few)]

        np.testing.assert_allclose(ours().statistic[:few], lifelines_loop(), rtol=1e-6)
        run.compare("log-rank: lifelines a trial", ours, lifelines_loop, len(time) / few)


def one_long_cohort(run, patients=1_000_000):
    """A curve and a test of a million times, rounded to whole days."""
    random = np.random.default_rng(1)
    time, event = np.ceil(random.exponential(900, patients)), random.random(patients) < 0.7
    group = random.random(patients) < 0.5

    def ours():
        return nt.kaplan_meier(time, event)

    if importlib.util.find_spec("sksurv"):
        from sksurv.nonparametric import kaplan_meier_estimator

        x, y = kaplan_meier_estimator(event, time)
        np.testing.assert_allclose(ours().survival_at(x), y, atol=1e-9)
        run.compare(
            "curve of a million times: scikit-survival",
            ours,
            lambda: kaplan_meier_estimator(event, time),
        )
    if importlib.util.find_spec("lifelines"):
        from lifelines import KaplanMeierFitter
        from lifelines.statistics import logrank_test

        run.compare(
            "curve of a million times: lifelines",
            ours,
            lambda: KaplanMeierFitter().fit(time, event),
        )
        pair = (time[group], event[group]), (time[~group], event[~group])
        run.compare(
            "log-rank of a million times: lifelines",
            lambda: nt.log_rank(*pair),
            lambda: logrank_test(pair[0][0], pair[1][0], pair[0][1], pair[1][1]),
        )


def main(count):
    time, event, best = trials_of(count)
    run, some = Run(), min(count, 100)
    print(f"{count:,} trials of {PATIENTS} patients: how many times as long the other takes")
    rates(run, best, some)
    survival(run, time, event, some)
    tests(run, time, event, some)
    one_long_cohort(run)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
