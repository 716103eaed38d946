"""What a page weighs in a real browser: requests and bytes over the wire, cold and warm."""

from cms.embedded import needs

_PICTURES = {"Image", "Media"}


class _Counter:
    def __init__(self, page) -> None:
        self.kinds: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event) -> None:
        # What the browser's own cache or a data address answers goes over no wire.
        response = event["response"]
        if not response.get("fromDiskCache") and response["url"].startswith("http"):
            self.kinds[event["requestId"]] = event["type"]

    def _finished(self, event) -> None:
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def total(self, *, of=None, without=()) -> int:
        return sum(
            size
            for request, size in self.sizes.items()
            if request in self.kinds
            and (of is None or self.kinds[request] in of)
            and self.kinds[request] not in without
        )


def weigh(base: str, path: str, account: dict | None = None) -> dict:
    """Requests and bytes of `path` at a first visit and `warm_bytes`, `warm_requests` at a second one.

    `bytes` is all but pictures, audio and video, fonts included (1 KB = 1,000 B).
    """
    from playwright.sync_api import sync_playwright

    chromium = needs.chromium()
    if chromium is None:
        return {"skipped": needs.CHROMIUM_MISSING}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(base_url=base, viewport={"width": 360, "height": 740}, locale="vi-VN")
        page = context.new_page()
        if account:
            api = context.request
            api.get("/api/v1/session")
            token = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken")
            answer = api.post("/api/v1/session", data=account, headers={"X-CSRFToken": token})
            assert answer.ok, answer.text()
        cold = _Counter(page)
        page.goto(path, wait_until="networkidle")
        figures = {
            "requests": len(cold.kinds),
            "bytes": cold.total(without=_PICTURES),
            "font_bytes": cold.total(of={"Font"}),
            "media_bytes": cold.total(of=_PICTURES),
        }
        page.goto("about:blank")
        warm = _Counter(page)
        page.goto(path, wait_until="networkidle")
        browser.close()
    return figures | {"warm_bytes": warm.total(), "warm_requests": len(warm.kinds)}
