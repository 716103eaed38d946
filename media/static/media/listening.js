// What a sound recording can do besides the browser's own controls: a drawing of it that fills and can be clicked, the
// lock screen, and the next one of the page after it, also while the screen is off.

import { all } from "../js/browser.js";
import { nameWhatPlays } from "./player.js";

const figures = all("[data-sounding]");

function setUp(figure, place) {
  const audio = figure.querySelector("audio");
  const wave = figure.querySelector("[data-wave]");
  const next = figures[place + 1];
  const after = figure.querySelector("[data-after]");

  if (next) {
    after.hidden = false;
    audio.addEventListener("ended", () => {
      if (!after.querySelector("input").checked) return;
      const following = next.querySelector("audio");
      // Started here, in the event: a page in the dark may not begin to play by itself later.
      const promised = following.play();
      if (promised) promised.catch(() => {});
      if (!document.hidden) next.scrollIntoView({ block: "nearest" });
    });
  }
  audio.addEventListener("play", () => {
    all("video, audio").forEach((other) => { if (other !== audio) other.pause(); });
  });

  if (wave) {
    const heard = wave.querySelector("[data-heard]");
    audio.addEventListener("timeupdate", () => {
      heard.setAttribute("width", audio.duration ? String((960 * audio.currentTime) / audio.duration) : "0");
    });
    // For the mouse and the finger; the browser's own bar is there for the keyboard.
    wave.addEventListener("click", (event) => {
      const box = wave.getBoundingClientRect();
      const part = (event.clientX - box.left) / box.width;
      const arrive = () => { audio.currentTime = part * audio.duration; };
      const promised = audio.play();
      if (promised) promised.catch(() => {});
      if (audio.readyState) arrive();
      else audio.addEventListener("loadedmetadata", arrive, { once: true });
    });
  }
  nameWhatPlays(audio, figure.dataset.title, "");
  if ("mediaSession" in navigator) {
    audio.addEventListener("play", () => {
      [["nexttrack", figures[place + 1]], ["previoustrack", figures[place - 1]]].forEach(([name, other]) => {
        try {
          navigator.mediaSession.setActionHandler(name, other ? () => other.querySelector("audio").play() : null);
        } catch (unknown) { /* An older browser. */ }
      });
    });
  }
}

figures.forEach(setUp);
