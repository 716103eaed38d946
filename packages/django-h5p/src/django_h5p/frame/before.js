/* Runs first in the isolated document: tells the H5P core what to play, and keeps it from starting by itself. */
(function () {
  "use strict";

  window.H5PIntegration = JSON.parse(document.getElementById("h5p-integration").textContent);
  window.H5P = window.H5P || {};
  window.H5P.preventInit = true;

  // A document in an opaque origin may not touch the browser's storage, but content types do. What they keep ends with it.
  function memory() {
    const kept = Object.create(null);
    return new Proxy(
      {
        getItem: (name) => (String(name) in kept ? kept[name] : null),
        setItem: (name, value) => void (kept[name] = String(value)),
        removeItem: (name) => void delete kept[name],
        clear: () => Object.keys(kept).forEach((name) => delete kept[name]),
        key: (number) => Object.keys(kept)[number] || null,
      },
      {
        get: (methods, name) => (name === "length" ? Object.keys(kept).length : name in methods ? methods[name] : kept[name]),
        set: (methods, name, value) => ((kept[name] = String(value)), true),
        has: (methods, name) => name in kept,
        deleteProperty: (methods, name) => delete kept[name],
      },
    );
  }

  ["localStorage", "sessionStorage"].forEach((name) => {
    try {
      Object.defineProperty(window, name, { value: memory(), configurable: true });
    } catch (refused) {
      // The content then meets the browser's own refusal.
    }
  });
})();
