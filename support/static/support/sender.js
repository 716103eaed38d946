/* On any page but the notebook: sends the visits that wait on this device. js/site.js loads it only where some do. */

import { openStore } from "../quizzes/outbox.js";
import { Notebook, READER, remembered } from "./notebook.js";

async function start() {
  const member = remembered(READER);
  const nothing = () => {};
  const store = await openStore(`visits:${member}`);
  const notebook = new Notebook(member, store, { changed: nothing, trouble: nothing, masked: nothing });
  await notebook.load();
  window.addEventListener("online", () => notebook.flush());
  await notebook.flush();
}

start();
