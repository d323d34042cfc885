"""The images of the cluster's own pods: which there are, what each is built from, and how it gets in.

An image is built once per content of its inputs and kept as an archive below ~/.cache/panko/images. In somebody
else's cluster (KUBECONFIG is set) there is no containerd of ours: PANKO_IMAGE_LOAD is then a shell command that is run
with the archive's path as $1, for example `kind load image-archive "$1"` or `k3s ctr images import "$1"`.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import buildah
import command
import containerd
import rootfs
from paths import HERE, REPOSITORY, Paths
from progress import say, step


@dataclass(frozen=True, slots=True)
class Image:
    """An image, the folder of its Dockerfile below images/, and what else it is built from.

    `files` are below this directory, and `folders` below the repository; the build has both by these names.
    """

    tag: str
    folder: str
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    on_base: bool = True


PAUSE = Image("localhost/pause:1", "pause", on_base=False)
BASE = Image("localhost/panko-base:bookworm", "base", on_base=False)
LEFTOVERS = ("__pycache__", "*.egg-info", "build", "dist")  # what builds leave in folders
HAPROXY = Image("localhost/haproxy:2.6", "haproxy")
OPENSTACK = (
    Image("localhost/mariadb:10.11", "mariadb"),
    Image("localhost/postgresql:15", "postgresql"),
    Image("localhost/memcached:1.6", "memcached"),
    Image("localhost/rabbitmq:3.10", "rabbitmq"),
    Image("localhost/keystone:30", "keystone", ("openstack/requirements-keystone.txt",)),
    Image(
        "localhost/openstackclient:1",
        "openstackclient",
        ("openstack/requirements-openstackclient.txt",),
        folders=("client",),
    ),
)
ALL = (PAUSE, BASE, HAPROXY, *OPENSTACK)


def provide(wanted: Iterable[Image], paths: Paths) -> None:
    """Build what is not built yet and bring it into the cluster."""
    for image in wanted:
        archive = ensure(image, paths)
        if image is not BASE:
            load(image.tag, archive, paths)


def ensure(image: Image, paths: Paths) -> Path:
    """Return the archive of an image; builds it when its inputs have changed."""
    archive = paths.images / f"{image.folder}-{fingerprint(image)}.tar"
    if archive.exists():
        return archive
    if image.on_base:
        require_base(paths)
    with step(f"image {image.tag}"):
        _build(image, paths)
        for old in paths.images.glob(f"{image.folder}-{'?' * 16}.tar"):
            old.unlink()
        buildah.save(image.tag, archive, paths)
    return archive


def require_base(paths: Paths) -> None:
    """See to it that our storage has the base image, also when only its archive is left."""
    archive = ensure(BASE, paths)
    if not buildah.has(BASE.tag, paths):
        archive.unlink()
        ensure(BASE, paths)


def fingerprint(image: Image, *, repository: Path = REPOSITORY) -> str:
    """Hash everything that an image is built from."""
    digest = hashlib.sha256(image.tag.encode())
    folder = HERE / "images" / image.folder
    for path in (*sorted(folder.iterdir()), *(HERE / name for name in image.files)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in image.folders:
        for path in contents(repository / name):
            digest.update(str(path.relative_to(repository)).encode() + b"\0" + path.read_bytes())
    if image is BASE:
        digest.update(rootfs.inputs().encode())
    if image.on_base:
        digest.update(fingerprint(BASE).encode())
    return digest.hexdigest()[:16]


def contents(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder, whatever is below it, but for what builds leave; always in the same order."""
    for path in sorted(folder.iterdir()):
        if any(path.match(pattern) for pattern in LEFTOVERS):
            continue
        if path.is_dir():
            yield from contents(path)
        else:
            yield path


def load(tag: str, archive: Path, paths: Paths) -> None:
    """Bring an archive into the cluster unless the very same is there already."""
    if "PANKO_IMAGE_LOAD" in os.environ:
        with step(f"load {tag}"):
            command.output(("sh", "-c", os.environ["PANKO_IMAGE_LOAD"], "load", archive))
        return
    if not paths.containerd_socket.exists():
        say(f"  - {tag}: {archive} (no cluster of ours runs: load it yourself, or set PANKO_IMAGE_LOAD)")
        return
    record = paths.state / "loaded-images.json"
    loaded = json.loads(record.read_text()) if record.exists() else {}
    if loaded.get(tag) == archive.name and tag in containerd.images(paths):
        return
    with step(f"load {tag}"):
        containerd.ctr(paths, "images", "import", archive)
    record.write_text(json.dumps({**loaded, tag: archive.name}, indent=1))


def gather(image: Image, context: Path, *, repository: Path = REPOSITORY) -> None:
    """Copy what an image is built from to one place; the times of files are kept, for layers that are known."""
    for name in image.files:
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(HERE / name, context / name)
    for name in image.folders:
        shutil.copytree(repository / name, context / name, ignore=shutil.ignore_patterns(*LEFTOVERS))


def _build(image: Image, paths: Paths) -> None:
    log = paths.cache / f"build-image-{image.folder}.log"
    folder = HERE / "images" / image.folder
    if image.on_base and not image.folders:
        recipe = buildah.Recipe(HERE, folder / "Dockerfile", base=BASE.tag)
        buildah.build(recipe, image.tag, paths=paths, log=log)
        return
    context = paths.images / f"{image.folder}.context"
    shutil.rmtree(context, ignore_errors=True)
    if image.on_base:
        gather(image, context)
        recipe = buildah.Recipe(context, folder / "Dockerfile", base=BASE.tag)
        buildah.build(recipe, image.tag, paths=paths, log=log)
        shutil.rmtree(context)
        return
    shutil.copytree(folder, context)
    if image is BASE:
        rootfs.create(paths, context / "rootfs.tar")
    else:
        shutil.copy("/bin/busybox", context / "busybox")
    buildah.build(buildah.Recipe(context, context / "Dockerfile"), image.tag, paths=paths, log=log)
    shutil.rmtree(context)
