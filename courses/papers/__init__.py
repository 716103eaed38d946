"""What a teacher takes away on paper, made from a lesson as it is published: the lesson plan and the worksheet."""

from courses.papers.plan import write_plan
from courses.papers.sheets import Made, Sheet
from courses.papers.worksheet import write_worksheet

__all__ = ["Made", "Sheet", "write_plan", "write_worksheet"]
