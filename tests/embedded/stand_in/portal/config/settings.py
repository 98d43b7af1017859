"""Settings of the stand-in."""

import os
import sys
from pathlib import Path

import dj_database_url

SECRET_KEY = os.environ["PORTAL_SECRET_KEY"]
ALLOWED_HOSTS = os.environ["PORTAL_ALLOWED_HOSTS"].split(",")
# As the real « migrate »: by the owner of the tables.
_URL = os.environ.get("DATABASE_OWNER_URL" if "migrate" in sys.argv else "DATABASE_URL", os.environ["DATABASE_URL"])
DATABASES = {"default": dj_database_url.parse(_URL)}
CELERY_BROKER_URL = os.environ["CELERY_BROKER_URL"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.staticfiles", "fakeapp"]
ROOT_URLCONF = "fakeapp.urls"
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ["PORTAL_VAR"]) / "static"
