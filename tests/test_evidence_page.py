"""The page on the review says what the library answers."""

import doctest
import pathlib

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "what_the_review_says.md"


def test_the_page_is_true():
    """Every example of the page gives the answer that is printed under it."""
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried >= 10
    assert failed == 0
