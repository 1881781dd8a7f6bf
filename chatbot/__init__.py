"""promotebot: promote, roll back and watch production deployments on Vercel, from Slack."""

from pathlib import Path


def manifest_path() -> Path:
    """The Slack app manifest: beside the packages in a checkout, inside this one in a wheel."""
    here = Path(__file__).parent
    installed = here / "manifest.yml"
    return installed if installed.exists() else here.parent / "manifest.yml"
