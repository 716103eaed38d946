"""The content security policy: strict everywhere, with a policy of its own for Wagtail's admin."""

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings

ADMIN = "/admin/"


class ContentPolicyMiddleware(CSPMiddleware):
    """Readers' pages allow no inline code. Wagtail's admin needs it and gets it, and nothing else besides."""

    def __init__(self, get_response):
        super().__init__(get_response)
        # By whether it is the admin's. Each is put together once, not for every answer of the site.
        self._policies: dict[bool, str] = {}

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only=report_only)
        if not report_only and request.path.startswith(ADMIN):
            parts.config = settings.CONTENT_SECURITY_POLICY_ADMIN
        return parts

    def process_response(self, request, response):
        has_wishes = any(name.startswith("_csp_") for name in vars(response))
        if has_wishes or hasattr(request, "_csp_nonce") or HEADER in response:
            return super().process_response(request, response)
        is_admin = request.path.startswith(ADMIN)
        if is_admin not in self._policies:
            self._policies[is_admin] = build_policy(self.get_policy_parts(request, response).config)
        response[HEADER] = self._policies[is_admin]
        # As the library does: who asks for a nonce after the policy was sent learns that it comes too late.
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)
        return response
