"""Build the browser code that is not written here: `python -m cms.frontend`.

Reads `node_modules/` (put there by `npm ci --ignore-scripts`) and writes `cms/static/vendor/`:

- `fonts/be-vietnam-pro-{400,600}.woff2` for the site: Latin and Vietnamese, one file a weight;
- `fonts/noto-sans-{400,600}.woff2` for the letters of other orthographies, fetched only by pages that use them;
- the same four as full `.ttf`, for PDFs: one file must hold every letter of a weight, or Pango mixes up the subsets;
- the letters of other scripts (cms.scripts), as they come and as `.ttf`; `noto-sans-{tc,sc}.css` with the hundred pieces of
  each Chinese face, of which a browser fetches those it needs;
- `icons.svg`, a sprite of the icons named in `ICONS`;
- `htmx.min.js`;
- `../../../var/h5p-core/`, the H5P player (GPL-3.0, a program apart: NOTICE), which only the H5P origin serves;
- `site.css`, the stylesheets of `cms/static/css` in one file, so that a page costs one request.

Needs neither Django's settings nor a running service. Does nothing when its inputs have not changed.
"""

import argparse
import hashlib
import re
import shutil
import sys
import time
from pathlib import Path

from cms.scripts import HAN_FACES, SCRIPTS

ROOT = Path(__file__).resolve().parents[1]
NODE_MODULES = ROOT / "node_modules"
STATIC = ROOT / "cms" / "static"
VENDOR = STATIC / "vendor"
STAMP = VENDOR / ".stamp"
H5P_CORE = ROOT / "var" / "h5p-core"

STYLESHEETS = ("tokens.css", "base.css", "components.css", "content.css", "simulation.css", "print.css")

# Names from https://lucide.dev/icons. A template that names an icon missing here fails tests/cms/test_styleguide.py.
ICON_NAMES = (
    "arrow-left arrow-right arrow-up badge-check bell book-open calendar calendar-check captions chart-column check chevron-down"
    " chevron-left chevron-right circle circle-alert circle-check circle-dot circle-play circle-question-mark"
    " circle-x clipboard-list clock cloud-check cloud-off copy download ellipsis external-link eye eye-off"
    " file-spreadsheet file-text flag funnel graduation-cap hand headphones heart-handshake hourglass house id-card"
    " image info key-round landmark languages layers lightbulb link list-checks lock log-in log-out map-pin menu"
    " message-circle messages-square minus newspaper pause pencil phone pin play plus printer qr-code receipt refresh-cw"
    " rotate-ccw save school search send share-2 shield-alert shield-check smartphone square square-check sun timer"
    " trash-2 triangle-alert trophy upload user user-check users video volume-2 wifi-off x"
)
ICONS = frozenset(ICON_NAMES.split())

WEIGHTS = (400, 600)

# What a page in Vietnamese or English may hold; everything else falls to Noto Sans, fetched when it appears.
VIETNAMESE_AND_ENGLISH = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *(0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169, 0x1A0, 0x1A1, 0x1AF, 0x1B0),
    *(0x300, 0x301, 0x302, 0x303, 0x306, 0x309, 0x31B, 0x323),
    *range(0x1EA0, 0x1EFA),
    *(0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x202F, 0x20AB, 0x2212),
)

# Latin letters and marks of the province's other languages (Ê Đê, Gia Rai, Ba Na, Mông …): ŏ ĭ ŭ ĕ ʼ ƀ and their kin.
OTHER_ORTHOGRAPHIES = (
    *range(0x100, 0x250),
    *range(0x250, 0x2B0),
    *range(0x2B0, 0x370),
    *range(0x1E00, 0x1F00),
    *(0x2C6F, 0xA78B, 0xA78C, 0x25CC),
)


def build(*, force: bool = False, quiet: bool = False) -> bool:
    """Bring `cms/static/vendor/` up to date; returns whether anything had to be written.

    Raises SystemExit with a sentence that says what to run when `node_modules/` is missing or incomplete.
    """
    started = time.monotonic()
    packages, styles = _packages_digest(), _styles_digest()
    known = STAMP.read_text().split() if STAMP.exists() else ["", ""]
    written = False
    if force or known[0] != packages or not H5P_CORE.is_dir():
        if not (NODE_MODULES / "htmx.org").is_dir():
            raise SystemExit("node_modules/ is missing: run `npm ci --ignore-scripts` (or `make setup`) first.")
        STAMP.unlink(missing_ok=True)
        (VENDOR / "fonts").mkdir(parents=True, exist_ok=True)
        for weight in WEIGHTS:
            _write_font("be-vietnam-pro", weight, VIETNAMESE_AND_ENGLISH)
            _write_noto_sans(weight)
        _write_scripts()
        for family, package in HAN_FACES.items():
            _write_han(family, package)
        _write_icons()
        shutil.copyfile(NODE_MODULES / "htmx.org/dist/htmx.min.js", VENDOR / "htmx.min.js")
        _copy_h5p_core()
        written = True
    if written or known[1] != styles:
        (VENDOR / "site.css").write_text(bundle_styles(), encoding="utf-8")
        written = True
    if written:
        STAMP.write_text(f"{packages} {styles}\n")
    if not quiet:
        sys.stdout.write(
            f"Browser code built in {time.monotonic() - started:.1f} s.\n"
            if written
            else "Browser code is up to date.\n"
        )
    return written


def bundle_styles() -> str:
    """The site's stylesheets in their order as one text, without comments and needless white space."""
    text = "\n".join((STATIC / "css" / name).read_text(encoding="utf-8") for name in STYLESHEETS)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,])\s*", r"\1", text)
    return text.replace(";}", "}").strip() + "\n"


def _packages_digest() -> str:
    return _digest(Path(__file__), ROOT / "cms/scripts.py", ROOT / "package-lock.json")


def _styles_digest() -> str:
    return _digest(Path(__file__), *(STATIC / "css" / name for name in STYLESHEETS))


def _digest(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def _write_font(family: str, weight: int, letters: tuple[int, ...]) -> None:
    # Imported here: fontTools takes half a second that an up-to-date build should not pay.
    import logging

    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    pieces = [
        NODE_MODULES / f"@fontsource/{family}/files/{family}-{subset}-{weight}-normal.woff2"
        for subset in ("latin", "latin-ext", "vietnamese")
    ]
    target = VENDOR / "fonts" / f"{family}-{weight}"
    unpacked = []
    for number, piece in enumerate(pieces):
        font = TTFont(piece)
        font.flavor = None
        # Hinting serves no screen of today's phones and doubles the weight; merging cannot join it either.
        for table in ("fpgm", "prep", "cvt ", "gasp"):
            if table in font:
                del font[table]
        path = target.with_name(f"{target.name}.{number}.tmp")
        font.save(path)
        unpacked.append(path)
    merged = Merger().merge([str(path) for path in unpacked])
    for path in unpacked:
        path.unlink()
    merged.save(target.with_name(target.name + ".ttf"))

    _save_subset(merged, letters, target.with_name(target.name + ".woff2"), flavor="woff2")


def _write_noto_sans(weight: int) -> None:
    """The whole face of the registry that gives out whole ones: the pieces of the other lack the marks U+0302, U+0306,
    U+030C and U+031B, without which Ê Đê's ê̆ is two letters beside each other."""
    import logging

    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    name = {400: "400Regular", 600: "600SemiBold"}[weight]
    source = NODE_MODULES / f"@expo-google-fonts/noto-sans/{name}/NotoSans_{name}.ttf"
    letters = (*VIETNAMESE_AND_ENGLISH, *OTHER_ORTHOGRAPHIES)
    for flavor, ending in ((None, "ttf"), ("woff2", "woff2")):
        _save_subset(TTFont(source), letters, VENDOR / "fonts" / f"noto-sans-{weight}.{ending}", flavor=flavor)


def _save_subset(font, letters: tuple[int, ...], target: Path, *, flavor: str | None) -> None:
    from fontTools.subset import Options, Subsetter

    options = Options()
    options.hinting = False
    options.desubroutinize = True
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14, 16, 17]  # with the licence of the OFL
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    font.flavor = flavor
    font.save(target)


def _write_scripts() -> None:
    """One piece a script and weight: it holds that script's letters and nothing else, so none of it is cut off.

    Shaping (Khmer's stacked consonants, Cham's vowels) lives in tables that a cut could break.
    """
    from fontTools.ttLib import TTFont

    for script in SCRIPTS.values():
        for weight in script.weights:
            name = f"{script.package}-{script.piece}-{weight}-normal.woff2"
            source = NODE_MODULES / "@fontsource" / script.package / "files" / name
            target = VENDOR / "fonts" / f"{script.package}-{weight}.woff2"
            shutil.copyfile(source, target)
            font = TTFont(source)
            font.flavor = None
            font.save(target.with_suffix(".ttf"))


def _write_han(family: str, package: str) -> None:
    """A Chinese face in its hundred pieces, each with the letters it holds; one file serves every weight."""
    source = NODE_MODULES / "@fontsource-variable" / package
    target = VENDOR / "fonts" / package
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    rules = []
    faces = re.findall(r"@font-face \{(.*?)\}", (source / "index.css").read_text(encoding="utf-8"), flags=re.S)
    for face in faces:
        name = re.search(r"files/([\w.-]+)\)", face)[1]
        ranges = re.search(r"unicode-range: ([^;]+);", face)[1]
        # Latin, Vietnamese and their signs come from the site's own face.
        if not re.search(r"U\+(2[ef]|[3-9a-f])[0-9a-f]{3}|U\+2[0-9a-f]{4}", ranges):
            continue
        shutil.copyfile(source / "files" / name, target / name)
        rules.append(
            f'@font-face{{font-family:"{family}";font-weight:100 900;font-display:swap;'
            f'src:url("{package}/{name}") format("woff2-variations");unicode-range:{ranges}}}'
        )
    (VENDOR / "fonts" / f"{package}.css").write_text("\n".join(rules) + "\n", encoding="utf-8")


def _copy_h5p_core() -> None:
    """The browser side of the H5P core, as it comes. Its own loader stays behind: it cannot run in a sandbox."""
    source = NODE_MODULES / "h5p-standalone/dist"
    if not (source / "frame.bundle.js").is_file():
        raise SystemExit(
            "node_modules/h5p-standalone is missing: run `npm ci --ignore-scripts` (or `make setup`) first."
        )
    shutil.rmtree(H5P_CORE, ignore_errors=True)
    H5P_CORE.mkdir(parents=True)
    shutil.copyfile(source / "frame.bundle.js", H5P_CORE / "frame.bundle.js")
    for folder in ("styles", "fonts", "images"):
        shutil.copytree(source / folder, H5P_CORE / folder)


def _write_icons() -> None:
    symbols = []
    for name in sorted(ICONS):
        source = (NODE_MODULES / "lucide-static/icons" / f"{name}.svg").read_text(encoding="utf-8")
        inner = source[source.index(">", source.index("<svg")) + 1 : source.rindex("</svg>")]
        inner = re.sub(r"\s+", " ", inner).replace(" />", "/>").replace("> <", "><").strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    (VENDOR / "icons.svg").write_text(
        "<!-- lucide, ISC licence, https://lucide.dev -->"
        f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n',
        encoding="utf-8",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the site's fonts, icons and stylesheet from node_modules/.")
    parser.add_argument("--force", action="store_true", help="build again although nothing has changed")
    build(force=parser.parse_args().force)


if __name__ == "__main__":
    main()
