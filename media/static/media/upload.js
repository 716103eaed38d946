// The upload of one asset: a file that was begun before (same name, size and date) goes on where it stopped, also after a
// reload. How parts are sent is in sending.js.

import { call, isSameFile, persist, sendParts, wait } from "./sending.js";

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

  const hooks = (upload) => ({
    beforePart: async (number, percent) => {
      if (paused) await new Promise((resolve) => { resume = resolve; });
      bar.value = percent;
      say("Sending", { part: number, parts: upload.part_count, percent });
    },
    onWait: () => say("Waiting"),
  });

  async function waitUntilChecked(id) {
    for (;;) {
      const upload = await persist(() => call("GET", `/uploads/${id}`), () => say("Waiting"));
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
    let upload = begun ? await call("GET", `/uploads/${begun}`).catch(() => null) : null;
    // A file of the same name that was changed meanwhile is another one.
    if (upload && upload.state === "open" && (await isSameFile(file, upload))) {
      say("Resume", { percent: Math.floor((upload.stored_parts.length * 100) / upload.part_count) });
    } else {
      upload = await persist(
        () => call("POST", "/uploads", { purpose: root.dataset.upload, file_name: file.name, content_type: file.type, size: file.size }),
        (error) => { status.textContent = error.message || root.dataset.textWaiting; },
      );
      window.localStorage.setItem(memory, upload.id);
    }
    await sendParts(file, upload, hooks(upload));
    await persist(() => call("POST", `/uploads/${upload.id}/complete`), () => say("Waiting"));
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
