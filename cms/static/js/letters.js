/* Large letters, kept on the device (early.js reads it before the page is drawn). */

export function isLarge() {
  return document.documentElement.classList.contains("large");
}

export function setLarge(is) {
  document.documentElement.classList.toggle("large", is);
  try {
    localStorage.setItem("letters", is ? "large" : "");
  } catch (refused) {
    /* It holds for this page. */
  }
}
