"""All settings. Secure by default; every variable is read in config/env.py and described in docs/settings.md."""

from pathlib import Path
from typing import Any

import django.forms
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"
DATA_DIR: Path = env.read("DATA_DIR")
DEBUG: bool = env.read("DEBUG")
SECRET_KEY = env.secret_key(DATA_DIR)

# Where it is reached -------------------------------------------------------------------------------------------------
HOST: str = env.read("HOST")
PORT: int = env.read("PORT")
MEDIA_PORT: int = env.read("MEDIA_PORT")
MEDIA_URL_PUBLIC: str = env.read("MEDIA_URL")  # wss://… when a proxy stands before the runner; else the page's host and MEDIA_PORT
BASE_URL: str = env.read("BASE_URL") or f"http://{'127.0.0.1' if HOST == '0.0.0.0' else HOST}:{PORT}"  # noqa: S104
ALLOWED_HOSTS: list[str] = [*env.read("ALLOWED_HOSTS"), "testserver"]
SECURE_COOKIES: bool = env.read("SECURE_COOKIES")

# Applications --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "config",
    "personas",
    "pathways",
    "calls",
    "analytics",
]
MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.TrailingSlashMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.AccessMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = False  # both forms are served: see TrailingSlashMiddleware
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "config.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates", Path(django.forms.__file__).parent / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": ["django.templatetags.static", "config.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "config.kit.http.shell",
                "calls.shell.rehearsal",
            ],
        },
    }
]
FORM_RENDERER = "config.kit.forms.Renderer"

# Database: SQLite embedded, PostgreSQL by DATABASE_URL ---------------------------------------------------------------
_database_url: str = env.read("DATABASE_URL") or f"sqlite:///{DATA_DIR}/parley.sqlite3"
DATABASES: dict[str, dict[str, Any]] = {"default": env._env.db_url_config(_database_url)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-16000;",
    }
    # A file: the live server of the browser tests is another process.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["TEST"] = {"NAME": "test_parley"}
    if pool := env.read("DATABASE_POOL"):
        # Under ASGI every request has its own thread: without a pool each opens a connection (2.7 times slower).
        DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 2, "max_size": pool}}
else:
    raise ImproperlyConfigured("DATABASE_URL must name SQLite or PostgreSQL")

# Broker, channel layer, worker: hints only, the database holds the truth ----------------------------------------------
REDIS_URL: str = env.read("REDIS_URL")


def channel_layers(redis_url: str) -> dict[str, dict[str, Any]]:
    """Hints between processes through Redis or Valkey; within this process alone when there is none."""
    if not redis_url:
        return {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    # redis-py 8 closes idle sockets after 5 s and refuses the 100th connection unless told otherwise.
    host = {"address": redis_url, "socket_timeout": None, "max_connections": 5000}
    return {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [host]}}}


CHANNEL_LAYERS = channel_layers(REDIS_URL)
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1) if REDIS_URL else "memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL  # one process, no broker: tests and one-off commands
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # Who enqueues must not wait for a broker that is away (6 s by default): every queue has a sweep. The worker reconnects by its own rule.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# In memory: every entry is a short interval, so there is nothing to remember; the file store hangs when its worker is killed at its start.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "reap-lost-calls": {"task": "calls.tasks.reap", "schedule": 10.0, "options": {"expires": 10}},
    "end-lost-rehearsals": {"task": "calls.tasks.sweep_rehearsals", "schedule": 60.0, "options": {"expires": 60}},
    "ask-prices": {"task": "calls.tasks.ask_prices", "schedule": 60.0, "options": {"expires": 60}},
    "tidy-carriers": {"task": "calls.tasks.tidy_carriers", "schedule": 3600.0, "options": {"expires": 600}},
    "settle-recordings": {"task": "calls.tasks.sweep_recordings", "schedule": 10.0, "options": {"expires": 10}},
    "correct-transcripts": {"task": "calls.tasks.sweep_corrected", "schedule": 30.0, "options": {"expires": 30}},
    "delete-old-recordings": {"task": "calls.tasks.delete_old_recordings", "schedule": 300.0, "options": {"expires": 300}},
    "work-on-calls": {"task": "calls.tasks.sweep_work", "schedule": 10.0, "options": {"expires": 10}},
    "delete-old-chats": {"task": "calls.tasks.delete_old_chats", "schedule": 3600.0, "options": {"expires": 3600}},
    "index-missed-calls": {"task": "calls.tasks.sweep_search", "schedule": 30.0, "options": {"expires": 30}},
    "count-changed-hours": {"task": "analytics.tasks.sweep_rollups", "schedule": 15.0, "options": {"expires": 15}},
    "send-hooks": {"task": "calls.tasks.send_hooks", "schedule": 2.0, "options": {"expires": 2}},
    "let-go-of-records": {"task": "calls.tasks.let_go_of_records", "schedule": 20.0, "options": {"expires": 20}},
    "answer-questions": {"task": "analytics.tasks.sweep_questions", "schedule": 30.0, "options": {"expires": 30}},
    "write-missed-outcomes": {"task": "analytics.tasks.sweep_outcomes", "schedule": 10.0, "options": {"expires": 10}},
    "read-runs-of-facts": {"task": "analytics.tasks.sweep_runs", "schedule": 10.0, "options": {"expires": 10}},
    "read-missed-facts": {"task": "analytics.tasks.sweep_facts", "schedule": 10.0, "options": {"expires": 10}},
}

# Calls ---------------------------------------------------------------------------------------------------------------
SIM_SPEED: float = env.read("SIM_SPEED")
RUNNER_CAPACITY: int = env.read("RUNNER_CAPACITY")
LEASE_SECONDS: int = env.read("LEASE_SECONDS")
PRICE_PER_MINUTE = env.read("PRICE_PER_MINUTE")
CUSTOM_GUARD_RAILS: int = env.read("CUSTOM_GUARD_RAILS")
ALLOW_HTTP_WEBHOOKS: bool = env.read("ALLOW_HTTP_WEBHOOKS")
WEBHOOK_TIMEOUT: float = env.read("WEBHOOK_TIMEOUT")
WEBHOOK_RETRY: float = env.read("WEBHOOK_RETRY")
MODEL_BASE_URL: str = env.read("MODEL_BASE_URL")
MODEL_API_KEY: str = env.read("MODEL_API_KEY")
MODEL_BASE: str = env.read("MODEL_BASE")
MODEL_TURBO: str = env.read("MODEL_TURBO")
MODEL_TIMEOUT: float = env.read("MODEL_TIMEOUT")
if WEBHOOK_TIMEOUT <= 0 or WEBHOOK_RETRY <= 0:
    raise ImproperlyConfigured("WEBHOOK_TIMEOUT and WEBHOOK_RETRY must be more than 0")
if SIM_SPEED < 0:
    raise ImproperlyConfigured("SIM_SPEED must be 0 (as fast as possible) or more (1 = real time)")

# Security ------------------------------------------------------------------------------------------------------------
_media_origins = [MEDIA_URL_PUBLIC] if MEDIA_URL_PUBLIC else [f"ws://*:{MEDIA_PORT}", f"wss://*:{MEDIA_PORT}"]
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "connect-src": [CSP.SELF, *_media_origins],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "config.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes of a request body: a pathway may have 2 MB
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}}]

# Language, time, files -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.storage.StaticStorage"},
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.kit.log.JsonFormatter"}},
    "filters": {"no_probes": {"()": "config.kit.log.NoProbes"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": env.read("LOG_LEVEL")},
    "loggers": {
        "django.request": {"filters": ["no_probes"]},
        "daphne": {"level": "WARNING"},
        "websockets": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
    },
}
