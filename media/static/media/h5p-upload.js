/* A package on its way in: parts straight to the file store, then the check in the background with its progress. */

import { deliver, resumeOrBegin } from "./sending.js";

const form = document.querySelector("[data-h5p-upload]");
const POLL = 500;

function text(name) {
  return form.getAttribute(`data-text-${name}`);
}

function show(words, percent) {
  form.querySelector("[data-said]").textContent = words;
  form.querySelector("[data-bar]").hidden = percent === undefined;
  if (percent !== undefined) form.querySelector("progress").value = percent;
}

function fault(words) {
  const place = form.querySelector("[data-fault]");
  place.hidden = !words;
  place.textContent = words || "";
  form.querySelector("button").disabled = false;
  if (words) show("");
}

function token() {
  return form.querySelector("[name=csrfmiddlewaretoken]").value;
}

async function call(url, method, body) {
  const answer = await fetch(url, {
    method,
    credentials: "same-origin",
    headers: { "X-CSRFToken": token(), "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail || text("failed"));
  return said;
}

/** What was begun goes on with the parts the store does not have yet. */
async function send(file) {
  const hooks = { onWait: () => show(text("waiting")), beforePart: async () => {}, begun: () => {} };
  const upload = await resumeOrBegin(file, "h5p", hooks);
  let before = 0;
  hooks.beforePart = async (number) => { before = (number - 1) * upload.part_size; };
  hooks.onBytes = (bytes) => show(text("sending"), ((before + bytes) * 50) / upload.size);
  return (await deliver(file, upload, hooks)).id;
}

async function check(upload) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token());
  body.append("upload", upload);
  body.append("content", form.getAttribute("data-content"));
  const answer = await fetch(form.getAttribute("data-begin"), { method: "POST", credentials: "same-origin", body });
  if (!answer.ok) throw new Error(text("failed"));
  const { job } = await answer.json();
  for (;;) {
    const now = await call(job, "GET");
    if (now.state === "failed") {
      throw new Error(now.error);
    }
    if (now.state === "done") {
      show(text("done"), 100);
      window.location.assign(now.url);
      return;
    }
    show(now.doing || text("checking"), 50 + now.percent / 2);
    await new Promise((go) => setTimeout(go, POLL));
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = form.querySelector("input[type=file]").files[0];
  if (!file) return;
  fault("");
  form.querySelector("button").disabled = true;
  show(text("sending"), 0);
  try {
    await check(await send(file));
  } catch (error) {
    // A line that breaks says «Failed to fetch» in the browser's own language.
    fault(error instanceof TypeError ? text("failed") : error.message);
  }
});
