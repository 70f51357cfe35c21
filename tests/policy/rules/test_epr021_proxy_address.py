"""EPR021: the address of a proxy is http://HOST:PORT."""

import pytest

from tests.policy.rules.written import found


def spec(address: str) -> str:
    return f"proxies: {{p: {{address: '{address}'}}}}\nagents: {{a: {{machineName: a}}}}"


@pytest.mark.parametrize("address", ["http://proxy:8080", "HTTP://10.0.0.1:3128/", "http://[fd00::1]:8080"])
def test_addresses_that_an_agent_can_use(address: str) -> None:
    assert not found("EPR021", spec(address))


@pytest.mark.parametrize(
    ("address", "nearest"),
    [
        ("https://proxy:8080", "http://proxy:8080"),
        ("proxy:8080", "http://proxy:8080"),
        ("http://proxy:8080/proxy.pac", "http://proxy:8080"),
        ("http://proxy", ""),
        ("http://proxy:0", ""),
        ("http://proxy:70000", ""),
    ],
)
def test_others_get_the_nearest_one_that_is(address: str, nearest: str) -> None:
    (finding,) = found("EPR021", spec(address))
    assert (finding.found, finding.suggestion, finding.address) == (address, nearest, "proxy/p")


@pytest.mark.parametrize("address", ["http://joe:hunter2@proxy:8080", "joe:hunter2@proxy:8080"])
def test_a_password_in_the_address_is_never_repeated(address: str) -> None:
    (finding,) = found("EPR021", spec(address))
    assert finding.suggestion == "http://proxy:8080"
    assert "hunter2" not in repr(finding)
