/* The floating button to ask hides nothing of the page. */

/**
 * Let the floating button hide nothing: while somebody reads on, and over what can be pressed or has the keyboard's focus,
 * it is a small round one; where even that is in the way, as over the lines on a phone, it steps below the edge until one
 * scrolls back or comes to the end. Tab brings it back. Large surfaces that are pressed anywhere may lie under it, players
 * may not: their controls stand in the corners.
 */
function standAside(button) {
  const pressable = "a[href], button, input, select, textarea, summary, label, audio, video, iframe, [tabindex='0']";
  const hasMargin = () => window.innerWidth >= 900;
  let last = 0;
  let readsOn = false;
  let waiting = 0;

  function isUnder(element, box) {
    if (!element || element === document.body || button.contains(element)) return false;
    const its = element.getBoundingClientRect();
    const isLarge = its.height > 3 * box.height && its.width > 2 * box.width;
    if (isLarge && !element.matches("audio, video, iframe")) return false;
    return its.left < box.right && its.right > box.left && its.top < box.bottom && its.bottom > box.top;
  }

  function isInTheWay() {
    const box = button.getBoundingClientRect();
    if (isUnder(document.activeElement, box)) return true;
    return [0, 0.33, 0.67, 1].some((x) => [0.02, 0.5, 0.98].some((y) => {
      const here = document.elementsFromPoint(box.left + x * (box.width - 1), box.top + y * box.height);
      const below = here.find((element) => !button.contains(element));
      return below && isUnder(below.closest(pressable), box);
    }));
  }

  function look() {
    waiting = 0;
    if (Math.abs(window.scrollY - last) > 8) {
      const isEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
      readsOn = window.scrollY > last && !isEnd;
      last = window.scrollY;
    }
    button.classList.remove("ask--aside");
    button.classList.toggle("ask--small", readsOn);
    if (!readsOn && isInTheWay()) button.classList.add("ask--small");
    const isSmall = button.classList.contains("ask--small");
    if (isSmall && (isInTheWay() || (readsOn && !hasMargin()))) button.classList.add("ask--aside");
  }

  const soon = () => {
    if (!waiting) waiting = window.setTimeout(look, 150);
  };
  ["scroll", "resize", "focusin", "load"].forEach((name) => window.addEventListener(name, soon, { passive: true }));
  document.addEventListener("toggle", soon, true);
  soon();
}

standAside(document.querySelector("[data-ask]"));
