"""Rich menus of the LINE fake: create, image, default. Documented limits: channels.md §1 "Rich menu"."""

from __future__ import annotations

import io
from typing import Any

import orjson
from aiohttp import web
from PIL import Image

from tests.fakes.line_limits import graphemes

MOST_IMAGE_BYTES = 1_000_000


class Menus:
    """Rich menus by id, their images, and which one is the default."""

    def menu_routes(self) -> list[web.RouteDef]:
        self.menus: dict[str, dict[str, Any]] = {}
        self.images: dict[str, bytes] = {}
        self.default_menu = ""
        return [
            web.post("/v2/bot/richmenu", self._create),
            web.get("/v2/bot/richmenu/list", self._list),
            web.delete("/v2/bot/richmenu/{id}", self._delete),
            web.post("/v2/bot/richmenu/{id}/content", self._image),
            web.post("/v2/bot/user/all/richmenu/{id}", self._default),
        ]

    async def _create(self, request: web.Request) -> web.Response:
        menu = orjson.loads(await request.read())
        if wrong := menu_faults(menu):
            return web.json_response({"message": wrong}, status=400)
        number = f"richmenu-{len(self.menus) + 1:032x}"
        self.menus[number] = menu
        return web.json_response({"richMenuId": number})

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response({"richmenus": [{"richMenuId": n, **m} for n, m in self.menus.items()]})

    async def _delete(self, request: web.Request) -> web.Response:
        found = self.menus.pop(request.match_info["id"], None)
        return web.json_response({}, status=404 if found is None else 200)

    async def _image(self, request: web.Request) -> web.Response:
        content, number = await request.read(), request.match_info["id"]
        wrong = image_fault(content, request.content_type, self.menus[number]["size"])
        if number in self.images:
            wrong = "An image has already been uploaded to the richmenu"
        if wrong:
            return web.json_response({"message": wrong}, status=400)
        self.images[number] = content
        return web.json_response({})

    async def _default(self, request: web.Request) -> web.Response:
        number = request.match_info["id"]
        if number not in self.images:
            return web.json_response({"message": "richmenu image not found"}, status=400)
        self.default_menu = number
        return web.json_response({})


def menu_faults(menu: dict[str, Any]) -> str:
    size, areas = menu["size"], menu["areas"]
    if not 800 <= size["width"] <= 2500 or size["height"] < 250 or size["width"] / size["height"] < 1.45:
        return "size"
    if not 1 <= graphemes(menu["chatBarText"]) <= 14 or not 1 <= graphemes(menu["name"]) <= 300:
        return "chatBarText or name"
    if not 1 <= len(areas) <= 20:
        return "areas"
    for area in areas:
        box, action = area["bounds"], area["action"]
        if box["x"] + box["width"] > size["width"] or box["y"] + box["height"] > size["height"]:
            return "bounds"
        if graphemes(action.get("label", "")) > 20:
            return "label"
    return ""


def image_fault(content: bytes, media_type: str, size: dict[str, int]) -> str:
    if len(content) > MOST_IMAGE_BYTES or media_type not in ("image/png", "image/jpeg"):
        return "image too large or of a wrong type"
    with Image.open(io.BytesIO(content)) as image:
        return "" if image.size == (size["width"], size["height"]) else "image size"
