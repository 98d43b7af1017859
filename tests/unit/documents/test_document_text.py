"""The filters of printed documents."""

import pytest

from portal.documents.templatetags import document_text as text


@pytest.mark.parametrize("blank", ["", "  ", "\u00a0"])
def test_a_blank_is_said_to_be_unknown(blank: str) -> None:
    assert text.stated(blank) == '<span class="unknown">non renseigné</span>'


def test_a_value_is_left_to_autoescaping() -> None:
    assert text.stated("<b>A&B</b>") == "<b>A&B</b>"
    assert not hasattr(text.stated("<b>"), "__html__")


def test_instants_are_printed_on_paris_clocks() -> None:
    assert text.moment("2022-11-15T09:32:00+00:00") == "15/11/2022 à\u00a010\u00a0h\u00a032"
    assert text.moment_exact("2022-07-15T22:30:07+00:00").startswith(
        "16/07/2022 à\u00a00\u00a0h\u00a030\u00a0min\u00a007"
    )
    assert text.date_of("2022-07-15T22:30:00+00:00") == "16/07/2022"
    assert text.date_of("2022-07-15") == "15/07/2022"


@pytest.mark.parametrize(
    ("rate", "printed"),
    [("20.00", "20\u00a0%"), ("8.50", "8,5\u00a0%"), ("0.00", "0\u00a0%"), ("100.00", "100\u00a0%")],
)
def test_rates(rate: str, printed: str) -> None:
    assert text.percent(rate) == printed


def test_amounts() -> None:
    assert text.euros_of("1050.00") == "1\u202f050,00\u00a0€"


@pytest.mark.parametrize("filter_", [text.moment, text.moment_exact, text.date_of, text.percent, text.euros_of])
def test_the_unknown_stays_empty_for_stated_to_say(filter_) -> None:  # type: ignore[no-untyped-def]
    assert filter_("") == ""


def test_hashes_are_cut_in_groups() -> None:
    sha256 = "0123456789abcdef" * 4
    assert text.short_hash(sha256) == "0123\u00a04567\u00a089ab\u00a0cdef"
    assert text.long_hash(sha256).replace(" ", "") == sha256
