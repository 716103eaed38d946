"""The API at /api/v1/: the routers of all rooms under one roof, with one way of saying what went wrong."""

from importlib import import_module
from importlib.util import find_spec

from ninja import NinjaAPI, Swagger
from ninja.openapi.schema import OpenAPISchema

from cms.problems import documents

ROOMS = (
    "schools",
    "cms.vocabulary",
    "media",
    "quizzes",
    "cms.search",
    "cms.offline",
    "courses",
    "contests",
    "support",
    "reports",
)


class RoomsAPI(NinjaAPI):
    """Every call may answer with a problem; its document says so once instead of each router a dozen times."""

    def get_openapi_schema(self, **options) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Problem"] = documents.SCHEMA
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for calls in schema["paths"].values():
            for call in calls.values():
                call["responses"].setdefault("default", {"description": "A problem (RFC 9457)", "content": content})
        return schema


api = RoomsAPI(
    title="Học Dịch vụ công",
    version="1",
    description="Errors are problem documents (RFC 9457) with a translated `detail` and a stable `code`.",
    urls_namespace="api",
    parser=documents.TextParser(),
    docs=Swagger(settings={"tryItOutEnabled": False, "persistAuthorization": False}),
    openapi_extra={"info": {"license": {"name": "BSD-3-Clause"}}},
)
documents.register(api)

for room in ROOMS:
    # A room without an api module offers nothing here. Each router names its full paths below /api/v1/.
    if find_spec(room) and find_spec(f"{room}.api"):
        api.add_router("", import_module(f"{room}.api").router, tags=[room])
