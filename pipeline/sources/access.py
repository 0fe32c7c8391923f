"""By which way AWS is reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """A profile, a role, an endpoint: each None where the usual AWS settings decide."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    endpoint_url: str | None = None
