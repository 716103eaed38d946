from uuid import UUID

from celery import shared_task

from courses.operations.certificates import issue_course_certificates, issue_what_is_due
from courses.operations.reminders import remind_of_work
from courses.problems import NoCertificateRule
from courses.work import forget_certificate_files


@shared_task
def issue_earned(course_key: str, user_ids: list[int], school_year: str) -> int:
    """After a course is finished or a quiz of it is taken: whoever meets the rule now gets the certificate."""
    try:
        made = issue_course_certificates(course_key=UUID(course_key), user_ids=user_ids, school_year=school_year)
    except NoCertificateRule:
        return 0
    return len(made)


@shared_task
def issue_due() -> int:
    """Every night: certificates whose news was lost."""
    return issue_what_is_due()


@shared_task
def forget_certificates() -> int:
    """Every hour: printed files that are older than a day."""
    return forget_certificate_files()


@shared_task
def remind_due() -> dict[str, int]:
    """Every morning: what is due tomorrow, and what nobody has begun three days after it was given."""
    return remind_of_work()
