from indicators.models.counters import DailyCounter, UserMonth
from indicators.models.deposits import Deposit, DepositCell
from indicators.models.results import MeasureResult

__all__ = ["DailyCounter", "Deposit", "DepositCell", "MeasureResult", "UserMonth"]
