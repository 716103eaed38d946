"""The clip is drawn by its script: a playable MP4 with sound, the same every time, and captions that match."""

import re
import subprocess

import imageio_ffmpeg
import pytest
import yaml

from courses.starter import make_clip

LESSON = make_clip.FOLDER / "cong-dan-so" / "bai-1"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip.build(tmp_path_factory.mktemp("clip") / "clip.mp4")


@pytest.mark.slow
def test_clip_is_h264_with_sound_and_the_index_first(clip):
    report = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", clip], capture_output=True, text=True, check=False
    ).stderr
    assert "Video: h264" in report
    assert "Audio: aac" in report
    assert f"{make_clip.WIDTH}x{make_clip.HEIGHT}" in report
    minutes, seconds = re.search(r"Duration: 00:(\d\d):(\d\d\.\d\d)", report).groups()
    assert int(minutes) == 0
    assert float(seconds) == pytest.approx(make_clip.SECONDS, abs=0.2)
    content = clip.read_bytes()
    assert len(content) < 1_000_000
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_same_moment_is_drawn_the_same():
    fonts = [make_clip._font_path(None, name) for name in (make_clip.REGULAR, make_clip.BOLD)]
    first, second = make_clip._Painter(*fonts), make_clip._Painter(*fonts)
    for moment in (0.0, 12.5, 24.0, 31.9):
        assert first.frame(moment).tobytes() == second.frame(moment).tobytes()


def test_captions_in_the_repository_are_those_of_the_script(tmp_path):
    for path in make_clip.write_captions(tmp_path):
        assert (LESSON / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_cues_follow_one_another_to_the_end():
    ends = [0.0]
    for start, end, vi, en in make_clip.CUES:
        assert start == ends[-1] < end
        assert vi and en
        ends.append(end)
    assert ends[-1] == make_clip.SECONDS
    assert len(make_clip._LINES) == len(make_clip.CUES)


def test_lesson_plays_this_clip_and_has_its_captions():
    lesson = yaml.safe_load((LESSON / "lesson.yaml").read_text(encoding="utf-8"))
    block = next(block for block in lesson["blocks"] if block["type"] == "video")
    assert block["file"] == make_clip.NAME
    assert all((LESSON / name).is_file() for name in block["captions"].values())


def test_a_missing_font_is_said_plainly(tmp_path, monkeypatch):
    monkeypatch.setattr(make_clip, "FONTS", tmp_path)
    monkeypatch.setattr(make_clip, "SUBSTITUTES", {make_clip.REGULAR: (), make_clip.BOLD: ()})
    with pytest.raises(OSError, match="no font with Vietnamese letters"):
        make_clip.build(tmp_path / "clip.mp4")
