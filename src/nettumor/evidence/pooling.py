"""Rates of several studies pooled, as fixed and as random effects on the logit scale.

Fixed: inverse variance. Random: tau2 by DerSimonian-Laird, Paule-Mandel or REML, the interval by
Hartung and Knapp 2001 (doi 10.1002/sim.1009) with the ad hoc floor (the factor is never below 1;
Knapp and Hartung 2003, doi 10.1002/sim.1482), or, where a study has a zero cell, by a binomial-normal
likelihood. Prediction interval: Higgins, Thompson and Spiegelhalter 2009, doi
10.1111/j.1467-985X.2008.00552.x, with k - 2 degrees of freedom.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from nettumor._arrays import Bools, Floats, as_numbers, broadcast
from nettumor.errors import InputError, choose, refuse, true_or_false
from nettumor.evidence import binomial_normal
from nettumor.evidence.heterogeneity import (
    ESTIMATORS,
    Heterogeneity,
    cochran_q,
    heterogeneity,
    with_tau2,
)
from nettumor.tables import Table

LIKELIHOOD = "binomial-normal"
METHODS = (*ESTIMATORS, LIKELIHOOD)
"""Ways to estimate the variance between studies."""

_NAMES = {
    "DL": "DerSimonian-Laird",
    "PM": "Paule-Mandel",
    "REML": "REML",
    LIKELIHOOD: "binomial-normal maximum likelihood",
}


@frozen(repr=False)
class Estimate:
    """A pooled estimate with its interval, on the scale of the question (a rate, or an effect).

    Attributes
    ----------
    estimate, low, high : float
        NaN where there is none; ``reason`` says why.
    effect, se : float
        The same on the scale of pooling (logits for rates), with its standard error.
    method : str
        How it was estimated, and its interval.
    reason : str
        Why there is none; blank where there is.

    Examples
    --------
    >>> from nettumor.evidence import pool
    >>> pool([8], [15]).fixed.reason
    'fewer than two studies'
    """

    estimate: float
    low: float
    high: float
    effect: float
    se: float
    method: str
    reason: str = ""

    def __repr__(self) -> str:
        if self.reason:
            return f"Estimate(none: {self.reason})"
        return f"Estimate({self.estimate:.3f}, {self.low:.3f} to {self.high:.3f}; {self.method})"


@frozen(eq=False, repr=False)
class Pooling:
    """Studies pooled, as returned by `pool` and `pool_effects`.

    Attributes
    ----------
    fixed, random : Estimate
        Under one true effect for all, and under effects that vary around a mean.
    heterogeneity : Heterogeneity
        ``.tau2``, ``.q``, ``.i2``.
    prediction : Estimate
        Where the true rate of a further study is expected.
    weights_fixed, weights_random : ndarray of float, shape (study,)
        Share of each study in the two estimates; 0 where it is not used. Under the binomial-normal
        likelihood NaN: it has no weights.
    used : ndarray of bool, shape (study,)
        Studies with patients.
    methods : Table
        Every estimator beside the others; the binomial-normal likelihood where it is the method.
    choices : tuple of str
        What was decided, a sentence each.

    Examples
    --------
    >>> from nettumor.evidence import pool
    >>> pool([8, 3, 10], [15, 7, 30])
    Pooling(3 studies; fixed 0.406, 0.280 to 0.545; random 0.409, 0.157 to 0.719; tau2 0.024, I2 0.08)
    """

    fixed: Estimate
    random: Estimate
    heterogeneity: Heterogeneity
    prediction: Estimate
    weights_fixed: Floats
    weights_random: Floats
    used: Bools
    methods: Table
    choices: tuple[str, ...] = field(factory=tuple)

    def explain(self) -> str:
        """The estimates and every choice behind them, a sentence each.

        Returns
        -------
        str

        Examples
        --------
        >>> from nettumor.evidence import pool
        >>> print(pool([8], [15]).explain())
        No pooled estimate: fewer than two studies.
        """
        if self.fixed.reason:
            return " ".join([f"No pooled estimate: {self.fixed.reason}.", *self.choices])
        h = self.heterogeneity
        lines = [
            f"Fixed {_shown(self.fixed)}; random {_shown(self.random)}.",
            f"Q {h.q:.2f} on {h.df} df (p {h.p_value:.3f}), tau2 {h.tau2:.3f} ({h.method}), I2 "
            f"{100 * h.i2:.0f} %.",
            f"Prediction interval: {self.prediction.reason}."
            if self.prediction.reason
            else f"Prediction interval {self.prediction.low:.3f} to {self.prediction.high:.3f}.",
        ]
        return " ".join([*lines, *self.choices])

    def __repr__(self) -> str:
        n = int(np.count_nonzero(self.used))
        if self.fixed.reason:
            return f"Pooling({n} studies; no pooled estimate: {self.fixed.reason})"
        fixed, random = (
            f"{e.estimate:.3f}, {e.low:.3f} to {e.high:.3f}" for e in (self.fixed, self.random)
        )
        h = self.heterogeneity
        return (
            f"Pooling({n} studies; fixed {fixed}; random {random}; tau2 {h.tau2:.3f}, "
            f"I2 {h.i2:.2f})"
        )


def no_estimate(reason: str) -> Estimate:
    """No estimate, and why."""
    nan = float("nan")
    return Estimate(estimate=nan, low=nan, high=nan, effect=nan, se=nan, method="", reason=reason)


def _shown(e: Estimate) -> str:
    if e.reason:
        return f"none ({e.reason})"
    return f"{e.estimate:.3f} ({e.low:.3f} to {e.high:.3f}; {e.method})"


def pool_effects(
    effects: npt.ArrayLike,
    variances: npt.ArrayLike,
    *,
    method: str = "REML",
    hartung_knapp: bool = True,
    level: float = 0.95,
) -> Pooling:
    """Pool effects with known variances (log ratios, logits, means).

    Parameters
    ----------
    effects : array_like of float, shape (study,)
        Effect of each study.
    variances : array_like of float, shape (study,)
        Variance of each within its study, above 0.
    method : {"DL", "PM", "REML"}
        Estimator of the variance between studies.
    hartung_knapp : bool
        Interval of the random effects mean by Hartung and Knapp with the ad hoc floor; else normal.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    Pooling
        On the scale of the effects.

    Raises
    ------
    InputError
        For NaN, infinite values, a variance of 0 or less, or unequal shapes.

    References
    ----------
    DerSimonian and Laird 1986; Paule and Mandel 1982; Viechtbauer 2005; Hartung and Knapp 2001.

    Examples
    --------
    >>> pooled = pool_effects([0.1, 0.5, 0.9], [0.04, 0.04, 0.04], method="DL")
    >>> round(pooled.heterogeneity.tau2, 6), round(pooled.random.estimate, 6)
    (0.12, 0.5)
    """
    choose("method", method, ESTIMATORS)
    y, v = broadcast(
        effects=np.atleast_1d(as_numbers(effects, "effects")),
        variances=np.atleast_1d(as_numbers(variances, "variances")),
    )
    if y.ndim != 1:
        raise InputError(
            f"`effects` must be one-dimensional, one for each study; got shape {y.shape}. Ravel them.",
            argument="effects",
        )
    refuse("effects", "finite", y, ~np.isfinite(y), "Leave the study out.")
    refuse("variances", "above 0", v, ~(np.isfinite(v) & (v > 0)), "Leave the study out.")
    for argument, values in (("effects", y), ("variances", v)):
        large = ~(np.abs(values) < 1e100)
        refuse(argument, "below 1e100", values, large, "Give them in another unit.")
    return _pool(y, v, method, hartung_knapp, _level(level), lambda x: x)


def pool(
    counts: npt.ArrayLike,
    totals: npt.ArrayLike,
    *,
    method: str | None = None,
    hartung_knapp: bool = True,
    level: float = 0.95,
) -> Pooling:
    """Pool rates of studies on the logit scale.

    Parameters
    ----------
    counts, totals : array_like of int, shape (study,)
        Responders and patients of each study. A study of no patients is not used and changes
        nothing.
    method : {"DL", "PM", "REML", "binomial-normal"}, optional
        Default: "binomial-normal" where a study has a zero cell (nobody, or everybody), else
        "REML". By inverse variance a study with a zero cell has 0.5 added to both cells.
    hartung_knapp, level
        As in `pool_effects`; the binomial-normal interval is that of the profile likelihood.

    Returns
    -------
    Pooling
        Rates from 0 to 1. Fewer than two studies: no pooled estimate; fewer than three: no
        prediction interval; each with the reason.

    Raises
    ------
    InputError
        For counts that are negative, no whole numbers, missing, or above their totals.

    References
    ----------
    As in `pool_effects`; Stijnen, Hamza and Ozdemir 2010, doi 10.1002/sim.4040.

    Examples
    --------
    >>> pooled = pool([0, 8, 12], [9, 11, 18])
    >>> pooled.random.method
    'binomial-normal maximum likelihood, interval of the profile likelihood'
    """
    x, n = _counts(counts, totals)
    used = n > 0
    zero = bool(np.any((x[used] == 0) | (x[used] == n[used])))
    method = (LIKELIHOOD if zero else "REML") if method is None else method
    choose("method", method, METHODS)
    level = _level(level)
    if np.count_nonzero(used) < 2:
        return _nothing("fewer than two studies", used, _NAMES[method])
    # By inverse variance a zero cell needs something added; the likelihood does not.
    added = np.where((x[used] == 0) | (x[used] == n[used]), 0.5, 0.0)
    yes, no = x[used] + added, n[used] - x[used] + added
    logits, variances = np.log(yes / no), 1 / yes + 1 / no
    estimator = "REML" if method == LIKELIHOOD else method
    pooled = _pool(logits, variances, estimator, hartung_knapp, level, _rate)
    choices = [f"{int(used.size - used.sum())} study of no patients not used."] * (not used.all())
    if zero:
        choices.append(
            "A study has a zero cell: 0.5 is added to its cells by inverse variance; the "
            "binomial-normal likelihood needs nothing added."
        )
    if method == LIKELIHOOD:
        fixed, random, tau2 = _likelihood(x[used], n[used], level)
        row = _likelihood_row(random, tau2)
        pooled = evolve(
            _by_likelihood(pooled, x[used], n[used], fixed, random, tau2, level),
            heterogeneity=with_tau2(variances, tau2, _NAMES[LIKELIHOOD], pooled.heterogeneity),
            methods=Table({k: [*a.tolist(), row[k]] for k, a in pooled.methods.items()}),
        )
    weights = [np.zeros(used.shape) for _ in range(2)]
    weights[0][used], weights[1][used] = pooled.weights_fixed, pooled.weights_random
    return evolve(
        pooled,
        weights_fixed=weights[0],
        weights_random=weights[1],
        used=used,
        choices=(*choices, *pooled.choices),
    )


def _counts(counts: npt.ArrayLike, totals: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, n = broadcast(
        counts=np.atleast_1d(as_numbers(counts, "counts")),
        totals=np.atleast_1d(as_numbers(totals, "totals")),
    )
    if x.ndim != 1:
        raise InputError(
            f"`counts` must be one-dimensional, one for each study; got shape {x.shape}. Ravel them.",
            argument="counts",
        )
    for name, values in (("counts", x), ("totals", n)):
        whole = np.isfinite(values) & (values >= 0) & (np.floor(values) == values)
        refuse(name, "whole numbers of patients", values, ~whole, "Leave the study out.")
    refuse("counts", "at most the total of its study", x, x > n, "Swap counts and totals?")
    return x, n


def _level(level: float) -> float:
    from nettumor.summaries.rates import as_level

    return as_level(level)


def _rate(logit: Any) -> Any:
    return 0.5 * (1 + np.tanh(np.asarray(logit) / 2))


def _nothing(reason: str, used: Bools, name: str) -> Pooling:
    nan, none = float("nan"), no_estimate(reason)
    return Pooling(
        fixed=none,
        random=none,
        heterogeneity=Heterogeneity(nan, nan, 0, nan, nan, name),
        prediction=evolve(none, reason="fewer than three studies"),
        weights_fixed=np.zeros(used.shape),
        weights_random=np.zeros(used.shape),
        used=used,
        methods=Table({name: np.zeros(0) for name in _COLUMNS}),
    )


_COLUMNS = ("model", "tau2_by", "interval", "estimate", "low", "high", "tau2")


def _pool(
    y: Floats, v: Floats, method: str, hartung_knapp: bool, level: float, back: Any
) -> Pooling:
    """Inverse-variance pooling on the scale of ``y``; ``back`` takes it to the scale shown."""
    if y.size < 2:
        return _nothing("fewer than two studies", np.ones(y.shape, dtype=np.bool_), _NAMES[method])
    found = {name: heterogeneity(y, v, name) for name in ESTIMATORS}
    fixed = _mean(y, v, 0.0, False, level, back, "inverse variance")
    rows = [("fixed", "", "normal", fixed, 0.0)]
    for name, h in found.items():
        for knapp in (False, True):
            mean = _mean(y, v, h.tau2, knapp, level, back, _NAMES[name])
            rows.append(("random", name, _interval_name(knapp), mean, h.tau2))
    chosen = found[method]
    knapp = true_or_false("hartung_knapp", hartung_knapp)
    random = _mean(y, v, chosen.tau2, knapp, level, back, _NAMES[method])
    weights = [1 / v, 1 / (v + chosen.tau2)]
    return Pooling(
        fixed=fixed,
        random=random,
        heterogeneity=chosen,
        prediction=_prediction(random, chosen.tau2, y.size, level, back),
        weights_fixed=weights[0] / weights[0].sum(),
        weights_random=weights[1] / weights[1].sum(),
        used=np.ones(y.shape, dtype=np.bool_),
        methods=_methods(rows),
    )


def _interval_name(knapp: bool) -> str:
    return "Hartung-Knapp with floor" if knapp else "normal"


def _methods(rows: list[tuple[str, str, str, Estimate, float]]) -> Table:
    cells = [(m, by, i, e.estimate, e.low, e.high, t) for m, by, i, e, t in rows]
    return Table(dict(zip(_COLUMNS, zip(*cells, strict=True), strict=True)))


def _mean(
    y: Floats, v: Floats, tau2: float, knapp: bool, level: float, back: Any, name: str
) -> Estimate:
    """The weighted mean with its interval, normal or by Hartung and Knapp with the floor."""
    from scipy import stats

    weights = 1 / (v + tau2)
    mean, se = float(np.average(y, weights=weights)), float(1 / np.sqrt(weights.sum()))
    if knapp:
        # The floor: the interval is never narrower than that of the usual standard error.
        se *= max(1.0, float(np.sqrt(cochran_q(y, v, tau2) / (y.size - 1))))
        quantile = float(stats.t.ppf((1 + level) / 2, y.size - 1))
    else:
        quantile = float(stats.norm.ppf((1 + level) / 2))
    return Estimate(
        estimate=float(back(mean)),
        low=float(back(mean - quantile * se)),
        high=float(back(mean + quantile * se)),
        effect=mean,
        se=se,
        method=f"{name}, {_interval_name(knapp)} interval",
    )


def _prediction(random: Estimate, tau2: float, k: int, level: float, back: Any) -> Estimate:
    """Where the true effect of a further study lies, with k - 2 degrees of freedom."""
    from scipy import stats

    reason = random.reason or ("fewer than three studies" if k < 3 else "")
    if reason:
        return no_estimate(reason)
    width = float(np.sqrt(tau2 + random.se**2))
    quantile = float(stats.t.ppf((1 + level) / 2, k - 2))
    return Estimate(
        estimate=random.estimate,
        low=float(back(random.effect - quantile * width)),
        high=float(back(random.effect + quantile * width)),
        effect=random.effect,
        se=width,
        method=f"Student's t with {k - 2} df",
    )


def _by_likelihood(
    pooled: Pooling,
    x: Floats,
    n: Floats,
    fixed: Estimate,
    random: Estimate,
    tau2: float,
    level: float,
) -> Pooling:
    """The estimates by the binomial-normal likelihood in the place of those by inverse variance."""
    if x.sum() in (0, n.sum()):
        reason = "nobody responded in any study" if x.sum() == 0 else "everybody responded"
        prediction = no_estimate(reason)
        choice = f"{reason.capitalize()}: tau2 is 0, the interval is exact."
    else:
        prediction = _prediction(random, tau2, x.size, level, _rate)
        choice = "Q is that of the logits with 0.5 added to zero cells."
    return evolve(
        pooled,
        fixed=fixed,
        random=random,
        prediction=prediction,
        weights_fixed=n / n.sum(),
        weights_random=np.full(x.shape, np.nan),
        choices=(choice,),
    )


def _likelihood(x: Floats, n: Floats, level: float) -> tuple[Estimate, Estimate, float]:
    """Fixed and random estimate and tau2 by the likelihood of the counts."""
    fixed = _all_patients(x, n, level)
    if x.sum() in (0, n.sum()):  # no finite logit; no sign of a difference between studies either
        return fixed, fixed, 0.0
    fit = binomial_normal.fit(x, n, level)
    if not fit.bounded:
        why = "the likelihood has no maximum: nobody or everybody in each study"
        return fixed, no_estimate(why), float("nan")
    random = Estimate(
        estimate=float(_rate(fit.mu)),
        low=float(_rate(fit.low)),
        high=float(_rate(fit.high)),
        effect=fit.mu,
        se=fit.se,
        method=f"{_NAMES[LIKELIHOOD]}, interval of the profile likelihood",
    )
    return fixed, random, fit.tau2


def _all_patients(x: Floats, n: Floats, level: float) -> Estimate:
    """One rate for all studies: the share of all patients, with its exact interval."""
    from scipy import stats

    count, total = int(x.sum()), int(n.sum())
    interval = stats.binomtest(count, total).proportion_ci(level, method="exact")
    share = count / total
    with np.errstate(divide="ignore"):
        logit = float(np.log(share) - np.log1p(-share))
        se = float(np.sqrt(1 / np.float64(count) + 1 / np.float64(total - count)))
    return Estimate(
        estimate=share,
        low=0.0 if count == 0 else float(interval.low),
        high=1.0 if count == total else float(interval.high),
        effect=logit,
        se=se,
        method="share of all patients, exact interval",
    )


def _likelihood_row(random: Estimate, tau2: float) -> dict[str, Any]:
    """The binomial-normal estimate as a row of the table of methods."""
    ends = (random.estimate, random.low, random.high)
    cells = ("random", LIKELIHOOD, "profile likelihood", *ends, tau2)
    return dict(zip(_COLUMNS, cells, strict=True))
