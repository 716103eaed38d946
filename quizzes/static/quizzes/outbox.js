/* Answers on their way: kept on the device until the server says it has them, sent again until then. */

import { csrfToken } from "../js/browser.js";

const DATABASE = "hdvc-quiz";
const TABLE = "answers";
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const PATIENCE = 20000;

/* --- Where the device keeps them: IndexedDB, else localStorage, else this page's memory --------------------------------- */

function wish(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function databaseStore(prefix) {
  const opening = window.indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
  const database = await wish(opening);
  // Another tab with a newer version must not wait for this one.
  database.onversionchange = () => database.close();
  // "Saved on this device" is said when the transaction is complete, not when the request was heard.
  const write = (change) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(TABLE, "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
      change(transaction.objectStore(TABLE));
    });
  const range = window.IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  return {
    put: (key, value) => write((table) => table.put(value, prefix + key)),
    remove: (key) => write((table) => table.delete(prefix + key)),
    clear: () => write((table) => table.delete(range)),
    all: async () => {
      const reading = database.transaction(TABLE, "readonly").objectStore(TABLE);
      const [keys, values] = await Promise.all([wish(reading.getAllKeys(range)), wish(reading.getAll(range))]);
      const found = {};
      keys.forEach((key, place) => {
        found[key.slice(prefix.length)] = values[place];
      });
      return found;
    },
  };
}

function localStore(prefix) {
  const storage = window.localStorage;
  const keys = () => Object.keys(storage).filter((key) => key.indexOf(prefix) === 0);
  storage.setItem(`${prefix}probe`, "1");
  storage.removeItem(`${prefix}probe`);
  return {
    put: async (key, value) => storage.setItem(prefix + key, JSON.stringify(value)),
    remove: async (key) => storage.removeItem(prefix + key),
    clear: async () => keys().forEach((key) => storage.removeItem(key)),
    all: async () => {
      const found = {};
      keys().forEach((key) => {
        found[key.slice(prefix.length)] = JSON.parse(storage.getItem(key));
      });
      return found;
    },
  };
}

function memoryStore() {
  const held = {};
  return {
    put: async (key, value) => {
      held[key] = value;
    },
    remove: async (key) => {
      delete held[key];
    },
    clear: async () => Object.keys(held).forEach((key) => delete held[key]),
    all: async () => ({ ...held }),
  };
}

/**
 * The device's store for one attempt: `put`, `remove`, `clear`, `all`, each a promise.
 * @param {string} attempt its id
 */
export async function openStore(attempt) {
  const prefix = `${DATABASE}:${attempt}:`;
  try {
    return await databaseStore(prefix);
  } catch (missingOrRefused) {
    try {
      return localStore(prefix);
    } catch (refused) {
      return memoryStore();
    }
  }
}

/* --- Telling the other tabs of this browser ------------------------------------------------------------------------------ */

/** A line to the other tabs with this attempt; returns `say(message)`. Messages are plain objects. */
export function joinTabs(attempt, hear) {
  const name = `${DATABASE}-tabs:${attempt}`;
  if (typeof window.BroadcastChannel === "function") {
    const channel = new window.BroadcastChannel(name);
    channel.onmessage = (event) => hear(event.data);
    return (message) => channel.postMessage(message);
  }
  window.addEventListener("storage", (event) => {
    if (event.key === name && event.newValue) hear(JSON.parse(event.newValue).message);
  });
  return (message) => {
    try {
      // The time makes two equal messages differ: an unchanged value tells nobody.
      window.localStorage.setItem(name, JSON.stringify({ message, at: Date.now() + Math.random() }));
    } catch (refused) {
      // The server brings the tabs together with the next save.
    }
  };
}

/* --- Requests -------------------------------------------------------------------------------------------------------------- */

/** A request with the session's token; gives up after twenty seconds. Rejects when the line is down. */
export async function ask(method, url, body, headers, keepalive) {
  const options = { method, credentials: "same-origin", headers: { Accept: "application/json", ...headers } };
  if (method !== "GET") options.headers["X-CSRFToken"] = csrfToken();
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  if (keepalive) options.keepalive = true;
  let timer = null;
  if (typeof window.AbortController === "function") {
    const giveUp = new window.AbortController();
    options.signal = giveUp.signal;
    timer = setTimeout(() => giveUp.abort(), PATIENCE);
  }
  try {
    const answer = await fetch(url, options);
    let told = {};
    try {
      told = await answer.json();
    } catch (notJson) {
      told = {};
    }
    return { status: answer.status, told, retryAfter: Number(answer.headers.get("Retry-After")) || 0 };
  } finally {
    clearTimeout(timer);
  }
}

/* --- The outbox -------------------------------------------------------------------------------------------------------------- */

/**
 * `held`: {question: {seq, value}} as the server has it. `on` is told: `state(name, serverTime)` with name idle, saving,
 * device, offline or server; `answer(question, value, conflict)` when another tab's or device's answer counts;
 * `trouble(name)`: sign_in, refused, too_late, passed; `ended()`; `heard(document)` with every answer of the server.
 */
export class Outbox {
  constructor({ store, url, sessionUrl, held, on }) {
    Object.assign(this, { store, url, sessionUrl, held, on });
    this.waiting = {};
    this.sending = null;
    this.wait = FIRST_WAIT;
    this.timer = null;
    this.oneByOne = false;
    this.ended = false;
    window.addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => {
      // Leaving the page sends what waits; it never submits.
      this.flush(document.visibilityState === "hidden");
    });
  }

  get isEmpty() {
    return Object.keys(this.waiting).length === 0;
  }

  /** What the page shows for a question: what waits here, else what the server has. */
  valueOf(question) {
    const answer = this.waiting[question] || this.held[question];
    return answer ? answer.value : null;
  }

  seqOf(question) {
    const held = this.held[question] ? this.held[question].seq : 0;
    return Math.max(held, this.waiting[question] ? this.waiting[question].seq : 0);
  }

  /** Takes up what an earlier page left on the device. */
  async load() {
    const kept = await this.store.all();
    for (const question of Object.keys(kept)) {
      const answer = kept[question];
      if (question.charAt(0) === "-" || !answer || !answer.seq) continue;
      if (answer.seq > this.seqOf(question)) {
        this.waiting[question] = answer;
        this.on.answer(question, answer.value, false);
      } else {
        await this.store.remove(question);
      }
    }
    if (!this.isEmpty) {
      this.on.state("device");
      this.flush();
    }
  }

  /**
   * Keep an answer and send it after `delay` ms without another. Resolves when the device has it; returns it as the
   * other tabs want it.
   */
  async choose(question, value, delay) {
    const answer = { seq: this.seqOf(question) + 1, value, at: Date.now() };
    this.waiting[question] = answer;
    // Said at once: "on the server" must not stand on the screen for an answer that is not there.
    this.on.state("saving");
    try {
      await this.store.put(question, answer);
    } catch (full) {
      // It is still in this page and on its way.
    }
    if (this.waiting[question] === answer) this.on.state(navigator.onLine === false ? "offline" : "device");
    this.later(delay || 250);
    return answer;
  }

  /** An answer given in another tab, which also sends it. */
  adopt(question, answer) {
    if (answer.seq <= this.seqOf(question)) return;
    this.waiting[question] = answer;
    this.on.answer(question, answer.value, false);
    this.on.state("device");
    this.later(3000);
  }

  /** What another tab learned from the server. */
  settle(held, serverTime) {
    for (const question of Object.keys(held)) {
      if (held[question].seq >= this.seqOf(question)) {
        const changed = JSON.stringify(this.valueOf(question)) !== JSON.stringify(held[question].value);
        this.held[question] = held[question];
        delete this.waiting[question];
        if (changed) this.on.answer(question, held[question].value, false);
      }
    }
    if (this.isEmpty) this.on.state("server", serverTime);
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), delay);
  }

  /** Send what waits. Resolves to whether the server has everything. */
  flush(leaving) {
    if (this.ended || this.isEmpty) return Promise.resolve(this.isEmpty);
    if (this.sending && !leaving) return this.sending;
    clearTimeout(this.timer);
    this.sending = this.send(leaving).then(
      (done) => {
        this.sending = null;
        return done;
      },
      (unexpected) => {
        this.sending = null;
        throw unexpected;
      },
    );
    return this.sending;
  }

  async send(leaving) {
    while (!this.isEmpty && !this.ended) {
      const questions = Object.keys(this.waiting).slice(0, this.oneByOne ? 1 : 200);
      const batch = {};
      questions.forEach((question) => {
        batch[question] = this.waiting[question];
      });
      const saves = questions.map((question) => ({
        question,
        seq: batch[question].seq,
        value: batch[question].value,
        answered_at: new Date(batch[question].at).toISOString(),
      }));
      if (navigator.onLine !== false) this.on.state("saving");
      let answer;
      try {
        answer = await ask("PUT", this.url, { sent_at: new Date().toISOString(), saves }, {}, leaving);
      } catch (lineDown) {
        this.on.state("offline");
        this.retry();
        return false;
      }
      const goOn = await this.take(answer, batch);
      if (!goOn) return this.isEmpty;
    }
    return this.isEmpty;
  }

  retry(seconds) {
    // A whole class whose line went down in one moment must not come back in one.
    this.later(seconds ? seconds * 1000 : this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  /** What an answer of the server means for the batch that was sent; whether to go on sending. */
  async take({ status, told, retryAfter }, batch) {
    if (status === 200) {
      this.wait = FIRST_WAIT;
      this.oneByOne = false;
      await this.accept(told, batch);
      this.on.heard(told);
      if (this.isEmpty) this.on.state("server", told.server_time);
      return true;
    }
    if (status === 409) {
      this.ended = true;
      this.on.ended(told);
      return false;
    }
    if (status === 422) {
      // One answer the server cannot read must not hold up the others.
      const questions = Object.keys(batch);
      if (questions.length > 1) {
        this.oneByOne = true;
        return true;
      }
      await this.drop(questions[0], batch[questions[0]]);
      this.on.trouble("refused");
      return true;
    }
    this.on.state("device");
    if (status === 403) await this.renewToken();
    if (status === 401 || status === 404) this.on.trouble("sign_in");
    this.retry(retryAfter);
    return false;
  }

  async renewToken() {
    try {
      const { told } = await ask("GET", this.sessionUrl);
      if (told.user === null) this.on.trouble("sign_in");
    } catch (lineDown) {
      // The retry comes anyway.
    }
  }

  async accept(told, batch) {
    const refused = told.refused || [];
    const learned = {};
    for (const question of Object.keys(batch)) {
      const sent = batch[question];
      if (refused.indexOf(question) !== -1) {
        await this.drop(question, sent);
        this.on.answer(question, this.valueOf(question), false);
        this.on.trouble(told.passed && told.passed.indexOf(question) !== -1 ? "passed" : "too_late");
        continue;
      }
      const other = told.answers && told.answers[question];
      if (other) {
        this.held[question] = other;
        await this.drop(question, sent);
        this.on.answer(question, this.valueOf(question), true);
      } else {
        const seq = told.saved ? told.saved[question] || 0 : 0;
        if (seq === sent.seq) this.held[question] = { seq, value: sent.value };
        else if (seq > sent.seq && (!this.held[question] || this.held[question].seq < seq)) await this.askWhatCounts();
        // The device keeps its copy: a page drawn just before this save arrived finds the answer here (`load`).
        if (seq >= sent.seq && this.waiting[question] && this.waiting[question].seq <= sent.seq) delete this.waiting[question];
      }
      if (this.held[question]) learned[question] = this.held[question];
    }
    this.on.learned(learned, told.server_time);
  }

  /** The server has a newer answer from elsewhere: read the attempt as it stands. */
  async askWhatCounts() {
    try {
      const { status, told } = await ask("GET", this.url.replace(/\/answers$/, ""));
      if (status !== 200) return;
      for (const question of Object.keys(told.answers)) {
        const known = this.held[question] ? this.held[question].seq : 0;
        if (told.answers[question].seq > known) {
          this.held[question] = told.answers[question];
          if (!this.waiting[question] || this.waiting[question].seq <= told.answers[question].seq) {
            this.on.answer(question, told.answers[question].value, true);
          }
        }
      }
    } catch (lineDown) {
      // The next save asks again.
    }
  }

  async drop(question, sent) {
    if (this.waiting[question] && this.waiting[question].seq <= sent.seq) {
      delete this.waiting[question];
      try {
        await this.store.remove(question);
      } catch (refused) {
        // An old entry is recognised by its number when it is read again.
      }
    }
  }
}
