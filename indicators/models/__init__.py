from indicators.models.counters import DailyCounter, UserMonth
from indicators.models.deposits import Deposit, DepositCell

__all__ = ["DailyCounter", "Deposit", "DepositCell", "UserMonth"]
