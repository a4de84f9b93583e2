"""A small news site that filters its comments with Weir, as any Akismet client would.

A client and nothing else: it imports none of the other rooms. `weir demo` starts it.
"""
