"""The version of the plug-in, which is the product's."""

from typing import Final

VERSION: Final = "11.0.0.dev0"
