"""What a study gives goes through pickle, copy, process pools and forks, and comes back equal."""

import concurrent.futures
import copy
import multiprocessing
import pathlib
import pickle
import sys
from types import MappingProxyType

import attrs
import numpy as np
import pytest

import nettumor as nt
from nettumor import crf, edit_checks
from nettumor._sealed import alike, sealed
from nettumor.crf import forked
from nettumor.crf.columns import Column
from nettumor.crf.reading import read_quietly
from nettumor.edit_checks.engine.configuration import Configuration
from nettumor.study import like_courses

LESIONS = {
    "subject": ["01", "01", "01", "01", "02", "02"],
    "lesion": ["T1", "T1", "N1", "N1", "T1", "T1"],
    "role": ["TARGET", "TARGET", "NON-TARGET", "NON-TARGET", "TARGET", "TARGET"],
    "date": ["2024-01-01", "2024-03-01"] * 3,
    "size": [50.0, 30.0, np.nan, np.nan, 40.0, np.nan],
    "state": ["", "", "PRESENT", "PRESENT", "", "NE"],
}
SUBJECTS = {"subject": ["01", "02"], "randomized": ["2024-01-01", "2024-01-01"], "arm": ["A", "B"]}
STUDY = {"lesions": LESIONS, "subjects": SUBJECTS}
CONFIGURATION = Configuration(
    parameters=MappingProxyType({"U01": MappingProxyType({"tol_mm": 1.0})}),
    off={"M22": "the method is not collected"},
)


def holdings():
    """One of each of what a user keeps of a study."""
    tables = crf.read(STUDY)
    done = nt.assess(tables)
    return {
        "Tables": tables,
        "CrfTable": tables["lesions"],
        "Column": tables["lesions"].column("lesion"),
        "Column of numbers": tables["lesions"].column("size"),
        "Assessment": done,
        "Table": done.intake,
        "timepoints": done.timepoints,
        "Findings": edit_checks.run(tables),
        "Configuration": CONFIGURATION,
    }


def writeable(value, path="", seen=None):
    """The paths of arrays inside that could be written to."""
    seen = set() if seen is None else seen
    if id(value) in seen or isinstance(value, (str, bytes, int, float, type, type(None))):
        return []
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        return [path] * value.flags.writeable
    if type(value) in (dict, MappingProxyType):
        parts = dict(value)
    elif isinstance(value, (list, tuple)):
        parts = dict(enumerate(value))
    else:
        parts = dict(getattr(value, "__dict__", {}))
        if attrs.has(type(value)):
            parts |= {f.name: getattr(value, f.name) for f in attrs.fields(type(value))}
    return [p for name, part in parts.items() for p in writeable(part, f"{path}.{name}", seen)]


@pytest.mark.parametrize(
    "way", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))], ids=["deepcopy", "pickle"]
)
def test_what_comes_back_is_equal_and_read_only(way):
    """Each of them is equal to what it was, keeps no array that can be written to, and prints so."""
    for name, held in holdings().items():
        back = way(held)
        assert back is not held, name
        assert back == held, name
        assert not writeable(back), name
        if name != "timepoints":  # sentences are made when asked for, and carried as made
            assert repr(back) == repr(held), name


def test_what_comes_back_answers_as_before():
    """Sentences, ADaM tables, kinds of dates and the configuration survive."""
    held = holdings()
    back = pickle.loads(pickle.dumps(held))
    done, again = held["Assessment"], back["Assessment"]
    assert [again.explain(row) for row in range(4)] == [done.explain(row) for row in range(4)]
    assert {n: t.rows() for n, t in again.to_adam().items()}.keys() == done.to_adam().keys()
    assert again.outcome.times["PFS"].time.tolist() == done.outcome.times["PFS"].time.tolist()
    assert nt.assess(back["Tables"]) == done
    assert edit_checks.run(back["Tables"]) == held["Findings"]
    assert back["Configuration"].parameters["U01"]["tol_mm"] == 1.0
    with pytest.raises(TypeError):
        back["Configuration"].parameters["U01"]["tol_mm"] = 2.0


def test_one_cell_makes_unequal():
    """A size, a type of column, a file's name, a rule or a finding tells two of them apart."""
    one, done = crf.read(STUDY), nt.assess(STUDY)
    other = crf.read({**STUDY, "lesions": {**LESIONS, "size": [50.0, 31.0, *LESIONS["size"][2:]]}})
    as_text = crf.read({**STUDY, "lesions": {**LESIONS, "size": ["50", "30", "", "", "40", ""]}})
    assert one == crf.read(STUDY)
    assert one != other
    assert one["lesions"] != other["lesions"]
    assert one["lesions"] != as_text["lesions"]
    assert one["subjects"] == other["subjects"]
    assert one["lesions"] != one["subjects"]
    assert one["lesions"] != "lesions"
    assert one != dict(one)
    assert done != nt.assess(other)
    assert done != nt.assess(STUDY, criteria=nt.criteria.WHO_1981)
    assert done != "done"
    found = edit_checks.run(one)
    assert found != edit_checks.run(one, criteria=nt.criteria.WHO_1981)
    assert found != edit_checks.run(other, checks=["S02"])
    assert Column.of_text(["a", "b"]) != Column.of_text(["a"])
    assert Column.of_text(["a", "b"]) == Column(words=["b", "a"], codes=np.array([1, 0]))
    assert Column.of_text(["a"]) != "a"


def test_what_assess_gives_cannot_be_written_to():
    """The arrays behind the tables are read-only from the start."""
    done = nt.assess(STUDY)
    assert not writeable((done.judgement, done.outcome.best, done.reference))
    with pytest.raises(ValueError, match="read-only"):
        done.judgement.overall[0, 0] = 3


def test_what_is_read_cannot_be_written_to():
    """Nor can what tables and findings keep, once it was asked for: no answer changes behind them."""
    tables = crf.read(STUDY)
    lesions, before = tables["lesions"], nt.assess(tables)
    found = edit_checks.run(tables)
    for values in (
        lesions["size"],
        lesions.rows,
        lesions.text("state"),
        lesions.blank("size"),
        lesions.column("state").codes,
        *lesions.keys_of("subject"),
        lesions.lesions.role,
        lesions.lesions.nodal,
        found.cause,
        found.subjects,
        before.outcome.times["PFS"].time,
        before.outcome.best_percent,
        before.outcome.unconfirmed.response,
    ):
        with pytest.raises(ValueError, match="read-only"):
            values[...] = values
    assert nt.assess(tables) == before
    assert edit_checks.run(tables) == found


def test_arrays_that_were_given_stay_writeable():
    """A column is a read-only view: who made it may go on with the arrays."""
    words, codes = np.array(["a", "b"], dtype=object), np.array([0, 1], dtype=np.int32)
    column = Column(words=words, codes=codes)
    assert not column.codes.flags.writeable
    assert codes.flags.writeable
    assert words.flags.writeable


def test_arrays_and_mappings_are_compared_element_by_element():
    """NaN is equal to NaN; kinds, lengths, names and their order count."""
    numbers = np.array([1.0, np.nan])
    assert alike({"a": numbers}, MappingProxyType({"a": numbers.copy()}))
    assert not alike({"a": numbers}, {"b": numbers})
    assert not alike({"a": numbers}, {"a": numbers[:1]})
    assert not alike(numbers, np.array(["1", "nan"]))
    assert not alike({"a": 1}, 1)
    held = [np.zeros(2)]
    held.append(held)  # one that holds itself is walked once
    assert not sealed(held)[0].flags.writeable


def test_a_pool_of_processes_takes_and_gives_them():
    """Tables go to a spawned process and the assessment comes back, equal to one made here."""
    tables = crf.read(STUDY)
    with concurrent.futures.ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn")
    ) as pool:
        assert pool.submit(nt.assess, tables).result(timeout=120) == nt.assess(tables)


@pytest.mark.parametrize(
    "way",
    [
        "spawn",
        pytest.param(
            "fork",
            marks=[
                pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there"),
                pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # 3.12 warns of threads
            ],
        ),
    ],
)
def test_a_pool_carries_each_of_them(way):
    """Each goes to another process and comes back equal and read-only, and the checks that run there
    under a configuration find what they find here.
    """
    held = holdings()
    context = multiprocessing.get_context(way)
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        back = pool.submit(copy.deepcopy, held).result(timeout=120)
        found = pool.submit(
            edit_checks.run, held["Tables"], configuration=held["Configuration"]
        ).result(timeout=120)
    for name, value in held.items():
        assert back[name] == value, name
        assert not writeable(back[name]), name
    assert found == edit_checks.run(held["Tables"], configuration=CONFIGURATION)
    assert found != held["Findings"]


def test_courses_judged_in_groups_come_back_equal(monkeypatch):
    """An assessment, and findings, of unlike courses, which are judged in groups."""
    monkeypatch.setattr(like_courses, "_SPARE", 0)
    monkeypatch.setattr(like_courses, "_SMALL", 0)
    uneven = {name: [*cells, cells[1]] for name, cells in LESIONS.items()}
    uneven["date"][-1] = "2024-05-01"
    done, found = nt.assess({"lesions": uneven}), edit_checks.run({"lesions": uneven})
    assert len(done.judgement.each) > 1
    for held in (done, found):
        for back in (copy.deepcopy(held), pickle.loads(pickle.dumps(held))):
            assert back == held
            assert not writeable(back)


EXPORTS = pathlib.Path(__file__).resolve().parent / "data" / "exports"


def read_exports():
    """The tables of each export of one study: every reader is at work."""
    folders = sorted(p for p in EXPORTS.iterdir() if p.is_dir())
    return {p.name: read_quietly(p, study=p.with_suffix(".toml")) for p in folders}


def to_queue(answers):
    """What a forked child reads, sent to its parent."""
    for item in read_exports().items():
        answers.put(item)


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Python 3.12 warns of threads
def test_a_forked_child_reads_after_every_reader():
    """Text, XPORT, workbooks, XML, files of R, SPSS and Stata: a forked child reads each after its
    parent has read them all, and its tables are equal to those of the parent.
    """
    here = read_exports()
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    child = fork.Process(target=to_queue, args=(answers,))
    child.start()
    try:
        there = dict(answers.get(timeout=120) for _ in here)
    finally:
        child.kill()
        child.join()
    assert len(here) > 10
    for name, tables in here.items():
        assert there[name] == tables, name
        assert not writeable(there[name]), name


def in_a_fork(source, answers):
    """What a forked child reads, or its refusal."""
    try:
        answers.put(nt.assess(source).subjects["best"].tolist())
    except nt.InputError as error:
        answers.put(str(error))


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Python 3.12 warns of threads
@pytest.mark.parametrize("kind", ["csv", "parquet", "pandas", "polars", "pyarrow", "tables"])
def test_a_forked_child_reads_or_refuses(kind, tmp_path):
    """After a reader was at work in the parent, a forked child reads, too; what only Polars reads
    is refused in one sentence, and nothing waits for threads that are not there.
    """
    polars, pandas = pytest.importorskip("polars"), pytest.importorskip("pandas")
    frame = polars.DataFrame(LESIONS)
    if kind in ("csv", "parquet"):
        source = tmp_path / f"lesions.{kind}"
        getattr(frame, f"write_{kind}")(source)
    elif kind == "tables":
        source = crf.read({"lesions": LESIONS})
    else:
        frames = {"polars": frame, "pandas": pandas.DataFrame(LESIONS)}
        source = {"lesions": frames[kind] if kind in frames else frame.to_arrow()}
    here = nt.assess(source).subjects["best"].tolist()
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    child = fork.Process(target=in_a_fork, args=(source, answers))
    child.start()
    try:
        answer = answers.get(timeout=60)
    finally:
        child.kill()
        child.join()
    if kind in ("parquet", "polars"):
        assert "cannot be read in a process that was forked after Polars was loaded" in answer
        assert 'multiprocessing.get_context("spawn")' in answer
    else:
        assert answer == here


def test_long_text_is_read_without_polars_in_a_forked_child(monkeypatch):
    """A long CSV is read by Python alone there, to the same table."""
    from nettumor.crf import plain_text

    monkeypatch.setattr(plain_text, "LONG", 1)
    assert plain_text.plain_columns("a,b\n1,2\n3,4\n", ",", 2, 2) is not None
    monkeypatch.setattr(forked, "_lost", {"polars"})
    assert plain_text.plain_columns("a,b\n1,2\n3,4\n", ",", 2, 2) is None
