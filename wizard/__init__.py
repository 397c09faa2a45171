"""s3-crossaccount: working, proven cross-account Amazon S3 access, from one terminal."""

__version__ = "0.1.0"
