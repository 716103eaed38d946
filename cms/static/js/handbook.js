/* A handbook is heard card by card: one voice at a time, on to the next card when one is over, also while the screen is
 * off; and read in large letters on whoever's device asked for them once. Without this script the browser's own players
 * and an ordinary link do the same. */

import { all, isLarge, say, setLarge } from "./browser.js";

const leaves = all("[data-leaf]");

/* --- Large letters ---------------------------------------------------------------------------------------------------- */

const large = document.querySelector("[data-large]");

function showLarge() {
  large.querySelector("span").textContent = isLarge() ? large.dataset.smaller : large.dataset.larger;
}

if (large) {
  large.setAttribute("role", "button");
  large.addEventListener("click", (event) => {
    event.preventDefault();
    setLarge(!isLarge());
    showLarge();
  });
  showLarge();
}

/* --- Hearing it --------------------------------------------------------------------------------------------------------- */

/** What a card says: its own recording, or those of its paragraphs one after another. */
function soundsOf(leaf) {
  const own = leaf.querySelector("[data-card-sound]");
  return own ? [own] : all("[data-listen] audio", leaf);
}

function hush(but) {
  all("audio").forEach((other) => {
    if (other !== but && !other.paused) other.pause();
  });
}

function play(leaf, number) {
  const sound = soundsOf(leaf)[number || 0];
  if (!sound) return;
  hush(sound);
  if (sound.ended) sound.currentTime = 0;
  const promised = sound.play();
  if (promised) promised.catch(() => say("lost", "error"));
}

/** The card after this one that says anything. */
function following(leaf, step) {
  for (let place = leaves.indexOf(leaf) + step; leaves[place]; place += step) {
    if (soundsOf(leaves[place]).length) return leaves[place];
  }
  return null;
}

function tellTheLockScreen(leaf) {
  if (!("mediaSession" in navigator) || !window.MediaMetadata) return;
  const picture = leaf.querySelector("img");
  navigator.mediaSession.metadata = new MediaMetadata({
    title: leaf.dataset.title,
    artist: "Học Dịch vụ công",
    album: document.querySelector("h1").textContent,
    artwork: picture ? [{ src: picture.currentSrc || picture.src }] : [],
  });
  [["nexttrack", 1], ["previoustrack", -1]].forEach(([name, step]) => {
    const other = following(leaf, step);
    try {
      navigator.mediaSession.setActionHandler(name, other ? () => play(other) : null);
    } catch (unknown) { /* An older browser. */ }
  });
}

function setUp(leaf) {
  const button = leaf.querySelector("[data-play-card]");
  const sounds = soundsOf(leaf);
  if (!sounds.length) return;
  const own = leaf.querySelector("[data-card-sound]");
  if (own) own.hidden = true;
  const isOn = () => sounds.some((sound) => !sound.paused);
  const show = () => {
    const on = isOn();
    if (button) {
      button.setAttribute("aria-pressed", String(on));
      button.querySelector("[data-word]").textContent = on ? button.dataset.stop : button.dataset.play;
    }
    if (on) leaf.setAttribute("data-now", "");
    else leaf.removeAttribute("data-now");
  };
  if (button) {
    button.hidden = false;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      if (isOn()) {
        hush(null);
        return;
      }
      const begun = sounds.findIndex((sound) => sound.currentTime > 0 && !sound.ended);
      play(leaf, Math.max(begun, 0));
    });
  }
  sounds.forEach((sound, number) => {
    sound.addEventListener("play", () => {
      hush(sound);
      tellTheLockScreen(leaf);
      show();
    });
    sound.addEventListener("pause", show);
    sound.addEventListener("ended", () => {
      show();
      // Started here, in the event: a page in the dark may not begin to play by itself later.
      if (sounds[number + 1]) {
        play(leaf, number + 1);
        return;
      }
      const next = following(leaf, 1);
      if (!next) return;
      play(next);
      if (!document.hidden) next.scrollIntoView({ block: "start" });
    });
  });
}

leaves.forEach(setUp);

const everything = document.querySelector("[data-play-all]");
const first = leaves.find((leaf) => soundsOf(leaf).length);
if (everything && first) {
  everything.hidden = false;
  everything.addEventListener("click", () => {
    first.scrollIntoView({ block: "start" });
    play(first);
  });
}
