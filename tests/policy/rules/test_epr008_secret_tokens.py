"""EPR008: a secret token is long enough, and no other app's."""

from reconciler.model.address import app
from reconciler.model.finding import Finding
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.spec import Spec
from reconciler.policy.rules.epr008_secret_tokens import check, check_values
from tests.policy.rules.specs import CLEAR, build, place_of, sound

TOKEN = "connector.secretToken"


def spec_with(**sources: SecretSource) -> Spec:
    return build(apps={key: {TOKEN: source} for key, source in sources.items()})


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


def test_sources_of_their_own_pass() -> None:
    assert not list(
        check(spec_with(a=SecretSource(1, env="A"), b=SecretSource(1, env="B"), c=SecretSource(1, file="A")))
    )


def test_one_variable_for_two_apps_is_found_at_the_second_whatever_the_version() -> None:
    (finding,) = check(spec_with(a=SecretSource(1, env="TOKEN"), b=SecretSource(2, env="TOKEN")))
    assert (finding.rule, finding.address, finding.found) == ("EPR008", "app/b", "env TOKEN")
    assert finding.place == place_of(app("b"), TOKEN)
    assert [other.place for other in finding.related] == [place_of(app("a"), TOKEN)]


def test_one_file_written_in_two_ways_is_one_file() -> None:
    assert list(check(spec_with(a=SecretSource(1, file="secrets/t"), b=SecretSource(1, file="./secrets//t"))))


def test_a_scim_server_may_have_no_token_and_a_connector_host_may_not() -> None:
    hosted = {"connector.url": "https://ecma-1:8585/ecma2host_HRSQL/scim", TOKEN: CLEAR}
    (finding,) = check(build(apps={"crm": {"connector.url": "https://crm/scim", TOKEN: CLEAR}, "hr": hosted}))
    assert (finding.address, finding.place) == ("app/hr", place_of(app("hr"), TOKEN))


HOSTED = {"connector.url": "https://ecma-1:8585/ecma2host_HRSQL/scim", TOKEN: SecretSource(1, env="HR")}
SCIM = {"connector.url": "https://crm/scim", TOKEN: SecretSource(1, env="CRM")}


def found(**texts: str) -> list[Finding]:
    """What is found where hr is behind a connector host, and the other apps are SCIM servers."""
    spec = build(apps={key: HOSTED if key == "hr" else SCIM for key in texts})
    values = {app(key): (SecretSource(1, env=key.upper()), SecretText(text)) for key, text in texts.items()}
    return list(check_values(spec, values))


def test_long_and_different_tokens_pass() -> None:
    assert not found(hr="a" * 12, crm="b", web="c")


def test_a_connector_host_takes_no_short_token() -> None:
    (finding,) = found(hr="a" * 11)
    assert (finding.address, finding.place) == ("app/hr", place_of(app("hr"), TOKEN))
    assert "aaa" not in repr(finding)


def test_one_token_for_two_apps_is_found_without_showing_it() -> None:
    (finding,) = found(hr="tell-nobody-this", crm="tell-nobody-this")
    assert {finding.address, finding.related[0].message.split("'")[0]} == {"app/crm", "app/hr"}
    assert "tell-nobody" not in repr(finding)
