/* An editor tries a quiz: its questions work as they do for a pupil, and nothing is saved. */

import { all } from "../js/browser.js";
import { dress } from "./types.js";

const words = { moved: "", placed: "", picked: "" };
const form = document.querySelector("[data-preview]");
all("[data-question]", form).forEach((question) => dress(question, { changed: () => {}, say: () => {}, words }));
form.addEventListener("submit", (event) => event.preventDefault());
