"""``croissant.json`` of a corpus: Croissant 1.1 (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html).

Where it comes from is said with PROV-O (https://www.w3.org/TR/prov-o/): the activity that wrote it, the voices as
software agents, what it was derived from, and, row by row, which voice a text is to be attributed to and what it
answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

UNKNOWN = "unknown"
VERSION = "http://mlcommons.org/croissant/1.1"
TERMS = (
    "annotation arrayShape citeAs column containedIn equivalentProperty extract field fileObject fileProperty fileSet "
    "format includes isArray isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated "
    "replace samplingRate separator source subField transform"
)
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "conformsTo": "dct:conformsTo",
    "description": {"@container": "@language"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in TERMS.split()},
}
TYPES = {"level": "sc:Integer", "seed": "sc:Integer", "attempt": "sc:Integer", "row": "sc:Integer"}
TYPES |= {"offset": "sc:Integer", "latency_ms": "sc:Float"}
COLUMNS = {
    "id": "of the sample: the same voice, asked the same with the same seed, has the same",
    "text": "control line and body: what models are trained on",
    "control": "what a model is given",
    "body": "what it learns to write: the answer, cleaned",
    "raw": "the answer as it came, where cleaning changed it",
    "topic": "asked for",
    "level": "asked for, or measured; 0 where there are none",
    "seed": "of the request",
    "attempt": "at this place of the plan, from 0",
    "params": "of the request, as JSON",
    "system": "the system prompt",
    "request": "what the answer is known by among those that were recorded",
    "response_id": "the server's",
    "finish_reason": "the server's word: stop, or length where the text was cut",
    "usage": "tokens, as JSON",
    "latency_ms": "of the answer",
    "gates": "what each gate decided, with its version, as JSON",
    "sha256": "of the text",
    "body_sha256": "of the body",
    "raw_sha256": "of the answer as it came",
    "prompt_sha256": "of the prompt",
    "row": "its place in the shard",
    "offset": "its place, in characters, where the corpus is written as one text",
}
FORMATS = {".parquet": "application/x-parquet", ".jsonl": "application/jsonlines", ".txt": "text/plain"}
FORMATS |= {".json": "application/json"}


def croissant(manifest: Mapping[str, Any], description: str) -> dict[str, Any]:
    """The description of a corpus whose manifest, with its files, is given; one record set, from its first table."""
    files: Mapping[str, Mapping[str, Any]] = manifest["files"]
    rows = next((name for name in files if name.endswith((".parquet", ".jsonl"))), "")
    voices = [
        {
            "@type": "prov:SoftwareAgent",
            "@id": f"voice/{quote(name or UNKNOWN)}",
            "prov:label": name or UNKNOWN,
            "description": f"{one['use']}, fingerprint {', '.join(one['fingerprints']) or 'unknown'}, as "
            f"{', '.join(one['models']) or 'unknown'}",
        }
        for name, one in manifest["voices"].items()
    ]
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": VERSION,
        "name": manifest["name"],
        "description": description,
        "license": "the licence is for whoever publishes this corpus to say",
        "url": f"urn:sha256:{manifest['made_from']['kept']}",
        "creator": {"@type": "sc:Organization", "name": "Greenlight"},
        "datePublished": manifest["written"],
        "version": "1.0.0",
        "citeAs": f"{manifest['title']}: {manifest['name']}, corpus {manifest['made_from']['kept'][:16]}",
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:label": f"round {manifest['round']}: {manifest['kind']}, gates, cleaning",
            "prov:startedAtTime": manifest["written"],
            "prov:used": {"@type": "prov:Plan", "@id": f"urn:sha256:{manifest['recipe_fingerprint']}"},
            "prov:wasAssociatedWith": {
                "@type": "prov:SoftwareAgent",
                "prov:label": f"greenlight {manifest['code']['greenlight']} {manifest['code']['commit']}".strip(),
            },
        },
        "prov:wasAttributedTo": voices,
        "distribution": [_file(name, one) for name, one in files.items()],
        "recordSet": [_records(rows)] if rows else [],
    }
    if manifest["synthetic"]:
        data["keywords"] = ["synthetic"]
    if source := _source(manifest):
        data["prov:wasDerivedFrom"] = {"@id": f"urn:sha256:{source}"}
    return data


def _source(manifest: Mapping[str, Any]) -> str:
    """The hash of what an import or a text was taken from."""
    found: str = manifest["plan"].get("corpus", {}).get("source_sha256", "")
    return found


def _file(name: str, one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{one['bytes']} B",
        "encodingFormat": FORMATS.get(name[name.rfind(".") :], "text/markdown"),
        "sha256": one["sha256"],
    }


def _records(file: str) -> dict[str, Any]:
    plain = {name: said for name, said in COLUMNS.items() if file.endswith(".parquet") or not said.endswith("as JSON")}
    fields = [_field(file, column, said) for column, said in plain.items()]
    text = next(field for field in fields if field["@id"] == "samples/text")
    text["annotation"] = [
        {
            "@type": "cr:Field",
            "@id": "samples/text/voice",
            "description": "who wrote it",
            "dataType": "prov:SoftwareAgent",
            "equivalentProperty": "prov:wasAttributedTo",
            "subField": [
                _field(file, "voice", "its name in the recipe", "samples/text/voice/name"),
                _field(file, "voice_fingerprint", "of its settings and its code", "samples/text/voice/fingerprint"),
                _field(file, "model", "as its server named it", "samples/text/voice/model"),
            ],
        },
        {
            **_field(file, "prompt", "what was asked", "samples/text/prompt"),
            "equivalentProperty": "prov:wasDerivedFrom",
        },
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": "samples",
        "name": "samples",
        "description": "One row a document, its provenance beside it.",
        "key": {"@id": "samples/row"},
        "field": fields,
    }


def _field(file: str, column: str, said: str, name: str = "") -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": name or f"samples/{column}",
        "name": column,
        "description": said,
        "dataType": TYPES.get(column, "sc:Text"),
        "source": {"fileObject": {"@id": file}, "extract": {"column": column}},
    }
