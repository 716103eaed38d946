// Files of a work: each place of the page sends what is chosen in it. What was begun before goes on, also after the browser
// was closed: the server knows the file by name and size, and the sums of its parts say whether it is the same one.

import { all } from "../js/browser.js";
import { call, deliver, isSameFile, panel, persist, wait } from "../media/sending.js";

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
  const place = panel(root);
  const path = `/contests/${root.dataset.contest}/works/${root.dataset.work}/files`;

  const begin = (file, anew) =>
    persist(
      () => call("POST", path, { slot: root.dataset.slot, file_name: file.name, content_type: file.type, size: file.size, anew }),
      place.onWait,
    );

  async function send(file) {
    place.say("Preparing");
    let begun = await begin(file, false);
    if (begun.upload.stored_parts.length) {
      if (await isSameFile(file, begun.upload)) {
        place.say("Resume", { percent: Math.floor((begun.upload.stored_parts.length * 100) / begun.upload.part_count) });
      } else {
        begun = await begin(file, true);
      }
    }
    place.pause.hidden = false;
    await deliver(file, begun.upload, place.hooksFor(begun.upload));
    place.checking();
    for (;;) {
      const found = await persist(() => call("GET", `${path}/${begun.file}`), place.onWait);
      if (found.state === "accepted" || found.state === "refused") return;
      await wait(1000);
    }
  }

  async function sendAll() {
    const files = Array.prototype.slice.call(input.files);
    if (!files.length) return;
    input.disabled = true;
    box.hidden = false;
    place.open();
    place.calm("field__error");
    try {
      for (let number = 0; number < files.length; number += 1) await send(files[number]);
      renew();
    } catch (error) {
      place.fail(error, "field__error");
      input.disabled = false;
      input.value = "";
    }
  }

  input.addEventListener("change", sendAll);
  // On a slow line a file may be chosen before this script is there.
  sendAll();
}

all("[data-work-slot]").forEach(setUp);
// A file that is being checked, as after a reload: the page comes again when it is done.
if (document.querySelector("[data-checking]")) setTimeout(renew, 5000);
