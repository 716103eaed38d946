/* What a quiz's page says: the save state, notices, what a screen reader hears, the time that is left. */

/** `text` with its %(name)s and %(name)d filled in. */
export function fill(text, values) {
  return text.replace(/%\((\w+)\)[sd]/g, (whole, name) => String(values[name]));
}

export function plural(pair, count) {
  return fill(pair[count === 1 ? 0 : 1], { count });
}

const saveState = document.querySelector("[data-save-state]");

export function showState(name, serverTime) {
  saveState.dataset.state = name;
  if (name !== "server") return;
  // The school's clock, as on the receipt: an old phone may believe that it is in another country.
  const ahead = Number(saveState.dataset.utcOffset) * 1000;
  const moment = new Date((serverTime ? Date.parse(serverTime) : Date.now()) + ahead);
  saveState.querySelector("[data-time]").textContent = moment.toISOString().slice(11, 19);
}

export function announce(text) {
  document.querySelector("[data-announce]").textContent = text;
}

/** A notice above the question; one of each `name`, the newest text stays. An empty text takes it away. */
export function notice(name, text, kind) {
  const board = document.querySelector("[data-notices]");
  let note = board.querySelector(`[data-name="${name}"]`);
  if (!text) {
    if (note) note.remove();
    return;
  }
  if (!note) {
    note = document.createElement("div");
    note.className = `notice notice--${kind || "warning"}`;
    note.dataset.name = name;
    note.appendChild(document.createElement("p"));
    board.appendChild(note);
  }
  note.firstChild.textContent = text;
}

/* --- Time: the server's clock decides ------------------------------------------------------------------------------------------- */

/** The clock of an attempt: `heard(document)` of every answer of the server, `tick()` each second, `isUp`. */
export class Clock {
  constructor(data, words) {
    Object.assign(this, { words, said: {}, timer: document.querySelector("[data-timer]") });
    this.ahead = Date.parse(data.server_time) - Date.now();
    this.deadline = data.deadline ? Date.parse(data.deadline) : null;
    this.started = Date.parse(data.started_at);
  }

  get left() {
    return this.deadline === null ? Infinity : this.deadline - (Date.now() + this.ahead);
  }

  heard(told) {
    if (told.server_time) this.ahead = Date.parse(told.server_time) - Date.now();
    const deadline = told.deadline && Date.parse(told.deadline);
    if (!deadline || deadline === this.deadline) return;
    if (this.deadline !== null && deadline > this.deadline) notice("time", this.words.more_time, "tip");
    this.deadline = deadline;
    this.said = {};
  }

  /** Show and, at few moments, say the time that is left. Returns whether it is up. */
  tick() {
    const { timer, words, said } = this;
    if (this.deadline === null || !timer) return false;
    const left = Math.ceil(this.left / 1000);
    const minutes = Math.floor(left / 60);
    let text = minutes ? plural(words.minute, minutes) : plural(words.second, Math.ceil(left / 10) * 10);
    if (left <= 0) text = words.time_up;
    const line = timer.querySelector("[data-timer-words]");
    if (line.textContent !== text) line.textContent = text;
    const bar = timer.querySelector("progress");
    bar.max = Math.max(1, Math.round((this.deadline - this.started) / 1000));
    bar.value = Math.max(0, left);
    timer.classList.toggle("timer--soon", left < bar.max / 10);
    [300, 60].forEach((moment) => {
      if (left <= moment && left > moment - 20 && !said[moment]) {
        said[moment] = true;
        announce(text);
      }
    });
    return left <= 0;
  }
}
