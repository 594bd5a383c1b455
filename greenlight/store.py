"""Steps happen once. A step's folder is ``kind-hash``; ``artifact.json`` is written last, so its presence means done.

The hash covers the step's plan, its inputs' fingerprints and the code that makes it. Kill the process at any byte
and run the same command again: whole steps are found, a half one goes on (or starts over) in its own folder.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import glob
import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from greenlight.errors import StoreError
from greenlight.nouns import Artifact, canonical, fingerprint
from greenlight.progress import SILENT, Watch

DONE = "artifact.json"


# ---------------------------------------------------------------- files


def write_file(path: Path, data: str | bytes) -> None:
    """Whole or not at all: written aside in the same folder, flushed to disk, renamed over the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(aside, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def clear_parts(path: Path) -> None:
    """Removes what killed processes left beside ``path`` when they wrote it: ``.NAME.PID.part``, file or folder, or
    with one more word behind the PID. What a process that runs may be writing stays."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        pid = left.name.removeprefix(f".{path.name}.").partition(".")[0]
        if pid.isdecimal() and not _runs(int(pid)):
            with contextlib.suppress(OSError):  # another's, or gone by now
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's; no process has so long a number
        return True
    return True


def file_sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def locked(path: Path, waiting: Callable[[], None] | None = None) -> Iterator[IO[str]]:
    """Holds an exclusive lock on ``path`` (made if absent); the system lets go of it when the process dies.

    ``waiting`` is called once if another process holds the lock.
    """
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting is not None:
                waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def link(source: Path, target: Path) -> None:
    """``target`` becomes a second name of ``source``'s bytes; a copy where the file system has no hard links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    aside.unlink(missing_ok=True)
    try:
        os.link(source, aside)
    except OSError:
        shutil.copyfile(source, aside)
    # renaming one name of a file over another name of it does nothing, and would leave the name aside behind
    if target.exists() and os.path.samefile(aside, target):
        aside.unlink()
    else:
        os.replace(aside, target)


# ---------------------------------------------------------------- code


@functools.cache
def code_of(*modules: str) -> str:
    """sha256 over the modules and every greenlight module that they import, without comments and docstrings.

    So a comment retrains nothing, and a changed helper does.
    """
    seen: dict[str, str] = {}
    todo = list(modules)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        found = _bare(name)
        if found is not None:
            seen[name], imports = found
            todo += imports
    return fingerprint(seen)


@functools.cache
def _bare(module: str) -> tuple[str, list[str]] | None:
    """A module's syntax tree without docstrings, as text, and the greenlight modules that it imports."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    imports: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                imports += [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(origin)) if origin.startswith("greenlight"):
                modules = _modules_in(origin, node.names)
                imports += modules if len(modules) == len(node.names) else [origin, *modules]
            case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                match node.body:
                    case [ast.Expr(value=ast.Constant(value=str())), *rest]:
                        node.body = rest or [ast.Pass()]
    return ast.dump(tree), [name for name in imports if name.startswith("greenlight")]


def _modules_in(package: str, names: list[ast.alias]) -> list[str]:
    """`from greenlight import stats` names a module, `from greenlight.nouns import Round` does not.

    The package of a module is not what is imported: that of all, which opens studies, would bring everything in.
    """
    found = []
    for alias in names:
        with contextlib.suppress(ModuleNotFoundError):
            if importlib.util.find_spec(f"{package}.{alias.name}") is not None:
                found.append(f"{package}.{alias.name}")
    return found


# ---------------------------------------------------------------- the store


class Store:
    """A folder of finished steps.

    ``keep=True`` takes a step of the same plan that other code made, where this code's own is not there.
    """

    def __init__(self, folder: Path, watch: Watch = SILENT, keep: bool = False) -> None:
        self.folder = folder
        self.watch = watch
        self.keep = keep

    def path(self, artifact: Artifact) -> Path:
        """The folder that holds an artifact's files."""
        return self.folder / artifact.name

    def has(self, artifact: Artifact) -> bool:
        """Whether the store holds this artifact, with these very files."""
        found = self._read(artifact)
        return found is not None and found.files == artifact.files

    def step(
        self,
        kind: str,
        plan: Mapping[str, Any],
        inputs: Mapping[str, Artifact],
        make: Callable[[Path], dict[str, Any]],
        code: tuple[str, ...],
        resumes: bool = False,
    ) -> Artifact:
        """The artifact of this plan, made by ``make(folder) -> facts`` unless it is there already.

        ``code`` names the modules whose source belongs to the fingerprint. A half-made folder is emptied first,
        or handed to ``make`` as it is when it ``resumes``.
        """
        made_from = {name: artifact.fingerprint for name, artifact in inputs.items()}
        settled: dict[str, Any] = json.loads(canonical(dict(plan)))
        print_ = fingerprint({"kind": kind, "plan": settled, "made_from": made_from, "code": code_of(*code)})
        made_by = {module: code_of(module)[:16] for module in code}
        wanted = Artifact(kind=kind, fingerprint=print_, made_from=made_from, plan=settled, code=made_by)
        found = self._read(wanted) or self._same_plan(wanted)
        if found is not None:
            self.check(found)
            return found
        folder = self.path(wanted)
        lock = self.folder / "locks" / wanted.name
        with locked(lock, lambda: self.watch.say(f"{kind}: another process is making it; waiting")):
            found = self._read(wanted)  # the process that we waited for may have made it
            if found is not None:
                return found
            if folder.exists() and not resumes:
                shutil.rmtree(folder)
            folder.mkdir(parents=True, exist_ok=True)
            facts = make(folder)
            files = {
                str(p.relative_to(folder)): file_sha256(p)
                for p in sorted(folder.rglob("*"))
                if p.is_file() and p.name != DONE
            }
            artifact = wanted.model_copy(update={"files": files, "facts": json.loads(json.dumps(facts))})
            write_file(folder / DONE, artifact.model_dump_json(indent=1))
        return artifact

    def _read(self, wanted: Artifact) -> Artifact | None:
        path = self.path(wanted) / DONE
        try:
            return Artifact.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError:
            raise StoreError(f"{path} is damaged: delete the folder {path.parent} and run again") from None

    def check(self, artifact: Artifact) -> None:
        """Raises StoreError when a file of a finished step is missing or is not what was written."""
        if bad := self.damaged(artifact):
            raise StoreError(f"{self.folder}/{bad[0]}: delete the folder {self.path(artifact)} and run again")

    def _same_plan(self, wanted: Artifact) -> Artifact | None:
        for path in sorted(self.folder.glob(f"{wanted.kind}-*/{DONE}")):
            try:
                other = Artifact.model_validate_json(path.read_bytes())
            except (ValidationError, FileNotFoundError):
                continue
            if (other.plan, other.made_from) == (wanted.plan, wanted.made_from):
                if self.keep:
                    return other
                self.watch.say(
                    f"{wanted.kind}: made again, since the code changed (--keep takes the one that is there)"
                )
                return None
        return None

    def damaged(self, artifact: Artifact) -> list[str]:
        """The files whose bytes are not those that were written, one line each; empty when all is well."""
        folder = self.path(artifact)
        bad = []
        for name, sha in artifact.files.items():
            path = folder / name
            if not path.exists():
                bad.append(f"{artifact.name}/{name} is missing")
            elif file_sha256(path) != sha:
                bad.append(f"{artifact.name}/{name} was changed")
        return bad
