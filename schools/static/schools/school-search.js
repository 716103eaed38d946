// The list of schools follows the typing. Without this script the form finds them by its button.
const form = document.querySelector("[data-school-search]");
const results = document.querySelector("[data-school-results]");

if (form && results && window.fetch) {
  const input = form.querySelector("input[name=q]");
  let timer = 0;
  let asked = 0;

  const ask = function () {
    const number = ++asked;
    const query = new URLSearchParams(new FormData(form));
    query.set("action", form.getAttribute("action"));
    fetch(form.dataset.schoolSearch + "?" + query.toString(), { credentials: "same-origin" })
      .then(function (response) {
        return response.ok ? response.text() : null;
      })
      .then(function (html) {
        // Answers may overtake each other on a bad line: only the last question counts.
        if (html !== null && number === asked) results.innerHTML = html;
      })
      .catch(function () {});
  };

  input.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
}
