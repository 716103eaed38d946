/* The bridge to the page around the frame: run by loading.js when core and libraries are there.
 *
 * All it sends is what the content says: the page decides what to believe, and holds the token that this document never
 * sees. */
window.h5pBridge = function (tell, states, content) {
  "use strict";

  const H5P = window.H5P;
  const saved = {};

  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.prototype.map.call(bytes, (byte) => (byte + 0x100).toString(16).slice(1)).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function place(type, part) {
    return `${type} ${part || 0}`;
  }

  // --- The state: asked for and kept by way of the page ----------------------------------------------------------------

  H5P.getUserData = function (contentId, type, done, part) {
    const text = saved[place(type, part)];
    let value;
    try {
      value = text === undefined ? undefined : JSON.parse(text);
    } catch (unreadable) {
      value = undefined;
    }
    // `undefined` is «nothing saved»; with `null` the core would say that the content has changed.
    done(undefined, value === null ? undefined : value);
  };

  H5P.setUserData = function (contentId, type, value, options) {
    const part = (options && options.subContentId) || 0;
    let text;
    try {
      text = JSON.stringify(value);
    } catch (cyclic) {
      if (options && options.errorCallback) options.errorCallback(cyclic);
      return;
    }
    if (text === undefined || text === saved[place(type, part)]) return;
    saved[place(type, part)] = text;
    tell({ kind: "state", type: String(type), part: String(part), value: text });
  };

  H5P.deleteUserData = function (contentId, type, part) {
    delete saved[place(type, part)];
    tell({ kind: "state", type: String(type), part: String(part || 0), value: null });
  };

  H5P.setFinished = function () {};

  // Where the page handed over what the content shows, there is no line to fetch it by.
  const getPath = H5P.getPath;
  H5P.getPath = function (path, contentId) {
    const address = getPath(path, contentId);
    return content[address.split(/[?#]/)[0]] || address;
  };

  // --- What the content says ----------------------------------------------------------------------------------------------

  H5P.externalDispatcher.on("xAPI", (event) => {
    let statement;
    try {
      statement = JSON.parse(JSON.stringify(event.data.statement));
    } catch (cyclic) {
      return;
    }
    statement.id = statement.id || uuid();
    tell({ kind: "statement", statement });
    if (/\/(answered|completed|passed|failed|interacted|progressed)$/.test(statement.verb && statement.verb.id)) keep();
  });

  /** Save now what the core would save at its next turn: whoever closes the page loses no answer. */
  let keeping = null;
  function keep() {
    clearTimeout(keeping);
    keeping = setTimeout(() => {
      H5P.instances.forEach((instance) => {
        if (typeof instance.getCurrentState !== "function") return;
        const state = instance.getCurrentState();
        if (state !== undefined) H5P.setUserData(instance.contentId, "state", state);
      });
    }, 100);
  }

  // --- Size ---------------------------------------------------------------------------------------------------------------

  let height = 0;
  function measure() {
    // The content itself, not the document: that is never lower than the frame, which then would only ever grow.
    const now = Math.ceil(document.querySelector(".h5p-content").getBoundingClientRect().bottom + window.scrollY);
    if (Math.abs(now - height) > 1) {
      height = now;
      tell({ kind: "resize", height: now });
    }
  }

  states.forEach((one) => {
    saved[place(one.data_type, one.sub_content_id === "0" ? 0 : one.sub_content_id)] = one.value;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
  H5P.jQuery(document).ready(() => {
    H5P.preventInit = false;
    try {
      H5P.init(document.body);
    } catch (error) {
      tell({ kind: "error", text: String(error) });
      return;
    }
    H5P.instances.forEach((instance) => H5P.on(instance, "resize", () => setTimeout(measure, 20)));
    measure();
    setInterval(measure, 500);
    tell({ kind: "started", instances: H5P.instances.length });
  });
};
