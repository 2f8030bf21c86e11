"""Fails if a package the libraries bring asks for a newer Rust than Cargo.toml promises."""

import json
import subprocess
import sys


def parts(version):
    return tuple(int(part) for part in version.split("."))[:2]


metadata = json.loads(
    subprocess.check_output(["cargo", "metadata", "--format-version", "1", "--all-features", "--locked"])
)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
libraries = ("chat-drafts", "chat-drafts-ffi", "chat-drafts-jni")
roots = [id for id, package in packages.items() if package["name"] in libraries]
promised = packages[roots[0]]["rust_version"]

seen, queue = set(), roots
while queue:
    id = queue.pop()
    if id in seen:
        continue
    seen.add(id)
    for dependency in nodes[id]["deps"]:
        if any(kind["kind"] in (None, "build") for kind in dependency["dep_kinds"]):
            queue.append(dependency["pkg"])

newer = [
    f"{packages[id]['name']} {packages[id]['version']} needs Rust {packages[id]['rust_version']}"
    for id in sorted(seen)
    if packages[id]["rust_version"] and parts(packages[id]["rust_version"]) > parts(promised)
]
print(f"{len(seen)} packages, Rust {promised} is promised")
sys.exit("\n".join(newer) or 0)
