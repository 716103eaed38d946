/* The commune last looked at, remembered in this browser and nowhere else. */

const KEY = "help-commune";

function remembered() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) || "null");
    return found && found.code && found.name ? found : null;
  } catch (unreadable) {
    return null;
  }
}

function lead(link, commune) {
  link.href = `${link.pathname}?unit=${encodeURIComponent(commune.code)}`;
}

const page = document.querySelector("[data-help-points]");
const last = page && page.querySelector("[data-help-last]");
if (page && page.dataset.code) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ code: page.dataset.code, name: page.dataset.name }));
  } catch (refused) { /* The next visit begins with the list. */ }
} else if (last) {
  const commune = remembered();
  if (commune) {
    lead(last.querySelector("[data-help-link]"), commune);
    last.querySelector("[data-help-name]").textContent = commune.name;
    last.hidden = false;
  }
}
if (last) {
  last.querySelector("[data-help-forget]").addEventListener("click", () => {
    try {
      localStorage.removeItem(KEY);
    } catch (refused) { /* Then nothing was remembered. */ }
    last.hidden = true;
    page.querySelector("input[type=search]").focus();
  });
}

/* A page that was kept on the device, or left open, must not go on saying "open": what the server said holds until then. */
function dropPast() {
  for (const standing of document.querySelectorAll("[data-until]")) {
    standing.hidden = Date.now() >= Date.parse(standing.dataset.until);
  }
}
if (page) {
  dropPast();
  window.setInterval(dropPast, 30000);
  window.addEventListener("pageshow", dropPast);
}

const line = document.querySelector("[data-help-line] [data-help-link]");
const own = line && remembered();
if (own) {
  lead(line, own);
  line.textContent = line.dataset.words.replace("COMMUNE", own.name);
}
