"""Django's settings. What an operator may choose comes from `environment`; the rest is decided here."""

import os
from pathlib import Path

from django.utils.csp import CSP

from tidegate.config.environment import read_environment

ENVIRONMENT = read_environment()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
BASE_URL = ENVIRONMENT.base_url
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TIDEGATE_HOME = ENVIRONMENT.home
TRIAL_TENANTS = ENVIRONMENT.trial_tenants
PROXIES = ENVIRONMENT.proxies
INITIAL_DOMAIN_SUFFIX = ENVIRONMENT.initial_domain_suffix
LONGEST_ACCESS_DAYS = ENVIRONMENT.longest_access_days
OUTBOUND_ALLOWED = ENVIRONMENT.outbound_allowed
GUEST_BLOCKED = ENVIRONMENT.guest_blocked
GUEST_KEPT_DAYS = ENVIRONMENT.guest_kept_days
RATE_LIMITS = ENVIRONMENT.rate_limits
FEED_BEHIND_MINUTES = ENVIRONMENT.feed_behind_minutes
NOTIFICATIONS_AT_ONCE = ENVIRONMENT.notifications_at_once
NOTIFICATIONS_KEPT_DAYS = ENVIRONMENT.notifications_kept_days

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "tidegate.core",
    "tidegate.audit",
    "tidegate.accounts",
    "tidegate.directory",
    "tidegate.customers",
    "tidegate.devices",
    "tidegate.entitlements",
    "tidegate.incidents",
    "tidegate.notifications",
    "tidegate.feeds",
    "tidegate.live",
    "tidegate.oauth",
    "tidegate.web",
]

MIDDLEWARE = [
    "tidegate.oauth.middleware.ProgramMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tidegate.oauth.paths.TidyPathMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tidegate.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tidegate.accounts.middleware.LastSeenMiddleware",
    "tidegate.oauth.middleware.ReturnMiddleware",
    "tidegate.web.middleware.PortalMiddleware",
]

ROOT_URLCONF = "tidegate.config.urls"
# Addresses that need none of the middleware below the first: see tidegate.oauth.middleware.
PROGRAM_URLCONF = "tidegate.oauth.program_urls"
WSGI_APPLICATION = "tidegate.config.wsgi.application"
DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("tidegate.web.folding.Loader", ["django.template.loaders.app_directories.Loader"]),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tidegate.accounts.context.account_choices",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
# The package's own files are served from where they are: nothing is collected, nothing can be stale.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 600

# The cache holds only counters against guessing; in the database, so that all processes share them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"

SESSION_ENGINE = "tidegate.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = ENVIRONMENT.hsts_seconds
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.proxies else None
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# Forms are read before any view runs, to check where they come from: only the page that asks for a file
# gets one, and only from who may send it.
FILE_UPLOAD_HANDLERS = ["tidegate.web.uploads.PassingOver"]
FILE_UPLOAD_TEMP_DIR = str(ENVIRONMENT.home)

SMTP_URL = ENVIRONMENT.smtp_url
OPERATOR_TENANT = ENVIRONMENT.operator_tenant
IS_DEMO = os.environ.get("TIDEGATE_DEMO") == "yes"
# Every mail goes the same way, to the server of the address above or to one that was set on a page.
EMAIL_BACKEND = "tidegate.notifications.mail_backend.PortalBackend"
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"tidegate": {"level": "INFO"}},
}

from tidegate.accounts.settings import *  # noqa: E402,F403  allauth's settings live in the room that knows it
