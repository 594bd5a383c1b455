"""Where every text comes from: what a corpus says of itself, in every form that leaves the house, and its checks."""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight import answers, blend, corpus, croissant, foreign, history, manifest, pack, quarantine, rulings, unrun
from greenlight.cli.main import guarded
from greenlight.errors import InputError, RecipeError, StudyError
from greenlight.nouns import Artifact, Flag, Provenance, Round, Text
from greenlight.progress import SILENT
from greenlight.publish import publish
from greenlight.recipe import Brief, VoicesCorpus
from greenlight.screen import KEPT, screen
from greenlight.store import file_sha256
from greenlight.study import Study
from greenlight.verify import corpus_problems, problems
from greenlight.write import write

KEY = "sk-secret-0123456789abcdef"
Capture = pytest.CaptureFixture[str]


def folder_of(study: Study, number: int) -> Path:
    return study.folder / "corpora" / f"{number:02d}-{study.slug(number)}"


def told(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / manifest.NAME).read_text())
    return found


@pytest.fixture
def copy(tiny: Study, tmp_path: Path) -> Study:
    return Study(Path(shutil.copytree(tiny.folder, tmp_path / "study")))


@pytest.fixture(scope="module")
def packed(tiny: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("packed") / "out"
    assert not pack.pack(tiny, 1, out, pack.FORMS, SILENT).notes
    return out


# ---------------------------------------------------------------- rows


def test_every_row_has_its_place_its_hashes_and_what_was_decided(tiny: Study) -> None:
    row = tiny.round(2)
    rows = list(corpus.stream(folder_of(tiny, 2) / corpus.SHARD))
    text = "".join(f"{one['text']}{corpus.BETWEEN}" for one in rows)
    gates = {*row.recipe["gates"]["each"], *row.recipe["gates"]["whole"], "leak"}
    for number, one in enumerate(rows):
        assert (one["row"], one["shard"]) == (number, corpus.SHARD)
        assert text[one["offset"] :].startswith(one["text"] + corpus.BETWEEN)
        assert {name: one[name] for name in corpus.hashes(one)} == corpus.hashes(one)
        decided = rulings.read(one["gates"])
        assert decided.keys() == gates
        assert {d["decision"] for d in decided.values()} == {rulings.KEEP}
        with answers.Answers(tiny.store.folder / "answers" / f"{one['voice_fingerprint'][:16]}.jsonl") as known:
            answer = known.get(one["request"])
        assert answer is not None
        assert answer.text == (one["raw"] or one["body"])
    assert len({one["raw_sha256"] == one["body_sha256"] for one in rows}) == 2, "some were cleaned, and some were not"


def test_what_a_person_let_through_is_written_down() -> None:
    class Gate:
        pass

    Gate.__module__ = "greenlight.gates.loop"
    gates = {"first": Gate(), "second": Gate()}
    found = rulings.read(rulings.decided({"a": Gate()}, before=""))
    assert found["a"]["decision"] == rulings.KEEP
    freed = rulings.read(rulings.decided(gates, Flag(gate="first", reason="a song"), rest=rulings.UNASKED))
    assert [one["decision"] for one in freed.values()] == [rulings.RELEASED, rulings.UNASKED]
    assert freed["first"]["reason"] == "a song"
    assert rulings.read("[") == {} == rulings.read("[1]")


def test_a_released_sample_says_so(copy: Study) -> None:
    recipe = copy.recipe(2)
    assert isinstance(recipe.corpus, VoicesCorpus)
    refused = copy.store.path(copy.round(2).artifacts["corpus"]) / "refused.parquet"
    held = quarantine.release(copy.folder / quarantine.IN_STUDY, quarantine.of_samples(refused), 1, "it is a song")
    made = write(recipe.corpus, recipe.gates.each, blend.plan(recipe.corpus), copy.store, SILENT)
    rows = list(corpus.stream(copy.store.path(made) / corpus.FILE))
    freed = next(row for row in rows if row["sha256"] == held.sha256)
    gate, reason = held.fired[0]["gate"], held.fired[0]["reason"]
    decided = rulings.read(freed["gates"])
    assert (decided[gate]["decision"], decided[gate]["reason"]) == (rulings.RELEASED, reason)
    assert decided.keys() == recipe.gates.each.keys()
    others = [rulings.read(row["gates"]) for row in rows if row is not freed]
    assert {one["decision"] for found in others for one in found.values()} == {rulings.KEEP}


def test_cleaning_is_counted_by_voice(tiny: Study) -> None:
    for row in tiny.ledger.latest().values():
        assert row.accounting is not None
        by_voice: Counter[str] = sum(map(Counter, row.accounting.cleaned_by_voice.values()), Counter())
        assert by_voice == row.accounting.cleaned
        rows = list(corpus.stream(folder_of(tiny, row.number) / corpus.SHARD))
        found = told(folder_of(tiny, row.number))["cleaned"]
        wanted = Counter((one["voice"], rule) for one in rows for rule in one["cleaned_by"])
        assert {(v, rule): one["rows"] for v, rules in found.items() for rule, one in rules.items()} == wanted
        for voice, rules in found.items():
            for rule, one in rules.items():
                assert (rows[one["first"]]["voice"], rule in rows[one["first"]]["cleaned_by"]) == (voice, True)


# ---------------------------------------------------------------- manifest, Croissant, card


def test_a_manifest_has_its_form_and_every_hash(tiny: Study) -> None:
    for number in tiny.files():
        folder, row = folder_of(tiny, number), tiny.round(number)
        found = told(folder)
        assert manifest.misshapen(found) == []
        assert (folder / found["$schema"]).read_text() == manifest.schema()
        assert {p.name for p in folder.iterdir()} == {manifest.NAME, *found["files"]}
        assert all(file_sha256(folder / name) == one["sha256"] for name, one in found["files"].items())
        assert found["blend"]["asked"] == row.recipe["corpus"]["blend"]
        assert found["counts"]["documents"] == row.facts["corpus_documents"]
        assert found["code"]["commit"] == row.code
        assert all(len(one["fingerprints"]) == 1 for one in found["voices"].values())
        assert all(len(one["versions"]) == 1 for one in found["gates"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m["files"]["README.md"].update(sha256="0"), "files"),
        (lambda m: m["counts"].update(documents=0), "counts.documents"),
        (lambda m: m.update(version=2), "version"),
        (lambda m: m.update(api_key="x"), "api_key"),
        (lambda m: m.pop("bill"), "bill"),
    ],
)
def test_a_manifest_of_another_form_is_refused(change: Any, said: str, tiny: Study) -> None:
    found = told(folder_of(tiny, 1))
    change(found)
    assert said in manifest.misshapen(found)[0]


def test_rare_characters_are_named_with_their_rows(tiny: Study) -> None:
    folder = folder_of(tiny, 1)
    texts = [one["text"] for one in corpus.stream(folder / corpus.SHARD)]
    counts = Counter("".join(texts))
    found = told(folder)["rare_characters"]
    assert {one["character"]: one["count"] for one in found} == {c: n for c, n in counts.items() if n < manifest.FEW}
    for one in found:
        assert one["rows"] == [n for n, text in enumerate(texts) if one["character"] in text]
    card = (folder / "README.md").read_text()
    assert f"U+{ord(found[0]['character']):04X}" in card
    assert "cleaning changed rows of lantern: markdown 1" in card


def test_croissant_says_where_it_comes_from(packed: Path, tiny: Study) -> None:
    for folder in (packed, *(folder_of(tiny, n) for n in tiny.files())):
        found, files = json.loads((folder / manifest.CROISSANT).read_text()), told(folder)["files"]
        assert found["conformsTo"] == croissant.VERSION
        assert {one["@id"]: one["sha256"] for one in found["distribution"]} == {
            name: one["sha256"] for name, one in files.items() if name != manifest.CROISSANT
        }
        agents = {one["prov:label"] for one in found["prov:wasAttributedTo"]}
        assert agents == set(told(folder)["voices"])
        assert found["prov:wasGeneratedBy"]["@type"] == "prov:Activity"
        (records,) = found["recordSet"]
        fields = [*records["field"], *next(f["annotation"] for f in records["field"] if "annotation" in f)]
        fields += [inner for field in fields for inner in field.get("subField", ())]
        ids = [field["@id"] for field in fields]
        assert len(ids) == len(set(ids))
        row = next(corpus.stream(folder / corpus.SHARD))
        assert {field["source"]["extract"]["column"] for field in fields if "source" in field} <= row.keys()
        assert all(":" not in key or key.split(":")[0] in found["@context"] for field in fields for key in field)


def test_mlcroissant_reads_it(packed: Path) -> None:
    pytest.importorskip("mlcroissant")
    from croissant import check  # type: ignore[attr-defined]  # of benchmarks

    found = check(packed)
    assert (found["errors"], found["rows_with_another_hash"]) == ([], 0)


# ---------------------------------------------------------------- every form


def kept_of(samples: list[Text]) -> list[tuple[Any, ...]]:
    return [(s.control, s.body, s.made.voice, s.made.topic, s.made.level, s.made.finish_reason) for s in samples]


def test_every_form_gives_the_same_rows_back(packed: Path, tiny: Study) -> None:
    samples = corpus.load(folder_of(tiny, 1) / corpus.SHARD)
    assert len(samples) == 60
    assert corpus.load(packed / corpus.SHARD) == samples
    assert corpus.load(packed / corpus.LINED) == samples
    found = foreign.read(packed / corpus.TEXT)  # with the manifest beside it
    assert found.notes == ()
    assert found.facts["manifest"] == corpus.OFFSETS
    assert kept_of(found.samples) == kept_of(samples)
    assert kept_of(foreign.samples(packed / corpus.LINED)) == kept_of(samples)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        ["", "[green=2]\ntopic: a\n", "[green=2]\n\n", "level 2: ", "topic: a\n[green=2] x\n", "\n[a=2]\n"]
    ),
    st.text(st.sampled_from("aé [\n\t\r0\ufeff\u2028t:"), min_size=1, max_size=12),
)
def test_a_text_says_which_documents_it_cannot_give_back(
    tmp_path_factory: pytest.TempPathFactory, control: str, body: str
) -> None:
    folder = tmp_path_factory.mktemp("one")
    made = Provenance(voice="v", voice_fingerprint="", prompt="", topic="a" if control else "", level=2)
    corpus.save([Text(id="1", control=control, body=body, made=made)], folder / corpus.SHARD)
    rows = list(pack.rows(folder / corpus.SHARD))
    (folder / corpus.TEXT).write_bytes(f"{control}{body}{corpus.BETWEEN}".encode())
    (folder / corpus.OFFSETS).write_text(json.dumps({"samples": [pack._placed(rows[0])]}))
    try:
        found = [(s.control, s.body) for s in foreign.samples(folder / corpus.TEXT)]
    except InputError:
        found = []
    if pack.survives(control, body):
        assert found == [(control, body)]


def test_what_the_text_cannot_give_back_is_said(copy: Study, tmp_path: Path) -> None:
    path = copy.store.path(copy.round(1).artifacts["kept"]) / KEPT
    samples = corpus.load(path)
    shutil.rmtree(copy.folder / "corpora")
    corpus.save([samples[0].model_copy(update={"body": samples[0].body + "\n"}), *samples[1:]], path)
    made = pack.pack(copy, 1, tmp_path / "out", ("text",), SILENT)
    assert made.bent == 1
    assert made.notes[0].startswith("1 of 60 documents begin or end with white space")


def test_a_pack_is_whole_or_not_there(tiny: Study, packed: Path, tmp_path: Path, capsys: Capture) -> None:
    with pytest.raises(RecipeError, match="--as parket: no such form; did you mean 'parquet'"):
        pack.pack(tiny, 1, tmp_path / "o", ("parket",), SILENT)
    with pytest.raises(StudyError, match="round 9 has no corpus"):
        pack.pack(tiny, 9, tmp_path / "o", ("text",), SILENT)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    with pytest.raises(StudyError, match="is there already"):
        pack.pack(tiny, 1, tmp_path / "mine", ("text",), SILENT)
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]
    out = Path(shutil.copytree(packed, tmp_path / "again"))
    assert guarded(["pack", str(tiny.folder), "2", "--out", str(out), "--as", "jsonl", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["round"], found["counts"]["documents"]) == (2, 120)
    assert found["cleaned"]
    assert found["rare_characters"]
    assert {p.name for p in out.iterdir()} == {manifest.NAME, *found["files"]}
    assert guarded(["pack", str(tiny.folder), "--out", str(out)]) == 2
    assert "name one round" in capsys.readouterr().err


def test_a_packed_file_is_no_second_name_of_the_store(packed: Path) -> None:
    assert (packed / corpus.SHARD).stat().st_nlink == 1


# ---------------------------------------------------------------- verify


def test_a_corpus_by_itself_is_verified(packed: Path, tiny: Study, capsys: Capture) -> None:
    for folder in (packed, folder_of(tiny, 3)):
        assert guarded(["verify", str(folder), "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["problems"] == []
        assert found["checked"] > 60


def edited(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_bytes().decode()
    assert old in text
    (folder / name).write_bytes(text.replace(old, new, 1).encode())


def rewritten(folder: Path, **changes: Any) -> None:
    """Row 7 with other values; the rest as it was."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(folder / corpus.SHARD)
    rows = table.to_pylist()
    rows[7] |= changes
    (folder / corpus.SHARD).unlink()
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), folder / corpus.SHARD)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda f: rewritten(f, body="Another story."), "parquet row 7 (%s): text and sha256 differ"),
        (lambda f: rewritten(f, raw="Something else."), "parquet row 7 (%s): raw text and raw_sha256 differ"),
        (lambda f: rewritten(f, prompt="Write."), "parquet row 7 (%s): prompt and prompt_sha256 differ"),
        (lambda f: rewritten(f, row=8), "parquet row 7 (%s): it says that it is row 8"),
        (lambda f: rewritten(f, cleaned_by=["ascii"], raw=""), "parquet row 7 (%s): cleaned, but its raw text"),
        (lambda f: edited(f, corpus.LINED, '"body": "', '"body": "X'), "train.jsonl row 0"),
        (lambda f: edited(f, corpus.LINED, "{", "["), "train.jsonl cannot be read"),
        (lambda f: edited(f, corpus.TEXT, "topic: ", "topic; "), "train.manifest.json row 0"),
        (lambda f: edited(f, corpus.TEXT, "\n\n", "\n\n\n"), "train.manifest.json row 1"),
        (lambda f: edited(f, corpus.OFFSETS, '"doc_offset": 0', '"doc_offset": 1'), "row 0"),
        (lambda f: edited(f, manifest.NAME, '"documents": 60', '"documents": 61'), "counts.documents is 61"),
        (lambda f: edited(f, manifest.NAME, '"rows": 60', '"rows": 61'), "has 60 rows, manifest.json says 61"),
        (lambda f: edited(f, manifest.NAME, '"version": 1', '"version": 3'), "manifest.json, $.version"),
        (lambda f: (f / manifest.NAME).write_text("[]"), "manifest.json is damaged"),
        (lambda f: (f / corpus.SHARD).write_bytes(b"PAR1"), "parquet cannot be read"),
        (lambda f: (f / "README.md").unlink(), "README.md is missing"),
        (lambda f: (f / "more.txt").write_text("x"), "more.txt is no file of this corpus"),
        (lambda f: edited(f, manifest.CROISSANT, "prov:Activity", "prov:Entity"), "croissant.json was changed"),
    ],
)
def test_damage_is_named_with_its_row(damage: Any, said: str, packed: Path, tmp_path: Path, capsys: Capture) -> None:
    folder = Path(shutil.copytree(packed, tmp_path / "out"))
    name = [one["id"] for one in corpus.stream(folder / corpus.SHARD)][7]
    damage(folder)
    assert guarded(["verify", str(folder)]) == 3
    shown = capsys.readouterr().out
    assert (said % name if "%s" in said else said) in shown


def test_a_study_knows_its_corpus_from_another(copy: Study) -> None:
    here, there = folder_of(copy, 1), folder_of(copy, 3)
    shutil.rmtree(here)
    shutil.copytree(there, here)
    assert any("is not the corpus that round 1 was trained on" in line for line in problems(copy)[1])


def test_a_corpus_of_an_earlier_version_is_still_verified(copy: Study) -> None:
    folder = folder_of(copy, 1)
    sha = file_sha256(folder / corpus.SHARD)
    shutil.rmtree(folder / "more", ignore_errors=True)
    (folder / manifest.NAME).write_text(json.dumps({"round": 1, "sha256": sha, "facts": {}}))
    assert corpus_problems(folder) == (61, [])
    rewritten(folder, body="Another.")
    bad = corpus_problems(folder)[1]
    assert any("row 7" in line and "text and sha256 differ" in line for line in bad)
    assert any("was changed" in line for line in bad)


# ---------------------------------------------------------------- why


def again(study: Study) -> dict[str, Any]:
    """A sample that was accepted at a later attempt than the first."""
    rows = corpus.stream(folder_of(study, 2) / corpus.SHARD)
    return next(row for row in rows if row["attempt"] > 0)


def test_why_tells_the_whole_history(tiny: Study, capsys: Capture) -> None:
    row = again(tiny)
    for word in (row["id"], row["id"][:10], row["sha256"], row["sha256"][:12]):
        found = history.why(tiny, word)
        assert (found["id"], found["body"]) == (row["id"], row["body"])
    assert {(one["round"], one["row"]) for one in found["stands"]} >= {(2, row["row"])}
    assert 2 in found["trained"]
    assert found["answer"]["recorded"]
    assert found["answer"]["text"] == (row["raw"] or row["body"])
    assert [one["attempt"] for one in found["earlier"]] == list(range(row["attempt"]))
    refused = tiny.store.path(tiny.round(2).artifacts["corpus"]) / "refused.parquet"
    named = {(r["voice"], r["topic"], r["level"], r["attempt"]): r for r in corpus.stream(refused)}
    for one in found["earlier"]:
        before = named[row["voice"], row["topic"], row["level"], one["attempt"]]
        assert (one["id"], one["body"]) == (before["id"], before["body"])
        assert (one["gate"], one["reason"]) == tuple(json.loads(before["gate_flags"])[k] for k in ("gate", "reason"))
    assert guarded(["why", row["id"], str(tiny.folder)]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.split("\n"))) <= 80
    for word in (
        found["earlier"][0]["reason"],
        "round 2",
        row["topic"],
        "gates that let it pass",
        row["prompt_sha256"],
    ):
        assert word in " ".join(text.split())
    assert guarded(["why", row["id"], str(tiny.folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == row["id"]


def test_why_shows_what_cleaning_changed_and_what_was_refused(tiny: Study, capsys: Capture) -> None:
    row = next(row for row in corpus.stream(folder_of(tiny, 2) / corpus.SHARD) if row["cleaned_by"])
    found = history.why(tiny, row["id"])
    assert [one["rule"] for one in found["cleaned"]] == row["cleaned_by"]
    assert all(change["before"] != change["after"] for one in found["cleaned"] for change in one["changes"])
    assert sum(one["characters"] for one in found["cleaned"]) == len(row["body"]) - len(row["raw"])
    refused = next(corpus.stream(tiny.store.path(tiny.round(2).artifacts["corpus"]) / "refused.parquet"))
    found = history.why(tiny, refused["id"])
    assert (found["trained"], found["stands"][0]["of"]) == ([], "refused")
    assert guarded(["why", refused["id"], str(tiny.folder)]) == 0
    assert "no round has trained on it" in capsys.readouterr().out


def test_why_names_what_it_does_not_find(tiny: Study) -> None:
    with pytest.raises(InputError, match=r"no sample of .* begins with 'zzzz'"):
        history.why(tiny, "zzzz")
    with pytest.raises(InputError, match="a prefix has at least 4 characters"):
        history.why(tiny, again(tiny)["id"][:3])


def test_a_prefix_of_several_is_refused(copy: Study) -> None:
    path = folder_of(copy, 1) / corpus.SHARD
    samples = corpus.load(path)
    path.unlink()
    corpus.save([s.model_copy(update={"id": f"abcd{n:04d}"}) for n, s in enumerate(samples)], path)
    with pytest.raises(InputError, match=r"'abcd' fits 60 samples \(abcd0000, .* …\): give more of it"):
        history.why(copy, "abcd")
    assert history.why(copy, "abcd0007")["stands"][0]["row"] == 7


# ---------------------------------------------------------------- written, and not run


def test_a_corpus_that_was_written_and_not_run_is_known(copy: Study, tmp_path: Path, capsys: Capture) -> None:
    folder, last = str(copy.folder), max(copy.files()) + 1
    text = 'base = "round:2"\nquestion = "Not run."\n[corpus]\nseed = 77\n'
    (copy.folder / "rounds" / f"{last:02d}-unrun.toml").write_text(text)
    assert guarded(["pack", folder, str(last), "--out", str(tmp_path / "none")]) == 1
    assert "has no corpus: greenlight run" in capsys.readouterr().err
    assert guarded(["quarantine", folder, str(last)]) == 1
    assert "has not been run" in capsys.readouterr().err
    before, _ = problems(copy)
    assert guarded(["write", folder, str(last)]) == 0
    row = unrun.of_round(copy, last)
    assert row is not None
    assert unrun.of_round(copy, 2) is None, "it was run"
    wrote, kept = (copy.store.path(row.artifacts[name]) for name in ("corpus", "kept"))

    one = next(iter(corpus.stream(kept / KEPT)))
    found = history.why(copy, one["id"])
    assert [(s["round"], s["file"], s["row"]) for s in found["stands"]] == [(last, KEPT, 0)]
    assert (found["trained"], found["answer"]["recorded"]) == ([], True)

    capsys.readouterr()
    assert guarded(["quarantine", folder, str(last), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["rows"] > 0
    assert guarded(["quarantine", folder, str(last), "--release", "1", "--why", "a song"]) == 0
    assert "write the round again" in capsys.readouterr().out
    assert guarded(["quarantine", folder, str(last), "--row", "1"]) == 0
    assert "(released)" in capsys.readouterr().out
    assert guarded(["pack", folder, str(last), "--out", str(tmp_path / "out"), "--as", "parquet,jsonl"]) == 0
    assert corpus_problems(tmp_path / "out")[1] == []

    checked, bad = problems(copy)
    assert (checked - before, bad) == (sum(len(a.files) for a in row.artifacts.values()), [])
    shard = wrote / corpus.FILE
    data = bytearray(shard.read_bytes())
    data[100] ^= 1
    shard.write_bytes(data)
    _, bad = problems(copy)
    assert len(bad) == 1
    assert f"round {last}, written and not run: {wrote.name}/{corpus.FILE} was changed" in bad[0]


def test_what_was_written_and_not_screened_is_found(copy: Study) -> None:
    last = max(copy.files()) + 1
    (copy.folder / "rounds" / f"{last:02d}-unrun.toml").write_text('base = "round:2"\n[corpus]\nseed = 78\n')
    recipe = copy.recipe(last)
    assert isinstance(recipe.corpus, VoicesCorpus)
    made = write(recipe.corpus, recipe.gates.each, blend.plan(recipe.corpus), copy.store, SILENT)
    one = next(iter(corpus.stream(copy.store.path(made) / corpus.FILE)))
    stands = history.why(copy, one["id"])["stands"]
    assert [(s["round"], s["of"], s["file"], s["row"]) for s in stands] == [(last, "accepted", corpus.FILE, 0)]
    (copy.folder / "rounds" / "notes.toml").write_text("")
    assert unrun.rows(copy) == [], "a file that is no round is for run to name"


# ---------------------------------------------------------------- keys


class Voice(BaseHTTPRequestHandler):
    """A server that thinks aloud, and says who asked it when it fails."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.heard.append(self.headers["authorization"])  # type: ignore[attr-defined]
        if len(self.server.heard) == 6:  # type: ignore[attr-defined]
            return self._send(500, {"error": {"message": f"who is {self.headers['authorization']}?"}})
        story = f"Once *there* was number {asked.get('seed', 0)}, and it stood by the green light all night. The end."
        message = {"role": "assistant", "content": story, "reasoning_content": "A lamp?"}
        usage = {"prompt_tokens": 10, "completion_tokens": 20}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        self._send(200, {"id": "r-1", "model": "lamp-1@q4", "choices": [choice], "usage": usage})

    def do_GET(self) -> None:
        self._send(200, {"data": [{"id": "lamp-1"}]})

    def _send(self, status: int, data: Any) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def lamp(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Voice)
    server.daemon_threads = True
    server.heard = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_address[1]}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def written_by(study: Study, folder: Path, options: dict[str, Any]) -> Round:
    """A round whose corpus a server wrote, published; it trained nothing."""
    brief = Brief(topics=("a kite", "a boat"), pattern="green light")
    recipe = VoicesCorpus(size=10, blend={"lamp": 1.0}, voices={"lamp": options}, brief=brief)
    gates: dict[str, Any] = {"each": {"empty": {}, "loop": {}}, "whole": {}}
    made = write(recipe, gates["each"], blend.plan(recipe), study.store, SILENT)
    kept = screen(gates["whole"], made, brief, study.yardstick, study.store)
    artifacts: dict[str, Artifact] = {"corpus": made, "kept": kept}
    whole = {"corpus": recipe.data(), "gates": gates}
    row = Round(
        number=7,
        slug="lamp",
        status="crash",
        seeds=(1,),
        recipe=whole,
        recipe_fingerprint="0" * 64,
        yardstick=study.yardstick.hash,
        artifacts=artifacts,
    )
    publish(row, study)
    study.ledger.append("round", row.data())
    return row


def test_keys_are_in_no_file_and_settings_without_them(copy: Study, lamp: Any, tmp_path: Path, capsys: Capture) -> None:
    options = {"use": "endpoint", "model": "lamp-1", "retries": 4, "price_in": 1.0, "price_out": 2.0}
    written_by(copy, tmp_path, options)
    assert f"Bearer {KEY}" in lamp.heard
    folder = copy.folder / "corpora" / "07-lamp"
    found = told(folder)
    voice = found["voices"]["lamp"]
    assert (voice["models"], voice["use"], voice["settings"]["price_out"]) == ({"lamp-1@q4": 10}, "endpoint", 2.0)
    assert found["bill"]["usd"] == pytest.approx(10 * (10 * 1.0 + 20 * 2.0) / 1e6)
    assert found["bill"]["usd_per_million_tokens"] == {"lamp": {"in": 1.0, "out": 2.0}}
    assert found["cleaned"] == {"lamp": {"markdown": {"rows": 10, "first": 0}}}
    pack.pack(copy, 7, tmp_path / "out", pack.FORMS, SILENT)
    row = next(corpus.stream(folder / corpus.SHARD))
    why = history.why(copy, row["id"])
    assert (why["answer"]["reasoning"], why["trained"]) == ("A lamp?", [])
    assert guarded(["why", row["id"], str(copy.folder)]) == 0
    shown = capsys.readouterr().out
    assert "hidden reasoning\n    A lamp?" in shown
    assert corpus_problems(folder)[1] == corpus_problems(tmp_path / "out")[1] == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 100
    holding = [path for path in files if KEY.encode() in path.read_bytes()]
    assert not holding, f"the key stands in {holding[0]}"
    for path in tmp_path.rglob("*.parquet"):  # packed, so a search of its bytes shows nothing
        assert KEY not in json.dumps(list(corpus.stream(path)), default=str)
    assert KEY not in shown + json.dumps(why)


def test_settings_are_scrubbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    options = {
        "base_url": "https://me:pass@host.example:8000/v1?key=1",
        "system": f"Say {KEY} never.",
        "max_tokens": 7,
        "extra": {"api_key": "abc", "headers": [{"Authorization": "Bearer x"}], "n": 1, KEY: "y"},
    }
    assert manifest.scrubbed(options) == {
        "base_url": "https://host.example:8000/v1",
        "system": "Say *** never.",
        "max_tokens": 7,
        "extra": {"api_key": "***", "headers": [{"Authorization": "***"}], "n": 1, "***": "***"},
    }
