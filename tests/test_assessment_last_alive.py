"""The last day known alive by all dates: which dates count, against a slow loop over random studies."""

import calendar
import csv
import datetime
import pickle
import random

import pytest

import nettumor as nt
from nettumor.__main__ import main
from nettumor.crf.sdtm_presence import PRESENCE

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # partial dates and domains without tables are the question

START = datetime.date(2024, 1, 1)


def lesions(*dates, subject="1"):
    """A target lesion that does not change."""
    return {
        "subject": [subject] * len(dates),
        "lesion": ["T1"] * len(dates),
        "role": ["TARGET"] * len(dates),
        "date": list(dates),
        "size": [50] * len(dates),
    }


def person(**dates):
    """A subjects table of one subject, randomised on the first of January."""
    return {
        name: [value] for name, value in {"subject": "1", "randomized": "2024-01-01"}.items()
    } | {name: [value] for name, value in dates.items()}


def domain(name, *rows, **columns):
    """An SDTM domain of subject 1; ``columns`` are without the letters of the domain."""
    of_rows = {f"{name}{end}": values for end, values in columns.items()}
    n = len(next(iter(of_rows.values())))
    return {"DOMAIN": [name] * n, "USUBJID": ["1"] * n} | of_rows


def alive(tables, **more):
    """Days from randomisation to the end of overall survival, and what the provenance says."""
    more = {"last_known_alive": "all dates"} | more
    tables = {"lesions": lesions("2024-01-01", "2024-02-01"), "subjects": person()} | tables
    done = nt.assess(tables, **more)
    return done.subjects["os_days"][0], rule_of(done)


def rule_of(done):
    """What the provenance says of the rule."""
    items = done.provenance["item"].tolist()
    return str(done.provenance["value"][items.index("last known alive")])


SCAN = 31  # the first of February, the last scan

CASES = {
    "a scan alone": ({}, SCAN),
    "treatment ended": ({"subjects": person(therapy_completed="2024-03-01")}, 60),
    "a new therapy began": ({"subjects": person(new_therapy="2024-03-01")}, 60),
    "given earlier": ({"subjects": person(last_known_alive="2024-01-10")}, SCAN),
    "given later": ({"subjects": person(last_known_alive="2024-03-01")}, 60),
    "a month counts at its first day": ({"subjects": person(therapy_completed="2024-03")}, 60),
    "a year counts at its first day": ({"subjects": person(therapy_completed="2024")}, SCAN),
    "the cut-off is no life": ({"subjects": person(data_cutoff="2024-12-31")}, SCAN),
    "nor the end of the study": ({"subjects": person(end_date="2024-12-31")}, SCAN),
    "nothing after the cut-off": (
        {"subjects": person(therapy_completed="2024-05-01", data_cutoff="2024-03-01")},
        60,
    ),
    "a sample": (
        {"markers": {"subject": ["1", "2"], "date": ["2024-03-01", "2024-09-01"],
                     "marker": ["CGA"] * 2, "value": [5, 6], "unit": ["ng/mL"] * 2}},
        60,
    ),
    "an adverse event began": ({"AE": domain("AE", STDTC=["2024-03-01"], ENDTC=[""])}, 60),
    "and ended": ({"AE": domain("AE", STDTC=["2024-03-01"], ENDTC=["2024-03-02T11:00"])}, 61),
    "with death": (
        {"AE": domain("AE", STDTC=["2024-03-01"], ENDTC=["2024-03-09"], OUT=["FATAL"])}, 60,
    ),
    "was written down": ({"AE": domain("AE", STDTC=["2024-03-01"], DTC=["2024-05-01"])}, 60),
    "a dose": ({"EX": domain("EX", STDTC=["2024-02-20"], ENDTC=["2024-03"])}, 60),
    "that did not occur": (
        {"EX": domain("EX", STDTC=["2024-02-20", "2024-03-01"], OCCUR=["N", ""])}, 60,
    ),
    "vital signs not done": (
        {"VS": domain("VS", DTC=["2024-03-01", "2024-03-09"], STAT=["", "NOT DONE"])}, 60,
    ),
    "a contact found alive": (
        {"SS": domain("SS", DTC=["2024-03-01", "2024-03-09"], STRESC=["ALIVE", "DEAD"])}, 60,
    ),
    "a contact that says nothing": ({"SS": domain("SS", DTC=["2024-03-01"])}, SCAN),
    "a visit": ({"SV": domain("SV", STDTC=["2024-03-01"])}, 60),
    "a disposition": ({"DS": domain("DS", STDTC=["2024-09-01"], DECOD=["COMPLETED"])}, SCAN),
    "a history": ({"MH": domain("MH", ENDTC=["2024-09-01"])}, SCAN),
    "of nobody": (
        {"AE": {"DOMAIN": ["AE"], "AESTDTC": ["2024-09-01"]}}, SCAN,
    ),
    "of another": (
        {"AE": {"DOMAIN": ["AE"], "USUBJID": ["9"], "AESTDTC": ["2024-09-01"]}}, SCAN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_which_dates_show_a_subject_alive(case):
    """Survival is censored at the last date that shows the subject alive."""
    tables, expected = CASES[case]
    assert alive(tables)[0] == expected


def test_the_default_is_as_given():
    """Without being asked for, no other date counts, and the provenance says so."""
    given = {"subjects": person(last_known_alive="2024-01-10", therapy_completed="2024-03-01")}
    ae = {"AE": domain("AE", STDTC=["2024-03-01"])}
    assert alive(given | ae, last_known_alive="as given") == (9, "as given, else the last scan")
    assert alive(ae, last_known_alive="as given")[0] == SCAN
    with pytest.raises(
        nt.InputError, match="`last_known_alive` must be one of 'as given', 'all da"
    ):
        alive({}, last_known_alive="all")


def test_no_date_after_death_shows_a_life():
    """A date after the last day on which the subject may have died is left out: the time to a new
    therapy ends with the last one before.
    """
    people = person(death="2024-03", therapy_completed="2024-03-15")
    ae = domain("AE", STDTC=["2024-03-31", "2024-04-01"])
    for tables, expected in (({}, 74), ({"AE": ae}, 90)):
        source = {"lesions": lesions("2024-01-01", "2024-02-01"), "subjects": people} | tables
        events = nt.assess(source, last_known_alive="all dates").events
        ttnt = events["parameter"] == "TTNT"
        assert events["time"][ttnt].tolist() == [expected]


def test_the_provenance_names_what_was_read():
    """The dates that counted, and the domains that were left aside where the tables were read."""
    ae = domain("AE", STDTC=["2024-03-01"])
    assert alive({"AE": ae})[1] == "all dates: lesions, subjects.randomized, AESTDTC"
    source = {"lesions": lesions("2024-01-01"), "subjects": person(), "ae": ae}
    left = nt.assess(nt.crf.read(source), last_known_alive="all dates")
    assert rule_of(left) == (
        'all dates: lesions, subjects.randomized; not read: AE (crf.read with others="dates")'
    )
    tables = nt.crf.read(source, others="dates")
    assert [t.name for t in tables.others] == ["AE"]
    assert [t.name for t in tables.replace(lesions=tables["lesions"]).others] == ["AE"]
    assert tables.inputs()["table"].tolist() == ["subjects", "lesions", "AE"]
    assert not tables.ignored
    assert "  dates alone: AE" in repr(tables).splitlines()
    assert pickle.loads(pickle.dumps(tables)) == tables
    taken = dict(zip(tables.intake["place"].tolist(), tables.intake["note"].tolist(), strict=True))
    assert taken["ae"] == "its dates alone, for the day last known alive"
    done = nt.assess(tables, last_known_alive="all dates")
    assert (done.subjects["os_days"][0], rule_of(done)[-7:]) == (60, "AESTDTC")
    with pytest.raises(nt.InputError, match="`others` must be one of 'leave', 'dates'"):
        nt.crf.read(source, others="read")


def test_days_and_dates_together():
    """A study of days counts its own days; where the subjects have dates, days are counted from
    the reference date; dates of domains cannot stand beside days alone.
    """
    scans = lesions(0, 31)
    scans["day"] = scans.pop("date")
    ae = domain("AE", STDTC=["2024-03-01"])
    for people, expected, said in (
        ({"subject": ["1"], "therapy_completed": [60]}, 60, "because the study counts days"),
        ({"subject": ["1"], "therapy_completed": [20]}, 31, "because the study counts days"),
        (person(therapy_completed="2024-01-10"), 60, "AESTDTC"),
        (person(therapy_completed="2024-03-05"), 64, "AESTDTC"),
    ):
        found = alive({"lesions": scans, "subjects": people, "AE": ae})
        assert found[0] == expected
        assert said in found[1]
    only = nt.assess({"lesions": scans}, last_known_alive="all dates")
    assert (only.subjects["os_days"][0], rule_of(only)) == (31, "all dates: lesions")


def test_dates_of_domains_are_read_as_those_of_the_tables():
    """What is said of the dates holds for the domains, too, two files of one domain both count, and
    cells that are no certain date are counted.
    """
    slashes = domain("AE", STDTC=["01/03/2024", "13/02/2024"])
    assert alive({"AE": slashes}) == (60, "all dates: lesions, subjects.randomized, AESTDTC")
    either = domain("AE", STDTC=["01/03/2024", "soon", "", "2024-02-02"])
    assert alive({"AE": either}, dates={"AESTDTC": "DMY"})[0] == 60
    assert alive({"AE": domain("AE", STDTC=["01/03/2024", "soon", ""])}) == (
        SCAN,
        "all dates: lesions, subjects.randomized; cells that are no certain date: AESTDTC 2",
    )
    two = {"ae_1": domain("AE", STDTC=["2024-02-20"]), "ae_2": domain("AE", STDTC=["2024-03-01"])}
    assert alive(two) == (60, "all dates: lesions, subjects.randomized, AESTDTC")


def test_the_reference_of_a_cycle_is_a_day_alive():
    """The column that is day 0 is a treatment of the subject."""
    people = person(crossover="2024-03-01")
    assert alive({"subjects": people}, reference="crossover")[0] == 0


def write(folder, **tables):
    """Tables as CSV files."""
    for name, table in tables.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([list(table), *zip(*table.values(), strict=True)])


def test_a_folder_and_the_command(tmp_path, capsys):
    """The domains of a folder are opened where the rule asks for them, by the command, too."""
    ae = domain("AE", STDTC=["2024-03-01"])
    folder = tmp_path / "study"
    folder.mkdir()
    write(folder, lesions=lesions("2024-01-01"), subjects=person(), ae=ae, suppae=ae, mh=ae)
    done = nt.assess(folder, last_known_alive="all dates")
    assert done.subjects["os_days"].tolist() == [60]
    assert nt.assess(folder).subjects["os_days"].tolist() == [0]
    out = tmp_path / "out.csv"
    call = ["assess", str(folder), "--output", str(out), "--last-known-alive"]
    assert main([*call, "all dates"]) == 0
    written = (tmp_path / "out_provenance.csv").read_text().splitlines()
    rows = {r["item"]: r["value"] for r in csv.DictReader(written)}
    assert rows["last known alive"] == "all dates: lesions, subjects.randomized, AESTDTC"
    assert main([*call, "all"]) == 2
    assert "`--last-known-alive` must be one of" in capsys.readouterr().err


def test_the_domains_and_their_variables_are_of_one_form():
    """Findings are dated by --DTC, others by their start; both by --ENDTC, too."""
    assert {v[len(d) :] for d, names in PRESENCE.items() for v in names} == {
        "DTC", "STDTC", "ENDTC",
    }  # fmt: skip
    assert not {"DS", "DM", "TV", "MH"} & set(PRESENCE)


def some_date(draw, most=400):
    """A date: full, of a month, of a year, or none."""
    day = START + datetime.timedelta(draw.randrange(most))
    return draw.choice([str(day)] * 6 + [str(day)[:7], str(day)[:4], ""])


def first_and_last(text):
    """The first and the last day that a date allows."""
    parts = [int(p) for p in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else None
    if len(parts) == 3:
        return (datetime.date(*parts),) * 2
    first = datetime.date(year, month or 1, 1)
    last = month or 12
    return first, datetime.date(year, last, calendar.monthrange(year, last)[1])


def random_study(draw):
    """Some subjects with dates in all tables."""
    names = [str(i) for i in range(draw.randrange(1, 5))]
    cutoff = draw.choice(["", str(START + datetime.timedelta(draw.randrange(100, 400)))])
    full = [str(START + datetime.timedelta(draw.randrange(400))) for _ in names]
    people = {
        "subject": names,
        "randomized": ["2024-01-01"] * len(names),
        "death": [draw.choice(["", "", d]) for d in full],
        "data_cutoff": [cutoff] * len(names),
    }
    for name in ("therapy_completed", "consent", "last_known_alive"):
        people[name] = [some_date(draw) for _ in names]

    def rows(n):
        return {
            "subject": [draw.choice(names) for _ in range(n)],
            "date": [some_date(draw) for _ in range(n)],
        }

    n = draw.randrange(1, 8)
    scans = rows(n) | {"lesion": ["T1"] * n, "role": ["TARGET"] * n, "size": [50] * n}
    scans["date"][0] = "2024-01-01"
    scans["visit"] = list(range(1, n + 1))
    n = draw.randrange(1, 8)
    samples = rows(n) | {"marker": ["CGA"] * n, "value": [5] * n, "unit": ["ng/mL"] * n}
    n = draw.randrange(1, 8)
    events = {
        "DOMAIN": ["AE"] * n,
        "USUBJID": [draw.choice(names) for _ in range(n)],
        "AESTDTC": [some_date(draw) for _ in range(n)],
        "AEENDTC": [some_date(draw) for _ in range(n)],
        "AEOUT": [draw.choice(["FATAL", "RECOVERED", ""]) for _ in range(n)],
    }
    return {"lesions": scans, "subjects": people, "markers": samples, "AE": events}


def by_hand(study, who):
    """Days and event of the overall survival of a subject, date by date."""
    people, i = study["subjects"], study["subjects"]["subject"].index(who)
    dates = [
        people[n][i] for n in ("randomized", "therapy_completed", "consent", "last_known_alive")
    ]
    for name in ("lesions", "markers"):
        own = zip(study[name]["subject"], study[name]["date"], strict=True)
        dates += [date for subject, date in own if subject == who]
    ae = study["AE"]
    for subject, start, end, outcome in zip(
        ae["USUBJID"], ae["AESTDTC"], ae["AEENDTC"], ae["AEOUT"], strict=True
    ):
        if subject == who:
            dates += [start] if outcome == "FATAL" else [start, end]
    death, cutoff = people["death"][i], people["data_cutoff"][i]
    seen = [first_and_last(d)[0] for d in dates if d]
    if death:
        seen = [d for d in seen if d <= first_and_last(death)[1]]
    last = max(seen)
    if death and not (cutoff and death > cutoff):
        return (first_and_last(death)[0] - START).days, True
    if death:
        last = max(last, first_and_last(death)[0])
    if cutoff:
        last = min(last, first_and_last(cutoff)[0])
    return (last - START).days, False


def test_random_studies_against_a_slow_loop():
    """Overall survival of every subject of random studies is what a loop over all dates says."""
    draw = random.Random(20240301)
    compared = 0
    for _ in range(150):
        study = random_study(draw)
        done = nt.assess(study, last_known_alive="all dates").subjects
        found = zip(
            done["subject"].tolist(),
            done["os_days"].tolist(),
            done["os_event"].tolist(),
            strict=True,
        )
        for who, days, event in found:
            assert (days, event) == by_hand(study, who), (study, who)
            compared += 1
    assert compared > 300
