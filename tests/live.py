"""The live site and the real browser the browser tests drive."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cms.embedded import needs

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
# Run first in a page, it takes away everything newer than Chrome 80 or Safari 12.5 that a script could lean on.
FLOOR = """
for (const name of ["BroadcastChannel", "structuredClone", "ResizeObserver", "HTMLDialogElement", "WeakRef",
  "AggregateError", "MediaMetadata"]) delete window[name];
delete Navigator.prototype.mediaSession; delete Navigator.prototype.locks;
delete Element.prototype.replaceChildren; delete HTMLFormElement.prototype.requestSubmit;
delete Element.prototype.checkVisibility; delete HTMLElement.prototype.showPopover;
for (const name of ["at", "findLast", "toSorted", "toReversed"]) delete Array.prototype[name];
for (const name of ["replaceAll", "matchAll", "at"]) delete String.prototype[name];
for (const name of ["arrayBuffer", "text", "stream"]) delete Blob.prototype[name];
delete Promise.allSettled; delete Promise.any; delete Object.hasOwn; delete Object.groupBy;
delete AbortSignal.timeout; delete AbortSignal.any; delete window.requestIdleCallback;
delete Intl.ListFormat; delete Intl.RelativeTimeFormat;
if (window.StorageManager) { delete StorageManager.prototype.estimate; delete StorageManager.prototype.persist; }
if (window.crypto) delete Crypto.prototype.randomUUID;
"""
# The lists that would drop down from the address bar, two pages beside each page of ours: three quarters of a second of CPU
# time. The last such argument counts, so what Playwright switches off is said again.
NOT_WANTED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
)


@pytest.fixture(scope="session")
def _site_server(django_db_setup, django_db_blocker):
    from urllib.parse import urlsplit

    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    address = urlsplit(settings.SITE_URL)
    with django_db_blocker.unblock():
        thread = LiveServerThread(address.hostname, StaticFilesHandler, port=address.port)
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        yield settings.SITE_URL
        thread.terminate()


@pytest.fixture
def live_site(transactional_db, _site_server) -> str:
    """Address of the running site, without a slash at the end; it sees what the test commits."""
    return _site_server


@pytest.fixture
def live_starter_site(live_site, object_store, django_db_setup) -> str:
    """Address of the running site with the starter content on it."""
    from tests import starter

    starter.give(django_db_setup)
    return live_site


def _chromium() -> str:
    found = needs.chromium()
    if not found:
        subprocess.run(["playwright", "install", "chromium"], check=False, capture_output=True, timeout=300)
        found = needs.chromium()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run("apt-get update -qq && apt-get install -y -qq chromium", shell=True, check=False)  # noqa: S602
        found = needs.chromium()
    if not found:
        pytest.fail(needs.CHROMIUM_MISSING, pytrace=False)
    return found


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium (a Playwright `Browser`). Where there is none, the tests fail and say what to install."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, for which Django would refuse every query of the test itself.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", f"--disable-features={','.join(NOT_WANTED)}"]
        browser = playwright.chromium.launch(executable_path=_chromium(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(live_site, chromium):
    """`open_page(**context_options)` → a new Playwright page of a fresh browser session on the live site.

    At the end of the test its page must have raised no script error and met no blocked resource, unless the test set
    `page.forgiven = True`.
    """
    contexts, troubles = [], []

    def opened(**options):
        context = chromium.new_context(
            base_url=live_site, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **{"viewport": DESKTOP, **options}
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.forgiven = False

        def note(text: str) -> None:
            if not page.forgiven:
                troubles.append(f"{page.url}: {text}")

        page.on("pageerror", lambda error: note(str(error)))
        page.on(
            "console",
            lambda message: note(message.text) if "Content Security Policy" in message.text else None,
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not troubles, "The browser complained:\n" + "\n".join(troubles)


def eventually(page, condition: Callable[[], bool], *, seconds: int = 20) -> None:
    """Wait until `condition()` holds, for what the server does after the browser has been answered."""
    for _try in range(seconds * 5):
        if condition():
            return
        page.wait_for_timeout(200)
    raise AssertionError("it did not happen in time")


# Chromium may answer with the new width while style rules and `vh` are still those of the old one.
SETTLED = """([width, height]) => new Promise((done) => {
  const asked = matchMedia(`(width: ${width}px) and (height: ${height}px)`);
  const look = (frames) => requestAnimationFrame(() => frames && !asked.matches ? look(frames - 1) : requestAnimationFrame(done));
  look(100);
})"""


def resize(page, size: dict[str, int]) -> None:
    """Give the window of `page` another size and wait for the frame that shows it."""
    page.set_viewport_size(size)
    page.evaluate(SETTLED, [size["width"], size["height"]])


@pytest.fixture
def phone(open_page):
    """A page 360 px wide with touch, like a cheap phone's."""
    return open_page(viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def desktop(open_page):
    return open_page(viewport=DESKTOP)


@pytest.fixture
def sign_in(live_site, client) -> Callable:
    """`sign_in(page, user)` puts the session of `user` into the page's browser session, without the sign-in form."""
    from django.conf import settings
    from django.test import Client

    def signed_in(page, user) -> None:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_site}])

    return signed_in


@pytest.fixture(scope="session")
def axe() -> Callable:
    """`axe(page)` fails with the list of accessibility faults axe-core finds on the page as it is now.

    The size of targets, new in WCAG 2.2, is asked for: axe-core leaves it out unless it is named. A bar that stays at
    the edge of the window is let go meanwhile, for axe-core takes what lies half under it for a small target.
    """
    from axe_playwright_python.sync_playwright import Axe

    engine = Axe()
    options = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}

    def check(page, *, ignore: tuple[str, ...] = ()) -> None:
        page.wait_for_load_state()
        page.evaluate("for (const bar of document.querySelectorAll('.action-bar')) bar.style.position = 'static'")
        found = engine.run(page, options=options).response["violations"]
        page.evaluate("for (const bar of document.querySelectorAll('.action-bar')) bar.style.position = ''")
        faults = [
            f"{fault['id']} ({fault['impact']}): {node['target']} {node['html'][:160]}"
            for fault in found
            if fault["id"] not in ignore
            for node in fault["nodes"]
        ]
        assert not faults, f"{page.url}\n" + "\n".join(faults)

    return check


@pytest.fixture
def look(axe, screenshot) -> Callable:
    """`look(page, name, language)` fails for what is wider than a phone's or a desk's window, and for accessibility faults.

    axe takes longest by far, so it looks once: at Vietnamese pages on a phone, at those in another language on a desk.
    The page keeps the size it had.
    """

    def looked(page, name: str, language: str = "vi", sizes: tuple[dict, ...] = (PHONE, DESKTOP)) -> None:
        before = page.viewport_size
        for size in sizes:
            resize(page, size)
            # In its own letters: those of the system are wider.
            wide = page.evaluate("document.fonts.ready.then(() => document.documentElement.scrollWidth)")
            assert wide <= size["width"], f"{page.url} is {wide} px wide at {size['width']}"
            screenshot(page, f"{name}-{language}-{size['width']}")
            if size is (sizes[0] if language == "vi" else sizes[-1]):
                axe(page)
        resize(page, before)

    return looked


@pytest.fixture
def screenshot(request):
    """`screenshot(page, name)` keeps a picture under var/screenshots/ for people to look at, where SCREENSHOTS is set."""
    folder = Path(request.config.rootpath) / "var" / "screenshots"

    def taken(page, name: str) -> Path | None:
        if not os.environ.get("SCREENSHOTS"):
            return None
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.wait_for_load_state()
        page.screenshot(path=path, full_page=True)
        return path

    return taken
