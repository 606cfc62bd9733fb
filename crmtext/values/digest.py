"""The digest of cache keys, without a slow import."""

try:
    # Built in: `hashlib` imports OpenSSL, which takes as long as a cached answer.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

__all__ = ["blake2b"]
