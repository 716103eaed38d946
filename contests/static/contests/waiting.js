// Sends the form again after the seconds the server asked for, with a little chance so that a crowd spreads out.
const form = document.querySelector("[data-again]");

if (form) {
  setTimeout(() => form.submit(), (Number(form.dataset.again) + Math.random() * 3) * 1000);
}
