/* What every phone at a performance has in common: the outbox of the quizzes, who is on stage, one team a screen. */

import { all } from "../js/browser.js";
import { joinTabs, openStore, Outbox } from "../quizzes/outbox.js";
import { announce, fill, notice, showState } from "../quizzes/telling.js";

export { all, announce, fill };

export const data = JSON.parse(document.getElementById("stage-data").textContent);
export const words = data.words;

const EVERY = 3000;
const AFTER_A_CUT = 8000;
const sections = all("[data-turn]");
const now = document.querySelector("[data-now]");
let on = "";
let version = "";

export function two(number) {
  return number < 10 ? `0${number}` : String(number);
}

export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/** Show the part of the page of one team; nobody's choice is taken away by who comes on next. */
export function open(turn, withFocus) {
  sections.forEach((section) => {
    section.hidden = section.dataset.turn !== turn;
    if (!section.hidden && withFocus) section.querySelector("h2").focus();
  });
  all("[data-open]").forEach((button) => {
    if (button.dataset.open === turn) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
  now.querySelector("[data-now-open]").hidden = !on || on === turn || !has(on);
}

const has = (turn) => sections.some((section) => section.dataset.turn === turn);
const shown = () => sections.filter((section) => !section.hidden).map((section) => section.dataset.turn)[0] || "";

function told(state) {
  // Nothing to judge yet: when lots are drawn, the page is another one.
  if (!sections.length && version && version !== state.version) {
    location.reload();
    return;
  }
  version = state.version;
  on = state.on;
  now.querySelector("[data-now-name]").textContent = state.name || words.nobody;
  const name = state.name || words.nobody;
  if (now.dataset.said !== name) {
    now.dataset.said = name;
    announce(name);
  }
  now.querySelector("[data-now-open]").hidden = !on || on === shown() || !has(on);
  notice("lost", "");
}

async function watch() {
  let wait = EVERY;
  // Nobody looks: the next question waits until somebody does.
  if (!document.hidden) {
    try {
      const answer = await fetch(data.urls.state, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      told(await answer.json());
    } catch (lineDown) {
      notice("lost", words.lost);
      wait = AFTER_A_CUT;
    }
  }
  setTimeout(watch, wait);
}

/**
 * The outbox of this seat, with everything an earlier page left on the phone. `on.changed(key)` is told when a line's value
 * is another one, `on.settled()` when something was taken by the server.
 */
export async function begin({ changed, settled }) {
  const store = await openStore(data.attempt);
  let tell = () => {};
  const outbox = new Outbox({
    store,
    url: data.urls.answers,
    sessionUrl: data.urls.session,
    held: data.answers,
    on: {
      state: showState,
      answer: (key, value, conflict) => {
        changed(key);
        if (conflict) notice("elsewhere", words.elsewhere);
      },
      learned: (held, serverTime) => {
        tell({ held, serverTime });
        settled();
      },
      heard: () => {},
      trouble: (name) => notice("trouble", words[name] || words.refused, "error"),
      ended: () => {},
    },
  });
  tell = joinTabs(data.attempt, (message) => {
    if (message.answer) outbox.adopt(message.key, message.answer);
    if (message.held) {
      outbox.settle(message.held, message.serverTime);
      settled();
    }
  });
  try {
    await outbox.load();
  } catch (unreadable) {
    // What the server has is in the page.
  }
  const keep = async (key, value, delay) => {
    const answer = await outbox.choose(key, value, delay);
    tell({ key, answer });
  };
  all("[data-open]").forEach((button) => button.addEventListener("click", () => open(button.dataset.open, true)));
  now.querySelector("[data-now-open]").addEventListener("click", () => open(on, true));
  on = data.on;
  if (sections.length) open(has(on) ? on : sections[0].dataset.turn, false);
  watch();
  return { outbox, keep };
}
