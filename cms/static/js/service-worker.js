/* Pages kept on the device (js/offline.js puts them there) are given when there is no line, and what they show always: a
 * picture or a recording that is here is not fetched again. Everything else goes its way as if this were not here.
 *
 * Caches: `kept:<language>:<key>:<version>` one thing taken along, its bundle under BUNDLE; `kept-static` styles, scripts and
 * letters of all of them; `kept-shell` the page that stands in when a page is not here. */

const BUNDLE = "/offline-bundle";
const SHELL = "kept-shell";
// On a line that hardly carries anything the copy is shown after so long.
const PATIENCE = 5000;
const WHATEVER = { ignoreVary: true };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/* --- What is here ------------------------------------------------------------------------------------------------------ */

// Which address stands in for which: {other copy: the one that is kept}. Read anew when the page says that it changed.
let aliases = null;

async function readAliases() {
  const found = {};
  for (const name of await caches.keys()) {
    if (name.indexOf("kept:") !== 0) continue;
    const held = await (await caches.open(name)).match(BUNDLE);
    if (!held) continue;
    const bundle = await held.json();
    bundle.files.forEach((file) => file.also.forEach((other) => {
      found[other] = file.url;
    }));
  }
  return found;
}

self.addEventListener("message", (event) => {
  if (event.data === "changed") aliases = null;
});

function addressOf(url) {
  return url.origin === self.location.origin ? url.pathname : url.href.split("#")[0];
}

async function keptPart(url) {
  const address = addressOf(url);
  const found = await caches.match(address, WHATEVER);
  if (found) return found;
  if (!aliases) aliases = await readAliases();
  return aliases[address] ? caches.match(aliases[address], WHATEVER) : undefined;
}

/** The kept copy of a page, marked as one, so that the page can say so. */
async function keptPage(url) {
  for (const name of await caches.keys()) {
    if (name.indexOf("kept:") !== 0) continue;
    const cache = await caches.open(name);
    const bundle = await cache.match(BUNDLE);
    // A survey is kept in the language it was opened in, which stands behind the question mark.
    const found = bundle && (await cache.match(url.pathname, { ignoreVary: true, ignoreSearch: true }));
    if (found) {
      const text = await found.text();
      const since = (await bundle.json()).kept_at;
      return new Response(text.replace("<html ", `<html data-kept="${since}" `), {
        status: 200,
        headers: found.headers,
      });
    }
  }
  return undefined;
}

/* --- Visits of a community team that wait (support/notebook.js): sent when the line is back, with no page open too ------ */

const VISITS = "hdvc-quiz:visits:";
const VISITS_AT_ONCE = 50;

function wish(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function openVisits() {
  const opening = indexedDB.open("hdvc-quiz", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("answers");
  return wish(opening);
}

/** What waits of each member: {member: {token, waiting: {key: entry}}}. */
async function waitingVisits(database) {
  const table = database.transaction("answers", "readonly").objectStore("answers");
  const range = IDBKeyRange.bound(VISITS, `${VISITS}\uffff`);
  const [keys, entries] = await Promise.all([wish(table.getAllKeys(range)), wish(table.getAll(range))]);
  const found = {};
  keys.forEach((key, place) => {
    const [member, id] = key.slice(VISITS.length).split(":");
    if (!found[member]) found[member] = { token: "", waiting: {} };
    if (id === "-token") found[member].token = entries[place];
    else if (entries[place].state === "device") found[member].waiting[key] = entries[place];
  });
  return found;
}

/** Note what became of a visit, unless it was changed meanwhile. */
async function settleVisit(database, key, visit, state, reason) {
  const table = database.transaction("answers", "readwrite").objectStore("answers");
  const held = await wish(table.get(key));
  if (!held || held.visit.seq > visit.seq) return;
  await wish(table.put({ visit, state, reason, at: held.at }, key));
}

/** Rejects when the line is down: the browser then tries again later. What the server will not take waits for a page. A
 * page that sends the same meanwhile does no harm: the server knows each visit by its id. */
async function sendVisits() {
  const database = await openVisits();
  const found = await waitingVisits(database);
  for (const member of Object.keys(found)) {
    const { token, waiting } = found[member];
    const keys = Object.keys(waiting);
    for (let first = 0; first < keys.length; first += VISITS_AT_ONCE) {
      const part = keys.slice(first, first + VISITS_AT_ONCE);
      const answer = await fetch("/api/v1/visits", {
        method: "PUT",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ member, visits: part.map((key) => waiting[key].visit) }),
      });
      if (answer.status >= 500) throw new Error(String(answer.status));
      if (!answer.ok) break;
      const told = await answer.json();
      for (const visit of told.visits) await settleVisit(database, `${VISITS}${member}:${visit.id}`, visit, "server", "");
      for (const one of told.refused) {
        const key = `${VISITS}${member}:${one.id}`;
        await settleVisit(database, key, waiting[key].visit, "refused", one.detail);
      }
    }
  }
  database.close();
}

self.addEventListener("sync", (event) => {
  if (event.tag === "visits") event.waitUntil(sendVisits());
});

/* --- Answering ---------------------------------------------------------------------------------------------------------- */

function after(milliseconds) {
  return new Promise((done) => {
    setTimeout(done, milliseconds);
  });
}

async function answerPage(request, url) {
  const network = fetch(request);
  const kept = await keptPage(url);
  try {
    const first = kept ? await Promise.race([network, after(PATIENCE)]) : await network;
    // A gateway that says that the server is away is no better than no line.
    if (first && !(kept && first.status >= 502)) return first;
  } catch (lineDown) {
    // What is here is shown below.
  }
  network.catch(() => {});
  if (kept) return kept;
  const language = url.pathname.split("/")[1];
  const shell = await caches.open(SHELL);
  return (await shell.match(`/${language}/offline/`, WHATEVER)) || (await shell.match("/vi/offline/", WHATEVER))
    || Response.error();
}

/** The piece of a recording that a player asked for: Safari plays nothing that is not given in pieces. */
async function pieceOf(response, range) {
  const asked = /bytes=(\d*)-(\d*)/.exec(range);
  const blob = await response.blob();
  if (!asked || (!asked[1] && !asked[2])) return response;
  const begin = asked[1] ? Number(asked[1]) : Math.max(blob.size - Number(asked[2]), 0);
  const end = asked[1] && asked[2] ? Math.min(Number(asked[2]), blob.size - 1) : blob.size - 1;
  if (begin >= blob.size) {
    return new Response("", { status: 416, headers: { "Content-Range": `bytes */${blob.size}` } });
  }
  return new Response(blob.slice(begin, end + 1), {
    status: 206,
    headers: {
      "Content-Type": response.headers.get("Content-Type") || "application/octet-stream",
      "Content-Length": String(end + 1 - begin),
      "Content-Range": `bytes ${begin}-${end}/${blob.size}`,
      "Accept-Ranges": "bytes",
    },
  });
}

async function answerPart(request, url) {
  const kept = await keptPart(url);
  if (!kept) return fetch(request);
  const range = request.headers.get("Range");
  return range ? pieceOf(kept, range) : kept;
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  const isOurs = url.origin === self.location.origin;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    if (isOurs && !/^\/(admin|api|documents)\//.test(url.pathname)) event.respondWith(answerPage(request, url));
    return;
  }
  // Films are fetched in pieces and never kept.
  if (request.destination === "video" || /\.(mp4|m3u8|m4s|ts|webm)$/.test(url.pathname)) return;
  if (isOurs && !/^\/(static|t)\//.test(url.pathname)) return;
  if (url.protocol.indexOf("http") === 0) event.respondWith(answerPart(request, url));
});
