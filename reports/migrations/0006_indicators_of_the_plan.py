"""The indicators of the plan as rows, A1 to E2 and what is only passed on (X): first versions, to be revised on the screen."""

from django.db import migrations

PROGRAMME = "de-an-1588"
UPPER = ["thpt", "gdtx"]
TERTIARY = ["gdnn", "college", "university"]
EVERYWHERE, PLACES, PROVINCE = ["school", "unit", "province"], ["unit", "province"], ["province"]
REACHED = (
    "Được phổ cập: đã mở bài học, làm bài kiểm tra hoặc được ghi nhận có mặt ở tiết học, trong năm báo cáo; mỗi người tính một "
    "lần; chỉ tính người có tên trong danh sách lớp của năm học đã chốt sĩ số. Mẫu số: sĩ số chính thức đã chốt của năm học đó."
)


def counted(levels):
    return {"from": "coverage", "step": "reached", "levels": levels}


# code: (title, definition, measure, counted, out of, rule, asked of, plan ids)
ROWS = {
    "A1": ("Học sinh trung học phổ thông được phổ cập kiến thức và kỹ năng sử dụng Dịch vụ công trực tuyến", REACHED, "share",
           "Học sinh THPT, học viên GDTX được phổ cập", "Sĩ số THPT, GDTX", counted(UPPER), EVERYWHERE, ["II.1.q", "II.2.c"]),
    "A2": ("Sinh viên, học viên được phổ cập", REACHED, "share", "Sinh viên, học viên được phổ cập",
           "Sinh viên, học viên đang theo học", counted(TERTIARY), EVERYWHERE, ["II.1.q"]),
    "A3": ("Học sinh trung học cơ sở được phổ cập", REACHED, "share", "Học sinh THCS được phổ cập", "Sĩ số THCS",
           counted(["thcs"]), EVERYWHERE, ["V.3.a"]),
    "A4": ("Trường lồng ghép nội dung Dịch vụ công trực tuyến vào môn Tin học hoặc hoạt động giáo dục",
           "Trường có ít nhất một tiết học được ghi nhận trong năm báo cáo, trên số trường đang hoạt động.", "share",
           "Trường có tiết lồng ghép", "Trường đang hoạt động", {"from": "sessions"}, PLACES, ["V.3.a"]),
    "A5": ("Học sinh hướng dẫn người thân sử dụng Dịch vụ công trực tuyến",
           "Học sinh có nhiệm vụ «hướng dẫn người thân» được giáo viên công nhận trong năm báo cáo.", "count",
           "Học sinh có nhiệm vụ được công nhận", "", {"from": "family"}, EVERYWHERE, ["V.3.a.2"]),
    "A6": ("Học sinh đạt bài kiểm tra sau bài học",
           "Học sinh đạt bài kiểm tra của ít nhất một bài học trong năm báo cáo, trên số học sinh đã làm bài kiểm tra.", "share",
           "Học sinh đạt", "Học sinh đã làm bài kiểm tra", {"from": "tests"}, EVERYWHERE, ["V.3.a"]),
    "B1": ("Cán bộ, giáo viên, nhân viên ngành giáo dục được quán triệt",
           "Người đã đọc và xác nhận tài liệu hoặc đã học xong lớp tập huấn trong năm báo cáo.", "share",
           "Người được quán triệt", "Cán bộ, giáo viên, nhân viên", {}, ["school", "province"], ["II.1.a"]),
    "B2": ("Cán bộ, công chức vận hành dịch vụ công được tập huấn",
           "Theo danh sách lớp tập huấn của cơ quan, địa phương trong năm báo cáo.", "share", "Người được tập huấn",
           "Cán bộ, công chức vận hành", {}, PLACES, ["II.1.b", "III.4.b"]),
    "B3": ("Thành viên Tổ công nghệ số cộng đồng được bồi dưỡng, tập huấn trong năm",
           "Theo danh sách lớp tập huấn có chữ ký trong năm báo cáo; mỗi người tính một lần.", "share",
           "Thành viên được tập huấn", "Thành viên Tổ công nghệ số cộng đồng", {}, PLACES, ["II.1.g", "V.11.c"]),
    "B4": ("Hộ gia đình, người dân được hướng dẫn sử dụng Dịch vụ công trực tuyến",
           "Lượt hộ, người được Tổ công nghệ số cộng đồng, cộng tác viên hướng dẫn trong năm báo cáo; không ghi tên.", "count",
           "Lượt hộ, người được hướng dẫn", "", {}, PLACES, ["III.3.a"]),
    "C1": ("Cơ quan, địa phương đăng tải hoặc nhúng tài liệu tuyên truyền",
           "Cơ quan, địa phương có ít nhất một tài liệu đăng trên cổng, trang thông tin điện tử trong năm báo cáo.", "share",
           "Cơ quan, địa phương đã đăng", "Cơ quan, địa phương", {}, PLACES, ["II.1.c", "II.1.d", "V.10"]),
    "C2": ("Tài liệu đang dùng đúng phiên bản đã duyệt",
           "Tài liệu đã nhúng hoặc tải về còn đúng phiên bản hiện hành, trên số tài liệu đã nhúng hoặc tải về.", "share",
           "Tài liệu đúng phiên bản", "Tài liệu đã nhúng hoặc tải về", {}, PLACES, ["II.1.d"]),
    "C3": ("Đài truyền thanh cấp xã phát bản tin về Dịch vụ công trực tuyến",
           "Đài đã phát ít nhất một bản tin trong năm báo cáo, theo sổ phát sóng.", "share", "Đài đã phát bản tin",
           "Đài truyền thanh cấp xã", {}, PLACES, ["II.1.đ", "II.1.e", "III.2.a"]),
    "C4": ("Dịch vụ công có hướng dẫn bằng từng ngôn ngữ của trang",
           "Số cặp (dịch vụ, ngôn ngữ) có ít nhất một trang hướng dẫn đang đăng, trên số dịch vụ nhân với số ngôn ngữ của trang.",
           "share", "Cặp dịch vụ, ngôn ngữ có hướng dẫn", "Dịch vụ × ngôn ngữ", {"from": "guides"}, PROVINCE, ["III.6.a"]),
    "D1": ("Học sinh tham gia cuộc thi tìm hiểu", "Học sinh dự thi trong năm báo cáo, mỗi em tính một lần, trên sĩ số.", "share",
           "Học sinh dự thi", "Sĩ số", {"from": "contest"}, EVERYWHERE, ["V.3.b"]),
    "D2": ("Tác phẩm dự thi sáng tạo", "Tác phẩm hợp lệ nộp trong năm báo cáo.", "count", "Tác phẩm", "", {"from": "works"},
           EVERYWHERE, ["V.3.c"]),
    "D3": ("Người dự thi tuyên truyền viên", "Người dự hội thi tuyên truyền viên trong năm báo cáo.", "count", "Người dự thi",
           "", {}, PLACES, ["III.3.b"]),
    "E1": ("Góp ý, phản ánh được trả lời",
           "Góp ý về trang học và bài học được trả lời, trên số góp ý nhận được trong năm báo cáo.", "share",
           "Góp ý đã trả lời", "Góp ý đã nhận", {}, PLACES, ["II.1.n", "III.3.đ.2.2"]),
    "E2": ("Người học hài lòng với bài học",
           "Người chấm từ 4/5 trở lên, trên số người trả lời khảo sát về bài học; không phải chỉ số hài lòng chính thức.", "share",
           "Người chấm từ 4/5", "Người trả lời khảo sát", {}, ["school", "province"], ["II.1.m", "V.2.b"]),
    "X": ("Hồ sơ trực tuyến toàn trình của tỉnh",
          "Hệ thống này không đo được. Chép từ Bộ chỉ số theo Quyết định 766/QĐ-TTg, kèm nguồn và ngày lấy số liệu.", "share",
          "Hồ sơ trực tuyến toàn trình", "Hồ sơ tiếp nhận", {}, PROVINCE, ["II.1.h", "II.1.i", "II.2.b"]),
}  # fmt: skip


def draw(apps, schema_editor):
    indicators = apps.get_model("reports", "Indicator").objects
    programme = apps.get_model("reports", "Programme").objects.get(code=PROGRAMME)
    for code, (title, definition, measure, part, whole, rule, asked_of, plan_ids) in ROWS.items():
        fields = {
            "title": title, "definition": definition, "measure": measure, "part": part, "whole": whole, "rule": rule,
            "asked_of": asked_of, "plan_ids": plan_ids, "source": "system" if rule else "manual",
        }  # fmt: skip
        indicators.update_or_create(programme=programme, code=code, version=1, defaults=fields)


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_reporting_round")]

    operations = [migrations.RunPython(draw, migrations.RunPython.noop)]
