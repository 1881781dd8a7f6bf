"""The repositories that the projects are linked to: commits with contents, branches, and how two commits compare."""
