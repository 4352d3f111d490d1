"""Best overall response by the details of admiralonco's manual (`derive_param_confirmed_bor`,
`derive_param_bor`), one assessment at a time: candidates, then the first of the best.
"""

ORDER = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING")


def confirmed(course, i, wanted, between, days, most):
    """Whether the first of the ``wanted`` that is late enough confirms an assessment; ``most`` says
    how many of a word may stand up to it.
    """
    later = course[i + 1 :]
    due = course[i][1] + days
    last = next((j for j, (w, d) in enumerate(later) if w in wanted and d >= due), None)
    if last is None:
        return False
    words = [w for w, _ in later[: last + 1]]
    if not set(words) <= between or any(words.count(w) > n for w, n in most.items()):
        return False
    return "CR" not in words or "PR" not in words[words.index("CR") :] or wanted == {"CR"}


def best(words, days, *, confirm, window, most_ne=1, accept_sd=False, missing_as_ne=False):
    """(response, day) of one patient; ``confirm`` None: no confirmation is asked for."""
    course = [(w, d) for w, d in zip(words, days, strict=True) if w != "MISSING"]
    until = next((i for i, (w, _) in enumerate(course) if w == "PD"), len(course))
    course = course[: until + 1]  # observations up to the first PD
    found = []
    for i, (word, day) in enumerate(course):
        said = {"PD": "PD"}.get(word, "NE")
        if word in ("CR", "PR", "SD") and day >= window and (confirm is not None or word == "SD"):
            said = "SD"
        if word == "NON-CR/NON-PD" and day >= window:
            said = word
        if confirm is None:
            said = word if word in ("CR", "PR") else said
        elif word == "CR" and confirmed(course, i, {"CR"}, {"CR", "NE"}, confirm, {"NE": most_ne}):
            said = "CR"
        elif word == "PR" and confirmed(
            course,
            i,
            {"CR", "PR"},
            {"CR", "PR", "SD", "NE"},
            confirm,
            {"NE": most_ne, "SD": int(accept_sd)},
        ):
            said = "PR"
        found.append((ORDER.index(said), day))
    if not found:
        return ("NE" if missing_as_ne else "MISSING"), None
    place, day = min(found)
    return ORDER[place], day
