"""gunicorn's threaded worker, which also tells when a request came, and takes in all who knock at once."""

import time

from gunicorn.workers.gthread import ThreadWorker

from cms.arrival import note_arrival

# Enough to empty the queue of a class in one go, few enough to leave the other workers their share.
ACCEPTED_AT_ONCE = 16


class ArrivalWorker(ThreadWorker):
    """While every thread is busy a request waits in the pool's queue; the time of that is on the server, not the pupil.

    gunicorn accepts one connection each time its main thread gets the interpreter. After a restart a whole class knocks
    in the same second, and those outside are not even queued.
    """

    def accept(self, listener):
        for _ in range(ACCEPTED_AT_ONCE):
            before = self.nr_conns
            super().accept(listener)
            if self.nr_conns == before or before + 1 >= self.worker_connections:
                return

    def enqueue_req(self, conn):
        conn.queued_at = time.time()
        super().enqueue_req(conn)

    def handle_request(self, req, conn):
        # Once: a second request on the same turn has not waited.
        note_arrival(conn.queued_at)
        conn.queued_at = None
        return super().handle_request(req, conn)
