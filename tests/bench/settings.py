"""The measured instance: the demo's settings, where BENCH_COUNT=1 with a header that tells the number of SQL statements."""

import os

from cms.settings.demo import *

if os.environ.get("BENCH_COUNT"):
    MIDDLEWARE = ["tests.bench.counting.CountingMiddleware", *MIDDLEWARE]
