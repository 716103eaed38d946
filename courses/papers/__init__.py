"""What a teacher takes away on paper, made from a lesson as it is published: the lesson plan and the worksheet.

Writing Word files loads a large library: only `plan` and `worksheet` do, and whoever needs them imports them when asked.
"""
