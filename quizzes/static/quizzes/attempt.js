/* Taking a quiz: one question a screen, keys, marks, calm time, and submitting. Saving is in outbox.js. */

import { all } from "../js/browser.js";
import { ask, joinTabs, openStore, Outbox } from "./outbox.js";

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

/** `text` with its %(name)s and %(name)d filled in. */
function fill(text, values) {
  return text.replace(/%\((\w+)\)[sd]/g, (whole, name) => String(values[name]));
}

function plural(pair, count) {
  return fill(pair[count === 1 ? 0 : 1], { count });
}

/* --- Telling ------------------------------------------------------------------------------------------------------------- */

const saveState = document.querySelector("[data-save-state]");

function showState(name, serverTime) {
  saveState.dataset.state = name;
  if (name !== "server") return;
  const moment = serverTime ? new Date(serverTime) : new Date();
  const two = (number) => `0${number}`.slice(-2);
  saveState.querySelector("[data-time]").textContent = [moment.getHours(), moment.getMinutes(), moment.getSeconds()]
    .map(two)
    .join(":");
}

function announce(text) {
  document.querySelector("[data-announce]").textContent = text;
}

/** A notice above the question; one of each `name`, the newest text stays. An empty text takes it away. */
function notice(name, text, kind) {
  const board = document.querySelector("[data-notices]");
  let note = board.querySelector(`[data-name="${name}"]`);
  if (!text) {
    if (note) note.remove();
    return;
  }
  if (!note) {
    note = document.createElement("div");
    note.className = `notice notice--${kind || "warning"}`;
    note.dataset.name = name;
    note.appendChild(document.createElement("p"));
    board.appendChild(note);
  }
  note.firstChild.textContent = text;
}

/* --- Answers in the page --------------------------------------------------------------------------------------------------- */

const byId = {};
questions.forEach((question) => {
  byId[question.dataset.question] = question;
});

function inputs(question) {
  return all("input", question);
}

function valueIn(question) {
  const chosen = inputs(question)
    .filter((input) => input.checked)
    .map((input) => input.value)
    .sort();
  if (!chosen.length) return null;
  return question.dataset.type === "multiple" ? chosen : chosen[0];
}

function showValue(id, value) {
  const chosen = Array.isArray(value) ? value : [value];
  if (!byId[id]) return;
  inputs(byId[id]).forEach((input) => {
    input.checked = chosen.indexOf(input.value) !== -1;
  });
  refresh();
}

function refresh() {
  let answered = 0;
  questions.forEach((question, number) => {
    const given = valueIn(question) !== null;
    const flagged = Boolean(flags[question.dataset.question]);
    if (given) answered += 1;
    links[number].classList.toggle("is-answered", given);
    links[number].classList.toggle("is-flagged", flagged);
    links[number].querySelector("[data-state-words]").textContent =
      `, ${given ? words.answered : words.not_answered}${flagged ? `, ${words.flagged}` : ""}`;
    const clear = question.querySelector("[data-clear]");
    if (clear) clear.hidden = !given || over;
    question.querySelector("[data-flag]").setAttribute("aria-pressed", String(flagged));
  });
  steps.querySelector("[data-count]").textContent = `${answered}/${questions.length}`;
  const left = questions.length - answered;
  const line = overview.querySelector("[data-unanswered]");
  line.hidden = false;
  line.textContent = left ? plural(words.unanswered, left) : words.all_answered;
}

/* --- One question a screen --------------------------------------------------------------------------------------------------- */

/** Show question `number` (from 0), or the overview for `questions.length`. */
function show(number, withFocus) {
  place = Math.max(0, Math.min(questions.length, number));
  questions.forEach((question, one) => {
    question.hidden = one !== place;
  });
  const atEnd = place === questions.length;
  overview.hidden = !atEnd;
  links.forEach((link, one) => {
    if (one === place) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
  steps.querySelector("[data-previous]").disabled = place === 0;
  steps.querySelector("[data-next]").disabled = atEnd;
  document.querySelector("[data-place]").textContent = atEnd
    ? document.getElementById("overview-title").textContent
    : fill(words.question, { number: place + 1, total: questions.length });
  try {
    history.replaceState(null, "", atEnd ? "#overview" : `#q-${place + 1}`);
  } catch (tooOften) {
    // Safari limits how often; only the place after a reload is lost.
  }
  if (withFocus) {
    const heading = atEnd ? document.getElementById("overview-title") : questions[place].querySelector("legend");
    heading.focus();
    window.scrollTo(0, 0);
  }
}

function placeInAddress() {
  const found = /^#q-(\d+)$/.exec(location.hash);
  if (found) return Number(found[1]) - 1;
  return location.hash === "#overview" ? questions.length : 0;
}

/* --- Time: the server's clock decides ------------------------------------------------------------------------------------------- */

let ahead = Date.parse(data.server_time) - Date.now();
let deadline = data.deadline ? Date.parse(data.deadline) : null;
const started = Date.parse(data.started_at);
const timer = document.querySelector("[data-timer]");
const said = {};

function heardTime(told) {
  if (told.server_time) ahead = Date.parse(told.server_time) - Date.now();
  if (told.deadline && Date.parse(told.deadline) !== deadline) {
    if (deadline !== null && Date.parse(told.deadline) > deadline) notice("time", words.more_time, "tip");
    deadline = Date.parse(told.deadline);
    said[300] = said[60] = false;
  }
}

function tick() {
  if (deadline === null || !timer || over) return;
  const left = Math.round((deadline - (Date.now() + ahead)) / 1000);
  const minutes = Math.floor(left / 60);
  const text = left <= 0 ? words.time_up : minutes ? plural(words.minute, minutes) : plural(words.second, Math.ceil(left / 10) * 10);
  const line = timer.querySelector("[data-timer-words]");
  if (line.textContent !== text) line.textContent = text;
  const bar = timer.querySelector("progress");
  bar.max = Math.max(1, Math.round((deadline - started) / 1000));
  bar.value = Math.max(0, left);
  timer.classList.toggle("timer--soon", left < bar.max / 10);
  [300, 60].forEach((moment) => {
    if (left <= moment && left > moment - 20 && !said[moment]) {
      said[moment] = true;
      announce(text);
    }
  });
  if (left <= 0) timeUp();
}

/* --- Saving ------------------------------------------------------------------------------------------------------------------------ */

let outbox = null;
let tell = () => {};

function changed(question) {
  if (over) return;
  refresh();
  const id = question.dataset.question;
  outbox.choose(id, valueIn(question)).then((answer) => tell({ kind: "answer", question: id, answer }));
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
let submitting = false;

function newKey() {
  const numbers = new Uint32Array(4);
  window.crypto.getRandomValues(numbers);
  return Array.prototype.map.call(numbers, (number) => number.toString(36)).join("-");
}
const submitKey = newKey();

function waitForLine() {
  return new Promise((resolve) => {
    const timeout = setTimeout(done, 5000);
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
  submitButton.setAttribute("aria-busy", "true");
  submitButton.setAttribute("aria-disabled", "true");
  announce(words.submitting);
  for (;;) {
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
    await waitForLine();
  }
  submitting = false;
  submitButton.removeAttribute("aria-busy");
  submitButton.removeAttribute("aria-disabled");
}

let asking = false;

/** The deadline has passed here: ask the server, which may have moved it; else send what waits and end. */
async function timeUp() {
  if (asking || over) return;
  asking = true;
  all("input", form).forEach((input) => {
    input.disabled = true;
  });
  try {
    const { status, told } = await ask("GET", data.urls.attempt);
    if (status === 200) heardTime(told);
    if (status === 200 && told.state === "open" && deadline > Date.now() + ahead) {
      all("input", form).forEach((input) => {
        input.disabled = false;
      });
      notice("grace", "");
      asking = false;
      return;
    }
    announce(words.time_up);
    await submitQuiz();
  } catch (lineDown) {
    notice("grace", words.grace);
    await waitForLine();
    asking = false;
  }
}

/* --- Hands --------------------------------------------------------------------------------------------------------------------------- */

function wire() {
  form.addEventListener("change", (event) => {
    const question = event.target.closest("[data-question]");
    if (question) changed(question);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!submitting) submitQuiz();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-flag], [data-clear], [data-go]");
    if (!button) return;
    const question = button.closest("[data-question]");
    if (button.hasAttribute("data-go")) {
      event.preventDefault();
      show(Number(button.dataset.go) - 1, true);
    } else if (button.hasAttribute("data-flag")) {
      const id = question.dataset.question;
      flags[id] = !flags[id];
      outbox.store.put("-flags", { ...flags }).catch(() => {});
      refresh();
    } else if (!over) {
      inputs(question).forEach((input) => {
        input.checked = false;
      });
      changed(question);
      question.querySelector("legend").focus();
    }
  });
  steps.querySelector("[data-previous]").addEventListener("click", () => show(place - 1, true));
  steps.querySelector("[data-next]").addEventListener("click", () => show(place + 1, true));
  steps.querySelector("[data-all]").addEventListener("click", () => show(questions.length, true));
  window.addEventListener("hashchange", () => show(placeInAddress(), false));
  // Keys work while the question has the focus, so that they never clash with those of a screen reader (WCAG 2.1.4).
  form.addEventListener("keydown", onKey);
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    event.preventDefault();
    show(place + (event.key === "ArrowRight" ? 1 : -1), true);
    return;
  }
  const question = event.target.closest("[data-question]");
  if (!question || over) return;
  if (event.key === "Enter" && event.target.tagName === "INPUT") {
    event.preventDefault();
    show(place + 1, true);
    return;
  }
  const options = inputs(question);
  const number = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : "abcdefghij".indexOf(event.key.toLowerCase());
  if (event.key.length !== 1 || number < 0 || number >= options.length) return;
  event.preventDefault();
  const input = options[number];
  if (input.disabled) return;
  input.checked = input.type === "radio" ? true : !input.checked;
  input.focus();
  changed(question);
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
      heard: heardTime,
      trouble: (name) => notice("trouble", words[name], "error"),
      ended: () => leave(),
    },
  });
  tell = joinTabs(data.attempt, hear);
  // A browser that restores a form of its own accord must not overrule what is saved.
  questions.forEach((question) => showValue(question.dataset.question, outbox.valueOf(question.dataset.question)));
  try {
    await outbox.load();
    Object.assign(flags, (await store.all())["-flags"] || {});
  } catch (unreadable) {
    // What the server has is in the page.
  }
  all("[data-flag]", form).forEach((button) => {
    button.hidden = false;
  });
  // The bar says which question it is; a screen reader hears it with the question.
  all("[data-number]", form).forEach((line) => line.classList.add("visually-hidden"));
  form.querySelector("[data-plain]").hidden = true;
  steps.hidden = false;
  refresh();
  wire();
  show(placeInAddress(), false);
  tick();
  setInterval(tick, 1000);
}

begin();
