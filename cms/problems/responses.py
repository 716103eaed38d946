"""RFC 9457 problem documents, the one form of every error that a program reads."""

from django.http import HttpRequest, JsonResponse

from cms.problems import Problem


def problem_response(request: HttpRequest, *, status: int, code: str, title: str, detail: str, **extra) -> JsonResponse:
    """A problem document with a translated `detail`; `extra` holds members of its own, such as `retry_after` in seconds."""
    document = {"type": "about:blank", "title": str(title), "status": status, "detail": str(detail), "code": code}
    if request_id := getattr(request, "request_id", ""):
        document["request_id"] = request_id
    response = JsonResponse(document | extra, status=status, content_type="application/problem+json")
    if "retry_after" in extra:
        response["Retry-After"] = str(extra["retry_after"])
    return response


def response_for(request: HttpRequest, problem: Problem) -> JsonResponse:
    return problem_response(
        request, status=problem.status, code=problem.code, title=problem.title, detail=str(problem), **problem.extra
    )
