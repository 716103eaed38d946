/* The assistant in the page: its panel, asking without a new page, reading aloud. Without this the forms work as they are. */

import { all } from "../js/browser.js";
import { hush, speak, voiceFor } from "../js/voice.js";

const TALK = "ask-talk";
const MOST_KEPT = 12;
const HEADERS = { "X-Requested-With": "ask-panel" };
// A line that has said nothing for so long is down.
const PATIENCE = 15000;

/* --- The talk stays in this tab, and goes with it -------------------------------------------------------------------- */

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(TALK)) || [];
  } catch (damagedOrRefused) {
    return [];
  }
}

function keep(talk) {
  try {
    if (talk.length) sessionStorage.setItem(TALK, JSON.stringify(talk.slice(-MOST_KEPT)));
    else sessionStorage.removeItem(TALK);
  } catch (refused) {
    // A browser that keeps nothing still answers.
  }
}

/* --- Reading aloud by the browser's own voice -------------------------------------------------------------------------- */

let speaking = null;

function stop() {
  hush();
  if (speaking) {
    speaking.textContent = speaking.dataset.word;
    speaking.setAttribute("aria-pressed", "false");
  }
  speaking = null;
}

function readBy(button) {
  return button.closest("article").querySelector("[data-read]");
}

async function aloud(button) {
  const again = speaking === button;
  stop();
  if (again) return;
  speaking = button;
  button.dataset.word = button.textContent;
  button.textContent = button.dataset.stop;
  button.setAttribute("aria-pressed", "true");
  const passage = readBy(button);
  const voice = await voiceFor(passage.lang);
  if (speaking === button) speak(passage.innerText, voice, stop, stop);
}

/** Only where the device has a voice for the passage's language. */
function offerVoice(root) {
  all("[data-speak]", root).forEach(async (button) => {
    button.hidden = !(await voiceFor(readBy(button).lang));
  });
}

/* --- Asking ------------------------------------------------------------------------------------------------------------ */

/** The text of a page of ours; its error says in `state` what to tell, and that of a line that is down or hangs nothing. */
async function textOf(address, options) {
  const line = new AbortController();
  const end = window.setTimeout(() => line.abort(), PATIENCE);
  try {
    const answer = await fetch(address, Object.assign({ signal: line.signal, credentials: "same-origin" }, options));
    if (!answer.ok) {
      const refused = new Error(String(answer.status));
      refused.state = answer.status === 429 ? "many" : "refused";
      throw refused;
    }
    return await answer.text();
  } finally {
    window.clearTimeout(end);
  }
}

function post(form, pressed) {
  const sent = new URLSearchParams(new FormData(form));
  if (pressed && pressed.name) sent.append(pressed.name, pressed.value);
  return textOf(form.action, { method: "POST", body: sent, headers: HEADERS });
}

function put(place, markup) {
  const item = document.createElement("div");
  item.innerHTML = markup; // drawn by our own server, which escapes what people typed
  place.appendChild(item);
  offerVoice(item);
  return item;
}

/** To who does not see the page: what came of it in a sentence. The passages are read when one goes to them. */
function hear(root, item) {
  root.querySelector("[data-ask-heard]").textContent = all("[data-heard]", item).map((one) => one.textContent.trim()).join(" ");
}

function listen(root) {
  const place = root.querySelector("[data-ask-answers]");
  const state = root.querySelector("[data-ask-state]");
  const tell = (name) => {
    state.textContent = name ? state.dataset[name] : "";
    root.querySelector("[data-ask-heard]").textContent = "";
  };
  let pressed = null;
  root.addEventListener("click", (event) => {
    pressed = event.target.closest("button[type=submit], button:not([type])");
    const button = event.target.closest("[data-speak]");
    if (button) aloud(button);
    if (!event.target.closest("[data-ask-clear]")) return;
    stop();
    keep([]);
    place.textContent = "";
    tell("forgotten");
    const box = root.querySelector("textarea");
    box.value = "";
    box.focus();
  });
  // Enter sends, as in every talk; with Shift, and while a letter is still being put together, it does not.
  root.addEventListener("keydown", (event) => {
    const box = event.target;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (box.tagName !== "TEXTAREA" || !box.form || !box.form.hasAttribute("data-ask-form")) return;
    event.preventDefault();
    box.form.querySelector("button").click();
  });
  root.addEventListener("submit", async (event) => {
    const form = event.target;
    const asks = form.hasAttribute("data-ask-form");
    if (!asks && !form.hasAttribute("data-useful-form")) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    const slow = window.setTimeout(tell, 300, "waits");
    tell("");
    try {
      const markup = await post(form, pressed);
      window.clearTimeout(slow);
      tell("");
      if (asks) {
        const item = put(place, markup);
        keep(kept().concat(markup));
        const box = form.querySelector("textarea");
        if (box) box.value = "";
        item.scrollIntoView({ block: "nearest" });
        hear(root, item);
      } else {
        form.insertAdjacentHTML("afterend", markup);
        const thanks = form.nextElementSibling;
        form.remove();
        // The button that had the focus is gone.
        thanks.tabIndex = -1;
        thanks.focus({ preventScroll: true });
      }
    } catch (error) {
      window.clearTimeout(slow);
      tell(error.state || "lost");
    } finally {
      delete form.dataset.busy;
    }
  });
}

/* --- The panel on every page ---------------------------------------------------------------------------------------------- */

let panel = null;
let opener = null;

function close() {
  // Who reads on beside the panel is not called away from there.
  const within = document.activeElement === document.body || panel.contains(document.activeElement);
  stop();
  panel.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  if (within) opener.focus();
}

async function build(link) {
  const inside = await textOf(`${link.dataset.panel}?at=${encodeURIComponent(location.pathname)}`);
  const made = document.createElement("section");
  made.className = "ask-panel";
  made.id = "ask-panel";
  made.setAttribute("role", "dialog");
  made.setAttribute("aria-labelledby", "ask-panel-title");
  made.innerHTML = inside;
  document.body.appendChild(made);
  const place = made.querySelector("[data-ask-answers]");
  kept().forEach((markup) => put(place, markup));
  listen(made);
  // Wherever the focus is: the button that was pressed last may be gone.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !made.hidden) close();
  });
  made.querySelector("[data-ask-close]").addEventListener("click", close);
  return made;
}

// Open the panel, or close it when it is open. Where it cannot be had the link leads to the page.
async function toggle(link) {
  opener = link;
  if (panel && !panel.hidden) {
    close();
    return;
  }
  if (!panel) {
    link.setAttribute("aria-busy", "true");
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = link.dataset.style;
    document.head.appendChild(style);
    panel = await build(link);
    link.removeAttribute("aria-busy");
  }
  panel.hidden = false;
  link.setAttribute("aria-expanded", "true");
  panel.querySelector("textarea").focus();
  const last = panel.querySelector("[data-ask-answers]").lastElementChild;
  if (last) last.scrollIntoView({ block: "nearest" });
}

window.addEventListener("pagehide", stop);

const way = document.querySelector("[data-ask]");
if (way) {
  const open = () => {
    toggle(way).catch(() => {
      location.href = way.href;
    });
  };
  way.addEventListener("click", open);
  if (way.dataset.wanted) open();
}

all("[data-ask-page]").forEach((page) => {
  listen(page);
  offerVoice(page);
});
