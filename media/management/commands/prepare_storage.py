from django.core.management.base import BaseCommand

from media import storage


class Command(BaseCommand):
    help = "Make the bucket with its read policy and CORS rules; safe to run again."

    def handle(self, **options):
        storage.prepare()
