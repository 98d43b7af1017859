"""The Celery application and its beat schedule."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="job_tasks")
app.conf.beat_schedule = {
    "outbox-sweep": {"task": "portal.outbox.tasks.sweep", "schedule": 60.0},
    "jobs": {"task": "portal.outbox.job_tasks.run_jobs", "schedule": 60.0},
    "orders-deadlines": {"task": "orders.tasks.apply_deadlines", "schedule": 60.0},
    "reminders": {"task": "portal.reminders.tasks.remind", "schedule": 120.0},
    "breaches": {"task": "homologation.tasks.remind_breaches", "schedule": 60.0},
    "certificates": {"task": "homologation.tasks.remind_expiries", "schedule": 3600.0},
    "insi-decisions": {"task": "homologation.tasks.follow_decisions", "schedule": 3600.0},
    "audit-root": {"task": "portal.audit.tasks.publish_daily_root", "schedule": 900.0},
    "evidence": {"task": "portal.documents.tasks.request_evidence", "schedule": 900.0},
    "indicators": {"task": "indicators.tasks.compute_indicators", "schedule": crontab("40", "4")},
    "activity": {"task": "indicators.tasks.read_all_deposits", "schedule": 60.0},
    "usage-questions": {"task": "indicators.tasks.ask_questions", "schedule": crontab("10", "5")},
    "supervision": {"task": "homologation.tasks.supervise", "schedule": crontab("30", "5")},
    "insi-proofs": {"task": "homologation.tasks.verify_proofs", "schedule": crontab("50", "3")},
    "audit-reads": {"task": "portal.audit.tasks.forget_reads", "schedule": 3600.0},
    "time-stamps": {
        "task": "portal.documents.tasks.renew_timestamps",
        "schedule": crontab("17", "3", day_of_month="2"),
    },
    "referencing-deadlines": {"task": "portal.referencing.tasks.apply_deadlines", "schedule": 60.0},
}
