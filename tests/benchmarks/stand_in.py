"""Stands in for the official CLI where the benchmark itself is tested: its requests in its order, without Node.js.

`promote`, `rollback` and `whoami`, with the options that the benchmark gives. The real one is what make bench runs.
"""

import argparse
import json
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

_BETWEEN_LOOKS = 0.25


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=("promote", "rollback", "whoami"))
    parser.add_argument("deployment", nargs="?")
    parser.add_argument("--yes", action="store_true")
    for option in ("--api", "--token", "--scope", "--global-config"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()

    platform = HTTPConnection(urlsplit(options.api).netloc)

    def call(method: str, path: str) -> Any:
        body = b"{}" if method == "POST" else None
        headers = {"Authorization": f"Bearer {options.token}", "Content-Type": "application/json"}
        platform.request(method, path, body, headers)
        said = platform.getresponse().read()
        return json.loads(said) if said else None

    call("GET", "/v2/user")
    team = "?teamId=" + call("GET", f"/teams/{options.scope}")["id"]
    if options.verb == "whoami":
        return
    deployment = call("GET", f"/v13/deployments/{options.deployment}{team}")
    project = f"/v9/projects/{deployment['projectId']}"
    call("GET", project + team)
    version = "/v10" if options.verb == "promote" else "/v9"
    path = f"{version}/projects/{deployment['projectId']}/{options.verb}/{deployment['id']}{team}"
    call("POST", path)
    while call("GET", project + team + "&rollbackInfo=true")["lastAliasRequest"]["jobStatus"] != "succeeded":
        time.sleep(_BETWEEN_LOOKS)
    call("GET", f"/v13/deployments/{deployment['id']}{team}")


if __name__ == "__main__":
    main()
