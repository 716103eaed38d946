// What a video can do besides the browser's own controls: lighter and heavier copies with their sizes, speed, captions,
// a transcript and chapters that follow and can be clicked, sign language, keys, and the place where one stopped.
// Each copy is one file with its index in front: any browser plays it directly, Safari by its play list.

import { all } from "../js/browser.js";

const STEP = 10;
const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

const kept = {
  read(key) {
    try { return window.localStorage.getItem(key); } catch (refused) { return null; }
  },
  write(key, value) {
    try {
      if (value === null) window.localStorage.removeItem(key);
      else window.localStorage.setItem(key, value);
    } catch (refused) { /* A private window keeps nothing. */ }
  },
};

const clock = (seconds) => {
  const whole = Math.floor(seconds);
  const two = (number) => `0${number}`.slice(-2);
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

function setUp(figure) {
  const video = figure.querySelector("video");
  const find = (name) => figure.querySelector(`[data-${name}]`);
  const tools = find("tools");
  const [quality, speed, captions, signing] = ["quality", "speed", "captions", "signing"].map(find);
  const placeKey = `video:${figure.dataset.player}`;
  // What was taken onto the device is a whole file, for every browser.
  const isKept = Boolean(document.documentElement.dataset.kept);
  const bySafari = !isKept && typeof video.webkitSetPresentationMode === "function";
  let fellBack = false;
  let wantsPlay = false;

  tools.hidden = false;
  if (find("keys")) find("keys").hidden = false;

  /* --- Which file is played --- */

  const address = () => {
    const chosen = quality.options[quality.selectedIndex];
    if (signing && signing.getAttribute("aria-pressed") === "true" && chosen.value !== "sound") {
      const signed = JSON.parse(figure.dataset.sign);
      return signed[Math.min(quality.selectedIndex, signed.length - 1)];
    }
    return bySafari && chosen.value !== "sound" ? chosen.dataset.list : chosen.dataset.src;
  };

  // To another file at the same moment, going on if it was going.
  function change(source) {
    const at = video.currentTime;
    const goesOn = !video.paused;
    const rate = video.playbackRate;
    video.src = source;
    video.playbackRate = rate;
    if (!at && !goesOn) return;
    const ready = () => {
      video.removeEventListener("loadedmetadata", ready);
      video.currentTime = at;
      video.playbackRate = rate;
      if (goesOn) video.play();
    };
    video.addEventListener("loadedmetadata", ready);
    video.preload = "metadata";
    video.load();
  }

  if (quality) {
    const wanted = kept.read("video-quality");
    // The lightest is the first: whoever pays for data chooses more, never less.
    all("option", quality).forEach((option, place) => {
      if (option.value === wanted) quality.selectedIndex = place;
    });
    video.src = address();
    quality.addEventListener("change", () => {
      kept.write("video-quality", quality.value);
      fellBack = false;
      change(address());
    });
    if (signing) {
      signing.addEventListener("click", () => {
        signing.setAttribute("aria-pressed", String(signing.getAttribute("aria-pressed") !== "true"));
        change(address());
      });
    }
  }

  video.addEventListener("error", () => {
    const note = find("note");
    if (!fellBack && quality) {
      fellBack = true;
      change(figure.dataset.plain);
      if (wantsPlay) video.play().catch(() => {});
      return;
    }
    note.textContent = tools.dataset.failed;
    note.hidden = false;
  });
  video.addEventListener("playing", () => { find("note").hidden = true; });

  /* --- Speed and captions --- */

  const setSpeed = (value) => {
    video.defaultPlaybackRate = value;
    video.playbackRate = value;
    speed.value = String(value);
  };
  speed.addEventListener("change", () => setSpeed(Number(speed.value)));
  video.addEventListener("ratechange", () => {
    if (SPEEDS.indexOf(video.playbackRate) >= 0) speed.value = String(video.playbackRate);
  });

  let lastShown = "";
  const showCaptions = (language) => {
    if (language) lastShown = language;
    Array.prototype.forEach.call(video.textTracks, (track) => {
      track.mode = track.language === language ? "showing" : "disabled";
    });
  };
  if (captions) {
    const wanted = kept.read("video-captions");
    if (wanted !== null && all("option", captions).some((option) => option.value === wanted)) captions.value = wanted;
    showCaptions(captions.value);
    captions.addEventListener("change", () => {
      kept.write("video-captions", captions.value);
      showCaptions(captions.value);
    });
    // Also when they were turned on in the browser's own menu.
    video.textTracks.addEventListener("change", () => {
      const shown = Array.prototype.filter.call(video.textTracks, (track) => track.mode === "showing")[0];
      captions.value = shown ? shown.language : "";
    });
  }

  /* --- Chapters and what is said --- */

  const lists = all("[data-moments]", figure).map((list) => ({
    follows: list.hasAttribute("data-follow"),
    list,
    moments: all("[data-at]", list).map((item) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "player__moment";
      while (item.firstChild) button.appendChild(item.firstChild);
      item.appendChild(button);
      const at = Number(item.dataset.at);
      button.addEventListener("click", () => go(at));
      return { at, button };
    }),
    current: null,
  }));

  function follow() {
    lists.forEach((held) => {
      let now = null;
      held.moments.forEach((moment) => { if (moment.at <= video.currentTime + 0.05) now = moment; });
      if (now === held.current) return;
      if (held.current) held.current.button.removeAttribute("aria-current");
      held.current = now;
      if (!now) return;
      now.button.setAttribute("aria-current", "true");
      // Only the list moves, and not under somebody who is reading in it.
      if (held.follows && !held.list.contains(document.activeElement)) {
        held.list.scrollTop = now.button.offsetTop - held.list.offsetTop - held.list.clientHeight / 3;
      }
    });
  }

  function go(seconds) {
    const arrive = () => {
      video.currentTime = Math.max(0, seconds);
      follow();
    };
    const promised = video.play();
    if (promised) promised.catch(() => {});
    if (video.readyState) arrive();
    else video.addEventListener("loadedmetadata", arrive, { once: true });
  }

  /* --- The place where one stopped --- */

  const again = find("again");
  const stopped = Number(kept.read(placeKey) || 0);
  let written = 0;
  const keepPlace = () => {
    if (!video.duration) return;
    written = Date.now();
    const worth = video.currentTime > 10 && video.currentTime < video.duration - 10;
    kept.write(placeKey, worth ? String(Math.floor(video.currentTime)) : null);
  };
  if (stopped) {
    video.addEventListener("loadedmetadata", () => {
      if (video.currentTime > 1 || stopped > video.duration - 10) return;
      video.currentTime = stopped;
      const words = again.querySelector("[data-again-text]");
      words.textContent = words.dataset.words.replace("{time}", clock(stopped));
      again.hidden = false;
    }, { once: true });
    again.querySelector("button").addEventListener("click", () => {
      again.hidden = true;
      go(0);
    });
  }
  video.addEventListener("timeupdate", () => {
    follow();
    if (Date.now() - written > 5000) keepPlace();
  });
  video.addEventListener("pause", keepPlace);
  video.addEventListener("ended", keepPlace);
  video.addEventListener("play", () => {
    wantsPlay = true;
    // Two that speak at once are none.
    all("video, audio").forEach((other) => { if (other !== video) other.pause(); });
  });

  /* --- Keys, while the player has the focus --- */

  const keys = {
    k: () => (video.paused ? video.play() : video.pause()),
    j: () => { video.currentTime = Math.max(0, video.currentTime - STEP); },
    l: () => { video.currentTime = Math.min(video.duration || 0, video.currentTime + STEP); },
    m: () => { video.muted = !video.muted; },
    c: () => {
      if (!captions) return;
      const first = all("option", captions).filter((one) => one.value)[0].value;
      captions.value = captions.value ? "" : lastShown || first;
      showCaptions(captions.value);
    },
    f: () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else if (video.requestFullscreen) video.requestFullscreen();
      else if (video.webkitEnterFullscreen) video.webkitEnterFullscreen();
    },
    "<": () => setSpeed(SPEEDS[Math.max(0, SPEEDS.indexOf(video.playbackRate) - 1)]),
    ">": () => setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, SPEEDS.indexOf(video.playbackRate) + 1)]),
  };
  figure.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  nameWhatPlays(video, figure.dataset.title, video.poster);
}

/** What the lock screen and the keys of a headset show and do. */
export function nameWhatPlays(player, title, picture) {
  if (!("mediaSession" in navigator) || !window.MediaMetadata) return;
  const handlers = {
    play: () => player.play(),
    pause: () => player.pause(),
    seekbackward: () => { player.currentTime = Math.max(0, player.currentTime - STEP); },
    seekforward: () => { player.currentTime = Math.min(player.duration || 0, player.currentTime + STEP); },
  };
  player.addEventListener("play", () => {
    navigator.mediaSession.metadata = new window.MediaMetadata({
      title,
      artist: "Học Dịch vụ công",
      artwork: picture ? [{ src: picture }] : [],
    });
    Object.keys(handlers).forEach((name) => {
      try { navigator.mediaSession.setActionHandler(name, handlers[name]); } catch (unknown) { /* An older browser. */ }
    });
  });
}

all("[data-player]").forEach(setUp);
