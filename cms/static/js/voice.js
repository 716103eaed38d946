/* Reading aloud by the device's own voice: one text at a time, sentence by sentence. */

const synth = window.speechSynthesis;
// Voices may come some time after the page.
const WAIT = 1500;
// Longer pieces are cut off by some devices in the middle.
const MOST = 180;
const REGIONS = {
  vi: ["vi-vn"],
  en: ["en-gb", "en-us"],
  "zh-hant": ["zh-tw", "zh-hk"],
  "zh-hans": ["zh-cn"],
};

let turn = 0;
let held = null;
// Tells whoever has the voice that it is theirs no more.
let taken = null;

export function canSpeak() {
  return Boolean(synth && window.SpeechSynthesisUtterance);
}

function known(language) {
  const wanted = language.toLowerCase();
  const voices = synth.getVoices().filter((voice) => voice.localService || navigator.onLine !== false);
  const tagged = voices.map((voice) => ({ voice, tag: voice.lang.replace("_", "-").toLowerCase() }));
  const order = [wanted].concat(REGIONS[wanted] || []);
  const named = order.map((tag) => tagged.find((one) => one.tag === tag)).find(Boolean);
  const near = named || tagged.find((one) => one.tag.split("-")[0] === wanted.split("-")[0]);
  return near ? near.voice : null;
}

/**
 * The device's voice for a language, or null when it has none.
 * @param {string} language a BCP-47 tag
 * @returns {Promise<SpeechSynthesisVoice|null>}
 */
export function voiceFor(language) {
  if (!canSpeak()) return Promise.resolve(null);
  const found = known(language);
  if (found || synth.getVoices().length) return Promise.resolve(found);
  return new Promise((resolve) => {
    const answer = () => resolve(known(language));
    if (synth.addEventListener) synth.addEventListener("voiceschanged", answer, { once: true });
    setTimeout(answer, WAIT);
  });
}

/** Sentences of a text, none of them very long. */
export function sentences(text) {
  const found = [];
  (text.match(/[^.!?…。！？។\n]+[.!?…。！？។]*/g) || []).forEach((sentence) => {
    let rest = sentence.trim();
    while (rest.length > MOST) {
      const comma = Math.max(rest.lastIndexOf(", ", MOST), rest.lastIndexOf("; ", MOST));
      const cut = comma > 0 ? comma + 1 : Math.max(rest.lastIndexOf(" ", MOST), 0) || MOST;
      found.push(rest.slice(0, cut));
      rest = rest.slice(cut).trim();
    }
    if (rest) found.push(rest);
  });
  return found;
}

/** Say nothing any more. */
export function hush() {
  turn += 1;
  held = null;
  if (synth) synth.cancel();
  const tell = taken;
  taken = null;
  if (tell) tell();
}

/**
 * Say a text, and nothing else that was being said.
 * @param {string} text
 * @param {SpeechSynthesisVoice} voice
 * @param {(complete: boolean) => void} done called at the end, or when the device fails; not after hush()
 * @param {() => void} lost called when somebody else takes the voice or hushes it
 */
export function speak(text, voice, done, lost) {
  if (taken === lost) taken = null;
  hush();
  taken = lost;
  const mine = turn;
  const pieces = sentences(text);
  const next = () => {
    if (mine !== turn) return;
    const piece = pieces.shift();
    if (!piece) {
      done(true);
      return;
    }
    const said = new SpeechSynthesisUtterance(piece);
    said.voice = voice;
    said.lang = voice.lang;
    said.onend = next;
    said.onerror = () => {
      if (mine === turn) done(false);
    };
    held = said; // what nobody holds is forgotten by Chrome, and its end with it
    synth.speak(said);
  };
  next();
}

export function isSpeaking() {
  return held !== null;
}
