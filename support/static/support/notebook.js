/* The visits of one member on this device, and how they reach the server: the notebook page shows them (visits.js), other
 * pages only send what waits (sender.js), and the service worker does where no page is open. */

import { csrfToken } from "../js/browser.js";
import { ask } from "../quizzes/outbox.js";

// Whoever was signed in last on this device, until they sign out (js/offline.js, js/site.js).
export const READER = "offline-reader";
// The members on whose visits another page must act (js/site.js).
const WAITING = "visits-waiting";
const VISITS = "/api/v1/visits";
const SESSION = "/api/v1/session";
const AT_ONCE = 50;
const SHOWN = 30;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;

export function remembered(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    return localStorage.getItem(key) || "";
  } catch (refused) {
    return "";
  }
}

/** Note, for the other pages of the site, whether visits of this member wait. */
function flag(member, waits) {
  const members = remembered(WAITING).split(" ").filter((one) => one && one !== member);
  if (waits) members.push(member);
  try {
    if (members.length) localStorage.setItem(WAITING, members.join(" "));
    else localStorage.removeItem(WAITING);
  } catch (refused) {
    // The notebook page sends them.
  }
}

/** Let the service worker send what waits when the line is back, where the browser can (Background Sync). It reads no
 * cookie, so the token lies beside the visits. */
async function askWorker(store) {
  if (!("serviceWorker" in navigator) || !("SyncManager" in window)) return;
  try {
    const worker = await navigator.serviceWorker.getRegistration("/");
    if (!worker || !worker.sync) return;
    await store.put("-token", csrfToken());
    await worker.sync.register("visits");
  } catch (refused) {
    // An open page sends them.
  }
}

/** The visits of one member on this device: {id: {visit, state, reason, at}}; state is device, server or refused. */
export class Notebook {
  constructor(member, store, on) {
    Object.assign(this, { member, store, on, held: {}, sending: null, wait: FIRST_WAIT, timer: null, oneByOne: false });
  }

  async load() {
    const kept = await this.store.all();
    Object.keys(kept).forEach((id) => {
      const one = kept[id];
      if (one && one.visit && one.visit.seq) this.held[id] = one;
    });
    flag(this.member, this.waiting.length > 0);
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
    flag(this.member, this.waiting.length > 0);
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
    if (navigator.onLine === false) askWorker(this.store);
  }

  async forget(id) {
    delete this.held[id];
    flag(this.member, this.waiting.length > 0);
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
        answer = await ask("PUT", VISITS, body, {}, leaving);
      } catch (lineDown) {
        askWorker(this.store);
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
      const { told } = await ask("GET", SESSION);
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
    if (sent && visit.note !== sent.visit.note && visit.note.indexOf("•••") !== -1) this.on.masked();
    // Of another phone only the day is known, which began before what is written here now, whatever the clock's zone.
    const at = known ? known.at : Math.min(Date.now(), Date.parse(`${visit.on}T00:00`));
    const one = { visit, state: "server", reason: "", at };
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
      const { status, told } = await ask("GET", VISITS);
      if (status !== 200) return;
      for (const visit of told.visits) await this.accept(visit, []);
      this.on.changed();
    } catch (lineDown) {
      // What is here is shown.
    }
  }
}
