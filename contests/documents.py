"""Papers of a jury: a juror's score sheet, and the minutes of the meeting as Word and PDF.

They are Vietnamese in every language of the site, in the form of Nghị định 30/2020/NĐ-CP. The libraries are asked for when
a paper is made.
"""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from cms.pdf import laid_out
from contests.jury.scoring import total_of
from contests.models import Contest, Juror, Meeting, Ranking, Review
from contests.queries.judging import boards_of, lines_of, progress_of
from contests.queries.winners import SchoolWins
from schools.queries.addresses import absolute


def points_vi(number) -> str:
    """7,5 as one writes it; «–» for nothing."""
    return "–" if number is None else f"{number:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def _pdf(template: str, shown: dict) -> bytes:
    """Raises NoPdf where Pango is missing."""
    with translation.override("vi"):
        page = render_to_string(template, shown)
    return laid_out(page, "contests/paper.css").write_pdf()


def score_sheet(seat: Juror, reviews: list[Review]) -> bytes:
    """What one juror gave, with a place to sign. Raises NoPdf."""
    groups: dict = {}
    for review in reviews:
        groups.setdefault(review.work.category, []).append(review)
    tables = []
    for category, of in groups.items():
        criteria = list(category.criteria.all())
        lines, keys = lines_of(criteria), {one.pk: one.key for one in criteria}
        rows = []
        for review in of:
            given = {one.criterion_id: one.points for one in review.scores.all()}
            rows.append(
                {
                    "code": review.work.code,
                    "points": [points_vi(given.get(one.pk)) for one in criteria],
                    "total": points_vi(
                        total_of({keys[pk]: points for pk, points in given.items() if pk in keys}, lines)
                    ),
                    "comment": review.comment,
                    "done": not review.is_open,
                }
            )
        tables.append({"category": category, "criteria": criteria, "rows": rows})
    shown = {"seat": seat, "contest": seat.contest, "tables": tables, "now": timezone.localtime()}
    return _pdf("contests/papers/score_sheet.html", shown)


def minutes_of(contest: Contest) -> dict:
    """What the minutes tell, for Word and for PDF alike."""
    meeting = Meeting.objects.filter(contest=contest).first()
    tables = []
    for board in boards_of(contest):
        rows = [
            {
                "rank": one.rank or "–",
                "code": one.work.code,
                "title": one.work.title,
                "unit": one.work.team.unit_name,
                "totals": "; ".join(points_vi(total) for total in one.totals) or "–",
                "result": points_vi(one.result),
            }
            for one in sorted(board.works, key=lambda one: (one.rank is None, one.rank or 0, one.work.code))
        ]
        rulings = []
        for one in board.works:
            for ruling in one.rulings:
                what = "giữ nguyên kết quả"
                if ruling.criterion_id:
                    what = f"tiêu chí “{ruling.criterion.title}”: {points_vi(ruling.points)} điểm"
                rulings.append(f"Bài {one.work.code}: {what}. Lý do: {ruling.reason}")
        tables.append(
            {
                "category": board.category.title,
                "combined": str(board.combined_by),
                "alpha": "chưa đủ số liệu" if board.alpha is None else f"{board.alpha:.2f}".replace(".", ","),
                "rows": rows,
                "rulings": rulings,
            }
        )
    jurors = [row["juror"].name for row in progress_of(contest) if row["juror"].accepted_at]
    from contests.stage_documents import minutes_of_stage

    return {
        "contest": contest,
        "meeting": meeting,
        "jurors": jurors,
        "tables": tables,
        "stages": minutes_of_stage(contest),
        "now": timezone.localtime(),
    }


def minutes_pdf(contest: Contest) -> bytes:
    """Raises NoPdf."""
    return _pdf("contests/papers/minutes.html", minutes_of(contest))


STAGE_HEADS = ("Hạng", "Số", "Đội", "Đơn vị", "Điểm từng giám khảo", "Trừ", "Kết quả")
HEADS = ("Hạng", "Mã bài", "Tên bài", "Đơn vị", "Điểm từng giám khảo", "Kết quả")


def minutes_word(contest: Contest) -> bytes:
    from cms import official, word

    with translation.override("vi"):
        found = minutes_of(contest)
    meeting = found["meeting"]
    document = word.new_document(title=f"Biên bản chấm thi: {contest.title}", language="vi", size=13)
    official.set_page(document)
    when = timezone.localtime(meeting.held_at) if meeting else None
    official.head(
        document,
        above="Ban tổ chức",
        own="Ban giám khảo",
        sign="BB",
        place=contest.organiser.name,
        year=(when or found["now"]).year,
    )
    word.add_heading(document, "BIÊN BẢN", 1, centred=True)
    word.add_line(document, f"Họp thống nhất kết quả chấm {contest.title}", bold=True, centred=True, size=14)
    if meeting:
        word.add_line(document, f"Thời gian: {when:%H giờ %M, ngày %d/%m/%Y}. Địa điểm: {meeting.place}.")
        word.add_line(document, f"Chủ trì: {meeting.chair}. Thư ký: {meeting.clerk}.")
    else:
        word.add_line(document, "(Dự thảo: chưa ghi thời gian, địa điểm và người chủ trì cuộc họp)", italic=True)
    word.add_line(document, f"Thành viên ban giám khảo: {', '.join(found['jurors']) or '…'}.")
    for table in found["tables"]:
        word.add_heading(document, table["category"])
        word.add_line(
            document, f"Kết quả là {table['combined']}. Độ thống nhất (alpha): {table['alpha']}.", italic=True, size=12
        )
        rows = [
            [str(row[key]) for key in ("rank", "code", "title", "unit", "totals", "result")] for row in table["rows"]
        ]
        word.add_table(document, list(HEADS), rows, widths=[1.2, 2, 4.4, 3.6, 3.2, 1.8], size=10)
        if table["rulings"]:
            word.add_heading(document, "Nội dung cuộc họp quyết định", 3)
            for line in table["rulings"]:
                word.add_point(document, line)
    for stage in found["stages"]:
        word.add_heading(document, stage["title"])
        line = f"Điểm tối đa {stage['top']}. Kết quả là {stage['combined']}, trừ điểm quá giờ."
        word.add_line(document, line, italic=True, size=12)
        rows = [
            [str(row[key]) for key in ("rank", "position", "team", "unit", "totals", "penalty", "result")]
            for row in stage["rows"]
        ]
        word.add_table(document, list(STAGE_HEADS), rows, widths=[1.2, 1.2, 3.6, 4, 3.2, 1.6, 2.2], size=10)
        for one in stage["told"]:
            word.add_point(document, one)
    if meeting and meeting.conclusions:
        word.add_heading(document, "Kết luận")
        for line in meeting.conclusions.splitlines():
            word.add_line(document, line.strip())
    official.two_signatures(
        document, ("Thư ký", meeting.clerk if meeting else ""), ("Chủ trì", meeting.chair if meeting else "")
    )
    return word.as_bytes(document)


def school_letter(contest: Contest, wins: list[SchoolWins]) -> bytes:
    """The letter that tells a school of its winners, by the rankings in force. Several `wins` are those of schools that
    have become one. Raises NoPdf.
    """
    frozen = Ranking.objects.filter(contest=contest, kind=Ranking.Kind.FROZEN, is_current=True)
    shown = {
        "contest": contest,
        "name": " · ".join(one.name for one in wins),
        "winners": [row for one in wins for row in one.winners],
        "own": [prize for one in wins for prize in one.own],
        "frozen_at": timezone.localtime(frozen.latest("computed_at").computed_at),
        "now": timezone.localtime(),
        "address": absolute(reverse("contests:honour", args=[contest.slug])),
    }
    return _pdf("contests/papers/letter.html", shown)
