/* One screen of a lesson at a time: arrows, page keys of a presenter, Home and End, a swipe, Esc to go back.
 *
 * Without this script the page is the same screens one under another. The number of the screen stands in the address,
 * so that a reload stays where the class was. */

import { all } from "../js/browser.js";

const deck = document.querySelector("[data-slides]");
const SWIPE = 60;

function start() {
  const slides = all(".slide", deck);
  const where = document.querySelector("[data-where]");
  const progress = document.querySelector("[data-progress]");
  const back = document.querySelector("[data-back-one]");
  const next = document.querySelector("[data-next-one]");
  let current = 0;

  function numberInAddress() {
    const found = /^#s(\d+)$/.exec(window.location.hash);
    const place = found ? Number(found[1]) - 1 : 0;
    return Math.max(0, Math.min(slides.length - 1, place));
  }

  function show(place, focus) {
    current = Math.max(0, Math.min(slides.length - 1, place));
    slides.forEach((slide, index) => slide.classList.toggle("is-current", index === current));
    where.textContent = deck.dataset.screen.replace("{number}", current + 1).replace("{count}", slides.length);
    progress.value = current + 1;
    back.disabled = current === 0;
    next.disabled = current === slides.length - 1;
    all("video, audio", deck).forEach((player) => player.pause());
    window.scrollTo(0, 0);
    if (focus) slides[current].focus({ preventScroll: true });
    if (window.location.hash !== `#s${current + 1}`) window.history.replaceState(null, "", `#s${current + 1}`);
  }

  const go = (step) => show(current + step, true);
  const KEYS = {
    ArrowRight: () => go(1),
    ArrowLeft: () => go(-1),
    PageDown: () => go(1),
    PageUp: () => go(-1),
    Home: () => show(0, true),
    End: () => show(slides.length - 1, true),
    Escape: () => window.location.assign(deck.dataset.back),
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const inPlayer = event.target.closest && event.target.closest("video, audio, input, textarea, select");
    if (inPlayer && event.key !== "Escape") return;
    // Esc leaves the full screen first, as everywhere.
    if (event.key === "Escape" && document.fullscreenElement) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  let from = null;
  deck.addEventListener("touchstart", (event) => {
    from = event.touches.length === 1 ? event.touches[0] : null;
  }, { passive: true });
  deck.addEventListener("touchend", (event) => {
    if (!from) return;
    const to = event.changedTouches[0];
    const across = to.clientX - from.clientX;
    if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(to.clientY - from.clientY)) go(across < 0 ? 1 : -1);
    from = null;
  }, { passive: true });

  back.addEventListener("click", () => show(current - 1, false));
  next.addEventListener("click", () => show(current + 1, false));
  window.addEventListener("hashchange", () => show(numberInAddress(), true));

  document.documentElement.classList.add("is-showing");
  all("[hidden]", document.querySelector(".slides__bar")).forEach((tool) => { tool.hidden = false; });
  show(numberInAddress(), false);
}

if (deck) start();
