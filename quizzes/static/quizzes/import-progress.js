/* The background work of an import: its percentage, and the page anew when it has ended. */

const place = document.querySelector("[data-import-progress]");
const POLL = 1000;

async function look() {
  try {
    const answer = await fetch(place.getAttribute("data-import-progress"), { credentials: "same-origin" });
    if (answer.ok) {
      const now = await answer.json();
      if (now.state === "done" || now.state === "failed") {
        window.location.reload();
        return;
      }
      place.querySelector("progress").value = now.percent;
      if (now.doing && place.querySelector("[data-said]").textContent !== now.doing) {
        place.querySelector("[data-said]").textContent = now.doing;
      }
    }
  } catch (error) {
    // The line is down: the next look tries again, and the link on the page works without this.
  }
  window.setTimeout(look, POLL);
}

if (place) window.setTimeout(look, POLL);
