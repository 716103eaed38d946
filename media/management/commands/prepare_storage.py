"""`manage.py prepare_storage`: the bucket with its read policy and CORS rules."""

from django.conf import settings

from cms.jobs.console import Refused, ReportingCommand
from media import storage
from media.problems import StorageUnavailable


class Command(ReportingCommand):
    help = "Make the bucket with its read policy and CORS rules; safe to run again."

    def work(self, options):
        try:
            created = storage.prepare()
        except StorageUnavailable as problem:
            raise Refused(f"{problem.title}: {settings.S3_ENDPOINT_URL}") from problem
        return {"bucket": settings.S3_BUCKET, "created": int(created), "origin": settings.SITE_URL}

    def lines(self, report):
        made = "made" if report["created"] else "there already"
        return [f"Bucket {report['bucket']}: {made}; pages of {report['origin']} may upload."]
