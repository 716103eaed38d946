/* The assistant in the page: its panel, asking without a new page, reading aloud. Without this the forms work as they are. */

import { all } from "../js/browser.js";
import { hush, speak, voiceFor } from "../js/voice.js";

const TALK = "ask-talk";
const MOST_KEPT = 12;
const HEADERS = { "X-Requested-With": "ask-panel" };

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

async function aloud(button) {
  const again = speaking === button;
  stop();
  if (again) return;
  speaking = button;
  button.dataset.word = button.textContent;
  button.textContent = button.dataset.stop;
  button.setAttribute("aria-pressed", "true");
  const passage = button.closest("[lang]");
  const voice = await voiceFor(passage.lang);
  if (speaking === button) speak(passage.querySelector("[data-read]").innerText, voice, stop);
}

/** Only where the device has a voice for the passage's language. */
function offerVoice(root) {
  all("[data-speak]", root).forEach(async (button) => {
    button.hidden = !(await voiceFor(button.closest("[lang]").lang));
  });
}

/* --- Asking ------------------------------------------------------------------------------------------------------------ */

async function post(form, pressed) {
  const sent = new URLSearchParams(new FormData(form));
  if (pressed && pressed.name) sent.append(pressed.name, pressed.value);
  const answer = await fetch(form.action, { method: "POST", body: sent, headers: HEADERS, credentials: "same-origin" });
  if (!answer.ok) {
    const refused = new Error(String(answer.status));
    refused.state = answer.status === 429 ? "many" : "refused";
    throw refused;
  }
  return answer.text();
}

function put(place, markup) {
  const item = document.createElement("div");
  item.innerHTML = markup; // drawn by our own server, which escapes what people typed
  place.appendChild(item);
  offerVoice(item);
  return item;
}

function listen(root) {
  const place = root.querySelector("[data-ask-answers]");
  const state = root.querySelector("[data-ask-state]");
  const tell = (name) => {
    state.textContent = name ? state.dataset[name] : "";
  };
  let pressed = null;
  root.addEventListener("click", (event) => {
    pressed = event.target.closest("button[type=submit], button:not([type])");
    const button = event.target.closest("[data-speak]");
    if (button) aloud(button);
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
      } else {
        form.insertAdjacentHTML("afterend", markup);
        form.remove();
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
  stop();
  panel.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  opener.focus();
}

async function build(link) {
  const answer = await fetch(`${link.dataset.panel}?at=${encodeURIComponent(location.pathname)}`);
  if (!answer.ok) throw new Error(String(answer.status));
  const made = document.createElement("section");
  made.className = "ask-panel";
  made.id = "ask-panel";
  made.setAttribute("role", "dialog");
  made.setAttribute("aria-labelledby", "ask-panel-title");
  made.innerHTML = await answer.text();
  document.body.appendChild(made);
  const place = made.querySelector("[data-ask-answers]");
  kept().forEach((markup) => put(place, markup));
  listen(made);
  // Wherever the focus is: the button that was pressed last may be gone.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !made.hidden) close();
  });
  made.querySelector("[data-ask-close]").addEventListener("click", close);
  made.querySelector("[data-ask-clear]").addEventListener("click", () => {
    keep([]);
    place.textContent = "";
  });
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
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = link.dataset.style;
    document.head.appendChild(style);
    panel = await build(link);
  }
  panel.hidden = false;
  link.setAttribute("aria-expanded", "true");
  panel.querySelector("textarea").focus();
}

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
