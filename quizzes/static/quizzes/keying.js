// Typing in sheets: Enter saves the row and goes on, leaving a row saves it, a wrong one is told at once, the last change
// can be undone. Without a script the form is saved as a whole.
import { csrfToken } from "../js/browser.js";

const RETRY = 5000;
const form = document.querySelector("[data-keying]");

function start() {
  const inputs = Array.from(form.querySelectorAll(".keying__input"));
  const held = new Map(inputs.map((input) => [input, input.value]));
  const turns = new Map();
  const lost = new Set();
  const changes = [];
  const undo = form.querySelector("[data-undo]");
  const said = form.querySelector("[data-say]");

  form.querySelector("[data-plain]").hidden = true;
  undo.hidden = false;

  function row(input) {
    return input.closest("[data-row]");
  }

  function show(input, text, state) {
    const line = row(input);
    line.querySelector("[data-state]").textContent = text;
    line.classList.toggle("is-saved", state === "saved");
    line.classList.toggle("is-wrong", state === "wrong");
    if (state === "wrong") input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  function count() {
    form.querySelector("[data-done]").textContent = inputs.filter((input) => row(input).classList.contains("is-saved")).length;
  }

  // One request of a row at a time, the latest value last.
  function save(input) {
    const turn = (turns.get(input) || Promise.resolve()).then(() => send(input));
    turns.set(input, turn);
    return turn;
  }

  async function send(input) {
    const typed = input.value;
    if (typed === held.get(input) && !lost.has(input)) return;
    show(input, form.dataset.saving, "saving");
    const body = new URLSearchParams({ sheet: row(input).dataset.row, typed, csrfmiddlewaretoken: csrfToken() });
    let answer;
    try {
      const response = await fetch(location.pathname + location.search, { method: "POST", body, credentials: "same-origin" });
      if (response.status !== 200 && response.status !== 422) throw new Error(response.status);
      answer = { ok: response.status === 200, ...(await response.json()) };
    } catch (_error) {
      lost.add(input);
      show(input, form.dataset.lost, "wrong");
      said.textContent = form.dataset.lost;
      setTimeout(() => save(input), RETRY);
      return;
    }
    lost.delete(input);
    const name = row(input).querySelector("label").firstChild.textContent.trim();
    if (answer.ok) {
      if (held.get(input) !== typed) changes.push([input, held.get(input)]);
      held.set(input, typed);
      undo.disabled = changes.length === 0;
      show(input, answer.text, typed.trim() ? "saved" : "");
    } else {
      show(input, answer.text, "wrong");
    }
    said.textContent = `${name}: ${answer.text}`;
    count();
  }

  inputs.forEach((input, place) => {
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      save(input);
      const next = inputs[place + (event.shiftKey ? -1 : 1)];
      if (next) {
        next.focus();
        next.select();
      }
    });
    input.addEventListener("change", () => save(input));
  });

  undo.addEventListener("click", async () => {
    const last = changes.pop();
    if (!last) return;
    const [input, before] = last;
    input.value = before;
    input.focus();
    await save(input);
    // Undoing is no change of its own.
    changes.pop();
    undo.disabled = changes.length === 0;
  });

  addEventListener("beforeunload", (event) => {
    if (lost.size || inputs.some((input) => input.value !== held.get(input))) event.preventDefault();
  });

  const scanned = form.dataset.at && document.getElementById(`typed-${form.dataset.at}`);
  if (scanned) scanned.focus();
}

if (form) start();
