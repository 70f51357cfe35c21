"""Runs git on one reference of the repository that holds a spec: plumbing only, no shell, no work tree, no index.

Of git's own environment only what leads to a remote and signs in there is passed on, so that a hook or a wrapper that
set GIT_DIR cannot lead it elsewhere. Hooks do not run, nothing asks on a terminal, and a Ctrl-C does not reach it: a
push that was begun is ended.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

from reconciler.errors import ReconcilerError

_SETTINGS = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.fsync=committed,loose-object",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.recurseSubmodules=false",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
)
_PASSED_ON = re.compile(
    r"GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|SSL_\w+|HTTP_\w+|PROXY_\w+|EXEC_PATH)"
    r"|GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)"
)
_NAME = {"GIT_AUTHOR_NAME": "reconciler", "GIT_COMMITTER_NAME": "reconciler"}
_MAIL = {"GIT_AUTHOR_EMAIL": "reconciler@localhost", "GIT_COMMITTER_EMAIL": "reconciler@localhost"}
_QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--refmap=")
_PUSH = ("push", "--quiet", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no")
_CREDENTIALS = re.compile(r"://[^/@\s]+@")

_LONGEST = 180.0
"""Seconds after which a git that does not end is ended: a push over a dead line."""


class GitUnusable(ReconcilerError):
    """Raised where no state can be kept in a git reference here: no git, no repository, or several remotes."""


class GitFailed(ReconcilerError):
    """Raised when git did not do what it was told; the message is git's own."""


@dataclass(slots=True)
class GitRepository:
    """The reference `reference` of the repository around `root`, at `remote` unless that is "". See `opened`."""

    root: Path
    reference: str
    remote: str
    folder: Path
    environment: Mapping[str, str]
    _there: str | None = field(default=None, init=False)

    @property
    def where(self) -> str:
        """The reference and its remote, as a person would look for it."""
        return f"{self.reference} at {self.remote}" if self.remote else f"{self.reference} of this clone"

    @property
    def clone(self) -> str:
        """What tells this clone from others on the same host."""
        return hashlib.sha256(str(self.folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def tip(self) -> str | None:
        """The newest commit of the reference. What an earlier push did not bring to the remote is newer than it."""
        here = self._here()
        if not self.remote:
            return here
        self._there = there = self._at_remote()
        if there is None or there == here:
            return here
        if not self._has(there):
            self._fetch(there)
        if here is not None and self._leads_to(there, here):
            return here
        self._move(there, here)
        return there

    def entries(self, commit: str | None, folder: str = "") -> Mapping[str, str]:
        """The ids of what a folder of a commit holds, by name; empty where there is no such folder."""
        return {} if commit is None else {name: line.split()[2] for name, line in self._lines(commit, folder).items()}

    def content(self, blob: str) -> bytes:
        """The content of a file by its id."""
        return self._git("cat-file", "blob", blob)

    def commit(self, parent: str | None, files: Mapping[str, bytes | None], message: str) -> str:
        """A commit in which these paths hold these contents, or are gone, and all else is as in its parent."""
        tree = self._tree(parent, "", files)
        parents = () if parent is None else ("-p", parent)
        return self._line("commit-tree", "--no-gpg-sign", tree, *parents, "-m", message)

    def advance(self, new: str, old: str | None, *, keep: bool) -> bool:
        """Move the reference from `old` to `new`; see the protocol. A push whose answer was lost is looked after."""
        if not self.remote:
            return self._move(new, old)
        try:
            self._push(new)
        except GitFailed as refusal:
            try:
                there = self._at_remote()
            except GitFailed:
                there = self._there
            if there not in {new, self._there}:
                return False
            if there != new:
                if keep:
                    self._git("update-ref", self.reference, new)
                raise GitFailed(f"{self.where} cannot be written: {refusal.message}", hint=refusal.hint) from refusal
        self._there = new
        self._git("update-ref", self.reference, new)
        return True

    def _push(self, new: str) -> None:
        lease = f"--force-with-lease={self.reference}:{self._there or ''}"
        self._git(*_PUSH, lease, self.remote, f"{new}:{self.reference}")

    def _at_remote(self) -> str | None:
        found = self._git("ls-remote", "--quiet", self.remote, self.reference).decode("utf-8", "replace")
        pairs = (line.split("\t", 1) for line in found.splitlines() if "\t" in line)
        return next((commit for commit, name in pairs if name == self.reference), None)

    def _fetch(self, there: str) -> None:
        shallow = self._line("rev-parse", "--is-shallow-repository") == "true"
        self._git(*_FETCH, *(("--depth=1",) if shallow else ()), self.remote, self.reference)
        if not self._has(there):
            raise GitFailed(f"{self.where} moves while it is read", hint="run it again")

    def _here(self) -> str | None:
        return self._line("for-each-ref", "--format=%(objectname)", self.reference) or None

    def _has(self, commit: str) -> bool:
        return self._tried("cat-file", "-e", f"{commit}^{{commit}}") is not None

    def _leads_to(self, older: str, newer: str) -> bool:
        return self._tried("merge-base", "--is-ancestor", older, newer) is not None

    def _move(self, new: str, old: str | None) -> bool:
        """Move the reference of this clone, unless it no longer stands at `old`."""
        if self._tried("update-ref", self.reference, new, old or "") is not None:
            return True
        if self._here() == old:
            self._git("update-ref", self.reference, new, old or "")
        return False

    def _lines(self, commit: str, folder: str) -> dict[str, str]:
        """What a folder holds: mode, kind and id by name. A commit that cannot be read is raised, never empty."""
        path = (f"{folder}/",) if folder else ()
        listed = self._git("ls-tree", "-z", "--full-tree", commit, *path).decode("utf-8", "surrogateescape")
        pairs = (line.partition("\t") for line in listed.split("\0") if line)
        return {name.rpartition("/")[2]: told for told, _, name in pairs}

    def _tree(self, parent: str | None, folder: str, files: Mapping[str, bytes | None]) -> str:
        """The tree of a folder, with everything in it as in the parent but these paths, which are relative to it."""
        lines = self._lines(parent, folder) if parent is not None else {}
        below: defaultdict[str, dict[str, bytes | None]] = defaultdict(dict)
        for path, content in files.items():
            name, slash, rest = path.partition("/")
            if slash:
                below[name][rest] = content
            elif content is None:
                lines.pop(name, None)
            else:
                lines[name] = f"100644 blob {self._line('hash-object', '-w', '--stdin', given=content)}"
        for name, inner in below.items():
            lines[name] = f"040000 tree {self._tree(parent, f'{folder}/{name}'.lstrip('/'), inner)}"
        table = "".join(f"{line}\t{name}\0" for name, line in lines.items())
        return self._line("mktree", "-z", given=table.encode("utf-8", "surrogateescape"))

    def _line(self, *words: str, given: bytes | None = None) -> str:
        return self._git(*words, given=given).decode("ascii").strip()

    def _tried(self, *words: str) -> bytes | None:
        """What git gives, or None where it says no."""
        try:
            return self._git(*words)
        except GitFailed:
            return None

    def _git(self, *words: str, given: bytes | None = None) -> bytes:
        return _run(self.root, self.environment, words, given)


def opened(root: Path, reference: str, environment: Mapping[str, str]) -> GitRepository:
    """The reference of the repository around `root`. Raises GitUnusable where there is none to be used."""
    kept = {
        name: value for name, value in environment.items() if not name.startswith("GIT_") or _PASSED_ON.fullmatch(name)
    }
    ready = {**kept, **_NAME, **_MAIL, **_QUIET}
    if which("git", path=ready.get("PATH")) is None:
        raise GitUnusable(
            "git is not installed, or not on the PATH",
            hint="install it, or keep the state in a directory: `state: {store: directory}`",
        )
    try:
        folder = _run(root, ready, ("rev-parse", "--git-common-dir"))
        remotes = _run(root, ready, ("remote",)).decode("utf-8", "surrogateescape").split()
    except GitFailed as error:
        if "not a git repository" not in error.message:
            raise
        raise GitUnusable(
            "the directory of the spec is in no git repository",
            hint="make it one (git init), or keep the state in a directory: `state: {store: directory}`",
        ) from error
    place = (root / os.fsdecode(folder.rstrip(b"\r\n"))).resolve()
    return GitRepository(root, reference, _remote(root, ready, remotes), place, ready)


def _remote(root: Path, environment: Mapping[str, str], remotes: list[str]) -> str:
    """The remote that holds the state: the one that pushes go to by default, else origin, else the only one."""
    try:
        chosen = _run(root, environment, ("config", "--get", "remote.pushDefault")).decode().strip()
    except GitFailed:
        chosen = ""
    candidates = [name for name in (chosen, "origin") if name in remotes] or remotes
    if chosen and chosen not in remotes:
        raise GitUnusable(
            f"remote.pushDefault is {chosen}, and there is no such remote", hint=f"there are: {', '.join(remotes)}"
        )
    if len(candidates) > 1 and candidates[0] not in {chosen, "origin"}:
        raise GitUnusable(
            f"the repository has the remotes {', '.join(remotes)}, and nothing says which of them holds the state",
            hint="name one: git config remote.pushDefault NAME",
        )
    return candidates[0] if candidates else ""


def _run(root: Path, environment: Mapping[str, str], words: tuple[str, ...], given: bytes | None = None) -> bytes:
    """Run git and give what it prints. Raises GitUnusable where there is no git, GitFailed with git's own words."""
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and every word is ours or was checked by the schema
            ["git", *settings, *words],  # noqa: S607 - the git that the person uses
            cwd=root,
            env=dict(environment),
            input=given if given is not None else b"",
            capture_output=True,
            timeout=_LONGEST,
            start_new_session=os.name != "nt",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitFailed(f"git {words[0]} did not end within {_LONGEST:.0f} s", hint="check the network") from error
    if done.returncode or b"ignoring broken ref" in done.stderr:
        raise GitFailed(f"git {words[0]}: {_reason(done.stderr)}", hint=_hint(words[0]))
    return done.stdout


def _reason(stderr: bytes) -> str:
    """The line of git's words that says why, without credentials that a URL may hold."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [
        line
        for line in lines
        if line.startswith(("fatal:", "error:", "remote: error", "warning: ignoring broken", "!"))
    ] or lines
    return _CREDENTIALS.sub("://", telling[0]) if telling else "it failed without a word"


def _hint(verb: str) -> str:
    if verb in {"ls-remote", "fetch"}:
        return "check the network, and that these credentials may read the repository"
    if verb == "push":
        return "check the network, and that these credentials may push this reference"
    return "see that the disk has room and that the repository is sound (git fsck)"
