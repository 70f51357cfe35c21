"""The national clouds, as data: where each one's Graph and its sign-in stand.

Page: learn.microsoft.com/graph/deployments.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from reconciler.model.spec import Cloud


class CloudHosts(Struct, frozen=True):
    """The host of Graph and the host that gives its tokens."""

    graph: str
    authority: str

    @property
    def base(self) -> str:
        """Graph's version root; the publishing profile exists in beta only."""
        return f"https://{self.graph}/beta"

    @property
    def scope(self) -> str:
        """What a token is asked for: a token of one cloud is worth nothing in another."""
        return f"https://{self.graph}/.default"


CLOUDS: Mapping[Cloud, CloudHosts] = {
    Cloud.GLOBAL: CloudHosts("graph.microsoft.com", "login.microsoftonline.com"),
    Cloud.US_GOVERNMENT: CloudHosts("graph.microsoft.us", "login.microsoftonline.us"),
    Cloud.US_DEFENSE: CloudHosts("dod-graph.microsoft.us", "login.microsoftonline.us"),
    Cloud.CHINA: CloudHosts("microsoftgraph.chinacloudapi.cn", "login.chinacloudapi.cn"),
}


def base_of(endpoint: str, cloud: Cloud) -> str:
    """The version root of an endpoint: Graph's for `graph`, else the URL, with `/beta` where it names no version."""
    if endpoint == "graph":
        return CLOUDS[cloud].base
    root = endpoint.rstrip("/")
    return root if root.endswith(("/beta", "/v1.0")) else f"{root}/beta"
