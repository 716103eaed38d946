/* What somebody did in exercises without a line: kept on the device under their own key, handed on once there is one.
 *
 * Each statement has an id, and the site takes each id once: sending again is harmless. Only a page that the site drew for
 * this person sends, so that on a shared phone nobody's answers arrive under another's name. */

const MOST = 400;
const AT_ONCE = 20;

function cookie(name) {
  const found = document.cookie.split("; ").filter((pair) => pair.indexOf(`${name}=`) === 0)[0];
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** {place: {attempts, statements, csrf, language, list: [statement]}} of one person. */
export class Waiting {
  constructor(person) {
    this.key = `h5p-waiting:${person}`;
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) || {};
    } catch (unreadable) {
      return {};
    }
  }

  write(all) {
    try {
      if (Object.keys(all).length) localStorage.setItem(this.key, JSON.stringify(all));
      else localStorage.removeItem(this.key);
      return true;
    } catch (fullOrRefused) {
      return false;
    }
  }

  /** Keep a statement of the exercise in `box`, the element of the player. False where the device refuses. */
  add(box, statement) {
    const all = this.read();
    const place = box.getAttribute("data-place");
    const one = all[place] || {
      attempts: box.getAttribute("data-attempts"),
      statements: box.getAttribute("data-statements-url"),
      csrf: box.getAttribute("data-csrf-cookie") || "csrftoken",
      language: box.getAttribute("data-language"),
      list: [],
    };
    one.list = one.list.concat([statement]).slice(-MOST);
    all[place] = one;
    return this.write(all);
  }

  drop(place, ids) {
    const all = this.read();
    if (!all[place]) return;
    all[place].list = all[place].list.filter((one) => ids.indexOf(one.id) === -1);
    if (!all[place].list.length) delete all[place];
    this.write(all);
  }

  /** Hand everything on, in order; what does not arrive waits for the next page. */
  async send() {
    const all = this.read();
    for (const place of Object.keys(all)) {
      const one = all[place];
      const begun = await fetch(one.attempts, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": cookie(one.csrf) },
        body: JSON.stringify({ place, language: one.language }),
      });
      if (begun.status >= 500 || begun.status === 401 || begun.status === 403 || begun.status === 429) return;
      const attempt = begun.ok ? await begun.json() : null;
      while (one.list.length) {
        const batch = one.list.splice(0, AT_ONCE);
        if (attempt) {
          const answer = await fetch(one.statements.replace("00000000-0000-0000-0000-000000000000", attempt.attempt), {
            method: "POST",
            credentials: "same-origin",
            headers: { "Content-Type": "application/json", Authorization: `Bearer ${attempt.token}` },
            body: JSON.stringify(batch),
          });
          if (answer.status >= 500 || answer.status === 403 || answer.status === 429) return;
        }
        // Also what the site will never take: an exercise that is gone, a statement it does not understand.
        this.drop(place, batch.map((statement) => statement.id));
      }
    }
  }
}
