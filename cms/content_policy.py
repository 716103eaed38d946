"""The content security policy: strict everywhere, with a policy of its own for Wagtail's admin."""

from csp.middleware import CSPMiddleware
from django.conf import settings

ADMIN = "/admin/"


class ContentPolicyMiddleware(CSPMiddleware):
    """Readers' pages allow no inline code. Wagtail's admin needs it and gets it, and nothing else besides."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only=report_only)
        if not report_only and request.path.startswith(ADMIN):
            parts.config = settings.CONTENT_SECURITY_POLICY_ADMIN
        return parts
