// Sends a file straight to the object store in parts. A part that fails is signed and sent again; a file that was begun
// before (same name, size and date) goes on where it stopped, also after a reload.

const API = "/api/v1/uploads";
const WAITS = [1000, 2000, 5000, 10000, 20000];

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

async function call(method, path, body) {
  if (!cookie("csrftoken")) await fetch("/api/v1/session", { credentials: "same-origin" });
  const response = await fetch(API + path, {
    method,
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
    body: body ? JSON.stringify(body) : undefined,
  });
  const document = await response.json();
  if (!response.ok) {
    const problem = new Error(document.detail || document.title || "");
    problem.status = response.status;
    throw problem;
  }
  return document;
}

// The server's answer decides whether to try again: a refusal is final, a cut line or a busy server is not.
async function persist(action, onWait) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (error.status && error.status < 500 && error.status !== 429 && error.status !== 403) throw error;
      if (error.status === 403 && attempt > 2) throw error;
      onWait(error);
      await wait(WAITS[Math.min(attempt, WAITS.length - 1)]);
    }
  }
}

function setUp(root) {
  const input = root.querySelector("input[type=file]");
  const bar = root.querySelector("progress");
  const status = root.querySelector("[data-upload-status]");
  const pause = root.querySelector("[data-upload-pause]");
  let paused = false;
  let resume = () => {};

  const say = (key, values) => {
    let text = root.dataset[`text${key}`];
    Object.keys(values || {}).forEach((name) => {
      text = text.replace(`{${name}}`, values[name]);
    });
    status.textContent = text;
  };

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? pause.dataset.textGoOn : pause.dataset.textPause;
    if (paused) say("Paused", { percent: Math.round(bar.value) });
    else resume();
  });

  async function sendParts(file, upload) {
    const stored = new Set(upload.stored_parts);
    for (let number = 1; number <= upload.part_count; number += 1) {
      if (!stored.has(number)) {
        if (paused) await new Promise((resolve) => { resume = resolve; });
        const percent = Math.floor(((number - 1) * 100) / upload.part_count);
        bar.value = percent;
        say("Sending", { part: number, parts: upload.part_count, percent });
        const slice = file.slice((number - 1) * upload.part_size, number * upload.part_size);
        await persist(async () => {
          const part = await call("GET", `/${upload.id}/parts/${number}`);
          const answer = await fetch(part.url, { method: "PUT", body: slice });
          if (!answer.ok) throw Object.assign(new Error("part"), { status: 503 });
        }, () => say("Waiting"));
      }
    }
  }

  async function waitUntilChecked(id) {
    for (;;) {
      const upload = await persist(() => call("GET", `/${id}`), () => say("Waiting"));
      if (upload.state === "ready") return upload;
      if (upload.state === "refused") throw Object.assign(new Error(upload.reason), { status: 422 });
      await wait(1000);
    }
  }

  async function send(file) {
    const memory = `upload:${root.dataset.upload}:${file.name}:${file.size}:${file.lastModified}`;
    const begun = window.localStorage.getItem(memory);
    say("Preparing");
    pause.hidden = false;
    let upload = begun ? await call("GET", `/${begun}`).catch(() => null) : null;
    if (upload && upload.state === "open") {
      say("Resume", { percent: Math.floor((upload.stored_parts.length * 100) / upload.part_count) });
    } else {
      upload = await persist(
        () => call("POST", "", { purpose: root.dataset.upload, file_name: file.name, content_type: file.type, size: file.size }),
        (error) => { status.textContent = error.message || root.dataset.textWaiting; },
      );
      window.localStorage.setItem(memory, upload.id);
    }
    await sendParts(file, upload);
    await persist(() => call("POST", `/${upload.id}/complete`), () => say("Waiting"));
    bar.value = 100;
    pause.hidden = true;
    say("Checking");
    const checked = await waitUntilChecked(upload.id);
    window.localStorage.removeItem(memory);
    say("Ready");
    window.location.assign(root.dataset.editUrl.replace("/0/", `/${checked.asset}/`));
  }

  const begin = () => {
    if (!input.files.length) return;
    input.disabled = true;
    bar.hidden = false;
    status.classList.remove("error-message");
    send(input.files[0]).catch((error) => {
      // A full green bar would say that it went well.
      bar.hidden = true;
      status.classList.add("error-message");
      status.textContent = error.message || root.dataset.textFailed;
      pause.hidden = true;
    }).then(() => { input.disabled = false; });
  };

  input.addEventListener("change", begin);
  // On a slow line a file may be chosen before this script is there.
  begin();
}

document.querySelectorAll("[data-upload]").forEach(setUp);
