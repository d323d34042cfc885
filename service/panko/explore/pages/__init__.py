"""The screens, one module each: a request in, what a template shows out."""
