// Captions and chapters beside the player: what is typed is shown over the picture at once, times are taken from the
// moment that plays, and everything can be done by keys. Without this script the rows are a plain form.

import { all } from "../js/browser.js";

const root = document.querySelector("[data-caption-editor]");

/** "1:05.25" in seconds; null for what is no time. */
export function readClock(text) {
  const found = /^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?\s*$/.exec(text);
  if (!found || Number(found[3]) > 59) return null;
  return Number(found[1] || 0) * 3600 + Number(found[2]) * 60 + Number(found[3]) + Number(`0.${found[4] || 0}`);
}

export function clock(seconds) {
  const parts = Math.round(seconds * 1000);
  const two = (number) => `0${number}`.slice(-2);
  const whole = Math.floor(parts / 1000);
  const rest = `00${parts % 1000}`.slice(-3);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}.${rest}` : `${minutes}:${two(whole % 60)}.${rest}`;
}

function setUp() {
  const isCaptions = root.dataset.captionEditor === "captions";
  const player = root.querySelector("video, audio");
  const list = root.querySelector("[data-rows]");
  const form = root.querySelector("[data-rows-form]");
  const said = root.querySelector("[data-said]");
  const now = root.querySelector("[data-now]");
  const pattern = list.lastElementChild.cloneNode(true);
  const track = isCaptions && player.addTextTrack ? player.addTextTrack("captions", root.dataset.name, root.dataset.language) : null;
  let touched = false;

  if (track) track.mode = "showing";
  root.querySelector("[data-keys]").hidden = false;

  const rows = () => all("[data-row]", list);
  const part = (row, name) => row.querySelector(`[name="${name}"]`);
  const start = (row) => readClock(part(row, "start").value);
  const end = (row) => readClock(part(row, "end").value);

  function showTypedCues() {
    if (!track || !window.VTTCue) return;
    Array.prototype.slice.call(track.cues || []).forEach((cue) => track.removeCue(cue));
    rows().forEach((row) => {
      const [from, to, text] = [start(row), end(row), part(row, "text").value.trim()];
      if (from !== null && to !== null && to > from && text) track.addCue(new window.VTTCue(from, to, text));
    });
  }

  function mark() {
    const at = player.currentTime;
    let words = "";
    let current = null;
    rows().forEach((row) => {
      const from = start(row);
      if (from === null || from > at) return;
      if (isCaptions && (end(row) === null || end(row) <= at)) return;
      current = row;
    });
    rows().forEach((row) => row.classList.toggle("caption-row--now", row === current));
    if (current) words = part(current, "text").value;
    now.textContent = `${clock(at)}  ${words}`;
  }

  function setTime(row, name) {
    const field = part(row, name);
    field.value = clock(player.currentTime);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    said.textContent = said.dataset[name === "start" ? "textStart" : "textEnd"].replace("{time}", field.value);
  }

  function prepare(row) {
    row.querySelector("[data-row-tools]").hidden = false;
    row.querySelector("[data-play]").addEventListener("click", () => playFrom(row));
    row.querySelector("[data-remove]").addEventListener("click", () => {
      const neighbour = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      touched = true;
      showTypedCues();
      if (neighbour) part(neighbour, "text").focus();
      else add(null);
    });
  }

  function add(after) {
    const row = pattern.cloneNode(true);
    prepare(row);
    list.insertBefore(row, after ? after.nextSibling : null);
    // A new caption begins where the one before it ends.
    if (isCaptions && after && end(after) !== null) part(row, "start").value = clock(end(after));
    part(row, "text").focus();
    return row;
  }

  function playFrom(row) {
    if (start(row) === null) return;
    player.currentTime = start(row);
    player.play();
  }

  rows().forEach(prepare);
  const adding = root.querySelector("[data-add]");
  adding.hidden = false;
  adding.addEventListener("click", () => add(list.lastElementChild));

  const byKey = {
    KeyS: (row) => setTime(row, "start"),
    KeyE: (row) => {
      if (!isCaptions) return;
      setTime(row, "end");
      const next = row.nextElementSibling || add(row);
      setTime(next, "start");
      part(next, "text").focus();
    },
    KeyN: (row) => add(row),
    KeyP: playFrom,
  };
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.code === "Space") {
      event.preventDefault();
      if (player.paused) player.play();
      else player.pause();
      return;
    }
    const row = event.target.closest ? event.target.closest("[data-row]") : null;
    const action = event.altKey && !event.ctrlKey && byKey[event.code];
    if (!row || !action) return;
    event.preventDefault();
    action(row);
  });

  list.addEventListener("input", () => {
    touched = true;
    showTypedCues();
    mark();
  });
  player.addEventListener("timeupdate", mark);
  player.addEventListener("seeked", mark);
  player.addEventListener("loadedmetadata", mark);
  form.addEventListener("submit", () => { touched = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!touched) return;
    event.preventDefault();
    event.returnValue = "";
  });
  showTypedCues();
  const faulty = list.querySelector("[aria-invalid]");
  if (faulty) faulty.focus();
}

if (root) setUp();
