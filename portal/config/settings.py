"""Django settings. Every environment variable is described in docs/OPERATING.md."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from portal.config import env, seal_env

BASE_DIR = Path(__file__).resolve().parents[2]
ENVIRONMENT = env.environment()
PORTAL_DEMO = env.flag("PORTAL_DEMO")
PORTAL_STATE_BRAND = env.flag("PORTAL_STATE_BRAND")
PORTAL_VAR = env.var_folder(BASE_DIR / "var")
PORTAL_BASE_URL = env.base_url("http://127.0.0.1:8000")
_SECURE = PORTAL_BASE_URL.startswith("https://")
PSC = env.psc(ENVIRONMENT, demo=PORTAL_DEMO)
PSC_CHOICE_URL = "home:switch"
EVIDENCE_KEYS = env.evidence_keys(ENVIRONMENT, needed=PSC is not None)

DEBUG = False
SECRET_KEY = env.required("PORTAL_SECRET_KEY")
ALLOWED_HOSTS = env.host_list("PORTAL_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [PORTAL_BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "csp",
    "dsfr",
    "django_htmx",
    "pgtrigger",
    "portal.ui",
    "portal.accounts",
    "portal.audit",
    "portal.outbox",
    "portal.workflow",
    "portal.documents",
    "portal.imports",
    "portal.programmes",
    "portal.registry",
    "portal.referencing",
    "orders",
    "attestations",
    "indicators",
    "homologation",
    "portal.reminders",
    "portal.rulemaking",
    "portal.home",
    "portal.demo",
    "portal.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.accounts.middleware.ActorMiddleware",
    "portal.home.confinement.ConfinementMiddleware",
]

ROOT_URLCONF = "portal.config.urls"
WSGI_APPLICATION = "portal.config.wsgi.application"
FORM_RENDERER = "portal.ui.forms.DsfrRenderer"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["portal.ui.templatetags.french"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.home.context.chrome",
            ],
        },
    }
]

DATABASES = {
    "default": {
        **dj_database_url.parse(env.required("DATABASE_URL"), conn_max_age=60, conn_health_checks=True),
        "ATOMIC_REQUESTS": False,
        # The server keeps the plans of what is asked again and again: half of its work otherwise.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5},
    }
}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: locks and triggers guard the money.")
DATABASE_OWNER = env.database_owner()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL = env.required("CELERY_BROKER_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_ALWAYS_EAGER = ENVIRONMENT == "test"
CELERY_TASK_EAGER_PROPAGATES = ENVIRONMENT == "test"

_cache_location = None if ENVIRONMENT == "test" else env.cache_location(CELERY_BROKER_URL)
CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _cache_location}
    if _cache_location
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if ENVIRONMENT == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.accounts.adapter.ClosedAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
SOCIALACCOUNT_ADAPTER = "portal.accounts.psc.provider.PscSocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
# An address is unique where there is one (constraint « user_email »): Pro Santé Connect gives none.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Portail Segur Officine"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = PORTAL_VAR / "static"
_MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_FINDERS = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = ENVIRONMENT != "production"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _MANIFEST if ENVIRONMENT == "production" else _FINDERS},
}
DOCUMENTS_FOLDER = PORTAL_VAR / "documents"
PROOFS_FOLDER = PORTAL_VAR / "proofs"
AUDIT_FOLDER = PORTAL_VAR / "audit"

# The activity logs: raw files, parts, and the bounds of the engine that reads them.
ACTIVITY_FOLDER = env.folder("ACTIVITY_FOLDER", PORTAL_VAR / "activity")
PROOFS_KEPT_YEARS = env.number("PROOFS_KEPT_YEARS", 10, least=0)
ACTIVITY_MEMORY_MB = env.number("ACTIVITY_MEMORY_MB", 1500, least=256)
ACTIVITY_THREADS = env.number("ACTIVITY_THREADS", 2, least=1)

# The seals of the documents. A demonstration makes its own authority, marked as such; see docs/OPERATING.md.
SEAL_DEMO_FOLDER = PORTAL_VAR / "seal"
SEAL_BACKEND = seal_env.backend(ENVIRONMENT, demo=PORTAL_DEMO)
SEAL_KEY = env.optional_path("SEAL_KEY")
SEAL_PASSWORD = os.environ.get("SEAL_PASSWORD", "")
SEAL_PKCS11 = env.group("SEAL_PKCS11", ("module", "token", "pin", "label"), needed=SEAL_BACKEND == "pkcs11")
SEAL_CSC = env.group("SEAL_CSC", ("url", "credential", "token", "pin"), needed=SEAL_BACKEND == "csc")
SEAL_ROOTS = env.optional_path("SEAL_ROOTS")
SEAL_FETCH = env.flag("SEAL_FETCH")
TSA_URLS = seal_env.tsa_urls(ENVIRONMENT, demo=PORTAL_DEMO)
seal_env.check(ENVIRONMENT, SEAL_BACKEND, key=SEAL_KEY, roots=SEAL_ROOTS, demo=PORTAL_DEMO)

# Files that people send: the certificates that they may have signed with, and the antivirus where there is one.
SIGNATURE_ROOTS = env.optional_path("SIGNATURE_ROOTS")
CLAMAV_ADDRESS = env.clamav()

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = PORTAL_VAR / "mail"
if ENVIRONMENT == "production":
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = env.host_and_port("PORTAL_SMTP", "localhost:25")
DEFAULT_FROM_EMAIL = "Portail Ségur Officine <ne-pas-repondre@portail.invalid>"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        # Logging out and signing are forms that lead to the identity provider.
        "form-action": ["'self'", *(PSC.origins if PSC else ())],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = _SECURE
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _SECURE
SECURE_HSTS_PRELOAD = _SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600
X_FRAME_OPTIONS = "DENY"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint", "fontTools", "pikepdf")}
    | {name: {"level": "ERROR"} for name in ("pyhanko", "pyhanko_certvalidator")},
}
