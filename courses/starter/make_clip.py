"""Draws the clip of lesson 1, "read the name just before the first slash": thirty seconds, no voice, captions beside it.

    python courses/starter/make_clip.py var/doc-ten.mp4 [--font be-vietnam-pro-400.ttf] [--bold be-vietnam-pro-600.ttf]

Every frame is a pure function of its time, the sound is computed, and the encoder is told to leave out dates, so that
two runs on one machine give the same file. The captions and the transcript are in the lesson's folder; `CUES` is their
timing and `write_captions` writes them.
"""

import argparse
import array
import math
import subprocess
import tempfile
import wave
from functools import cache
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw, ImageFont

NAME = "doc-ten-truoc-dau-gach-cheo"
WIDTH, HEIGHT, RATE, SECONDS = 854, 480, 12, 32
SCALE = 2  # drawn twice as large, then reduced: Pillow's shapes have no smooth edges

FOLDER = Path(__file__).resolve().parent
FONTS = FOLDER.parent.parent / "cms" / "static" / "vendor" / "fonts"
REGULAR, BOLD = "be-vietnam-pro-400.ttf", "be-vietnam-pro-600.ttf"
SUBSTITUTES = {REGULAR: ("NotoSans-Regular.ttf", "DejaVuSans.ttf"), BOLD: ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf")}

INK, SOFT, PAPER, CARD, SAND = "#17272b", "#4a5d62", "#fbf8f2", "#ffffff", "#eadfca"
SEA, SEA_TINT, LOTUS, LOTUS_TINT, RICE, BRICK, AMBER = (
    "#0b6b74", "#e2f0f0", "#c2476b", "#fbe9ee", "#3c7a36", "#b3361f", "#e3ad4c",
)  # fmt: skip
SKIN, HAIR, FADED = "#e6b58d", "#2d2724", "#b9c4c4"

TRUE_ADDRESS = ("https://", "dichvucong.gov.vn", "/", "tra-cuu")
FALSE_ADDRESS = ("https://", "dichvucong.gov.vn.nophoso.example", "/", "")
FALSE_ENDING = "nophoso.example"

# (start, end, Vietnamese, English) in seconds
CUES = [
    (0.0, 4.0, "Trang thật hay trang giả? Đừng nhìn hình, hãy đọc tên.",
     "Real site or false site? Do not look at the pictures. Read the name."),
    (4.0, 8.0, "Bước 1: Bỏ qua https và hai dấu gạch chéo theo sau.", "Step 1: Skip https and the two slashes after it."),
    (8.0, 11.5, "Bước 2: Tìm dấu gạch chéo đầu tiên sau đó.", "Step 2: Find the first slash after that."),
    (11.5, 15.0, "Bước 3: Đọc tên ngay trước dấu ấy, từ phải sang trái.",
     "Step 3: Read the name just before it, from right to left."),
    (15.0, 18.5, "Tên là dichvucong.gov.vn. Đúng cửa.", "The name is dichvucong.gov.vn. The right door."),
    (18.5, 22.5, "Địa chỉ này thì sao? Cũng có gov.vn…", "What about this one? It has gov.vn too…"),
    (22.5, 27.0, "…nhưng tên kết thúc bằng nophoso.example. Đây là trang khác.",
     "…but the name ends in nophoso.example. That is another site."),
    (27.0, 32.0, "Tự gõ địa chỉ. Không bấm đường dẫn trong tin nhắn.",
     "Type the address yourself. Do not tap links in messages."),
]  # fmt: skip


def build(output: Path, *, font: Path | None = None, bold: Path | None = None) -> Path:
    """Write the clip as an MP4 (H.264, AAC, index first) to `output` and return it.

    `font` and `bold` are TrueType files with Vietnamese letters. Without them the site's own fonts are used, else a
    Noto or DejaVu of the system; with none of these, `OSError`, because a clip with empty boxes teaches nothing.
    """
    output = Path(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    painter = _Painter(_font_path(font, REGULAR), _font_path(bold, BOLD))
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        _write_sound(sound)
        _encode(output, sound, painter)
    return output


def write_captions(folder: Path) -> list[Path]:
    """Write the Vietnamese and English WebVTT files beside the lesson; returns their paths.

    The captions stand at the top: the lower third of the picture holds the words the pupil says.
    """
    paths = []
    for place, language in ((2, "vi"), (3, "en")):
        path = folder / f"{NAME}.{language}.vtt"
        blocks = [f"{_stamp(cue[0])} --> {_stamp(cue[1])} line:0\n{cue[place]}\n" for cue in CUES]
        path.write_text("WEBVTT\n\n" + "\n".join(blocks), encoding="utf-8", newline="\n")
        paths.append(path)
    return paths


def _stamp(seconds: float) -> str:
    return f"{int(seconds // 3600):02}:{int(seconds // 60 % 60):02}:{seconds % 60:06.3f}"


def _font_path(given: Path | None, name: str) -> str:
    for candidate in (given, FONTS / name, *SUBSTITUTES[name]):
        if candidate is None:
            continue
        try:
            ImageFont.truetype(str(candidate), 20)
        except OSError:
            continue
        return str(candidate)
    raise OSError(f"no font with Vietnamese letters: pass one, or build the site's fonts ({name})")


def _ease(time: float, start: float, length: float) -> float:
    """0 before `start`, 1 after `start + length`, smooth between, in steps that keep equal frames equal."""
    part = min(max((time - start) / length, 0.0), 1.0)
    return round(part * part * (3 - 2 * part), 4)


class _Painter:
    def __init__(self, regular: str, bold: str):
        self.files = {"regular": regular, "bold": bold}

    @cache  # noqa: B019 - one painter a process, a handful of sizes
    def face(self, size: int, weight: str = "regular") -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(self.files[weight], size * SCALE)

    def length(self, text: str, size: int, weight: str = "regular") -> float:
        return self.face(size, weight).getlength(text) / SCALE

    def frame(self, time: float) -> Image.Image:
        image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
        self.draw = ImageDraw.Draw(image)
        wrong = time >= 18.5 and time < 27
        self.ellipse(40, 60, 814, 440, LOTUS_TINT if wrong else SEA_TINT)
        if time < 27:
            self.browser(time)
        else:
            self.advice(time)
        self.pupil(time)
        self.words(time)
        return image.reduce(SCALE)

    # ---- shapes in the clip's own 854 × 480 units
    def box(self, x1, y1, x2, y2, fill, radius=0, outline=INK, width=3.0):
        scaled = [value * SCALE for value in (x1, y1, x2, y2)]
        self.draw.rounded_rectangle(
            scaled, radius * SCALE, fill=fill, outline=outline, width=round(width * SCALE) if outline else 0
        )

    def ellipse(self, x1, y1, x2, y2, fill=None, outline=None, width=3.0):
        scaled = [value * SCALE for value in (x1, y1, x2, y2)]
        self.draw.ellipse(scaled, fill=fill, outline=outline, width=round(width * SCALE) if outline else 0)

    def line(self, points, fill=INK, width=3.0):
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, fill=fill, width=round(width * SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.ellipse(x - width / 2, y - width / 2, x + width / 2, y + width / 2, fill)

    def text(self, x, y, text, size, fill=INK, weight="regular", anchor="ls"):
        self.draw.text((x * SCALE, y * SCALE), text, fill=fill, font=self.face(size, weight), anchor=anchor)

    # ---- parts
    def browser(self, time: float):
        address = TRUE_ADDRESS if time < 18.5 else FALSE_ADDRESS
        self.box(50, 96, 804, 268, CARD, 14)
        self.box(50, 96, 804, 136, SAND, 14)
        self.box(53, 122, 801, 136, SAND, 0, outline=None)
        self.line([(50, 136), (804, 136)])
        for place, colour in enumerate((LOTUS, AMBER, RICE)):
            self.ellipse(72 + place * 26, 108, 88 + place * 26, 124, colour, INK, 2)
        self.text(70, 258, "minh hoạ", 14, SOFT)
        self.address(address, time)

    def address(self, address, time: float):
        base = 212
        size = next(size for size in range(31, 12, -1) if self.length("".join(address), size) <= 690)
        scheme, name, slash, rest = address
        false = address is FALSE_ADDRESS
        left = 82
        start = 18.5 if false else 0.0
        skip = _ease(time, start + (0.6 if false else 4.6), 0.8)
        find = _ease(time, start + (1.4 if false else 8.6), 0.7)
        read = _ease(time, start + (2.6 if false else 11.9), 2.2)
        name_left = left + self.length(scheme, size)
        slash_left = name_left + self.length(name, size)
        ending = FALSE_ENDING if false else name
        ending_left = slash_left - self.length(ending, size)
        if read:
            reach = slash_left - (slash_left - ending_left) * read
            self.box(
                reach - 4, base - 34, slash_left + 3, base + 12, LOTUS_TINT if false else SEA_TINT, 8, outline=None
            )
        self.text(left, base, scheme, size, FADED if skip > 0.5 else INK)
        self.text(name_left, base, name, size, INK)
        if read >= 1:
            self.text(ending_left, base, ending, size, BRICK if false else SEA)
        self.text(slash_left, base, slash, size, LOTUS if find else INK)
        self.text(slash_left + self.length(slash, size), base, rest, size, FADED if find > 0.5 else INK)
        if skip > 0:
            end = left + self.length(scheme, size) * skip
            self.line([(left, base - 11), (end, base - 11)], SOFT, 3)
        if find:
            x, tip = slash_left + self.length(slash, size) / 2, base + 18
            drop = (1 - find) * 26
            self.line([(x, tip + 34 + drop), (x, tip + drop)], LOTUS, 5)
            self.line([(x - 9, tip + 11 + drop), (x, tip + drop), (x + 9, tip + 11 + drop)], LOTUS, 5)
        if 0 < read < 1:
            self.lens(slash_left - (slash_left - ending_left) * read, base - 11)
        mark = _ease(time, 23.5 if false else 15.0, 0.4)
        if mark > 0.4:
            self.mark(796, 104, 26 * mark, good=not false)

    def lens(self, x: float, y: float):
        self.line([(x + 26, y + 28), (x + 56, y + 62)], INK, 15)
        self.line([(x + 30, y + 33), (x + 55, y + 61)], AMBER, 9)
        self.ellipse(x - 38, y - 38, x + 38, y + 38, None, INK, 6)

    def mark(self, x: float, y: float, radius: float, *, good: bool):
        self.ellipse(x - radius, y - radius, x + radius, y + radius, RICE if good else BRICK, INK, 3)
        part = radius / 26
        if good:
            self.line([(x - 11 * part, y + 1), (x - 3 * part, y + 9 * part), (x + 12 * part, y - 9 * part)], CARD, 5)
        else:
            self.line([(x - 9 * part, y - 9 * part), (x + 9 * part, y + 9 * part)], CARD, 5)
            self.line([(x + 9 * part, y - 9 * part), (x - 9 * part, y + 9 * part)], CARD, 5)

    def advice(self, time: float):
        right, left = _ease(time, 27.2, 0.6), _ease(time, 29.0, 0.6)
        self.box(96, 86, 416, 276, CARD, 16)
        self.box(126, 136, 386, 182, PAPER, 23)
        typed = TRUE_ADDRESS[1][: round(len(TRUE_ADDRESS[1]) * _ease(time, 27.2, 1.6))]
        self.text(146, 168, typed, 24, SEA, "bold")
        self.text(256, 232, "Tự gõ", 24, INK, "bold", "ms")
        self.box(450, 86, 770, 276, CARD, 16)
        self.box(480, 116, 700, 192, LOTUS_TINT, 14)
        self.box(500, 134, 620, 146, FADED, 6, outline=None)
        self.box(500, 160, 660, 172, BRICK, 6, outline=None)
        self.text(610, 232, "Không bấm đường dẫn", 22, INK, "bold", "ms")
        self.text(404, 266, "minh hoạ", 14, SOFT, anchor="rs")
        if right > 0.4:
            self.mark(412, 92, 24 * right, good=True)
        if left > 0.4:
            self.mark(766, 92, 24 * left, good=False)

    def pupil(self, time: float):
        x, y = 120, 398
        glad = 15.0 <= time < 18.5 or time >= 28
        unsure = 18.5 <= time < 27
        self.box(x - 62, y + 34, x + 62, y + 140, CARD, 30)
        self.line([(x - 14, y + 36), (x, y + 56), (x + 14, y + 36)])
        self.box(x - 12, y + 20, x + 12, y + 46, SKIN, 8)
        for ear in (-43, 43):
            self.ellipse(x + ear - 9, y - 10, x + ear + 9, y + 10, SKIN, INK)
        self.ellipse(x - 42, y - 46, x + 42, y + 40, SKIN, INK)
        self.draw.chord([(x - 43) * SCALE, (y - 50) * SCALE, (x + 43) * SCALE, (y + 34) * SCALE], 190, 350, fill=HAIR)
        look = 5
        for eye in (-15, 15):
            self.ellipse(x + eye + look - 4, y - 2, x + eye + look + 4, y + 6, INK)
        mouth = [(x - 12 + look) * SCALE, (y + 6) * SCALE, (x + 12 + look) * SCALE, (y + 26) * SCALE]
        if unsure:
            mouth = [mouth[0], mouth[1] + 14 * SCALE, mouth[2], mouth[3] + 14 * SCALE]
            self.draw.arc(mouth, 215, 325, fill=INK, width=3 * SCALE)
        elif glad:
            self.draw.chord(mouth, 0, 180, fill=LOTUS, outline=INK, width=2 * SCALE)
        else:
            self.draw.arc(mouth, 30, 150, fill=INK, width=3 * SCALE)

    def words(self, time: float):
        self.box(214, 318, 814, 438, CARD, 16)
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in ((216, 366), (188, 384), (216, 396))], fill=CARD)
        self.line([(215, 364), (188, 384), (215, 398)])
        lines = next(_LINES[place] for place in range(len(CUES)) if CUES[place][0] <= time < CUES[place][1])
        tops = (386,) if len(lines) == 1 else (368, 408)
        for top, line in zip(tops, lines, strict=True):
            self.text(514, top, line, 27, INK, "bold", "ms")


# What the pupil says, in the order of CUES.
_LINES = [
    ("Trang thật hay trang giả?", "Đừng nhìn hình, hãy đọc tên."),
    ("1. Bỏ qua https và hai dấu", "gạch chéo theo sau."),
    ("2. Tìm dấu gạch chéo", "đầu tiên sau đó."),
    ("3. Đọc tên ngay trước dấu ấy,", "từ phải sang trái."),
    ("dichvucong.gov.vn", "Đúng cửa!"),
    ("Địa chỉ này thì sao?", "Cũng có gov.vn…"),
    ("Tên kết thúc bằng", "nophoso.example: trang khác!"),
    ("Tự gõ địa chỉ. Không bấm", "đường dẫn trong tin nhắn."),
]


def _write_sound(path: Path, rate: int = 22050):
    """A few quiet bell notes where the picture changes: enough to tell that the sound works."""
    samples = array.array("h", bytes(2 * rate * SECONDS))
    scale = {"c": 523.25, "d": 587.33, "e": 659.26, "g": 783.99, "a": 440.0, "low": 293.66}
    notes = [(0.2, "c"), (0.6, "e"), (1.0, "g"), (4.2, "c"), (8.2, "d"), (11.7, "e"), (15.0, "e"), (15.3, "g")]
    notes += [(18.7, "a"), (23.5, "low"), (23.8, "a"), (27.2, "c"), (27.6, "e"), (29.0, "g"), (30.0, "c")]
    for start, note in notes:
        first = int(start * rate)
        for step in range(int(1.4 * rate)):
            moment = step / rate
            loud = min(moment / 0.02, 1.0) * math.exp(-3.2 * moment)
            turn = math.tau * scale[note] * moment
            samples[first + step] += int(2600 * loud * (math.sin(turn) + 0.25 * math.sin(2 * turn)))
    with wave.open(str(path), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(rate)
        target.writeframes(samples.tobytes())


def _encode(output: Path, sound: Path, painter: _Painter):
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "-",
        "-i", str(sound),
        "-c:v", "libx264", "-preset", "fast", "-tune", "animation", "-crf", "24", "-threads", "1",
        "-pix_fmt", "yuv420p", "-profile:v", "main", "-c:a", "aac", "-b:a", "48k",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
        "-movflags", "+faststart", "-f", "mp4", str(output),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603  (our own words, no shell)
        assert process.stdin is not None and process.stderr is not None  # noqa: S101  (for the type checker)
        try:
            for number in range(RATE * SECONDS):
                process.stdin.write(painter.frame(number / RATE).tobytes())
            process.stdin.close()
        except BrokenPipeError:
            pass  # ffmpeg has stopped; its own words say why
        words = process.stderr.read().decode("utf-8", "replace").strip()
        if process.wait() != 0:
            raise RuntimeError(f"ffmpeg could not write {output.name}: {words}")


def main():
    parser = argparse.ArgumentParser(description="Draw the clip of lesson 1 and write its captions.")
    parser.add_argument("output", type=Path)
    parser.add_argument("--font", type=Path)
    parser.add_argument("--bold", type=Path)
    parser.add_argument("--captions", action="store_true", help="write the caption files beside the lesson as well")
    choice = parser.parse_args()
    if choice.captions:
        write_captions(FOLDER / "cong-dan-so" / "bai-1")
    print(build(choice.output, font=choice.font, bold=choice.bold))


if __name__ == "__main__":
    main()
