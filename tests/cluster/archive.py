"""Archives of images, as `ctr images import` and `docker load` read them. It changes names in them alone."""

import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path


def name_too(archive: Path, names: Sequence[str]) -> None:
    """Give the image further names: whoever loads it has it under each of them, and its layers once."""
    draft = archive.with_suffix(".named")
    with tarfile.open(archive) as source, tarfile.open(draft, "w") as target:
        for member in source:
            content = source.extractfile(member) if member.isfile() else None
            if content is not None and member.name == "manifest.json":
                written = _named(content.read(), names)
                member.size, content = len(written), io.BytesIO(written)
            target.addfile(member, content)
    draft.replace(archive)


def _named(manifest: bytes, names: Sequence[str]) -> bytes:
    images = json.loads(manifest)
    for image in images:
        image["RepoTags"] = [*(image["RepoTags"] or ()), *names]
    return json.dumps(images).encode()
