/* Ticking many questions in the desk's list: all on the page, a stretch with Shift, and how many they are. */

import { all } from "../js/browser.js";

const form = document.querySelector("[data-choose]");

if (form) {
  const boxes = all("input[name=ticket]", form);
  const slot = form.querySelector("[data-choose-all]");
  const every = slot.querySelector("input");
  const number = form.querySelector("[data-choose-number]");
  const go = form.querySelector("[data-choose-go]");
  let last = null;

  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    every.checked = count === boxes.length;
    every.indeterminate = count > 0 && count < boxes.length;
    number.textContent = count || "";
    go.disabled = !count;
  };
  slot.hidden = false;
  every.addEventListener("change", () => {
    boxes.forEach((box) => {
      box.checked = every.checked;
    });
    tell();
  });
  form.addEventListener("click", (event) => {
    const place = boxes.indexOf(event.target);
    if (place < 0) return;
    if (event.shiftKey && last !== null) {
      boxes.slice(Math.min(last, place), Math.max(last, place) + 1).forEach((box) => {
        box.checked = event.target.checked;
      });
    }
    last = place;
    tell();
  });
  // Ticks that the browser kept when one comes back.
  window.addEventListener("pageshow", tell);
  tell();
}
