"""Small packages for tests, a site's own included: a question of two buttons, made here and under this package's licence."""

import io
import json
import zipfile
from typing import Any

QUESTION = "H5P.TinyQuestion"
SHARED = "H5P.TinyShared"

_SHARED_JS = """var H5P = H5P || {};
H5P.TinyShared = { label: function (text) { var b = document.createElement("button"); b.textContent = text; return b; } };
"""
_QUESTION_JS = """var H5P = H5P || {};
H5P.TinyQuestion = (function (EventDispatcher) {
  function TinyQuestion(params, id, extras) {
    EventDispatcher.call(this);
    var self = this, state = extras && extras.previousState;
    self.contentId = id;
    self.answer = state ? state.answer : undefined;
    self.attach = function ($container) {
      var box = $container.get(0), said = document.createElement("p");
      box.appendChild(document.createTextNode(params.question));
      function show() { said.textContent = self.answer === undefined ? "" : "chosen: " + self.answer; }
      [true, false].forEach(function (value) {
        var button = H5P.TinyShared.label(value ? "Yes" : "No");
        button.onclick = function () {
          self.answer = value; show();
          var event = self.createXAPIEventTemplate("answered");
          event.setScoredResult(value === params.correct ? 1 : 0, 1, self, true, value === params.correct);
          self.trigger(event);
        };
        box.appendChild(button);
      });
      box.appendChild(said); show(); self.trigger("resize");
    };
    self.getCurrentState = function () { return self.answer === undefined ? undefined : { answer: self.answer }; };
    self.getScore = function () { return self.answer === params.correct ? 1 : 0; };
    self.getMaxScore = function () { return 1; };
    self.getTitle = function () { return params.question; };
  }
  TinyQuestion.prototype = Object.create(EventDispatcher.prototype);
  return TinyQuestion;
})(H5P.EventDispatcher);
"""


def library(name: str, *, minor: int = 0, patch: int = 0, js: str = "", needs: tuple = (), **fields: Any) -> dict:
    """{path: text} of a library in its folder; `needs` are names of libraries at version 1.0."""
    folder = f"{name}-1.{minor}"
    definition = {
        "title": name,
        "machineName": name,
        "majorVersion": 1,
        "minorVersion": minor,
        "patchVersion": patch,
        "runnable": 0,
        "coreApi": {"majorVersion": 1, "minorVersion": 24},
        "preloadedJs": [{"path": "main.js"}],
        "preloadedDependencies": [dependency(need) for need in needs],
    } | fields
    return {f"{folder}/library.json": json.dumps(definition), f"{folder}/main.js": js}


def dependency(name: str, minor: int = 0) -> dict:
    return {"machineName": name, "majorVersion": 1, "minorVersion": minor}


def tiny_files(
    question: str = "Is water wet?",
    *,
    correct: bool = True,
    with_libraries: bool = True,
    question_js: str = _QUESTION_JS,
) -> dict[str, str | bytes]:
    """{path: content} of a whole package, to be changed before it is packed."""
    files: dict[str, str | bytes] = {
        "h5p.json": json.dumps(
            {
                "title": question,
                "language": "en",
                "mainLibrary": QUESTION,
                "embedTypes": ["iframe"],
                "preloadedDependencies": [dependency(SHARED), dependency(QUESTION)],
            }
        ),
        "content/content.json": json.dumps({"question": question, "correct": correct}),
    }
    if with_libraries:
        files |= library(SHARED, js=_SHARED_JS) | library(QUESTION, js=question_js, needs=(SHARED,), runnable=1)
    return files


def pack(files: dict[str, str | bytes]) -> io.BytesIO:
    """The files as an open .h5p package, the same bytes each time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            info = zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    stream.seek(0)
    return stream


def tiny_package(question: str = "Is water wet?", **options: Any) -> io.BytesIO:
    return pack(tiny_files(question, **options))
