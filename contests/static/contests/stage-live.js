/* A part of the page that follows what happens on stage: the board on the wall, and the secretary's list. Asked every two
   seconds whether something has changed; only then the page is fetched and that part put in its place. */

const EVERY = 2000;
const AFTER_A_CUT = 6000;
const live = document.querySelector("[data-live]");
const line = document.querySelector("[data-line]");
let version = live ? live.dataset.version : "";
let ahead = live && live.dataset.now ? Date.parse(live.dataset.now) - Date.now() : 0;

function two(number) {
  return number < 10 ? `0${number}` : String(number);
}

/** The clock of the part that is on, by the server's time. */
function tick() {
  const box = live.querySelector("[data-running]");
  if (!box) return;
  const seconds = Math.max(0, Math.floor((Date.now() + ahead - Date.parse(box.dataset.running)) / 1000));
  box.querySelector("[data-running-time]").textContent = `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  const limit = Number(box.dataset.limit) || 0;
  box.classList.toggle("is-over", limit > 0 && seconds > limit);
}

async function renew() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  if (!fresh) {
    location.reload();
    return;
  }
  const held = document.activeElement && live.contains(document.activeElement) ? document.activeElement.id : "";
  live.innerHTML = fresh.innerHTML;
  version = fresh.dataset.version;
  const again = held && document.getElementById(held);
  if (again) again.focus();
  tick();
}

async function watch() {
  let wait = EVERY;
  if (!document.hidden) {
    try {
      const answer = await fetch(live.dataset.live, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      if (told.server_time) ahead = Date.parse(told.server_time) - Date.now();
      if (told.version !== version) await renew();
      line.hidden = true;
    } catch (lineDown) {
      line.hidden = false;
      wait = AFTER_A_CUT;
    }
  }
  setTimeout(watch, wait);
}

if (live) {
  tick();
  setInterval(tick, 500);
  setTimeout(watch, EVERY);
}
