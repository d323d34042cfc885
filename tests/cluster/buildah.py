"""Build images with buildah, in a storage of our own below the cache; nothing of the machine stays in an image."""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import archive as archives
import command
import debian
from errors import CommandError
from paths import Paths

_ENVIRONMENT = {"BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "overlay"}
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_PIP = Path("/etc/pip.conf")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one build is made from: a directory, the Dockerfile, its target, and the image it starts with."""

    context: Path
    file: Path
    base: str | None = None
    target: str | None = None

    def options(self) -> list[str]:
        """Return the recipe as options of `buildah bud`."""
        base = [] if self.base is None else [f"--build-arg=BASE_IMAGE={self.base}"]
        target = [] if self.target is None else [f"--target={self.target}"]
        return [*base, *target, f"--file={self.file}", str(self.context)]


def build(recipe: Recipe, tag: str, *, paths: Paths, log: Path) -> str:
    """Build a recipe (unchanged layers come from the cache) and return the image's id."""
    with tempfile.TemporaryDirectory() as scratch:
        mounts = _mounts(Path(scratch))
        fixed = ("bud", "--layers", "--pull-never", "--network=host", "--format=docker", f"--tag={tag}")
        try:
            command.logged((*_buildah(paths), *fixed, *mounts, *recipe.options()), log, environment=_ENVIRONMENT)
        except CommandError:
            clean(paths)
            raise
    argv = (*_buildah(paths), "inspect", "--type=image", "--format={{.FromImageID}}", tag)
    return command.output(argv, environment=_ENVIRONMENT).strip()


def save(tag: str, archive: Path, paths: Paths, *, names: Sequence[str] = ()) -> None:
    """Write an image, under further names too, to an archive that `ctr images import` and `docker load` read."""
    draft = archive.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    archive.parent.mkdir(parents=True, exist_ok=True)
    argv = (*_buildah(paths), "push", "--quiet", tag, f"docker-archive:{draft}:{tag}")
    command.output(argv, environment=_ENVIRONMENT)
    if names:
        archives.name_too(draft, names)
    draft.rename(archive)


def has(tag: str, paths: Paths) -> bool:
    """Tell whether our storage has an image of that name, to build others on."""
    argv = (*_buildah(paths), "inspect", "--type=image", "--format={{.FromImageID}}", tag)
    return command.succeeds(argv)


def clean(paths: Paths) -> None:
    """Remove the half-made containers, and their mounts, that an interrupted build leaves; keep images and layers."""
    if (paths.cache / "buildah").exists() and shutil.which("buildah"):
        command.output((*_buildah(paths), "rm", "--all"), environment=_ENVIRONMENT)


def _buildah(paths: Paths) -> tuple[str, ...]:
    storage = paths.cache / "buildah"
    options = ("--storage-driver=overlay", "--storage-opt=overlay.skip_mount_home=true")
    return ("buildah", f"--root={storage}/root", f"--runroot={storage}/run", *options)


def _mounts(scratch: Path) -> list[str]:
    """Lend a build the machine's mirrors, certificates and pip settings (the PIP_* variables among them)."""
    debian.write(scratch)
    lent = {scratch / "sources.list": "/etc/apt/sources.list", scratch / "apt.conf": "/etc/apt/apt.conf.d/99machine"}
    if _CERTIFICATES.exists():
        lent[_CERTIFICATES] = str(_CERTIFICATES)
    (scratch / "pip.conf").write_text(_pip_settings(os.environ))
    lent[scratch / "pip.conf"] = str(_PIP)
    return [f"--volume={source}:{target}:ro" for source, target in lent.items()]


def _pip_settings(environment: Mapping[str, str]) -> str:
    """Return the machine's pip.conf with the PIP_* variables added; paths that a build has not are left out."""
    machine = _PIP.read_text() if _PIP.exists() else "[global]\n"
    known = {line.split("=")[0].strip() for line in machine.splitlines()}
    added = {
        key.removeprefix("PIP_").lower().replace("_", "-"): value
        for key, value in environment.items()
        if key.startswith("PIP_") and (not value.startswith("/") or Path(value) == _CERTIFICATES)
    }
    lines = [f"{key} = {value}\n" for key, value in added.items() if key not in known]
    return machine.rstrip("\n") + "\n" + "".join(lines)
