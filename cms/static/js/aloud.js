/* The reading bar of a page: it is read aloud paragraph by paragraph, and shown in large letters. It comes with the first
 * press on the link to the page in large letters, which is there without this. */

import { all, isLarge, say, setLarge } from "./browser.js";
import { canSpeak, hush, speak, voiceFor } from "./voice.js";

const SPOKEN = "h1, h2, h3, h4, p, li, dt, dd, th, td, figcaption, blockquote";
const SILENT = ".no-print, nav, form, button, .visually-hidden, [hidden], [aria-hidden=true], .aloud, .transcript";
const FOLDED = "details:not([open]) > :not(summary)";
const NOW = "aloud-now";

let bar = null;
let opener = null;
let place = -1;
let isOn = false;

/* --- What is read ------------------------------------------------------------------------------------------------------- */

/** The paragraphs of the page as it is now: what is folded away or only on paper is not read. */
function passages() {
  const root = document.querySelector("main article") || document.querySelector("main");
  return all(SPOKEN, root).filter(
    (one) =>
      !one.querySelector(SPOKEN) &&
      !one.closest(SILENT) &&
      !one.closest(FOLDED) &&
      one.offsetParent !== null &&
      one.innerText.trim(),
  );
}

function languageOf(element) {
  return element.closest("[lang]").lang;
}

function mark(element) {
  all(`.${NOW}`).forEach((one) => one.classList.remove(NOW));
  if (!element) return;
  element.classList.add(NOW);
  const box = element.getBoundingClientRect();
  if (box.top < bar.offsetHeight + 8 || box.bottom > window.innerHeight) element.scrollIntoView({ block: "center" });
}

function show() {
  const play = bar.querySelector("[data-play]");
  const word = play.querySelector("[data-word]");
  play.setAttribute("aria-pressed", String(isOn));
  word.textContent = isOn ? play.dataset.pause : play.dataset.play;
}

function stop() {
  isOn = false;
  hush();
  show();
}

/** Read the paragraph at `number` and go on from there; one in a language without a voice is passed over. */
async function read(number) {
  const found = passages();
  const passage = found[number];
  if (!passage) {
    stop();
    mark(null);
    place = -1;
    return;
  }
  place = number;
  isOn = true;
  mark(passage);
  show();
  const voice = await voiceFor(languageOf(passage));
  if (!isOn || place !== number) return;
  if (!voice) {
    read(number + 1);
    return;
  }
  all("audio, video").forEach((sound) => sound.pause());
  const next = (complete) => {
    if (complete) {
      read(number + 1);
    } else {
      stop();
      say("refused", "error");
    }
  };
  speak(passage.innerText, voice, next, stop);
}

/** From where the reader is: the paragraph that was read last, else the first one in sight. */
function begin() {
  if (place >= 0) return place;
  const found = passages();
  const seen = found.findIndex((one) => one.getBoundingClientRect().top >= bar.getBoundingClientRect().bottom - 4);
  return Math.max(window.scrollY < window.innerHeight / 2 ? 0 : seen, 0);
}

function step(by) {
  const next = Math.min(Math.max(begin() + by, 0), passages().length - 1);
  if (isOn) {
    hush();
    read(next);
  } else {
    place = next;
    mark(passages()[next]);
  }
}

/* --- The bar ------------------------------------------------------------------------------------------------------------- */

function recorded() {
  return all("main audio, main video").find((one) => one.src || one.querySelector("source"));
}

function toRecording() {
  const sound = recorded();
  const button = sound.closest("[data-listen]") && sound.closest("[data-listen]").querySelector("button");
  const shown = button || (sound.hidden ? sound.parentElement : sound);
  shown.scrollIntoView({ block: "center" });
  (button || sound).focus();
}

/** Reading aloud is offered where the device has a voice; where it has none, what is missing is said. */
async function offer() {
  const voice = await voiceFor(document.documentElement.lang);
  all("[data-spoken]", bar).forEach((one) => {
    one.hidden = !voice;
  });
  bar.querySelector(canSpeak() ? "[data-no-voice]" : "[data-no-speech]").hidden = Boolean(voice);
  const way = bar.querySelector("[data-recorded]");
  way.hidden = Boolean(voice) || !recorded();
}

function showSize() {
  bar.querySelector("[data-size]").setAttribute("aria-pressed", String(isLarge()));
}

function close() {
  stop();
  mark(null);
  place = -1;
  bar.hidden = true;
  opener.focus();
}

async function build() {
  const answer = await fetch(`/${document.documentElement.lang.toLowerCase()}/aloud/`);
  if (!answer.ok) throw new Error(String(answer.status));
  const main = document.querySelector("main");
  main.insertAdjacentHTML("afterbegin", await answer.text());
  const made = main.querySelector(".aloud");
  const does = {
    play: () => (isOn ? stop() : read(begin())),
    back: () => step(-1),
    next: () => step(1),
    size: () => {
      setLarge(!isLarge());
      showSize();
    },
    recorded: toRecording,
    close,
  };
  Object.keys(does).forEach((name) => made.querySelector(`[data-${name}]`).addEventListener("click", does[name]));
  made.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  window.addEventListener("pagehide", stop);
  return made;
}

/** Open the bar, or close it when it is open. `link` leads to the same page in large letters. */
async function toggle(link) {
  opener = link;
  if (bar && !bar.hidden) {
    close();
    return;
  }
  if (!bar) {
    bar = await build();
    await offer();
  }
  bar.hidden = false;
  showSize();
  show();
  const first = all("button", bar).find((button) => !button.hidden);
  first.focus();
}

all("[data-aloud]").forEach((way) => {
  const press = () => {
    toggle(way).catch(() => {
      location.href = way.href;
    });
  };
  way.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    press();
  });
  if (way.dataset.wanted) press();
});
