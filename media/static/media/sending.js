// Sends a file straight to the object store in parts. A part that fails is signed and sent again; what the store already
// has is not sent twice. Used by the pages of assets, of H5P packages and of contests.

import { csrfToken } from "../js/browser.js";

const API = "/api/v1";
const WAITS = [1000, 2000, 5000, 10000, 20000];

export const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Wait so long, or until the line is back. */
const waitForLine = (milliseconds) =>
  new Promise((resolve) => {
    const goOn = () => {
      clearTimeout(timer);
      window.removeEventListener("online", goOn);
      resolve();
    };
    const timer = setTimeout(goOn, milliseconds);
    window.addEventListener("online", goOn);
  });

/** Ask the API; throws an Error with the problem's words and `status`. */
export async function call(method, path, body) {
  if (!csrfToken()) await fetch(`${API}/session`, { credentials: "same-origin" });
  const response = await fetch(API + path, {
    method,
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: body ? JSON.stringify(body) : undefined,
  });
  const document = await response.json();
  if (!response.ok) {
    const problem = new Error(document.detail || document.title || "");
    problem.status = response.status;
    throw problem;
  }
  return document;
}

/** Try until it works. The server's answer decides: a refusal is final, a cut line or a busy server is not. */
export async function persist(action, onWait) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (error.status && error.status < 500 && error.status !== 429 && error.status !== 403) throw error;
      if (error.status === 403 && attempt > 2) throw error;
      onWait(error);
      await waitForLine(WAITS[Math.min(attempt, WAITS.length - 1)]);
    }
  }
}

const pieceOf = (file, upload, number) => file.slice((number - 1) * upload.part_size, number * upload.part_size);

// Blob.arrayBuffer is missing on the floor's browsers.
const bytesOf = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });

/** SHA-256 in hexadecimal; "" where the browser has none to offer (a page without HTTPS). */
export async function sumOf(blob) {
  if (!window.crypto || !window.crypto.subtle) return "";
  const sum = new Uint8Array(await window.crypto.subtle.digest("SHA-256", await bytesOf(blob)));
  return Array.prototype.map.call(sum, (byte) => `0${byte.toString(16)}`.slice(-2)).join("");
}

/** Whether the parts the store holds are those of this file. A part without a kept sum cannot say no, as long as the upload
    is open; of what is whole already every sum must agree. */
export async function isSameFile(file, upload) {
  for (let place = 0; place < upload.stored_parts.length; place += 1) {
    const number = upload.stored_parts[place];
    const kept = upload.part_sums[number];
    const sum = kept && (await sumOf(pieceOf(file, upload, number)));
    if (sum ? sum !== kept : upload.state !== "open") return false;
  }
  return true;
}

/** A line on which nothing has moved for so long is given up and tried anew: a phone that changes its network may not notice. */
const STALLED = 120000;

/** PUT one part; the browser tells how much of it has left. `hooks.begun` is handed a function that breaks it off. */
const put = (url, piece, hooks) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    let timer = 0;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, STALLED);
    };
    const ended = () => {
      clearTimeout(timer);
      window.removeEventListener("offline", stop);
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(Object.assign(new Error("part"), { status: 503 }));
    };
    request.upload.addEventListener("progress", (event) => { watch(); hooks.onBytes(event.loaded); });
    request.addEventListener("loadend", ended);
    window.addEventListener("offline", stop);
    request.open("PUT", url);
    watch();
    request.send(piece);
    hooks.begun(stop);
  });

async function sendParts(file, upload, hooks) {
  const stored = new Set(upload.stored_parts);
  for (let number = 1; number <= upload.part_count; number += 1) {
    if (!stored.has(number)) {
      const piece = pieceOf(file, upload, number);
      const sum = await sumOf(piece);
      await persist(async () => {
        await hooks.beforePart(number);
        const part = await call("GET", `/uploads/${upload.id}/parts/${number}${sum ? `?sha256=${sum}` : ""}`);
        await put(part.url, piece, hooks);
      }, hooks.onWait);
    }
  }
}

/** Send what the store does not have yet and join it; what got lost on the way is sent again. */
export async function deliver(file, upload, hooks) {
  let now = upload;
  for (let again = 0; ; again += 1) {
    await sendParts(file, now, hooks);
    try {
      return await persist(() => call("POST", `/uploads/${now.id}/complete`), hooks.onWait);
    } catch (error) {
      if (error.status !== 409 || again > 2) throw error;
      now = await persist(() => call("GET", `/uploads/${upload.id}`), hooks.onWait);
      if (now.state !== "open") throw error;
    }
  }
}

/** One's own uploads that were begun and not ended, on whichever device. */
export const unfinished = (purpose) => call("GET", `/uploads?purpose=${purpose}`);

/** The upload of this file: one begun or sent whole before, when the store's parts are of the same file, else a new one. */
export async function resumeOrBegin(file, purpose, hooks) {
  const asked = `/uploads?purpose=${purpose}&file_name=${encodeURIComponent(file.name)}&size=${file.size}`;
  const begun = (await persist(() => call("GET", asked), hooks.onWait))[0];
  if (begun) {
    const upload = await persist(() => call("GET", `/uploads/${begun.id}`), hooks.onWait);
    // A file of the same name that was changed meanwhile is another one.
    if (await isSameFile(file, upload)) return upload;
  }
  return persist(
    () => call("POST", "/uploads", { purpose, file_name: file.name, content_type: file.type, size: file.size }),
    hooks.onWait,
  );
}

/** The bar, the words and the pause of a place that sends files (`data-text-…` of `root`). */
export function panel(root) {
  const bar = root.querySelector("progress");
  const status = root.querySelector("[data-upload-status]");
  const pause = root.querySelector("[data-upload-pause]");
  let paused = false;
  let resume = () => {};
  let stop = () => {};

  const say = (key, values) => {
    let text = root.dataset[`text${key}`];
    Object.keys(values || {}).forEach((name) => {
      text = text.replace(`{${name}}`, values[name]);
    });
    if (status.textContent !== text) status.textContent = text;
  };

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? pause.dataset.textGoOn : pause.dataset.textPause;
    if (paused) {
      say("Paused", { percent: Math.round(bar.value) });
      stop();
    } else {
      resume();
    }
  });

  const hooksFor = (upload) => {
    let current = 1;
    const show = (bytes) => {
      bar.value = Math.min(100, Math.floor((((current - 1) * upload.part_size + bytes) * 100) / upload.size));
      // In words at each tenth, so that nobody is read a hundred sentences.
      if (!paused) say("Sending", { part: current, parts: upload.part_count, percent: bar.value - (bar.value % 10) });
    };
    return {
      beforePart: async (number) => {
        current = number;
        if (paused) await new Promise((again) => { resume = again; });
        show(0);
      },
      onBytes: show,
      onWait: () => { if (!paused) say("Waiting"); },
      begun: (breakOff) => { stop = breakOff; },
    };
  };

  return {
    bar,
    pause,
    say,
    hooksFor,
    onWait: () => say("Waiting"),
    open() {
      bar.hidden = false;
      bar.value = 0;
    },
    /** Whole, and nothing more to pause. */
    checking() {
      bar.value = 100;
      pause.hidden = true;
      say("Checking");
    },
    fail(error, classOfFault) {
      // A full green bar would say that it went well.
      bar.hidden = true;
      pause.hidden = true;
      status.classList.add(classOfFault);
      status.textContent = error.status ? error.message : root.dataset.textFailed;
    },
    calm(classOfFault) {
      status.classList.remove(classOfFault);
    },
  };
}
