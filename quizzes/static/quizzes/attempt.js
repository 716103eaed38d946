/* Taking a quiz: the way through it, keys, marks, calm time, and submitting. Saving is in outbox.js, what an answer looks
   like in its question in types.js. */

import { all } from "../js/browser.js";
import { ask, joinTabs, openStore, Outbox } from "./outbox.js";
import { announce, Clock, fill, notice, plural, showState } from "./telling.js";
import { dress, read, write } from "./types.js";

const form = document.querySelector("[data-quiz]");
const data = JSON.parse(document.getElementById("quiz-data").textContent);
const words = data.words;
const questions = all("[data-question]", form);
const overview = form.querySelector("[data-overview]");
const links = all("[data-go]", overview);
const steps = document.querySelector("[data-steps]");
const flags = {};
let place = 0;
let over = false;

/* --- Answers in the page --------------------------------------------------------------------------------------------------- */

const byId = {};
questions.forEach((question) => {
  byId[question.dataset.question] = question;
});

const valueOf = (question) => outbox.valueOf(question.dataset.question);
const isShut = (question) => question.hasAttribute("data-shut");

function showValue(id, value) {
  if (!byId[id]) return;
  write(byId[id], value);
  refresh();
}

function unanswered() {
  return questions.filter((question) => valueOf(question) === null);
}

function refresh() {
  questions.forEach((question, number) => {
    const given = valueOf(question) !== null;
    const flagged = Boolean(flags[question.dataset.question]);
    links[number].classList.toggle("is-answered", given);
    links[number].classList.toggle("is-flagged", flagged);
    links[number].querySelector("[data-state-words]").textContent =
      `, ${given ? words.answered : words.not_answered}${flagged ? `, ${words.flagged}` : ""}`;
    const clear = question.querySelector("[data-clear]");
    if (clear) clear.hidden = !given || over || isShut(question);
    const flag = question.querySelector("[data-flag]");
    flag.classList.toggle("is-flagged", flagged);
    flag.querySelector("[data-flagged]").hidden = !flagged;
    flag.querySelector("[data-unflagged]").hidden = flagged;
  });
  const left = unanswered().length;
  steps.querySelector("[data-count]").textContent = `${questions.length - left}/${questions.length}`;
  const line = overview.querySelector("[data-unanswered]");
  line.hidden = false;
  line.textContent = left ? plural(words.unanswered, left) : words.all_answered;
}

/* --- One question a screen --------------------------------------------------------------------------------------------------- */

/** The first question that may be shown: where there is no way back, the furthest one that was seen or answered. */
let first = 0;

/** Show question `number` (from 0), or the overview for `questions.length`. */
function show(number, withFocus) {
  place = Math.max(first, Math.min(questions.length, number));
  const atEnd = place === questions.length;
  if (!data.all) {
    questions.forEach((question, one) => {
      question.hidden = one !== place;
    });
    overview.hidden = !atEnd;
  }
  if (data.one_way) goneTo(place);
  links.forEach((link, one) => {
    if (one === place) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
  steps.querySelector("[data-previous]").hidden = data.all || data.one_way;
  steps.querySelector("[data-previous]").disabled = place === 0;
  steps.querySelector("[data-next]").hidden = data.all;
  steps.querySelector("[data-next]").disabled = atEnd;
  steps.querySelector("[data-all]").disabled = data.one_way;
  if (!data.all) {
    document.querySelector("[data-place]").textContent = atEnd
      ? document.getElementById("overview-title").textContent
      : fill(words.question, { number: place + 1, total: questions.length });
  }
  try {
    history.replaceState(null, "", atEnd ? "#overview" : `#q-${place + 1}`);
  } catch (tooOften) {
    // Safari limits how often; only the place after a reload is lost.
  }
  if (withFocus) {
    const heading = atEnd ? document.getElementById("overview-title") : questions[place].querySelector("legend");
    heading.focus();
    if (!data.all) window.scrollTo(0, 0);
  }
}

function goneTo(number) {
  if (number <= first) return;
  first = number;
  outbox.store.put("-place", first).catch(() => {});
}

function placeInAddress() {
  const found = /^#q-(\d+)$/.exec(location.hash);
  if (found) return Number(found[1]) - 1;
  return location.hash === "#overview" ? questions.length : 0;
}

/* --- Saving ------------------------------------------------------------------------------------------------------------------------ */

const clock = new Clock(data, words);
let outbox = null;
let tell = () => {};

// While somebody types, the device has every letter at once and the server a little later.
const TYPING = 1500;

function changed(question, delay) {
  if (over || isShut(question)) return;
  const id = question.dataset.question;
  const value = read(question);
  if (JSON.stringify(value) === JSON.stringify(valueOf(question))) {
    outbox.later(250);
    return;
  }
  outbox.choose(id, value, delay).then((answer) => tell({ kind: "answer", question: id, answer }));
  refresh();
}

function lock(locked) {
  questions.forEach((question) => {
    if (!isShut(question)) question.querySelector("fieldset").disabled = locked;
  });
}

/* --- «Kiểm tra»: the answer becomes final, then the server says whether it is right ------------------------------------------- */

async function check(question) {
  const id = question.dataset.question;
  notice("check", valueOf(question) === null ? words.answer_first : "");
  if (valueOf(question) === null || isShut(question)) return;
  try {
    if (!(await outbox.flush())) throw new Error("the line is down");
    const { status, told } = await ask("POST", data.urls.check, { question: id });
    if (status !== 200) {
      notice("check", told.detail || words.check_waits);
      return;
    }
    question.setAttribute("data-shut", "");
    question.querySelector("[data-body]").innerHTML = told.html;
    question.querySelector("[data-check]").hidden = true;
    question.querySelector("[data-outcome]").focus();
    refresh();
  } catch (lineDown) {
    notice("check", words.check_waits);
  }
}

function hear(message) {
  if (message.kind === "answer") outbox.adopt(message.question, message.answer);
  if (message.kind === "learned") outbox.settle(message.held, message.serverTime);
  if (message.kind === "ended") location.assign(data.urls.result);
}

async function leave() {
  over = true;
  try {
    await outbox.store.clear();
  } catch (refused) {
    // Nothing in it is secret, and its numbers make it harmless.
  }
  tell({ kind: "ended" });
  location.assign(data.urls.result);
}

/* --- The end ------------------------------------------------------------------------------------------------------------------------- */

const submitButton = overview.querySelector("[data-submit]");
const sure = overview.querySelector("[data-sure]");
let submitting = false;

/** Ask once where answers are missing, beside the button; else submit. */
function endQuiz() {
  const left = unanswered().length;
  if (!left || submitting) {
    submitQuiz();
    return;
  }
  const line = sure.querySelector("[data-sure-words]");
  line.textContent = plural(words.sure, left);
  askSure(true);
  // The bar below must not hide either answer.
  sure.scrollIntoView({ block: "center" });
  line.focus({ preventScroll: true });
}

function askSure(asks) {
  sure.hidden = !asks;
  overview.querySelector("[data-end]").hidden = asks;
}

function newKey() {
  const numbers = new Uint32Array(4);
  window.crypto.getRandomValues(numbers);
  return Array.prototype.map.call(numbers, (number) => number.toString(36)).join("-");
}
const submitKey = newKey();

/* A web process that was started again is back in a second or two; a whole class must not come back in one moment. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 5000;

function waitForLine(wait) {
  return new Promise((resolve) => {
    const timeout = setTimeout(done, wait * (0.75 + Math.random() / 2));
    function done() {
      clearTimeout(timeout);
      window.removeEventListener("online", done);
      resolve();
    }
    window.addEventListener("online", done);
  });
}

/** Send what waits, then submit; again and again until the server has said so. */
async function submitQuiz() {
  if (submitting) return;
  submitting = true;
  askSure(false);
  submitButton.setAttribute("aria-busy", "true");
  submitButton.setAttribute("aria-disabled", "true");
  announce(words.submitting);
  for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
    try {
      const sent = await outbox.flush();
      if (sent || outbox.ended) {
        const { status } = await ask("POST", data.urls.submit, undefined, { "Idempotency-Key": submitKey });
        if (status === 200) {
          await leave();
          return;
        }
        if (status === 401 || status === 404) {
          notice("trouble", words.sign_in, "error");
          break;
        }
        if (status === 403) await outbox.renewToken();
      }
    } catch (lineDown) {
      // Told below, tried again below.
    }
    notice("submit", words.submit_waits);
    await waitForLine(wait);
  }
  submitting = false;
  submitButton.removeAttribute("aria-busy");
  submitButton.removeAttribute("aria-disabled");
}

let asking = false;

function tick() {
  if (!over && clock.tick()) timeUp();
}

/** The deadline has passed here: ask the server, which may have moved it; else send what waits and end. */
async function timeUp() {
  if (asking || over) return;
  asking = true;
  lock(true);
  try {
    const { status, told } = await ask("GET", data.urls.attempt);
    if (status === 200) clock.heard(told);
    if (status === 200 && told.state === "open" && clock.left > 0) {
      lock(false);
      notice("grace", "");
      asking = false;
      return;
    }
    announce(words.time_up);
    await submitQuiz();
  } catch (lineDown) {
    notice("grace", words.grace);
    await waitForLine(LONGEST_WAIT);
    asking = false;
  }
}

/* --- Hands --------------------------------------------------------------------------------------------------------------------------- */

const BUTTONS = {
  go: (question, button) => show(Number(button.dataset.go) - 1, true),
  flag: (question) => {
    const id = question.dataset.question;
    flags[id] = !flags[id];
    outbox.store.put("-flags", { ...flags }).catch(() => {});
    refresh();
  },
  check,
  clear: (question) => {
    if (over) return;
    write(question, null);
    changed(question);
    question.querySelector("legend").focus();
  },
  submit: endQuiz,
  sureYes: () => submitQuiz(),
  sureNo: () => {
    askSure(false);
    if (data.one_way) submitButton.focus();
    else show(questions.indexOf(unanswered()[0]), true);
  },
};
const PRESSED = Object.keys(BUTTONS)
  .map((name) => `[data-${name.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}]`)
  .join(", ");

function wire() {
  form.addEventListener("change", (event) => {
    const question = event.target.closest("[data-question]");
    if (question) changed(question);
  });
  form.addEventListener("input", (event) => {
    if (event.target.hasAttribute("data-typed")) changed(event.target.closest("[data-question]"), TYPING);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    const button = event.target.closest(PRESSED);
    if (!button) return;
    event.preventDefault();
    const name = Object.keys(BUTTONS).filter((one) => one in button.dataset)[0];
    BUTTONS[name](button.closest("[data-question]"), button);
  });
  steps.querySelector("[data-previous]").addEventListener("click", () => show(place - 1, true));
  steps.querySelector("[data-next]").addEventListener("click", () => show(place + 1, true));
  steps.querySelector("[data-all]").addEventListener("click", () => show(questions.length, true));
  window.addEventListener("hashchange", () => show(placeInAddress(), false));
  // Single letters work while the question or nothing at all has the focus, never in a text (WCAG 2.1.4).
  document.addEventListener("keydown", onKey);
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const target = event.target;
  const nowhere = target === document.body || target === document.documentElement;
  // Arrows and letters are the field's own in a list, a text, and between "true" and "false" beside each other.
  const isList = target.tagName === "SELECT" || (target.type === "radio" && !target.hasAttribute("data-key"));
  const isOwn = isList || target.hasAttribute("data-typed");
  if (!nowhere && !form.contains(target)) return;
  if (event.key === "Escape" && !sure.hidden) {
    askSure(false);
    submitButton.focus();
    return;
  }
  if (event.key === "Enter" && target.tagName === "INPUT" && !data.all) {
    event.preventDefault();
    show(place + 1, true);
    return;
  }
  if (isOwn) return;
  if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && !data.all) {
    event.preventDefault();
    show(place + (event.key === "ArrowRight" ? 1 : -1), true);
    return;
  }
  const question = nowhere && !data.all ? questions[place] : target.closest("[data-question]");
  if (!question || over || isShut(question) || question.querySelector("fieldset").disabled) return;
  const options = all("[data-key]", question);
  const number = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : "abcdefghij".indexOf(event.key.toLowerCase());
  if (event.key.length !== 1 || number < 0 || number >= options.length) return;
  event.preventDefault();
  const input = options[number];
  input.checked = input.type === "radio" ? true : !input.checked;
  input.focus();
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

async function begin() {
  const store = await openStore(data.attempt);
  outbox = new Outbox({
    store,
    url: data.urls.answers,
    sessionUrl: data.urls.session,
    held: data.answers,
    on: {
      state: showState,
      answer: (id, value, conflict) => {
        showValue(id, value);
        if (conflict) notice("elsewhere", fill(words.elsewhere, { number: questions.indexOf(byId[id]) + 1 }));
      },
      learned: (held, serverTime) => tell({ kind: "learned", held, serverTime }),
      heard: (told) => clock.heard(told),
      trouble: (name) => notice("trouble", words[name], "error"),
      ended: () => leave(),
    },
  });
  tell = joinTabs(data.attempt, hear);
  const tools = { changed, say: announce, words };
  questions.forEach((question, number) => {
    dress(question, tools);
    // A browser that restores a form of its own accord must not overrule what is saved.
    write(question, valueOf(question));
    if (data.one_way && valueOf(question) !== null) first = number;
  });
  let kept = {};
  try {
    await outbox.load();
    kept = await store.all();
  } catch (unreadable) {
    // What the server has is in the page.
  }
  Object.assign(flags, kept["-flags"] || {});
  if (data.one_way) first = Math.max(first, Math.min(Number(kept["-place"]) || 0, questions.length));
  if (outbox.isEmpty && data.saved_at) showState("server", data.saved_at);
  all("[data-flag], [data-legend-flag], [data-sure-no]", form).forEach((part) => {
    part.hidden = false;
  });
  if (!data.all) {
    // The bar says which question it is; a screen reader hears it with the question.
    all("[data-number]", form).forEach((line) => line.classList.add("visually-hidden"));
    all("[data-part]", form).forEach((heading) => {
      heading.hidden = false;
    });
  }
  form.querySelector("[data-plain]").hidden = true;
  steps.hidden = false;
  refresh();
  wire();
  show(placeInAddress(), true);
  tick();
  setInterval(tick, 1000);
}

begin();
