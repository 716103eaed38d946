// Files of a work: each place of the page sends what is chosen in it. What was begun before goes on, also after the browser
// was closed: the server knows the file by name and size, and the sums of its parts say whether it is the same one.

import { all } from "../js/browser.js";
import { call, isSameFile, persist, sendParts, wait } from "../media/sending.js";

/** Show what the server knows now. What is being typed about the work goes along, so that no upload wipes it out. */
function renew() {
  const words = document.querySelector("form[data-work-words]");
  const typed = words && all("input, textarea", words).some((field) => field.value !== field.defaultValue);
  if (typed) words.submit();
  else window.location.reload();
}

function setUp(root) {
  const input = root.querySelector("input[type=file]");
  const box = root.querySelector("[data-sending]");
  const bar = root.querySelector("progress");
  const status = root.querySelector("[data-upload-status]");
  const pause = root.querySelector("[data-upload-pause]");
  const path = `/contests/${root.dataset.contest}/works/${root.dataset.work}/files`;
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

  const begin = (file, anew) =>
    persist(
      () => call("POST", path, { slot: root.dataset.slot, file_name: file.name, content_type: file.type, size: file.size, anew }),
      () => say("Waiting"),
    );

  const hooks = (upload) => ({
    beforePart: async (number, percent) => {
      if (paused) await new Promise((again) => { resume = again; });
      bar.value = percent;
      say("Sending", { part: number, parts: upload.part_count, percent });
    },
    onWait: () => say("Waiting"),
  });

  async function send(file) {
    say("Preparing");
    let begun = await begin(file, false);
    if (begun.upload.stored_parts.length) {
      if (await isSameFile(file, begun.upload)) {
        say("Resume", { percent: Math.floor((begun.upload.stored_parts.length * 100) / begun.upload.part_count) });
      } else {
        begun = await begin(file, true);
      }
    }
    pause.hidden = false;
    await sendParts(file, begun.upload, hooks(begun.upload));
    await persist(() => call("POST", `/uploads/${begun.upload.id}/complete`), () => say("Waiting"));
    bar.value = 100;
    pause.hidden = true;
    say("Checking");
    for (;;) {
      const found = await persist(() => call("GET", `${path}/${begun.file}`), () => say("Waiting"));
      if (found.state === "accepted" || found.state === "refused") return;
      await wait(1000);
    }
  }

  async function sendAll() {
    const files = Array.prototype.slice.call(input.files);
    if (!files.length) return;
    input.disabled = true;
    box.hidden = false;
    status.classList.remove("field__error");
    try {
      for (let place = 0; place < files.length; place += 1) await send(files[place]);
      renew();
    } catch (error) {
      bar.hidden = true;
      pause.hidden = true;
      status.classList.add("field__error");
      status.textContent = error.message || root.dataset.textFailed;
      input.disabled = false;
      input.value = "";
    }
  }

  input.addEventListener("change", () => { bar.hidden = false; sendAll(); });
  // On a slow line a file may be chosen before this script is there.
  sendAll();
}

all("[data-work-slot]").forEach(setUp);
// A file that is being checked, as after a reload: the page comes again when it is done.
if (document.querySelector("[data-checking]")) setTimeout(renew, 5000);
