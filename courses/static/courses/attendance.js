// Says on the button how many pupils are ticked; without a script it says only what it does.
const button = document.querySelector("[data-count]");

function count() {
  const ticked = document.querySelectorAll(`input[name="${button.dataset.count}"]:checked`).length;
  const words = ticked === 1 ? button.dataset.one : button.dataset.many;
  button.querySelector("span").textContent = words.replace("#", ticked);
}

if (button) {
  document.addEventListener("change", count);
  // A page that the browser brings back keeps the ticks it had.
  addEventListener("pageshow", count);
  count();
}
