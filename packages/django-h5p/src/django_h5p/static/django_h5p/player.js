/* The page's side of an H5P exercise: opens the sandboxed frame, believes only it, and hands what it says to the site.
 *
 * Works on every element with `data-h5p-player` (templates/django_h5p/player.html lists what it holds). The token stays
 * here: the package in the frame never sees it. As a module it runs once, however often a page names it. */

import { Waiting } from "./waiting.js";

const RETRY = [2000, 4000, 8000, 15000, 30000];
const AT_ONCE = 20;
// keepalive requests may not be larger together.
const LAST_BYTES = 60000;

function cookie(name) {
  const found = document.cookie.split("; ").filter((pair) => pair.indexOf(`${name}=`) === 0)[0];
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** A file of the H5P origin, or null: the frame then fetches it itself. */
async function fetched(url, form) {
  try {
    const answer = await fetch(url, { credentials: "omit" });
    return answer.ok ? await answer[form]() : null;
  } catch (refused) {
    return null;
  }
}

/** A script or style, fetched once for this page. */
const asked = {};
function textOf(url) {
  asked[url] = asked[url] || fetched(url, "text");
  return asked[url];
}

/** The pictures and fonts a stylesheet names. Of a font's several formats only the first of these: one is enough. */
function named(text, base) {
  const best = text.replace(/src\s*:([^;}]*)/g, (whole, list) => {
    const kinds = [".woff2", ".woff", ".ttf", ".otf"].filter((kind) => list.indexOf(kind) !== -1);
    const parts = list.split(",").filter((part) => !kinds.length || new RegExp(`\\${kinds[0]}(['"?#)]|$)`).test(part));
    return kinds.length ? parts[0] || "" : "";
  });
  const found = [];
  best.replace(/url\(\s*(['"]?)([^'")]+)\1\s*\)/g, (whole, quote, target) => {
    if (!/^(data|blob):|^#/.test(target)) found.push(new URL(target, base).href.split(/[?#]/)[0]);
    return whole;
  });
  return found;
}

const IMAGES = { svg: "image/svg+xml", png: "image/png", gif: "image/gif", jpg: "image/jpeg", jpeg: "image/jpeg", webp: "image/webp" };

function typeOf(url) {
  const ending = url.slice(url.lastIndexOf(".") + 1).toLowerCase();
  const types = {
    ...IMAGES, mp3: "audio/mpeg", m4a: "audio/mp4", ogg: "audio/ogg", wav: "audio/wav", mp4: "video/mp4", webm: "video/webm",
    vtt: "text/vtt",
  };
  return types[ending] || (/^(woff2?|ttf|otf)$/.test(ending) ? `font/${ending}` : "");
}

/** Whether the browser keeps the document in a frame from reaching this page, and this page from reaching it. */
function isApart(frame) {
  try {
    return frame.contentDocument === null;
  } catch (refused) {
    return true;
  }
}

class Player {
  constructor(box) {
    this.box = box;
    this.said = box.querySelector("[data-h5p-status]");
    this.button = box.querySelector("[data-h5p-open]");
    this.frame = null;
    this.attempt = null;
    this.states = [];
    this.statements = [];
    this.pending = {};
    this.sending = false;
    this.tries = 0;
    this.timer = null;
    this.waiting = null;
    this.button.addEventListener("click", () => this.open());
    this.button.disabled = false;
    window.addEventListener("message", (event) => this.hear(event));
    window.addEventListener("pagehide", () => this.flush(true));
    window.addEventListener("online", () => this.flush());
  }

  text(name) {
    return this.box.getAttribute(`data-text-${name}`) || "";
  }

  tell(name, values) {
    let text = name && this.text(name);
    Object.keys(values || {}).forEach((key) => {
      text = text.replace(`{${key}}`, values[key]);
    });
    if (this.said.textContent !== text) this.said.textContent = text;
    this.box.setAttribute("data-state", name);
  }

  // --- Opening -------------------------------------------------------------------------------------------------------------

  async begin() {
    const url = this.box.getAttribute("data-attempts");
    // Without an address nothing is recorded, whoever plays.
    if (!url) return null;
    const name = this.box.getAttribute("data-csrf-cookie") || "csrftoken";
    if (!cookie(name)) await fetch(url, { credentials: "same-origin" });
    const answer = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie(name) },
      body: JSON.stringify({ place: this.box.getAttribute("data-place"), language: this.box.getAttribute("data-language") }),
    });
    if (answer.status === 401) return null;
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async open() {
    this.button.disabled = true;
    this.tell("opening");
    let address = this.box.getAttribute("data-frame");
    // A page read from the device: the exercise is there too.
    this.kept = this.box.getAttribute("data-kept-frame");
    if (this.kept) {
      this.openKept();
      return;
    }
    try {
      this.attempt = await this.begin();
    } catch (failed) {
      this.button.disabled = false;
      this.tell("failed");
      return;
    }
    if (this.attempt) {
      this.states = this.attempt.states;
      address = this.attempt.frame;
      // The frame takes a while to open: what it will ask for is fetched meanwhile.
      this.attempt.files.styles.concat(this.attempt.files.scripts).forEach(textOf);
    }
    const frame = this.makeFrame();
    frame.setAttribute("sandbox", "allow-scripts");
    frame.src = address;
  }

  /**
   * A service worker is not asked for a frame with the `sandbox` attribute. So the kept document brings its sandbox itself, in
   * its policy: `feed` hands over nothing before the browser has shown that it holds.
   */
  openKept() {
    const person = document.querySelector("[data-kept-for]");
    if (person) this.waiting = new Waiting(person.getAttribute("data-kept-for"));
    this.makeFrame().src = this.kept;
  }

  makeFrame() {
    const frame = document.createElement("iframe");
    frame.setAttribute("allow", "fullscreen");
    frame.setAttribute("allowfullscreen", "");
    frame.setAttribute("title", this.box.getAttribute("data-title"));
    frame.className = "h5p-player__frame";
    this.frame = frame;
    this.box.querySelector("[data-h5p-place]").appendChild(frame);
    this.button.hidden = true;
    return frame;
  }

  // --- What the frame says -------------------------------------------------------------------------------------------------

  hear(event) {
    const message = event.data;
    // A sandboxed frame's origin is the word «null»: the window is what tells it from others.
    if (!this.frame || event.source !== this.frame.contentWindow || !message || message.h5p !== 1) return;
    if (message.kind === "ready") {
      if (!this.fed) this.feed(message);
    } else if (message.kind === "started") {
      this.frame.focus();
      if (this.kept) this.tell(this.waiting ? "kept" : "alone");
      else this.tell(this.attempt ? "playing" : "guest");
    } else if (message.kind === "resize") {
      const height = Math.min(Math.max(Number(message.height) || 0, 80), 20000);
      this.frame.style.height = `${height}px`;
    } else if (message.kind === "error") {
      this.tell("failed");
    } else if (this.waiting && message.kind === "statement" && message.statement) {
      this.waiting.add(this.box, message.statement);
    } else if (this.attempt && message.kind === "statement" && message.statement) {
      this.statements.push(message.statement);
      this.flush();
    } else if (this.attempt && message.kind === "state") {
      this.keep(String(message.type), String(message.part), message.value === null ? null : String(message.value));
    }
  }

  /** Fetch what the frame is made of and hand it over. The frame has no cache; this page has, and runs none of it. */
  async feed(message) {
    this.fed = true;
    if (this.kept && !isApart(this.frame)) {
      this.frame.parentNode.removeChild(this.frame);
      this.tell("failed");
      return;
    }
    const origin = new URL(this.box.getAttribute("data-frame")).origin;
    const ours = (url) => typeof url === "string" && url.indexOf(`${origin}/h5p/`) === 0;
    const styles = (message.styles || []).filter(ours);
    const texts = {};
    const assets = {};
    await Promise.all(
      styles.concat((message.scripts || []).filter(ours)).map(async (url) => {
        const text = await textOf(url);
        if (text !== null) texts[url] = text;
      }),
    );
    styles.forEach((url) => {
      if (texts[url] !== undefined) named(texts[url], url).filter(ours).forEach((asset) => (assets[asset] = null));
    });
    await Promise.all(
      Object.keys(assets).map(async (url) => {
        assets[url] = await fetched(url, "arrayBuffer");
      }),
    );
    const found = Object.keys(assets).filter((url) => assets[url]);
    // What the content shows; with a line the frame fetches it itself.
    const shown = this.kept ? (message.content || []).filter(ours) : [];
    const content = await Promise.all(shown.map((url) => fetched(url, "arrayBuffer")));
    this.frame.contentWindow.postMessage(
      {
        h5p: 1,
        kind: "init",
        states: this.states,
        texts,
        assets: found.map((url) => ({ url, bytes: assets[url], type: typeOf(url) })),
        content: shown.map((url, number) => ({ url, bytes: content[number], type: typeOf(url) })).filter((one) => one.bytes),
      },
      "*",
      found.map((url) => assets[url]).concat(content.filter(Boolean)),
    );
  }

  keep(type, part, value) {
    this.states = this.states.filter((one) => one.data_type !== type || one.sub_content_id !== part);
    if (value !== null) this.states.push({ data_type: type, sub_content_id: part, value });
    this.pending[`${type} ${part}`] = { data_type: type, sub_content_id: part, value };
    this.flush();
  }

  // --- Handing it on, in order, until the site has it ---------------------------------------------------------------------

  address(what) {
    return this.box.getAttribute(`data-${what}`).replace("00000000-0000-0000-0000-000000000000", this.attempt.attempt);
  }

  post(what, method, body, last) {
    const text = JSON.stringify(body);
    return fetch(this.address(what), {
      method,
      credentials: "same-origin",
      keepalive: Boolean(last) && text.length < LAST_BYTES,
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.attempt.token}` },
      body: text,
    });
  }

  async flush(last) {
    if (!this.attempt) return;
    if (last) {
      // No answer will be heard: everything goes at once, and what arrives twice counts once.
      Object.keys(this.pending).forEach((key) => this.post("state-url", "PUT", this.pending[key], true).catch(() => {}));
      if (this.statements.length) {
        this.post("statements-url", "POST", this.statements.slice(0, AT_ONCE), true).catch(() => {});
      }
      return;
    }
    if (this.sending) return;
    clearTimeout(this.timer);
    this.sending = true;
    let failed = false;
    try {
      // The state first: an attempt that is completed takes no more answers with it.
      while (!failed && (Object.keys(this.pending).length || this.statements.length)) {
        failed = !(await this.sendOne());
      }
    } catch (lineDown) {
      failed = true;
    }
    this.sending = false;
    if (failed) {
      this.tell("waiting");
      this.timer = setTimeout(() => this.flush(), RETRY[Math.min(this.tries, RETRY.length - 1)]);
      this.tries += 1;
    } else {
      this.tries = 0;
    }
  }

  async sendOne() {
    const key = Object.keys(this.pending)[0];
    if (key) {
      const value = this.pending[key];
      const answer = await this.post("state-url", "PUT", value);
      if (!(await this.settled(answer))) return false;
      if (this.pending[key] === value) delete this.pending[key];
      if (answer.ok && this.box.getAttribute("data-state") !== "result") this.tell("saved");
      return true;
    }
    const batch = this.statements.slice(0, AT_ONCE);
    const answer = await this.post("statements-url", "POST", batch);
    if (!(await this.settled(answer))) return false;
    this.statements.splice(0, batch.length);
    if (answer.ok) this.show(await answer.json());
    return true;
  }

  /** Whether the site has said its last word on what was sent. An old token is exchanged first. */
  async settled(answer) {
    if (answer.status === 403) {
      const again = await this.begin();
      if (!again) return true;
      this.attempt = again;
      return false;
    }
    return answer.status < 500 && answer.status !== 429;
  }

  show(result) {
    if (result.state !== "completed") return;
    if (result.max) this.tell("result", { raw: result.raw, max: result.max });
    else this.tell("done");
    this.box.dispatchEvent(new CustomEvent("h5p-completed", { bubbles: true, detail: result }));
  }
}

Array.prototype.forEach.call(document.querySelectorAll("[data-h5p-player]"), (box) => new Player(box));
