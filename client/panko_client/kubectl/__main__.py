"""`kubectl-panko`, which kubectl runs as `kubectl panko`, and `kubectl_complete-panko`."""

import sys


def main() -> None:
    """Run the program, or say what it lacks."""
    try:
        from panko_client.kubectl import program  # noqa: PLC0415 -- click may not be installed
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit("kubectl-panko: click is not installed; run pip install 'panko-client[kubectl]'.")
    program.main()


def complete() -> None:
    """Answer kubectl's question what may follow."""
    sys.argv[1:1] = ["__complete"]
    main()


if __name__ == "__main__":
    main()
