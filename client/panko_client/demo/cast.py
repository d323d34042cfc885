"""Who and what there is: three projects, their people, and forty servers with all that belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from panko_client.demo.dice import Dice


@dataclass(frozen=True, slots=True)
class Project:
    """A project, with its network."""

    id: str
    name: str
    network_id: str


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works in a project."""

    id: str
    name: str
    project: Project
    address: str


@dataclass(frozen=True, slots=True)
class Flavor:
    """A size of servers."""

    number: int
    name: str
    memory_mb: int
    disk_gb: int
    vcpus: int


@dataclass(frozen=True, slots=True)
class Image:
    """What servers boot from."""

    id: str
    name: str
    distro: str
    version: str
    size_bytes: int
    owner: Project


@dataclass(frozen=True, slots=True)
class Volume:
    """A disk of its own."""

    id: str
    name: str
    size_gb: int


@dataclass(frozen=True, slots=True)
class Server:
    """A server as it is made."""

    id: str
    name: str
    owner: User
    flavor: Flavor
    image: Image
    host: str
    port_id: str
    volumes: tuple[Volume, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """All of them. `admin` looks after the cloud, `robot` is nova's own account."""

    projects: tuple[Project, ...]
    users: tuple[User, ...]
    images: tuple[Image, ...]
    servers: tuple[Server, ...]
    admin: User
    robot: User


SERVERS: Final = 40
PROJECTS: Final = ("shop", "research", "platform")
PEOPLE: Final = {
    "shop": ("alice", "bruno", "shop-ci"),
    "research": ("chandra", "dmitri"),
    "platform": ("erika", "farid", "platform-ci"),
}
ROLES: Final = {
    "shop": ("web", "cart", "db", "cache"),
    "research": ("node", "notebook", "data"),
    "platform": ("build", "registry", "monitor", "dns"),
}
HOSTS: Final = tuple(f"compute-{number}" for number in range(1, 9))
FLAVORS: Final = (
    Flavor(2, "m1.small", 2048, 20, 1),
    Flavor(3, "m1.medium", 4096, 40, 2),
    Flavor(4, "m1.large", 8192, 80, 4),
    Flavor(5, "m1.xlarge", 16384, 160, 8),
)
SYSTEMS: Final = (
    ("debian-12-genericcloud", "debian", "12", 351_272_960),
    ("ubuntu-24.04-server", "ubuntu", "24.04", 612_368_384),
    ("rocky-9-base", "rocky", "9", 638_910_464),
)


def cast(dice: Dice) -> Cast:
    """Return the cast of a seed."""
    projects = tuple(Project(dice.hex(), name, dice.uuid()) for name in PROJECTS)
    users = tuple(
        User(dice.hex(), name, project, f"198.51.100.{10 + 10 * row + place}")
        for row, project in enumerate(projects)
        for place, name in enumerate(PEOPLE[project.name])
    )
    inside = Project(dice.hex(), "admin", dice.uuid())
    images = tuple(Image(dice.uuid(), *system, projects[-1]) for system in SYSTEMS)
    return Cast(
        projects,
        users,
        images,
        servers=tuple(_server(dice, number, users, images) for number in range(SERVERS)),
        admin=User(dice.hex(), "admin", inside, "203.0.113.17"),
        robot=User(dice.hex(), "nova", inside, "203.0.113.20"),
    )


def _server(dice: Dice, number: int, users: Sequence[User], images: Sequence[Image]) -> Server:
    owner = users[number % len(users)]
    role = dice.one(ROLES[owner.project.name])
    name = f"{role}-{number + 1}"
    volumes = tuple(
        Volume(dice.uuid(), f"{name}-data-{count + 1}", dice.one((10, 20, 50, 100)))
        for count in range(int(dice.between(0, 2.6)))
    )
    return Server(
        dice.uuid(),
        name,
        owner,
        dice.one(FLAVORS),
        dice.one(images),
        host=HOSTS[number % len(HOSTS)],
        port_id=dice.uuid(),
        volumes=volumes,
    )
