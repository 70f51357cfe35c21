"""The store that is a git reference: real repositories, real pushes, and everything that git may find on its way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.errors import LockHeld, ReconcilerError
from reconciler.ledger.stores.git_ref import GitRefStore
from reconciler.ledger.stores.interface import StoreMoved
from reconciler.operations.edges import git
from reconciler.operations.edges.files import DiskFiles
from tests.ledger.stores import REFERENCE, git_ref_store, run_git
from tests.ledger.test_store_contract import ELSEWHERE, ME, YOU

Cloner = Callable[[str], Path]


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository with one commit on its branch."""
    run_git("init", "-q", "-b", "main", tmp_path / "first")
    (tmp_path / "first" / "reconciler.yaml").write_text("version: 1\n", encoding="utf-8")
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    run_git("-C", tmp_path / "first", "add", ".")
    for message in ("one", "two"):
        run_git("-C", tmp_path / "first", *person, "commit", "-q", "--allow-empty", "-m", message)
    run_git("clone", "-q", "--bare", tmp_path / "first", tmp_path / "remote.git")
    return tmp_path / "remote.git"


@pytest.fixture
def clone(tmp_path: Path, remote: Path) -> Cloner:
    def made(name: str, *options: str) -> Path:
        run_git("clone", "-q", *options, remote.as_uri(), tmp_path / name)
        return tmp_path / name

    return made


RACE = """
import os, sys
from pathlib import Path
from reconciler.errors import LockHeld
from reconciler.ledger.stores.interface import Holder
from tests.ledger.stores import git_ref_store
store = git_ref_store(Path(sys.argv[1]))
store.read()
print("ready", flush=True)
sys.stdin.readline()
try:
    store.lock(Holder("host-a", os.getpid(), "2026-11-24T11:00:00+00:00", sys.argv[2] * 32))
    print("taken", flush=True)
except LockHeld as held:
    print("held:", held.message, flush=True)
sys.stdin.readline()
"""


def test_of_two_clones_that_race_for_the_lock_exactly_one_gets_it_and_the_other_is_told(clone: Cloner):
    folders = (clone("a"), clone("b"))
    for _ in range(3):
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(RACE), str(folder), name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                bufsize=1,
            )
            for folder, name in zip(folders, "78", strict=True)
        ]
        assert [racer.stdout and racer.stdout.readline() for racer in racers] == ["ready\n", "ready\n"]
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
        said = sorted(racer.stdout.readline() for racer in racers if racer.stdout)
        for racer in racers:
            racer.communicate("end\n", timeout=60)
        assert said[1] == "taken\n"
        assert "on host-a since 2026-11-24T11:00:00+00:00 works on refs/reconciler/contoso at origin" in said[0]
        assert git_ref_store(folders[0]).unlock() is not None


def test_of_two_clones_that_read_one_ledger_the_slower_one_is_refused(clone: Cloner):
    fast, slow = git_ref_store(clone("a")), git_ref_store(clone("b"))
    first = fast.swap(b"one", None)
    held = slow.lock(YOU)
    assert slow.read() is not None
    assert fast.unlock() == YOU
    fast.swap(b"two", first)
    with pytest.raises(StoreMoved, match="changed while this run"):
        slow.swap(b"three", first)
    with pytest.raises(ReconcilerError, match="could not be written to before"):
        slow.append(b"more\n")
    held.release()
    found = git_ref_store(clone("c")).read()
    assert found is not None
    assert found.content == b"two"


def test_runs_on_two_services_of_one_reference_do_not_hinder_each_other(clone: Cloner):
    one, two = git_ref_store(clone("a"), "graph-global-1"), git_ref_store(clone("b"), "graph-global-2")
    taken = one.lock(ME), two.lock(YOU)
    revisions: list[str | None] = [None, None]
    for number in range(3):
        for position, store in enumerate((one, two)):
            with store.together():
                store.append(b"%d\n" % number)
                revisions[position] = store.swap(b"%d" % number, revisions[position])
    for lock in taken:
        lock.release()
    assert [git_ref_store(clone(name), f"graph-global-{name}").journal() for name in "12"] == [b"0\n1\n2\n"] * 2


def test_a_service_that_is_written_to_all_the_time_is_no_reason_to_wait_for_ever(clone: Cloner):
    class Busy(git.GitRepository):
        def advance(self, new: str, old: str | None, *, keep: bool) -> bool:
            return False

    repository = git.opened(clone("a"), REFERENCE, os.environ)
    busy = Busy(repository.root, REFERENCE, "origin", repository.folder, repository.environment)
    with pytest.raises(ReconcilerError, match="written to by others all the time"):
        GitRefStore(busy, DiskFiles(repository.folder), "emulator").append(b"a\n")


def test_a_wave_is_one_commit(clone: Cloner):
    store = git_ref_store(clone("a"))
    with store.together():
        store.append(b"a\n")
        assert store.journal() == b"a\n"
        store.swap(b"one", None)
    assert run_git("-C", clone("b"), "ls-remote", "origin", REFERENCE)
    folder = clone("c")
    run_git("-C", folder, "fetch", "-q", "origin", REFERENCE)
    assert run_git("-C", folder, "log", "--format=%s", "FETCH_HEAD") == "reconciler: emulator: journal and ledger"


def test_what_broke_within_a_block_is_not_written(clone: Cloner):
    store = git_ref_store(clone("a"))

    def broken() -> None:
        with store.together():
            store.append(b"a\n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert git_ref_store(clone("b")).journal() == b""


def test_no_branch_work_tree_index_or_hook_is_touched(clone: Cloner):
    folder = clone("a")
    (folder / "reconciler.yaml").write_text("edited\n", encoding="utf-8")
    for hook in ("pre-push", "reference-transaction", "pre-commit", "commit-msg"):
        (folder / ".git" / "hooks" / hook).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (folder / ".git" / "hooks" / hook).chmod(0o755)
    run_git("-C", folder, "config", "commit.gpgSign", "true")

    def seen() -> tuple[str, str, bytes]:
        branches = run_git("-C", folder, "for-each-ref", "refs/heads", "refs/remotes", "refs/tags")
        return branches, run_git("-C", folder, "status", "--short"), (folder / ".git" / "index").read_bytes()

    before = seen()
    store = git_ref_store(folder)
    taken = store.lock(ME)
    store.keep("a.json", b"1")
    store.swap(b"one", None)
    taken.release()
    assert seen() == before
    assert git_ref_store(clone("b")).snapshot("a.json") == b"1"


@pytest.mark.parametrize(
    "name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"]
)
def test_an_environment_made_for_another_git_leads_nowhere(clone: Cloner, tmp_path: Path, name: str):
    folder = clone("a")
    repository = git.opened(folder, REFERENCE, {**os.environ, name: str(tmp_path / "elsewhere")})
    GitRefStore(repository, DiskFiles(repository.folder), "emulator").append(b"a\n")
    assert git_ref_store(clone("b")).journal() == b"a\n"
    assert not (tmp_path / "elsewhere").exists()


def test_a_shallow_clone_a_detached_head_and_a_folder_below_do_as_well(clone: Cloner):
    first = git_ref_store(clone("a"))
    for number in range(3):
        first.append(b"%d\n" % number)
    folder = clone("b", "--depth=1")
    run_git("-C", folder, "checkout", "-q", "--detach")
    (folder / "tenants" / "contoso").mkdir(parents=True)
    store = git_ref_store(folder / "tenants" / "contoso")
    assert store.journal() == b"0\n1\n2\n"
    store.append(b"3\n")
    assert first.journal() == b"0\n1\n2\n3\n"
    whole = git_ref_store(clone("c"))
    assert whole.journal() == b"0\n1\n2\n3\n"
    assert run_git("-C", clone("d"), "rev-parse", "--is-shallow-repository") == "false"


def test_a_reader_fetches_nothing_twice_and_leaves_a_whole_clone_whole(clone: Cloner):
    git_ref_store(clone("a")).append(b"a\n")
    folder = clone("b")
    for _ in range(2):
        assert git_ref_store(folder).journal() == b"a\n"
    assert run_git("-C", folder, "rev-parse", "--is-shallow-repository") == "false"
    assert not (folder / ".git" / "FETCH_HEAD").exists()


def test_a_remote_that_cannot_be_reached_is_one_clear_line_and_what_was_done_is_pushed_later(
    clone: Cloner, remote: Path
):
    folder = clone("a")
    store = git_ref_store(folder)
    taken = store.lock(ME)
    first = store.swap(b"one", None)
    remote.rename(remote.with_suffix(".away"))
    with pytest.raises(ReconcilerError, match=rf"{REFERENCE} at origin cannot be written: git push: ") as failed:
        store.swap(b"two", first)
    assert "check the network" in failed.value.hint
    with pytest.raises(ReconcilerError, match="git ls-remote: "):
        taken.release()
    with pytest.raises(ReconcilerError, match="check the network") as unread:
        raise ReconcilerError(_hint_of(git_ref_store(folder)))
    assert "network" in unread.value.message
    remote.with_suffix(".away").rename(remote)
    assert git_ref_store(clone("b")).read() is not None
    again = git_ref_store(folder)
    retaken = again.lock(YOU)
    assert retaken.abandoned == ME
    retaken.release()
    found = git_ref_store(clone("c")).read()
    assert found is not None
    assert found.content == b"two"


def _hint_of(store: GitRefStore) -> str:
    with pytest.raises(ReconcilerError) as failed:
        store.read()
    return failed.value.hint


def test_a_write_that_failed_for_a_moment_goes_to_the_remote_with_the_lock(clone: Cloner, remote: Path):
    store = git_ref_store(clone("a"))
    taken = store.lock(ME)
    remote.rename(remote.with_suffix(".away"))
    with pytest.raises(ReconcilerError, match="cannot be written"):
        store.append(b"a\n")
    remote.with_suffix(".away").rename(remote)
    taken.release()
    other = git_ref_store(clone("b"))
    assert other.journal() == b"a\n"
    other.lock(YOU).release()


def test_a_remote_that_refuses_is_quoted(clone: Cloner, remote: Path):
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'error: this reference is protected' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    with pytest.raises(ReconcilerError, match="remote: error: this reference is protected"):
        git_ref_store(clone("a")).append(b"a\n")
    with pytest.raises(ReconcilerError, match="protected"):
        git_ref_store(clone("b")).lock(ME)
    assert run_git("-C", clone("c"), "for-each-ref", REFERENCE) == ""


def test_a_push_whose_answer_was_lost_counts(clone: Cloner, tmp_path: Path):
    real = shutil.which("git")
    (tmp_path / "bin").mkdir()
    wrapper = tmp_path / "bin" / "git"
    wrapper.write_text(
        f'#!/bin/sh\n"{real}" "$@" || exit $?\ncase "$*" in *" push "*) exit 1;; esac\n', encoding="utf-8"
    )
    wrapper.chmod(0o755)
    environment = {**os.environ, "PATH": f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"}
    repository = git.opened(clone("a"), REFERENCE, environment)
    store = GitRefStore(repository, DiskFiles(repository.folder), "emulator")
    store.append(b"a\n")
    store.append(b"b\n")
    assert git_ref_store(clone("b")).journal() == b"a\nb\n"


def test_what_was_kept_before_there_was_a_remote_goes_there_with_the_next_write(
    clone: Cloner, remote: Path, tmp_path: Path
):
    run_git("init", "-q", tmp_path / "alone")
    alone = git_ref_store(tmp_path / "alone")
    assert alone.where == f"{REFERENCE} of this clone"
    alone.append(b"a\n")
    run_git("-C", tmp_path / "alone", "remote", "add", "origin", remote.as_uri())
    git_ref_store(tmp_path / "alone").append(b"b\n")
    assert git_ref_store(clone("a")).journal() == b"a\nb\n"


def test_where_two_histories_went_apart_the_one_at_the_remote_counts(clone: Cloner, remote: Path):
    folder = clone("a")
    first = git_ref_store(folder)
    first.append(b"a\n")
    first.lock(ME)
    remote.rename(remote.with_suffix(".away"))
    with pytest.raises(ReconcilerError, match="cannot be written"):
        first.append(b"lost\n")
    remote.with_suffix(".away").rename(remote)
    git_ref_store(clone("b")).append(b"b\n")
    assert git_ref_store(folder).journal() == b"a\nb\n"


def test_a_dead_holder_of_this_clone_is_taken_over_and_one_of_any_other_is_not(clone: Cloner):
    folder = clone("a")
    taken = git_ref_store(folder).lock(ME)
    with pytest.raises(LockHeld, match="process 1 on host-a"):
        git_ref_store(folder).lock(YOU)
    with pytest.raises(LockHeld, match="process 1 on host-a"):
        git_ref_store(folder).unlock()
    other = git_ref_store(clone("b"))
    with pytest.raises(LockHeld, match="or died there") as held:
        other.lock(YOU)
    assert "reconciler state unlock" in held.value.hint
    free = taken.release.args[0]
    free()  # The process died: the system gave its lock back, the reference still names it.
    after = git_ref_store(folder).lock(YOU)
    assert after.abandoned == ME
    after.release()
    assert other.lock(ELSEWHERE).abandoned is None


def test_a_lock_that_is_taken_away_is_taken_away_for_all(clone: Cloner):
    git_ref_store(clone("a")).lock(ME)
    other = git_ref_store(clone("b"))
    assert other.unlock() == ME
    assert other.unlock() is None
    git_ref_store(clone("c")).lock(YOU).release()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff"])
def test_a_holder_that_cannot_be_read_is_no_reason_to_stop(clone: Cloner, content: bytes):
    repository = git.opened(clone("a"), REFERENCE, os.environ)
    assert repository.advance(repository.commit(None, {"emulator/holder.json": content}, "x"), None, keep=False)
    assert git_ref_store(clone("b")).lock(ME).abandoned is None


def test_a_reference_or_a_commit_that_is_damaged_is_never_an_empty_ledger(tmp_path: Path):
    folder = tmp_path / "alone"
    run_git("init", "-q", folder)
    git_ref_store(folder).append(b"a\n")
    tip = run_git("-C", folder, "rev-parse", REFERENCE)
    commit = folder / ".git" / "objects" / tip[:2] / tip[2:]
    content = commit.read_bytes()
    commit.unlink()
    with pytest.raises(ReconcilerError, match="git ls-tree: "):
        git_ref_store(folder).read()
    commit.write_bytes(content)
    assert git_ref_store(folder).journal() == b"a\n"
    reference = folder / ".git" / REFERENCE
    reference.write_text("", encoding="ascii")
    with pytest.raises(ReconcilerError, match="ignoring broken ref"):
        git_ref_store(folder).read()


def test_a_clone_that_cannot_be_written_is_one_clear_line(tmp_path: Path):
    folder = tmp_path / "alone"
    run_git("init", "-q", folder)
    store = git_ref_store(folder)
    store.append(b"a\n")
    in_the_way = folder / ".git" / f"{REFERENCE}.lock"
    in_the_way.touch()
    with pytest.raises(ReconcilerError, match="git update-ref: "):
        store.append(b"b\n")
    in_the_way.unlink()
    assert git_ref_store(folder).journal() == b"a\n"
    (folder / ".git" / "reconciler").write_text("a file where the folder should be", encoding="ascii")
    with pytest.raises(ReconcilerError, match="cannot take the lock in this clone"):
        git_ref_store(folder).lock(ME)


def unusable(folder: Path, environment: dict[str, str] | None = None) -> git.GitUnusable:
    with pytest.raises(git.GitUnusable) as refused:
        git.opened(folder, REFERENCE, os.environ if environment is None else environment)
    assert refused.value.hint
    return refused.value


def test_without_git_or_a_repository_or_a_choice_among_remotes_one_line_says_so(clone: Cloner, tmp_path: Path):
    (tmp_path / "plain").mkdir()
    assert "in no git repository" in unusable(tmp_path / "plain").message
    folder = clone("a")
    assert "git is not installed" in unusable(folder, {"PATH": str(tmp_path / "plain")}).message
    run_git("-C", folder, "remote", "rename", "origin", "east")
    run_git("-C", folder, "remote", "add", "west", str(tmp_path / "west.git"))
    assert "the remotes east, west" in unusable(folder).message
    run_git("-C", folder, "config", "remote.pushDefault", "north")
    assert "remote.pushDefault is north" in unusable(folder).message
    run_git("-C", folder, "config", "remote.pushDefault", "east")
    git_ref_store(folder).append(b"a\n")
    assert git_ref_store(clone("b")).journal() == b"a\n"


def test_a_repository_that_git_itself_refuses_is_told_in_its_words(tmp_path: Path):
    run_git("init", "-q", tmp_path / "broken")
    (tmp_path / "broken" / ".git" / "config").write_text("[core\n", encoding="utf-8")
    with pytest.raises(git.GitFailed, match="bad config line 1"):
        git.opened(tmp_path / "broken", REFERENCE, os.environ)


def test_no_credentials_of_a_url_are_told(tmp_path: Path):
    run_git("init", "-q", tmp_path / "a")
    run_git("-C", tmp_path / "a", "remote", "add", "origin", "http://ada:hunter2@127.0.0.1:1/contoso.git")
    with pytest.raises(git.GitFailed) as failed:
        git_ref_store(tmp_path / "a").read()
    assert "hunter2" not in failed.value.message
    assert "ada" not in failed.value.message
