/* The simulated portal: one step at a time, checked as one goes, the rubric at the end.
 *
 * Full points for a step done right at once, half of them (rounded down) after a second look, none when it was shown. */

import { all } from "./browser.js";

const LONG_NUMBER = /(?:\d[ .-]?){8}\d/;

const plain = (text) => text.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();

/** What is to be said about the step as it stands: {empty} or {right, words}. Wrong fields are marked. */
function judge(step) {
  const choices = all("input[data-correct]", step);
  if (choices.length) {
    const chosen = choices.filter((input) => input.checked);
    if (!chosen.length) return { empty: true };
    const right = choices.every((input) => input.checked === (input.dataset.correct === "true"));
    const telling = right ? chosen : chosen.filter((input) => input.dataset.correct !== "true");
    return { right, words: telling.map((input) => input.dataset.feedback).filter(Boolean).join(" ") };
  }
  const fields = all("input[data-accepted]", step);
  if (fields.some((input) => !input.value.trim())) return { empty: true };
  const wrong = fields.filter((input) => input.dataset.accepted.split("|").map(plain).indexOf(plain(input.value)) === -1);
  fields.forEach((input) => {
    if (wrong.indexOf(input) === -1) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
  });
  return { right: !wrong.length, words: "" };
}

class Exercise {
  constructor(place) {
    this.place = place;
    this.steps = all("[data-step]", place);
    this.result = place.querySelector("[data-result]");
    this.begin(false);
    this.steps.forEach((step, number) => this.listen(step, number));
    place.querySelector("[data-again]").addEventListener("click", () => this.begin(true));
    place.classList.add("is-running");
  }

  begin(focus) {
    this.points = this.steps.map(() => 0);
    this.tries = this.steps.map(() => 0);
    this.result.hidden = true;
    this.steps.forEach((step) => {
      all("input", step).forEach((input) => {
        input.disabled = false;
        input.checked = false;
        if (input.type === "text") input.value = "";
        input.removeAttribute("aria-invalid");
      });
      step.querySelector("details").open = false;
      step.querySelector("[data-buttons]").hidden = false;
      this.say(step, "", "");
      this.toggle(step, false);
    });
    this.show(0, focus);
  }

  show(number, focus) {
    this.steps.forEach((step, place) => { step.hidden = place !== number; });
    if (focus) this.steps[number].focus();
  }

  say(step, text, kind) {
    const said = step.querySelector("[data-said]");
    said.textContent = text;
    said.className = kind ? `simulation__said simulation__said--${kind}` : "simulation__said";
  }

  /** Between answering and going on. */
  toggle(step, done) {
    step.querySelector("[data-check]").hidden = done;
    step.querySelector("[data-show]").hidden = done;
    step.querySelector("[data-next]").hidden = !done;
    step.querySelector("details").hidden = !done;
  }

  listen(step, number) {
    const words = step.querySelector("[data-said]").dataset;
    step.querySelector("[data-check]").addEventListener("click", () => {
      const found = judge(step);
      if (found.empty) {
        this.say(step, words.empty, "");
        return;
      }
      this.tries[number] += 1;
      if (!found.right) {
        this.say(step, `${words.wrong} ${found.words}`.trim(), "wrong");
        return;
      }
      const of = Number(step.dataset.of);
      this.points[number] = this.tries[number] === 1 ? of : Math.floor(of / 2);
      this.say(step, `${words.right} ${found.words}`.trim(), "right");
      this.finish(step);
    });
    step.querySelector("[data-show]").addEventListener("click", () => {
      this.say(step, "", "");
      this.finish(step);
      step.querySelector("details").open = true;
    });
    step.querySelector("[data-next]").addEventListener("click", () => {
      if (number + 1 < this.steps.length) this.show(number + 1, true);
      else this.end();
    });
    step.addEventListener("input", (event) => {
      if (event.target.type !== "text" || !LONG_NUMBER.test(event.target.value)) return;
      event.target.value = "";
      this.say(step, this.place.dataset.personal, "wrong");
    });
    step.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
      event.preventDefault();
      const check = step.querySelector("[data-check]");
      if (!check.hidden) check.click();
    });
  }

  finish(step) {
    all("input", step).forEach((input) => { input.disabled = true; });
    this.toggle(step, true);
    step.querySelector("[data-next]").focus();
  }

  end() {
    const sum = (list) => list.reduce((total, one) => total + one, 0);
    const told = (points, of) => this.place.dataset.points.replace("{points}", points).replace("{of}", of);
    const rows = this.result.querySelector("[data-rubric]");
    rows.textContent = "";
    this.steps.forEach((step, number) => {
      const row = document.createElement("tr");
      const criterion = document.createElement("td");
      criterion.textContent = step.dataset.criterion;
      const points = document.createElement("td");
      points.className = "number";
      points.textContent = `${this.points[number]}/${step.dataset.of}`;
      row.appendChild(criterion);
      row.appendChild(points);
      rows.appendChild(row);
      step.hidden = true;
    });
    const of = sum(this.steps.map((step) => Number(step.dataset.of)));
    this.result.querySelector("[data-total]").textContent = told(sum(this.points), of);
    this.result.hidden = false;
    this.result.focus();
    // The lesson notes that this was practised.
    this.place.dispatchEvent(new CustomEvent("practised", { bubbles: true }));
  }
}

all("[data-simulation]").forEach((place) => {
  if (!place.classList.contains("is-running")) new Exercise(place);
});
