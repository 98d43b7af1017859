"""The Celery application of the stand-in, with a job that keeps a pool process busy."""

import os
import time
from pathlib import Path

from celery import Celery

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task
def nap(sign: str) -> None:
    """Say that the job is under way, then keep its process busy."""
    Path(sign).write_text(str(os.getpid()))
    time.sleep(600)
