/* Types whose answer is a place: a board of groups, lines to order, areas of a picture. Loaded by quizzes that have one.

   The fields of the plain form stay and hold the answer. Everything works by pressing buttons; dragging is an extra. */

import { all } from "../js/browser.js";
import { register } from "./types.js";

function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => String(values[name]));
}

const nameIn = (element) => element.textContent.trim();

/* --- Dragging, where the browser has pointer events ------------------------------------------------------------------ */

/** `drop(x, y)` when `item` was dragged by `handle`; `over(x, y)` on the way. A press without a move stays a click. */
function draggable(handle, item, { over, drop }) {
  if (!("PointerEvent" in window)) return;
  let from = null;
  let dragged = false;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || item.closest("fieldset").disabled) return;
    from = { x: event.clientX, y: event.clientY };
    dragged = false;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!from) return;
    const x = event.clientX - from.x;
    const y = event.clientY - from.y;
    if (!dragged && Math.abs(x) + Math.abs(y) < 8) return;
    dragged = true;
    item.classList.add("is-dragged");
    item.style.transform = `translate(${x}px, ${y}px)`;
    if (over) over(event.clientX, event.clientY);
  });
  const end = (event) => {
    if (!from) return;
    from = null;
    item.classList.remove("is-dragged");
    item.style.transform = "";
    if (dragged && event.type === "pointerup") drop(event.clientX, event.clientY);
    // The click that ends a drag comes at once, or never where the thing has moved.
    setTimeout(() => {
      dragged = false;
    }, 50);
  };
  handle.addEventListener("pointerup", end);
  handle.addEventListener("pointercancel", end);
  handle.addEventListener(
    "click",
    (event) => {
      if (!dragged) return;
      dragged = false;
      event.stopImmediatePropagation();
      event.preventDefault();
    },
    true,
  );
}

/** The first of `elements` that holds the point. */
function at(elements, x, y) {
  return elements.filter((element) => {
    const box = element.getBoundingClientRect();
    return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  })[0];
}

/* --- Groups -------------------------------------------------------------------------------------------------------------- */

const thingsOf = (question) => all("[data-thing]", question);
const zonesOf = (question) => all("[data-zone]", question);
const pickedIn = (question) => question.querySelector("[data-thing][aria-pressed=true]");

function pick(question, thing) {
  thingsOf(question).forEach((one) => one.setAttribute("aria-pressed", String(one === thing)));
  zonesOf(question).forEach((zone) => {
    zone.querySelector("[data-put]").hidden = !thing || zone.contains(thing);
  });
}

register("zones", {
  dress(question, tools) {
    const board = question.querySelector("[data-board]");
    if (!board) return;
    question.querySelector("[data-plain-lines]").hidden = true;
    board.hidden = false;
    const place = (thing, zone) => {
      question.querySelector(`[data-option="${thing.dataset.thing}"]`).value = zone.dataset.zone;
      this.redraw(question);
      tools.changed(question);
      tools.say(fill(tools.words.placed, { name: nameIn(thing), group: nameIn(zone.querySelector(".board__title")) }));
      thing.focus();
    };
    board.addEventListener("click", (event) => {
      const thing = event.target.closest("[data-thing]");
      const zone = event.target.closest("[data-zone]");
      const picked = pickedIn(question);
      if (thing) {
        pick(question, thing === picked ? null : thing);
        if (thing !== picked) tools.say(fill(tools.words.picked, { name: nameIn(thing) }));
      } else if (zone && picked && !zone.contains(picked)) {
        place(picked, zone);
      }
    });
    board.addEventListener("keydown", (event) => {
      if (event.key === "Escape") pick(question, null);
    });
    thingsOf(question).forEach((thing) => {
      draggable(thing, thing, {
        drop: (x, y) => {
          const zone = at(zonesOf(question), x, y);
          if (zone && !zone.contains(thing)) place(thing, zone);
        },
      });
    });
    this.redraw(question);
  },
  redraw(question) {
    thingsOf(question).forEach((thing) => {
      const value = question.querySelector(`[data-option="${thing.dataset.thing}"]`).value;
      const things = question.querySelector(`[data-zone="${value}"] [data-things]`);
      if (thing.parentNode !== things) things.appendChild(thing);
    });
    const empty = question.querySelector("[data-empty]");
    if (empty) empty.hidden = question.querySelector('[data-zone=""] [data-thing]') !== null;
    pick(question, null);
  },
});

/* --- An order ------------------------------------------------------------------------------------------------------------ */

const rowsOf = (question) => all("[data-item]", question);

function numbered(question) {
  rowsOf(question).forEach((row, place) => {
    row.querySelector("[data-option]").value = String(place + 1);
  });
}

register("ordering", {
  dress(question, tools) {
    const list = question.querySelector("[data-order]");
    if (!list) return;
    rowsOf(question).forEach((row) => {
      row.querySelector("[data-option]").hidden = true;
      row.querySelector("[data-place]").hidden = false;
      row.querySelector("[data-moves]").hidden = false;
    });
    const moved = (row) => {
      numbered(question);
      this.redraw(question);
      tools.changed(question);
      const rows = rowsOf(question);
      const values = { name: nameIn(row.querySelector("[data-name]")), place: rows.indexOf(row) + 1, total: rows.length };
      tools.say(fill(tools.words.moved, values));
    };
    const step = (row, by) => {
      const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      const focused = document.activeElement;
      list.insertBefore(by < 0 ? row : other, by < 0 ? other : row);
      focused.focus();
      moved(row);
    };
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]");
      if (button) step(button.closest("[data-item]"), Number(button.dataset.move));
    });
    list.addEventListener("keydown", (event) => {
      const row = event.target.closest("[data-item]");
      if (!row || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
      event.preventDefault();
      step(row, event.key === "ArrowUp" ? -1 : 1);
    });
    rowsOf(question).forEach((row) => {
      draggable(row.querySelector("[data-place]"), row, {
        drop: (x, y) => {
          const others = rowsOf(question).filter((one) => one !== row);
          const next = others.filter((one) => {
            const box = one.getBoundingClientRect();
            return y < box.top + box.height / 2;
          })[0];
          list.insertBefore(row, next || null);
          moved(row);
        },
      });
    });
    this.redraw(question);
  },
  redraw(question) {
    const rows = rowsOf(question);
    const place = (row) => Number(row.querySelector("[data-option]").value);
    const done = rows.length > 0 && rows.every(place);
    // Without an answer the lines stand as they were dealt, so that every answer takes a move.
    const rank = (row) => (done ? place(row) : Number(row.dataset.dealt));
    const sorted = rows.slice().sort((one, other) => rank(one) - rank(other));
    if (sorted.some((row, number) => row !== rows[number])) sorted.forEach((row) => row.parentNode.appendChild(row));
    rowsOf(question).forEach((row, number) => {
      row.querySelector("[data-place]").textContent = String(number + 1);
      row.classList.toggle("is-open", !done);
    });
  },
});

/* --- Areas of a picture ---------------------------------------------------------------------------------------------------- */

register("hotspot", {
  dress(question) {
    const radioOf = (area) => question.querySelector(`input[value="${area.dataset.area}"]`);
    const areas = all("[data-area]", question);
    areas.forEach((area) => {
      area.addEventListener("click", () => {
        const radio = radioOf(area);
        if (!radio || radio.closest("fieldset").disabled) return;
        radio.checked = true;
        radio.dispatchEvent(new Event("change", { bubbles: true }));
      });
    });
    const point = (event) =>
      areas.forEach((area) => area.classList.toggle("is-focused", event.type === "focusin" && radioOf(area) === event.target));
    question.addEventListener("focusin", point);
    question.addEventListener("focusout", point);
    this.redraw(question);
  },
  redraw(question) {
    all("[data-area]", question).forEach((area) => {
      const radio = question.querySelector(`input[value="${area.dataset.area}"]`);
      area.classList.toggle("is-chosen", Boolean(radio && radio.checked));
    });
  },
});
