"""The portal's settings for the type checker, which reads models but never connects."""

from __future__ import annotations

import os

for _name, _value in {
    "PORTAL_ENV": "test",
    "PORTAL_SECRET_KEY": "only-to-read-types",
    "DATABASE_URL": "postgresql://nobody@localhost/nothing",
    "CELERY_BROKER_URL": "redis://localhost/0",
}.items():
    os.environ.setdefault(_name, _value)

from portal.config.settings import *  # noqa: E402, F403
