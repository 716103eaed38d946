"""gunicorn, for the demo and for production: WEB_WORKERS processes (2) of WEB_THREADS threads (4)."""

import os

wsgi_app = "cms.wsgi:application"
# gthread, and the time at which a request came.
worker_class = "cms.web_worker.ArrivalWorker"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# The code is loaded once and its memory shared by the workers.
preload_app = True
timeout = 60
graceful_timeout = 20 if "DEMO_DIR" not in os.environ else 2
keepalive = 65
# Behind nginx; the longest request line is a signed upload link.
limit_request_line = 8190
accesslog = None
# It would be made in the home directory.
control_socket_disable = True


def child_exit(server, worker):
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
