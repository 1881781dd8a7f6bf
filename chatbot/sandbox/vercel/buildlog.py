"""What a build writes into its log."""

from __future__ import annotations

from chatbot.sandbox.vercel.records import BuildError, Deployment, LineType, LogLine, Project

BUILD_FAILED = BuildError("BUILD_UTILS_SPAWN_1", "buildStep", 'Command "npm run build" exited with 1')


def tell_past(project: Project, deployment: Deployment) -> None:
    """Write the log of a build that ended before there was anybody to write it."""
    if deployment.log or deployment.is_unfinished or deployment.building_at is None:
        return
    lines = build_log(project, deployment, fails=deployment.state == "ERROR")
    if deployment.state == "CANCELED":
        lines = lines[:3]
    for number, (kind, text) in enumerate(lines):
        at = deployment.created_at + 4000 + number * 5000
        deployment.log.append(LogLine(f"{at}{number:06d}", at, kind, text))


def build_log(project: Project, deployment: Deployment, *, fails: bool) -> list[tuple[LineType, str]]:
    commit = deployment.commit
    origin = f"Cloning github.com/acme/{project.name} (Branch: {commit.branch}, Commit: {commit.sha[:7]})"
    if deployment.files is not None:
        origin = f"Downloading {len(deployment.files)} deployment files..."
    start: list[tuple[LineType, str]] = [
        ("stdout", "Running build in Washington, D.C., USA (East), iad1"),
        ("stdout", origin),
        ("stdout", "Installing dependencies..."),
        ("command", "npm run build"),
        ("stdout", f"Creating an optimized {project.framework or 'production'} build ..."),
    ]
    if not fails:
        return [*start, ("stdout", "Build Completed in /vercel/output"), ("stdout", "Deployment completed")]
    return [
        *start,
        ("stderr", "Type error: Property 'total' does not exist on type 'Cart'."),
        ("stderr", f"Error: {BUILD_FAILED.message}"),
    ]
