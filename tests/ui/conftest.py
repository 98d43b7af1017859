"""The components are tested alone: their own templates, urls and middleware, no database."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.ui import sample


@pytest.fixture(autouse=True)
def ui_only(settings: Settings) -> Settings:
    """Settings of the sample pages; the content security policy is stricter than the portal's own."""
    settings.TEMPLATES = sample.TEMPLATES
    settings.ROOT_URLCONF = "tests.ui.sample"
    settings.MIDDLEWARE = [
        "csp.middleware.CSPMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
    settings.FORM_RENDERER = "portal.ui.forms.DsfrRenderer"
    settings.PORTAL_STATE_BRAND = False
    settings.SECURE_SSL_REDIRECT = False
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {"default-src": ["'self'"], "base-uri": ["'none'"], "form-action": ["'self'"]}
    }
    return settings
