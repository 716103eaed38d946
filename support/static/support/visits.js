/* The visit log on a phone: what is written down is on the device at once and on the server when there is a line.
 *
 * Every visit has an id made here and a number that grows with each change; sending it again is harmless. They wait under
 * the member's own key, so that on a shared phone nobody sends another's. Without this script the form is an ordinary one. */

import { all, toast } from "../js/browser.js";
import { canKeep, fill, keepPlain } from "../js/offline.js";
import { joinTabs, openStore } from "../quizzes/outbox.js";
import { Notebook, READER, remembered } from "./notebook.js";
import { uuid } from "./uuid.js";

// A phone or an identity number, however it is grouped, is not even kept here; names are taken out by the server.
const NUMBERS = /[0-9]([ .-]?[0-9]){8,}/g;
const FIELDS = ["procedure", "age_band", "people", "on", "language", "difficulty", "note", "unit"];

const place = document.querySelector("[data-notebook]");

function today() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

/* --- The page ------------------------------------------------------------------------------------------------------------ */

const form = place && place.querySelector("[data-visit-form]");

const labelOf = {
  select: (name, value) => {
    const field = form.elements[name];
    const found = field ? all("option", field).filter((one) => one.value === value)[0] : null;
    return found ? found.textContent : value;
  },
  age: (value) => {
    const found = all("[name=age_band]", form).filter((one) => one.value === value)[0];
    return found ? form.querySelector(`label[for="${found.id}"]`).textContent.trim() : value;
  },
};

function show(notebook) {
  const list = place.querySelector("[data-visits]");
  const template = place.querySelector("[data-visit-row]");
  const rows = notebook.newest();
  place.querySelector("[data-written-section]").hidden = !rows.length;
  list.textContent = "";
  rows.forEach((one) => {
    const row = document.importNode(template.content, true);
    const { visit } = one;
    const set = (name, text) => {
      row.querySelector(`[data-row-${name}]`).textContent = text;
    };
    set("service", labelOf.select("procedure", visit.procedure));
    set("day", visit.on.split("-").reverse().join("/"));
    set("people", fill(place.dataset.people, { number: visit.people }));
    set("age", labelOf.age(visit.age_band));
    set("language", labelOf.select("language", visit.language));
    const told = [visit.difficulty ? labelOf.select("difficulty", visit.difficulty) : "", visit.note];
    set("difficulty", told.filter(Boolean).join(" · "));
    if (visit.desk && visit.desk.answer) {
      set("answer", visit.desk.answer);
      row.querySelector("[data-row-answer]").hidden = false;
    }
    row.querySelector("[data-row-state]").setAttribute("data-state", one.state);
    set("reason", one.reason);
    const what = labelOf.select("procedure", visit.procedure);
    const mend = row.querySelector("[data-row-mend]");
    const undo = row.querySelector("[data-row-undo]");
    [mend, undo].forEach((button) => button.setAttribute("aria-label", `${button.textContent.trim()}: ${what}`));
    if (visit.open_until && Date.parse(visit.open_until) < Date.now()) row.querySelector("[data-row-tools]").hidden = true;
    mend.addEventListener("click", () => begin(visit));
    undo.addEventListener("click", async () => {
      // What the server never took is simply forgotten.
      if (one.state === "refused" && !visit.open_until) await notebook.forget(visit.id);
      else await notebook.write(Object.assign({}, visit, { seq: visit.seq + 1, undone: true }));
      place.querySelector("#written").focus();
    });
    if (visit.undone) row.firstElementChild.classList.add("visit-row--undone");
    list.appendChild(row);
  });
  const count = notebook.waiting.length;
  place.querySelector("[data-line-state]").textContent = count ? fill(place.dataset.waiting, { number: count }) : "";
}

let mended = null;

function values() {
  const found = {};
  FIELDS.forEach((name) => {
    const field = form.elements[name];
    if (field) found[name] = field.value;
  });
  return Object.assign(found, {
    people: Math.min(50, Math.max(1, Math.round(Number(found.people)) || 1)),
    note: (found.note || "").slice(0, 300).replace(NUMBERS, "•••"),
    asks: form.elements.asks.checked,
    undone: false,
  });
}

/** The form as it is for the next visit: service, language and commune stay, the rest is empty. */
function clear() {
  mended = null;
  all("[name=age_band]", form).forEach((one) => {
    one.checked = false;
  });
  form.elements.people.value = "1";
  form.elements.difficulty.value = "";
  form.elements.note.value = "";
  form.elements.asks.checked = false;
  form.elements.on.value = today();
  place.querySelector("[data-mending]").hidden = true;
}

function begin(visit) {
  mended = visit;
  FIELDS.forEach((name) => {
    const field = form.elements[name];
    if (!field) return;
    if (name === "age_band") {
      all("[name=age_band]", form).forEach((one) => {
        one.checked = one.value === visit.age_band;
      });
    } else field.value = visit[name];
  });
  form.elements.asks.checked = visit.asks;
  place.querySelector("[data-mending]").hidden = false;
  form.elements.procedure.focus();
}

function complain(words) {
  place.querySelector("[data-visit-error]").hidden = !words;
  place.querySelector("[data-visit-error-words]").textContent = words;
}

/** For who works in several communes: the choice, also on the kept page, which was drawn for nobody. */
function chooseUnit(member) {
  const told = document.getElementById("visit-units");
  const units = JSON.parse(remembered(`visits:${member}:units`, told ? told.textContent : "") || "[]");
  const held = form.elements.unit;
  if (held || units.length < 2) return;
  const spot = place.querySelector("[data-unit-place]");
  const select = document.createElement("select");
  select.name = "unit";
  select.className = "input";
  select.setAttribute("aria-label", spot.dataset.label);
  units.forEach((unit) => {
    const option = document.createElement("option");
    option.value = unit.code;
    option.textContent = unit.name;
    select.appendChild(option);
  });
  spot.appendChild(select);
  spot.hidden = false;
}

function trouble(name) {
  const note = place.querySelector("[data-notebook-trouble]");
  note.hidden = !name;
  if (!name) return;
  place.querySelector("[data-notebook-words]").textContent = place.dataset[name];
  place.querySelector("[data-notebook-sign-in]").hidden = name === "nobody";
}

async function start() {
  const drawnFor = place.dataset.member;
  const isKept = Boolean(document.documentElement.dataset.kept);
  const member = drawnFor || (isKept ? remembered(READER) : "");
  if (!member) return;
  if (drawnFor) remembered(READER, drawnFor);
  const nobody = place.querySelector("[data-nobody-here]");
  if (nobody) nobody.hidden = true;
  form.hidden = false;
  // A page drawn yesterday and kept must not write down yesterday.
  if (!mended) form.elements.on.value = today();
  chooseUnit(member);
  const store = await openStore(`visits:${member}`);
  let say = () => {};
  const notebook = new Notebook(member, store, {
    changed: () => show(notebook),
    trouble,
    masked: () => toast(place.dataset.masked),
  });
  await notebook.load();
  // The next door is mostly in the same service and language.
  const last = notebook.newest()[0];
  if (last && !form.elements.procedure.value) {
    form.elements.procedure.value = last.visit.procedure;
    form.elements.language.value = last.visit.language;
  }
  say = joinTabs(`visits:${member}`, (one) => notebook.hear(one));
  show(notebook);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = values();
    const age = all("[name=age_band]", form).filter((one) => one.checked)[0];
    told.age_band = age ? age.value : "";
    if (!told.procedure || !told.age_band) return complain(place.dataset.required);
    if (told.on > today()) return complain(place.dataset.day);
    complain("");
    const known = mended ? notebook.held[mended.id] : null;
    const identity = mended ? { id: mended.id, seq: (known || { visit: mended }).visit.seq + 1 } : { id: uuid(), seq: 1 };
    const visit = Object.assign({}, known && { open_until: known.visit.open_until }, told, identity);
    clear();
    await notebook.write(visit);
    say(notebook.held[visit.id]);
    toast(place.dataset.written);
    place.querySelector("#written").focus();
    return undefined;
  });
  place.querySelector("[data-leave-mending]").addEventListener("click", () => {
    clear();
    form.elements.procedure.focus();
  });
  window.addEventListener("online", () => notebook.flush());
  document.addEventListener("visibilitychange", () => notebook.flush(document.visibilityState === "hidden"));
  await notebook.flush();
  await notebook.ask();
  if (canKeep && drawnFor && navigator.onLine !== false) {
    try {
      await keepPlain("visits", place.dataset.language, place.dataset.title);
      const words = place.querySelector("[data-kept-words]");
      words.hidden = false;
      words.textContent = place.dataset.offered;
    } catch (lineDownOrFull) {
      // The open form works all the same.
    }
  }
}

if (place) start();
