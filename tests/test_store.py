"""Steps happen once, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from greenlight.errors import StoreError
from greenlight.store import Store, _bare, code_of, link, write_file

CODE = ("greenlight.errors",)


def make(text: str, calls: list[str]) -> Any:
    def inner(folder: Path) -> dict[str, Any]:
        calls.append(text)
        (folder / "out.txt").write_text(text)
        return {"length": len(text)}

    return inner


def test_a_step_happens_once(tmp_path: Path) -> None:
    store, calls = Store(tmp_path), list[str]()
    first = store.step("corpus", {"n": 1}, {}, make("a", calls), CODE)
    again = Store(tmp_path).step("corpus", {"n": 1}, {}, make("a", calls), CODE)
    assert first == again
    assert calls == ["a"]
    assert first.facts == {"length": 1}
    assert store.damaged(first) == []


def test_plan_inputs_and_code_decide_the_fingerprint(tmp_path: Path) -> None:
    store, calls = Store(tmp_path), list[str]()
    base = store.step("corpus", {"n": 1}, {}, make("a", calls), CODE)
    others = [
        store.step("corpus", {"n": 2}, {}, make("b", calls), CODE),
        store.step("corpus", {"n": 1}, {"from": base}, make("c", calls), CODE),
        store.step("corpus", {"n": 1}, {}, make("d", calls), ("greenlight.progress",)),
    ]
    assert len({base.fingerprint, *(o.fingerprint for o in others)}) == 4
    kept = Store(tmp_path, keep=True).step("corpus", {"n": 1}, {}, make("e", calls), ("greenlight.nouns",))
    assert kept.fingerprint in {base.fingerprint, others[2].fingerprint}, "--keep takes what other code made"
    assert calls == ["a", "b", "c", "d"]


def test_a_half_made_step_starts_over_or_goes_on(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def breaks(folder: Path) -> dict[str, Any]:
        (folder / "half").write_text("x")
        raise RuntimeError

    for resumes, left in ((False, False), (True, True)):
        with pytest.raises(RuntimeError):
            store.step("model", {"resumes": resumes}, {}, breaks, CODE, resumes=resumes)
        seen: list[bool] = []

        def looks(folder: Path, seen: list[bool] = seen) -> dict[str, Any]:
            seen.append((folder / "half").exists())
            return {}

        store.step("model", {"resumes": resumes}, {}, looks, CODE, resumes=resumes)
        assert seen == [left]


def test_damage_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    artifact = store.step("corpus", {}, {}, make("text", []), CODE)
    (store.path(artifact) / "out.txt").write_text("other")
    assert store.damaged(artifact) == [f"{artifact.name}/out.txt was changed"]
    (store.path(artifact) / "out.txt").unlink()
    assert store.damaged(artifact) == [f"{artifact.name}/out.txt is missing"]
    (store.path(artifact) / "artifact.json").write_text("{")
    with pytest.raises(StoreError, match="delete the folder"):
        store.step("corpus", {}, {}, make("text", []), CODE)


def test_a_write_is_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_file(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_file(path, "new\ud800")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_links_share_bytes_and_leave_nothing_beside(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b" / "c"
    source.write_text("x")
    for _ in range(2):
        link(source, target)
    assert os.path.samefile(source, target)
    assert [p.name for p in target.parent.iterdir()] == ["c"]


def test_two_processes_make_a_step_once(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from greenlight.store import Store\n"
        "def make(folder):\n"
        "    time.sleep(0.3); open(folder.parent / 'calls', 'a').write('x'); return {}\n"
        "Store(Path(sys.argv[1])).step('corpus', {}, {}, make, ('greenlight.errors',))\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(3)]
    assert [p.wait(timeout=60) for p in processes] == [0, 0, 0]
    assert (tmp_path / "calls").read_text() == "x"


def test_a_killed_process_lets_go_of_the_step(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from greenlight.store import Store\n"
        "def make(folder):\n"
        "    (folder / 'begun').write_text(''); time.sleep(60); return {}\n"
        "Store(Path(sys.argv[1])).step('corpus', {}, {}, make, ('greenlight.errors',))\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    end = time.monotonic() + 30
    while not list(tmp_path.glob("corpus-*/begun")) and time.monotonic() < end:
        time.sleep(0.02)
    child.kill()
    child.wait()
    calls: list[str] = []
    Store(tmp_path).step("corpus", {}, {}, make("whole", calls), CODE)
    assert calls == ["whole"]


def test_code_follows_imports_and_ignores_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))

    def version(name: str, text: str) -> str:
        (tmp_path / f"{name}.py").write_text(text)
        code_of.cache_clear()
        _bare.cache_clear()
        return code_of(name)

    bare = version("part_a", "def f():\n    return 1\n")
    assert version("part_a", '"""Doc."""\n# why\ndef f():\n    """Doc."""\n    return 1\n') == bare
    assert version("part_a", "def f():\n    return 2\n") != bare
    assert version("part_a", "from greenlight.errors import nearest\ndef f():\n    return 1\n") != bare
