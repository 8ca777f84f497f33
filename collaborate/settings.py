"""Every setting, all from the environment; security defaults fail closed."""

from email.utils import parseaddr
from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF

from collaborate import logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def required(name: str) -> str:
    """The value of an environment variable that must be set and not empty."""
    value = env.str(name, default="")
    if not value:
        raise environ.ImproperlyConfigured(f"Set {name}: see .env.example.")
    return value


# --- What kind of run this is -------------------------------------------------------------------------
DEBUG = False
DEVELOPMENT = env.bool("DEVELOPMENT", default=False)
SECRET_KEY = required("SECRET_KEY")
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else [])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DEMAND_SECOND_FACTOR = env.bool("DEMAND_SECOND_FACTOR", default=True) or not DEVELOPMENT
MAILBOX_DIR = env.str("MAILBOX_DIR", default="") if DEVELOPMENT else ""

# --- Applications -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "collaborate",
    "faculty",
    "community",
    "leaders",
    "collaborate.apps.Admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "anymail",
    "django_structlog",
    "django_prometheus",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "collaborate.middleware.Policy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "collaborate.middleware.RefuseUnreadable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "collaborate.middleware.Enter",
    "leaders.middleware.Private",
    "leaders.middleware.Visit",
    "leaders.middleware.SignInFirst",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "collaborate.middleware.Log",
    "collaborate.middleware.AskOnce",
    "leaders.middleware.Gate",
    "leaders.middleware.Pace",
    "leaders.middleware.LocalTime",
    "collaborate.middleware.ShowWrongMethod",
    "leaders.middleware.Unprocessable",
    "collaborate.middleware.Measure",
]

ROOT_URLCONF = "collaborate.urls"
WSGI_APPLICATION = "collaborate.wsgi.application"
ASGI_APPLICATION = "collaborate.asgi.application"

_context_processors = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "collaborate.shell.shell",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "collaborate.jinja2.environment",
            "context_processors": [name for name in _context_processors if not name.endswith(".auth")],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "django",
        "DIRS": [BASE_DIR / "templates" / "django"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _context_processors},
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- Truth, hints and copies --------------------------------------------------------------------------
required("DATABASE_URL")
DATABASES = {"default": env.db("DATABASE_URL", engine="collaborate.database")}
# Each new connection prepares its questions anew, for some 30 ms.
DATABASES["default"].update(CONN_MAX_AGE=900, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "collaborate.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "collaborate",
    }
}

# --- Sign-in ------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "leaders.Leader"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "leaders.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "leaders.account_forms.LoginForm",
    "signup": "leaders.account_forms.SignupForm",
    "add_email": "leaders.account_forms.AddEmailForm",
    "change_password": "leaders.account_forms.ChangePasswordForm",
    "set_password": "leaders.account_forms.SetPasswordForm",
    "reset_password": "leaders.account_forms.ResetPasswordForm",
    "reset_password_from_key": "leaders.account_forms.ResetPasswordKeyForm",
    "request_login_code": "leaders.account_forms.RequestLoginCodeForm",
    "reauthenticate": "leaders.account_forms.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # the password is optional: one may sign in by code
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_CHANGE_EMAIL = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT
MFA_TOTP_ISSUER = "Collaborate"
MFA_FORMS = {"add_webauthn": "leaders.forms.PasskeyForm"}
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
SESSION_COOKIE_NAME = "sessionid" if DEVELOPMENT else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEVELOPMENT else "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "collaborate.views.csrf_failure"
SECURE_SSL_REDIRECT = not DEVELOPMENT
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEVELOPMENT
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: for the QR code of the authenticator app
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = {
    name: [] for name in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- Files and limits ---------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEVELOPMENT
WHITENOISE_AUTOREFRESH = DEVELOPMENT
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 3_000_000  # the longest draft in any script, as a form without scripts sends it
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
REQUEST_AT_MOST = 6_000_000  # bytes, files included: a photo of 5 MB and the form around it
UPLOAD_AT_MOST = 21_100_000  # the same where documents of 20 MB are sent
SEARCHES_AT_MOST = env.int("SEARCHES_AT_MOST", default=120)  # by one leader within a minute

# --- Talk -------------------------------------------------------------------------------------------
UNDO_SEND_SECONDS = env.int("UNDO_SEND_SECONDS", default=60)  # nobody is told of a post before

# --- E-mail -------------------------------------------------------------------------------------------
required("EMAIL_URL")
vars().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 20
MAIL_SERVICES = env.list("MAIL_SERVICES", default=[])  # as django-anymail names them: postmark, mailgun
ANYMAIL = env.json("ANYMAIL", default={})
if MAIL_SERVICES:
    ANYMAIL["WEBHOOK_SECRET"] = required("MAIL_WEBHOOK_SECRET").split(",")
MAIL_PER_DOMAIN_AND_MINUTE = env.int("MAIL_PER_DOMAIN_AND_MINUTE", default=20_000)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Collaborate <collaborate@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
INBOUND_ADDRESS = env.str("INBOUND_ADDRESS", default="")  # replies by e-mail; a key is put before its @
INBOUND_DOOR = env.str("INBOUND_DOOR", default="")  # where receive_mail listens: lmtp://127.0.0.1:8024
INBOUND_AUTHSERV_ID = env.str("INBOUND_AUTHSERV_ID", default="")  # whose word on a sender counts
INBOUND_AT_MOST = 5_000_000  # bytes of a message
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default=parseaddr(DEFAULT_FROM_EMAIL)[1])

# --- Work in the background ---------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_SCHEDULE", default="/tmp/collaborate-beat")  # noqa: S108

# --- Language and time --------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = True
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "Europe/London"
USE_TZ = True

# --- Logs and errors ----------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING = logs.lines(env.str("LOG_FORMAT", default="json"), LOG_LEVEL)
structlog.configure(**logs.STRUCTLOG)
SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    logs.report_to(SENTRY_DSN)
