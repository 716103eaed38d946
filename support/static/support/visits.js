/* The visit log on a phone: what is written down is on the device at once and on the server when there is a line.
 *
 * Every visit has an id made here and a number that grows with each change; sending it again is harmless. They wait under
 * the member's own key, so that on a shared phone nobody sends another's. Without this script the form is an ordinary one. */

import { all, toast } from "../js/browser.js";
import { canKeep, fill, keepPlain } from "../js/offline.js";
import { ask, joinTabs, openStore } from "../quizzes/outbox.js";

// Whoever was signed in last on this device, until they sign out (js/offline.js, js/site.js).
const READER = "offline-reader";
const AT_ONCE = 50;
const SHOWN = 30;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;
// A phone or an identity number, however it is grouped, is not even kept here; names are taken out by the server.
const NUMBERS = /[0-9]([ .-]?[0-9]){8,}/g;
const FIELDS = ["procedure", "age_band", "people", "on", "language", "difficulty", "note", "unit"];

const place = document.querySelector("[data-notebook]");

function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.prototype.map.call(bytes, (byte) => (byte + 0x100).toString(16).slice(1)).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function today() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

function remembered(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    return localStorage.getItem(key) || "";
  } catch (refused) {
    return "";
  }
}

/** The visits of one member on this device: {id: {visit, state, reason, at}}; state is device, server or refused. */
class Notebook {
  constructor(member, store, on) {
    Object.assign(this, { member, store, on, held: {}, sending: null, wait: FIRST_WAIT, timer: null, oneByOne: false });
  }

  async load() {
    const kept = await this.store.all();
    Object.keys(kept).forEach((id) => {
      const one = kept[id];
      if (one && one.visit && one.visit.seq) this.held[id] = one;
    });
  }

  get waiting() {
    return Object.keys(this.held).map((id) => this.held[id]).filter((one) => one.state === "device");
  }

  newest() {
    return Object.keys(this.held).map((id) => this.held[id]).filter((one) => !one.visit.undone || one.state !== "server")
      .sort((a, b) => b.at - a.at).slice(0, SHOWN);
  }

  async put(one) {
    this.held[one.visit.id] = one;
    try {
      await this.store.put(one.visit.id, one);
    } catch (full) {
      // It is still in this page and on its way.
    }
  }

  /** Write down, change or take back; resolves when the device has it. */
  async write(visit) {
    const before = this.held[visit.id];
    await this.put({ visit, state: "device", reason: "", at: before ? before.at : Date.now() });
    this.on.changed();
    this.later(200);
  }

  async forget(id) {
    delete this.held[id];
    await this.store.remove(id);
    this.on.changed();
  }

  /** What another tab wrote down. */
  async hear(one) {
    const known = this.held[one.visit.id];
    if (known && known.visit.seq > one.visit.seq) return;
    this.held[one.visit.id] = one;
    this.on.changed();
    if (one.state === "device") this.later(3000);
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), delay);
  }

  retry(seconds) {
    this.later(seconds ? seconds * 1000 : this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  flush(leaving) {
    if (!this.waiting.length || (this.sending && !leaving)) return this.sending || Promise.resolve();
    const done = () => {
      this.sending = null;
    };
    this.sending = this.send(leaving).then(done, (unexpected) => {
      done();
      throw unexpected;
    });
    return this.sending;
  }

  async send(leaving) {
    while (this.waiting.length) {
      const batch = this.waiting.slice(0, this.oneByOne ? 1 : AT_ONCE);
      const body = { member: this.member, visits: batch.map((one) => one.visit) };
      let answer;
      try {
        answer = await ask("PUT", place.dataset.url, body, {}, leaving);
      } catch (lineDown) {
        this.retry();
        return;
      }
      if (!(await this.take(answer, batch))) return;
    }
  }

  async take({ status, told, retryAfter }, batch) {
    if (status === 200) {
      this.wait = FIRST_WAIT;
      this.oneByOne = false;
      this.on.trouble("");
      for (const visit of told.visits) await this.accept(visit, batch);
      for (const one of told.refused) await this.refuse(one.id, one.detail, batch);
      this.on.changed();
      return true;
    }
    if (status === 422) {
      if (batch.length > 1) this.oneByOne = true;
      else await this.refuse(batch[0].visit.id, told.detail || "", batch);
      this.on.changed();
      return true;
    }
    if (status === 409) this.on.trouble("other");
    else if (status === 401 || status === 404) this.on.trouble("signIn");
    else if (status === 403) await this.renew();
    this.retry(retryAfter);
    return false;
  }

  async renew() {
    try {
      const { told } = await ask("GET", place.dataset.session);
      if (told.user === null) this.on.trouble("signIn");
    } catch (lineDown) {
      // The retry comes anyway.
    }
  }

  /** A visit as the server has it; a newer change made here meanwhile stays on its way. */
  async accept(visit, batch) {
    const known = this.held[visit.id];
    if (known && known.visit.seq > visit.seq) return;
    const sent = batch.filter((one) => one.visit.id === visit.id)[0];
    if (sent && visit.note !== sent.visit.note && visit.note.indexOf("•••") !== -1) toast(place.dataset.masked);
    const one = { visit, state: "server", reason: "", at: known ? known.at : Date.parse(visit.on) };
    if (JSON.stringify(known) !== JSON.stringify(one)) await this.put(one);
  }

  async refuse(id, reason, batch) {
    const sent = batch.filter((one) => one.visit.id === id)[0];
    const known = this.held[id];
    if (!sent || !known || known.visit.seq !== sent.visit.seq) return;
    await this.put({ visit: known.visit, state: "refused", reason, at: known.at });
  }

  /** What a second phone wrote down, and what the desk answered. */
  async ask() {
    try {
      const { status, told } = await ask("GET", place.dataset.url);
      if (status !== 200) return;
      for (const visit of told.visits) await this.accept(visit, []);
      this.on.changed();
    } catch (lineDown) {
      // What is here is shown.
    }
  }
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
  const notebook = new Notebook(member, store, { changed: () => show(notebook), trouble });
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
