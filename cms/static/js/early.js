/* The one script that runs before anything is drawn: whoever wants large letters never sees small ones first. */
(function () {
  var asked = /[?&]view=(large)?/.exec(location.search);
  var large = asked && asked[1];
  try {
    if (asked) localStorage.setItem("letters", large || "");
    else large = localStorage.getItem("letters");
  } catch (refused) {
    /* A device that keeps nothing shows what the address asks for. */
  }
  if (large) document.documentElement.classList.add("large");
})();
