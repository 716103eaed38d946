"""Servers of other people, as they behave: an SMS gateway, Zalo's message call, a mail server. Each may also hang."""

import contextlib
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Gateway:
    """An HTTP server that keeps what it was sent. `mood`: fine, hang, trickle, broken (500), refuse (400), zalo-refuse."""

    def __init__(self) -> None:
        self.mood = "fine"
        self.got: list[tuple[str, dict, Message]] = []
        self.over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.got.append((self.path, body, self.headers))
                getattr(outer, f"_{outer.mood.replace('-', '_')}")(self)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _answer(self, handler, status: int, body: dict) -> None:
        raw = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    def _fine(self, handler) -> None:
        self._answer(handler, 200, {"id": f"tin-{len(self.got)}", "error": 0, "data": {"message_id": "z-1"}})

    def _broken(self, handler) -> None:
        self._answer(handler, 500, {})

    def _refuse(self, handler) -> None:
        self._answer(handler, 400, {"reason": "no such number"})

    def _zalo_refuse(self, handler) -> None:
        self._answer(handler, 200, {"error": -213, "message": "user has not followed the OA"})

    def _hang(self, handler) -> None:
        self.over.wait(30)

    def _trickle(self, handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        with contextlib.suppress(OSError):
            for _byte in range(300):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                if self.over.wait(0.1):
                    return

    def stop(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


class Mailbox:
    """As much of an SMTP server as Python's own client asks for. `mood`: fine, hang, refuse."""

    def __init__(self) -> None:
        self.mood = "fine"
        self.letters: list[bytes] = []
        self.over = threading.Event()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

            def handle(self):
                if outer.mood == "hang":
                    outer.over.wait(30)
                    return
                self.say("220 hom-thu")
                while line := self.rfile.readline().decode().strip():
                    word = line.split()[0].upper()
                    if word in {"EHLO", "HELO"}:
                        self.say("250 hom-thu")
                    elif word == "RCPT" and outer.mood == "refuse":
                        self.say("550 no such person")
                    elif word == "DATA":
                        self.say("354 go on")
                        outer.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                        self.say("250 kept")
                    elif word == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 fine")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.port = self.server.server_address[1]

    def stop(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


@contextlib.contextmanager
def running(made) -> Iterator:
    try:
        yield made
    finally:
        made.stop()


class Clock:
    """How long something took, in seconds."""

    def __enter__(self) -> "Clock":
        self.began = time.monotonic()
        return self

    def __exit__(self, *error) -> None:
        self.seconds = time.monotonic() - self.began
