"""All files are one spec: a key stands in one of them, and an empty spec is refused."""

from __future__ import annotations

GROUP = "groups: {hr: {displayName: HR}}"


def rules(reading):
    return [finding.rule for finding in reading.findings]


def test_sections_of_all_files_are_merged(read):
    reading = read(
        GROUP,
        more="groups: {web: {displayName: Web}}\npolicy: {settle: 2s}",
        policy="policy: {availability: three-active}",
    )
    assert rules(reading) == []
    assert [str(address) for address in reading.spec.desired.things] == ["group/hr", "group/web"]
    assert reading.spec.policy.settle_seconds == 2


def test_a_key_that_two_files_define_shows_both_places(read):
    reading = read(GROUP, more="groups:\n  hr: {displayName: Human resources}")
    (finding,) = reading.findings
    assert (finding.rule, finding.address) == ("EPR130", "group/hr")
    assert (str(finding.place), str(finding.related[0].place)) == ("more.yaml:2:3", "reconciler.yaml:3:10")


def test_a_setting_that_two_files_define_is_refused(read):
    assert rules(read(f"{GROUP}\npolicy: {{settle: 2s}}", more="policy: {settle: 3s}")) == ["EPR130"]
    assert rules(read(GROUP, more="version: 1")) == ["EPR130"]


def test_acknowledgements_of_all_files_count(read):
    def acks(name):
        return f"acks: [{{address: app/{name}, change: 'sha256:{'0' * 64}'}}]"

    reading = read(f"{GROUP}\n{acks('one')}", more=acks("two"))
    assert [str(ack.address) for ack in reading.spec.policy.acknowledgements] == ["app/one", "app/two"]
    again = read(f"{GROUP}\n{acks('one')}", more=acks("one"))
    assert [(finding.rule, finding.severity.value) for finding in again.findings] == [("EPR211", "warning")]


def test_ignore_elsewhere_has_no_effect_and_says_so(read):
    assert rules(read(GROUP, more="ignore: [x]")) == ["EPR131"]


def test_an_empty_spec_is_refused(read):
    assert rules(read("")) == ["EPR129"]
    assert rules(read("apps: {}\nagents: {}", more="# nothing")) == ["EPR129"]


def test_a_spec_that_could_not_be_read_is_not_called_empty(read):
    assert rules(read("", more="apps: [")) == ["EPR107"]


def test_a_version_is_asked_for_once(read_files_of):
    reading = read_files_of(
        {
            "reconciler.yaml": f"tenant: {{name: x, id: 7f3c1f0a-5b7e-4c55-9a53-0d5f2f7c6a11}}\n{GROUP}",
            "b.yaml": "apps: {}",
        }
    )
    (finding,) = reading.findings
    assert (finding.rule, finding.expected, str(finding.place)) == ("EPR125", "version: 1", "reconciler.yaml:1:1")


def test_a_tenant_without_name_or_id_is_refused(read_files_of):
    reading = read_files_of({"reconciler.yaml": f"version: 1\ntenant: {{cloud: global}}\n{GROUP}"})
    assert [(finding.rule, finding.place.line, finding.message) for finding in reading.findings] == [
        ("EPR125", 2, "`tenant` lacks `id`"),
        ("EPR125", 2, "`tenant` lacks `name`"),
    ]


def test_faults_of_all_files_are_sorted_by_file_and_line_and_the_same_each_time(read):
    files = {
        "a": "tennant: 1\ngroups: {x: {displayName: X, agents: [y]}}",
        "b": "apps: [\n",
        "c": "agents: {q: {site: x}}\npolicy: {settle: x}",
    }
    first = read(GROUP, **files)
    assert [(finding.place.file, finding.place.line) for finding in first.findings] == [
        ("a.yaml", 1),
        ("b.yaml", 2),
        ("c.yaml", 1),
        ("c.yaml", 2),
    ]
    assert read(GROUP, **files).findings == first.findings
