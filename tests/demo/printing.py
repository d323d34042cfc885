"""Lines for a person who watches."""


def heading(text: str) -> None:
    """Print what comes next."""
    print(f"\n\033[1m{text}\033[0m", flush=True)


def say(text: str) -> None:
    """Print one or more lines at once."""
    print(text, flush=True)


def indented(text: str) -> None:
    """Print what a command said."""
    say("\n".join(f"  {line}" for line in text.rstrip().splitlines()))
