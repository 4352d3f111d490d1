"""The axes side by side: the cohort's table, cross-tables and Cohen's kappa against counting by
hand.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nettumor as nt
from reference import profile as twin
from strategies import response_codes

NAN = np.nan
judgements = st.lists(st.tuples(response_codes(), response_codes()), max_size=40)


def test_kappa_of_a_published_example():
    """Two readers, 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: kappa 0.4 (the common textbook
    example).
    """
    a = np.repeat([7, 7, 3, 3], [20, 5, 10, 15])
    b = np.repeat([7, 3, 7, 3], [20, 5, 10, 15])
    kappa = nt.cohens_kappa(a, b)
    assert (kappa.estimate, kappa.observed, kappa.expected) == pytest.approx((0.4, 0.7, 0.5))
    assert (kappa.count, kappa.excluded) == (50, 0)


@given(pairs=judgements)
def test_kappa_and_cross_table_agree_with_counting(pairs):
    """Kappa is that of exact fractions over the patients judged on both; the cross-table counts
    every pair.
    """
    a, b = (np.array([p[i] for p in pairs], dtype=np.int8) for i in (0, 1))
    for array in (a, b):
        array.setflags(write=False)
    words = [[nt.Response(int(c)).label for c in codes] for codes in (a, b)]
    kappa, (expected, count) = nt.cohens_kappa(a, b), twin.kappa(*words)
    np.testing.assert_allclose(
        kappa.estimate, NAN if expected is None else float(expected), atol=1e-12
    )
    assert (kappa.count, kappa.excluded) == (count, len(pairs) - count)
    np.testing.assert_equal(nt.cohens_kappa(b, a).estimate, kappa.estimate)
    table, counted = nt.cross_table(a, b), twin.cross(*words)
    cells = {
        (row["response"], name): n
        for row in table.rows()
        for name, n in row.items()
        if name != "response"
    }
    assert {pair: n for pair, n in cells.items() if n} == counted


def test_kappa_of_nobody_and_of_one_category():
    """Nobody judged on both, or one category only: kappa is NaN, agreement is still said."""
    none = nt.cohens_kappa([1, 0, 7], [7, 7, 1])
    assert np.isnan([none.estimate, none.observed, none.expected]).all()
    assert repr(none) == "Kappa(nan: 0 of 0 agree, 3 not judged on both)"
    same = nt.cohens_kappa([7, 7], [7, 7])
    assert np.isnan(same.estimate)
    assert (same.observed, same.expected, same.count) == (1.0, 1.0, 2)


class TestProfile:
    """One object for a cohort."""

    @pytest.fixture
    def profile(self):
        return nt.ResponseProfile(
            morphological=[7, 5, 5, 3, 0],
            biological=[7, 7, 5, 3, 1],
            symptomatic=[8, 7, 1, 3, 7],
            time=[900, 400, NAN, 100, 50],
            event=[False, True, False, True, True],
            subject=list("ABCDE"),
        )

    def test_table(self, profile):
        """One row per patient: every axis as a label, and survival."""
        table = profile.table()
        assert list(table) == [
            "subject",
            "morphological",
            "biological",
            "symptomatic",
            "time",
            "event",
        ]
        assert table.rows()[1] == {
            "subject": "B",
            "morphological": "SD",
            "biological": "PR",
            "symptomatic": "PR",
            "time": 400.0,
            "event": True,
        }

    def test_counts(self, profile):
        """Every response on every axis is counted; each axis adds up to the cohort."""
        table = profile.counts()
        assert table["response"].tolist()[:2] == ["CR", "PR"]
        rows = {row.pop("response"): tuple(row.values()) for row in table.rows()}
        assert (rows["PR"], rows["NE"], rows["MISSING"]) == ((1, 2, 2), (0, 1, 1), (1, 0, 0))
        assert [table[axis].sum() for axis in profile.axes] == [5, 5, 5]

    def test_agreement(self, profile):
        """A row for each pair of axes, with those not judged on both counted."""
        table = profile.agreement()
        assert table["first"].tolist() == ["morphological", "morphological", "biological"]
        assert table["second"].tolist() == ["biological", "symptomatic", "symptomatic"]
        assert table["count"].tolist() == [4, 3, 3]
        assert table["excluded"].tolist() == [1, 2, 2]
        kappa = nt.cohens_kappa(profile.morphological, profile.biological)
        assert (table["kappa"][0], table["observed"][0]) == (kappa.estimate, 0.75)

    def test_cross_tables(self, profile):
        """A cross-table for each pair of axes; its counts add up to the cohort."""
        tables = profile.cross_tables()
        assert len(tables) == 3
        for table in tables.values():
            assert sum(table[name].sum() for name in table if name != "response") == 5

    def test_sentences(self, profile):
        """A patient's axes in one sentence, with survival where it is known."""
        assert (
            profile.explain(0)
            == "morphological PR, biological PR, symptomatic CR; 900.0 days without the event"
        )
        assert profile.explain(1).endswith("; 400.0 days to the event")
        assert profile.explain(2).endswith("; no time")
        assert nt.ResponseProfile(biological=[5]).explain(0) == "biological SD"
        assert repr(profile).startswith(
            "ResponseProfile(5 patients: morphological 1 PR, 2 SD, 1 PD, 1 MISSING; bio"
        )

    def test_axes_may_be_left_out(self):
        """One axis is enough; patients are numbered where they have no names; no pair, no
        agreement.
        """
        profile = nt.ResponseProfile(symptomatic=np.array([8, 3], np.int8))
        assert list(profile.axes) == ["symptomatic"]
        assert profile.table()["subject"].tolist() == [0, 1]
        assert profile.agreement().n_rows == 0
        assert profile.cross_tables() == {}

    def test_an_empty_cohort(self):
        """No patients are fine."""
        profile = nt.ResponseProfile(morphological=[], biological=[])
        assert profile.table().n_rows == 0
        assert np.isnan(profile.agreement()["kappa"]).all()
        assert nt.cross_table([], []).n_rows == 0

    def test_it_takes_endpoints(self):
        """Time and event come from an endpoint as they are."""
        os = nt.overall_survival([100, NAN], [NAN, 300])
        profile = nt.ResponseProfile(morphological=[3, 7], time=os.time, event=os.event)
        assert profile.table()["event"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: nt.ResponseProfile(),
            "`ResponseProfile` must have at least one axis of morphological, biological",
        ),
        (
            lambda: nt.ResponseProfile(morphological=[7], biological=[7, 5]),
            r"`morphological` \(1,\), `biol",
        ),
        (
            lambda: nt.ResponseProfile(morphological=[[7]]),
            r"of one length; got `morphological` \(1, 1\)",
        ),
        (
            lambda: nt.ResponseProfile(morphological=[7], time=[5]),
            "`time` and `event` must be given together",
        ),
        (
            lambda: nt.ResponseProfile(morphological=[7], time=[5, 6], event=[True, True]),
            r"`time` \(2,\)",
        ),
        (lambda: nt.ResponseProfile(biological=["PR"]), "`biological` must be Response codes"),
        (lambda: nt.ResponseProfile(biological=[7], subject=["A", "B"]), r"`subject` \(2,\)"),
        (lambda: nt.cohens_kappa([7, 5], [7]), r"one shape, .* got shapes \(2,\) and \(1,\)"),
        (lambda: nt.cross_table([[7]], [[7]]), "one-dimensional and of one length"),
        (lambda: nt.cross_table([7], [9]), "`b` must be Response codes from 0 to 8; got 9"),
    ],
)
def test_bad_input(call, message):
    """Bad input is refused with the argument, what it must be, and the repair."""
    with pytest.raises(nt.InputError, match=message):
        call()


def test_discordant_patients_by_name():
    """Who was judged differently on two axes; NE and MISSING are no judgement."""
    profile = nt.ResponseProfile(
        morphological=[7, 5, 5, 1, 0],
        biological=[7, 5, 1, 8, 0],
        symptomatic=[7, 8, 0, 8, 3],
        subject=["01", "02", "03", "04", "05"],
    )
    found = profile.discordant()
    assert found["subject"].tolist() == ["02"]
    assert found.rows() == [
        {"subject": "02", "morphological": "SD", "biological": "SD", "symptomatic": "CR"}
    ]
    assert nt.ResponseProfile(morphological=[7, 5]).discordant().n_rows == 0
