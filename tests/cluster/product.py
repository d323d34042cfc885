"""The images of the product itself, built from the repository's Dockerfile for the cluster."""

from dataclasses import dataclass

import buildah
import images
from errors import ClusterError
from paths import REPOSITORY, Paths
from progress import step


@dataclass(frozen=True, slots=True)
class Product:
    """A target of the repository's Dockerfile, the name of its image in the cluster, and others that it has there."""

    target: str
    tag: str
    names: tuple[str, ...] = ()


# An upgrade is to another image; that it is the same one under another name costs nothing.
ALL = (
    Product("service", "localhost/panko:dev", ("localhost/panko:next",)),
    Product("operator", "localhost/panko-operator:dev"),
)


def provide(paths: Paths) -> None:
    """Build every target (unchanged layers come from the cache) and bring the images into the cluster."""
    if not (REPOSITORY / "Dockerfile").exists():
        raise ClusterError(f"{REPOSITORY / 'Dockerfile'} does not exist.")
    images.require_base(paths)
    for product in ALL:
        _provide(product, paths)


def _provide(product: Product, paths: Paths) -> None:
    log = paths.cache / f"build-image-{product.target}.log"
    recipe = buildah.Recipe(REPOSITORY, REPOSITORY / "Dockerfile", base=images.BASE.tag, target=product.target)
    with step(f"image {product.tag}"):
        identity = buildah.build(recipe, product.tag, paths=paths, log=log)
        named = "".join(f"-{name.rpartition(':')[2]}" for name in product.names)
        archive = paths.images / f"product-{product.target}-{identity[:16]}{named}.tar"
        if not archive.exists():
            for old in paths.images.glob(f"product-{product.target}-*.tar"):
                old.unlink()
            buildah.save(product.tag, archive, paths, names=product.names)
    images.load(product.tag, archive, paths)
