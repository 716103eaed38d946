/* Pages kept on the device (js/offline.js puts them there) are given when there is no line, and what they show always: a
 * picture or a recording that is here is not fetched again. Everything else goes its way as if this were not here.
 *
 * Heavy files lie in pieces, so that a player that skips reads only what it shows.
 *
 * Caches: `kept:<language>:<key>:<version>` one thing taken along, its bundle under BUNDLE; `kept-static` styles, scripts and
 * letters of all of them; `kept-shell` the page that stands in when a page is not here. */

const BUNDLE = "/offline-bundle";
const SHELL = "kept-shell";
// On a line that hardly carries anything the copy is shown after so long.
const PATIENCE = 5000;
const PIECE = 1024 * 1024;
const WHATEVER = { ignoreVary: true };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/* --- What is here ------------------------------------------------------------------------------------------------------ */

// {address: {file, cache}} of all that is kept, also under the addresses of other copies; read anew when a page says that
// it changed.
let files = null;

async function readFiles() {
  const found = {};
  const others = {};
  for (const name of await caches.keys()) {
    if (name.indexOf("kept:") !== 0) continue;
    const held = await (await caches.open(name)).match(BUNDLE);
    if (!held) continue;
    const bundle = await held.json();
    bundle.files.forEach((file) => {
      found[file.frame || file.url] = { file, cache: name };
      file.also.forEach((address) => { others[address] = { file, cache: name }; });
    });
  }
  // What is here under its own address stands in for nothing.
  return Object.assign(others, found);
}

self.addEventListener("message", (event) => {
  if (event.data === "changed") files = null;
});

function addressOf(url) {
  return url.origin === self.location.origin ? url.pathname : url.href.split("#")[0];
}

/** What is kept for an address: a `response`, or `pieces` of a heavy file; nothing where nothing is. */
async function keptPart(url) {
  const address = addressOf(url);
  if (!files) files = await readFiles();
  const held = files[address];
  if (held && held.file.size > PIECE && held.file.url.indexOf("/static/") !== 0) {
    const cache = await caches.open(held.cache);
    const key = (number) => `/kept-piece/${number}?of=${encodeURIComponent(held.file.url)}`;
    const first = await cache.match(key(0));
    // What was kept before there were pieces lies there whole.
    if (first) return { size: held.file.size, type: first.headers.get("Content-Type"), piece: (number) => cache.match(key(number)) };
  }
  const response = await caches.match(held && !held.file.frame ? held.file.url : address, WHATEVER);
  return response && { response };
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

/** First and last byte of those a player asked for: Safari plays nothing that is not given in pieces. Null: all of it. */
function asked(range, size) {
  const found = /bytes=(\d*)-(\d*)/.exec(range || "");
  if (!found || (!found[1] && !found[2])) return null;
  const begin = found[1] ? Number(found[1]) : Math.max(size - Number(found[2]), 0);
  const end = found[1] && found[2] ? Math.min(Number(found[2]), size - 1) : size - 1;
  return { begin, end };
}

/** What of `size` bytes was asked for; `body(begin, end)` gives them. */
async function partial(body, type, range, size) {
  if (range && range.begin >= size) return new Response("", { status: 416, headers: { "Content-Range": `bytes */${size}` } });
  const { begin, end } = range || { begin: 0, end: size - 1 };
  const headers = {
    "Content-Type": type || "application/octet-stream",
    "Content-Length": String(end + 1 - begin),
    "Accept-Ranges": "bytes",
  };
  if (range) headers["Content-Range"] = `bytes ${begin}-${end}/${size}`;
  return new Response(await body(begin, end), { status: range ? 206 : 200, headers });
}

let canFlow = null;

/** Whether this browser answers with a stream; some on the floor would send the words «[object ReadableStream]». */
function flows() {
  canFlow = canFlow || (async () => {
    try {
      const letter = new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array([120]));
          controller.close();
        },
      });
      return (await new Response(letter).text()) === "x";
    } catch (unknown) {
      return false;
    }
  })();
  return canFlow;
}

/** The same as `flow` at once, for browsers that know no other way. */
async function together(kept, begin, end) {
  const first = Math.floor(begin / PIECE);
  const parts = [];
  for (let number = first; number * PIECE <= end; number += 1) parts.push(await (await kept.piece(number)).blob());
  return new Blob(parts).slice(begin - first * PIECE, end + 1 - first * PIECE);
}

/** Bytes `begin` to `end` of a heavy file, one piece after another as they are drawn. */
function flow(kept, begin, end) {
  let at = begin;
  return new ReadableStream({
    async pull(controller) {
      if (at > end) {
        controller.close();
        return;
      }
      const number = Math.floor(at / PIECE);
      const held = await kept.piece(number);
      // Taken away meanwhile.
      if (!held) {
        controller.error(new Error("gone"));
        return;
      }
      const bytes = new Uint8Array(await held.arrayBuffer());
      const start = number * PIECE;
      const part = bytes.subarray(at - start, end + 1 - start);
      at += part.length;
      controller.enqueue(part);
    },
  });
}

async function answerPart(request, url) {
  let kept = null;
  // Captions are mended under the same address.
  if (/\.vtt$/.test(url.pathname)) {
    try {
      return await fetch(request);
    } catch (lineDown) {
      kept = await keptPart(url);
      return kept ? kept.response : Response.error();
    }
  }
  kept = await keptPart(url);
  if (!kept) return fetch(request);
  const range = request.headers.get("Range");
  if (kept.piece) {
    const body = (await flows()) ? flow : together;
    return partial((begin, end) => body(kept, begin, end), kept.type, asked(range, kept.size), kept.size);
  }
  if (!range) return kept.response;
  const blob = await kept.response.blob();
  const type = kept.response.headers.get("Content-Type");
  return partial((begin, end) => blob.slice(begin, end + 1), type, asked(range, blob.size), blob.size);
}

/** The document of a kept exercise, only with the policy that locks it in: nothing of it may ever run as a part of the site. */
async function answerFrame(url) {
  const found = await caches.match(url.pathname, WHATEVER);
  const policy = found && found.headers.get("Content-Security-Policy");
  return policy && policy.indexOf("sandbox allow-scripts;") === 0 ? found : Response.error();
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  const isOurs = url.origin === self.location.origin;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    if (!isOurs) return;
    if (url.pathname.indexOf("/h5p-kept/") === 0) event.respondWith(answerFrame(url));
    else if (!/^\/(admin|api|documents)\//.test(url.pathname)) event.respondWith(answerPage(request, url));
    return;
  }
  // js/offline.js fetches what it will keep.
  if (request.cache === "reload" || request.cache === "no-store") return;
  // A film that is not here goes its way by itself where that is known: players ask for many pieces.
  const isFilm = request.destination === "video" || /\.(mp4|m3u8|m4s|ts|webm)$/.test(url.pathname);
  if (isFilm && files && !files[addressOf(url)]) return;
  if (isOurs && !/^\/(static|t|recordings)\//.test(url.pathname)) return;
  if (url.protocol.indexOf("http") === 0) event.respondWith(answerPart(request, url));
});
