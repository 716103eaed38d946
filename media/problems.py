"""What the file store's failures look like to people."""

import contextlib

from botocore.exceptions import BotoCoreError, ClientError
from django.utils.translation import gettext_lazy as _

from cms.problems import Problem


class StorageUnavailable(Problem):
    status = 503
    code = "storage_unavailable"
    title = _("The file store does not answer")
    detail = _("Files cannot be saved right now. What you typed is kept; please try again in a few minutes.")


@contextlib.contextmanager
def unavailable_as_problem():
    """Turn the store's connection errors into StorageUnavailable; a refusal by the store stays what it is."""
    try:
        yield
    except BotoCoreError as error:
        raise StorageUnavailable from error
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise StorageUnavailable from error
        raise
