/* The timekeeper's clocks. They run on the phone, so that a cut line neither stops nor lengthens them. */

import { all, begin, clock, data, fill, words } from "./stage-room.js";

const clocks = {};
all("[data-clock]").forEach((box) => {
  clocks[box.dataset.clock] = box;
});
const ahead = Date.parse(data.server_time) - Date.now();
let outbox = null;
let keep = null;

/** When a running clock began, by this phone. */
function beganAt(value) {
  return value.began || Date.parse(value.started_at) - ahead;
}

function show(key) {
  const box = clocks[key];
  const value = outbox.valueOf(key);
  const running = Boolean(value && value.running);
  let seconds = value ? value.seconds || 0 : 0;
  if (running) seconds = Math.max(0, Math.floor((Date.now() - beganAt(value)) / 1000));
  const limit = Number(box.dataset.limit) || 0;
  const over = limit && seconds > limit ? seconds - limit : 0;
  box.querySelector("[data-clock-time]").textContent = clock(seconds);
  box.querySelector("[data-over]").textContent = over ? fill(words.over, { time: clock(over) }) : "";
  box.classList.toggle("is-soon", running && limit > 0 && seconds >= limit - 30 && !over);
  box.classList.toggle("is-over", over > Number(box.dataset.grace));
  box.querySelector("[data-start]").hidden = running;
  box.querySelector("[data-stop]").hidden = !running;
  const start = box.querySelector("[data-start-words]");
  if (value && !running) start.textContent = start.dataset.again;
  return running;
}

function tick() {
  const running = {};
  Object.keys(clocks).forEach((key) => {
    if (show(key)) running[key.split(":")[0]] = true;
  });
  all("[data-state-of]").forEach((state) => {
    state.textContent = running[state.dataset.stateOf] ? "●" : "";
  });
}

async function start() {
  ({ outbox, keep } = await begin({ changed: () => outbox && tick(), settled: () => outbox && tick() }));
  Object.keys(clocks).forEach((key) => {
    const box = clocks[key];
    const limit = box.querySelector("[data-limit-words]");
    if (limit) limit.textContent = clock(Number(box.dataset.limit));
    box.querySelector("[data-start]").addEventListener("click", () => {
      keep(key, { running: true, began: Date.now() }, 1);
      tick();
      box.querySelector("[data-stop]").focus();
    });
    box.querySelector("[data-stop]").addEventListener("click", () => {
      const value = outbox.valueOf(key);
      keep(key, { seconds: Math.max(0, Math.round((Date.now() - beganAt(value)) / 1000)) }, 1);
      tick();
      box.querySelector("[data-start]").focus();
    });
  });
  tick();
  setInterval(tick, 500);
  document.documentElement.dataset.ready = data.attempt;
}

start();
