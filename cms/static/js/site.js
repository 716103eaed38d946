/* What every page may need: who is signed in, menus that close, copy and print buttons, listening, messages. */

import { all, cookie, copyText, csrfToken, say, setLarge, toast } from "./browser.js";

/* --- Who is signed in ----------------------------------------------------------------------------------------------- */

// The server names the reader of every page but two: one brought back by the Back button, and a page about an error.
// A Vietnamese person is addressed by the last part of the name.
function showViewer(place, user) {
  const inside = Boolean(user);
  place.querySelector("[data-signed-out]").hidden = inside;
  place.querySelector("[data-signed-in]").hidden = !inside;
  place.querySelector("[data-name]").textContent = inside ? user.name.split(" ").pop() : "";
}

async function askViewer(place) {
  // Signing in always sets the CSRF cookie: without one nobody is signed in, and the server need not be asked.
  if (!cookie("csrftoken")) {
    showViewer(place, null);
    return;
  }
  try {
    const answer = await fetch("/api/v1/session", {
      credentials: "same-origin",
      headers: { Accept: "application/json" },
    });
    if (answer.ok) showViewer(place, (await answer.json()).user);
  } catch (lineDown) {
    // Reading goes on; the link to sign in stays.
  }
}

const account = document.querySelector("[data-account]");
if (account) {
  if (!account.hasAttribute("data-known")) askViewer(account);
  // A page brought back by the Back button may show the person before on a shared phone.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) askViewer(account);
  });
  account.querySelector("[data-sign-out]").addEventListener("submit", (event) => {
    const form = event.target;
    try {
      // Lessons kept on this device count for whoever was signed in last, and for nobody after that.
      localStorage.removeItem("offline-reader");
      // Nor does the next person at this phone read what was asked.
      sessionStorage.removeItem("ask-talk");
    } catch (refused) { /* Nothing was remembered either. */ }
    const token = form.elements.csrfmiddlewaretoken || form.appendChild(document.createElement("input"));
    token.type = "hidden";
    token.name = "csrfmiddlewaretoken";
    token.value = csrfToken() || token.value;
  });
}

/* --- Menus close by Escape and by a tap elsewhere -------------------------------------------------------------------- */

document.addEventListener("click", (event) => {
  all("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  all("details[data-menu][open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

/* --- Copy and print --------------------------------------------------------------------------------------------------- */

all("[data-copy], [data-copy-text], [data-print]").forEach((button) => {
  button.hidden = false;
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-text], [data-print]");
  if (!button) return;
  if (button.hasAttribute("data-print")) {
    window.print();
    return;
  }
  const source = button.dataset.copy && document.querySelector(button.dataset.copy);
  const text = source ? source.value || source.textContent : button.dataset.copyText;
  if (await copyText(text)) {
    say("copied");
  } else if (source && source.select) {
    source.focus();
    source.select();
  }
});

/* --- Listening: one voice at a time ------------------------------------------------------------------------------------ */

all("[data-listen]").forEach((slot) => {
  const audio = slot.querySelector("audio");
  const button = slot.querySelector("[data-listen-button]");
  const word = button.querySelector("[data-play]");
  button.hidden = false;
  audio.hidden = true;
  button.addEventListener("click", () => {
    if (!audio.paused) {
      audio.pause();
      return;
    }
    all("[data-listen] audio").forEach((other) => other.pause());
    audio.play().catch(() => say("lost", "error"));
  });
  const show = () => {
    button.setAttribute("aria-pressed", String(!audio.paused));
    word.textContent = audio.paused ? word.dataset.play : word.dataset.stop;
  };
  ["play", "pause", "ended"].forEach((name) => audio.addEventListener(name, show));
});

function addCode(address) {
  const code = document.createElement("script");
  code.type = "module";
  code.src = address;
  return document.head.appendChild(code);
}

/** Fetch a module that listens to `link` itself from then on, and begins with this press. */
function fetchCode(link, address) {
  link.dataset.wanted = "1";
  addCode(address).addEventListener("error", () => {
    location.href = link.href;
  });
}

/* --- The assistant: its code comes with the first press; without it the link leads to its page ---------------------------- */

const asking = document.querySelector("[data-ask]");
if (asking) {
  asking.setAttribute("role", "button");
  asking.setAttribute("aria-expanded", "false");
  if (document.querySelector(".action-bar")) asking.classList.add("ask--raised");
  asking.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!asking.dataset.wanted) fetchCode(asking, asking.dataset.ask);
  });
  asking.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    asking.click();
  });
  // Before anything can be pressed something moves; then comes the code by which the button hides nothing.
  const signs = ["scroll", "focusin", "pointermove", "touchstart"];
  const come = () => {
    signs.forEach((name) => window.removeEventListener(name, come));
    import("./aside.js").catch(() => "without a line it stays where it is");
  };
  signs.forEach((name) => window.addEventListener(name, come, { passive: true }));
}

/* --- Large letters: what the address asks for is kept; a page taken onto the device was drawn for nobody ------------------ */

const letters = /[?&]view=(large)?(&|$)/.exec(location.search);
if (letters) setLarge(Boolean(letters[1]));
else if (cookie("letters") === "large") setLarge(true);

/* --- The reading bar: its code comes with the first press; without it the link leads to large letters ----------------------- */

document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-aloud]");
  if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!way.dataset.wanted) fetchCode(way, way.dataset.aloud);
});

/* --- What a team member wrote down without a line goes out from any page; the code comes only where something waits --------- */

const sender = document.querySelector("[data-sender]");
try {
  const reader = sender && localStorage.getItem("offline-reader");
  if (reader && (localStorage.getItem("visits-waiting") || "").indexOf(reader) !== -1) addCode(sender.dataset.sender);
} catch (refused) { /* Nothing waits where nothing is stored. */ }

/* --- Forms and htmx ---------------------------------------------------------------------------------------------------- */

const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:sendError", () => say("lost", "error"));
document.addEventListener("htmx:timeout", () => say("lost", "error"));
document.addEventListener("htmx:responseError", (event) => {
  let detail = "";
  try {
    // A problem document (RFC 9457) says in the reader's language what is wrong.
    detail = JSON.parse(event.detail.xhr.responseText).detail;
  } catch (notJson) {
    detail = "";
  }
  if (detail) toast(detail, "error");
  else say("refused", "error");
});
