/* The answer in a question's fields: read and written, one pair for each type. The values are those of quizzes/kinds. */

import { all } from "../js/browser.js";

const fields = (question, selector) => all(selector, question);
const lineOf = (input) => input.name.split(":")[1];

function tick(question, values) {
  fields(question, "input[type=radio], input[type=checkbox]").forEach((input) => {
    input.checked = values.indexOf(input.value) !== -1;
  });
}

/** {name: value} of the fields that have one, null when none has. */
function mapped(list, nameOf, valueOf) {
  const value = {};
  list.forEach((field) => {
    if (valueOf(field) !== "") value[nameOf(field)] = valueOf(field);
  });
  return Object.keys(value).length ? value : null;
}

/** Put a text into a field, unless it says the same already: that would move the cursor of whoever is typing. */
function fill(field, text) {
  if (field.value.trim() !== text) field.value = text;
}

const trimmed = (field) => field.value.trim();
const chosen = (question) => fields(question, "input:checked").map((input) => input.value);

const oneOf = {
  read: (question) => chosen(question)[0] || null,
  write: (question, value) => tick(question, [value]),
};
const severalOf = {
  read: (question) => {
    const values = chosen(question).sort();
    return values.length ? values : null;
  },
  write: (question, value) => tick(question, value || []),
};
const statements = {
  read: (question) => mapped(fields(question, "input:checked"), lineOf, (input) => input.value === "true"),
  write: (question, value) =>
    fields(question, "input").forEach((input) => {
      const said = value ? value[lineOf(input)] : undefined;
      input.checked = said !== undefined && String(said) === input.value;
    }),
};
/** Fields with an answer each, told apart by `data-<name>`. */
const eachOf = (name) => ({
  read: (question) => mapped(fields(question, `[data-${name}]`), (field) => field.dataset[name], trimmed),
  write: (question, value) =>
    fields(question, `[data-${name}]`).forEach((field) => fill(field, (value && value[field.dataset[name]]) || "")),
});
const ordering = {
  read: (question) => {
    const order = [];
    const lists = fields(question, "[data-option]");
    lists.forEach((list) => {
      if (list.value) order[list.value - 1] = list.dataset.option;
    });
    return lists.length && order.length === lists.length && order.indexOf(undefined) === -1 && order.every(Boolean)
      ? order
      : null;
  },
  write: (question, value) =>
    fields(question, "[data-option]").forEach((list) => {
      list.value = value ? String(value.indexOf(list.dataset.option) + 1) : "";
    }),
};
const typed = {
  read: (question) => fields(question, "[data-text]").map(trimmed)[0] || null,
  write: (question, value) => fields(question, "[data-text]").forEach((field) => fill(field, value || "")),
};

const TYPES = {
  single: oneOf,
  true_false: oneOf,
  picture_choice: oneOf,
  hotspot: oneOf,
  multiple: severalOf,
  statements,
  matching: eachOf("option"),
  zones: eachOf("option"),
  ordering,
  gaps: eachOf("target"),
  numeric: typed,
  short: typed,
  long: typed,
};

const DRESS = { long: { dress: countWords, redraw: countWords } };

function countWords(question) {
  const line = question.querySelector("[data-counter]");
  const field = question.querySelector("[data-text]");
  if (!line || !field) return;
  line.hidden = false;
  line.textContent = line.dataset.counter.replace("{count}", trimmed(field).split(/\s+/).filter(Boolean).length);
}

/**
 * What a type needs besides its fields.
 * @param {string} type
 * @param {{dress: Function, redraw: Function}} more `dress(question, tools)` once, `redraw(question)` after each change
 */
export function register(type, more) {
  DRESS[type] = more;
}

/** The value in a question's fields, null for no answer. */
export function read(question) {
  return TYPES[question.dataset.type].read(question);
}

export function write(question, value) {
  TYPES[question.dataset.type].write(question, value);
  redraw(question);
}

export function redraw(question) {
  const more = DRESS[question.dataset.type];
  if (more) more.redraw(question);
}

/**
 * Give a question what its type has with a script.
 * @param {Element} question
 * @param {{changed: Function, say: Function, words: Object}} tools told of changes no field reports, and what to say
 */
export function dress(question, tools) {
  const more = DRESS[question.dataset.type];
  if (more) more.dress(question, tools);
  const again = () => redraw(question);
  question.addEventListener("change", again);
  question.addEventListener("input", again);
}
