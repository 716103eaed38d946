// While copies of a recording are made its page says how far they are.

import { wait } from "./sending.js";

const panel = document.querySelector("[data-conversion-panel]");

async function watch() {
  while (panel.querySelector("[data-open]")) {
    await wait(2000);
    try {
      const answer = await fetch(panel.dataset.conversionPanel, { credentials: "same-origin" });
      // Nothing is taken away from under somebody who is choosing.
      if (answer.ok && !panel.contains(document.activeElement)) panel.innerHTML = await answer.text();
    } catch (lineDown) { /* The next time. */ }
  }
}

if (panel) watch();
