/* "Take onto this device": what a page needs is fetched into the browser's caches, its size said first; service-worker.js
 * gives it when there is no line. Nothing of a person is kept: pages are fetched as a visitor sees them. */

import { all } from "./browser.js";

const BUNDLE = "/offline-bundle";
// What is being fetched: written first, so that a download that was broken off is known and goes on.
const PLAN = "/offline-plan";
// Heavier files are kept in pieces of this size (the same in service-worker.js).
const PIECE = 1024 * 1024;
const STATIC = "kept-static";
const SHELL = "kept-shell";
const READER = "offline-reader";
const AT_ONCE = 4;

/** Thrown when the device has no room. */
class Full extends Error {}

export const canKeep = "serviceWorker" in navigator && "caches" in window;

/** A size as people say it: "1,8 MB", never on two lines. */
export function said(bytes) {
  const language = document.documentElement.lang || "vi";
  if (bytes < 1000000) return `${Math.max(1, Math.round(bytes / 1000)).toLocaleString(language)}\u00a0KB`;
  return `${(bytes / 1000000).toLocaleString(language, { maximumFractionDigits: 1 })}\u00a0MB`;
}

export function fill(words, values) {
  return Object.keys(values).reduce((text, name) => text.replace(`{${name}}`, values[name]), words || "");
}

/* --- What is kept -------------------------------------------------------------------------------------------------------- */

const prefix = (key, language) => `kept:${language}:${key}:`;

/** Everything kept here, newest first: bundles with `kept_at` and `cache`, the cache's name. */
export async function allKept() {
  const found = [];
  for (const name of await caches.keys()) {
    if (name.indexOf("kept:") !== 0) continue;
    const held = await (await caches.open(name)).match(BUNDLE);
    // Without its bundle it was never finished, or is being fetched by another page right now.
    if (held) found.push(Object.assign({ extras: [] }, await held.json(), { cache: name }));
  }
  return found.sort((a, b) => b.kept_at.localeCompare(a.kept_at));
}

/** What was begun and not finished, also of something that is here: plans with `here`, the bytes that came, and `cache`. */
export async function allUnfinished() {
  const found = [];
  for (const name of await caches.keys()) {
    if (name.indexOf("kept:") !== 0) continue;
    const cache = await caches.open(name);
    const held = await cache.match(PLAN);
    if (!held) continue;
    const plan = await held.json();
    found.push(Object.assign(plan, { cache: name, here: await bytesHere(cache, plan) }));
  }
  return found;
}

export async function keptOf(key, language) {
  const found = await allKept();
  return found.find((one) => one.key === key && one.language === language);
}

async function tellWorker() {
  const worker = navigator.serviceWorker.controller;
  if (worker) worker.postMessage("changed");
}

const isStatic = (url) => url.indexOf("/static/") === 0;

/** Under which keys a file lies in its cache, each with its bytes: a heavy one in pieces, an exercise where it is shown. */
function keysOf(file) {
  if (file.frame) return [{ key: file.frame, size: file.size }];
  if (file.size <= PIECE || isStatic(file.url)) return [{ key: file.url, size: file.size }];
  return Array.from({ length: Math.ceil(file.size / PIECE) }, (_nothing, number) => ({
    key: `/kept-piece/${number}?of=${encodeURIComponent(file.url)}`,
    size: Math.min(PIECE, file.size - number * PIECE),
    from: number * PIECE,
  }));
}

async function bytesHere(cache, plan) {
  const there = new Set((await cache.keys()).map((request) => addressOf(new URL(request.url))));
  const parts = plan.files.reduce((found, file) => found.concat(keysOf(file)), []);
  return plan.pages.map((page) => ({ key: page.url, size: page.size })).concat(parts)
    .reduce((sum, part) => sum + (there.has(part.key) ? part.size : 0), 0);
}

/** Leave of a cache what its finished bundle names: nothing half, nothing that is not wanted any more. */
async function tidy(cache) {
  const bundle = await (await cache.match(BUNDLE)).json();
  const wanted = new Set([BUNDLE].concat(bundle.pages.map((page) => page.url)));
  bundle.files.forEach((file) => keysOf(file).forEach((part) => wanted.add(part.key)));
  for (const request of await cache.keys()) {
    if (!wanted.has(addressOf(new URL(request.url)))) await cache.delete(request);
  }
}

/** Forget what a broken download left; what was finished before stays. */
export async function giveUp(name) {
  const cache = await caches.open(name);
  if (await cache.match(BUNDLE)) await tidy(cache);
  else await remove(name);
}

function addressOf(url) {
  return url.origin === location.origin ? url.pathname + url.search : url.href;
}

/** Take one thing away again, and the styles and scripts nothing else needs. */
export async function remove(cache) {
  await caches.delete(cache);
  const needed = new Set();
  (await allKept()).forEach((one) => one.files.forEach((file) => needed.add(file.url)));
  const shared = await caches.open(STATIC);
  for (const request of await shared.keys()) {
    if (!needed.has(new URL(request.url).pathname)) await shared.delete(request);
  }
  await tellWorker();
}

/* --- Fetching ------------------------------------------------------------------------------------------------------------- */

export async function ask(key, language) {
  const answer = await fetch(`/api/v1/offline/${key}?language=${language}`, { credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function room() {
  if (!navigator.storage || !navigator.storage.estimate) return Infinity;
  const { quota, usage } = await navigator.storage.estimate();
  return quota ? quota - usage : Infinity;
}

/** Write to a cache; a device without room is said as such. */
async function write(cache, key, answer) {
  try {
    await cache.put(key, answer);
  } catch (refused) {
    throw refused.name === "QuotaExceededError" ? new Full(key) : refused;
  }
}

async function put(cache, url) {
  const isOurs = url.charAt(0) === "/";
  // Documents lead to the store. A picture shown on the page was fetched without asking who may read it; the browser's own
  // copy cannot be kept.
  const leadsOn = url.indexOf("/documents/") === 0;
  // «reload» also passes by the worker, which would give what is kept already. Styles and scripts never change.
  const answer = await fetch(url, {
    credentials: "omit",
    mode: isOurs && !leadsOn ? "same-origin" : "cors",
    cache: isStatic(url) ? "default" : "reload",
  });
  const isThere = answer.ok && (!answer.redirected || (leadsOn && new URL(answer.url).origin !== location.origin));
  if (!isThere) throw new Error(`${url}: ${answer.status}`);
  await write(cache, url, answer);
}

/** An exercise's document, with the policy that gives it an origin of its own: without that it is not kept (ADR 0107). */
async function putFrame(cache, file) {
  const answer = await fetch(file.url, { credentials: "omit", mode: "cors", cache: "reload" });
  const policy = answer.headers.get("Content-Security-Policy") || "";
  if (!answer.ok || policy.indexOf("sandbox allow-scripts;") !== 0) throw new Error(`${file.url}: ${answer.status}`);
  const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy };
  await write(cache, file.frame, new Response(await answer.text(), { headers }));
}

async function putPiece(cache, url, part) {
  const answer = await fetch(url, {
    credentials: "omit", mode: "cors", cache: "no-store",
    headers: { Range: `bytes=${part.from}-${part.from + part.size - 1}` },
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const whole = await answer.blob();
  // A server that knows no pieces gives all of it.
  const piece = answer.status === 206 ? whole : whole.slice(part.from, part.from + part.size);
  if (piece.size !== part.size) throw new Error(`${url}: ${piece.size} bytes`);
  const headers = { "Content-Type": answer.headers.get("Content-Type") || "application/octet-stream" };
  await write(cache, part.key, new Response(piece, { headers }));
}

/** A file whose address never gets other bytes, from an older version kept here. */
async function copied(cache, key, older) {
  if (key.charAt(0) === "/" && key.indexOf("/kept-piece/") !== 0) return false;
  for (const one of older) {
    const found = await one.match(key);
    if (found) {
      await write(cache, key, found);
      return true;
    }
  }
  return false;
}

/** Fetch the page that stands in without a line, with what it shows. */
async function keepShell(language) {
  const shell = await caches.open(SHELL);
  const url = `/${language}/offline/`;
  await put(shell, url);
  const text = await (await shell.match(url, { ignoreVary: true })).text();
  const named = (text.match(/(?:href|src)="(\/static\/[^"#]+)/g) || []).map((one) => one.split('"')[1]);
  // Of its own, for `remove` takes away what no kept page needs.
  for (const one of named.filter((address, place) => named.indexOf(address) === place)) await put(shell, one);
  // This module and what it imports: the page loads them by name, and they load one another.
  for (const one of performance.getEntriesByType("resource").map((entry) => new URL(entry.name))) {
    if (one.origin === location.origin && /^\/static\/.*\.js$/.test(one.pathname)) await put(shell, one.pathname);
  }
}

/**
 * What to fetch of a bundle when the reader chose `names` of its extras: the bundle with their files, and its whole size.
 * @param {object} bundle from `ask`
 * @param {string[]} names
 */
export function planOf(bundle, names) {
  const extras = (bundle.extras || []).filter((one) => names.indexOf(one.name) > -1);
  const files = extras.reduce((all_, one) => all_.concat(one.files), bundle.files);
  const size = extras.reduce((sum, one) => sum + one.size, bundle.size);
  return Object.assign({}, bundle, { files, size, extras: extras.map((one) => one.name) });
}

/**
 * Keep what a plan says. What was kept before is given up only when all of the new is here; what a broken line left is
 * taken up again, and what older versions hold is not fetched anew.
 * @param {object} plan from `planOf`
 * @param {function(number)} told hears from 0 to 1 how much is here
 */
export async function keep(plan, told) {
  const name = prefix(plan.key, plan.language) + plan.version;
  const cache = await caches.open(name);
  const shared = await caches.open(STATIC);
  let done = await bytesHere(cache, plan);
  if ((await room()) < (plan.size - done) * 1.2) {
    await giveUp(name);
    throw new Full(plan.title);
  }
  await navigator.serviceWorker.register("/sw.js");
  // Not to be given up when the device needs room, where the browser lets itself be asked.
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  const others = (await caches.keys()).filter((one) => one !== name && one.indexOf(prefix(plan.key, plan.language)) === 0);
  const older = await Promise.all(others.map((one) => caches.open(one)));
  const record = (values) => new Response(JSON.stringify(Object.assign({}, plan, values)), {
    headers: { "Content-Type": "application/json" },
  });
  const jobs = [];
  plan.pages.forEach((page) => jobs.push({ to: cache, key: page.url, size: page.size, fetch: () => put(cache, page.url) }));
  plan.files.forEach((file) => keysOf(file).forEach((part) => {
    const to = isStatic(file.url) ? shared : cache;
    const how = () => {
      if (file.frame) return putFrame(to, file);
      return "from" in part ? putPiece(to, file.url, part) : put(to, part.key);
    };
    jobs.push({ to, key: part.key, size: part.size, fetch: how });
  }));
  let broken = null;
  const fetchNext = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      try {
        if (await job.to.match(job.key, { ignoreVary: true })) {
          if (job.to === shared) done += job.size;
        } else {
          if (!(await copied(job.to, job.key, older))) await job.fetch();
          done += job.size;
        }
      } catch (problem) {
        // The others end what they are at, so that nothing comes after the end has been told.
        broken = broken || problem;
        jobs.length = 0;
        return;
      }
      told(Math.min(1, done / (plan.size || 1)));
    }
  };
  try {
    await write(cache, PLAN, record({}));
    await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
    if (broken) throw broken;
    await keepShell(plan.language);
    await write(cache, BUNDLE, record({ kept_at: new Date().toISOString() }));
  } catch (problem) {
    // What came before the line broke stays for the next try. Without room nothing half is left.
    if (problem instanceof Full) await giveUp(name);
    throw problem;
  }
  for (const one of others) await caches.delete(one);
  await tidy(cache);
  await tellWorker();
}

/**
 * Keep this one page as nobody sees it, with the styles and scripts it loads: a tool that works without a line. Nothing is
 * fetched anew while the page is the same. `url`: its address where more than the path matters.
 */
export async function keepPlain(key, language, title, url = location.pathname) {
  await navigator.serviceWorker.register("/sw.js");
  const name = `${prefix(key, language)}plain`;
  const cache = await caches.open(name);
  const shared = await caches.open(STATIC);
  const before = await cache.match(url, { ignoreVary: true });
  const was = before ? await before.text() : "";
  await put(cache, url);
  const text = await (await cache.match(url, { ignoreVary: true })).text();
  if (was === text && (await cache.match(BUNDLE))) return;
  const named = (text.match(/(?:href|src)="(\/static\/[^"#]+)/g) || []).map((one) => one.split('"')[1]);
  const loaded = performance.getEntriesByType("resource").map((entry) => new URL(entry.name))
    .filter((one) => one.origin === location.origin && /^\/static\/.*\.(js|css|woff2)$/.test(one.pathname))
    .map((one) => one.pathname);
  const all = named.concat(loaded);
  const files = [];
  for (const one of all.filter((address, place) => all.indexOf(address) === place)) {
    if (!(await shared.match(one, { ignoreVary: true }))) await put(shared, one);
    const held = await (await shared.match(one, { ignoreVary: true })).blob();
    files.push({ url: one, size: held.size, also: [], frame: "" });
  }
  await keepShell(language);
  const size = files.reduce((sum, one) => sum + one.size, text.length);
  const record = {
    key, language, title, url, size, files, kind: "tool", version: "plain", left_out: 0,
    extras: [], pages: [{ url, title, size: text.length }], kept_at: new Date().toISOString(),
  };
  await cache.put(BUNDLE, new Response(JSON.stringify(record), { headers: { "Content-Type": "application/json" } }));
  await tellWorker();
}

/* --- The button of a page ---------------------------------------------------------------------------------------------- */

/** What to say of a download that failed; `place` holds the sentences. */
export async function whyNot(problem, place, size) {
  if (!(problem instanceof Full)) return place.dataset.failed;
  const left = await room();
  return fill(place.dataset.full, { size: said(size), left: left === Infinity ? "?" : said(Math.max(left, 0)) });
}

/** Names of extras of which one is taken, not several. */
const FILMS = ["sound", "144p", "360p"];

/** Show what may be taken besides, each with its size; `changed` hears of every choice. */
function offer(place, bundle, before, changed) {
  const [films, papers, exercises] = ["films", "papers", "exercises"].map((name) => place.querySelector(`[data-extra=${name}]`));
  const by = (name) => bundle.extras.filter((one) => one.name === name)[0];
  const words = films.querySelector("select");
  const sizes = FILMS.map(by).filter(Boolean);
  films.hidden = !sizes.length;
  all("option", words).forEach((option) => {
    const extra = by(option.value);
    option.hidden = Boolean(option.value) && !extra;
    option.disabled = option.hidden;
    if (extra) option.textContent = `${option.dataset.word} · ${said(extra.size)}`;
  });
  // The lightest with a picture: whoever pays for data chooses more, never less.
  const pictures = sizes.filter((one) => one.name !== "sound").concat(sizes);
  const held = before && FILMS.filter((name) => before.extras.indexOf(name) > -1)[0];
  if (sizes.length) words.value = before ? held || "" : pictures[0].name;
  words.onchange = changed;
  [papers, exercises].forEach((part) => {
    const extra = by(part.dataset.extra);
    part.hidden = !extra;
    if (!extra) return;
    const box = part.querySelector("input");
    part.querySelector("[data-extra-size]").textContent = said(extra.size);
    // An exercise belongs to a lesson; what is printed is mostly not printed from a phone.
    box.checked = before ? before.extras.indexOf(extra.name) > -1 : extra.name === "exercises";
    box.onchange = changed;
  });
}

function chosen(place) {
  const film = place.querySelector("[data-extra=films]");
  const boxes = all("[data-extra] input", place).filter((box) => box.checked && !box.closest("[data-extra]").hidden);
  const names = boxes.map((box) => box.closest("[data-extra]").dataset.extra);
  return film.hidden || !film.querySelector("select").value ? names : names.concat([film.querySelector("select").value]);
}

async function setUp(place) {
  const find = (name) => place.querySelector(`[data-${name}]`);
  const [button, word, status, extras, other] = ["keep-button", "keep-word", "keep-status", "keep-extras", "keep-other"].map(find);
  const bar = place.querySelector("progress");
  const { keep: key, language } = place.dataset;
  let bundle = null;
  let begun = null;
  let busy = false;

  /** The words on the button and beside it, for what is chosen now. */
  function price() {
    const plan = planOf(bundle, chosen(place));
    const broken = begun && begun.version === bundle.version ? begun : null;
    const left = broken ? Math.max(plan.size - broken.here, 0) : plan.size;
    word.textContent = fill(place.dataset[broken ? "goOn" : button.dataset.says], { size: said(left) });
  }

  async function show() {
    const here = await keptOf(key, language);
    begun = (await allUnfinished()).filter((one) => one.key === key && one.language === language)[0] || null;
    const isNewest = Boolean(bundle && here && here.version === bundle.version) && !begun;
    button.dataset.says = here && !isNewest ? "update" : "take";
    button.hidden = !bundle || isNewest;
    extras.hidden = button.hidden || !bundle.extras.length;
    other.hidden = !isNewest || !bundle.extras.length;
    find("keep-list").hidden = !here && !begun;
    if (bundle) {
      offer(place, bundle, begun || here, price);
      price();
    }
    if (here && !begun) status.textContent = fill(place.dataset.kept, { size: said(here.size) });
    else if (begun) status.textContent = place.dataset.failed;
    else status.textContent = bundle && bundle.left_out ? fill(place.dataset.leftOut, { count: bundle.left_out }) : "";
  }

  other.addEventListener("click", () => {
    other.hidden = true;
    extras.hidden = false;
    button.hidden = false;
    extras.querySelector("select, input").focus();
  });

  button.addEventListener("click", async () => {
    if (busy) return;
    busy = true;
    button.disabled = true;
    bar.hidden = false;
    const plan = planOf(bundle, chosen(place));
    let failed = "";
    try {
      await keep(plan, (part) => {
        bar.value = Math.round(part * 100);
        status.textContent = fill(place.dataset.taking, { percent: `${Math.round(part * 100)} %` });
      });
    } catch (problem) {
      failed = await whyNot(problem, place, plan.size);
      // A line that comes back while the page is open goes on by itself.
      if (!(problem instanceof Full)) window.addEventListener("online", () => button.click(), { once: true });
    }
    busy = false;
    bar.hidden = true;
    button.disabled = false;
    await show();
    if (failed) status.textContent = failed;
  });

  place.hidden = false;
  try {
    await show();
    bundle = await ask(key, language);
    await show();
  } catch (lineDown) {
    // Without a line only what is here is told.
  }
}

/* --- A kept page: what is on the device, and what is not --------------------------------------------------------------- */

function tellInstead(element, words) {
  const note = document.createElement("p");
  note.className = "notice";
  note.textContent = words;
  element.parentNode.insertBefore(note, element);
}

/** Films play in the one size that is here, exercises in their kept frame, files open from here; the rest says so. */
async function showKept(place) {
  // The page may be here by itself and as a part of a list.
  const records = (await allKept()).filter((one) => one.pages.some((page) => page.url === location.pathname));
  const film = FILMS.filter((name) => records.some((one) => one.extras.indexOf(name) > -1)).pop();
  const here = {};
  records.forEach((one) => one.files.forEach((file) => { here[file.url] = { file, cache: one.cache }; }));
  const frames = Object.keys(here).map((url) => here[url].file.frame).filter(Boolean);
  all("[data-player]").forEach((figure) => {
    all("[data-signing], figcaption", figure).forEach((part) => { part.hidden = true; });
    const quality = figure.querySelector("[data-quality]");
    if (film && quality) {
      const options = all("option", quality);
      const held = options.filter((option) => option.value === film)[0] || options[0];
      options.forEach((option) => { if (option !== held) quality.removeChild(option); });
      quality.selectedIndex = 0;
      return;
    }
    all("video, [data-tools]", figure).forEach((part) => { part.hidden = true; });
    tellInstead(figure.querySelector("video"), place.dataset.away);
  });
  all("[data-h5p-player]").forEach((box) => {
    const frame = frames.filter((one) => one.indexOf(box.dataset.content) > -1)[0];
    if (frame) box.setAttribute("data-kept-frame", frame);
    else {
      box.querySelector("[data-h5p-open]").hidden = true;
      tellInstead(box.querySelector("[data-h5p-place]"), place.dataset.away);
    }
  });
  const away = all("a[download]").filter((link) => {
    const held = here[addressOf(new URL(link.href))];
    if (held) link.addEventListener("click", (event) => openHere(event, link, held));
    return !held && !link.closest("[data-player]");
  });
  if (away.length) tellInstead(away[0].closest("ul, p") || away[0], place.dataset.away);
  away.forEach((link) => { link.hidden = true; });
}

/** A file that lies here, handed to the device as if it had been downloaded. */
async function openHere(event, link, { file, cache: name }) {
  if (link.href.indexOf("blob:") === 0) return;
  event.preventDefault();
  const cache = await caches.open(name);
  const parts = await Promise.all(keysOf(file).map(async (part) => (await cache.match(part.key, { ignoreVary: true })).blob()));
  link.download = decodeURIComponent(new URL(link.href).pathname.split("/").pop());
  link.href = URL.createObjectURL(new Blob(parts, { type: parts[0].type }));
  link.click();
}

/* --- A lesson read from the device --------------------------------------------------------------------------------------- */

function remember(reader) {
  try {
    if (reader) localStorage.setItem(READER, reader);
    return localStorage.getItem(READER);
  } catch (refused) {
    return null;
  }
}

/** The kept page knows no reader: whoever was last signed in on this device goes on, until they sign out. */
function goOnReading(lesson) {
  const reader = remember();
  if (!reader) return;
  lesson.dataset.reader = reader;
  lesson.dataset.keptFor = reader;
  const form = document.createElement("form");
  form.setAttribute("data-finish", "");
  const event = document.createElement("input");
  event.type = "hidden";
  event.name = "event";
  event.value = crypto.getRandomValues(new Uint8Array(16)).reduce(
    (text, byte, place) => text + ([4, 6, 8, 10].indexOf(place) > -1 ? "-" : "")
      + (place === 6 ? (byte & 0x0f) | 0x40 : place === 8 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(2, "0"),
    "",
  );
  const button = document.createElement("button");
  button.className = "button button--large";
  button.textContent = lesson.dataset.offlineFinish;
  form.appendChild(event);
  form.appendChild(button);
  const done = document.createElement("p");
  done.className = "card";
  done.setAttribute("data-done", "");
  done.hidden = true;
  done.textContent = lesson.dataset.offlineDone;
  lesson.insertBefore(form, lesson.firstChild);
  lesson.insertBefore(done, lesson.firstChild);
  const script = document.createElement("script");
  script.type = "module";
  script.src = lesson.dataset.offlineScript;
  document.body.appendChild(script);
}

const since = document.documentElement.dataset.kept;
const lesson = document.querySelector("[data-lesson]");
if (lesson && lesson.dataset.reader) remember(lesson.dataset.reader);
const spot = document.querySelector("[data-keep]");
if (since) {
  if (spot && canKeep) showKept(spot);
  const note = document.querySelector("[data-kept-note]");
  if (note) {
    note.hidden = false;
    note.textContent = fill(note.dataset.keptNote, { day: new Date(since).toLocaleDateString("vi-VN") });
  }
  if (lesson && !lesson.dataset.reader && lesson.dataset.offlineScript) goOnReading(lesson);
}

all("[data-keep]").forEach((place) => {
  if (canKeep) setUp(place);
  else {
    place.hidden = false;
    place.querySelector("[data-keep-button]").hidden = true;
    place.querySelector("[data-keep-status]").textContent = place.dataset.unsupported;
  }
});
