"""Ten working days, public holidays left out."""

from __future__ import annotations

from datetime import datetime

import pytest

from orders.domain.objection import check_settlement, may_settle, objection_until
from tests.unit.orders.facts import NOW, paris


@pytest.mark.parametrize(
    ("replaced", "until"),
    [
        (paris(2022, 12, 22, 10), paris(2023, 1, 6)),  # Christmas and New Year's Day fall on Sundays
        (paris(2022, 12, 22, 23, 59, 59), paris(2023, 1, 6)),
        (paris(2022, 12, 23), paris(2023, 1, 7)),
        (paris(2022, 11, 15, 10), paris(2022, 11, 30)),
        (paris(2022, 10, 28, 10), paris(2022, 11, 16)),  # 1/11 and 11/11 are public holidays
        (paris(2023, 4, 28, 10), paris(2023, 5, 17)),  # 1/05 and 8/05
        (paris(2024, 5, 6, 10), paris(2024, 5, 24)),  # 8/05, Ascension on 9/05, Whit Monday on 20/05
        (paris(2022, 11, 12, 10), paris(2022, 11, 26)),  # replaced on a Saturday
    ],
)
def test_ten_working_days(replaced: datetime, until: datetime) -> None:
    assert objection_until(replaced) == until


@pytest.mark.parametrize(
    ("outcome", "answer", "state", "elsewhere", "codes"),
    [
        ("rejected", "Non", "signed_firm", False, []),
        ("rejected", "Non", "realised", True, []),
        ("upheld", "Oui", "signed_firm", False, []),
        ("upheld", "Oui", "realised", False, ["new_realised"]),
        ("upheld", "Oui", "replaced", True, ["engaged_elsewhere"]),
        ("perhaps", " ", "signed_firm", False, ["bad_outcome", "missing_field"]),
    ],
)
def test_settling(outcome: str, answer: str, state: str, elsewhere: bool, codes: list[str]) -> None:
    found = check_settlement(outcome=outcome, answer=answer, new_state=state, engaged_elsewhere=elsewhere)
    assert [refusal.code for refusal in found] == codes


def test_settled_once_after_it_is_raised() -> None:
    assert [r.code for r in may_settle(None, None)] == ["nothing_raised"]
    assert [r.code for r in may_settle(NOW, NOW)] == ["already_settled"]
    assert may_settle(NOW, None) == []
