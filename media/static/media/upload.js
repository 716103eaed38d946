// The place where files of the admin are sent: pages of their own and the tabs of choosers, which come and go.
// What was begun before (same name, size and content) goes on where it stopped, also after a reload and on another device.

import { call, deliver, panel, persist, resumeOrBegin, unfinished, wait } from "./sending.js";

const FAULT = "error-message";

class FileSending extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.panel = panel(this);
    this.input.addEventListener("change", () => this.begin());
    // On a slow line a file may be chosen before this script is there.
    this.begin();
    this.showUnfinished();
  }

  async showUnfinished() {
    const list = this.querySelector("[data-unfinished]");
    const uploads = await unfinished(this.dataset.purpose).catch(() => []);
    uploads.forEach((upload) => {
      const row = document.createElement("li");
      row.textContent = `${upload.file_name} `;
      const cancel = document.createElement("button");
      cancel.type = "button";
      cancel.className = "button button-small button-secondary";
      cancel.textContent = this.dataset.textCancel;
      cancel.setAttribute("aria-label", `${this.dataset.textCancel}: ${upload.file_name}`);
      cancel.addEventListener("click", async () => {
        await call("DELETE", `/uploads/${upload.id}`).catch(() => null);
        row.remove();
        list.parentElement.hidden = !list.children.length;
      });
      row.append(cancel);
      list.append(row);
    });
    list.parentElement.hidden = !list.children.length || this.input.disabled;
  }

  async send(file) {
    this.panel.open();
    this.panel.say("Preparing");
    const upload = await resumeOrBegin(file, this.dataset.purpose, this.panel);
    if (upload.stored_parts.length) {
      this.panel.say("Resume", { percent: Math.floor((upload.stored_parts.length * 100) / upload.part_count) });
    }
    this.panel.pause.hidden = false;
    await deliver(file, upload, this.panel.hooksFor(upload));
    this.panel.checking();
    for (;;) {
      const checked = await persist(() => call("GET", `/uploads/${upload.id}`), this.panel.onWait);
      if (checked.state === "ready") return checked.asset;
      if (checked.state === "refused") throw Object.assign(new Error(checked.reason), { status: 422 });
      await wait(1000);
    }
  }

  async begin() {
    const files = Array.from(this.input.files);
    if (!files.length || this.input.disabled) return;
    this.input.disabled = true;
    this.querySelector("[data-unfinished]").parentElement.hidden = true;
    this.panel.calm(FAULT);
    try {
      const assets = [];
      for (const file of files) assets.push(await this.send(file));
      this.panel.say("Ready");
      this.done(assets);
    } catch (error) {
      this.panel.fail(error, FAULT);
      this.input.disabled = false;
      this.input.value = "";
    }
  }

  /** In a chooser the file is chosen; elsewhere its form is opened, or the list of several. */
  done(assets) {
    const chosen = this.querySelector("a[data-chosen]");
    const put = (address) => address.replace("/0/", `/${assets[0]}/`);
    if (chosen) {
      chosen.href = put(chosen.href);
      chosen.click();
    } else {
      window.location.assign(assets.length === 1 ? put(this.dataset.editUrl) : this.dataset.listUrl);
    }
  }
}

customElements.define("file-sending", FileSending);
