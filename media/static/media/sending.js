// Sends a file straight to the object store in parts. A part that fails is signed and sent again; what the store already
// has is not sent twice. Used by the pages of assets and of contests.

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

/** Whether the parts the store holds are those of this file. A part without a kept sum cannot say no. */
export async function isSameFile(file, upload) {
  for (let place = 0; place < upload.stored_parts.length; place += 1) {
    const number = upload.stored_parts[place];
    const kept = upload.part_sums[number];
    if (kept) {
      const sum = await sumOf(pieceOf(file, upload, number));
      if (sum && sum !== kept) return false;
    }
  }
  return true;
}

/**
 * Send what the store does not have yet.
 * @param {{beforePart: function(number, percent): Promise, onWait: function(Error)}} hooks
 */
export async function sendParts(file, upload, hooks) {
  const stored = new Set(upload.stored_parts);
  for (let number = 1; number <= upload.part_count; number += 1) {
    if (!stored.has(number)) {
      await hooks.beforePart(number, Math.floor(((number - 1) * 100) / upload.part_count));
      const piece = pieceOf(file, upload, number);
      const sum = await sumOf(piece);
      await persist(async () => {
        const part = await call("GET", `/uploads/${upload.id}/parts/${number}${sum ? `?sha256=${sum}` : ""}`);
        const answer = await fetch(part.url, { method: "PUT", body: piece });
        if (!answer.ok) throw Object.assign(new Error("part"), { status: 503 });
      }, hooks.onWait);
    }
  }
}
