"""The images of the product itself, built from the repository's Dockerfile for the cluster."""

from dataclasses import dataclass

import buildah
import images
from errors import ClusterError
from paths import HERE, REPOSITORY, Paths
from progress import step


@dataclass(frozen=True, slots=True)
class Product:
    """An image of the product, the recipe that it is built by, and further names that it has in the cluster."""

    tag: str
    recipe: buildah.Recipe
    names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name where files are named for it."""
        return self.recipe.target or self.recipe.file.parent.name


def _target(name: str) -> buildah.Recipe:
    return buildah.Recipe(REPOSITORY, REPOSITORY / "Dockerfile", base=images.BASE.tag, target=name)


_OPERATOR = "localhost/panko-operator:dev"
_PREVIOUS = HERE / "images" / "previous"
ALL = (
    # An upgrade is to another image; that it is the same one under another name costs nothing.
    Product("localhost/panko:dev", _target("service"), ("localhost/panko:next",)),
    Product("localhost/panko-collector:dev", _target("collector")),
    Product(_OPERATOR, _target("operator")),
    # Built on the one before it.
    Product("localhost/panko-operator:previous", buildah.Recipe(_PREVIOUS, _PREVIOUS / "Dockerfile", base=_OPERATOR)),
)


def provide(paths: Paths) -> None:
    """Build every target (unchanged layers come from the cache) and bring the images into the cluster."""
    if not (REPOSITORY / "Dockerfile").exists():
        raise ClusterError(f"{REPOSITORY / 'Dockerfile'} does not exist.")
    images.require_base(paths)
    for product in ALL:
        _provide(product, paths)


def _provide(product: Product, paths: Paths) -> None:
    log = paths.cache / f"build-image-{product.key}.log"
    with step(f"image {product.tag}"):
        identity = buildah.build(product.recipe, product.tag, paths=paths, log=log)
        named = "".join(f"-{name.rpartition(':')[2]}" for name in product.names)
        archive = paths.images / f"product-{product.key}-{identity[:16]}{named}.tar"
        if not archive.exists():
            for old in paths.images.glob(f"product-{product.key}-*.tar"):
                old.unlink()
            buildah.save(product.tag, archive, paths, names=product.names)
    images.load(product.tag, archive, paths)
