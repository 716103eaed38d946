/* The wall asks how many phones have answered. Without this script the page loads itself again every few seconds. */

const wall = document.querySelector("[data-wall]");
const EVERY = 2000;
const AFTER_A_CUT = 8000;

function start() {
  const number = document.querySelector("[data-count]");
  const line = document.querySelector("[data-line]");

  const again = (after) => setTimeout(ask, after);

  function show(told) {
    if (!told.open) {
      window.location.reload();
      return;
    }
    line.hidden = true;
    if (number.textContent !== String(told.answered)) number.textContent = told.answered;
    again(EVERY);
  }

  function ask() {
    // Nobody looks: the next question waits until somebody does.
    if (document.hidden) {
      again(EVERY);
      return;
    }
    fetch(wall.dataset.wall, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(show)
      .catch(() => {
        line.textContent = wall.dataset.lost;
        line.hidden = false;
        again(AFTER_A_CUT);
      });
  }

  again(EVERY);
}

if (wall) start();
