from indicators.models.counters import DailyCounter, UserMonth
from indicators.models.decisions import YearDecision
from indicators.models.deposits import Deposit, DepositCell
from indicators.models.questions import UsageQuestion
from indicators.models.results import MeasureResult
from indicators.models.uploads import ActivityToken, Upload

__all__ = [
    "ActivityToken",
    "DailyCounter",
    "Deposit",
    "DepositCell",
    "MeasureResult",
    "Upload",
    "UsageQuestion",
    "UserMonth",
    "YearDecision",
]
