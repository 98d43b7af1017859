"""Two pages: one that reads the database, one that never ends."""

import os
import time
from pathlib import Path

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.urls import path


def home(_request: HttpRequest) -> HttpResponse:
    """How many groups there are."""
    return HttpResponse(f"groups={Group.objects.count()}")


def slow(_request: HttpRequest) -> HttpResponse:
    """Say that the request is under way, then keep its thread busy."""
    (Path(os.environ["PORTAL_VAR"]) / "slow").write_text(str(os.getpid()))
    time.sleep(600)
    return HttpResponse("late")


urlpatterns = [path("", home), path("slow", slow)]
