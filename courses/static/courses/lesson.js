/* Progress in a lesson: which parts were seen, kept on the device until the server has them.
 *
 * Events wait in localStorage under the reader's own key, so that on a shared phone nobody sends another's. Each has an
 * id: sending it again is harmless. Without this script the button at the end of the lesson is an ordinary form. */

import { all, csrfToken, toast } from "../js/browser.js";

const end = document.querySelector("[data-lesson][data-reader]");
const SEND_AFTER = 4000;
const SEEN_FOR = 1200;
const AT_ONCE = 100;

function uuid() {
  const bytes = new Uint8Array(16);
  crypto.getRandomValues(bytes);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.prototype.map.call(bytes, (byte) => (byte + 0x100).toString(16).slice(1)).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Events that wait, by lesson: {lesson key: [event]}. A device that refuses storage keeps them for this page. */
class Outbox {
  constructor(reader) {
    this.key = `lesson-events:${reader}`;
    this.here = null;
  }

  read() {
    if (this.here) return this.here;
    try {
      return JSON.parse(localStorage.getItem(this.key)) || {};
    } catch (unreadable) {
      return {};
    }
  }

  write(waiting) {
    try {
      localStorage.setItem(this.key, JSON.stringify(waiting));
    } catch (fullOrRefused) {
      this.here = waiting;
    }
  }

  add(lesson, event) {
    const waiting = this.read();
    waiting[lesson] = (waiting[lesson] || []).concat([event]);
    this.write(waiting);
  }

  /** Forget what the server has; what was added meanwhile stays. */
  drop(lesson, ids) {
    const waiting = this.read();
    waiting[lesson] = (waiting[lesson] || []).filter((event) => ids.indexOf(event.id) === -1);
    if (!waiting[lesson].length) delete waiting[lesson];
    this.write(waiting);
  }
}

function start() {
  const lesson = end.dataset.lesson;
  const outbox = new Outbox(end.dataset.reader);
  const seen = new Set((end.dataset.seen || "").split(" ").filter(Boolean));
  const blocks = all("[data-block]");
  const line = document.querySelector("[data-lesson-line] progress");
  let timer = null;
  let sending = false;

  function record(kind, block) {
    outbox.add(lesson, { id: uuid(), kind, block: block || "", at: new Date().toISOString() });
    if (!timer) timer = setTimeout(send, SEND_AFTER);
  }

  async function sendLesson(key, events, last) {
    const now = events.slice(0, AT_ONCE);
    const answer = await fetch(`/api/v1/lessons/${key}/progress`, {
      method: "PUT",
      credentials: "same-origin",
      keepalive: Boolean(last),
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify({
        events: now,
        sent_at: new Date().toISOString(),
        language: end.dataset.language,
        reader: end.dataset.reader,
      }),
    });
    // 404: the lesson is gone; 422: this device wrote what no server will take. Neither gets better by waiting.
    if (answer.ok || answer.status === 404 || answer.status === 422) {
      outbox.drop(key, now.map((event) => event.id));
      return answer.ok;
    }
    return false;
  }

  /** Send everything that waits, this lesson's and what was left of others; true when the server has this lesson's. */
  async function send(last) {
    clearTimeout(timer);
    timer = null;
    if (sending) {
      timer = setTimeout(send, SEND_AFTER);
      return false;
    }
    sending = true;
    let kept = true;
    try {
      const waiting = outbox.read();
      for (const key of Object.keys(waiting)) {
        const done = await sendLesson(key, waiting[key], last);
        if (key === lesson) kept = done;
      }
    } catch (lineDown) {
      kept = false;
    }
    sending = false;
    return kept;
  }

  function show() {
    if (!line) return;
    const count = blocks.filter((block) => seen.has(block.dataset.block)).length;
    line.value = count;
    line.textContent = `${count}/${blocks.length}`;
  }

  function see(block) {
    const id = block.dataset.block;
    if (seen.has(id)) return;
    seen.add(id);
    record("seen", id);
    show();
  }

  function watch() {
    const timers = new Map();
    const watcher = new IntersectionObserver(
      (entries) => {
        entries.forEach((entry) => {
          const block = entry.target;
          clearTimeout(timers.get(block));
          if (entry.isIntersecting) {
            timers.set(
              block,
              setTimeout(() => {
                watcher.unobserve(block);
                see(block);
              }, SEEN_FOR),
            );
          }
        });
      },
      { rootMargin: "0px 0px -25% 0px" },
    );
    blocks.filter((block) => !seen.has(block.dataset.block)).forEach((block) => watcher.observe(block));
  }

  function watchByScrolling() {
    let resting = null;
    const look = () => {
      clearTimeout(resting);
      resting = setTimeout(() => {
        const edge = window.innerHeight * 0.75;
        blocks.forEach((block) => {
          const box = block.getBoundingClientRect();
          if (box.top < edge && box.bottom > 0) see(block);
        });
      }, SEEN_FOR);
    };
    window.addEventListener("scroll", look, { passive: true });
    look();
  }

  function practise(block, told, isDone) {
    let done = false;
    block.addEventListener(told, (event) => {
      if (done || !isDone(event)) return;
      done = true;
      seen.add(block.dataset.block);
      record("self_check", block.dataset.block);
      show();
    }, true);
  }

  blocks.forEach((block) => {
    if (block.dataset.kind === "self_check") practise(block, "toggle", (event) => event.target.open);
    if (block.dataset.kind === "simulation") practise(block, "practised", () => true);
  });

  const form = document.querySelector("[data-finish]");
  if (form) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      outbox.add(lesson, {
        id: form.querySelector("[name=event]").value,
        kind: "finished",
        block: "",
        at: new Date().toISOString(),
      });
      const done = document.querySelector("[data-done]");
      const saved = await send();
      form.hidden = true;
      done.hidden = false;
      done.setAttribute("tabindex", "-1");
      done.focus();
      if (!saved) toast(end.dataset.kept);
    });
  }

  record("opened");
  show();
  if (window.IntersectionObserver) watch();
  else watchByScrolling();
  window.addEventListener("online", () => send());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send(true);
  });
  window.addEventListener("pagehide", () => send(true));
}

/** Hand on what this reader did in exercises without a line; a page read from the device does not know whose session it is. */
async function sendExercises(reader) {
  try {
    if (!localStorage.getItem(`h5p-waiting:${reader}`)) return;
    const { Waiting } = await import("../django_h5p/waiting.js");
    await new Waiting(reader).send();
  } catch (lineDownOrRefused) {
    // It waits for the next lesson.
  }
}

if (end) start();
if (end && !end.dataset.keptFor) sendExercises(end.dataset.reader);
