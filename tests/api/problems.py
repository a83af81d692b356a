def problem_of(response) -> tuple[int, str]:
    """Status and code of a failure, which is told as problem details."""
    assert response.headers["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == response.status_code
    assert told["type"] == "about:blank"
    assert told["title"]
    assert told["detail"]
    return told["status"], told["code"]
