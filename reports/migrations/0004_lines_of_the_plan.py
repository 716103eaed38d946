"""The two lines of the plan the coverage is drawn against: 80 % in 2025 (II.1.q), 100 % in 2030 (II.2.c)."""

from datetime import date

from django.db import migrations

PROGRAMME = {
    "code": "de-an-1588",
    "title": "Đề án theo Quyết định 1588/QĐ-TTg: phổ cập kiến thức, kỹ năng sử dụng Dịch vụ công trực tuyến",
}
INDICATOR = {
    "title": "Học sinh trung học phổ thông, sinh viên được phổ cập kiến thức và kỹ năng sử dụng Dịch vụ công trực tuyến",
    "definition": "Số học sinh, học viên, sinh viên được tiếp cận qua hoạt động học tập, bồi dưỡng, tập huấn (mỗi người tính "
    "một lần trong năm học) trên sĩ số chính thức đã chốt của năm học.",
    "source": "system",
    "plan_ids": ["II.1.q", "II.2.c"],
}
# «Học sinh trung học phổ thông, sinh viên»: with those who learn at the same age in centres and vocational schools.
LEVELS = ["thpt", "gdtx", "gdnn", "college", "university"]
LINES = [("80", date(2025, 12, 31)), ("100", date(2030, 12, 31))]


def draw(apps, schema_editor):
    programme, _made = apps.get_model("reports", "Programme").objects.get_or_create(
        code=PROGRAMME["code"], defaults={"title": PROGRAMME["title"]}
    )
    indicator, _made = apps.get_model("reports", "Indicator").objects.get_or_create(
        programme=programme, code="A1", version=1, defaults=INDICATOR
    )
    for percent, due_on in LINES:
        apps.get_model("reports", "Target").objects.get_or_create(
            indicator=indicator, due_on=due_on, defaults={"percent": percent, "levels": LEVELS}
        )


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_coverage_ledger")]

    operations = [migrations.RunPython(draw, migrations.RunPython.noop)]
