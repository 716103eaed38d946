/* The page that stands in without a line: what is kept on this device, with its size; taking it away, and newer versions. */

import { allKept, ask, canKeep, fill, keep, remove, said, whyNot } from "./offline.js";

const list = document.querySelector("[data-kept-list]");

function make(tag, css, text) {
  const made = document.createElement(tag);
  if (css) made.className = css;
  if (text) made.textContent = text;
  return made;
}

function row(one) {
  const item = make("li", "card stack--tight");
  const link = make("a", "entry__label", one.title);
  link.href = one.url;
  link.lang = one.language;
  item.appendChild(link);
  const day = new Date(one.kept_at).toLocaleDateString("vi-VN");
  const facts = make("p", "soft small", fill(list.dataset.facts, { size: said(one.size), day }));
  item.appendChild(facts);
  if (one.pages.length > 1) {
    const inside = make("ul", "plain-list");
    one.pages.slice(1).forEach((page) => {
      const entry = make("li");
      const to = make("a", "", page.title);
      to.href = page.url;
      entry.appendChild(to);
      inside.appendChild(entry);
    });
    item.appendChild(inside);
  }
  const tools = make("p", "cluster");
  const away = make("button", "button button--quiet", list.dataset.remove);
  away.type = "button";
  away.setAttribute("aria-label", `${list.dataset.remove}: ${one.title}`);
  away.addEventListener("click", async () => {
    await remove(one.cache);
    await show();
    list.focus();
  });
  tools.appendChild(away);
  item.appendChild(tools);
  return { item, tools, facts };
}

async function lookForNewer(one, { tools, facts }) {
  const bundle = await ask(one.key, one.language);
  if (bundle.version === one.version) return;
  facts.textContent = list.dataset.newer;
  const button = make("button", "button button--secondary", fill(list.dataset.update, { size: said(bundle.size) }));
  button.type = "button";
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await keep(bundle, (part) => {
        facts.textContent = fill(list.dataset.taking, { percent: `${Math.round(part * 100)} %` });
      });
      await show();
    } catch (problem) {
      facts.textContent = await whyNot(problem, list, bundle.size);
      button.disabled = false;
    }
  });
  tools.insertBefore(button, tools.firstChild);
}

async function show() {
  const found = canKeep ? await allKept() : [];
  list.textContent = "";
  document.querySelector("[data-nothing-kept]").hidden = found.length > 0;
  const total = document.querySelector("[data-kept-total]");
  total.hidden = !found.length;
  total.textContent = fill(total.dataset.keptTotal, { size: said(found.reduce((sum, one) => sum + one.size, 0)) });
  found.forEach((one) => {
    const made = row(one);
    list.appendChild(made.item);
    if (navigator.onLine) lookForNewer(one, made).catch(() => {});
  });
}

const down = document.querySelector("[data-line-down]");
down.hidden = navigator.onLine;
show();
