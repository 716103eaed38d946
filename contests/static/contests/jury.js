// Saves points as they are left, and makes pictures larger. Without it the form and the plain picture do the same.

const form = document.querySelector("form[data-scores]");
if (form) {
  const line = form.querySelector("[data-saved]");
  const missing = form.querySelector("[data-missing]");
  const send = async (field) => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    if (field.name === "comment") {
      data.set("comment", field.value);
    } else {
      data.set("key", field.dataset.key);
      data.set("points", field.value);
    }
    const wrong = field.parentElement.querySelector("[data-wrong]");
    const tell = (text) => {
      if (!wrong) return;
      wrong.hidden = !text;
      wrong.textContent = text;
    };
    line.textContent = line.dataset.saving;
    try {
      const answer = await fetch(form.dataset.scores, { method: "POST", body: data, credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      const { saved_at: at, left } = await answer.json();
      field.removeAttribute("aria-invalid");
      tell("");
      line.textContent = `${line.dataset.done} ${at}`;
      missing.hidden = !left;
      missing.textContent = missing.dataset.missing.replace("{count}", left);
    } catch (error) {
      field.setAttribute("aria-invalid", "true");
      line.textContent = line.dataset.failed;
      // Beside the number too: on a telephone the line below is out of sight.
      tell(wrong && error.message === "422" ? wrong.dataset.wrong : line.dataset.failed);
    }
  };
  // One after the other: a number taken out again must not be overtaken by the number.
  let sent = Promise.resolve();
  form.addEventListener("change", (event) => {
    sent = sent.then(() => send(event.target));
  });
  // Enter goes on to the next number: nobody hands in by accident.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const fields = [...form.querySelectorAll("input[data-key], textarea")];
    const next = fields[fields.indexOf(event.target) + 1];
    if (next) next.focus();
  });
}

const LEVELS = [100, 150, 200, 300, 400];
for (const viewer of document.querySelectorAll("[data-viewer]")) {
  const picture = viewer.querySelector("img");
  const shown = viewer.querySelector("[data-zoom-level]");
  let level = 0;
  const zoom = (step) => {
    level = Math.min(LEVELS.length - 1, Math.max(0, level + step));
    picture.style.width = `${LEVELS[level]}%`;
    picture.style.maxWidth = "none";
    shown.textContent = `${LEVELS[level]} %`;
  };
  viewer.querySelector(".viewer__tools").hidden = false;
  for (const button of viewer.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => zoom(Number(button.dataset.zoom)));
  }
  viewer.querySelector(".viewer__frame").addEventListener("keydown", (event) => {
    const step = { "+": 1, "=": 1, "-": -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    zoom(step);
  });
}
