from portal.reminders.models.feeds import CalendarFeed
from portal.reminders.models.reminders import Digest, Outcome, Reminder, Retirement, TrackedDeadline

__all__ = ["CalendarFeed", "Digest", "Outcome", "Reminder", "Retirement", "TrackedDeadline"]
