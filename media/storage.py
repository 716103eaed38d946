"""All files live in one S3-compatible bucket, apart by prefix. The only module that imports boto3.

private/    originals and people's files, read by signed links
public/     renditions and published files, readable by anyone
quarantine/ uploads that nobody has checked yet
h5p/        unpacked H5P content, served from the H5P origin
"""

import functools
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage

from media.problems import unavailable_as_problem


class Sink(Protocol):
    def write(self, piece: bytes, /) -> int: ...


SIGNED_SECONDS = 3600
PART_SIZE = 5 * 1024 * 1024


class BucketStorage(S3Storage):
    """One prefix of the bucket. Names are never reused: two files with the same name get different keys."""

    file_overwrite = False

    def get_default_settings(self):
        return super().get_default_settings() | {
            "access_key": settings.S3_ACCESS_KEY_ID,
            "secret_key": settings.S3_SECRET_ACCESS_KEY,
            "bucket_name": settings.S3_BUCKET,
            "endpoint_url": settings.S3_ENDPOINT_URL,
            "region_name": settings.S3_REGION,
            "addressing_style": "path",
            "signature_version": "s3v4",
            "file_overwrite": False,
            "querystring_expire": SIGNED_SECONDS,
            "client_config": BODY_CONFIG,
            # One file is sent by the thread that has it: a request handles few and small ones.
            "transfer_config": TransferConfig(use_threads=False),
        }

    def save(self, name, content, max_length=None):
        with unavailable_as_problem():
            self._require_answer()
            return super().save(name, content, max_length)

    def _open(self, name, mode="rb"):
        with unavailable_as_problem():
            self._require_answer()
            return super()._open(name, mode)

    def delete(self, name):
        with unavailable_as_problem():
            self._require_answer()
            super().delete(name)

    def _require_answer(self) -> None:
        """One quick question first: the body's own client waits much longer for a store that hangs."""
        client(self.endpoint_url).head_bucket(Bucket=self.bucket_name)

    def url(self, name, parameters=None, expire=None, http_method=None):
        return signed_url(f"{self.location}/{name}", seconds=expire or SIGNED_SECONDS, parameters=parameters)


class PrivateStorage(BucketStorage):
    location = "private"


class QuarantineStorage(BucketStorage):
    location = "quarantine"


class PublicStorage(BucketStorage):
    location = "public"
    object_parameters = {"CacheControl": "public, max-age=31536000, immutable"}

    def url(self, name, parameters=None, expire=None, http_method=None):
        return f"{settings.S3_PUBLIC_URL}/{settings.S3_BUCKET}/public/{quote(name)}"


class H5PStorage(BucketStorage):
    """Unpacked H5P content. Names are made by django_h5p for one writing each, so none needs to be asked for first."""

    location = "h5p"
    file_overwrite = True
    object_parameters = {"CacheControl": "public, max-age=31536000, immutable"}

    def open_range(self, name: str, first: int, last: int) -> Iterator[bytes]:
        """Bytes `first` to `last` of a file, in pieces, without fetching the rest. Raises StorageUnavailable."""
        with unavailable_as_problem():
            found = client(bodies=True).get_object(
                Bucket=settings.S3_BUCKET, Key=f"{self.location}/{name}", Range=f"bytes={first}-{last}"
            )
            yield from found["Body"].iter_chunks(256 * 1024)


def client_config(*, read_seconds: int = 3, tries: int = 2) -> Config:
    """How long the store may keep a request waiting. A question gets an answer quickly or none: pages are served by the
    processes that ask, and a store that hangs must not hold them.
    """
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        connect_timeout=2,
        read_timeout=read_seconds,
        retries={"total_max_attempts": tries, "mode": "standard"},
    )


# For whole files and for joining many parts, where the store has something to do before it answers.
BODY_CONFIG = client_config(read_seconds=15, tries=1)


@functools.cache
def client(endpoint: str | None = None, *, bodies: bool = False):
    """A boto3 client for the store; `endpoint` is S3_PUBLIC_URL where a browser will use what is signed."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint or settings.S3_ENDPOINT_URL,
        aws_access_key_id=settings.S3_ACCESS_KEY_ID,
        aws_secret_access_key=settings.S3_SECRET_ACCESS_KEY,
        region_name=settings.S3_REGION,
        config=BODY_CONFIG if bodies else client_config(),
    )


def ping() -> None:
    """Raise StorageUnavailable, within seconds, unless the bucket answers."""
    with unavailable_as_problem():
        client().head_bucket(Bucket=settings.S3_BUCKET)


def signed_url(
    key: str, *, seconds: int = SIGNED_SECONDS, parameters: dict | None = None, method: str = "get_object"
) -> str:
    """A link to the object `key` that a browser may use for `seconds`; made without asking the store."""
    return client(settings.S3_PUBLIC_URL).generate_presigned_url(
        method, Params={"Bucket": settings.S3_BUCKET, "Key": key} | (parameters or {}), ExpiresIn=seconds
    )


def inside_url(key: str) -> str:
    """A link to the object `key` for this machine's own programs, which may not reach S3_PUBLIC_URL."""
    return client().generate_presigned_url(
        "get_object", Params={"Bucket": settings.S3_BUCKET, "Key": key}, ExpiresIn=SIGNED_SECONDS
    )


def begin_multipart(*, key: str, content_type: str) -> str:
    """Open a multipart upload and return its id. Raises StorageUnavailable."""
    with unavailable_as_problem():
        return client().create_multipart_upload(Bucket=settings.S3_BUCKET, Key=key, ContentType=content_type)[
            "UploadId"
        ]


def sign_part(*, key: str, upload_id: str, number: int, seconds: int = SIGNED_SECONDS) -> str:
    """A link to which the browser PUTs part `number` (1-based)."""
    return client(settings.S3_PUBLIC_URL).generate_presigned_url(
        "upload_part",
        Params={"Bucket": settings.S3_BUCKET, "Key": key, "UploadId": upload_id, "PartNumber": number},
        ExpiresIn=seconds,
    )


def list_parts(*, key: str, upload_id: str) -> list[dict] | None:
    """The parts the store holds: [{"PartNumber", "ETag", "Size"}]; None when the upload is already joined or gone.

    Raises StorageUnavailable.
    """
    with unavailable_as_problem():
        pages = client().get_paginator("list_parts").paginate(Bucket=settings.S3_BUCKET, Key=key, UploadId=upload_id)
        try:
            return [
                {"PartNumber": part["PartNumber"], "ETag": part["ETag"], "Size": part["Size"]}
                for page in pages
                for part in page.get("Parts", [])
            ]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchUpload":
                return None
            raise


def complete_multipart(*, key: str, upload_id: str, parts: list[dict]) -> bool:
    """Join the parts; False when somebody else just did or the upload is gone. Raises StorageUnavailable."""
    numbered = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in parts]
    with unavailable_as_problem():
        try:
            client(bodies=True).complete_multipart_upload(
                Bucket=settings.S3_BUCKET, Key=key, UploadId=upload_id, MultipartUpload={"Parts": numbered}
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise
            return False
    return True


def size(*, key: str) -> int | None:
    """The object's size in bytes, None when there is none. Raises StorageUnavailable."""
    with unavailable_as_problem():
        try:
            return client().head_object(Bucket=settings.S3_BUCKET, Key=key)["ContentLength"]
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return None
            raise


def abort_multipart(*, key: str, upload_id: str) -> None:
    with unavailable_as_problem():
        client().abort_multipart_upload(Bucket=settings.S3_BUCKET, Key=key, UploadId=upload_id)


def read(*, key: str, first: int | None = None) -> bytes:
    """The object's bytes, or only the `first` of them. Raises StorageUnavailable."""
    with unavailable_as_problem():
        wanted = {"Range": f"bytes=0-{first - 1}"} if first else {}
        return client(bodies=True).get_object(Bucket=settings.S3_BUCKET, Key=key, **wanted)["Body"].read()


def download(*, key: str, file: Sink) -> None:
    """Write the object to an open file or whatever takes bytes, piece by piece. Raises StorageUnavailable."""
    with unavailable_as_problem():
        found = client(bodies=True).get_object(Bucket=settings.S3_BUCKET, Key=key)
        for piece in found["Body"].iter_chunks(1024 * 1024):
            file.write(piece)


def put_file(*, key: str, path: Path, content_type: str) -> None:
    """Store a file of this machine for good: nothing is ever written over it. Raises StorageUnavailable."""
    with unavailable_as_problem():
        client(bodies=True).upload_file(
            str(path),
            settings.S3_BUCKET,
            key,
            ExtraArgs={"ContentType": content_type, "CacheControl": PublicStorage.object_parameters["CacheControl"]},
        )


def stored(*, prefix: str) -> list[tuple[str, datetime]]:
    """The names of all objects below `prefix`, each with when it was stored. Raises StorageUnavailable."""
    with unavailable_as_problem():
        pages = client().get_paginator("list_objects_v2").paginate(Bucket=settings.S3_BUCKET, Prefix=prefix)
        return [(found["Key"], found["LastModified"]) for page in pages for found in page.get("Contents", [])]


def copy(*, source: str, target: str) -> None:
    """Copy an object inside the bucket, in parts where it is large. Raises StorageUnavailable."""
    with unavailable_as_problem():
        client(bodies=True).copy({"Bucket": settings.S3_BUCKET, "Key": source}, settings.S3_BUCKET, target)


def delete(*, key: str) -> None:
    """Remove an object; one that is not there is no error. Raises StorageUnavailable."""
    with unavailable_as_problem():
        client().delete_object(Bucket=settings.S3_BUCKET, Key=key)


def prepare() -> bool:
    """Make the bucket, let anyone read public/ and h5p/, and let the site's pages PUT parts. Idempotent.

    Returns whether the bucket was made. Raises StorageUnavailable when the store does not answer.
    """
    with unavailable_as_problem():
        return _prepare(client())


def _prepare(store) -> bool:
    created = False
    try:
        store.head_bucket(Bucket=settings.S3_BUCKET)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        store.create_bucket(Bucket=settings.S3_BUCKET)
        created = True
    resources = [f"arn:aws:s3:::{settings.S3_BUCKET}/{prefix}/*" for prefix in ("public", "h5p")]
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": resources}],
    }
    store.put_bucket_policy(Bucket=settings.S3_BUCKET, Policy=json.dumps(policy))
    store.put_bucket_cors(
        Bucket=settings.S3_BUCKET,
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedOrigins": [settings.SITE_URL],
                    "AllowedMethods": ["GET", "PUT", "HEAD"],
                    "AllowedHeaders": ["*"],
                    "ExposeHeaders": ["ETag"],
                    "MaxAgeSeconds": 3600,
                }
            ]
        },
    )
    return created
