/* Loads core and libraries into the isolated document, in order.
 *
 * A document in an opaque origin has no cache of its own in Chromium: whatever it fetched it would fetch again at each
 * visit. So the page around the frame fetches, from its cache, and hands over bytes; they run only here. What the page could
 * not fetch is fetched by this document itself. */
(function () {
  "use strict";

  const page = window.parent;
  const wanted = JSON.parse(document.getElementById("h5p-files").textContent);
  let begun = false;

  function tell(message) {
    page.postMessage(Object.assign({ h5p: 1 }, message), "*");
  }

  function style(url, text, assets) {
    if (text === undefined) {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = url;
      document.head.appendChild(link);
      return;
    }
    const element = document.createElement("style");
    // Of a font's formats the one that was handed over, wherever it stands in the list.
    const short = text.replace(/src\s*:([^;}]*)/g, (whole, list) => {
      const known = list.split(",").filter((part) => {
        const named = /url\(\s*(['"]?)([^'")]+)\1\s*\)/.exec(part);
        return named && assets[new URL(named[2], url).href.split(/[?#]/)[0]];
      });
      return known.length ? `src:${known[0]}` : whole;
    });
    element.textContent = short.replace(/url\(\s*(['"]?)([^'")]+)\1\s*\)/g, (whole, quote, target) => {
      if (/^(data|blob):|^#/.test(target)) return whole;
      const address = new URL(target, url).href;
      return `url("${assets[address.split(/[?#]/)[0]] || address}")`;
    });
    document.head.appendChild(element);
  }

  function script(url, text) {
    const element = document.createElement("script");
    if (text === undefined) {
      element.crossOrigin = "anonymous";
      element.src = url;
      return new Promise((go) => {
        element.onload = element.onerror = go;
        document.head.appendChild(element);
      });
    }
    // Some libraries ask where they came from to find their other files.
    Object.defineProperty(element, "src", { value: url });
    element.textContent = `${text}\n//# sourceURL=${url}`;
    document.head.appendChild(element);
    return null;
  }

  async function load(message) {
    const texts = message.texts || {};
    const assets = {};
    (message.assets || []).forEach((asset) => {
      assets[asset.url] = URL.createObjectURL(new Blob([asset.bytes], { type: asset.type }));
    });
    const content = {};
    (message.content || []).forEach((one) => {
      content[one.url] = URL.createObjectURL(new Blob([one.bytes], { type: one.type }));
    });
    wanted.styles.forEach((url) => style(url, texts[url], assets));
    for (const url of wanted.scripts) {
      const loading = script(url, texts[url]);
      if (loading) await loading;
    }
    if (!window.H5P || !window.H5P.init) {
      tell({ kind: "error", text: "The H5P core did not load." });
      return;
    }
    window.h5pBridge(tell, message.states || [], content);
  }

  window.addEventListener("message", (event) => {
    if (event.source !== page || !event.data || event.data.h5p !== 1 || event.data.kind !== "init" || begun) return;
    begun = true;
    load(event.data);
  });
  tell({ kind: "ready", styles: wanted.styles, scripts: wanted.scripts, content: wanted.content });
})();
