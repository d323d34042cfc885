"""How Sphinx makes a site of the documentation. `make docs` hands it the pages, with links that stay inside."""

project = "Panko for Kubernetes"
author = "The maintainers of Panko for Kubernetes"
root_doc = "index"
extensions = ["myst_parser"]
myst_heading_anchors = 4  # as GitHub makes them, which links in the pages count on
suppress_warnings = ["misc.highlighting_failure"]  # blocks have "…" in them
html_theme = "furo"
html_title = project
html_theme_options = {"top_of_page_buttons": []}
html_show_sourcelink = False
html_copy_source = False
