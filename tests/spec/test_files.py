"""The directory of a spec: plain .yaml files are read, nothing else is opened, and what is wrong is said in a line."""

from __future__ import annotations

import inspect
import os
import socket
import sys

import pytest

from reconciler.errors import ExitCode, UsageError
from reconciler.operations.edges.spec_files import read_files
from reconciler.spec.decode import LARGEST_FILE
from reconciler.spec.ignore import ALWAYS_IGNORED, is_ignored
from reconciler.spec.read import read_spec

posix = pytest.mark.skipif(sys.platform == "win32", reason="the system has no such files")


@pytest.fixture
def root(tmp_path):
    (tmp_path / "reconciler.yaml").write_text("version: 1\nignore: ['drafts/**', '*.tmp.yaml', old.yml]\n")
    return tmp_path


def names(root):
    return [file.name for file in read_files(root).files]


def found(root):
    return [(finding.rule, finding.place.file) for finding in read_files(root).findings]


def write(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("{}")


def test_the_root_file_comes_first_and_files_before_folders(root):
    write(root, "b.yaml", "a.yaml", "apps/x.yaml", "apps/y/z.yaml", "README.md", "live.seed.json")
    assert names(root) == ["reconciler.yaml", "a.yaml", "b.yaml", "apps/x.yaml", "apps/y/z.yaml"]
    assert found(root) == []


def test_hidden_and_ignored_paths_are_left_out(root):
    write(
        root,
        ".github/workflows/ci.yaml",
        ".x.yaml",
        "drafts/a/b.yaml",
        "x.tmp.yaml",
        "apps/y.tmp.yaml",
        "azure-pipelines.yml",
        "playbooks/p.yml",
        "old.yml",
    )
    assert names(root) == ["reconciler.yaml"]
    assert found(root) == []


def test_a_yml_file_is_an_error_with_the_name_to_give_it(root):
    write(root, "apps/x.yml")
    (finding,) = read_files(root).findings
    assert (finding.rule, finding.place.file, finding.suggestion) == ("EPR119", "apps/x.yml", "apps/x.yaml")


def test_the_suffix_counts_in_any_letters(root):
    write(root, "A.YAML", "B.YML")
    assert names(root) == ["reconciler.yaml", "A.YAML"]
    assert found(root) == [("EPR119", "B.YML")]


@posix
def test_links_are_refused_and_never_followed(root, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    write(outside, "secret.yaml")
    (root / "link.yaml").symlink_to(outside / "secret.yaml")
    (root / "dangling.yaml").symlink_to(root / "nowhere")
    (root / "folder.yaml").symlink_to(outside)
    (root / "folder").symlink_to(outside)
    assert names(root) == ["reconciler.yaml"]
    assert found(root) == [("EPR102", "dangling.yaml"), ("EPR102", "folder.yaml"), ("EPR102", "link.yaml")]


@posix
def test_a_name_that_is_no_text_is_refused(root):
    try:
        (root / os.fsdecode(b"\xff.yaml")).write_text("{}")
    except OSError:
        pytest.skip("the file system has no such names")
    assert found(root) == [("EPR101", "\ufffd.yaml")]


@posix
def test_special_files_are_refused_and_never_opened(root):
    os.mkfifo(root / "pipe.yaml")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "s.yaml"))
        assert found(root) == [("EPR102", "pipe.yaml"), ("EPR102", "s.yaml")]


@posix
def test_a_root_file_that_is_a_link_is_refused(root):
    (root / "other").write_text("version: 1")
    (root / "reconciler.yaml").unlink()
    (root / "reconciler.yaml").symlink_to(root / "other")
    assert found(root) == [("EPR102", "reconciler.yaml")]


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_nobody_may_read_is_a_finding(root):
    write(root, "a.yaml")
    (root / "a.yaml").chmod(0)
    assert found(root) == [("EPR101", "a.yaml")]


@posix
@pytest.mark.parametrize("inside", ["file", "folder"])
def test_what_the_system_does_not_open_is_a_finding_and_the_rest_is_read(root, inside):
    """A path longer than the system takes, which even root cannot open; it can only be made step by step."""
    write(root, "a.yaml")
    longest = os.pathconf(root, "PC_PATH_MAX")
    levels, spare = divmod(longest - len(os.fsencode(root)) - len("/x.yaml"), 200)
    folder = os.open(root, os.O_RDONLY)
    for name in ["d" * (spare + 10 if inside == "folder" else spare), *["e" * 199] * levels]:
        os.mkdir(name, dir_fd=folder)
        above, folder = folder, os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(above)
    os.close(os.open("x.yaml", os.O_WRONLY | os.O_CREAT, dir_fd=folder))
    os.close(folder)
    assert names(root) == ["reconciler.yaml", "a.yaml"]
    ((rule, file),) = found(root)
    assert (rule, file.endswith(".yaml")) == ("EPR101", inside == "file")


def test_a_large_file_is_read_up_to_the_limit_and_refused(root):
    (root / "big.yaml").write_bytes(b"#" * (3 * LARGEST_FILE))
    files = read_files(root)
    assert len(files.files[1].content) == LARGEST_FILE + 1
    assert "EPR103" in [finding.rule for finding in read_spec(files).findings]


def test_too_many_files_are_refused(root, monkeypatch):
    monkeypatch.setattr("reconciler.operations.edges.spec_files.MOST_FILES", 5)
    write(root, *(f"{n}.yaml" for n in range(9)))
    files = read_files(root)
    assert len(files.files) == 5
    assert [finding.rule for finding in files.findings] == ["EPR104"]


def test_too_much_text_is_refused(root, monkeypatch):
    monkeypatch.setattr("reconciler.operations.edges.spec_files.LARGEST_SPEC", 100)
    for name in "abc":
        (root / f"{name}.yaml").write_text("#" * 80)
    assert [finding.rule for finding in read_files(root).findings] == ["EPR103"]


def test_a_spec_inside_the_spec_is_refused_and_not_merged(root):
    write(root, "inner/reconciler.yaml", "inner/a.yaml", "z/b.yaml")
    assert names(root) == ["reconciler.yaml", "z/b.yaml"]
    assert found(root) == [("EPR132", "inner/reconciler.yaml")]


def test_folders_nested_deeper_than_the_stack_are_walked(root):
    folder = root.joinpath(*["d"] * 150)
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("{}")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        assert len(read_files(root).files) == 2
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("case", ["missing", "file", "empty", "inside"])
def test_a_directory_that_is_no_spec_is_one_line_that_says_what_to_do(root, tmp_path_factory, case):
    write(root, "apps/x.yaml")
    wrong = {
        "missing": root / "nowhere",
        "file": root / "reconciler.yaml",
        "empty": tmp_path_factory.mktemp("empty"),
        "inside": root / "apps",
    }[case]
    with pytest.raises(UsageError) as raised:
        read_files(wrong)
    assert raised.value.exit_code is ExitCode.USAGE
    assert "\n" not in raised.value.message
    assert str(root if case in {"file", "inside"} else "directory") in raised.value.hint


@posix
def test_a_directory_that_the_system_does_not_open_is_one_line(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_files(tmp_path / ("d" * 1_000))


@pytest.mark.parametrize(
    ("glob", "path", "ignored"),
    [
        ("a.yaml", "a.yaml", True), ("a.yaml", "x/y/a.yaml", True), ("x/a.yaml", "y/x/a.yaml", False), ("x/*.yaml", "x/a.yaml", True),
        ("x/*.yaml", "x/y/a.yaml", False), ("x/**", "x/y/a.yaml", True), ("x/**", "x", True), ("**/t/*", "a/b/t/c.yaml", True),
        ("x/", "x", True), ("[ab].yaml", "b.yaml", True), ("*", "a.yaml", True), ("x/**/z.yaml", "x/z.yaml", True), ("X.yaml", "x.yaml", False),
    ],
)  # fmt: skip
def test_a_glob_means_what_it_means_elsewhere(glob, path, ignored):
    assert is_ignored(path, [glob]) is ignored


def test_a_hostile_glob_takes_no_time():
    assert not is_ignored("/".join(["a"] * 500) + "/b", ["**/a/" * 50 + "c"])


def test_what_is_always_ignored_is_not_hidden_from_a_reader():
    assert ALWAYS_IGNORED == ("azure-pipelines.yml", "playbooks/**")
