"""One way to ask, for every front end: a filter such as `resource:9f0c… outcome:failed`. Pure.

`parse(printed(a)) == a` for every filter. It decides nothing about who sees what.
"""

from panko.asking.search.meaning import expression
from panko.asking.search.parsing import parse
from panko.asking.search.printing import printed
from panko.asking.search.refusals import FilterError
from panko.asking.search.tokens import Filter, Token, Value

__all__ = ("Filter", "FilterError", "Token", "Value", "expression", "parse", "printed")
