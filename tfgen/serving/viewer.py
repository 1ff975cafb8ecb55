"""The viewer: one static page on the REST port, and the facts about the models that it needs."""

import json
from pathlib import Path

from aiohttp import web
from tensorflow_serving.apis import model_pb2

from tfgen.conditions.description import THREE_QUARTERS, Description
from tfgen.conditions.turntable import description_of_labels
from tfgen.serving.status import RequestError

_PAGE = Path(__file__).parent / "page"
# What the page draws with, the first that a model has; a model without is left out.
_SIGNATURES = ("morph_png", "png")
_POLICY = "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'"
_FILES = {
    "index.html": "text/html",
    "viewer.css": "text/css",
    "address.js": "text/javascript",
    "model.js": "text/javascript",
    "panels.js": "text/javascript",
    "viewer.js": "text/javascript",
}


def viewer_routes(models):
    """Routes of the viewer, for aiohttp.

    Args:
      models: `models.Models`.
    """

    async def facts(request):
        """Model name -> what `page_facts` says of it."""
        return web.json_response(_facts(models))

    async def page(request):
        name = request.match_info.get("file") or "index.html"
        if name not in _FILES:
            raise web.HTTPNotFound
        return web.Response(
            body=(_PAGE / name).read_bytes(),
            content_type=_FILES[name],
            charset="utf-8",
            headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"},
        )

    return [
        web.get("/", page),
        web.get("/viewer/models", facts),
        web.get("/viewer/{file}", page),
    ]


def description_in(assets):
    """The `conditions.description.Description` of a SavedModel; None if it is no generator.

    Args:
      assets: its folder of assets: model.json, or only labels.json as earlier exports have it.

    Raises:
      OSError, ValueError: the file is not there, or broken.
    """
    manifest = assets / "model.json"
    try:
        if manifest.is_file():
            description = json.loads(manifest.read_text(encoding="utf-8")).get("description")
            return None if description is None else Description.from_dict(description)
        return description_of_labels(json.loads((assets / "labels.json").read_text("utf-8")))
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{assets} describes no generator: {error}") from None


def page_facts(description):
    """What the page needs of a description, as JSON holds it.

    Returns:
      dict: style, the name of the condition that the gallery shows, or None; drag, names of the
      angles that dragging across and down turns; conditions, each a dict: its fields, names for
      each value, the usual value, and of angles whether it is round, a slider's low and high, and
      least and most that the page lets it be.
    """
    angles = [condition.name for condition in description.of_kind("angle")]
    others = [name for name in angles if name not in ("azimuth", "elevation")]
    drag = [
        name if name in angles else (others.pop(0) if others else None)
        for name in ("azimuth", "elevation")
    ]
    return {
        "style": description.style and description.style.name,
        "drag": drag,
        "conditions": [_condition(each, description) for each in description.conditions],
    }


def _condition(condition, description):
    facts = {
        "name": condition.name,
        "kind": condition.kind,
        "names": condition.value_names,
        "categories": condition.categories,
        "usual": condition.usual,
    }
    if condition.kind == "vector":
        facts["ranges"] = condition.ranges or ((-1, 1),) * condition.size
    if condition.kind != "angle":
        return facts
    if condition.goes_round or condition == description.turning:
        ends = {"usual": THREE_QUARTERS, "low": 0, "high": 360}
        return facts | {"round": True, **ends}
    # A little beyond what was trained on, to see what the network makes of it.
    low, high = condition.span[0] - 20, condition.span[1] + 20
    least, most = low, high
    if condition.name == "elevation":
        low, high, least, most = min(low, 0), max(high, 45), -90, 90
    return facts | {"round": False, "low": low, "high": high, "least": least, "most": most}


def _facts(models):
    facts = {}
    for name in models.names():
        try:
            with models.use(model_pb2.ModelSpec(name=name)) as handle:
                servable = handle.loaded.servable
                there = [each for each in _SIGNATURES if each in servable.signatures]
                description = there and description_in(servable.path / "assets")
                if description:
                    version = {"version": handle.version, "signature": there[0]}
                    facts[name] = page_facts(description) | version
        except (RequestError, OSError, ValueError):
            continue
    return facts
