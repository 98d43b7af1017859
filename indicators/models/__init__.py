from indicators.models.counters import DailyCounter, UserMonth
from indicators.models.deposits import Deposit, DepositCell
from indicators.models.results import MeasureResult
from indicators.models.uploads import ActivityToken, Upload

__all__ = ["ActivityToken", "DailyCounter", "Deposit", "DepositCell", "MeasureResult", "Upload", "UserMonth"]
