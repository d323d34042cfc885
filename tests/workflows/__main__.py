"""`python -m workflows`: lint the workflows."""

import sys

from workflows import lint

sys.exit(lint.main())
