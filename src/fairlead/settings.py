"""Django's settings, derived from `config`; nothing here is configured by hand."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF

from fairlead.config import config, secret_key
from fairlead.lib import languages

CONFIG = config()


RELEASE = "-c idle_in_transaction_session_timeout=60s"
"""The database ends a transaction in which nothing happens for so long: its process is paused or gone, and what it has
locked would stay locked. No request or job of ours waits in a transaction; backups and exports say that they do."""


def database(url: str) -> dict[str, Any]:
    """Django's connection settings for a PostgreSQL address, which may name a socket folder as ?host=/path.

    Every connection drops to the ordinary role `fairlead_app`, for which row-level security holds; only
    `fairlead migrate` works as the owner.
    """
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "")) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": f"-c role=fairlead_app -c timezone=UTC {RELEASE}", "prepare_threshold": 5, **query},
    }


SECRET_KEY = secret_key(CONFIG)
DEBUG = CONFIG.debug
BASE_URL = CONFIG.base_url
_host = urlsplit(CONFIG.base_url).hostname or "localhost"
ALLOWED_HOSTS = [_host, "localhost", "127.0.0.1", "[::1]", *filter(None, CONFIG.allowed_hosts.split(","))]
CSRF_TRUSTED_ORIGINS = [CONFIG.base_url]

INSTALLED_APPS = [
    "fairlead.jobs",
    "fairlead.events",
    "fairlead.accounts",
    "fairlead.people",
    "fairlead.work",
    "fairlead.allocation",
    "fairlead.notices",
    "fairlead.integrations",
    "fairlead.archive",
    "fairlead.api",
    "fairlead.web",
    "procrastinate.contrib.django",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "fairlead.web.middleware.request_log",
    "fairlead.api.middleware.api_problems",
    "django.middleware.security.SecurityMiddleware",
    "fairlead.web.transfer.Packed",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fairlead.web.middleware.careful_headers",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "fairlead.web.middleware.workspace",
    "fairlead.web.languages.language",
    "fairlead.web.middleware.refusals",
]
ROOT_URLCONF = "fairlead.urls"
ASGI_APPLICATION = "fairlead.asgi.app"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "fairlead.web.jinja.environment",
            "context_processors": ["fairlead.web.context.shell"],
        },
    },
]
DATABASES = {"default": database(CONFIG.database_url or "postgresql:///fairlead")}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"  # every app's jobs.py is read at the start
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in/"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = list(languages.LANGUAGES.items())
SPOKEN_AT_FIRST = CONFIG.language
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.(css|js|woff2)$"  # pages name them with their digest: web.transfer.static

SESSION_ENGINE = "fairlead.accounts.actions.session_store"
SESSION_COOKIE_NAME = "__Host-fairlead" if CONFIG.https else "fairlead"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIG.https
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_NAME = "__Host-csrf" if CONFIG.https else "csrf"
CSRF_COOKIE_SECURE = CONFIG.https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "fairlead.web.errors.csrf"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = CONFIG.https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.trusted_proxies else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
EMAIL_BACKEND = "fairlead.lib.mail.Backend"
MAIL_URL = CONFIG.mail_url
MAIL_FOLDER = CONFIG.data_path / "mail"
DEFAULT_FROM_EMAIL = CONFIG.mail_from
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING_CONFIG = "fairlead.lib.logs.configure"
LOGGING = {"level": CONFIG.log_level}
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]  # TLS belongs to the proxy; HSTS follows the base address
