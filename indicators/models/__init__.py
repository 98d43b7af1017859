from indicators.models.counters import DailyCounter, UserMonth
from indicators.models.decisions import YearDecision
from indicators.models.deposits import Deposit, DepositCell
from indicators.models.questions import UsageQuestion
from indicators.models.results import MeasureResult

__all__ = ["DailyCounter", "Deposit", "DepositCell", "MeasureResult", "UsageQuestion", "UserMonth", "YearDecision"]
