/* A survey: what is not asked is hidden, and answers wait on the device until the server has them.
 *
 * Each waits in localStorage under the key this page was drawn with: sending it again is harmless. What is not sent yet lies
 * in sessionStorage, so that a reload goes on where it was and the next person on a shared phone does not. The form itself
 * is kept by survey-keep.js. Without this script the page is an ordinary form, and the server leaves out what was not asked. */

import { all } from "../js/browser.js";
import { uuid } from "./uuid.js";

const WAITING = "survey-answers";
const FIRST_WAIT = 5000;
const LONGEST_WAIT = 60000;
const PATIENCE = 20000;
// The server takes nothing that is older.
const LONGEST_AGE = 3 * 24 * 3600;

/* --- What waits ---------------------------------------------------------------------------------------------------------- */

// A device that refuses storage keeps them for this page.
let here = null;

function read() {
  if (here) return here;
  try {
    return JSON.parse(localStorage.getItem(WAITING)) || {};
  } catch (unreadable) {
    return {};
  }
}

function write(waiting) {
  try {
    localStorage.setItem(WAITING, JSON.stringify(waiting));
  } catch (fullOrRefused) {
    here = waiting;
  }
}

function keep(key, entry) {
  const waiting = read();
  waiting[key] = entry;
  write(waiting);
}

function drop(key) {
  const waiting = read();
  delete waiting[key];
  write(waiting);
}

/** Send one answer. Resolves to {status, told}; rejects when the line is down. */
async function send(entry) {
  const age = Math.max(0, Math.round((Date.now() - entry.at) / 1000));
  const options = {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...entry.body, age_seconds: Math.min(age, LONGEST_AGE) }),
  };
  let timer = null;
  if (window.AbortController) {
    const giveUp = new AbortController();
    options.signal = giveUp.signal;
    timer = setTimeout(() => giveUp.abort(), PATIENCE);
  }
  try {
    const answer = await fetch(`/api/v1/surveys/${entry.slug}/answers`, options);
    let told = {};
    try {
      told = await answer.json();
    } catch (notJson) {
      told = {};
    }
    return { status: answer.status, told };
  } finally {
    clearTimeout(timer);
  }
}

const isFinal = (status) => status < 500 && status !== 429 && status !== 403;

/* --- This page ----------------------------------------------------------------------------------------------------------- */

const form = document.querySelector("form[data-survey], form[data-survey-preview]");
const isTaken = Boolean(form && form.dataset.survey);
const panel = document.querySelector("[data-survey-state]");
let wait = FIRST_WAIT;
let timer = null;
let busy = false;

function say(state, words) {
  if (!panel) return;
  panel.hidden = false;
  all("[data-when]", panel).forEach((line) => {
    line.hidden = line.dataset.when !== state;
  });
  if (words) panel.querySelector("[data-refusal]").textContent = words;
  panel.dataset.state = state;
}

/** Send everything that waits, of this survey and others. `onOwn` hears what became of this page's. */
async function sendAll(onOwn) {
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  const waiting = read();
  const own = form && form.querySelector("[name=key]") ? form.querySelector("[name=key]").value : "";
  let isDown = false;
  for (const key of Object.keys(waiting)) {
    if (isDown) break;
    try {
      const { status, told } = await send(waiting[key]);
      if (isFinal(status)) drop(key);
      else isDown = true;
      if (key === own && isFinal(status)) onOwn(status, told);
    } catch (lineDown) {
      isDown = true;
    }
  }
  busy = false;
  if (isDown) {
    if (own && read()[own]) say("device");
    // Phones of a class whose line went down together must not come back in one moment.
    timer = setTimeout(() => sendAll(onOwn), wait * (0.75 + Math.random() / 2));
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }
}

/* --- What is asked ------------------------------------------------------------------------------------------------------- */

const parts = form ? all("[data-question]", form) : [];

function chosen(part) {
  return all("input", part)
    .filter((input) => input.checked && !input.disabled)
    .map((input) => input.value);
}

/** Hide what hangs on an answer that was not given. Questions hang only on earlier ones, so once through is enough. */
function branch() {
  parts.forEach((part) => {
    if (!part.dataset.when) return;
    const lead = parts.find((one) => one.dataset.question === part.dataset.when);
    const values = part.dataset.is.split(" ");
    const isAsked = Boolean(lead) && !lead.hidden && chosen(lead).some((value) => values.indexOf(value) !== -1);
    part.hidden = !isAsked;
    all("input, textarea", part).forEach((input) => {
      input.disabled = !isAsked;
    });
  });
}

function valueOf(part) {
  const text = part.querySelector("textarea, input[type=text]");
  if (text) return text.value.trim();
  const values = chosen(part);
  return part.querySelector("input[type=checkbox]") ? values : values[0] || "";
}

/** Marks what has to be answered and is not; the first of them, or nothing. */
function firstMissing() {
  const missing = parts.filter((part) => !part.hidden && part.hasAttribute("data-required") && !valueOf(part).length);
  parts.forEach((part) => {
    const isMissing = missing.indexOf(part) !== -1;
    part.classList.toggle("field--error", isMissing);
    const words = part.querySelector("[data-error]");
    if (words) words.hidden = !isMissing;
  });
  return missing[0];
}

function body() {
  const values = {};
  parts.forEach((part) => {
    if (part.hidden || part.classList.contains("survey__section")) return;
    const value = valueOf(part);
    if (value.length) values[part.dataset.question] = value;
  });
  const said = (name) => (field(name) ? field(name).value : "");
  return {
    key: said("key"),
    seq: Number(said("seq")) || 1,
    version: Number(form.dataset.version),
    language: form.dataset.language,
    values,
    audience: said("audience"),
    unit: said("unit"),
    about: form.dataset.about || null,
  };
}

function settled(status, told) {
  if (status === 200 || status === 201) {
    const asked = [`language=${form.dataset.language}`];
    if (told.masked) asked.push("masked=1");
    if (form.dataset.about) asked.push(`about=${form.dataset.about}`);
    dropDraft();
    window.location.assign(`${form.dataset.thanks}?${asked.join("&")}`);
    return;
  }
  if (status === 422) {
    // The server says beside each question what is to be done.
    form.submit();
    return;
  }
  say("refused", told.detail || told.title || "");
}

/* --- Half an answer outlives a reload ------------------------------------------------------------------------------------- */

const field = (name) => form.querySelector(`[name=${name}]`);
const draftKey = () => `survey-draft:${form.dataset.survey}:${form.dataset.about}`;

function saveDraft() {
  const draft = { key: field("key").value, seq: field("seq").value, version: form.dataset.version, fields: {} };
  all("input, select, textarea", form).forEach((input) => {
    if (input.type === "hidden") return;
    const isPressed = input.type === "radio" || input.type === "checkbox";
    if (isPressed && input.checked) draft.fields[input.name] = (draft.fields[input.name] || []).concat(input.value);
    else if (!isPressed && input.value) draft.fields[input.name] = [input.value];
  });
  try {
    sessionStorage.setItem(draftKey(), JSON.stringify(draft));
  } catch (fullOrRefused) {
    // The open page still holds it.
  }
}

function dropDraft() {
  try {
    sessionStorage.removeItem(draftKey());
  } catch (refused) {
    // Nothing was kept either.
  }
}

/** Put back what was answered before a reload. Questions that changed meanwhile begin anew. */
function restoreDraft() {
  let draft = null;
  try {
    draft = JSON.parse(sessionStorage.getItem(draftKey()));
  } catch (refusedOrUnreadable) {
    draft = null;
  }
  if (!draft || draft.version !== form.dataset.version) return;
  field("key").value = draft.key;
  field("seq").value = draft.seq;
  all("input, select, textarea", form).forEach((input) => {
    if (input.type === "hidden") return;
    const values = draft.fields[input.name] || [];
    if (input.type === "radio" || input.type === "checkbox") input.checked = values.indexOf(input.value) !== -1;
    else input.value = values[0] || "";
  });
}

/** A page kept on the device was drawn once for everybody: a key of its own, and what is rated as the address says. */
function makeOwn() {
  const about = /[?&]about=([0-9a-f-]{36})(&|$)/.exec(window.location.search);
  form.dataset.about = about ? about[1] : "";
  field("key").value = uuid();
  field("seq").value = "1";
}

/** What was answered here and waits for the line: the page goes on with it instead of asking anew. */
function goOnWaiting() {
  const waiting = read();
  const key = Object.keys(waiting).find(
    (one) => waiting[one].slug === form.dataset.survey && (waiting[one].body.about || "") === form.dataset.about,
  );
  if (!key) return;
  field("key").value = key;
  form.hidden = true;
  say("saving");
}

function begin() {
  if (isTaken) {
    if (document.documentElement.dataset.kept) makeOwn();
    restoreDraft();
    goOnWaiting();
    form.addEventListener("input", saveDraft);
    form.addEventListener("change", saveDraft);
  }
  branch();
  form.addEventListener("change", () => {
    branch();
    all(".field--error", form).forEach((part) => {
      if (!valueOf(part).length) return;
      part.classList.remove("field--error");
      const words = part.querySelector("[data-error]");
      if (words) words.hidden = true;
    });
  });
  if (!isTaken) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const missing = firstMissing();
    if (missing) {
      const target = missing.querySelector("input, textarea");
      target.focus();
      missing.scrollIntoView();
      return;
    }
    const sent = body();
    keep(sent.key, { slug: form.dataset.survey, at: Date.now(), body: sent });
    form.hidden = true;
    say("saving");
    panel.focus();
    wait = FIRST_WAIT;
    sendAll(settled);
  });
}

if (form) begin();
if (panel) {
  panel.querySelector("[data-send-now]").addEventListener("click", () => {
    wait = FIRST_WAIT;
    say("saving");
    sendAll(settled);
  });
}
window.addEventListener("online", () => sendAll(settled));
sendAll(isTaken ? settled : () => {});
if (form) form.dataset.ready = "true";
