/* "Take onto this device": what a page needs is fetched into the browser's caches, its size said first; service-worker.js
 * gives it when there is no line. Nothing of a person is kept: pages are fetched as a visitor sees them. */

import { all } from "./browser.js";

const BUNDLE = "/offline-bundle";
const STATIC = "kept-static";
const SHELL = "kept-shell";
const READER = "offline-reader";
const AT_ONCE = 4;

/** Thrown when the device has no room. */
class Full extends Error {}

export const canKeep = "serviceWorker" in navigator && "caches" in window;

/** A size as people say it: "1,8 MB". */
export function said(bytes) {
  const language = document.documentElement.lang || "vi";
  if (bytes < 1000000) return `${Math.max(1, Math.round(bytes / 1000)).toLocaleString(language)} KB`;
  return `${(bytes / 1000000).toLocaleString(language, { maximumFractionDigits: 1 })} MB`;
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
    if (held) found.push(Object.assign(await held.json(), { cache: name }));
  }
  return found.sort((a, b) => b.kept_at.localeCompare(a.kept_at));
}

export async function keptOf(key, language) {
  const found = await allKept();
  return found.find((one) => one.key === key && one.language === language);
}

async function tellWorker() {
  const worker = navigator.serviceWorker.controller;
  if (worker) worker.postMessage("changed");
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

async function put(cache, url) {
  const isOurs = url.charAt(0) === "/";
  // A picture shown on the page was fetched without asking who may read it; the browser's own copy cannot be kept.
  const how = isOurs ? { mode: "same-origin" } : { mode: "cors", cache: "reload" };
  const answer = await fetch(url, Object.assign({ credentials: "omit" }, how));
  if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
  try {
    await cache.put(url, answer);
  } catch (refused) {
    throw refused.name === "QuotaExceededError" ? new Full(url) : refused;
  }
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
 * Keep a bundle. What was kept of it before is given up only when all of the new one is here.
 * @param {object} bundle from `ask`
 * @param {function(number)} told hears from 0 to 1 how much is here
 */
export async function keep(bundle, told) {
  if ((await room()) < bundle.size * 1.2) throw new Full(bundle.title);
  await navigator.serviceWorker.register("/sw.js");
  const name = prefix(bundle.key, bundle.language) + bundle.version;
  const cache = await caches.open(name);
  const shared = await caches.open(STATIC);
  const wanted = bundle.pages.concat(bundle.files).slice();
  let done = 0;
  const one = async () => {
    for (let next = wanted.shift(); next; next = wanted.shift()) {
      const isShared = next.url.indexOf("/static/") === 0;
      if (!isShared || !(await shared.match(next.url))) await put(isShared ? shared : cache, next.url);
      done += next.size;
      told(Math.min(1, done / (bundle.size || 1)));
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    await keepShell(bundle.language);
    const record = Object.assign({}, bundle, { kept_at: new Date().toISOString() });
    await cache.put(BUNDLE, new Response(JSON.stringify(record), { headers: { "Content-Type": "application/json" } }));
  } catch (problem) {
    wanted.length = 0;
    await remove(name);
    throw problem;
  }
  for (const older of await caches.keys()) {
    if (older.indexOf(prefix(bundle.key, bundle.language)) === 0 && older !== name) await caches.delete(older);
  }
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
    files.push({ url: one, size: held.size, also: [] });
  }
  await keepShell(language);
  const size = files.reduce((sum, one) => sum + one.size, text.length);
  const record = {
    key, language, title, url, size, files, kind: "tool", version: "plain", left_out: 0,
    pages: [{ url, title, size: text.length }], kept_at: new Date().toISOString(),
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

async function setUp(place) {
  const button = place.querySelector("[data-keep-button]");
  const word = place.querySelector("[data-keep-word]");
  const status = place.querySelector("[data-keep-status]");
  const bar = place.querySelector("progress");
  const { keep: key, language } = place.dataset;
  let bundle = null;

  async function show() {
    const here = await keptOf(key, language);
    if (bundle && here && here.version === bundle.version) {
      button.hidden = true;
      status.textContent = fill(place.dataset.kept, { size: said(here.size) });
    } else if (here) {
      button.hidden = !bundle;
      word.textContent = bundle ? fill(place.dataset.update, { size: said(bundle.size) }) : "";
      status.textContent = bundle ? place.dataset.newer : fill(place.dataset.kept, { size: said(here.size) });
    } else {
      button.hidden = !bundle;
      word.textContent = bundle ? fill(place.dataset.take, { size: said(bundle.size) }) : "";
      status.textContent = bundle && bundle.left_out
        ? fill(place.dataset.leftOut, { count: bundle.left_out }) : "";
    }
    place.querySelector("[data-keep-list]").hidden = !here;
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    bar.hidden = false;
    try {
      await keep(bundle, (part) => {
        bar.value = Math.round(part * 100);
        status.textContent = fill(place.dataset.taking, { percent: `${Math.round(part * 100)} %` });
      });
      bar.hidden = true;
      await show();
    } catch (problem) {
      bar.hidden = true;
      status.textContent = await whyNot(problem, place, bundle.size);
    }
    button.disabled = false;
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
if (since) {
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
