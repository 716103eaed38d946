"""A small HTTP client with one kept connection, so that the driver costs little beside the server it measures."""

import gzip
import http.client
import json
from http.cookies import SimpleCookie
from urllib.parse import urlsplit


class Answer:
    def __init__(self, status: int, headers, body: bytes) -> None:
        self.status, self.headers, self.raw = status, headers, body

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.raw) if self.headers.get("Content-Encoding") == "gzip" else self.raw

    def json(self):
        return json.loads(self.body)

    @property
    def sql(self) -> tuple[int, int]:
        """Statements and writes, on the counting server."""
        statements, writes = self.headers["X-Sql"].split()
        return int(statements), int(writes)


class Client:
    """A browser's session: cookies, CSRF token, keep-alive, gzip."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)

    def __call__(self, method: str, path: str, body=None, headers: dict | None = None) -> Answer:
        sent = {"Accept-Encoding": "gzip", "Accept-Language": "vi"} | (headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if token := self.cookies.get("csrftoken"):
            sent["X-CSRFToken"] = token
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        try:
            self.connection.request(method, path, body=data, headers=sent)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server may close a kept connection that was idle; only a fresh one tells whether it is up.
            self.connection.close()
            self.connection.request(method, path, body=data, headers=sent)
            response = self.connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer

    def sign_in(self, account: dict) -> "Client":
        self("GET", "/api/v1/session")
        answer = self("POST", "/api/v1/session", account)
        if answer.status != 200:
            raise RuntimeError(f"Signing in as {account} answered {answer.status}: {answer.body[:300]!r}")
        return self

    def resume(self, session_key: str) -> "Client":
        """Go on as whoever holds the session, with a CSRF token."""
        self.cookies["sessionid"] = session_key
        self("GET", "/api/v1/session")
        return self
