"""By which way AWS is reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """A profile, a role, an endpoint: each None where the usual AWS settings decide."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    endpoint_url: str | None = None

    def way(self) -> str:
        """Return in words who asks."""
        if self.role_arn:
            return f"with the role {self.role_arn}"
        return f"with the profile {self.profile}" if self.profile else "with the usual credentials"
