/* Small helpers without side effects, for the modules of every room. */

/** The elements that match, as an array (NodeList has no map on the floor's browsers). */
export function all(selector, root) {
  return Array.prototype.slice.call((root || document).querySelectorAll(selector));
}

/** The value of a cookie, or "" when it is not set. */
export function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.indexOf(`${name}=`) === 0);
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** Whether the page stands in large letters. */
export function isLarge() {
  return document.documentElement.classList.contains("large");
}

/** Large letters or ordinary ones, kept in a cookie: the server draws the next page so (cms.page_cache). */
export function setLarge(is) {
  document.documentElement.classList.toggle("large", is);
  document.cookie = `letters=large; path=/; samesite=lax; max-age=${is ? 31536000 : 0}`;
}

/** What a request that changes something sends as X-CSRFToken; "" until GET /api/v1/session has set the cookie. */
export function csrfToken() {
  return cookie("csrftoken");
}

const toasts = () => document.querySelector("[data-toasts]");

/**
 * Show a short message at the lower edge; screen readers say it.
 * @param {string} text plain text
 * @param {string} [kind] "error" stays eight seconds, anything else four
 */
export function toast(text, kind) {
  const place = toasts();
  if (!place || !text) return;
  const note = document.createElement("p");
  note.className = kind === "error" ? "toast toast--error" : "toast";
  note.textContent = text;
  place.appendChild(note);
  setTimeout(() => note.remove(), kind === "error" ? 8000 : 4000);
}

/** Show one of the sentences base.html holds in the reader's language: "lost", "refused" or "copied". */
export function say(name, kind) {
  const place = toasts();
  if (place) toast(place.dataset[name], kind);
}

/**
 * Put text into the clipboard, also where the new interface is missing or refused.
 * @param {string} text
 * @returns {Promise<boolean>} whether it is there
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (missingOrRefused) {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.appendChild(field);
    field.select();
    field.setSelectionRange(0, text.length);
    let copied = false;
    try {
      copied = document.execCommand("copy");
    } catch (refused) {
      copied = false;
    }
    field.remove();
    return copied;
  }
}
