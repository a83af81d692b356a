"""Settings, from the environment. Local by default; PRODUCTION=1 demands what a public site needs.

Everything a deployment may set is read here and listed in docs/operations.md.
"""

from datetime import time
from pathlib import Path

from django.urls import reverse_lazy
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from collaborative.embedded import LOCAL, in_production
from collaborative.environment import a_limit, check_addresses, check_public_site, env, local_secret_key, two_times
from collaborative.logs import configure
from collaborative.ticks import ticks_every

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = in_production()
LOCAL_MODE = not PRODUCTION
check_addresses(is_public=PRODUCTION)

SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret_key()
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
if not ALLOWED_HOSTS:
    raise SystemExit("ALLOWED_HOSTS must name at least one host.")
# Where a whole domain is allowed, as in .example.org, its own name stands for it.
_host = ALLOWED_HOSTS[0].lstrip(".")
PORT = env.int("PORT", default=8000)
BASE_URL = env.str("BASE_URL", default=f"https://{_host}" if PRODUCTION else f"http://localhost:{PORT}")
if PRODUCTION:
    check_public_site(debug=DEBUG, hosts=ALLOWED_HOSTS, secret_key=SECRET_KEY, base_url=BASE_URL)

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "collaborative.apps.CollectedFilesConfig",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rules.apps.AutodiscoverRulesConfig",
    "core",
    "notifications",
    "members",
    "members.availability",
    "members.handbook",
    "reading_groups",
    "cohorts",
    "mentorship",
    "projects",
    "collaborative",
    "collaborative.home",
    "collaborative.launch",
    "collaborative.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "collaborative.middleware.policies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "collaborative.middleware.PartsMiddleware",
    "collaborative.home.resume.SignInFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "members.middleware.viewer_zone",
]

ROOT_URLCONF = "collaborative.urls"
WSGI_APPLICATION = "collaborative.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "collaborative.context.collaborative",
            ],
            "builtins": ["core.templatetags.interface"],
        },
    }
]
FORM_RENDERER = "core.forms.Renderer"

# Storage -----------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default="postgresql:///collaborative")}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    # PgBouncer in transaction mode cannot keep server-side cursors.
    "DISABLE_SERVER_SIDE_CURSORS": env.bool("PGBOUNCER", default=False),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "collaborative",
    }
}

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(LOCAL / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Pages name files with the digest of their contents; nothing asks for the plain ones.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
# Files that members attach. No address leads there: views hand them out to those who may see them.
MEDIA_ROOT = Path(env.str("FILES_DIR", default=str(LOCAL / "files")))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = [
    "core.uploads.MostBytes",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# People ------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.Member"
# Addresses are unique by a constraint that ignores their case, which this check does not know of.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:me"
LOGOUT_REDIRECT_URL = "home:front"

ACCOUNT_ADAPTER = "members.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "members.accounts.AddEmailForm",
    "change_password": "members.accounts.ChangePasswordForm",
    "confirm_login_code": "members.accounts.ConfirmLoginCodeForm",
    "login": "members.accounts.LoginForm",
    "reauthenticate": "members.accounts.ReauthenticateForm",
    "request_login_code": "members.accounts.RequestLoginCodeForm",
    "reset_password": "members.accounts.ResetPasswordForm",
    "reset_password_from_key": "members.accounts.ResetPasswordKeyForm",
    "set_password": "members.accounts.SetPasswordForm",
    "signup": "members.accounts.SignupForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Who confirms the address in the browser that signed up is signed in there; mails may take their time.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_TIMEOUT = 24 * 60 * 60
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 4
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# Who counts as a peer rather than an expert; a mentoring round may pass its own.
NON_EXPERT_BELOW_POSITION = env.str("NON_EXPERT_BELOW_POSITION", default="postdoc")
NON_EXPERT_MAX_CITATIONS = env.int("NON_EXPERT_MAX_CITATIONS", default=1000)

# Programs ----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    # Tokens first, so that whoever is not known is told how to say who they are.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "collaborative.authentication.TokenAuthentication",
        "collaborative.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "120/min"},
    "DEFAULT_PAGINATION_CLASS": "core.api.Pages",
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.tell_problem",
    # `format` is a filter of groups.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Collaborative",
    "DESCRIPTION": "What members, organizers and admins do on the site, for their programs.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    # States of different things, by names of their own.
    "ENUM_NAME_OVERRIDES": {
        "GroupState": "reading_groups.models.ReadingGroup.State",
        "AnswerToTime": "members.availability.polls.marks.ANSWERS",
        "RsvpAnswer": "reading_groups.models.Rsvp.Answer",
        "EnrolmentState": "reading_groups.models.Enrolment.State",
        "TaskState": "projects.models.Task.State",
        "RoundState": "mentorship.models.Round.State",
        "MentorshipState": "mentorship.models.Mentorship.State",
        "CohortState": "cohorts.models.Cohort.State",
    },
}

# Language and time -------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"), ("pt", "Português")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["collaborative.formats"]
USE_TZ = True
TIME_ZONE = "UTC"
# What the tasks of workers take for the time.
CLOCK = "django.utils.timezone.now"

# Mail --------------------------------------------------------------------------------------------------------------

EMAIL_TIMEOUT_SECONDS = 20
LOCAL_MAIL_DIR = LOCAL / "mail"
if env.str("EMAIL_URL", default=""):
    _mail = env.email("EMAIL_URL")
    MAILERS = {
        "default": {
            "BACKEND": _mail["EMAIL_BACKEND"],
            "OPTIONS": {
                "host": _mail["EMAIL_HOST"],
                "port": _mail["EMAIL_PORT"],
                "username": _mail["EMAIL_HOST_USER"] or "",
                "password": _mail["EMAIL_HOST_PASSWORD"] or "",
                "use_tls": _mail.get("EMAIL_USE_TLS", False),
                "use_ssl": _mail.get("EMAIL_USE_SSL", False),
                "timeout": EMAIL_TIMEOUT_SECONDS,
            },
        }
    }
else:
    MAILERS = {
        "default": {
            "BACKEND": "notifications.mail.FolderBackend",
            "OPTIONS": {"folder": str(LOCAL_MAIL_DIR)},
        }
    }
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"noreply@{_host}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Papers are looked up there by their arXiv id; with an empty address nobody is asked.
ARXIV_API_URL = env.str("ARXIV_API_URL", default="https://export.arxiv.org/api/query")
ARXIV_USER_AGENT = f"student-research-collaborative (mailto:{DEFAULT_FROM_EMAIL})"

# Background work ---------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than a run of sending, so that a worker that is stopped has said what became of its message.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 25
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# When members are not written to, by their own clocks, unless they choose other hours; "none" for no such hours.
QUIET_HOURS = env("QUIET_HOURS", cast=two_times, default=(time(22), time(7)))
# How many mails that a member may do without are sent to one in any seven days, digests apart; "none" for no limit.
OPTIONAL_MAILS_A_WEEK = env("OPTIONAL_MAILS_A_WEEK", cast=a_limit, default=12)
# How many mails the ledger sends in any 24 hours, whatever they are; "none" for no limit.
MAILS_A_DAY = env("MAILS_A_DAY", cast=a_limit, default=None)
# A message is in one worker's hands for this long. Longer than a task may live, so that a lease which runs out
# belonged to a worker that is dead; until then its messages wait.
DELIVERY_LEASE_SECONDS = env.float("DELIVERY_LEASE_SECONDS", default=CELERY_TASK_TIME_LIMIT + 60)
# How often due messages are looked for; the other ticks are multiples of it.
TICK_SECONDS = env.float("TICK_SECONDS", default=10)
CELERY_BEAT_SCHEDULE = ticks_every(TICK_SECONDS)
# Ticks need no memory of the last one, so any number of clocks run without a file to share or to spoil.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"

# Security ----------------------------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "collaborative.home.resume.csrf_failure"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_HTTPONLY = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [BASE_URL]

# Logs: structured, with request and task ids, without personal content ---------------------------------------------

DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_CELERY_ENABLED = True
LOGGING = configure(is_public=PRODUCTION, level=env.str("LOG_LEVEL", default="INFO" if PRODUCTION else "WARNING"))

# Admin -------------------------------------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "collaborative.context.admin_title",
    "SITE_HEADER": "collaborative.context.admin_title",
    "SITE_URL": "/",
    "SITE_SYMBOL": "menu_book",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "collaborative.admin.favicon"}],
    "SHOW_HISTORY": True,
    "DASHBOARD_CALLBACK": "collaborative.home.admin.dashboard",
    "SIDEBAR": {"navigation": "collaborative.admin.navigation", "show_search": True},
    "ACCOUNT": {"navigation": [{"title": _("Change password"), "link": reverse_lazy("account_change_password")}]},
    "COLORS": {
        "primary": {
            "50": "#eef5f1",
            "100": "#e4eee7",
            "200": "#bfdacd",
            "300": "#8cbda9",
            "400": "#6cb8a0",
            "500": "#4aa287",
            "600": "#0c5a48",
            "700": "#094a3b",
            "800": "#073f32",
            "900": "#052f25",
            "950": "#031d17",
        }
    },
}
