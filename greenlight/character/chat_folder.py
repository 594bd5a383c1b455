"""The files of a ``transformers`` folder that decide its chat format, and the record of the format it was trained with.

tokenizer.json            the tokens
tokenizer_config.json     which of them begin and end a text; older folders keep the template here
chat_template.jinja       the template; others by name in additional_chat_templates/
greenlight_chat.json      written beside a model that Greenlight made: the hash of what it was trained with
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenlight.errors import InputError, nearest
from greenlight.outside import read_bytes, read_text
from greenlight.store import write_file

if TYPE_CHECKING:
    from greenlight.character.spelling import Spelling

TOKENIZER, CONFIG, TEMPLATE = "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"
OTHERS = "additional_chat_templates"
RECORD = "greenlight_chat.json"
OWN, PLAIN_NAME = "own", "plain"
PLAIN = (
    "{{ bos_token }}"
    "{% for message in messages %}{{ message['role'] + ':\\n' + message['content'] + eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant:\\n' }}{% endif %}"
)
"""The house's format: the start token once, then for each turn ``role:``, a line end, the content and the end token."""
TOKENS = ("bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token")


@dataclass(frozen=True)
class Files:
    """What a folder holds. ``own``: its templates by name, the default one under ``own``."""

    folder: Path
    tokenizer: str
    config: dict[str, Any]
    own: dict[str, str]

    @property
    def adds_bos(self) -> bool:
        return self.config.get("add_bos_token") is True

    def template(self, wanted: str) -> tuple[str, str]:
        """The name and the text of a template. Raises InputError."""
        if not wanted and OWN in self.own:
            return OWN, self.own[OWN]
        if wanted == PLAIN_NAME:
            return PLAIN_NAME, PLAIN
        if wanted in self.own:
            return wanted, self.own[wanted]
        if wanted and Path(wanted).is_file():
            return Path(wanted).name, read_text(Path(wanted))
        if not wanted:
            more = f", or one of its own by name: {', '.join(sorted(self.own))}" if self.own else ""
            raise InputError(
                f"{self.folder} has no chat template: give one with --template FILE, or --template plain for the "
                f"house's{more}"
            )
        raise InputError(
            f"'{wanted}' is no file, and no template of {self.folder}{nearest(wanted, [*self.own, PLAIN_NAME])}"
        )

    def tokens(self, spelling: Spelling) -> dict[str, str]:
        """``bos_token`` and the like, as a template is given them; those that the folder does not name are left out."""
        special = _json(self.folder / "special_tokens_map.json")
        found = {}
        for name in TOKENS:
            value = self.config.get(name) or special.get(name)
            value = value.get("content") if isinstance(value, dict) else value
            if isinstance(value, str) and spelling.id(value) is not None:
                found[name] = value
        about = _json(self.folder / "config.json")
        for name in ("bos_token", "eos_token"):
            number = about.get(f"{name}_id")
            number = number[0] if isinstance(number, list) and number else number
            if (
                name not in found
                and name not in self.config
                and isinstance(number, int)
                and 0 <= number < spelling.vocab
            ):
                found[name] = spelling.name(number)
        return found

    def ends(self, spelling: Spelling) -> frozenset[int]:
        """The end tokens that the folder names: the tokenizer's, and those of ``generation_config.json``."""
        named = _json(self.folder / "generation_config.json").get("eos_token_id")
        numbers = named if isinstance(named, list) else [named]
        found = {one for one in numbers if type(one) is int and 0 <= one < spelling.vocab}
        own = spelling.id(self.tokens(spelling).get("eos_token", ""))
        return frozenset(found if own is None else {*found, own})


def read(folder: Path) -> Files:
    """Raises InputError when the folder has no fast tokenizer, or a file cannot be read."""
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder of a model: name one with tokenizer.json in it")
    if not (folder / TOKENIZER).exists():
        raise InputError(
            f"{folder} has no {TOKENIZER}, so no conversation could be written in its tokens: save its fast tokenizer "
            "there, with transformers' AutoTokenizer and save_pretrained"
        )
    config = _json(folder / CONFIG)
    given = config.get("chat_template")
    own: dict[str, str] = {}
    if isinstance(given, str):
        own[OWN] = given
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("template"), str):
            own[OWN if one["name"] == "default" else one["name"]] = one["template"]
    for path in sorted((folder / OTHERS).glob("*.jinja")):
        own[path.stem] = read_text(path)
    if (folder / TEMPLATE).exists():
        own[OWN] = read_text(folder / TEMPLATE)
    return Files(folder, read_text(folder / TOKENIZER), config, own)


def agree(folder: Path, made: str) -> None:
    """Raises InputError when the folder's record names another template or tokenizer than are there."""
    if not (folder / RECORD).exists():
        return
    said = _json(folder / RECORD)
    if not isinstance(said.get("hash"), str):
        raise InputError(f"{folder / RECORD} names no hash: write it again, with the training that made the model")
    if said["hash"] != made:
        raise InputError(
            f"the model in {folder} was trained with another chat format ({said.get('template', 'own')}, "
            f"{said['hash'][:12]}) than its {TEMPLATE} and {TOKENIZER} are now ({made[:12]}): put them back, or name "
            "the template that you mean with --template"
        )


def record(folder: Path) -> dict[str, Any]:
    """What ``greenlight_chat.json`` says; empty where there is none."""
    return _json(folder / RECORD)


def write(source: Path, folder: Path, template: str, said: dict[str, str]) -> None:
    """The tokenizer's files of ``source``, a template and the record, into another folder, or the same."""
    config = _json(source / CONFIG)
    config.pop("chat_template", None)
    files: dict[str, str | bytes] = {TOKENIZER: read_bytes(source / TOKENIZER), TEMPLATE: template}
    if config:
        files[CONFIG] = json.dumps(config, indent=1, ensure_ascii=False) + "\n"
    for name, data in files.items():
        write_file(folder / name, data)
    write_file(folder / RECORD, json.dumps({**said}, indent=1, ensure_ascii=False) + "\n")


def add(folder: Path, template: str) -> None:
    """Gives a folder its first template. Raises InputError where it has one, or no end token."""
    files = read(folder)
    if OWN in files.own:
        raise InputError(f"{folder} has a chat template already: name another for one use with --template")
    from greenlight.character.spelling import Spelling

    if "eos_token" not in files.tokens(Spelling(files.tokenizer, str(folder / TOKENIZER))):
        raise InputError(f"the tokenizer in {folder} names no end token: set eos_token in {CONFIG}")
    write_file(folder / TEMPLATE, template)


def _json(path: Path) -> dict[str, Any]:
    """A table; empty where there is no file. Raises InputError."""
    if not path.exists():
        return {}
    try:
        found = json.loads(read_bytes(path))
        if not isinstance(found, dict):
            raise ValueError("it is no table")
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read ({str(error)[:80]}): save the model again") from None
    return found
