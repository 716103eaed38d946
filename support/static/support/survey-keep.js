/* The form of a survey stays on the device while somebody answers, so that a reload without a line finds it; what was
 * answered meanwhile is kept by survey.js. Once the answers are in, the form goes. */

import { allKept, canKeep, keepPlain, remove } from "../js/offline.js";

const form = document.querySelector("form[data-survey]");
const done = document.querySelector("[data-survey-done]");
const words = document.querySelector("[data-survey-kept]");
const keyOf = (slug) => `survey-${slug}`;

function say(name) {
  words.hidden = false;
  words.textContent = words.dataset[name];
}

async function keep() {
  if (!canKeep) {
    say("cannot");
    return;
  }
  const { survey, about, language } = form.dataset;
  const asked = [`language=${language}`].concat(about ? `about=${about}` : []).join("&");
  try {
    await keepPlain(keyOf(survey), document.documentElement.lang, document.title.split(" · ")[0], `${location.pathname}?${asked}`);
    say("can");
  } catch (lineDownOrFull) {
    say("cannot");
  }
}

async function forget() {
  const key = keyOf(done.dataset.surveyDone);
  for (const one of await allKept()) if (one.key === key) await remove(one.cache);
}

if (form && document.documentElement.dataset.kept) say("can");
else if (form) keep();
else if (done && canKeep) forget();
