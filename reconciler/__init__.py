"""GitOps for Microsoft Entra on-premises application provisioning."""

__version__ = "0.1.0"
