"""Text made for one reader travels compressed; what is the same for all is kept compressed already (cms.page_cache)."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = ("text/", "application/json", "application/problem+json", "image/svg+xml")


class TextCompressionMiddleware(GZipMiddleware):
    """Django's, for text only: pictures, PDF and .xlsx are compressed by nature.

    The padding of random length and the masked CSRF token make lengths tell nothing of a secret (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == 206 or not response.get("Content-Type", "").startswith(TEXT):
            return response
        return super().process_response(request, response)
