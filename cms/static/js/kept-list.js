/* The page that stands in without a line: what is kept on this device, with its size; taking it away, and newer versions. */

import { allKept, allUnfinished, ask, canKeep, fill, giveUp, keep, planOf, remove, said, whyNot } from "./offline.js";

const list = document.querySelector("[data-kept-list]");

function make(tag, css, text) {
  const made = document.createElement(tag);
  if (css) made.className = css;
  if (text) made.textContent = text;
  return made;
}

/** What is here of one thing, in words: films, exercises, files to print. */
function inside(one) {
  return (one.extras || []).map((name) => list.getAttribute(`data-extra-${name}`)).filter(Boolean);
}

function row(one) {
  const item = make("li", "card stack--tight");
  const link = make("a", "entry__label", one.title);
  link.href = one.url;
  link.lang = one.language;
  item.appendChild(link);
  const day = new Date(one.kept_at).toLocaleDateString("vi-VN");
  const told = one.kept_at ? fill(list.dataset.facts, { size: said(one.size), day })
    : fill(list.dataset.begun, { here: said(one.here), size: said(one.size) });
  const facts = make("p", "soft small", [told.replace(/\.$/, "")].concat(inside(one)).join(" · "));
  item.appendChild(facts);
  if (one.pages.length > 1) {
    const pages = make("ul", "plain-list");
    one.pages.slice(1).forEach((page) => {
      const entry = make("li");
      const to = make("a", "", page.title);
      to.href = page.url;
      entry.appendChild(to);
      pages.appendChild(entry);
    });
    item.appendChild(pages);
  }
  const tools = make("p", "cluster");
  const away = make("button", "button button--quiet", list.dataset.remove);
  away.type = "button";
  away.setAttribute("aria-label", `${list.dataset.remove}: ${one.title}`);
  away.addEventListener("click", async () => {
    await (one.kept_at ? remove : giveUp)(one.cache);
    await show();
    list.focus();
  });
  tools.appendChild(away);
  item.appendChild(tools);
  return { item, tools, facts };
}

async function lookForNewer(one, { tools, facts }) {
  if (one.kind === "tool") return;
  let bundle = null;
  try {
    bundle = await ask(one.key, one.language);
  } catch (problem) {
    // Taken back, or not for everybody any more.
    if (problem.message === "404") facts.textContent = list.dataset.gone;
    return;
  }
  if (one.kept_at && bundle.version === one.version) return;
  const plan = planOf(bundle, one.extras || []);
  if (one.kept_at) facts.textContent = list.dataset.newer;
  const button = make("button", "button button--secondary", fill(one.kept_at ? list.dataset.update : list.dataset.goOn, {
    size: said(bundle.version === one.version ? Math.max(plan.size - one.here, 0) : plan.size),
  }));
  button.type = "button";
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await keep(plan, (part) => {
        facts.textContent = fill(list.dataset.taking, { percent: `${Math.round(part * 100)} %` });
      });
      await show();
    } catch (problem) {
      facts.textContent = await whyNot(problem, list, plan.size);
      button.disabled = false;
    }
  });
  tools.insertBefore(button, tools.firstChild);
}

async function show() {
  const found = canKeep ? (await allUnfinished()).concat(await allKept()) : [];
  list.textContent = "";
  document.querySelector("[data-nothing-kept]").hidden = found.length > 0;
  const total = document.querySelector("[data-kept-total]");
  total.hidden = !found.length;
  total.textContent = fill(total.dataset.keptTotal, { size: said(found.reduce((sum, one) => sum + (one.kept_at ? one.size : one.here), 0)) });
  found.forEach((one) => {
    const made = row(one);
    list.appendChild(made.item);
    if (navigator.onLine) lookForNewer(one, made).catch(() => {});
  });
}

const down = document.querySelector("[data-line-down]");
down.hidden = navigator.onLine;
show();
