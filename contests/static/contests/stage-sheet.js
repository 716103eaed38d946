/* A judge's sheets. Points and locks travel in the outbox: kept on the phone first, then on the server. */

import { all, announce, begin, data, fill, words } from "./stage-room.js";

const marks = {};
all("[data-mark]").forEach((mark) => {
  marks[mark.dataset.mark] = mark;
});
const sections = all("[data-turn]");
let outbox = null;
let keep = null;

/** "7,5" as 7.5; null for nothing, undefined for what is no number of quarters up to the most. */
function read(text, top) {
  const typed = text.trim().replace(",", ".");
  if (!typed) return null;
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(typed)) return undefined;
  const number = Number(typed);
  return number > top || (number * 4) % 1 !== 0 ? undefined : number;
}

const shown = (value) => (value === null || value === undefined ? "" : String(value).replace(".", ","));
const isLocked = (section) => Boolean(outbox.valueOf(`${section.dataset.turn}:lock`));
const waits = (section) => Boolean(outbox.waiting[`${section.dataset.turn}:lock`]);

function tellScale(mark, isWrong) {
  const help = mark.querySelector("[data-help]");
  const input = mark.querySelector("input");
  help.textContent = isWrong ? fill(words.scale, { top: shown(Number(mark.dataset.top)) }) : "";
  mark.classList.toggle("field--error", isWrong);
  if (isWrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function refresh(section) {
  const own = all("[data-mark]", section);
  const values = own.map((mark) => outbox.valueOf(mark.dataset.mark));
  const given = values.filter((value) => value !== null);
  const sum = given.reduce((whole, value) => whole + Number(value), 0);
  const locked = isLocked(section);
  section.querySelector("[data-total]").textContent = shown(Math.round(sum * 100) / 100);
  const gaps = own.length - given.length;
  section.querySelector("[data-gaps]").textContent = gaps && !locked ? fill(words.gaps, { count: gaps }) : "";
  section.querySelector("[data-to-lock]").hidden = locked;
  section.querySelector("[data-is-locked]").hidden = !locked;
  section.querySelector("[data-lock-waits]").hidden = !waits(section);
  if (locked) section.querySelector("[data-sure]").hidden = true;
  own.forEach((mark) => {
    mark.querySelector("input").readOnly = locked;
  });
  const state = document.querySelector(`[data-state-of="${section.dataset.turn}"]`);
  state.textContent = locked ? words.locked : fill(words.of, { done: given.length, all: own.length });
  state.classList.toggle("is-locked", locked);
}

function changed(key) {
  const mark = marks[key];
  if (mark) {
    mark.querySelector("input").value = shown(outbox.valueOf(key));
    tellScale(mark, false);
  }
  sections.filter((section) => key.indexOf(section.dataset.turn) === 0).forEach(refresh);
}

function typed(event) {
  const mark = event.target.closest("[data-mark]");
  if (!mark) return;
  const section = mark.closest("[data-turn]");
  if (isLocked(section)) return;
  const value = read(event.target.value, Number(mark.dataset.top));
  // Half a number is no mistake yet: it is said when the field is left.
  tellScale(mark, value === undefined && event.type === "change");
  if (value === undefined) return;
  const plain = value === null ? null : String(value);
  const held = outbox.valueOf(mark.dataset.mark);
  if (plain === (held === null ? null : String(held))) return;
  keep(mark.dataset.mark, plain, 700);
  refresh(section);
}

function askSure(section) {
  const wrong = section.querySelector('[aria-invalid="true"]');
  const empty = all("[data-mark]", section).filter((mark) => outbox.valueOf(mark.dataset.mark) === null)[0];
  if (wrong || empty) {
    const field = wrong || empty.querySelector("input");
    if (empty && !wrong) tellScale(empty, true);
    field.focus();
    return;
  }
  section.querySelector("[data-sure]").hidden = false;
  section.querySelector("[data-sure] [tabindex]").focus();
}

function wire(section) {
  section.addEventListener("input", typed);
  section.addEventListener("change", typed);
  // Enter goes on to the next number: nobody sends a form by accident.
  section.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  section.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT" || !event.target.closest("[data-mark]")) return;
    event.preventDefault();
    const fields = all("[data-mark] input", section);
    const next = fields[fields.indexOf(event.target) + 1];
    (next || section.querySelector("[data-lock]")).focus();
  });
  section.querySelector("[data-lock]").addEventListener("click", () => askSure(section));
  section.querySelector("[data-no]").addEventListener("click", () => {
    section.querySelector("[data-sure]").hidden = true;
    section.querySelector("[data-lock]").focus();
  });
  section.querySelector("[data-yes]").addEventListener("click", async () => {
    await keep(`${section.dataset.turn}:lock`, true, 1);
    refresh(section);
    announce(words.locked);
    section.querySelector("h2").focus();
  });
}

async function start() {
  ({ outbox, keep } = await begin({
    changed: (key) => outbox && changed(key),
    settled: () => sections.forEach(refresh),
  }));
  Object.keys(marks).forEach((key) => {
    marks[key].querySelector("input").value = shown(outbox.valueOf(key));
  });
  sections.forEach((section) => {
    refresh(section);
    wire(section);
  });
  document.documentElement.dataset.ready = data.attempt;
}

start();
