"""An image has two names in the end-to-end tests' cluster, so that an upgrade to another one costs no second image."""

import io
import json
import tarfile

from cluster.archive import name_too


def test_an_archive_gets_further_names_and_keeps_all_else(tmp_path):
    archive = tmp_path / "image.tar"
    layer, manifest = b"layer" * 5000, [{"Config": "c.json", "RepoTags": ["localhost/a:1"], "Layers": ["l.tar"]}]
    with tarfile.open(archive, "w") as made:
        for name, content in (("l.tar", layer), ("manifest.json", json.dumps(manifest).encode()), ("c.json", b"{}")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("linked/layer.tar")
        link.type, link.linkname = tarfile.SYMTYPE, "../l.tar"
        made.addfile(link)
    name_too(archive, ["localhost/a:2"])
    with tarfile.open(archive) as found:
        assert json.load(found.extractfile("manifest.json")) == [
            {**manifest[0], "RepoTags": ["localhost/a:1", "localhost/a:2"]}
        ]
        assert found.extractfile("l.tar").read() == layer
        assert found.getmember("linked/layer.tar").linkname == "../l.tar"
    assert [path.name for path in tmp_path.iterdir()] == ["image.tar"]
