"""The admin API described: OpenAPI 3.1, and a page for people."""

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from batchplan.emulator.model import Json

if TYPE_CHECKING:
    from batchplan.emulator.admin import Operation

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code,pre{font-family:ui-monospace,monospace;font-size:13px}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}
pre{background:#f4f4f4;padding:.8rem;overflow:auto}summary{cursor:pointer}
"""


def document(prefix: str, operations: Sequence["Operation"]) -> Json:
    """Return the OpenAPI document of the operations."""
    models = [model for each in operations for model in (each.body, each.answer) if model is not None]
    wanted = list(dict.fromkeys(models))
    _, schemas = models_json_schema([(m, "validation") for m in wanted], ref_template="#/components/schemas/{model}")
    paths: Json = {}
    for each in operations:
        paths.setdefault(prefix + each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "batchplan emulator: admin API", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas.get("$defs", {})},
    }


def _operation(operation: "Operation") -> Json:
    names = re.findall(r"\{(\w+)\}", operation.path)
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    parameters += [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in operation.query]
    shape = _reference(operation.answer) if operation.answer else {"type": "object"}
    described: Json = {
        "summary": operation.summary,
        "operationId": re.sub(r"\W+", "_", f"{operation.method.lower()}{operation.path}").strip("_"),
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": shape}}},
            "default": {"description": "Refused: `error.code` and `error.message` say why"},
        },
    }
    if parameters:
        described["parameters"] = parameters
    if operation.body is not None:
        content = {"application/json": {"schema": _reference(operation.body)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def page(prefix: str, operations: Sequence["Operation"]) -> str:
    """Return the operations as a plain HTML page, each with the fields of its body."""
    rows = "".join(
        f"<tr><td><code>{each.method}</code></td><td><code>{escape(prefix + each.path)}</code></td>"
        f"<td>{escape(each.summary)}{_fields(each.body)}</td></tr>"
        for each in operations
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>batchplan emulator</title><style>{_STYLE}</style>"
        f"<h1>batchplan emulator: admin API</h1><p>JSON in, JSON out; loopback only. "
        f'As data: <a href="{prefix}/openapi.json">openapi.json</a>. State: <a href="{prefix}/status">status</a>, '
        f'<a href="{prefix}/log">log</a>.</p><table>{rows}</table></html>'
    )


def _fields(model: type[BaseModel] | None) -> str:
    if model is None:
        return ""
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code>{'*' if field.is_required() else ''}</td>"
        f"<td>{escape(field.description or '')}</td></tr>"
        for name, field in model.model_fields.items()
    )
    return f"<details><summary>{model.__name__}</summary><table>{lines}</table></details>"
