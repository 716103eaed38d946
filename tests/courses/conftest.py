import pytest

from quizzes.papers import forget_papers


@pytest.fixture(autouse=True)
def _fresh_papers():
    """Ids return in every test, papers do not: nothing may be remembered from the test before."""
    forget_papers()
    yield
    forget_papers()
