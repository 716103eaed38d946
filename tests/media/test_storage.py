"""Files kept by the other rooms: what they hear when the store does not answer."""

import pytest
from botocore.config import Config
from django.core.files.base import ContentFile

from cms.embedded import ports
from media.problems import StorageUnavailable
from media.storage import PrivateStorage


@pytest.fixture
def stopped_store():
    return PrivateStorage(
        endpoint_url=f"http://127.0.0.1:{ports.take(1)[0]}",
        client_config=Config(signature_version="s3v4", connect_timeout=1, retries={"max_attempts": 0}),
    )


def test_a_stopped_store_is_said_in_plain_words(stopped_store):
    with pytest.raises(StorageUnavailable):
        stopped_store.save("a.txt", ContentFile(b"a"))
    with pytest.raises(StorageUnavailable):
        stopped_store.open("a.txt")
    with pytest.raises(StorageUnavailable):
        stopped_store.delete("a.txt")
