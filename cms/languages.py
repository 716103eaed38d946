"""Which language a request is answered in."""

from django.middleware.locale import LocaleMiddleware

# Addresses without a language in their path: a missing one is missing, not to be looked for under /vi/.
WITHOUT_LANGUAGE = (
    "/admin/",
    "/api/",
    "/documents/",
    "/embed/",
    "/h5p/",
    "/healthz",
    "/metrics",
    "/oai",
    "/oembed",
    "/readyz",
    "/receipts/",
    "/recordings/",
    "/s/",
    "/static/",
    "/styleguide/",
    "/verify/",
)


class LanguageMiddleware(LocaleMiddleware):
    """Django's, except that addresses which never have a language prefix are not sent to one."""

    def process_response(self, request, response):
        if response.status_code == 404 and request.path_info.startswith(WITHOUT_LANGUAGE):
            return response
        return super().process_response(request, response)
