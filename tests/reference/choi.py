"""Choi and PERCIST, one patient and one visit at a time, in Decimals; None is not measured."""

from decimal import Decimal


def choi(sums, attenuations, progressions, *, both=False, nadir=False):
    """Choi et al. 2007, Table 2 (``both``: modified Choi); answers from the second timepoint on."""
    answers = [None]
    no_disease = all(value is None for value in (*sums, *attenuations))
    for i in range(1, len(sums)):
        size, density = sums[i], attenuations[i]
        answers.append(
            _choi_visit(
                sums, attenuations, i, size, density, progressions[i], both, nadir, no_disease
            )
        )
    return answers[: len(sums)]


def _choi_visit(sums, attenuations, i, size, density, progression, both, nadir, no_disease):
    if progression:
        return "PD"  # new lesions, new or growing nodules, non-measurable progression
    if no_disease:
        return None
    if size == 0:
        return "CR"  # disappearance of all lesions
    # A decrease in size of 10 % or more; a decrease in attenuation of 15 % or more.
    shrunk = None if size is None or sums[0] is None else size * 100 <= sums[0] * 90
    fainter = (
        None
        if density is None or attenuations[0] is None
        else density * 100 <= attenuations[0] * 85
    )
    if both:
        if shrunk and fainter:
            return "PR"
    elif shrunk or fainter:
        return "PR"
    if shrunk is None or fainter is None:
        return "NE"
    reference = min(value for value in sums[:i] if value is not None) if nadir else sums[0]
    if size > reference and size * 100 >= reference * 110 and not fainter:
        return "PD"  # an increase of 10 % or more that does not meet PR by attenuation
    return "SD"


def percist(uptakes, new_lesions, resolved):
    """Wahl et al. 2009: both 30 % and 0.8 SUL, from baseline."""
    answers, base = [None], uptakes[0] if uptakes else None
    nothing = all(value is None for value in uptakes)
    for value, new, gone in list(zip(uptakes, new_lesions, resolved, strict=True))[1:]:
        if new:
            answers.append("PD")
        elif gone or value == 0:
            answers.append("CR")
        elif nothing:
            answers.append(None)
        elif value is None:
            answers.append("NE")
        elif value - base >= Decimal("0.8") and value * 100 >= base * 130:
            answers.append("PD")
        elif base - value >= Decimal("0.8") and value * 100 <= base * 70:
            answers.append("PR")
        else:
            answers.append("SD")
    return answers[: len(uptakes)]
