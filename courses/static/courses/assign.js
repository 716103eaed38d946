/* One tap ticks every class, and shows it; without this script the server does the same with the box alone. */

import { all } from "../js/browser.js";

const every = document.querySelector("[data-every]");

if (every) {
  const boxes = all(`input[name="${every.dataset.every}"]`);
  const follow = () => { every.checked = boxes.every((box) => box.checked); };
  every.addEventListener("change", () => boxes.forEach((box) => { box.checked = every.checked; }));
  boxes.forEach((box) => box.addEventListener("change", follow));
  if (every.checked) boxes.forEach((box) => { box.checked = true; });
}
