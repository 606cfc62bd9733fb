"""The digest that names what was read, without what takes long to load."""

try:
    # Built in: `hashlib` brings OpenSSL along, which takes as long to load as an answer that is known already.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

__all__ = ["blake2b"]
